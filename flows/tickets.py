"""Tickets for the queue: a run on Prefect's work pools for every dossier that waits.

A ticket names a lane and no dossier: whoever draws it takes the next one from the queue in the database. One
too many finds nothing and ends at once; one too few is made good by `match`. So Prefect, with its pools
and limits, says how much is done at once and where, and the database says what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from httpx import HTTPError
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound, PrefectException

from dossier.errors import ServiceUnreachable
from dossier.work import JobState, Lane

FLOW: Final = "digitise-next"
_NOT_DRAWN: Final = [StateType.SCHEDULED, StateType.PENDING]


def lane_name(lane: Lane) -> str:
    """What a lane's deployment and work pool are called."""
    return lane.name.lower()


def lane_of(name: str) -> Lane:
    """The lane of a deployment's parameter. Raises KeyError."""
    return Lane[name.upper()]


class Tickets:
    """Issues tickets on the shared Prefect server."""

    def issue(self, lane: Lane, count: int = 1) -> None:
        """So many more tickets of a lane. Raises ServiceUnreachable."""
        name = f"{FLOW}/{lane_name(lane)}"
        try:
            with get_client(sync_client=True) as client:
                deployment = client.read_deployment_by_name(name)
                for _ in range(count):
                    client.create_flow_run_from_deployment(deployment.id)
        except ObjectNotFound as e:
            raise ServiceUnreachable(name, "is not deployed; `sohoa deploy` does that") from e
        except (HTTPError, PrefectException) as e:
            raise ServiceUnreachable("Prefect", f"takes no tickets: {short(e)}") from e

    def match(self, counts: Mapping[tuple[JobState, Lane], int]) -> int:
        """Tickets for what stands in the queue without one; how many were issued.

        Args:
            counts: how much there is, by state and lane.

        Raises ServiceUnreachable.
        """
        queued = Counter({lane: counts.get((JobState.QUEUED, lane), 0) for lane in Lane})
        missing = {lane: queued[lane] - self._open(lane) for lane in Lane if queued[lane]}
        for lane, count in missing.items():
            if count > 0:
                self.issue(lane, count)
        return sum(count for count in missing.values() if count > 0)

    def _open(self, lane: Lane) -> int:
        """Tickets of a lane that nobody has drawn. Raises ServiceUnreachable."""
        try:
            with get_client(sync_client=True) as client:
                return client.count_flow_runs(
                    deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[lane_name(lane)])),
                    flow_run_filter=FlowRunFilter(
                        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_NOT_DRAWN))
                    ),
                )
        except (HTTPError, PrefectException) as e:
            raise ServiceUnreachable("Prefect", f"counts no tickets: {short(e)}") from e


def short(error: Exception) -> str:
    """What went wrong between us and the server, in one line."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
