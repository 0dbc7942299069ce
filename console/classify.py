"""`sohoa classify`: what papers files hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from console.output import Output
from console.wording import error_message, place_words
from dossier.errors import SourceError
from flows.settings import settings
from flows.viewing import View, file_name, note_view

_SHOWN = (
    "kind",
    "title",
    "document_type",
    "document_number",
    "issued_on",
    "issuing_body",
    "abstract",
    "copy",
    "seal",
    "signature",
)

_TOLD_BY_CODE = frozenset({"copy", "seal", "signature"})


def classify(files: Sequence[Path], output: Output, why: str = "") -> int:
    """Tell every page of every file; a file that cannot be read is named and the others go on.

    That somebody looked, and why, goes into the ledger first.

    Exit code 0, or that of the last file that could not be read.
    """
    from flows.classify import classify_file

    pages: list[dict[str, Any]] = []
    exit_code = 0
    for file in files:
        try:
            found = list(classify_file(settings(), file))
            note_view(settings(), View("papers", file_name(file), why, len(found)))
            pages += found
            if not output.as_json:
                for page in found:
                    _show(page, output)
        except SourceError as error:
            message = error_message(error, output.language)
            output.aside(message)
            pages.append({"source": file.name, "error": {"kind": type(error).__name__, "message": message}})
            exit_code = error.exit_code
    if output.as_json:
        output.data({"pages": pages})
    return exit_code


def _show(page: dict[str, Any], output: Output) -> None:
    output.text(place_words(f"{page['source']} p.{page['number']}", output.language))
    for name in _SHOWN:
        if value := page[name]:
            told = output.term(value) if name in _TOLD_BY_CODE else value
            output.text(f"  {output.term(name):18s} {told}")
