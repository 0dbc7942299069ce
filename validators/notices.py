"""Whether a centre's own notices keep the rules of returning, refusing, withdrawing and apologising."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from dossier.document import UNKNOWN_KIND, CopyForm, Document
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.procedure import BlockedPaper, Procedure, Role
from models.copies import copy_named
from models.headings import bare
from models.notices import AskedPaper, Notice, NoticeForm, dossier_codes, read_notice
from models.titles import kinds_of_group
from validators.asked_papers import is_listed
from validators.catalogue_schema import parsed
from validators.evidence import places_of
from validators.working_days import WorkingCalendar

_FILE: Final = Path(__file__).parent / "data" / "notice_rules.yaml"
_REQUEST: Final = "don_rut_ho_so"


class NoticeRules(BaseModel):
    """The numbers and citations, as written in notice_rules.yaml."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    supplement_working_days: int
    apology_days_before: int
    citation: str
    forms: str
    agreement: str
    digitising: str


@lru_cache(maxsize=1)
def notice_rules() -> NoticeRules:
    """The built-in rules. Raises CatalogueInvalid."""
    return parsed(_FILE, NoticeRules)


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """What is known about a dossier beside its papers."""

    dossier: str
    procedure: Procedure
    blocked: Sequence[BlockedPaper]
    received_on: date
    due_on: date | None = None
    """The deadline; None for the appointment on the receipt among the papers."""
    finished_on: date | None = None
    """When the result was given out; None while it was not, so that nothing is called overdue."""
    seals: Mapping[int, bool | None] = field(default_factory=dict)
    """Whether a seal is on a paper, by number; None where it cannot be told, absent where nobody looked."""
    lookup_failed: bool = False
    """Whether a look-up of residence was tried, failed and was logged."""
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)


def check_notices(documents: Sequence[Document], context: NoticeContext) -> tuple[Finding, ...]:
    """Every fault of the notices among the papers of a dossier.

    Returns:
        Findings in an order that does not depend on the order of the papers.
    """
    papers = {document.number: document for document in documents}
    everything = sorted(
        filter(None, (read_notice(d) for d in documents)), key=lambda n: places_of(papers[n.document])
    )
    notices = [n for n in everything if n.form is not NoticeForm.RECEIPT]
    due_on = context.due_on or max((n.due_on for n in everything if n.due_on), default=None)
    withdrawn = any(n.is_withdrawal for n in notices)
    agreed = withdrawn and any(map(_agrees_to_withdrawal, documents))
    check = _Check(papers, context, due_on, agreed, _timely_apology(notices, due_on))
    receipts = [n for n in everything if n.form is NoticeForm.RECEIPT]
    findings = [
        *check.mixed(documents),
        *check.received(receipts),
        *check.supplements(notices),
        *check.apologies(notices),
    ]
    for notice in notices:
        findings += check.one(notice)
    return tuple(sorted(findings, key=lambda f: (f.rule, f.subject, f.evidence, f.detail)))


@dataclass(frozen=True, slots=True)
class _Check:
    """The rules, over one dossier."""

    papers: Mapping[int, Document]
    context: NoticeContext
    due_on: date | None
    agreed: bool
    """Whether a written agreement to a withdrawal is among the papers."""
    apology: Notice | None
    """The one that moved the deadline; None where none did."""

    @property
    def deadline(self) -> date | None:
        """The day in force: the new appointment after a timely apology, which may be made once."""
        moved = self.apology.new_date if self.apology is not None else None
        return max(filter(None, (self.due_on, moved)), default=None)

    def one(self, notice: Notice) -> Iterator[Finding]:
        """What a notice shows by itself."""
        # 1. Every notice is dated, signed and stamped.
        if notice.dated is None:
            yield self._unread(notice, "ngày ban hành")
        yield from self._seal(notice)
        # 2. It asks for nothing beyond the catalogue.
        for asked in notice.asked:
            yield from self._asked(notice, asked)
        if notice.form is NoticeForm.SUPPLEMENT and not notice.asked:
            yield self._unread(notice, "danh mục giấy tờ yêu cầu")
        # 3. Refusals and stops come before the deadline, and a withdrawal is the citizen's own.
        if notice.form in (NoticeForm.REFUSAL, NoticeForm.STOP):
            yield from self._returned(notice)

    def mixed(self, documents: Sequence[Document]) -> Iterator[Finding]:
        """Papers of the centre that name another dossier: two dossiers in one batch."""
        for document in documents:
            if document.kind.code not in kinds_of_group("mot_cua"):
                continue
            codes = dossier_codes(document)
            if codes and self.context.dossier not in codes:
                detail = ", ".join(sorted(codes))
                yield Finding(
                    Rule.OTHER_DOSSIER,
                    Severity.WARNING,
                    Outcome.FAIL,
                    document.kind.code,
                    places_of(document),
                    "",
                    detail,
                )

    def received(self, receipts: Sequence[Notice]) -> Iterator[Finding]:
        """What a receipt says was handed in is among the papers, and none of it may not be asked for."""
        kinds = {document.kind.code for document in self.papers.values()}
        for receipt in receipts:
            if receipt.dossier not in ("", self.context.dossier):
                continue  # told by itself
            for paper in receipt.asked:
                if any(block.kind in paper.kinds for block in self.context.blocked):
                    yield from self._asked(receipt, paper)
                elif not self._are_digitised(paper, kinds):
                    yield from self._not_digitised(receipt, paper)

    def _not_digitised(self, receipt: Notice, paper: AskedPaper) -> Iterator[Finding]:
        """Photocopies and certified copies on paper need not be digitised (TT 01/2023/TT-VPCP)."""
        form = copy_named(paper.text)
        if form is CopyForm.CANNOT_TELL:
            yield self._unread(receipt, f"bản sao chưa số hóa, chưa rõ loại: {paper.text}")
        elif form not in (CopyForm.PLAIN_COPY, CopyForm.CERTIFIED_COPY):
            yield self._fault(Rule.NOT_DIGITISED, [receipt], paper.text, basis=notice_rules().digitising)

    def _are_digitised(self, paper: AskedPaper, kinds: Collection[str]) -> bool:
        """Whether all papers of an entry are there, or one of them where one is enough."""
        there = [self._is_digitised(kind, kinds) for kind in paper.kinds]
        return (any(there) or not there) if paper.is_choice else all(there)

    def _is_digitised(self, kind: str, kinds: Collection[str]) -> bool:
        """Whether such a paper is there, or another of its component; what is only shown is not kept."""
        naming = [c for c in self.context.procedure.components if kind in c.kinds]
        if naming and all(c.role is Role.PRESENT for c in naming):
            return True
        return any(other in kinds for other in (kind, *(k for c in naming for k in c.kinds)))

    def supplements(self, notices: Sequence[Notice]) -> Iterator[Finding]:
        """One complete request, within so many working days of reception."""
        rules, context = notice_rules(), self.context
        requests = [n for n in notices if n.form is NoticeForm.SUPPLEMENT]
        if len(requests) > 1:
            days = ", ".join(f"{n.dated:%d/%m/%Y}" if n.dated else "?" for n in requests)
            yield self._fault(Rule.SUPPLEMENT_REPEATED, requests, days)
        last = context.calendar.after(context.received_on, rules.supplement_working_days)
        for notice in requests:
            if notice.dated is not None and notice.dated > last:
                detail = f"{notice.dated:%d/%m/%Y}, chậm nhất {last:%d/%m/%Y}"
                yield self._fault(Rule.SUPPLEMENT_LATE, [notice], detail)

    def apologies(self, notices: Sequence[Notice]) -> Iterator[Finding]:
        """An overdue result is announced with one apology before the deadline, and comes by the new day."""
        finished_on = self.context.finished_on
        apologies = [n for n in notices if n.form is NoticeForm.APOLOGY]
        if len(apologies) > 1:
            days = ", ".join(f"{n.new_date:%d/%m/%Y}" if n.new_date else "?" for n in apologies)
            yield self._fault(Rule.APOLOGY_REPEATED, apologies, days)
        if self.due_on is None or finished_on is None or finished_on <= self.due_on:
            return
        if self.apology is None:
            detail = f"hạn {self.due_on:%d/%m/%Y}, trả {finished_on:%d/%m/%Y}"
            yield self._fault(Rule.APOLOGY_MISSING, apologies, detail)
        elif self._is_after_deadline(finished_on):
            detail = f"hẹn lại {self.deadline:%d/%m/%Y}, trả {finished_on:%d/%m/%Y}"
            yield self._fault(Rule.LATE_AFTER_APOLOGY, [self.apology], detail)
        elif self.apology.new_date is None:
            yield self._unread(self.apology, "ngày hẹn trả mới")

    def _is_after_deadline(self, day: date) -> bool:
        """Whether a day is surely too late; where a new appointment could not be read, none is."""
        unread = self.apology is not None and self.apology.new_date is None
        return self.deadline is not None and day > self.deadline and not unread

    def _returned(self, notice: Notice) -> Iterator[Finding]:
        if self.due_on is None:
            yield self._unread(notice, "hạn trả kết quả")
        elif notice.dated is not None and notice.dated > self.due_on:
            yield from self._after_deadline(notice, notice.dated)
        if not notice.reason:
            yield self._unread(notice, "lý do")
        if notice.is_withdrawal:
            if not any(map(_asks_to_withdraw, self.papers.values())):
                yield self._fault(Rule.WITHDRAWAL_WITHOUT_REQUEST, [notice], "")
            if not self.agreed:
                yield self._fault(
                    Rule.WITHDRAWAL_WITHOUT_AGREEMENT, [notice], "", basis=notice_rules().agreement
                )

    def _after_deadline(self, notice: Notice, dated: date) -> Iterator[Finding]:
        """A refusal or stop after the first appointment; a new one may have come in force before."""
        if self._is_after_deadline(dated):
            detail = f"{dated:%d/%m/%Y}, hạn {self.deadline:%d/%m/%Y}"
            yield self._fault(Rule.NOTICE_AFTER_DEADLINE, [notice], detail)
        elif self.apology is not None and self.apology.new_date is None:
            yield self._unread(self.apology, "ngày hẹn trả mới")

    def _seal(self, notice: Notice) -> Iterator[Finding]:
        seal = self.context.seals.get(notice.document, True)
        if seal is None:
            yield self._unread(notice, "dấu của cơ quan")
        elif not seal:
            yield self._fault(Rule.NOTICE_WITHOUT_SEAL, [notice], "", basis=notice_rules().forms)

    def _asked(self, notice: Notice, asked: AskedPaper) -> Iterator[Finding]:
        """What is wrong with an entry of a list, judged by every paper that it names."""
        context, procedure = self.context, self.context.procedure
        blocks = {b.kind: b for b in context.blocked}
        # 1. What the law forbids decides, whatever stands beside it.
        for block in (blocks[kind] for kind in asked.kinds if kind in blocks):
            if not (block.allowed_after_failed_lookup and context.lookup_failed):
                yield self._fault(Rule.NOTICE_ASKS_TOO_MUCH, [notice], asked.text, basis=block.citation)
                return
        # 2. Nothing is outside components that nobody compared with the record.
        judged = [kind for kind in asked.kinds if kind not in blocks]
        if not procedure.components_verified or (asked.kinds and not judged):
            return
        # 3. Every paper is one of the record's, of a choice one at least.
        outside = [kind for kind in judged or [""] if not is_listed(kind, asked.text, procedure)]
        if not outside:
            return
        if judged and not (asked.is_choice and len(outside) < len(asked.kinds)):
            yield self._fault(Rule.NOTICE_ASKS_TOO_MUCH, [notice], asked.text, basis=procedure.citation)
        else:
            yield self._unread(notice, f"loại giấy tờ: {asked.text}")

    def _fault(self, rule: Rule, notices: Sequence[Notice], detail: str, *, basis: str = "") -> Finding:
        places = tuple(place for n in notices for place in places_of(self.papers[n.document]))
        subject = notices[0].kind if notices else self.context.procedure.code
        return Finding(
            rule, Severity.WARNING, Outcome.FAIL, subject, places, basis or notice_rules().citation, detail
        )

    def _unread(self, notice: Notice, what: str) -> Finding:
        return Finding(
            Rule.NOTICE_NOT_CHECKED,
            Severity.INFO,
            Outcome.NOT_CHECKED,
            notice.kind,
            places_of(self.papers[notice.document]),
            notice_rules().forms,
            what,
        )


def _timely_apology(notices: Sequence[Notice], due_on: date | None) -> Notice | None:
    """The first apology before the deadline; an undated one is told by itself and may have been timely."""
    if due_on is None:
        return None
    last = due_on - timedelta(days=notice_rules().apology_days_before)
    apologies = [n for n in notices if n.form is NoticeForm.APOLOGY]
    timely = [n for n in apologies if n.dated is not None and n.dated <= last]
    undated = [n for n in apologies if n.dated is None]
    by_day = sorted(timely, key=lambda n: (n.dated or date.max, n.new_date or date.max))
    return next(iter([*by_day, *undated]), None)


def _asks_to_withdraw(document: Document) -> bool:
    """The citizen's own request: its kind, or a letter (đơn) of no known kind that speaks of withdrawing."""
    if document.kind.code != UNKNOWN_KIND:
        return document.kind.code == _REQUEST
    return bare(document.kind.title).startswith("DON ") and "RUT HO SO" in _letters_of(document)


def _letters_of(document: Document) -> str:
    return " ".join(bare(line.text) for page in document.pages for line in page.lines)


def _agrees_to_withdrawal(document: Document) -> bool:
    """The unit's written agreement has no form of its own: it is told by what it says."""
    if document.kind.code in kinds_of_group("mot_cua"):
        return False
    text = _letters_of(document)
    agrees = any(word in text for word in ("DONG Y", "NHAT TRI", "CHAP THUAN"))
    return agrees and any(words in text for words in ("RUT HO SO", "DUNG GIAI QUYET"))
