"""`sohoa scanners`, `sohoa scan`: from the feeder to dossiers."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from console.batch_report import batch_data, show_batch
from console.commands import ARCHIVED, NEEDS_ATTENTION, Order, digitise_report
from console.output import Output
from console.wording import error_message
from console.wording_batch import word
from dossier.batch import Expectation
from dossier.batch_record import Batch, BatchOrder
from dossier.errors import ScannerError, ScannerNotFound, ScannerRefused, SohoaError
from dossier.ports import Scanner
from dossier.scanning import PROFILES, ColourMode, ScannerDevice, ScanProfile
from flows.scanning import ScanRoom
from flows.settings import settings
from scanners.finding import find_scanners, open_scanner
from validators.catalogue_loader import YamlCatalogue


@dataclass(frozen=True, slots=True)
class ScanAsked:
    """What the clerk typed."""

    device: str = ""
    files: tuple[Path, ...] = ()
    profile: str = "document"
    dpi: int = 0
    colour: str = ""
    duplex: bool = False
    two_pass: bool = False
    lossless: bool = False
    expected: Expectation = Expectation()  # noqa: RUF009 - a frozen value
    dossier: str = ""
    continued: str = ""
    """Batch that is gone on with."""
    backs: bool = False
    files_dossiers: bool = True
    """Whether dossiers that are settled are digitised at once."""


def scanners(output: Output) -> int:
    """Tell which scanners there are."""
    found = find_scanners(settings().scanners)
    if output.as_json:
        output.data([_device_data(device) for device in found])
        return 0
    if not found:
        output.text(word("no_scanners", output.language))
    for device in found:
        trouble = f"  ✗ {error_message(_named(device), output.language)}" if device.trouble else ""
        output.text(f"{device.name}  {device.model or '-'}  {device.address}{trouble}")
    return 0


def scan(asked: ScanAsked, output: Output) -> int:
    """Scan a batch, or go on with one, sort it, and digitise the dossiers that are certain."""
    room = ScanRoom(settings())
    batch = room.load(asked.continued) if asked.continued else _begin(room, asked)
    try:
        batch = _feed(room, batch, asked, output)
    except ScannerError as error:
        if not output.as_json:
            kept = word("kept", output.language, count=room.count(batch), batch=batch.id)
            output.aside(kept)
            raise
        output.data(
            {
                "batch": batch.id,
                "sides": room.count(batch),
                "error": {
                    "kind": type(error).__name__,
                    "message": error_message(error, output.language),
                    "exit_code": error.exit_code,
                },
            }
        )
        return error.exit_code
    if batch.order.is_two_pass and not asked.backs:
        count = room.count(batch)
        told = word("backs_next", output.language, count=count, batch=batch.id)
        if output.as_json:
            output.data({"batch": batch.id, "sides": count, "waits_for": "backs"})
        else:
            output.text(told)
        return 0
    return finish(room, room.sort(batch), output, files_dossiers=asked.files_dossiers)


def finish(room: ScanRoom, batch: Batch, output: Output, *, files_dossiers: bool = True) -> int:
    """Digitise what is certain and not digitised yet, then tell where everything stands."""
    reports: dict[str, dict[str, Any]] = {}
    code = ARCHIVED
    for dossier, procedure, files in room.due(batch) if files_dossiers else ():
        try:
            report = digitise_report(Order(tuple(files), procedure, dossier, ""), output)
        except SohoaError as error:
            reports[dossier] = {"state": "error", "message": error_message(error, output.language)}
            code = error.exit_code
            continue
        reports[dossier] = report
        batch = room.note_filed(batch, dossier, str(report["state"]))
        if report["state"] != "archived":
            code = code or NEEDS_ATTENTION
    if batch.plan is not None and (batch.plan.asked or batch.plan.open_questions):
        code = code or NEEDS_ATTENTION
    if output.as_json:
        output.data(batch_data(batch, reports, output.language))
    else:
        show_batch(batch, reports, output)
    return code


def _begin(room: ScanRoom, asked: ScanAsked) -> Batch:
    """A new batch; what can be refused is refused before a sheet moves."""
    if not asked.device and not asked.files:
        raise ScannerNotFound("--device", "name a scanner, or files with --from")
    if asked.expected.procedure:
        catalogue = YamlCatalogue(settings().catalogue, skip_refused=settings().catalogue is not None)
        catalogue.procedure(asked.expected.procedure, date.today())
    if asked.device:
        open_scanner(asked.device, settings().scanners)
    order = BatchOrder(asked.device, _profile(asked), asked.expected, asked.dossier, asked.two_pass)
    return room.begin(order)


def _feed(room: ScanRoom, batch: Batch, asked: ScanAsked, output: Output) -> Batch:
    """Feed; on a terminal the clerk mends what is wrong and the feed goes on."""
    progress = _Counter(output)
    if asked.files:
        return room.take_in(batch, asked.files, progress.side)
    scanner: Scanner = open_scanner(asked.device or batch.order.device, settings().scanners)
    while True:
        try:
            return room.feed(batch, scanner, progress.side, backs=asked.backs)
        except ScannerError as error:
            if not (output.is_terminal and sys.stdin.isatty()):
                raise
            output.aside(error_message(error, output.language))
            if input(word("again", output.language)).strip().lower() == "q":
                raise


class _Counter:
    """Counts sides on a terminal, on one line."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def side(self, number: int) -> None:
        if self._output.is_terminal:
            sys.stderr.write(f"\r{number} {word('side', self._output.language)} ")
            sys.stderr.flush()


def _profile(asked: ScanAsked) -> ScanProfile:
    """The named profile with what was asked beside it. Raises ScannerRefused."""
    known = {profile.name: profile for profile in PROFILES}
    if asked.profile not in known:
        raise ScannerRefused(asked.profile, f"is no profile; one of {', '.join(known)}")
    profile = known[asked.profile]
    if asked.dpi:
        lowest, highest = (300, 600) if profile.name == "card" else (200, 1200)
        if not lowest <= asked.dpi <= highest:
            raise ScannerRefused(f"{asked.dpi} dpi", f"this profile takes {lowest} to {highest} dpi")
        profile = replace(profile, resolution_dpi=asked.dpi)
    if asked.colour:
        if asked.colour not in set(ColourMode):
            raise ScannerRefused(asked.colour, f"one of {', '.join(ColourMode)}")
        profile = replace(profile, colour=ColourMode(asked.colour))
    return replace(
        profile, duplex=profile.duplex or asked.duplex, lossless=profile.lossless or asked.lossless
    )


def _device_data(device: ScannerDevice) -> dict[str, str]:
    return {
        "name": device.name,
        "address": device.address,
        "model": device.model,
        "trouble": device.trouble,
    }


def _named(device: ScannerDevice) -> SohoaError:
    """The trouble of a device as the error that it was."""
    from dossier import errors

    kind: type[SohoaError] = getattr(errors, device.trouble, ScannerError)
    return kind(device.name)
