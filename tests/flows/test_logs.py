"""The log says what happened and never about whom, whichever library says it and in whichever form."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.errors import SourceUnreadable, StorageError
from flows.intake import take_in_file
from flows.logs import clean_record, open_log, take_over_handlers
from flows.settings import Settings
from tests.conftest import REPOSITORY
from tests.web_room import make_room

PERSON, NUMBER = "NGUYỄN THỊ MẪU", "001099000000"
FILE = f"{PERSON} {NUMBER}.pdf"
PRIVATE = (PERSON, NUMBER, "MẪU", "Nguyễn")
ROOMS = ("dossier", "models", "scanners", "pipeline", "validators", "storage", "flows", "console")


@pytest.fixture(params=["text", "json"])
def said(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the log says, in each form."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level
    settings = Settings.model_validate({"log_format": request.param})
    open_log(settings, stream)
    try:
        yield stream
    finally:
        logging.setLogRecordFactory(logging.LogRecord)
        root.handlers, root.level = before


def clean(stream: io.StringIO) -> str:
    text = stream.getvalue()
    assert text
    assert not [each for each in PRIVATE if each in text], text
    if text.startswith("{"):
        for line in text.splitlines():
            assert {"time", "level", "logger", "message", "thread"} <= json.loads(line).keys()
    return text


def test_numbers_names_of_files_and_paths_are_not_said(said: io.StringIO) -> None:
    log = logging.getLogger("flows.mau")
    log.info("page %d of %s at %s, %s", 3, FILE, Path("/hot") / PERSON, NUMBER)
    log.warning("%(file)s waits: %(why)s", {"file": FILE, "why": SourceUnreadable(FILE, "no pages")})
    text = clean(said)
    assert "page 3 of file-" in text
    assert ".pdf waits: file-" in text
    assert ": no pages" in text
    assert "001•••••••00" in text


def test_of_exceptions_only_ours_speak(said: io.StringIO) -> None:
    log = logging.getLogger("flows.mau")

    def reach() -> None:
        try:
            {}[PERSON]
        except KeyError as e:
            raise StorageError("database", f"refused\nDETAIL: Key (name)=({PERSON})") from e

    try:
        reach()
    except StorageError:
        log.exception("cannot go on")
    try:
        Path(f"/none/{FILE}").read_bytes()
    except OSError as e:
        log.error("cannot read: %s", e, exc_info=e)
    try:
        raise ValueError(PERSON)
    except ValueError as e:
        log.error("a bug: %s", e)
    text = clean(said)
    for kept in ("database: refused", "KeyError", "No such file or directory", "a bug: ValueError", "reach"):
        assert kept in text
    assert "tests/flows/test_logs.py:" in text
    if text.startswith("{"):
        error = json.loads(text.splitlines()[0])["error"]
        assert (error["kind"], error["words"]) == ("StorageError", "database: refused")
        assert error["because"][0]["kind"] == "KeyError"


def test_what_prefect_says_of_a_run_is_cut_before_the_first_value(said: io.StringIO) -> None:
    error = ValueError(PERSON)
    runs = logging.getLogger("prefect.task_runs")
    runs.error(f"Task run failed with exception: {error!r} - Retries are exhausted", exc_info=error)
    runs.error(f"Finished in state Failed('Task run encountered an exception ValueError: {PERSON}')")
    logging.getLogger("prefect.flow_runs").error("Encountered exception during execution: %r", error)
    text = clean(said)
    assert "Task run failed with exception" in text
    assert "Finished in state Failed" in text
    assert "ValueError" in text


def test_loggers_with_handlers_of_their_own_write_into_the_same_log(said: io.StringIO) -> None:
    elsewhere = io.StringIO()
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.handlers, uvicorn.propagate = [logging.StreamHandler(elsewhere)], False
    try:
        take_over_handlers()
        uvicorn.error("Exception in ASGI application", exc_info=ValueError(PERSON))
    finally:
        uvicorn.handlers, uvicorn.propagate = [], True
    assert "Exception in ASGI application" in clean(said)
    assert elsewhere.getvalue() == ""


def test_a_damaged_file_named_after_a_person_is_taken_in(said: io.StringIO, tmp_path: Path) -> None:
    room = make_room(tmp_path)
    scan = tmp_path / FILE
    scan.write_bytes(b"%PDF-1.7\n" + PERSON.encode() + b"\nnot a pdf at all")
    refused = take_in_file(room.workshop, scan)
    assert getattr(refused, "name", "") == FILE, "the desk is told the name"
    assert "cannot be taken in" in clean(said)


def test_handlers_of_others_get_clean_records_too() -> None:
    record = clean_record(
        "flows.mau", logging.ERROR, "x.py", 1, "%s", (FILE,), (ValueError, ValueError(PERSON), None)
    )
    shown = logging.Formatter("%(message)s").format(record)
    assert not [each for each in PRIVATE if each in shown]
    assert "ValueError" in shown


def test_no_line_of_ours_names_a_person() -> None:
    """What is handed to the log, by the names in the code: none of them is a person's."""
    private = {"full_name", "applicant", "personal_number", "officer", "signer", "residence", "born", "actor"}
    found = []
    for room in ROOMS:
        for file in (REPOSITORY / room).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                    continue
                if not (isinstance(call.func.value, ast.Name) and call.func.value.id in ("log", "logger")):
                    continue
                names = {n.attr for a in call.args for n in ast.walk(a) if isinstance(n, ast.Attribute)}
                names |= {n.id for a in call.args for n in ast.walk(a) if isinstance(n, ast.Name)}
                if names & private:
                    found.append(f"{file}:{call.lineno}: {names & private}")
    assert found == []
