"""The register's answers about people whom a correction made known, asked for while the clerk goes on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Final

from dossier.errors import SohoaError
from dossier.finding import Finding, Rule, Severity
from dossier.identity import Identity, RegisterOutcome
from dossier.review import Draft
from flows.asking import ask_register
from flows.review_base import KnownAnswer, Prepared, answers_known, asked_of
from flows.wiring import Workshop
from validators.identity import register_query

log = logging.getLogger(__name__)

_REMEMBERED_SECONDS: Final = 3600.0


def unasked(prepared: Prepared, draft: Draft) -> tuple[Identity, ...]:
    """Whom the register could be asked about as the draft stands now, and was not."""
    asked = asked_of(draft.identities, prepared.answers)
    return tuple(person for person, answer in asked if answer is None and _can_be_asked(person))


def answers_about(workshop: Workshop, prepared: Prepared, draft: Draft) -> tuple[KnownAnswer, ...]:
    """What the register says about those, and about whom it could not say anything before, if it is back.

    It may take seconds.
    """
    order = prepared.order
    procedure = workshop.catalogue.procedure(order.procedure, order.received_on)
    people = unasked(prepared, draft)
    if failed := unanswered(workshop, prepared, draft):
        people = (*people, *failed) if workshop.register.is_answering() else people
    return answers_known(ask_register(workshop, order, procedure, people))


def unanswered(workshop: Workshop, prepared: Prepared, draft: Draft) -> tuple[Identity, ...]:
    """Whom the register was asked about while it did not answer."""
    if not workshop.settings.has_register:
        return ()
    asked = asked_of(draft.identities, prepared.answers)
    return tuple(
        person
        for person, answer in asked
        if answer is not None and answer.outcome is RegisterOutcome.NOT_CHECKED
    )


def shown_of(draft: Draft) -> tuple[str, ...]:
    """What a screen shows of a draft that comes without a correction: findings by their keys, and pages."""
    pages = sum(len(paper.pages) for paper in draft.papers) + len(draft.set_aside)
    return *(each.key for each in draft.findings), f"pages-{pages}"


def unseen(draft: Draft, seen: Collection[str]) -> tuple[str, ...]:
    """What stands in the draft now and was not seen: rules of findings worth a look, "pages" for more papers.

    That somebody could not be asked about is no news to who saw that nobody was.

    Args:
        draft: as it stands.
        seen: what `shown_of` told before.
    """
    rules = (each.finding.rule for each in draft.findings if each.key not in seen and _is_news(each.finding))
    papers = () if shown_of(draft)[-1] in seen else ("pages",)
    return (*dict.fromkeys(rule.value for rule in rules), *papers)


def _is_news(finding: Finding) -> bool:
    return finding.severity is not Severity.INFO and finding.rule is not Rule.REGISTER_NOT_CHECKED


class Inquiries:
    """One thread in which questions are asked that nobody waits for; of a dossier one at a time."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ask")
        self._lock = Lock()
        self._pending: set[str] = set()
        self._asked: dict[str, float] = {}

    def begin(self, code: str, ask: Callable[[str], object], pause_seconds: float = 0.0) -> None:
        """Ask soon, once for all that waits. What cannot be asked now is asked when it is sealed.

        Args:
            code: of the dossier.
            ask: does it.
            pause_seconds: nothing is begun where this was asked about less long ago.
        """
        with self._lock:
            now = time.monotonic()
            if code in self._pending or now < self._asked.get(code, -pause_seconds) + pause_seconds:
                return
            self._pending.add(code)
            self._asked = {code: at for code, at in self._asked.items() if now < at + _REMEMBERED_SECONDS}
            self._asked[code] = now
        try:
            self._worker.submit(self._ask, code, ask).add_done_callback(_say)
        except RuntimeError:  # the process ends
            self._pending.discard(code)

    def close(self) -> None:
        """Begin nothing more, and return when what is under way has ended."""
        self._worker.shutdown(cancel_futures=True)

    def _ask(self, code: str, ask: Callable[[str], object]) -> None:
        with self._lock:
            self._pending.discard(code)  # what is corrected from now on is another question
        try:
            ask(code)
        except SohoaError as error:
            log.warning("the register cannot be asked for dossier %s now: %s", code, error)


def _can_be_asked(person: Identity) -> bool:
    return register_query(person, "", "") is not None


def _say(done: Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("a question to the register was not asked", exc_info=error)
