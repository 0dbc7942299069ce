"""A draft between reading and sealing: every correction's effect, undoing, crash and reload."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.errors import CorrectionRefused, ReaderError, ReviewConflict, ReviewNotFound
from dossier.finding import Rule
from dossier.geometry import Box
from dossier.identity import IdentityVerdict
from dossier.review import (
    Change,
    ChooseCases,
    DismissFinding,
    Draft,
    DraftField,
    MarkBlank,
    MergePapers,
    MovePage,
    OrderPages,
    OrderPapers,
    PartState,
    SetAside,
    SetDue,
    SetKind,
    SplitPaper,
    TurnPage,
    TypeField,
)
from flows.judging import unread
from flows.review import Reviews
from flows.review_holding import keep_draft
from flows.wiring import Workshop
from tests.drafts import (
    CODE,
    MISREAD,
    NOW,
    NUMBER,
    ORDER,
    birth_paper,
    form,
    id_card,
    prepare,
    second_side,
    usual,
    workshop_in,
)

LAN, HUNG = "lan", "hung"


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    return workshop_in(tmp_path)


@pytest.fixture
def reviews(work: Workshop) -> Reviews:
    usual(work)
    return Reviews(work, clock=lambda: NOW)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Reviews:
    """A draft that every test leaves as it found it."""
    work = workshop_in(tmp_path_factory.mktemp("shared"))
    usual(work)
    return Reviews(work)


def sorted_as(draft: Draft) -> list[tuple[str, tuple[int, ...]]]:
    return [(paper.document.kind.code, tuple(page.id for page in paper.pages)) for paper in draft.papers]


def rules(draft: Draft) -> list[Rule]:
    return [each.finding.rule for each in draft.findings]


def part(draft: Draft, code: str) -> PartState:
    return next(part.state for part in draft.checklist if part.code == code)


def field(draft: Draft, place: str) -> DraftField:
    return next(f for paper in draft.papers for f in paper.fields if f.place == place)


def told(reviews: Reviews, *changes: Change, by: str = LAN) -> Draft:
    draft = reviews.open(CODE)
    for change in changes:
        draft = reviews.correct(CODE, draft.version, change, by)
    return draft


START = [("tk_khai_sinh", (1,)), ("giay_chung_sinh", (2, 3)), ("cccd_chip", (4,))]


def test_a_draft_says_what_the_screens_show(reviews: Reviews) -> None:
    draft = reviews.open(CODE)
    assert sorted_as(draft) == START
    assert (draft.version, draft.corrections, draft.can_redo) == (0, (), False)
    assert [part(draft, code) for code in ("tk_khai_sinh", "giay_chung_sinh", "can_cuoc")] == ["present"] * 3
    number = field(draft, "1.personal_number.1")
    assert (number.value, number.page, number.paper) == (NUMBER, 1, 1)
    assert [witness for witness, _, _ in number.readings] == ["print:sohoa-vi-tiny", "print:pp-ocrv6-tiny"]
    assert number.box is not None
    shown = draft.papers[0].pages[0].recognised
    assert (shown.frame.width, shown.frame.height) == (2480, 3508)
    assert shown.lines[0].words[0].box.width > 0
    page, picture = reviews.picture(CODE, 4)
    assert (page.id, picture[:4]) == (4, b"\x89PNG")
    with pytest.raises(ReviewNotFound):
        reviews.open("H42-261119-9999")
    with pytest.raises(ReviewNotFound):
        reviews.picture(CODE, 5)


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (SetKind(2, "ct07"), [("tk_khai_sinh", (1,)), ("ct07", (2, 3)), ("cccd_chip", (4,))]),
        (OrderPages(2, (3, 2)), [("tk_khai_sinh", (1,)), ("giay_chung_sinh", (3, 2)), ("cccd_chip", (4,))]),
        (OrderPapers((3, 1, 2)), [START[2], START[0], START[1]]),
        (SplitPaper(2, 3), [START[0], ("giay_chung_sinh", (2,)), ("unknown", (3,)), START[2]]),
        (SplitPaper(2, 3, "ct07"), [START[0], ("giay_chung_sinh", (2,)), ("ct07", (3,)), START[2]]),
        (MergePapers(2, 1), [("tk_khai_sinh", (1, 2, 3)), START[2]]),
        (MovePage(3, 1), [("tk_khai_sinh", (1, 3)), ("giay_chung_sinh", (2,)), START[2]]),
        (MovePage(3, 1, 1), [("tk_khai_sinh", (3, 1)), ("giay_chung_sinh", (2,)), START[2]]),
        (MovePage(1, 2, 3), [("giay_chung_sinh", (2, 1, 3)), START[2]]),
        (MovePage(2, 0), [START[0], ("giay_chung_sinh", (3,)), START[2], ("giay_chung_sinh", (2,))]),
        (SetAside(3, "giấy của người khác"), [START[0], ("giay_chung_sinh", (2,)), START[2]]),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, list) else "",
)
def test_sorting(shared: Reviews, change: Change, after: list[tuple[str, tuple[int, ...]]]) -> None:
    draft = told(shared, change)
    assert sorted_as(draft) == after
    assert draft.corrections[-1].change == change
    assert sorted_as(shared.undo(CODE, draft.version, LAN)) == START


def test_findings_and_checklist_follow_at_once(reviews: Reviews) -> None:
    draft = told(reviews, SetKind(2, "ct07"))
    assert {Rule.RESIDENCE_PAPER, Rule.MISSING_COMPONENT} <= set(rules(draft))
    assert part(draft, "giay_chung_sinh") is PartState.MISSING
    assert not draft.can_be_sealed
    blocking = next(f for f in draft.findings if f.finding.rule is Rule.RESIDENCE_PAPER)
    assert (blocking.pages, blocking.can_be_dismissed) == ((2, 3), False)
    with pytest.raises(CorrectionRefused):
        told(reviews, DismissFinding(blocking.key, "người dân đã nộp"))
    draft = told(reviews, SetKind(2, "giay_chung_sinh"))
    assert part(draft, "giay_chung_sinh") is PartState.PRESENT
    assert draft.can_be_sealed


def test_a_page_set_aside_is_kept_and_comes_back(reviews: Reviews) -> None:
    draft = told(reviews, SetAside(3, "giấy của người khác"))
    assert [page.id for page in draft.set_aside] == [3]
    assert reviews.picture(CODE, 3)[1], "it is not deleted"
    draft = told(reviews, MovePage(3, 2))
    assert (sorted_as(draft), draft.set_aside) == (START, ())


def test_a_turn_takes_boxes_along(reviews: Reviews) -> None:
    before = field(reviews.open(CODE), "1.personal_number.1").box
    draft = told(reviews, TurnPage(1, 90))
    page = draft.papers[0].pages[0]
    assert (page.turned_degrees, page.recognised.frame.rotation_degrees) == (90, 90)
    assert (page.recognised.frame.width, page.recognised.frame.height) == (3508, 2480)
    after = field(draft, "1.personal_number.1").box
    assert before is not None
    assert after == Box(3508 - before.bottom, before.left, 3508 - before.top, before.right)
    words = [word.box for line in page.recognised.lines for word in line.words]
    assert any(word.overlaps(after) for word in words), "the word lies under its field"
    assert sorted_as(told(reviews, TurnPage(1, 270))) == START
    assert reviews.open(CODE).papers[0].pages[0].recognised.frame.rotation_degrees == 0


def test_a_side_marked_blank_says_nothing(reviews: Reviews) -> None:
    draft = told(reviews, MarkBlank(3, is_blank=True))
    page = draft.papers[1].pages[1].recognised
    assert (page.is_blank, page.lines) == (True, ())
    assert not told(reviews, MarkBlank(3, is_blank=False)).papers[1].pages[1].recognised.is_blank


def test_a_clerk_confirms_a_number_that_one_reader_saw(work: Workshop) -> None:
    prepare(work, [form(second=""), birth_paper()])
    reviews = Reviews(work)
    before = reviews.open(CODE)
    assert before.identities[0].verdict is IdentityVerdict.SINGLE_WITNESS
    draft = told(reviews, TypeField("1.personal_number.1", "001 190 005 678"))
    assert draft.identities[0].verdict is IdentityVerdict.CONFIRMED_BY_CLERK
    assert Rule.NUMBER_NOT_CONFIRMED not in rules(draft)
    typed = field(draft, "1.personal_number.1")
    assert (typed.value, typed.typed_by) == (NUMBER, LAN)
    assert [value for _, value, _ in typed.readings] == [NUMBER, NUMBER], "what was read stays beside it"


def test_a_misread_number_is_put_right_and_its_reading_kept(work: Workshop) -> None:
    prepare(work, [form(MISREAD), birth_paper(), id_card()])
    reviews = Reviews(work)
    assert Rule.NUMBER_CONFLICT in rules(reviews.open(CODE))
    draft = told(reviews, TypeField("1.personal_number.1", NUMBER))
    assert Rule.NUMBER_CONFLICT not in rules(draft)
    (person,) = draft.identities
    assert (person.personal_number, person.verdict) == (NUMBER, IdentityVerdict.CONFIRMED)
    assert MISREAD in {witness.personal_number for witness in person.witnesses}
    last = draft.corrections[-1]
    assert (last.before, last.after, last.engine) == (MISREAD, NUMBER, "sohoa-vi-tiny 1")
    assert work.people.dossiers_of(NUMBER) == (CODE,), "whoever asks what is kept of the number is told"
    assert work.desk.entry(CODE).findings.blocking == 0, "the queue knows at once"


@pytest.mark.parametrize("place", ["1.personal_number.1", "4.personal_number.1", "4.personal_number.2"])
def test_a_number_typed_against_a_code_is_a_finding(reviews: Reviews, place: str) -> None:
    draft = told(reviews, TypeField(place, "040099001234"))
    found = [f.finding for f in draft.findings if f.finding.rule is Rule.NUMBER_CONFLICT]
    assert found, "never silently"
    assert any("clerk:lan" in seen for seen in found[0].evidence)
    assert not any("040099001234" in seen for seen in found[0].evidence), "masked"
    assert not draft.can_be_sealed


def test_other_fields(reviews: Reviews) -> None:
    draft = told(
        reviews,
        TypeField("2.full_name.1", "Trần Thị Mẫn"),
        TypeField("2.issued_on.0", "5/11/2026", Box(100, 100, 400, 160)),
    )
    assert draft.papers[1].document.values("full_name") == ("Trần Thị Mẫn",)
    assert draft.papers[1].document.values("issued_on") == ("2026-11-05",)
    assert field(draft, "2.issued_on.1").readings == (("clerk:lan", "2026-11-05", 1.0),)
    draft = told(reviews, TypeField("2.full_name.1", ""), TypeField("2.date_of_birth.0", "__/__/1943"))
    assert draft.papers[1].document.values("full_name") == (), "nothing stands there"
    assert draft.papers[1].document.values("date_of_birth") == ("1943",), "no more stands on the paper"


@pytest.mark.parametrize(
    "change",
    [
        SetKind(2, "no_such_kind"),
        SetKind(9, "ct07"),
        TypeField("1.personal_number.1", "12345"),
        TypeField("1.personal_number.7", NUMBER),
        TypeField("9.personal_number.0", NUMBER),
        TypeField("1.no_such_field.0", "x"),
        TypeField("4.personal_number.2", ""),
        TypeField("2.issued_on.0", "31/02/2026"),
        TypeField("2.issued_on.0", "2026"),
        TypeField("2.date_of_birth.0", "1943 hay 1944"),
        TypeField("2.full_name.1", "x\x00y"),
        TypeField("<script>", "x"),
        OrderPages(2, (2,)),
        OrderPages(2, (2, 3, 4)),
        OrderPapers((1, 2)),
        SplitPaper(2, 2),
        SplitPaper(1, 3),
        MergePapers(1, 1),
        MovePage(9, 1),
        MovePage(3, 1, 4),
        TurnPage(1, 45),
        SetAside(9),
        DismissFinding("0123456789abcdef", "không còn đúng"),
        ChooseCases(("no_such_case",)),
        SetDue(ORDER.received_on - timedelta(days=1)),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_leaves_the_draft(shared: Reviews, change: Change) -> None:
    before = shared.open(CODE)
    with pytest.raises(CorrectionRefused):
        shared.correct(CODE, before.version, change, LAN)
    assert shared.open(CODE) == before


def test_a_dismissed_finding_needs_a_reason_and_stays_on_record(work: Workshop) -> None:
    prepare(work, [form(), id_card()])
    reviews = Reviews(work)
    key = next(f.key for f in reviews.open(CODE).findings if f.finding.rule is Rule.MISSING_COMPONENT)
    with pytest.raises(CorrectionRefused):
        told(reviews, DismissFinding(key, "ok"))
    draft = told(reviews, DismissFinding(key, "Dữ liệu khai sinh điện tử đã có"))
    assert draft.can_be_sealed
    assert [(d.finding.rule, d.by) for d in draft.dismissed] == [(Rule.MISSING_COMPONENT, LAN)]


def test_the_promised_day_is_on_the_desk_goes_with_the_dossier_and_meets_who_said_another(
    work: Workshop, reviews: Reviews
) -> None:
    promised, other = ORDER.received_on + timedelta(days=3), ORDER.received_on + timedelta(days=5)
    seen = reviews.open(CODE).version
    assert reviews.open(CODE).due_on is None
    assert told(reviews, SetDue(promised)).due_on == promised
    assert work.desk.entry(CODE).due_on == promised
    with pytest.raises(ReviewConflict) as met:
        reviews.correct(CODE, seen, SetDue(other), HUNG)
    assert (met.value.mine, met.value.theirs) == (other.isoformat(), promised.isoformat())
    assert Reviews(work).open(CODE).due_on == promised, "it is kept"
    draft = reviews.undo(CODE, seen + 1, LAN)
    assert draft.due_on is None
    draft = reviews.redo(CODE, draft.version, LAN)
    told(reviews, SetKind(2, "ct07"))
    assert work.desk.entry(CODE).due_on == promised


def test_undo_and_redo_until_something_new(reviews: Reviews) -> None:
    draft = told(reviews, SetKind(2, "ct07"), TurnPage(1, 90))
    draft = reviews.undo(CODE, draft.version, LAN)
    draft = reviews.undo(CODE, draft.version, LAN)
    assert (sorted_as(draft), draft.can_redo, draft.version) == (START, True, 4)
    again = reviews.undo(CODE, draft.version, LAN)
    assert again.version == 4, "nothing is left to take back"
    draft = reviews.redo(CODE, draft.version, LAN)
    assert sorted_as(draft)[1][0] == "ct07"
    draft = told(reviews, MarkBlank(3, is_blank=True))
    assert not draft.can_redo
    assert reviews.redo(CODE, draft.version, LAN).version == draft.version


CHANGES = st.one_of(
    st.builds(SetKind, st.integers(1, 4), st.sampled_from(["ct07", "giay_chung_sinh", "unknown"])),
    st.builds(
        TypeField,
        st.sampled_from(["1.personal_number.1", "2.full_name.1", "2.issued_on.0"]),
        st.sampled_from([NUMBER, "2026-11-05", "Trần Thị B"]),
    ),
    st.builds(SplitPaper, st.integers(1, 3), st.integers(1, 4)),
    st.builds(MergePapers, st.integers(1, 3), st.integers(1, 3)),
    st.builds(MovePage, st.integers(1, 4), st.integers(0, 3)),
    st.builds(TurnPage, st.integers(1, 4), st.sampled_from([90, 180, 270])),
    st.builds(MarkBlank, st.integers(1, 4), st.booleans()),
    st.builds(SetAside, st.integers(1, 4)),
    st.permutations([1, 2, 3]).map(lambda order: OrderPapers(tuple(order))),
)


@settings(max_examples=8, deadline=None)
@given(st.lists(CHANGES, max_size=8))
def test_whatever_was_corrected_is_undone_to_the_original(shared: Reviews, changes: list[Change]) -> None:
    reviews = shared
    original = draft = replace(reviews.open(CODE), can_redo=False)
    for change in changes:
        try:
            draft = reviews.correct(CODE, draft.version, change, LAN)
        except CorrectionRefused:
            continue
        pages = [page.id for paper in draft.papers for page in paper.pages]
        pages += [page.id for page in draft.set_aside]
        assert sorted(pages) == [1, 2, 3, 4], "no page is lost, none is there twice"
    fullest = draft
    while draft.corrections:
        draft = reviews.undo(CODE, draft.version, LAN)
    assert replace(draft, version=original.version, can_redo=False) == original
    if not fullest.corrections:
        return
    while draft.can_redo:
        draft = reviews.redo(CODE, draft.version, LAN)
    assert replace(draft, version=fullest.version) == fullest
    while draft.corrections:
        draft = reviews.undo(CODE, draft.version, LAN)


def test_a_crash_loses_nothing(work: Workshop, reviews: Reviews, tmp_path: Path) -> None:
    draft = told(reviews, SetKind(2, "ct07"), TypeField("1.full_name.1", "Trần Thị Mẫn"), SetAside(3))
    draft = reviews.undo(CODE, draft.version, LAN)
    reviews.typed(LAN, CODE, "reason", "đang gõ dở")
    again = Reviews(workshop_in(tmp_path))
    assert again.open(CODE) == draft
    assert [(t.place, t.text) for t in again.typed_of(LAN, CODE)] == [("reason", "đang gõ dở")]
    assert again.redo(CODE, draft.version, LAN).set_aside
    raw = b"".join(p.read_bytes() for p in (tmp_path / "state").glob("*.sqlite*"))
    for secret in ("Trần Thị Mẫn", NUMBER, "đang gõ dở"):
        assert secret.encode() not in raw, "sealed at rest"


def test_what_is_typed_belongs_to_one_account_and_goes_by_itself(work: Workshop) -> None:
    moments = [NOW]
    reviews = Reviews(work, clock=lambda: moments[-1])
    work.typed._clock = lambda: moments[-1]
    reviews.typed(LAN, CODE, "number", NUMBER)
    reviews.typed(LAN, CODE, "number", NUMBER[:8])
    assert [t.text for t in reviews.typed_of(LAN, CODE)] == [NUMBER[:8]]
    assert reviews.typed_of(HUNG, CODE) == ()
    with pytest.raises(CorrectionRefused):
        reviews.typed(LAN, CODE, "number", "x" * 10_001)
    reviews.typed(LAN, CODE, "number", "")
    assert reviews.typed_of(LAN, CODE) == ()
    reviews.typed(LAN, CODE, "number", "7")
    moments.append(datetime.fromisoformat(NOW.isoformat()) + timedelta(days=3))
    assert reviews.typed_of(LAN, CODE) == ()


def test_a_page_that_is_read_at_last_blocks_no_more(work: Workshop) -> None:
    lost = unread("02-chung-sinh.png", 1, ReaderError("page", "timed out"))
    prepared = prepare(work, [form(), birth_paper()])
    keep_draft(work, replace(prepared, before=(lost,)))
    reviews = Reviews(work)
    assert Rule.FILE_UNREADABLE in rules(reviews.open(CODE))
    order = replace(ORDER, sources=("/scans/01-to-khai.png", "/scans/02-chung-sinh.png"))
    prepare(work, [form(), birth_paper()], order)
    assert Rule.FILE_UNREADABLE not in rules(reviews.open(CODE))


def test_papers_brought_later_join_the_draft_and_its_corrections(work: Workshop) -> None:
    prepare(work, [form(), id_card()])
    reviews = Reviews(work)
    draft = told(reviews, TypeField("1.full_name.1", "Trần Thị Mẫn"))
    assert part(draft, "giay_chung_sinh") is PartState.MISSING
    prepare(work, [form(), id_card(), birth_paper(), second_side()])
    draft = reviews.open(CODE)
    assert sorted_as(draft) == [("tk_khai_sinh", (1,)), ("cccd_chip", (2,)), ("giay_chung_sinh", (3, 4))]
    assert field(draft, "1.full_name.1").value == "Trần Thị Mẫn"
    assert part(draft, "giay_chung_sinh") is PartState.PRESENT
