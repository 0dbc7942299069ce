"""The dossier's screen, whole or in the parts that a script exchanges."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from fastapi import Request, Response

from console.web.access import visit_of
from console.web.counter_room import CounterRoom, told
from console.web.pages import page as whole_page
from console.web.pages import render
from console.web.screen_words import screen_words
from console.web.times import field_words
from console.web.words import words_of
from console.web.work_view import (
    Work,
    field_doubt,
    field_label,
    is_number,
    kind_choices,
    viewer_pages,
    work_on,
)
from console.wording import finding_message
from dossier.errors import CatalogueError
from dossier.finding import Finding, Rule
from dossier.procedure import Case
from dossier.review import Draft, DraftField, ReviewState
from flows.report import finding_data
from flows.review_asking import shown_of
from flows.wiring import VIETNAM

PARTS: Final = ("head", "list", "tools", "facts", "bar")
_SUPPLEMENTED: Final = frozenset(
    {Rule.MISSING_COMPONENT, Rule.WRONG_COUNT, Rule.EXPIRED_PAPER, Rule.PAGE_MISSING}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft and what the screen says beside it."""

    draft: Draft
    page: int
    """Id of the page in sight; 0 for the first."""
    told: str = ""
    """Why something was not done, in words."""
    is_asking: bool = False
    """Whether the key of sealing is asked for a second time."""
    conflict: dict[str, Any] | None = None
    """Two values for one thing."""
    notice_doubts: tuple[Finding, ...] = ()
    """What speaks against a notice today; the key of the notice is asked for a second time."""

    def saying(self, words: str) -> Shown:
        """The same with why something was not done."""
        return replace(self, told=words)

    def asking(self) -> Shown:
        """The same, asking for the key of sealing a second time."""
        return replace(self, is_asking=True)

    def doubting(self, doubts: tuple[Finding, ...]) -> Shown:
        """The same, asking for the key of the notice a second time."""
        return replace(self, notice_doubts=doubts)

    def work(self, request: Request) -> Work:
        """In the words of who asks."""
        language = visit_of(request).language
        return work_on(self.draft, self.page, words_of(language), language)

    def stamp(self, counter: CounterRoom) -> str:
        """Changes when the screen would look otherwise to somebody who did nothing."""
        trouble = counter.sealings.trouble(self.draft.code)
        found = zlib.crc32(self.seen.encode())
        at = (self.draft.version, found, counter.room.desk.entry(self.draft.code).version)
        parts = (*at, self.draft.state.value, type(trouble).__name__, self.is_stalled(counter))
        return ".".join(map(str, parts))

    @property
    def seen(self) -> str:
        """What comes without a correction, as the screen shows it: the register's answers, more papers."""
        return " ".join(shown_of(self.draft))

    def is_stalled(self, counter: CounterRoom) -> bool:
        """Whether a process that ended left it half sealed; the key of sealing goes on with it."""
        is_sealing = self.draft.state is ReviewState.SEALING
        return is_sealing and not counter.sealings.is_under_way(self.draft.code)


def dossier_page(request: Request, counter: CounterRoom, shown: Shown, status: int = 200) -> Response:
    """The whole screen."""
    values = _values(request, counter, shown)
    values["state"] = _state(counter, shown, values["work"])
    values["seals"] = counter.seals(visit_of(request).account)
    values["screen_words"] = screen_words(visit_of(request).language, "dossier")
    return whole_page(request, "dossier/work.html", status_code=status, **values)


def dossier_parts(request: Request, counter: CounterRoom, shown: Shown) -> dict[str, Any]:
    """Its parts as text, with what the scripts need to know."""
    values = _values(request, counter, shown)
    parts = {name: render(request, f"dossier/_{name}.html", **values) for name in PARTS}
    if shown.conflict is not None:
        parts["dialog"] = render(request, "dossier/_conflict.html", **values)
    return _state(counter, shown, values["work"]) | {"parts": parts, "told": shown.told}


def _state(counter: CounterRoom, shown: Shown, work: Work) -> dict[str, Any]:
    return {
        "stamp": shown.stamp(counter),
        "version": shown.draft.version,
        "seen": shown.seen,
        "state": shown.draft.state.value,
        "asking": shown.is_asking,
        "page": work.page,
        "pages": viewer_pages(work, f"/dossiers/{shown.draft.code}"),
        "papers": [{"id": paper.id, "pages": paper.pages} for paper in work.papers],
    }


def _values(request: Request, counter: CounterRoom, shown: Shown) -> dict[str, Any]:
    """Everything that the templates of the screen name."""
    visit = visit_of(request)
    t, draft, work = words_of(visit.language), shown.draft, shown.work(request)
    trouble = counter.sealings.trouble(draft.code)
    account = visit.account
    cases, entry = _cases(counter, draft), counter.room.desk.entry(draft.code)

    def message_of(finding: Finding) -> str:
        return finding_message(finding_data(finding), visit.language)

    return {
        "code": draft.code,
        "base": f"/dossiers/{draft.code}",
        "work": work,
        "seen": shown.seen,
        "is_open": draft.state is ReviewState.OPEN,
        "desk": entry,
        "is_late": entry.due_on is not None and entry.due_on < datetime.now(VIETNAM).date(),
        "me": account.name if account else "",
        "has_notice": bool(counter.room.reviews.notices(draft.code)),
        "versions": {each["number"]: each["version"] for each in viewer_pages(work, "")},
        "kinds": kind_choices(),
        "label": lambda name: field_label(name, t),
        "is_number": is_number,
        "field_doubt": field_doubt,
        "differing": _differing(t),
        "written": field_words,
        "message_of": message_of,
        "typed": {
            each.place: each.text
            for each in (counter.room.reviews.typed_of(account.name, draft.code) if account else ())
        },
        "procedure_cases": cases,
        "chosen_cases": [case.text for case in cases if case.code in draft.cases],
        "can_notice": any(each.finding.rule in _SUPPLEMENTED for each in draft.findings),
        "confirm": shown.is_asking,
        "told": shown.told,
        "seal_error": told(trouble, visit.language) if trouble is not None else "",
        "notice_doubts": [message_of(doubt) for doubt in shown.notice_doubts],
        "is_stalled": shown.is_stalled(counter),
        "conflict": shown.conflict,
    }


def _differing(t: Callable[..., str]) -> Callable[[DraftField], list[tuple[str, str]]]:
    """What others read at a place, where that is not what counts; each value once."""

    def differing(field: DraftField) -> list[tuple[str, str]]:
        others: dict[str, str] = {}
        for witness, value, _ in field.readings:
            if value and value != field.value:
                others.setdefault(value, t(f"source.{witness.partition(':')[0]}"))
        return [(witness, field_words(field.name, value)) for value, witness in others.items()]

    return differing


def _cases(counter: CounterRoom, draft: Draft) -> tuple[Case, ...]:
    """Cases of the procedure that a clerk may choose."""
    try:
        return counter.room.workshop.catalogue.procedure(draft.procedure, draft.received_on).cases
    except CatalogueError:
        return ()
