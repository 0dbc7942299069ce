"""Reading one page whatever it does to the reader: as usual, in safe mode, or not, and then in quarantine."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from functools import partial
from typing import Final

from dossier import errors
from dossier.archive import DigitisationOrder
from dossier.errors import PartMissing, ReaderError, ReaderUnfit, SourceError
from dossier.page import RecognisedPage, ScannedPage
from flows.processes import in_turn_of
from flows.reading import read_one, reading_key
from flows.safe_reading import read_safely
from flows.settings import Settings
from flows.wiring import Workshop, open_quarantine
from storage.codec import encode

log = logging.getLogger(__name__)

_GIVEN_UP: Final = "unreadable"


def read_once(workshop: Workshop, order: DigitisationOrder, page: ScannedPage) -> bool:
    """Read a page and keep its reading, once and for all; whether an earlier run had done so.

    A page that took too long, too much memory or its process with it is tried once more in safe mode, and
    then lies in quarantine with its original: no run pays for it again before the reader or what it may take
    has changed. Raises ReaderError, or SourceError where its picture cannot be decoded, for such a page.
    """
    key = reading_key(page)
    if workshop.checkpoints.load("page", key) is not None:
        return True
    given_up = _given_up_key(workshop.settings, key)
    before = workshop.checkpoints.load(_GIVEN_UP, given_up)
    if before is not None:
        kind, cause = json.loads(before)
        raise getattr(errors, kind, ReaderError)(_name(page), cause)
    try:
        with in_turn_of(workshop.under_way.lane(order.dossier)):
            recognised = _read(workshop, page)
    except (PartMissing, ReaderUnfit):
        raise  # it is the reader, not the page
    except (ReaderError, SourceError) as error:
        told = type(error)(_name(page), error.cause)
        _set_aside(workshop, page, told)
        said = json.dumps([type(told).__name__, told.cause]).encode()
        workshop.checkpoints.save(_GIVEN_UP, given_up, said)
        raise told from error
    workshop.checkpoints.save("page", key, encode(recognised))
    return False


def _read(workshop: Workshop, page: ScannedPage) -> RecognisedPage:
    settings = workshop.settings
    picture = workshop.spool.get(page.picture)
    try:
        return workshop.reading.run(read_one, settings.page_seconds, page, picture, settings.model_cache)
    except (PartMissing, ReaderUnfit):
        raise
    except (ReaderError, SourceError) as error:
        log.warning("page %s is tried in safe mode: %s", _name(page), error.cause)
    return workshop.reading.run(read_safely, settings.page_seconds, page, picture, settings.model_cache)


def _set_aside(workshop: Workshop, page: ScannedPage, error: ReaderError | SourceError) -> None:
    """Its file, as it came, lies in quarantine with the reason beside it."""
    original = workshop.spool.get(page.source.original)
    aside = open_quarantine(workshop.settings, workshop.keys)
    aside.keep(partial(io.BytesIO, original), error, page.source.name, workshop.clock())
    log.warning("page %s lies in quarantine: %s", _name(page), error.cause)


def _given_up_key(settings: Settings, key: str) -> str:
    """Names what was tried: more time or more memory is another try."""
    parts = [key, settings.page_seconds, settings.reading_memory_mb]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _name(page: ScannedPage) -> str:
    return f"{page.source.name} p.{page.number}"
