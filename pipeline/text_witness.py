"""A second library reads a PDF's text: the witness of what a rendition says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dossier.text import nfc
from pipeline.pdfium_lock import opened

_LIGATURES: Final = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "ft",
    "ﬆ": "st",
}
"""pdfium takes these apart when it extracts; so do we on both sides, and nothing else."""


def words_by_page(source: Path | bytes) -> tuple[tuple[str, ...], ...]:
    """The words of each page in the order of the content stream, NFC.

    Raises:
        pypdfium2.PdfiumError: the file cannot be opened.
    """
    return tuple(tuple(nfc(text).split()) for text in raw_text_by_page(source))


def raw_text_by_page(source: Path | bytes) -> tuple[str, ...]:
    """The text of each page as it is extracted, in no normal form.

    Raises:
        pypdfium2.PdfiumError: the file cannot be opened.
    """
    texts = []
    with opened(source) as document:
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            try:
                texts.append(_unbroken(text.get_text_range()))
            finally:
                text.close()
                page.close()
    return tuple(texts)


def differing_word(wanted: Sequence[str], found: Sequence[str]) -> int | None:
    """Index of the first word that is not the same, or None where all are."""
    for position, (one, other) in enumerate(zip(wanted, found, strict=False)):
        if _folded(one) != _folded(other):
            return position
    return None if len(wanted) == len(found) else min(len(wanted), len(found))


def _unbroken(text: str) -> str:
    """Undo what pdfium does to a hyphen at the end of a line: a mark in its place, and no line break."""
    return text.replace("\ufffe", "-\n").replace("\x02", "-\n")


def _folded(word: str) -> str:
    return "".join(_LIGATURES.get(c, c) for c in word)
