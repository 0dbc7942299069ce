"""A Prefect server that dies is started again, and no run is lost to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from prefect.exceptions import CrashedRun, PrefectHTTPStatusError

from dossier.errors import DiskFull, PrefectAway, StoreConflict
from dossier.work import Awaited
from flows.prefect_guard import PrefectGuard
from flows.prefect_server import SharedPrefect
from flows.waiting import awaited_by


class Mortal:
    """A Prefect server that dies when it is told to."""

    def __init__(self) -> None:
        self.is_alive = True
        self.is_ready = True
        self.starts = 0
        self.url = ""

    def start(self) -> None:
        raise AssertionError

    def start_again(self) -> None:
        self.starts += 1
        self.is_alive = True

    def wait(self) -> None:
        assert self.is_alive

    def stop(self) -> None:
        raise AssertionError


def test_a_run_under_which_the_server_dies_is_begun_anew() -> None:
    prefect, told = Mortal(), []

    def flow(reference: str) -> str:
        told.append(reference)
        if len(told) == 1:
            prefect.is_alive = False
            raise ConnectionError("refused")
        return "archived"

    assert PrefectGuard(prefect).over(flow)("one") == "archived"
    assert (told, prefect.starts) == (["one", "one"], 1)


def test_a_server_that_died_between_runs_is_there_for_the_next() -> None:
    prefect = Mortal()
    prefect.is_alive = False
    assert PrefectGuard(prefect).over(str.upper)("one") == "ONE"
    assert prefect.starts == 1


def test_a_server_that_dies_again_and_again_is_told() -> None:
    prefect = Mortal()

    def flow(_: str) -> str:
        prefect.is_alive = False
        raise ConnectionError("refused")

    with pytest.raises(PrefectAway, match="Prefect"):
        PrefectGuard(prefect).over(flow)("one")


def test_a_server_that_is_there_and_fails_is_a_reason_to_wait() -> None:
    asked = httpx.Request("POST", "http://127.0.0.1:9/api/flow_runs/")
    troubles = (
        httpx.ReadTimeout("no answer"),
        PrefectHTTPStatusError("500", request=asked, response=httpx.Response(500, request=asked)),
        CrashedRun("the run was ended by somebody"),
    )
    for trouble in troubles:
        with pytest.raises(PrefectAway, match=type(trouble).__name__) as told:
            PrefectGuard(Mortal()).over(_raising(trouble))("one")
        assert awaited_by(told.value) is Awaited.PREFECT
    # What it raises itself is its own, of whatever kind; a bug of the same kind is none of it.
    names = {"__name__": "prefect.client.orchestration"}
    exec("def reach(_): raise RuntimeError('Failed to reach API')", names)  # noqa: S102 - as in that module
    with pytest.raises(PrefectAway, match="Failed to reach API"):
        PrefectGuard(Mortal()).over(names["reach"])("one")  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="a bug"):
        PrefectGuard(Mortal()).over(_raising(RuntimeError("a bug")))("one")
    # A dossier's own error stays what it is, whatever became of Prefect meanwhile.
    own = StoreConflict("manifest.json", "other bytes are kept under this key")
    own.__context__ = troubles[0]
    with pytest.raises(StoreConflict):
        PrefectGuard(Mortal()).over(_raising(own))("one")


def _raising(error: Exception) -> Callable[[str], str]:
    def flow(_: str) -> str:
        raise error

    return flow


def test_what_is_not_the_servers_death_passes_at_once() -> None:
    prefect, bug, full = Mortal(), ValueError("a bug"), DiskFull("spool", "no room")
    for error in (bug, full):
        runs: list[str] = []

        def flow(reference: str, error: Exception = error, runs: list[str] = runs) -> str:
            runs.append(reference)
            raise error

        with pytest.raises(type(error)):
            PrefectGuard(prefect).over(flow)("one")
        assert (len(runs), prefect.starts) == (1, 0)


def test_a_server_of_another_machine_that_is_gone_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = SharedPrefect(tmp_path, "http://127.0.0.1:9/api")
    monkeypatch.setattr("flows.prefect_server._BUSY_SECONDS", 0.3)
    with pytest.raises(PrefectAway, match="Prefect"):
        PrefectGuard(gone).over(str.upper)("one")
