"""Writes the sample dossiers: scans, truth, and the register that knows their people."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from dossier.archive import DossierState
from dossier.finding import Severity
from scanners.samples.dossiers import Laid, Sample, all_samples
from scanners.samples.people import Person, Village
from scanners.samples.scan import Look, in_upright_frame, scan
from scanners.samples.sheet import Sheet
from scanners.samples.tray import write_scan

REGISTER_COLUMNS = ("personal_number", "full_name", "date_of_birth", "sex", "residence")


def make_samples(out: Path, seed: int = 1) -> tuple[Path, ...]:
    """Render every sample dossier below `out` and return their folders, each with `scans/` and `truth.json`.

    Beside them lies `register.csv`, which holds exactly the people of these dossiers. The same seed gives the
    same bytes.

    Raises:
        PartMissing: the type that papers are set in is not installed.
    """
    village = Village(Random(f"{seed}/village"))  # noqa: S311 - invented people, no secrets
    folders = tuple(_write(out, sample, seed) for sample in all_samples(seed, village))
    (out / "register.csv").write_text(_register(village.people), encoding="utf-8", newline="")
    return folders


def _write(out: Path, sample: Sample, seed: int) -> Path:
    folder = out / sample.name
    (folder / "scans").mkdir(parents=True, exist_ok=True)
    random = Random(f"{seed}/{sample.name}/scanner")  # noqa: S311 - grain of the scanner
    trays: dict[str, list[Image.Image]] = {}
    documents = [_document(laid, trays, random) for laid in sample.papers]
    for name, pages in trays.items():
        write_scan(folder / "scans" / name, pages)
    truth = json.dumps(_truth(sample, documents), ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8")
    return folder


def _document(laid: Laid, trays: dict[str, list[Image.Image]], random: Random) -> dict[str, Any]:
    """Scan a paper's pages into its file, and tell what is on them."""
    pages = []
    for sheet, look in zip(laid.paper.sheets, laid.looks, strict=True):
        tray = trays.setdefault(laid.file, [])
        tray.append(scan(sheet, look, random))
        pages.append({"source": laid.file, "number": len(tray)} | _page_truth(sheet, look))
    return {
        "kind": laid.paper.kind,
        "title": laid.paper.title,
        "pages": pages,
        "fields": {name: list(values) for name, values in laid.paper.fields.items()},
    }


def _page_truth(sheet: Sheet, look: Look) -> dict[str, Any]:
    words = []
    for word in (word for line in sheet.lines for word in line.words):
        box = in_upright_frame(word.box, look)
        words.append(
            {"text": word.text, "box": [round(v, 1) for v in (box.left, box.top, box.right, box.bottom)]}
        )
    return {
        "rotation_degrees": look.rotation_degrees,
        "angle_degrees": look.angle_degrees,
        "text": [line.text for line in sheet.lines],
        "words": words,
    }


def _truth(sample: Sample, documents: list[dict[str, Any]]) -> dict[str, Any]:
    waits = any(finding.severity is Severity.BLOCKING for finding in sample.findings)
    state = DossierState.NEEDS_ATTENTION if waits else DossierState.ARCHIVED
    return {
        "dossier": sample.code,
        "procedure": sample.procedure,
        "received_on": sample.received_on.isoformat(),
        "state": state.value,
        "documents": documents,
        "identities": [
            {"personal_number": who.personal_number, "verdict": verdict.value, "full_name": who.full_name}
            for who, verdict in sample.people
        ],
        "findings": [
            {"rule": finding.rule.value, "severity": finding.severity.value, "subject": finding.subject}
            for finding in sample.findings
        ],
    }


def _register(people: list[Person]) -> str:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(REGISTER_COLUMNS)
    for who in people:
        writer.writerow((who.personal_number, who.full_name, who.born.isoformat(), who.sex, who.residence))
    return out.getvalue()
