"""What reads a picture: line finding, text lines, codes, document kinds, and the weights they need.

ONNX Runtime since 1.29 reports its sessions to its maker unless the environment says no before the library is
loaded. Papers of citizens are read here, so it is told no before any module of this room can import it.
Tesseract takes every core for one line unless it is given one; pages are read in parallel instead.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
