"""A worker that stays: it takes runs from a work pool of Prefect and runs them in this process, kept warm.

Prefect's own process worker starts an interpreter for every run, and our readers with it. Here a run costs
what the server takes to hand it out. Only flows that the product knows are run, whatever a deployment names.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread
from anyio.abc import TaskStatus
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.flow_engine import run_flow
from prefect.flows import Flow
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from dossier.errors import ServiceUnreachable

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

log = logging.getLogger(__name__)

WORKER_TYPE: Final = "sohoa"
"""Type of the work pools that these workers take from."""
_AGAIN_SECONDS: Final = 5.0
"""How long a worker rests whose server went away, before it asks again."""
_LOOK_SECONDS: Final = 0.2

Flows = Mapping[str, "Flow[..., Any]"]


class StayingResult(BaseWorkerResult):
    """How a run ended, for Prefect."""


class StayingWorker(BaseWorker[BaseJobConfiguration, BaseVariables, StayingResult]):
    """Runs what its pool hands out in threads of this process."""

    type = WORKER_TYPE
    job_configuration = BaseJobConfiguration

    def __init__(self, pool: str, name: str, limit: int, flows: Flows) -> None:
        """Take from one pool.

        Args:
            pool: name of the work pool; it is not made here.
            name: the worker's name, the same after a restart.
            limit: runs under way at the same time.
            flows: what may be run, by the entrypoint that a deployment names.
        """
        super().__init__(pool, name=name, limit=limit, prefetch_seconds=0, create_pool_if_not_found=False)
        self._flows = flows
        self.on_answer: Callable[[], None] = lambda: None
        """Told each time the pool has answered."""
        self._threads = anyio.CapacityLimiter(limit)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Ask for work once."""
        found = await super().get_and_submit_flow_runs()
        self.on_answer()
        return found

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,  # noqa: ARG002 - nothing is configured for a run
        task_status: TaskStatus[int] | None = None,
    ) -> StayingResult:
        """Run a flow to its end. Raises ServiceUnreachable for a flow that this product does not know."""
        flow = await self._flow_of(flow_run)
        if task_status is not None:
            task_status.started(os.getpid())
        work = partial(run_flow, flow, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")
        await anyio.to_thread.run_sync(work, limiter=self._threads)
        # How it ended stands in the run's own state; the worker has done its part either way.
        return StayingResult(identifier=str(flow_run.id), status_code=0)

    async def _flow_of(self, flow_run: FlowRun) -> Flow[..., Any]:
        if flow_run.deployment_id is None:
            raise ServiceUnreachable("flow", "the run belongs to no deployment")
        deployment = await self.client.read_deployment(flow_run.deployment_id)
        found = self._flows.get(deployment.entrypoint or "")
        if found is None:
            raise ServiceUnreachable("flow", f"{deployment.entrypoint} is none of this product's flows")
        return found


def work_until(
    ended: Event, pools: Sequence[str], make: Callable[[str], StayingWorker], turns: Callable[[], None]
) -> None:
    """Take from these pools until the end; a server that goes away is asked again until it is back.

    `turns` is told several times a second while nothing keeps the loop from turning.
    """
    asyncio.run(_work_until(ended, pools, make, turns))


async def _work_until(
    ended: Event, pools: Sequence[str], make: Callable[[str], StayingWorker], turns: Callable[[], None]
) -> None:
    async with anyio.create_task_group() as group:
        for pool in pools:
            group.start_soon(_stay, ended, pool, make)
        while not ended.is_set():
            turns()
            await anyio.sleep(_LOOK_SECONDS)
        group.cancel_scope.cancel()


async def _stay(ended: Event, pool: str, make: Callable[[str], StayingWorker]) -> None:
    while not ended.is_set():
        try:
            await _wait_for_pool(pool)
            await make(pool).start(printer=_say)
        except Exception as error:  # noqa: BLE001 - Prefect's troubles have no common class
            log.warning("work pool %s: %s; asked again in %.0f s", pool, _first_line(error), _AGAIN_SECONDS)
        await anyio.sleep(_AGAIN_SECONDS)


async def _wait_for_pool(pool: str) -> None:
    """Raises ServiceUnreachable where the pool is not there."""
    async with get_client() as client:
        try:
            await client.read_work_pool(pool)
        except ObjectNotFound as e:
            raise ServiceUnreachable(pool, "there is no such work pool; `sohoa deploy` makes it") from e


def _say(line: str) -> None:
    log.info("%s", line)


def _first_line(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
