"""What reads a picture: line finding, text lines, codes, document kinds, and the weights they need.

ONNX Runtime since 1.29 reports its sessions to its maker unless the environment says no before the library is
loaded. Papers of citizens are read here, so it is told no before any module of this room can import it.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
