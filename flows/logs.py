"""The log of a process: lines for people, or JSON for a collector; no personal data in either.

Every record is clean from the moment it is made, whichever library makes it and whichever handler writes it:

1. Personal numbers are masked. Names of delivered files, which people are named in, become marks
   (`dossier.masking.file_mark`); the desk shows the names themselves.
2. Of exceptions only ours speak, for we wrote their words; of all others the log has kind and places.
3. Prefect puts values into its sentences about runs: of those it has what stands before the first value.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO, Any, Final

from dossier.errors import SohoaError
from dossier.masking import file_mark, is_delivered_name, mask_numbers
from flows.settings import Settings
from flows.wiring import VIETNAM

_ROOT: Final = Path(__file__).resolve().parent.parent
_RUNS: Final = ("prefect.flow_runs", "prefect.task_runs")
_FIRST_VALUE: Final = re.compile(r"[('\":%{\[]")
_NOISY: Final = ("httpx", "httpcore", "prefect", "uvicorn", "alembic", "pyhanko", "paddlex", "fontTools")
_MOST_PLACES: Final = 30


def open_log(settings: Settings, stream: IO[str] | None = None) -> None:
    """Write this process's log to standard error, or to a stream, as the settings say."""
    handler = logging.StreamHandler(stream or sys.stderr)
    lines = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(JsonLines() if settings.log_format == "json" else lines)
    logging.setLogRecordFactory(clean_record)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Each attempt at a store that is away; what becomes of it is ours to say.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def take_over_handlers() -> None:
    """Let all loggers write through the root's handler; Prefect gives some a handler of its own."""
    for name in ("uvicorn", "uvicorn.error", "fastapi"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, thread, and the error where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """A line without line breaks in it."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, VIETNAM).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "thread": record.threadName,
        }
        error = getattr(record, "error", None)
        return json.dumps(told | ({"error": error} if error else {}), ensure_ascii=False)


def clean_record(*given: Any, **more: Any) -> logging.LogRecord:
    """A record without personal data (a factory, see `logging.setLogRecordFactory`)."""
    record = logging.LogRecord(*given, **more)
    record.msg, record.args = mask_numbers(_message(record)), None
    error = record.exc_info[1] if record.exc_info else None
    record.exc_info, record.stack_info = None, None
    if error is not None:
        told = list(_chain(error))
        record.error = {"kind": told[0]["kind"], "words": told[0]["words"], "at": told[0]["at"]} | (
            {"because": told[1:]} if told[1:] else {}
        )
        record.exc_text = "\n".join(_lines(told))
    return record


def _message(record: logging.LogRecord) -> str:
    if record.name.startswith(_RUNS):
        return _FIRST_VALUE.split(str(record.msg), maxsplit=1)[0].strip()
    said = str(record.msg)
    if not record.args:
        return said
    if isinstance(record.args, dict):
        return said % {name: _clean(value) for name, value in record.args.items()}
    return said % tuple(map(_clean, record.args))


def _clean(value: object) -> object:
    """A value as the log may name it."""
    if isinstance(value, BaseException):
        return _words(value) or type(value).__name__
    if isinstance(value, PurePath):
        return file_mark(value.name)
    return file_mark(value) if isinstance(value, str) and is_delivered_name(value) else value


def _words(error: BaseException) -> str:
    """What an error says, where we wrote it; of the system's errors their own words without the path."""
    if isinstance(error, SohoaError):
        subject = file_mark(error.subject) if is_delivered_name(error.subject) else error.subject
        # The first line alone: what a database adds below it names values.
        return mask_numbers(": ".join(filter(None, (subject, error.cause.partition("\n")[0]))))
    return (error.strerror or "") if isinstance(error, OSError) else ""


def _chain(error: BaseException) -> Iterator[dict[str, Any]]:
    """The error, then what it came from, each with kind, words and places."""
    now: BaseException | None = error
    seen: set[int] = set()
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        frames = traceback.extract_tb(now.__traceback__)[-_MOST_PLACES:]
        at = [f"{_shown(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        yield {"kind": type(now).__name__, "words": _words(now), "at": at}
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)


def _lines(told: list[dict[str, Any]]) -> Iterator[str]:
    for number, each in enumerate(told):
        yield ("because of " if number else "") + ": ".join(filter(None, (each["kind"], each["words"])))
        yield from (f"  {place}" for place in each["at"])


def _shown(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else "/".join(path.parts[-2:])
