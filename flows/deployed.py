"""The flows that deployments name (`prefect.yaml`); a worker runs them in its own process.

Nothing about a dossier goes through Prefect: a run says which lane it draws from, and the queue in the
database says which dossier is next.
"""

from __future__ import annotations

from typing import Any, Final

from prefect import flow
from prefect.flows import Flow

from flows.duties import current_duties
from flows.tickets import FLOW, lane_of


@flow(name=FLOW, validate_parameters=False)
def digitise_next(lane: str) -> str:
    """The next dossier of a lane, "counter" or "backlog", to its end; its code, empty where none waits.

    How the dossier ended is told to whoever handed it in; the run only says that its turn was had.
    """
    return current_duties().work_off(lane_of(lane))


@flow(name="match-tickets")
def match_tickets() -> int:
    """Tickets for dossiers without one, and an end to runs whose worker is gone; how many were issued."""
    return current_duties().match_tickets()


@flow(name="check-fixity")
def check_fixity() -> str:
    """A fixity run where one is due; its outcome, empty where none is."""
    return current_duties().check_fixity()


@flow(name="keep-ledger-head")
def keep_ledger_head() -> int:
    """The ledger's head under lock, once a day; how many objects that took."""
    return current_duties().keep_head()


@flow(name="renew-seals")
def renew_seals() -> int:
    """Seals raised and renewed; of how many packages."""
    return current_duties().renew_seals()


@flow(name="look-for-register")
def look_for_register() -> None:
    """Dossiers that wait for the register are handed in again, one after the other, where it answers."""
    current_duties().look_for_register()


@flow(name="look-after-keys-and-holds")
def look_after_keys_and_holds() -> int:
    """Personal data under the newest key, holds that stand; how much was sealed anew."""
    return current_duties().look_after_keys_and_holds()


DEPLOYED: Final[dict[str, Flow[..., Any]]] = {
    f"{__name__}.{each.fn.__name__}": each
    for each in (
        digitise_next,
        match_tickets,
        check_fixity,
        keep_ledger_head,
        renew_seals,
        look_for_register,
        look_after_keys_and_holds,
    )
}
"""Flows by the entrypoint that a deployment names: what a worker runs, and nothing else."""
