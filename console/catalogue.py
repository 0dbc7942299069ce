"""Keeping the catalogue: drafts from published records, changes of a publication, refused files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

from console.output import Output
from console.wording import error_message
from console.writing import written_to
from flows.settings import settings

REFUSED = 32


def import_record(record: Path, out: Path, code: str, output: Output) -> int:
    """Write a draft; a file that is there already is never overwritten."""
    from validators.catalogue_import import draft, read_records, record_of

    text = draft(record_of(read_records(record), code), date.today())
    with written_to(out), out.open("x", encoding="utf-8") as file:
        file.write(text)
    output.text(str(out))
    return 0


def show_difference(old: Path, new: Path | None, output: Output) -> int:
    """Changes between two publications; one alone is compared with the catalogue in use, as the newer one."""
    from validators.catalogue_diff import differences, published

    before, after = (settings().catalogue, old) if new is None else (old, new)
    found = list(differences(published(before), published(after)))
    if output.as_json:
        output.data([asdict(each) for each in found])
        return 0
    for each in found:
        lines = [f"{sign} {text}" for sign, text in (("-", each.old), ("+", each.new)) if text]
        output.text("\n    ".join([f"{each.procedure} {each.change}", *lines]))
    if not found:
        output.text(output.term("no_changes"))
    return 0


def check_folder(folder: Path | None, output: Output) -> int:
    """Every file that is refused, one line each; what remains goes on."""
    from validators.catalogue_loader import YamlCatalogue

    catalogue = YamlCatalogue(folder or settings().catalogue, skip_refused=True)
    if output.as_json:
        refused = [{"file": e.subject, "cause": e.cause} for e in catalogue.refused]
        output.data({"procedures": len(catalogue.procedures()), "refused": refused})
    else:
        for error in catalogue.refused:
            output.text(error_message(error, output.language))
        output.text(f"{len(catalogue.procedures())} {output.term('procedures')}")
    return REFUSED if catalogue.refused else 0
