"""The request for supplements of a draft (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ), form 02.

It is drafted from the findings: each paper that the procedure asks for and the dossier lacks, with the reason
and the citation, all at once, for there is no second one. What it says is judged by the rules that notices of
others are judged by; one that would ask for too much is never made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from dossier.document import Document, Kind
from dossier.errors import NoticeRefused
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.geometry import Box, UprightFrame
from dossier.page import Extraction, Line, RecognisedPage, ScannedPage, SourceFile, StoredObject
from dossier.procedure import BlockedPaper, Procedure
from dossier.review import Draft, DraftFinding
from flows.sealing import SOFTWARE
from flows.wiring import VIETNAM, Workshop
from models.titles import title_of
from pipeline.notice_form import Form, Look, Paragraph, draw_form
from pipeline.rendition import DocumentAbout
from validators.notice_words import NoticeWords, notice_words
from validators.notices import NoticeContext, check_notices, notice_rules
from validators.working_days import WorkingCalendar

KIND: Final = "mot_cua_mau_02"
_ASKING: Final = (Rule.MISSING_COMPONENT, Rule.WRONG_COUNT, Rule.EXPIRED_PAPER, Rule.PAGE_MISSING)
"""Findings that a citizen can mend."""
_OPEN: Final = (Rule.CASE_NOT_CHOSEN, Rule.COMPONENT_UNCERTAIN, Rule.COMPONENTS_NOT_CHECKED)
"""While one of these stands, nobody can say what is missing, so nothing complete can be asked."""


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One thing that a notice asks for."""

    text: str
    """The wording of the record, or the paper's title."""
    reason: str
    basis: str
    kinds: tuple[str, ...]
    """Kinds of paper that would satisfy it."""


def draw_notice(workshop: Workshop, draft: Draft, by: str, now: datetime) -> bytes:
    """The notice as PDF/A-2b, noted in ledger and draft; the same again is the same sheet printed again.

    Raises NoticeRefused, PartMissing, StorageError.
    """
    items = asked_items(workshop, draft)
    day = now.astimezone(VIETNAM)
    earlier = workshop.reviews.notices(draft.code)
    last = json.loads(earlier[-1][1]) if earlier else None
    is_again = last is not None and last["items"] == [each.text for each in items]
    if last is not None and is_again:
        day = datetime.fromisoformat(last["at"])
    form = notice_form(workshop, draft, items, day.date())
    _refuse_too_much(workshop, draft, form, items)
    title = notice_words().title
    pdf = draw_form(form, DocumentAbout(title, draft.code, KIND, day, SOFTWARE))
    said: dict[str, Any] = {"items": [each.text for each in items], "by": by, "at": day.isoformat()}
    detail = {"items": len(items), "sha256": hashlib.sha256(pdf).hexdigest()}
    if is_again:
        workshop.ledger.append(by, "notice-printed-again", draft.code, json.dumps(detail))
    else:
        number = workshop.reviews.note_notice(draft.code, json.dumps(said, ensure_ascii=False).encode())
        workshop.ledger.append(by, "notice-printed", draft.code, json.dumps(detail | {"number": number}))
    return pdf


def notice_doubts(workshop: Workshop, draft: Draft, on: date) -> tuple[Finding, ...]:
    """What speaks against printing a notice today: a first one was printed, or the days for it are over."""
    rules = notice_rules()
    found = []
    printed = [
        datetime.fromisoformat(at).astimezone(VIETNAM) for at, _ in workshop.reviews.notices(draft.code)
    ]
    if printed:
        days = ", ".join(f"{at:%d/%m/%Y}" for at in printed)
        found.append(_fault(Rule.SUPPLEMENT_REPEATED, days, rules.citation))
    last = _last_day(workshop, draft)
    if on > last:
        detail = f"{on:%d/%m/%Y}, chậm nhất {last:%d/%m/%Y}"
        found.append(_fault(Rule.SUPPLEMENT_LATE, detail, rules.citation))
    return tuple(found)


def _fault(rule: Rule, detail: str, basis: str) -> Finding:
    return Finding(rule, Severity.WARNING, Outcome.FAIL, KIND, (), basis, detail)


def _last_day(workshop: Workshop, draft: Draft) -> date:
    return _calendar(workshop).after(draft.received_on, notice_rules().supplement_working_days)


def _calendar(workshop: Workshop) -> WorkingCalendar:
    return WorkingCalendar(workshop.settings.days_off, workshop.settings.days_worked)


def asked_items(workshop: Workshop, draft: Draft) -> tuple[AskedItem, ...]:
    """What has to be asked for, each thing once, in the order of the checklist.

    Raises NoticeRefused where nothing is missing, where it cannot be told what is, or where it may not be
    asked for.
    """
    code = draft.code
    for each in draft.findings:
        if each.finding.rule in _OPEN:
            raise NoticeRefused(code, f"{each.finding.rule.value}: {each.finding.detail[:200]}")
    procedure = workshop.catalogue.procedure(draft.procedure, draft.received_on)
    order = {part.code: place for place, part in enumerate(draft.checklist) if part.code}
    asking = [each for each in draft.findings if _asks(each)]
    asking.sort(key=lambda each: order.get(each.finding.subject, len(order)))
    items = tuple(dict.fromkeys(_item(each.finding, procedure) for each in asking))
    if not items:
        raise NoticeRefused(code, "nothing is missing that the citizen has to bring")
    blocked = workshop.catalogue.blocked_papers(draft.received_on)
    for item in items:
        _refuse_blocked(code, item, blocked)
    return items


def _asks(each: DraftFinding) -> bool:
    return each.finding.rule in _ASKING and each.finding.outcome is Outcome.FAIL


def _item(finding: Finding, procedure: Procedure) -> AskedItem:
    components = {component.code: component for component in procedure.components}
    groups = {group.code: group for group in procedure.one_of}
    reason = notice_words().reasons[finding.rule.value].format(detail=finding.detail)
    basis = finding.basis or procedure.citation
    if finding.subject in components:
        component = components[finding.subject]
        return AskedItem(component.text, reason, basis, component.kinds)
    if finding.subject in groups:
        group = groups[finding.subject]
        kinds = [k for member in group.members if member in components for k in components[member].kinds]
        return AskedItem(group.text, reason, basis, tuple(dict.fromkeys(kinds)))
    title = title_of(finding.subject)
    kinds_of_subject = (finding.subject,) if title is not None else ()
    return AskedItem(title.text if title is not None else finding.subject, reason, basis, kinds_of_subject)


def _refuse_blocked(code: str, item: AskedItem, blocked: Sequence[BlockedPaper]) -> None:
    """What no citizen may be asked for stays unasked, whatever a catalogue says (NĐ 104/2022 Đ14(2))."""
    by_kind = {block.kind: block for block in blocked}
    if item.kinds and all(kind in by_kind for kind in item.kinds):
        raise NoticeRefused(code, f"{item.kinds[0]}: {by_kind[item.kinds[0]].citation}")


def notice_form(workshop: Workshop, draft: Draft, items: Sequence[AskedItem], day: date) -> Form:
    """The form filled in; what nobody knows is left to be written by hand."""
    words, settings = notice_words(), workshop.settings
    name, address = _applicant(draft)
    last = _last_day(workshop, draft)
    body = [
        Paragraph(words.title, Look.TITLE),
        Paragraph(words.applicant.format(name=name or words.blank)),
        Paragraph(words.code.format(code=draft.code)),
        Paragraph(words.procedure.format(name=draft.procedure_name, code=draft.procedure)),
        Paragraph(words.address.format(address=address or words.blank)),
        Paragraph(
            words.received.format(
                received=f"{draft.received_on:%d/%m/%Y}",
                last=f"{last:%d/%m/%Y}",
                basis=notice_rules().citation,
            )
        ),
        Paragraph(words.announced),
        *_listed(items, words),
        Paragraph(words.grounds),
        Paragraph(words.rights),
        Paragraph(words.contact.format(agency=settings.agency, contact=settings.contact or words.blank)),
    ]
    place = settings.place or words.blank
    dated = words.place_and_date.format(place=place, day=f"{day:%d}", month=f"{day:%m}", year=day.year)
    return Form(
        mark=words.mark,
        agency=(settings.agency.upper(),),
        heading=tuple(words.heading),
        number=words.number,
        place_and_date=dated,
        paragraphs=tuple(body),
        signature=(words.signer, words.signer_hint, draft.officer),
    )


def _listed(items: Sequence[AskedItem], words: NoticeWords) -> list[Paragraph]:
    listed = []
    for number, item in enumerate(items, start=1):
        text = " ".join(item.text.split()).rstrip(" ;.")
        listed.append(Paragraph(words.item.format(number=number, text=text), Look.ITEM))
        listed.append(Paragraph(words.reason.format(basis=item.basis, reason=item.reason), Look.NOTE))
    return listed


def _applicant(draft: Draft) -> tuple[str, str]:
    """Name and address of whose dossier it is: the first person of the first paper."""
    name = next((identity.full_name for identity in draft.identities if identity.full_name), "")
    fields = [field for paper in draft.papers for field in paper.fields if field.value]
    name = name or next((field.value for field in fields if field.name == "full_name"), "")
    return name, next((field.value for field in fields if field.name == "residence"), "")


def _refuse_too_much(workshop: Workshop, draft: Draft, form: Form, items: Sequence[AskedItem]) -> None:
    """Judge the notice by the rules for notices, as it will be read. Raises NoticeRefused."""
    asked = [paragraph.text for paragraph in form.paragraphs if paragraph.look is not Look.NOTE]
    lines = [*form.heading, form.place_and_date, *asked]
    context = NoticeContext(
        dossier=draft.code,
        procedure=workshop.catalogue.procedure(draft.procedure, draft.received_on),
        blocked=workshop.catalogue.blocked_papers(draft.received_on),
        received_on=draft.received_on,
        calendar=_calendar(workshop),
    )
    for finding in check_notices([_as_document(lines)], context):
        if finding.rule is not Rule.NOTICE_ASKS_TOO_MUCH:
            continue
        is_listed = finding.basis == context.procedure.citation and _is_of_record(finding.detail, items)
        if not is_listed:
            raise NoticeRefused(draft.code, f"{finding.detail[:200]}: {finding.basis}")


def _is_of_record(asked: str, items: Sequence[AskedItem]) -> bool:
    """Whether it is the record's own wording, which may name another paper beside the one it asks for."""
    return any(asked[:60] in " ".join(item.text.split()) for item in items)


def _as_document(lines: Sequence[str]) -> Document:
    """The notice as a reader would see it."""
    kept = StoredObject("notice", "0" * 64, 0, "application/pdf")
    scanned = ScannedPage(SourceFile("notice.pdf", kept), 1, kept, Extraction.RENDERED, 1654, 2339, 200.0)
    read = tuple(
        Line(text, Box(150, 60.0 * n, 1500, 60.0 * n + 40), 1.0, ()) for n, text in enumerate(lines, 1)
    )
    frame = UprightFrame(scanned.width, scanned.height, 0, 0.0)
    page = RecognisedPage(scanned, frame, read, (), (), is_blank=False, confidence=1.0, engines=())
    return Document(1, Kind(KIND, notice_words().title, 1.0), (page,), ())
