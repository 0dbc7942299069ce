"""The simulated scanner: a folder of pictures is its feeder. For tests, the demo and clerks' training."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dossier.errors import (
    CoverOpen,
    FeederEmpty,
    PaperJam,
    ScannerBusy,
    ScannerError,
    ScannerLost,
    ScannerNotFound,
    SourceError,
)
from dossier.scanning import FedSide, PaperSource, ScannerDevice, ScanProfile
from scanners.fed import fed_side
from scanners.files import open_file, read_pages

FAULTS: Final[dict[str, type[ScannerError]]] = {
    "empty": FeederEmpty,
    "jam": PaperJam,
    "cover": CoverOpen,
    "busy": ScannerBusy,
    "unplug": ScannerLost,
}
_FAULT: Final = re.compile(rf"({'|'.join(FAULTS)})@([1-9][0-9]{{0,3}})")


@dataclass(frozen=True, slots=True)
class Fault:
    """Trouble that a scanner meets once."""

    kind: str
    """A key of `FAULTS`."""
    side: int
    """Before which side of the stack it happens, 1-based."""


@dataclass(slots=True)
class SimulatedScanner:
    """Feeds the pictures of a folder, by name; what came out stays out until the object is made anew."""

    name: str
    folder: Path
    faults: tuple[Fault, ...] = ()
    first: int = 1
    """The side that lies on top of the stack, 1-based; those before it have been fed already."""
    _fed: int = field(init=False)
    _met: set[Fault] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        """Nothing has been fed but what `first` says."""
        self._fed = self.first - 1

    @property
    def device(self) -> ScannerDevice:
        """Which one."""
        trouble = "" if self.folder.is_dir() else ScannerNotFound.__name__
        return ScannerDevice(self.name, f"simulated:{self.folder}", "simulated", trouble)

    def feed(self, profile: ScanProfile) -> Iterator[FedSide]:
        """Sides as they come out; see `dossier.ports.Scanner`. The profile's resolution is not applied."""
        if not self.folder.is_dir():
            raise ScannerNotFound(self.name, "there is no such folder")
        begun = self._fed
        for number, side in enumerate(_sides(self.folder, self.name, profile.resolution_dpi), start=1):
            if number <= self._fed:
                continue
            for fault in self.faults:
                if fault.side == number and fault not in self._met:
                    self._met.add(fault)
                    raise FAULTS[fault.kind](self.name, f"simulated before side {number}")
            self._fed = number
            yield side
            if profile.source is PaperSource.GLASS:
                return
        if self._fed == begun:
            raise FeederEmpty(self.name, "all sides of the folder have come out")


def read_faults(text: str) -> tuple[Fault, ...]:
    """Faults as they are written: "jam@3", "cover@2,unplug@5". Raises ScannerNotFound over anything else."""
    found = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        match = _FAULT.fullmatch(word)
        if match is None:
            raise ScannerNotFound(word, f"no such fault; one of {', '.join(FAULTS)}, then @ and a number")
        found.append(Fault(match[1], int(match[2])))
    return tuple(found)


def stack_of(folder: Path) -> Sequence[Path]:
    """The files of a folder in the order in which a feeder takes them: page 2 before page 10."""
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    return sorted(files, key=lambda path: [int(p) if p.isdecimal() else p for p in _pieces(path.name)])


def _pieces(name: str) -> list[str]:
    """Text, number, text, number, ...: always in this order, so that names compare."""
    return re.split(r"(\d+)", name.lower())


def _sides(folder: Path, name: str, dpi: int) -> Iterator[FedSide]:
    try:
        for path in stack_of(folder):
            for page in read_pages(open_file(path)):
                yield fed_side(page.picture, name, page.dpi or float(dpi))
    except SourceError as e:
        raise ScannerLost(name, f"{e.subject}: {e.cause}") from e
