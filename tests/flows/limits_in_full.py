"""Against the real Prefect server: limits hold over workers, and a run costs no process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.prefect_server import quiet_environment
from tests.conftest import REPOSITORY, shared_prefect


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of two workers, a pool and a limit; see `tests.limits_trial`."""
    home: Path = tmp_path_factory.mktemp("prefect")
    quiet = quiet_environment(home, shared_prefect())
    done = subprocess.run(
        [sys.executable, "-m", "tests.limits_trial"],
        cwd=REPOSITORY,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "SOHOA_"))},
            **quiet,
            "PREFECT_WORKER_QUERY_SECONDS": "0.5",
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_of_a_pool_only_so_many_run_whatever_room_its_workers_have(trial: dict[str, Any]) -> None:
    pools = trial["pools"]
    assert (pools["held_at"], pools["most"]) == (2, 2)
    assert pools["total"] == pools["completed"] >= 2


def test_runs_share_the_workers_process(trial: dict[str, Any]) -> None:
    assert trial["pools"]["own"]


def test_a_deployment_of_something_else_is_not_run(trial: dict[str, Any]) -> None:
    assert "none of this product's flows" in trial["pools"]["refused"]


def test_a_run_whose_worker_is_gone_fills_its_pool_no_longer(trial: dict[str, Any]) -> None:
    assert trial["orphans"] == {"states": ["CRASHED", "RUNNING"]}


def test_places_under_a_limit_are_as_many_as_there_are_for_all_machines(trial: dict[str, Any]) -> None:
    places = trial["places"]
    assert (places["held_at"], places["most"]) == (2, 2)
    assert places["total"] == 4  # one of them under a limit that nobody made
