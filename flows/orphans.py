"""Runs whose worker is gone: Prefect would count them for ever, against the limit of their pool.

The dossier itself goes on long before, by its lease; here only Prefect's own book is put right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from httpx import HTTPError, codes
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType, WorkerStatus
from prefect.exceptions import ObjectNotFound, PrefectException, PrefectHTTPStatusError
from prefect.states import Crashed

from dossier.errors import ServiceUnreachable
from flows.tickets import short

_WORKER: Final = "prefect.worker.name"
"""Label that a worker gives each run that it draws."""
_PAGE: Final = 200


def end_orphans(pools: Sequence[str]) -> int:
    """Note the runs of these pools as crashed whose worker has not been heard for 90 s; how many.

    Raises ServiceUnreachable.
    """
    ended = 0
    try:
        with get_client(sync_client=True) as client:
            for pool in pools:
                alive = set(_alive(client, pool))
                for run in _under_way(client, pool):
                    worker = str(run.labels.get(_WORKER, ""))
                    if worker and worker not in alive:
                        client.set_flow_run_state(run.id, Crashed(message=f"{worker} is gone"), force=True)
                        ended += 1
    except (HTTPError, PrefectException) as e:
        raise ServiceUnreachable("Prefect", f"tells no runs: {short(e)}") from e
    return ended


def _alive(client: SyncPrefectClient, pool: str) -> Iterator[str]:
    offset = 0
    while True:
        try:
            found = client.read_workers_for_work_pool(pool, offset=offset, limit=_PAGE)
        except ObjectNotFound:
            return
        except PrefectHTTPStatusError as e:
            if e.response.status_code == codes.NOT_FOUND:  # as 3.8.8 tells of a pool that is not there
                return
            raise
        yield from (each.name for each in found if each.status is WorkerStatus.ONLINE)
        if len(found) < _PAGE:
            return
        offset += _PAGE


def _under_way(client: SyncPrefectClient, pool: str) -> list[FlowRun]:
    types = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    return client.read_flow_runs(
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types))),
        limit=_PAGE,
    )
