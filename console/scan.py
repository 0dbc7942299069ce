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
from console.scan_looks import SideVerdicts, needs_rescan
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
    with SideVerdicts(room, batch, settings(), output) as looks:
        try:
            batch = _feed(room, batch, asked, looks, output)
        except ScannerError as error:
            return _interrupted(room, batch, looks, error, output)
        finally:
            if not room.count(batch):
                room.forget(batch)
        pages = looks.data()
        if not output.as_json:
            looks.show(pages)
    code = NEEDS_ATTENTION if needs_rescan(pages) else ARCHIVED
    if batch.order.is_two_pass and not asked.backs:
        count = room.count(batch)
        if output.as_json:
            output.data({"batch": batch.id, "sides": count, "waits_for": "backs", "pages": pages})
        else:
            output.text(word("backs_next", output.language, count=count, batch=batch.id))
        return code
    done = finish(room, room.sort(batch), output, files_dossiers=asked.files_dossiers, pages=pages)
    return done or code


def _interrupted(
    room: ScanRoom, batch: Batch, looks: SideVerdicts, error: ScannerError, output: Output
) -> int:
    """Tell what is kept and how to go on. Raises the error again for whoever reads words."""
    pages, count = looks.data(), room.count(batch)
    if not output.as_json:
        looks.show(pages)
        if count:
            output.aside(word("kept", output.language, count=count, batch=batch.id))
        raise error
    output.data(
        {
            "batch": batch.id if count else None,
            "sides": count,
            "pages": pages,
            "error": {
                "kind": type(error).__name__,
                "message": error_message(error, output.language),
                "exit_code": error.exit_code,
            },
        }
    )
    return error.exit_code


def finish(
    room: ScanRoom,
    batch: Batch,
    output: Output,
    *,
    files_dossiers: bool = True,
    pages: list[dict[str, Any]] | None = None,
) -> int:
    """Digitise what is certain and not digitised yet, then tell where everything stands.

    Args:
        pages: what a first look said of the sides, for programs.
    """
    reports: dict[str, dict[str, Any]] = {}
    code = ARCHIVED
    for dossier, procedure, sides in room.due(batch) if files_dossiers else ():
        try:
            with room.laid_out(batch, sides) as files:
                report = digitise_report(Order(files, procedure, dossier, ""), output)
        except SohoaError as error:
            reports[dossier] = {"state": "error", "message": error_message(error, output.language)}
            code = error.exit_code
            continue
        reports[dossier] = report
        batch = room.note_filed(batch.id, dossier, sides, str(report["state"]))
        if report["state"] != "archived":
            code = code or NEEDS_ATTENTION
    if batch.plan is not None and (batch.plan.asked or batch.plan.open_questions):
        code = code or NEEDS_ATTENTION
    data = batch_data(room, batch, reports, output.language)
    if output.as_json:
        output.data(data if pages is None else data | {"pages": pages})
    else:
        show_batch(data, output)
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


def _feed(room: ScanRoom, batch: Batch, asked: ScanAsked, looks: SideVerdicts, output: Output) -> Batch:
    """Feed; on a terminal the clerk mends what is wrong and the feed goes on."""
    if asked.files:
        return room.take_in(batch, asked.files, looks.side)
    scanner: Scanner = open_scanner(asked.device or batch.order.device, settings().scanners)
    while True:
        try:
            return room.feed(batch, scanner, looks.side, backs=asked.backs)
        except ScannerError as error:
            if not (output.is_terminal and sys.stdin.isatty()):
                raise
            output.aside(error_message(error, output.language))
            if input(word("again", output.language)).strip().lower() == "q":
                raise


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
