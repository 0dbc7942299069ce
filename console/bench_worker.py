"""The measured process of `sohoa bench throughput`: python -m console.bench_worker FILE..."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.local import sealed_pdfs
from flows.settings import settings

if __name__ == "__main__":
    sealed_pdfs(settings(), [Path(argument) for argument in sys.argv[1:]])
