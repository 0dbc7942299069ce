"""What an eSCL scanner says and is told: XML of the Mopria Alliance's eSCL specification 2.97."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from lxml import etree

from dossier.scanning import ColourMode, PaperSource, ScanProfile

SCAN: Final = "http://schemas.hp.com/imaging/escl/2011/05/03"
PWG: Final = "http://www.pwg.org/schemas/2010/12/sm"
UNITS_PER_INCH: Final = 300
"""eSCL measures sheets in 1/300 inch, whatever the resolution."""
COLOUR_MODES: Final = {
    ColourMode.COLOUR: "RGB24",
    ColourMode.GREY: "Grayscale8",
    ColourMode.BILEVEL: "BlackAndWhite1",
}
_MM_PER_INCH: Final = 25.4

Element: TypeAlias = Any
"""An element of lxml, which has no types."""


class MessageUnusable(Exception):
    """The reply is no XML, or not of this protocol."""


@dataclass(frozen=True, slots=True)
class InputCaps:
    """What the glass or the feeder can do."""

    width: int
    """Widest sheet, 1/300 inch."""
    height: int
    """Longest sheet, 1/300 inch."""
    resolutions: tuple[int, ...]
    """Dots per inch, rising; empty where any is accepted."""
    colours: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a scanner can do."""

    model: str
    version: str
    glass: InputCaps | None
    feeder: InputCaps | None
    duplex: InputCaps | None

    def input_for(self, profile: ScanProfile) -> InputCaps | None:
        """What serves a profile; None where the scanner has no such input."""
        if profile.source is PaperSource.GLASS:
            return self.glass
        return self.duplex if profile.duplex else self.feeder


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a scanner says of one job."""

    uri: str
    state: str
    """Pending, Processing, Completed, Canceled, Aborted."""
    images: int | None
    """Sides finished; None where it does not say."""


@dataclass(frozen=True, slots=True)
class Status:
    """What a scanner is doing."""

    state: str
    """Idle, Processing, Testing, Stopped, Down."""
    feeder: str
    """ScannerAdfLoaded, ScannerAdfEmpty, ScannerAdfJam, ...; empty where it has no feeder."""
    jobs: tuple[JobStatus, ...]

    def job(self, path: str) -> JobStatus | None:
        """What it says of the job at this path."""
        return next((job for job in self.jobs if job.uri.rstrip("/").endswith(path.rstrip("/"))), None)


def read_capabilities(data: bytes) -> Capabilities:
    """ScannerCapabilities. Raises MessageUnusable."""
    root = _root(data, "ScannerCapabilities")
    return Capabilities(
        model=_text(root, "MakeAndModel"),
        version=_text(root, "Version") or "2.0",
        glass=_input(root.find(".//{*}PlatenInputCaps")),
        feeder=_input(root.find(".//{*}AdfSimplexInputCaps")),
        duplex=_input(root.find(".//{*}AdfDuplexInputCaps")),
    )


def read_status(data: bytes) -> Status:
    """ScannerStatus. Raises MessageUnusable."""
    root = _root(data, "ScannerStatus")
    return Status(
        state=_text(root, "State"),
        feeder=_text(root, "AdfState"),
        jobs=tuple(
            JobStatus(_text(job, "JobUri"), _text(job, "JobState"), _number(_text(job, "ImagesCompleted")))
            for job in root.iterfind(".//{*}JobInfo")
        ),
    )


def scan_settings(profile: ScanProfile, caps: InputCaps, version: str, resolution: int) -> bytes:
    """ScanSettings: what a job is begun with."""
    root = etree.Element(f"{{{SCAN}}}ScanSettings", nsmap={"scan": SCAN, "pwg": PWG})
    _add(root, PWG, "Version", version)
    _add(root, SCAN, "Intent", "Document")
    region = _add(_add(root, PWG, "ScanRegions"), PWG, "ScanRegion")
    _add(region, PWG, "ContentRegionUnits", "escl:ThreeHundredthsOfInches")
    _add(region, PWG, "Height", str(min(caps.height, _units(profile.height_mm))))
    _add(region, PWG, "Width", str(min(caps.width, _units(profile.width_mm))))
    _add(region, PWG, "XOffset", "0")
    _add(region, PWG, "YOffset", "0")
    _add(root, PWG, "InputSource", "Platen" if profile.source is PaperSource.GLASS else "Feeder")
    _add(root, PWG, "DocumentFormat", "image/jpeg")
    _add(root, SCAN, "DocumentFormatExt", "image/jpeg")
    _add(root, SCAN, "ColorMode", COLOUR_MODES[profile.colour])
    _add(root, SCAN, "XResolution", str(resolution))
    _add(root, SCAN, "YResolution", str(resolution))
    if profile.source is PaperSource.FEEDER:
        _add(root, SCAN, "Duplex", "true" if profile.duplex else "false")
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def resolution_for(asked: int, offered: Sequence[int]) -> int | None:
    """The lowest resolution offered that is not below what is asked; None where there is none."""
    return asked if not offered else min((r for r in offered if r >= asked), default=None)


def _root(data: bytes, name: str) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise MessageUnusable(f"no XML: {e}") from e
    if etree.QName(root).localname != name:
        raise MessageUnusable(f"{etree.QName(root).localname} instead of {name}")
    return root


def _input(caps: Element | None) -> InputCaps | None:
    if caps is None:
        return None
    return InputCaps(
        width=_number(_text(caps, "MaxWidth")) or 2550,
        height=_number(_text(caps, "MaxHeight")) or 3508,
        resolutions=tuple(sorted({r for e in caps.iterfind(".//{*}XResolution") if (r := _number(e.text))})),
        colours=tuple(e.text or "" for e in caps.iterfind(".//{*}ColorMode")),
        formats=tuple(e.text or "" for e in caps.iterfind(".//{*}DocumentFormat")),
    )


def _text(element: Element, name: str) -> str:
    """The text of the first element of this name below; empty where there is none."""
    found = element.find(f".//{{*}}{name}")
    return "" if found is None or found.text is None else str(found.text).strip()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdecimal() and len(text) < 10 else None


def _units(millimetres: float) -> int:
    return round(millimetres / _MM_PER_INCH * UNITS_PER_INCH)


def _add(parent: Element, namespace: str, name: str, text: str = "") -> Element:
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if text:
        child.text = text
    return child
