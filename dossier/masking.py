"""Personal numbers, and names that people give to files, stay out of logs."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePath
from typing import Final

from dossier.text import mask_numbers, nfc

__all__ = ["file_mark", "is_delivered_name", "mask_numbers"]

_DELIVERED: Final = re.compile(
    r"\.(?:jpe?g|png|tiff?|pdf|p7[ms]|heic|heif|bmp|gif|webp|docx?|xlsx?|odt|zip|rar|7z|xml|json|txt)$",
    re.IGNORECASE,
)


def is_delivered_name(text: str) -> bool:
    """Whether a text may be the name of a file that somebody handed in: such names name people."""
    return _DELIVERED.search(text) is not None


def file_mark(name: str) -> str:
    """What the log calls a file or a folder that people named: the beginning of its name's SHA-256.

    Whoever has the name finds it in the log: `printf %s NAME | sha256sum | cut -c1-8`.
    """
    digest = hashlib.sha256(nfc(name).encode("utf-8", "surrogateescape")).hexdigest()
    return f"file-{digest[:8]}{PurePath(name).suffix.lower() if is_delivered_name(name) else ''}"
