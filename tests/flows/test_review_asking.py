"""The register is asked again where a correction makes somebody known, and the clerk sees the answer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

from dossier.errors import NotSeenYet, StorageError
from dossier.finding import Rule, Severity
from dossier.identity import RegisterAnswer, RegisterOutcome, RegisterQuery
from dossier.page import RecognisedPage
from dossier.review import Draft, ReviewState, TypeField
from flows.asking import ask_register
from flows.review import Reviews
from flows.review_asking import Inquiries
from flows.wiring import Workshop
from models.kinds import group_pages
from storage.review import SqlReviews
from storage.standin_register import StandInRegister
from tests.drafts import CODE, MISREAD, NAME, NUMBER, ORDER, birth_paper, prepare, workshop_in
from tests.pages import NATIONAL, card, page
from validators.identity import identities_of

LAN = "lan"
PEOPLE = f"personal_number,full_name,date_of_birth,sex,residence\n{NUMBER},{NAME},1990-01-02,Nữ,Xã MẪU\n"
REGISTER_RULES = (Rule.REGISTER_DIFFERS, Rule.REGISTER_NO_MATCH, Rule.REGISTER_NOT_CHECKED)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[StandInRegister]:
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    with StandInRegister(tmp_path / "people.csv") as stand_in:
        yield stand_in


@pytest.fixture
def work(tmp_path: Path, register: StandInRegister) -> Workshop:
    return workshop_in(
        tmp_path,
        register_url=f"{register.url}/soap",
        register_service="MAU-DVC",
        register_integration="037",
        register_attempts=1,
    )


def form(number: str = NUMBER, born: str = "02/01/1990") -> RecognisedPage:
    return page(
        *NATIONAL,
        "^TỜ KHAI ĐĂNG KÝ KHAI SINH",
        "Họ, chữ đệm, tên người yêu cầu: Trần Thị Mẫu",
        f"Ngày, tháng, năm sinh: {born}",
        f"Số định danh cá nhân: {number}",
        source="01-to-khai.png",
    )


def told(draft: Draft) -> list[tuple[Rule, Severity, str]]:
    """What the draft says of the register."""
    found = [each.finding for each in draft.findings if each.finding.rule in REGISTER_RULES]
    return [(finding.rule, finding.severity, finding.detail) for finding in found]


def questions(work: Workshop) -> list[tuple[bool, str]]:
    """Each question in order: whether a birth was among it, and what came back."""
    entries = reversed(work.ledger.entries(100))  # type: ignore[attr-defined]
    said = [json.loads(each.detail) for each in entries if each.action == "register-asked"]
    return [(each["birth"], each["outcome"]) for each in said]


def typed(reviews: Reviews, place: str, value: str) -> Draft:
    return reviews.correct(CODE, reviews.open(CODE).version, TypeField(place, value), LAN)


class Waiting(Inquiries):
    """Inquiries whose end a test can wait for."""

    def ended(self) -> None:
        done = Event()
        self.begin("the last one", lambda _: done.set())
        assert done.wait(60), "what was begun before has been asked by then"


def test_a_birth_that_the_register_knows_otherwise_is_told_and_goes_when_it_is_set_right(
    work: Workshop,
) -> None:
    # 1. The form says another day than the register.
    prepare(work, [form(born="12/01/1990"), birth_paper()])
    asking = Waiting()
    reviews = Reviews(work, inquiries=asking)
    assert questions(work) == [(True, "differs")]
    differs = (Rule.REGISTER_DIFFERS, Severity.WARNING, "date_of_birth")
    assert told(reviews.open(CODE)) == [differs]
    # 2. Typed as it stands on the paper: asked again at once, and answered.
    typed(reviews, "1.date_of_birth.1", "02/01/1990")
    asking.ended()
    assert questions(work)[1:] == [(True, "matches")]
    assert told(reviews.open(CODE)) == []
    # 3. Undone, it stands there as before, and nobody is asked twice.
    reviews.undo(CODE, 1, LAN)
    asking.ended()
    assert told(reviews.open(CODE)) == [differs]
    assert len(questions(work)) == 2
    asking.close()


@pytest.mark.parametrize(
    ("pages", "asked", "outcome", "differing"),
    [
        ([form()], [(True, "matches")], RegisterOutcome.MATCHES, ()),
        (
            [form(born="12/01/1990")],
            [(True, "no_match_or_name_differs"), (False, "matches")],
            RegisterOutcome.DIFFERS,
            ("date_of_birth",),
        ),
        (
            [form(MISREAD)],
            [(True, "no_match_or_name_differs"), (False, "no_match_or_name_differs")],
            RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS,
            (),
        ),
        (
            [card(NUMBER, NAME, sex="Nữ", born="12011990")],
            [(True, "no_match_or_name_differs")],
            RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS,
            (),
        ),
    ],
)
def test_where_the_register_says_no_more_than_yes_or_no_a_printed_birth_is_told_from_a_wrong_number(
    work: Workshop,
    pages: list[RecognisedPage],
    asked: list[tuple[bool, str]],
    outcome: RegisterOutcome,
    differing: tuple[str, ...],
) -> None:
    procedure = replace(work.catalogue.procedure(ORDER.procedure, ORDER.received_on), components=())
    ((_, answer),) = ask_register(work, ORDER, procedure, identities_of(group_pages(pages)))
    assert answer is not None
    assert (answer.outcome, answer.differing) == (outcome, differing)
    assert questions(work) == asked
    assert len(answer.request_codes) == (2 if differing else 1)


def test_a_misread_number_that_is_set_right_is_asked_about_before_the_seal(work: Workshop) -> None:
    prepare(work, [form(MISREAD), birth_paper()])
    asking = Waiting()
    reviews = Reviews(work, inquiries=asking)
    assert [rule for rule, _, _ in told(reviews.open(CODE))] == [Rule.REGISTER_NO_MATCH]
    typed(reviews, "1.personal_number.1", NUMBER)
    asking.ended()
    assert told(Reviews(work).open(CODE)) == [], "it is kept, for other processes too"
    # Wrong again, the other way round: the clerk learns of it while the paper is at hand.
    typed(reviews, "1.personal_number.1", MISREAD[:-1] + "9")
    asking.ended()
    assert [rule for rule, _, _ in told(reviews.open(CODE))] == [Rule.REGISTER_NO_MATCH]
    asking.close()


def test_what_the_register_tells_at_the_seal_is_seen_before_anything_is_sealed(work: Workshop) -> None:
    prepare(work, [form(), birth_paper()])
    reviews = Reviews(work)
    draft = typed(reviews, "1.personal_number.1", MISREAD)
    assert [rule for rule, _, _ in told(draft)] == [Rule.REGISTER_NOT_CHECKED]
    with pytest.raises(NotSeenYet, match="register_no_match"):
        reviews.seal(CODE, draft.version, LAN)
    assert work.archive.list("") == ()
    draft = reviews.open(CODE)
    assert draft.state is ReviewState.OPEN
    assert [rule for rule, _, _ in told(draft)] == [Rule.REGISTER_NO_MATCH]
    asked = len(questions(work))
    reviews.seal(CODE, draft.version, LAN)
    assert len(questions(work)) == asked, "the answer is known"


def test_a_register_that_is_away_holds_no_seal_up(work: Workshop, register: StandInRegister) -> None:
    prepare(work, [form(), birth_paper()])
    register.stop()
    reviews = Reviews(work)
    draft = typed(reviews, "1.personal_number.1", MISREAD)
    reviews.seal(CODE, draft.version, LAN)
    assert [rule for rule, _, _ in told(reviews.open(CODE))] == [Rule.REGISTER_NOT_CHECKED]


def test_a_register_that_is_back_is_asked_again_at_the_seal(
    work: Workshop, register: StandInRegister
) -> None:
    register.stop()
    prepare(work, [form(MISREAD), birth_paper(), page(*NATIONAL, "^XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ")])
    reviews = Reviews(work)
    assert [rule for rule, _, _ in told(reviews.open(CODE))] == [Rule.REGISTER_NOT_CHECKED]
    findings = {each.finding.rule for each in reviews.open(CODE).findings}
    typed(reviews, "1.personal_number.1", NUMBER)
    away = reviews.ask(CODE)
    assert [rule for rule, _, _ in told(away)] == [Rule.REGISTER_NOT_CHECKED]
    count = len(questions(work))
    reviews.ask(CODE)
    assert len(questions(work)) == count, "while it is away nobody asks again"
    register.start()
    back = reviews.ask(CODE)
    assert told(back) == []
    # A paper that was lawfully taken while nobody could be asked stays so.
    assert {each.finding.rule for each in back.findings} <= findings
    reviews.seal(CODE, back.version, LAN)


def test_a_register_that_is_back_is_asked_again_while_the_clerk_looks(
    work: Workshop, register: StandInRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 1. Away while the dossier is read, and while it is looked at first.
    register.stop()
    prepare(work, [form(born="12/01/1990"), birth_paper()])
    asking = Waiting()
    reviews = Reviews(work, inquiries=asking)
    assert [rule for rule, _, _ in told(reviews.open(CODE))] == [Rule.REGISTER_NOT_CHECKED]
    asking.ended()
    # 2. Back, but asked so lately that nobody is bothered.
    register.start()
    count = len(questions(work))
    assert [rule for rule, _, _ in told(reviews.open(CODE))] == [Rule.REGISTER_NOT_CHECKED]
    asking.ended()
    assert len(questions(work)) == count
    # 3. Later: no key is pressed, and the next look shows what it says.
    later = time.monotonic() + work.settings.register_retry_seconds + 1
    monkeypatch.setattr("flows.review_asking.time", SimpleNamespace(monotonic=lambda: later))
    reviews.open(CODE)
    asking.ended()
    assert told(reviews.open(CODE)) == [(Rule.REGISTER_DIFFERS, Severity.WARNING, "date_of_birth")]
    count = len(questions(work))
    asking.ended()
    reviews.open(CODE)
    asking.ended()
    assert len(questions(work)) == count, "the answer is known"
    asking.close()


def test_papers_that_come_while_the_register_is_asked_are_not_lost(work: Workshop) -> None:
    first = prepare(work, [form(MISREAD), birth_paper()])
    reviews = Reviews(work)
    typed(reviews, "1.personal_number.1", NUMBER)

    class Supplemented:
        """A register while whose answer is awaited the dossier is read again with one more paper."""

        def ask(self, query: RegisterQuery) -> RegisterAnswer:
            if query.personal_number == NUMBER:
                prepare(work, [birth_paper("03-bo-sung.png")], replace(ORDER, sources=("bo-sung.pdf",)))
            return RegisterAnswer(RegisterOutcome.MATCHES, (), "", "2026-11-19T08:00:00+07:00")

        def is_answering(self) -> bool:
            return True

    draft = Reviews(replace(work, register=Supplemented())).ask(CODE)
    assert len(draft.papers) == len(first.papers) + 1
    assert told(draft) == []


def test_a_draft_is_written_over_what_was_read_and_nothing_else(work: Workshop) -> None:
    prepare(work, [form(), birth_paper()])
    kept = work.reviews
    stand = kept.stand(CODE)
    assert stand is not None
    assert kept.replace(CODE, stand, b"{}")
    assert not kept.replace(CODE, stand, b"[]"), "somebody wrote it meanwhile"
    found = kept.find(CODE)
    assert found is not None
    assert found.content == b"{}"
    now = kept.stand(CODE)
    assert now is not None
    assert kept.move(CODE, 1, ReviewState.SEALING, version=0)
    assert not kept.replace(CODE, now, b"[]"), "it is being sealed"


def test_two_runs_that_read_for_one_draft_both_reach_it(
    work: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(work, [form(), birth_paper()])
    draft = Reviews(work).open(CODE)
    found, calls = SqlReviews.find, []

    def find(self: SqlReviews, dossier: str) -> object:
        calls.append(dossier)
        read = found(self, dossier)
        if len(calls) == 1:  # another run is faster
            prepare(work, [birth_paper("04-them.png")], replace(ORDER, sources=("them.pdf",)))
        return read

    monkeypatch.setattr(SqlReviews, "find", find)
    prepare(work, [birth_paper("03-bo-sung.png")], replace(ORDER, sources=("bo-sung.pdf",)))
    assert len(Reviews(work).open(CODE).papers) == len(draft.papers) + 2


def test_a_question_that_waits_is_asked_once_and_trouble_ends_nothing() -> None:
    asking, begun, may_go_on = Waiting(), Event(), Event()
    asked: list[str] = []

    def ask(code: str) -> None:
        asked.append(code)
        begun.set()
        may_go_on.wait(10)
        if code == "broken":
            raise StorageError("the database", "is away")

    asking.begin("broken", ask)
    assert begun.wait(10)
    for _ in range(3):
        asking.begin("next", ask)
    asking.begin("broken", ask)  # corrected since: another question
    may_go_on.set()
    asking.ended()
    assert asked == ["broken", "next", "broken"]
    asking.close()
    asking.begin("late", ask)
    assert "late" not in asked
