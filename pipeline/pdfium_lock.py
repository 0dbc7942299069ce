"""Documents opened with pdfium, one at a time in a process.

pdfium may not be called from two threads at once, not even with different documents; doing so crashes the
process (pypdfium2, Python API, "Incompatibility with Threading"). Documents of a dossier are sealed side by
side, so everything that touches pdfium goes through here, to its last page and bitmap.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

import pypdfium2 as pdfium

_ONE_AT_A_TIME: Final = RLock()


@contextmanager
def opened(source: Path | bytes) -> Iterator[pdfium.PdfDocument]:
    """A document while the block runs, for this thread alone; nothing of it may be used afterwards.

    Raises:
        pypdfium2.PdfiumError: the file cannot be opened.
    """
    with _ONE_AT_A_TIME:
        document = pdfium.PdfDocument(source)
        try:
            yield document
        finally:
            document.close()
