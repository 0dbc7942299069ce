"""A dossier that is run again after a clerk's work is judged, and asked about, as the clerk left it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dossier.archive import DossierReport, DossierState
from dossier.errors import StoreUnreachable
from dossier.finding import Rule
from dossier.identity import RegisterAnswer, RegisterOutcome, RegisterQuery
from dossier.page import RecognisedPage
from dossier.review import ReviewState, TypeField
from flows.answers import KindAnswer, keep_answers
from flows.describing import Finished
from flows.follow_up import follow_register
from flows.intake import TakenFile
from flows.judging import judge
from flows.remembering import remember
from flows.review import Reviews
from flows.review_again import answered_before, as_reviewed
from flows.review_sealing import finish_here
from flows.wiring import Workshop
from storage.memory import MemoryArchive
from tests.drafts import (
    CODE,
    MISREAD,
    NOW,
    NUMBER,
    ORDER,
    birth_paper,
    form,
    kept,
    prepare,
    workshop_in,
)

LAN = "lan"
HELD = replace(ORDER, hold=True, sources=("01-to-khai.png", "02-chung-sinh.png"))
PARTS = {"register_url": "http://127.0.0.1:1/soap", "register_service": "MAU", "register_integration": "037"}


class Register:
    """Knows one person; away as long as a test likes."""

    def __init__(self) -> None:
        self.is_away = True
        self.asked: list[str] = []

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        if self.is_away:
            return _answer(RegisterOutcome.NOT_CHECKED, "unreachable")
        self.asked.append(query.personal_number)
        is_known = query.personal_number == NUMBER
        return _answer(RegisterOutcome.MATCHES if is_known else RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS)

    def is_answering(self) -> bool:
        return not self.is_away


def _answer(outcome: RegisterOutcome, reason: str = "") -> RegisterAnswer:
    return RegisterAnswer(outcome, (), reason, "2026-11-19T08:00:00+07:00")


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def work(tmp_path: Path, register: Register) -> Workshop:
    work = workshop_in(tmp_path, **PARTS)
    return replace(work, register=register, lock=work.archive)


def taken_of(work: Workshop, pages: Sequence[RecognisedPage]) -> list[TakenFile]:
    return [TakenFile((page.page,), NOW) for page in kept(work, pages)]


def run_again(work: Workshop, pages: Sequence[RecognisedPage]) -> DossierReport:
    """What a run does that finds a clerk's work."""
    report = as_reviewed(work, HELD, taken_of(work, pages))
    assert report is not None
    remember(work, HELD, report)
    follow_register(work, HELD, report)
    return report


@pytest.mark.parametrize("is_sealed", [True, False])
def test_the_register_that_is_back_is_asked_about_the_right_person(
    work: Workshop, register: Register, *, is_sealed: bool
) -> None:
    pages = [form(MISREAD), birth_paper()]
    prepare(work, pages, HELD)
    reviews = Reviews(work)
    draft = reviews.correct(CODE, 0, TypeField("1.personal_number.1", NUMBER), LAN)
    package = reviews.seal(CODE, draft.version, LAN) if is_sealed else None
    assert [wait.order.dossier for wait in work.waits.open()] == [CODE]
    # 1. Away still: nothing changes.
    assert run_again(work, pages).package == package
    assert work.waits.open()
    # 2. Back: about the person whom the clerk typed, and nobody else.
    register.is_away = False
    report = run_again(work, pages)
    assert (set(register.asked), report.package) == ({NUMBER}, package)
    assert [answer.outcome for answer in report.register] == [RegisterOutcome.MATCHES]
    assert report.state is (DossierState.ARCHIVED if is_sealed else DossierState.HELD)
    assert work.waits.open() == ()
    # 3. The desk says what the clerk left, not what was misread.
    text = work.desk.content(CODE).text
    assert (MISREAD in text, NUMBER in text) == (False, is_sealed)
    assert work.reviews.stand(CODE).state is (ReviewState.SEALED if is_sealed else ReviewState.OPEN)  # type: ignore[union-attr]


def test_what_no_clerk_touched_and_what_is_more_than_the_draft_is_judged_anew(work: Workshop) -> None:
    pages = [form(MISREAD), birth_paper()]
    taken = taken_of(work, pages)
    assert as_reviewed(work, HELD, taken) is None
    prepare(work, pages, HELD)
    assert as_reviewed(work, HELD, taken) is None
    Reviews(work).correct(CODE, 0, TypeField("1.personal_number.1", NUMBER), LAN)
    more = [*taken, *taken_of(work, [birth_paper("03-them.png")])]
    assert as_reviewed(work, HELD, more) is None
    assert as_reviewed(work, HELD, taken) is not None


def test_what_the_register_contradicted_stands_while_it_does_not_answer(
    work: Workshop, register: Register
) -> None:
    pages = [form(MISREAD), birth_paper()]
    register.is_away = False
    prepare(work, pages, HELD)
    assert [f.rule for f in _of_register(judge(work, HELD, pages, ()).findings)] == [Rule.REGISTER_NO_MATCH]
    register.is_away = True
    silent = judge(work, HELD, pages, ())
    assert [f.rule for f in _of_register(silent.findings)] == [Rule.REGISTER_NOT_CHECKED]
    again = judge(work, HELD, pages, (), answered_before(work, HELD))
    assert [f.rule for f in _of_register(again.findings)] == [Rule.REGISTER_NO_MATCH]
    # Another person is another question: nobody's answer is lent.
    other = judge(work, HELD, [form(NUMBER), birth_paper()], (), answered_before(work, HELD))
    assert [f.rule for f in _of_register(other.findings)] == [Rule.REGISTER_NOT_CHECKED]
    # A draft to which papers come while it is away keeps its answer too.
    prepare(work, [*pages, birth_paper("03-them.png")], HELD)
    told = [each.finding for each in Reviews(work).open(CODE).findings]
    assert [f.rule for f in _of_register(told)] == [Rule.REGISTER_NO_MATCH]


def _of_register(findings: Sequence[object]) -> list[object]:
    rules = (Rule.REGISTER_NO_MATCH, Rule.REGISTER_NOT_CHECKED, Rule.REGISTER_DIFFERS)
    return [finding for finding in findings if finding.rule in rules]  # type: ignore[attr-defined]


class Leaving(MemoryArchive):
    """Away from the given put on."""

    puts_left = 0

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0):  # type: ignore[no-untyped-def]
        if not self.puts_left:
            raise StoreUnreachable("store", "no answer")
        self.puts_left -= 1
        return super().put(key, data, media_type, retention_days)


@pytest.mark.parametrize("put_before", [0, 2])
def test_a_package_that_was_decided_is_decided_anew_only_while_nothing_of_it_was_put(
    tmp_path: Path, put_before: int
) -> None:
    archive = Leaving()
    work = replace(workshop_in(tmp_path), archive=archive, lock=archive)
    pages = kept(work, [form(), birth_paper(), birth_paper("05-la.png")])
    taken = [TakenFile((page.page,), NOW) for page in pages]

    def finish() -> str:
        judgement = judge(work, ORDER, pages, ())
        package = finish_here(work, Finished(ORDER, tuple(taken), judgement, ()))
        return archive.get(f"{package.prefix}/manifest.json").decode()

    archive.puts_left = put_before
    with pytest.raises(StoreUnreachable):
        finish()
    keep_answers(work.checkpoints, CODE, [KindAnswer("05-la.png", 1, "nguoi_lam_chung_sinh")])
    archive.puts_left = 1000
    assert ("nguoi_lam_chung_sinh" in finish()) == (put_before == 0)
