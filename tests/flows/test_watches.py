"""What looks after something in the background goes on after a fault, and health knows when it does not."""

from __future__ import annotations

import logging
from threading import Event
from types import SimpleNamespace
from typing import cast

import pytest

from dossier.errors import StorageError
from flows.health import Health, _watches
from flows.watches import Watches
from flows.wiring import Workshop


def health(watches: Watches) -> tuple[Health, str]:
    part = _watches(cast(Workshop, SimpleNamespace(watches=watches)))
    return part.health, part.said


def test_a_watch_that_fails_begins_again_and_is_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    seconds, turns, ended = [0.0], [0], Event()
    watches = Watches(lambda: seconds[0], again_seconds=0.01)
    errors = [RuntimeError("a bug"), RuntimeError("a bug"), StorageError("share", "away"), OSError("gone")]

    def watch() -> None:
        turns[0] += 1
        if errors:
            raise errors.pop(0)
        ended.wait(30)

    assert health(watches) == (Health.GOOD, "watches_good")
    with caplog.at_level(logging.ERROR):
        thread = watches.start("tray", watch, ended)
        while turns[0] < 5:
            thread.join(0.01)
    assert thread.is_alive()
    assert len(caplog.records) == 3, "the same fault once"
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False]
    assert health(watches) == (Health.WARN, "watches_faulty")
    seconds[0] += 601
    watches.note_held("tray", 2)
    assert health(watches) == (Health.WARN, "watches_held")
    watches.note_held("tray", 0)
    assert health(watches) == (Health.GOOD, "watches_good")
    ended.set()
    thread.join(5)
    assert health(watches) == (Health.GOOD, "watches_good")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watch_that_died_is_told_and_one_with_nothing_to_do_is_not() -> None:
    ended, watches = Event(), Watches()

    def dies() -> None:
        raise SystemExit

    watches.start("seals", lambda: None, ended).join(5)
    assert health(watches) == (Health.GOOD, "watches_good")
    watches.start("tray", dies, ended).join(5)
    assert watches.dead() == ("tray",)
    assert health(watches) == (Health.BAD, "watches_bad")
