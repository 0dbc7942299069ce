"""Scanners: what they are, how they are set, what comes out of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ColourMode(StrEnum):
    """What a scanner records of a sheet."""

    COLOUR = "colour"
    """24 bits a pixel: what NĐ 30/2020/NĐ-CP Phụ lục I asks of a digitised copy."""
    GREY = "grey"
    BILEVEL = "bilevel"
    """Black and white."""


class PaperSource(StrEnum):
    """Where the sheets lie."""

    FEEDER = "feeder"
    """The document feeder (khay nạp): sheet after sheet until it is empty."""
    GLASS = "glass"
    """The glass (mặt kính): one side at a time."""


@dataclass(frozen=True, slots=True)
class ScanProfile:
    """How a scanner is set for one feed."""

    name: str
    resolution_dpi: int
    """Dots per inch; cards between 300 and 600, no paper below 200 (NĐ 30/2020/NĐ-CP Phụ lục I)."""
    colour: ColourMode = ColourMode.COLOUR
    source: PaperSource = PaperSource.FEEDER
    duplex: bool = False
    """Whether both sides of a sheet come out, the front before the back."""
    width_mm: float = 210.0
    height_mm: float = 297.0
    lossless: bool = False
    """Whether a scanner that delivers raw pixels has them kept as they are instead of as JPEG."""


PROFILES: Final = (
    ScanProfile("document", 300),
    ScanProfile("duplex", 300, duplex=True),
    ScanProfile("glass", 300, source=PaperSource.GLASS),
    ScanProfile("card", 600, source=PaperSource.GLASS, width_mm=105.0, height_mm=74.0),
    ScanProfile("a3", 300, source=PaperSource.GLASS, width_mm=297.0, height_mm=420.0),
)
"""What a counter scans: papers, papers printed on both sides, bound papers, identity cards, plans."""


@dataclass(frozen=True, slots=True)
class ScannerDevice:
    """A scanner that this machine can reach."""

    name: str
    """As the settings or the device itself calls it."""
    address: str
    """How it is reached: "sane:DEVICE", "escl:URL", "simulated:FOLDER"."""
    model: str = ""
    """Maker and model; empty where the device was not asked."""
    trouble: str = ""
    """Name of the error that asking the device gave; empty where it answered or was not asked."""


@dataclass(frozen=True, slots=True)
class FedSide:
    """One side of a sheet as it came out of a scanner; its picture decodes whole."""

    picture: bytes
    """Encoded picture, as the device delivered it where that was a picture already."""
    media_type: str
    """image/jpeg or image/png."""
    dpi: float
    """Dots per inch, as the device states it, else as it was asked for."""
