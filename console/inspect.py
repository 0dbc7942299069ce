"""`sohoa inspect`: whether scans are good enough, while the paper is still in hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from console.output import Output
from console.wording import error_message, place_words
from console.wording_quality import FLAWS, LIKENESS, THINGS, VERDICTS
from dossier.errors import SourceError
from dossier.outline import OutlineKind
from dossier.page_print import Likeness
from dossier.quality import Flaw, QualityVerdict
from flows.settings import settings

RESCAN: Final = 10
"""Exit code where a sheet should be scanned again, as for dossiers that need attention."""


def inspect(files: Sequence[Path], output: Output) -> int:
    """Look at every page of every file; a file that cannot be read is named and the others go on.

    Exit code 0, 10 where a page has to be scanned again, or that of the last file that could not be read.
    """
    from flows.inspecting import SeenPage, batch_data, inspect_file

    pages: list[SeenPage] = []
    refused: list[dict[str, Any]] = []
    exit_code = 0
    for file in files:
        try:
            pages += inspect_file(settings(), file)
        except SourceError as error:
            message = error_message(error, output.language)
            output.aside(message)
            refused.append({"source": file.name, "error": {"kind": type(error).__name__, "message": message}})
            exit_code = error.exit_code
    data = batch_data(settings(), pages)
    if output.as_json:
        output.data({"pages": [*data, *refused]})
    else:
        for page in data:
            show_page(page, output)
    needed = any(page["verdict"] == QualityVerdict.RESCAN_NEEDED for page in data)
    return exit_code or (RESCAN if needed else 0)


def show_page(page: dict[str, Any], output: Output) -> None:
    """One page in words: the verdict, each flaw with its value and limit, the sheet that it repeats."""
    language = output.language
    place = place_words(f"{page['source']} p.{page['number']}", language)
    output.text(f"{place}: {VERDICTS[QualityVerdict(page['verdict'])][language]}")
    for finding in page["quality"]:
        sentence = FLAWS[Flaw(finding["flaw"])][language]
        output.text("  " + sentence.format(value=finding["value"], limit=finding["limit"]))
    for thing in page.get("sheets", ()):
        sentence = THINGS[OutlineKind(thing["kind"])][language]
        output.text("  " + sentence.format(width=thing["width_mm"], height=thing["height_mm"]))
    if page["blank"]:
        output.text("  " + output.term("blank_side"))
    for other in page["duplicates"]:
        sentence = LIKENESS[Likeness(other["likeness"])][language]
        output.text(
            "  " + sentence.format(other=place_words(f"{other['source']} p.{other['number']}", language))
        )
