"""Scanners through SANE: the program scanimage in a process of its own, so that a driver that hangs or
crashes takes nothing with it.

    scanimage -d DEVICE -A                     what the device can be set to
    scanimage -d DEVICE --batch=... --batch-print    one file a side, its name printed once it is whole

Its exit code is the status that ended the feed (sane.h). An emptied feeder ends with 0; a device that says
"no documents" in the middle of a side ends with 0 as well, having counted a page that is not there, so that
only printed names count.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dossier.errors import (
    CoverOpen,
    FeederEmpty,
    PaperJam,
    ScannerBusy,
    ScannerError,
    ScannerLost,
    ScannerNotFound,
    ScannerRefused,
)
from dossier.scanning import ColourMode, FedSide, PaperSource, ScannerDevice, ScanProfile
from scanners.fed import fed_raw_side
from scanners.programs import ProgramFailed, printed_lines, run

log = logging.getLogger(__name__)

_STATUS: Final[dict[int, type[ScannerError]]] = {
    3: ScannerBusy,
    4: ScannerRefused,
    6: PaperJam,
    7: FeederEmpty,
    8: CoverOpen,
    9: ScannerLost,
    10: ScannerError,
    11: ScannerError,
}
"""SANE_STATUS_DEVICE_BUSY, _INVAL, _JAMMED, _NO_DOCS, _COVER_OPEN, _IO_ERROR, _NO_MEM, _ACCESS_DENIED as exit
codes. What is said beside them tells less: a driver that reads in a process of its own and ends it may say
"received signal" in scanimage's name."""
_WORDS: Final[tuple[tuple[str, type[ScannerError]], ...]] = (
    ("device busy", ScannerBusy),
    ("feeder jammed", PaperJam),
    ("out of documents", FeederEmpty),
    ("cover is open", CoverOpen),
    ("device i/o", ScannerLost),
    ("open of device", ScannerNotFound),
    ("no scanners were identified", ScannerNotFound),
    ("unknown sane status", ScannerLost),
    ("received signal", ScannerLost),
    ("invalid argument", ScannerRefused),
    ("out of memory", ScannerError),
    ("access to resource", ScannerError),
)
"""What scanimage says where its exit code is only 1, or says nothing."""
_FATAL: Final = ("Unknown SANE status", "scanimage: received signal")
"""The `net` driver of SANE 1.2.1 makes up a status when its line goes dead, and scanimage may end with 0."""
_LAST: Final = ("scanimage: sane_read: ", "scanimage: sane_start: ")
"""What scanimage says before it ends. It may not: a driver that reads in a process of its own waits for ever
for one that it ended before it was ready to be ended (the `test` driver, once in some thousand feeds)."""
_MODES: Final = {
    ColourMode.COLOUR: ("color", "colour", "24bit"),
    ColourMode.GREY: ("gray", "grey"),
    ColourMode.BILEVEL: ("lineart", "black", "binary"),
}
_OPTION: Final = re.compile(r"^ +--?([a-z0-9-]+)[ =](\S[^\[]*?) \[", re.MULTILINE)
_RANGE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\.\.([0-9]+(?:\.[0-9]+)?)")
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LIST_SECONDS: Final = 120.0
_SILENCE_SECONDS: Final = 120.0
"""Longest time for one side; a slow device at 600 dpi takes about a minute."""


@dataclass(frozen=True, slots=True)
class SaneScanner:
    """One SANE device."""

    name: str
    sane_name: str
    """As `scanimage -L` calls it: "test:0", "airscan:e0:Quay1", "net:192.168.1.9:fujitsu"."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What the device needs beyond the profile, for example the file of the `pnm` device."""

    @property
    def device(self) -> ScannerDevice:
        """Which one."""
        return ScannerDevice(self.name, f"sane:{self.sane_name}")

    def feed(self, profile: ScanProfile) -> Iterator[FedSide]:
        """Sides as they come out; see `dossier.ports.Scanner`."""
        with TemporaryDirectory(prefix="sohoa-") as work:
            folder = Path(work)
            settings = self._settings(profile, folder)
            count = [] if profile.source is PaperSource.FEEDER else ["--batch-count=1"]
            command = ["scanimage", "-d", self.sane_name, *settings, "--format=tiff"]
            command += ["--batch=side%06d.tif", "--batch-print", *count]
            sides = 0
            try:
                for line in printed_lines(
                    command,
                    silence_seconds=_SILENCE_SECONDS,
                    folder=folder,
                    fatal=_FATAL,
                    last=_LAST,
                ):
                    file = folder / line.strip()
                    data = file.read_bytes()
                    file.unlink()
                    sides += 1
                    yield fed_raw_side(data, self.name, profile.resolution_dpi, lossless=profile.lossless)
            except ProgramFailed as e:
                raise self._trouble(e) from e
            if not sides:
                raise FeederEmpty(self.name, "no side came out")

    def _settings(self, profile: ScanProfile, folder: Path) -> list[str]:
        """The profile in the device's own words. Raises ScannerRefused."""
        own = [f"--{name}={value}" for name, value in self.options.items()]
        choices = self._choices(own, folder)
        settings = [*own, *_source(self.name, choices, profile), *_mode(self.name, choices, profile)]
        settings += _resolution(self.name, choices, profile.resolution_dpi)
        if "x" in choices and "y" in choices:
            settings += ["-x", f"{profile.width_mm:g}", "-y", f"{profile.height_mm:g}"]
        return settings

    def _choices(self, own: list[str], folder: Path) -> dict[str, tuple[str, ...]]:
        """What each option may be set to, by its name; a range is one entry."""
        try:
            told = run(["scanimage", "-d", self.sane_name, *own, "-A"], seconds=_LIST_SECONDS, folder=folder)
        except ProgramFailed as e:
            raise self._trouble(e) from e
        found = _OPTION.findall(told.decode("utf-8", "replace"))
        return {name: tuple(value.split("|")) for name, value in found}

    def _trouble(self, failed: ProgramFailed) -> ScannerError:
        """What a scanimage that failed met."""
        told = [line for line in failed.said.splitlines() if line.startswith("scanimage: ")]
        if failed.code is None and told and told[-1].startswith(_LAST):
            cause = told[-1].removeprefix("scanimage: ")
            said = cause.lower()
            return next((kind for words, kind in _WORDS if words in said), ScannerLost)(self.name, cause)
        if failed.code is None or failed.code < 0:
            # A driver whose line goes dead may crash: the `net` driver of SANE 1.2.1 does.
            return ScannerLost(self.name, str(failed))
        cause = told[-1].removeprefix("scanimage: ") if told else f"scanimage ended with {failed.code}"
        if kind := _STATUS.get(failed.code):
            return kind(self.name, cause)
        said = failed.said.lower()
        return next((kind for words, kind in _WORDS if words in said), ScannerError)(self.name, cause)


def find_sane_scanners() -> tuple[ScannerDevice, ...]:
    """Every device that SANE lists, its virtual ones too where the administrator enabled them.

    Raises:
        PartMissing: sane-utils is not installed.
        ScannerError: SANE itself failed.
    """
    command = ["scanimage", "-f", "%d|%v %m%n"]
    try:
        with TemporaryDirectory(prefix="sohoa-") as folder:
            told = run(command, seconds=_LIST_SECONDS, folder=Path(folder)).decode("utf-8", "replace")
    except ProgramFailed as e:
        raise ScannerError("scanimage", str(e)) from e
    found = (line.partition("|") for line in told.splitlines() if "|" in line)
    return tuple(ScannerDevice(name, f"sane:{name}", model.strip()) for name, _, model in found)


def _source(name: str, choices: Mapping[str, tuple[str, ...]], profile: ScanProfile) -> list[str]:
    """Where the sheets lie, as the device calls it."""
    sources = choices.get("source", ())
    feeders = [s for s in sources if "adf" in s.lower() or "feeder" in s.lower()]
    if profile.source is PaperSource.GLASS:
        glass = [s for s in sources if s not in feeders]
        if sources and not glass:
            raise ScannerRefused(name, "it has no glass")
        return [f"--source={glass[0]}"] if glass else []
    if not feeders:
        raise ScannerRefused(name, "it has no feeder")
    both = [s for s in feeders if "duplex" in s.lower()]
    front = [s for s in feeders if s not in both and "back" not in s.lower()]
    if not profile.duplex:
        chosen = [f"--source={(front or feeders)[0]}"]
        return [*chosen, "--adf-mode=Simplex"] if "Simplex" in choices.get("adf-mode", ()) else chosen
    if both:
        return [f"--source={both[0]}"]
    if "Duplex" in choices.get("adf-mode", ()):
        return [f"--source={front[0]}", "--adf-mode=Duplex"]
    raise ScannerRefused(name, "it has no duplex feeder; scan fronts and backs in two passes")


def _resolution(name: str, choices: Mapping[str, tuple[str, ...]], asked: int) -> list[str]:
    """The lowest resolution that is not below the one asked for; SANE itself would round down as well."""
    offered = choices.get("resolution", ())
    if not offered:
        return []
    if bounds := _RANGE.match(offered[0]):
        lowest, highest = (float(bound) for bound in bounds.groups())
        fitting = max(float(asked), lowest) if asked <= highest else None
    else:
        numbers = (float(number[0]) for text in offered if (number := _NUMBER.match(text)))
        fitting = min((number for number in numbers if number >= asked), default=None)
    if fitting is None:
        raise ScannerRefused(name, f"it does not scan at {asked} dpi")
    return [f"--resolution={fitting:g}"]


def _mode(name: str, choices: Mapping[str, tuple[str, ...]], profile: ScanProfile) -> list[str]:
    """What is recorded, as the device calls it."""
    modes = choices.get("mode", ())
    wanted = _MODES[profile.colour]
    fitting = [m for m in modes if any(word in m.lower() for word in wanted)]
    if modes and not fitting:
        raise ScannerRefused(name, f"it does not scan in {profile.colour.value}")
    return [f"--mode={fitting[0]}"] if fitting else []
