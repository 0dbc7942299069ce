"""The dossiers of the first-run tour: invented, drawn once on this machine, never near the archive."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from threading import Lock
from typing import Final

from scanners.samples.dossiers import Sample, all_samples
from scanners.samples.people import Village
from scanners.samples.scan import scan
from storage.files import private_folder, translated, write_whole

NUMBER: Final = "034092326492"
"""The applicant's number as the sample card has it; the sample form has one digit wrong."""
WRITTEN: Final = "034092321492"
_SEED: Final = 1
_WIDTH: Final = 1000
_lock = Lock()


class TourPage(StrEnum):
    """Pages that the tour shows."""

    FORM = "form"
    """An application with a number that is wrong in one digit."""
    CARD = "card"
    """The card with the right one."""
    RESIDENCE = "residence"
    """A residence paper, which may not be asked for."""


@dataclass(frozen=True, slots=True)
class _Place:
    sample: str
    paper: int


_PLACES: Final = {
    TourPage.FORM: _Place("trich-luc-sai-so-dinh-danh", 0),
    TourPage.CARD: _Place("trich-luc-sai-so-dinh-danh", 1),
    TourPage.RESIDENCE: _Place("tinh-trang-hon-nhan-co-ct07", 1),
}


def tour_page(folder: Path, wanted: TourPage) -> bytes:
    """A sample page as JPEG; drawn the first time, in about a second, and kept in a folder of its own.

    Raises PartMissing where the type that papers are set in is not installed, StorageError, DiskFull.
    """
    file = folder / f"{wanted}.jpg"
    with _lock:
        if not file.is_file():
            with translated(folder):
                private_folder(folder)
            for page, drawn in _drawn().items():
                write_whole(folder / f"{page}.jpg", drawn)
    with translated(file):
        return file.read_bytes()


def _drawn() -> dict[TourPage, bytes]:
    samples: dict[str, Sample] = {}
    village = Village(Random(f"{_SEED}/village"))  # noqa: S311 - invented people, no secrets
    wanted = {place.sample for place in _PLACES.values()}
    for sample in all_samples(_SEED, village):
        if sample.name in wanted:
            samples[sample.name] = sample
        if samples.keys() == wanted:
            break
    return {page: _picture(samples[place.sample], place.paper) for page, place in _PLACES.items()}


def _picture(sample: Sample, paper: int) -> bytes:
    laid = sample.papers[paper]
    random = Random(f"{_SEED}/tour")  # noqa: S311 - grain of the scanner
    picture = scan(laid.paper.sheets[0], laid.looks[0], random).convert("RGB")
    picture.thumbnail((_WIDTH, 2 * _WIDTH))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()
