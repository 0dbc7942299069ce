"""Run by a test in a process of its own, beside a real Prefect server: what its limits and our worker do.

python -m tests.limits_trial    with PREFECT_API_URL; prints JSON
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Lock, Thread
from typing import Any

import anyio
import anyio.to_thread
from prefect import flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.states import Running

from dossier.errors import ServiceUnreachable
from flows.limits import limited
from flows.orphans import end_orphans
from flows.settings import Settings
from flows.worker import WORKER_TYPE, StayingWorker

LIMIT = 2
TICKETS = 5
BUSY_TRIES = 20


class Room:
    """Who is in at the same time; the first ones stay until they may go."""

    def __init__(self) -> None:
        self.lock, self.full, self.may_go = Lock(), Event(), Event()
        self.inside = self.most = self.total = 0
        self.processes: set[int] = set()

    def visit(self) -> None:
        with self.lock:
            self.inside += 1
            self.total += 1
            self.most = max(self.most, self.inside)
            self.processes.add(os.getpid())
            if self.inside == LIMIT:
                self.full.set()
        self.may_go.wait(120)
        with self.lock:
            self.inside -= 1


ROOM = Room()


@flow(name="visit")
def visit() -> None:
    """One visit."""
    ROOM.visit()


class CountedWorker(StayingWorker):
    """Counts how often it asked for work."""

    type = "sohoa-counted"
    asked = 0

    async def get_and_submit_flow_runs(self) -> list[Any]:
        found = await super().get_and_submit_flow_runs()
        self.asked += 1
        return found


async def _ended(client: PrefectClient, run: uuid.UUID) -> str:
    """How a run ended, once it has."""
    while True:
        state = (await client.read_flow_run(run)).state
        if state is not None and state.is_final():
            return state.type.value
        await anyio.sleep(0.2)


async def pools() -> dict[str, Any]:
    """Two workers with room for three each, on a pool of which two may run."""
    pool, known = f"pool-{uuid.uuid4().hex[:8]}", "trial.visit"
    async with get_client() as client:
        template = StayingWorker.get_default_base_job_template()
        await client.create_work_pool(
            WorkPoolCreate(name=pool, type=WORKER_TYPE, base_job_template=template, concurrency_limit=LIMIT)
        )
        flow_id = await client.create_flow(visit)
        asked = {}
        for name, entrypoint in (("ours", known), ("strange", "os.system")):
            deployment = await client.create_deployment(
                flow_id, name, work_pool_name=pool, entrypoint=entrypoint
            )
            asked[name] = deployment
        strange = await client.create_flow_run_from_deployment(asked["strange"])
        tickets = [await client.create_flow_run_from_deployment(asked["ours"]) for _ in range(TICKETS)]
        workers = [CountedWorker(pool, f"w{n}-{pool}", 3, {known: visit}) for n in range(2)]
        async with anyio.create_task_group() as group:
            for worker in workers:
                group.start_soon(lambda worker=worker: worker.start(printer=lambda *_: None))
            while not ROOM.full.is_set():
                await anyio.sleep(0.1)
            before = [worker.asked for worker in workers]
            while any(worker.asked < was + 3 for worker, was in zip(workers, before, strict=True)):
                await anyio.sleep(0.1)
            held_at = ROOM.inside
            ROOM.may_go.set()
            # A server on a busy machine may turn a ticket away, which crashes it: then it is over too.
            ended = [await _ended(client, each.id) for each in tickets]
            while (refused := await client.read_flow_run(strange.id)).state.type.value != "CRASHED":  # type: ignore[union-attr]
                await anyio.sleep(0.2)
            group.cancel_scope.cancel()
        return {
            "most": ROOM.most,
            "held_at": held_at,
            "total": ROOM.total,
            "completed": ended.count("COMPLETED"),
            "processes": len(ROOM.processes),
            "own": ROOM.processes == {os.getpid()},
            "refused": refused.state.message,  # type: ignore[union-attr]
        }


async def orphans() -> dict[str, Any]:
    """A run that a worker of another day left behind, beside one whose worker lives."""
    pool = f"pool-{uuid.uuid4().hex[:8]}"
    async with get_client() as client:
        template = StayingWorker.get_default_base_job_template()
        await client.create_work_pool(WorkPoolCreate(name=pool, type=WORKER_TYPE, base_job_template=template))
        await client.send_worker_heartbeat(pool, "alive", 3600)
        flow_id = await client.create_flow(visit)
        deployment = await client.create_deployment(flow_id, "left", work_pool_name=pool, entrypoint="none")
        runs = []
        for worker in ("gone", "alive"):
            run = await client.create_flow_run_from_deployment(deployment)
            await client.update_flow_run_labels(run.id, {"prefect.worker.name": worker})
            await client.set_flow_run_state(run.id, Running(), force=True)
            runs.append(run.id)
        for left in range(BUSY_TRIES, -1, -1):
            try:
                await anyio.to_thread.run_sync(end_orphans, [pool, "no-such-pool"])
                break
            except (
                ServiceUnreachable
            ) as error:  # a server on a busy machine; the deployment looks each minute
                if not left:
                    raise
                print(error, file=sys.stderr)
                await anyio.sleep(1.0)
        found = [await client.read_flow_run(run) for run in runs]
        return {"states": [run.state.type.value for run in found if run.state is not None]}


def places(state: Path) -> dict[str, int]:
    """Three who want one of two places of a limit over all machines, and one whose limit nobody made."""
    name, room = f"limit-{uuid.uuid4().hex[:8]}", Room()
    settings = Settings(state=state, work="workers", prefect_url=os.environ["PREFECT_API_URL"])

    async def make() -> None:
        async with get_client() as client:
            await client.upsert_global_concurrency_limit_by_name(name, LIMIT)

    asyncio.run(make())

    def enter(limit: str) -> None:
        with limited(settings, limit):
            room.visit()

    threads = [Thread(target=enter, args=(name,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    room.full.wait(120)
    held_at = room.inside
    room.may_go.set()
    for thread in threads:
        thread.join(180)
    enter(f"{name}-unmade")
    return {"most": room.most, "held_at": held_at, "total": room.total}


if __name__ == "__main__":
    told = {
        "pools": asyncio.run(pools()),
        "orphans": asyncio.run(orphans()),
        "places": places(Path(mkdtemp(prefix="sohoa-limits-"))),
    }
    print(json.dumps(told))
