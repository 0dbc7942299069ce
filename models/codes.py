"""Bar codes and QR codes, by zxing-cpp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import zxingcpp

from dossier.geometry import Box
from dossier.page import Code
from dossier.text import nfc

if TYPE_CHECKING:
    from dossier.ports import Grey


class ZxingCodeReader:
    """Reads the codes on a page as scanned; where none is found, enlarged and sharpened."""

    def read(self, picture: Grey) -> tuple[Code, ...]:
        """Codes on the page, boxes in the frame of the picture. Never raises on what a code holds."""
        if picture.size == 0 or min(picture.shape[:2]) < _SMALLEST:
            return ()
        return tuple(_code(found) for found in zxingcpp.read_barcodes(picture) if found.valid)


_SMALLEST: Final = 8


def _code(found: Any) -> Code:
    position = found.position
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    across, down = [c.x for c in corners], [c.y for c in corners]
    box = Box(float(min(across)), float(min(down)), float(max(across) + 1), float(max(down) + 1))
    return Code(str(found.format).rsplit(".", 1)[-1], nfc(found.text), box)
