"""`sohoa cover`: cover sheets and separator sheets for the office printer."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from console.output import Output
from console.wording_batch import word
from console.wording_language import Language
from console.writing import written_to
from dossier.batch_sheet import CoverSheet, SeparatorSheet
from dossier.errors import InputRefused
from flows.settings import settings
from pipeline.cover_sheet import SheetText, print_sheets
from validators.catalogue_loader import YamlCatalogue

_ASKED: Final = re.compile(
    r"(?P<dossier>[A-Za-z0-9][A-Za-z0-9._-]{0,63})(:(?P<procedure>[0-9A-Za-z.]+))?(=(?P<sheets>[0-9]{1,4}))?"
)


@dataclass(frozen=True, slots=True)
class CoverOrder:
    """What the clerk typed."""

    dossiers: Sequence[str]
    """CODE, CODE=SHEETS, CODE:PROCEDURE, CODE:PROCEDURE=SHEETS."""
    procedure: str
    counter: str
    separators: int
    out: Path | None


def cover(order: CoverOrder, output: Output) -> int:
    """Write one PDF with a cover sheet for each dossier, separator sheets behind them."""
    run = base64.b32encode(secrets.token_bytes(5))[:6].decode()
    covers = [_sheet(text, run, (n, len(order.dossiers)), order) for n, text in enumerate(order.dossiers, 1)]
    separators = [SeparatorSheet(run)] * order.separators
    if not covers and not separators:
        raise InputRefused("sohoa cover", "name at least one dossier, or --separators N")
    catalogue = YamlCatalogue(settings().catalogue, skip_refused=settings().catalogue is not None)
    names = {
        code: catalogue.procedure(code, date.today()).name for code in {c.procedure for c in covers} if code
    }
    language = output.language
    printed = [*((c, _cover_text(c, names, language)) for c in covers)]
    pages = print_sheets([*printed, *((s, _separator_text(language)) for s in separators)])
    out = order.out or Path(f"to-bia-{run}.pdf")
    with written_to(out):
        out.write_bytes(pages)
    if output.as_json:
        output.data(_data(out, run, covers, len(separators)))
    else:
        output.text(str(out))
    return 0


def _sheet(text: str, run: str, place: tuple[int, int], order: CoverOrder) -> CoverSheet:
    asked = _ASKED.fullmatch(text)
    if asked is None:
        raise InputRefused(text, "is not CODE, CODE=SHEETS or CODE:PROCEDURE=SHEETS")
    return CoverSheet(
        print_run=run,
        position=place[0],
        of=place[1],
        dossier=asked["dossier"],
        procedure=asked["procedure"] or order.procedure,
        counter=order.counter.replace("|", " "),
        sheets=int(asked["sheets"] or 0),
    )


def _cover_text(sheet: CoverSheet, names: dict[str, str], language: Language) -> SheetText:
    lines = [word("cover_place", language, position=sheet.position, of=sheet.of, run=sheet.print_run)]
    if sheet.sheets:
        lines.append(word("cover_sheets", language, sheets=sheet.sheets))
    if sheet.counter:
        lines.append(word("cover_counter", language, counter=sheet.counter))
    if sheet.procedure:
        name = names[sheet.procedure]
        lines.append(word("cover_procedure", language, code=sheet.procedure, name=name))
    title, note = word("cover_title", language), word("cover_note", language)
    return SheetText(title, sheet.dossier, tuple(lines), note)


def _separator_text(language: Language) -> SheetText:
    return SheetText(word("separator_title", language), "", (), word("separator_note", language))


def _data(out: Path, run: str, covers: Sequence[CoverSheet], separators: int) -> dict[str, object]:
    return {
        "file": str(out),
        "print_run": run,
        "separators": separators,
        "covers": [
            {
                "dossier": sheet.dossier,
                "procedure": sheet.procedure,
                "counter": sheet.counter,
                "position": sheet.position,
                "of": sheet.of,
                "sheets": sheet.sheets,
            }
            for sheet in covers
        ],
    }
