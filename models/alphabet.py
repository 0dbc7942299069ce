"""Whether a reader may be trusted with Vietnamese text."""

from __future__ import annotations

from dossier.errors import ReaderUnfit
from dossier.ports import LineReader
from dossier.text import missing_letters


def check_alphabet(reader: LineReader) -> None:
    """Refuse a text reader that cannot return every Vietnamese letter.

    A reader that lacks a letter writes another one in its place, with full confidence: nothing later can
    notice. No PP-OCR dictionary passes, nor does Debian's Tesseract net: they may read digits or serve as
    second readers.

    Raises:
        ReaderUnfit: with the letters that are missing.
    """
    lacking = missing_letters(reader.alphabet)
    if lacking:
        raise ReaderUnfit(reader.engine.name, f"its alphabet lacks {len(lacking)} letters: {lacking}")
