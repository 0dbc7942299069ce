"""Taking files in: originals into the spool first, then their pages."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dossier.errors import PartMissing, ReaderError, ReaderUnfit, SourceError, SourceNotFound
from dossier.masking import file_mark
from dossier.page import Extraction, ScannedPage, SourceFile, StoredObject
from flows.settings import Settings
from flows.straightening import straight_page
from flows.wiring import Workshop, open_quarantine
from scanners.delivery import DeliveredFile, DeliveredPage
from scanners.envelope import DETACHED
from scanners.files import open_bytes, open_file, read_pages_guarded
from scanners.regular import open_regular
from storage.codec import decode, encode
from storage.files import private_folder, translated

log = logging.getLogger(__name__)

INTAKE_VERSION = "5"
_TEMPORARY = "temporary"
_COPIES: Final = ("queue", "deposits", "again")
"""Folders in which earlier releases laid files of runs in the clear."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file whose original and pages are safe in the spool."""

    pages: tuple[ScannedPage, ...]
    taken_at: datetime
    """When it was first taken in; stands for the time of the scan."""
    signature: SourceFile | None = None
    """The file itself where it is a detached signature, which has no pages; None for everything else."""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that gave no pages."""

    name: str
    error: SourceError
    kept: StoredObject | None = None
    """Its bytes in the spool, as far as they got there."""
    quarantined: str = ""
    """Its entry in the quarantine; empty where it has none."""


def take_in_file(workshop: Workshop, path: Path, kept: StoredObject | None = None) -> TakenFile | RefusedFile:
    """Keep a file's bytes and take its pages out; a file that cannot be read goes to quarantine.

    Args:
        workshop: of this machine.
        path: where the file came from.
        kept: its bytes in the spool, where they were put when it came: then nobody looks at `path` again.
    """
    original: StoredObject | None = None
    data = None if kept is None else workshop.spool.get(kept)
    try:
        delivered = open_file(path) if data is None else open_bytes(path.name, data)
        original = workshop.spool.put(delivered.data, delivered.media_type)
        return _take_in(workshop, path.name, delivered, original)
    except SourceError as error:
        log.warning("%s cannot be taken in: %s", file_mark(path.name), error.cause or type(error).__name__)
        entry = "" if isinstance(error, SourceNotFound) else _set_aside(workshop, path, data, error)
        return RefusedFile(path.name, error, original, entry)


def intake_key(sha256: str, name: str) -> str:
    """Names the taking in of a file by its bytes and its name."""
    return hashlib.sha256(json.dumps([INTAKE_VERSION, sha256, name]).encode()).hexdigest()


def _take_in(workshop: Workshop, name: str, delivered: DeliveredFile, original: StoredObject) -> TakenFile:
    key = intake_key(original.sha256, name)
    finished = workshop.checkpoints.load("intake", key)
    if finished is not None:
        return decode(TakenFile, finished)
    source = SourceFile(name, original, delivered.signatures, delivered.empty_fields)
    with _own_folder(workshop.settings) as folder:
        pages = tuple(
            ScannedPage(
                source=source,
                number=page.number,
                picture=workshop.spool.put(page.picture, page.media_type),
                extraction=page.extraction,
                width=page.width,
                height=page.height,
                dpi=page.dpi,
            )
            for page in (_straight(workshop, taken) for taken in read_pages_guarded(delivered, folder))
        )
    signature = source if delivered.media_type == DETACHED else None
    taken = TakenFile(pages, workshop.clock().replace(microsecond=0), signature)
    workshop.checkpoints.save("intake", key, encode(taken))
    return taken


def _straight(workshop: Workshop, page: DeliveredPage) -> DeliveredPage:
    """A photograph's sheet seen from the front, by a reading process; as it came where that one gives up."""
    if page.extraction is not Extraction.PHOTOGRAPHED:
        return page
    settings = workshop.settings
    try:
        return workshop.reading.run(straight_page, settings.page_seconds, page, settings.model_cache)
    except (PartMissing, ReaderUnfit):
        raise
    except ReaderError as error:
        log.warning("a photograph stays as it came: %s", error.cause or type(error).__name__)
        return page


def forget_unfinished(settings: Settings) -> None:
    """Remove what a killed process left of files that it was taking in; only while none works here."""
    for name in (_TEMPORARY, *_COPIES):
        shutil.rmtree(settings.state / name, ignore_errors=True)


@contextmanager
def _own_folder(settings: Settings) -> Iterator[Path]:
    """A folder for the pages of one file, on the disk of the spool and for this user alone.

    Raises DiskFull, StorageError.
    """
    root = settings.state / _TEMPORARY
    with translated(root):
        private_folder(root)
        folder = TemporaryDirectory(prefix="sohoa-", dir=root)
    with folder as name:
        yield Path(name)


def _set_aside(workshop: Workshop, path: Path, data: bytes | None, error: SourceError) -> str:
    aside = open_quarantine(workshop.settings, workshop.keys)
    opener = partial(open_regular, path) if data is None else partial(io.BytesIO, data)
    return aside.keep(opener, error, path.name, workshop.clock())
