"""One contract for every register: file, SOAP and REST, against the stand-in over real HTTP, faults too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from dossier.identity import RegisterOutcome, RegisterQuery
from dossier.ports import ResidenceRegister
from storage.breaker import CircuitBreaker
from storage.dialogue import LOOK_UP, VERIFY, ExchangeCodes, Members, Surroundings, Wire
from storage.exchange import LineSettings, RegisterLine, Tools
from storage.places import load_places
from storage.register import FileRegister, load_csv
from storage.register_rest import RestRegister, RestWire
from storage.register_soap import SoapRegister, SoapWire
from storage.standin_register import Fault, StandInRegister

MATCHES, DIFFERS = RegisterOutcome.MATCHES, RegisterOutcome.DIFFERS
NO_MATCH, NOT_CHECKED = RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS, RegisterOutcome.NOT_CHECKED
CODES = ExchangeCodes("MAU-DVC", "037", "MAU-DV", "CB-MAU")
TOKEN = "the-token-of-the-platform"
PEOPLE = """personal_number,full_name,date_of_birth,sex,residence
001199000018,NGUYỄN THỊ HOÀ MẪU,1999-01-02,Nữ,"Thôn 1, Xã Mẫu Đông, Tỉnh Tuyên Quang"
001088000019,TRẦN ĐỨC <&> MẪU,1988-11-30,Nam,"Tổ 3, Phường Mẫu, Thành phố Hà Nội"
001077000017,LÊ VĂN MẪU,,Nam,
001043000043,ĐỖ VĂN LÃO MẪU,1943,Nam,
012345678,PHẠM THỊ MẪU,1960-05-05,Nữ,"Xã Mẫu, Tỉnh Cà Mau"
"""
HOA = RegisterQuery(
    *("001199000018", "Nguyễn Thị Hòa Mẫu", date(1999, 1, 2), "CB-MAU", "H56.101-250715-0001 1.001193"),
    residence="Thôn 1, Xã Mẫu Đông, Huyện Mẫu, Tỉnh Hà Giang",
)
RECORD = replace(HOA, wants_record=True)
OLD = replace(RECORD, personal_number="001043000043", full_name="Đỗ Văn Lão Mẫu", residence="")
KINDS = ("file", "soap", "rest")
REMOTE = ("soap", "rest")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Desk:
    """One register of each kind over the same people, and what they do while they wait."""

    stand_in: StandInRegister
    folder: Path
    breaker: CircuitBreaker
    slept: list[float]

    def register(self, kind: str, seconds: float = 10.0, codes: ExchangeCodes = CODES) -> ResidenceRegister:
        if kind == "file":
            return FileRegister(self.folder / "people.sqlite", moment)
        settings = LineSettings(
            f"{self.stand_in.url}/{kind}", seconds=seconds, token_file=self.folder / "token"
        )
        line = RegisterLine(settings, self.breaker, Tools(jitter=lambda: 0.5, sleep=self.slept.append))
        adapter = SoapRegister if kind == "soap" else RestRegister
        return adapter(line, codes, Surroundings(load_places(), moment))


def moment() -> datetime:
    return datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    (tmp_path / "token").write_text(f"{TOKEN}\n", "utf-8")
    load_csv(tmp_path / "people.csv", tmp_path / "people.sqlite")
    with StandInRegister(tmp_path / "people.csv", TOKEN) as stand_in:
        yield Desk(stand_in, tmp_path, CircuitBreaker(limit=3, rest_seconds=30), [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("query", "outcome", "differing"),
    [
        (HOA, MATCHES, ()),
        (RECORD, MATCHES, ()),
        (replace(HOA, date_of_birth=None), MATCHES, ()),
        (replace(HOA, date_of_birth=None, year_of_birth=1999), MATCHES, ()),
        (replace(RECORD, date_of_birth=None, year_of_birth=1998), DIFFERS, ("date_of_birth",)),
        (replace(RECORD, date_of_birth=date(1999, 2, 1)), DIFFERS, ("date_of_birth",)),
        (replace(RECORD, residence="Xã Mẫu, Tỉnh Cà Mau"), DIFFERS, ("residence",)),
        (replace(RECORD, residence=""), MATCHES, ()),
        (replace(HOA, full_name="NGUYỄN THỊ HOA MẪU"), NO_MATCH, ()),
        (replace(RECORD, full_name="NGUYỄN THỊ HOA MẪU"), NO_MATCH, ()),
        (replace(RECORD, personal_number="001199000099"), NO_MATCH, ()),
        (replace(RECORD, full_name="' OR 1=1 -- </dan:HoVaTen>"), NO_MATCH, ()),
        (
            replace(HOA, personal_number="001088000019", full_name="TRẦN ĐỨC <&> MẪU", date_of_birth=None),
            MATCHES,
            (),
        ),
        (replace(RECORD, personal_number="001077000017", full_name="Lê Văn Mẫu"), MATCHES, ()),
        (replace(OLD, date_of_birth=None, year_of_birth=1943), MATCHES, ()),
        (replace(OLD, date_of_birth=None, year_of_birth=1944), DIFFERS, ("date_of_birth",)),
        (replace(OLD, date_of_birth=date(1943, 5, 6)), MATCHES, ()),
        (replace(OLD, date_of_birth=date(1944, 5, 6)), DIFFERS, ("date_of_birth",)),
        (replace(OLD, wants_record=False, date_of_birth=None, year_of_birth=1943), MATCHES, ()),
        (
            replace(RECORD, personal_number="012345678", full_name="Phạm Thị Mẫu", date_of_birth=None,
                    residence="Xã Mẫu, Tỉnh Cà Mau"),
            MATCHES,
            (),
        ),
    ],
)  # fmt: skip
def test_every_register_answers_the_same(
    desk: Desk, kind: str, query: RegisterQuery, outcome: RegisterOutcome, differing: tuple[str, ...]
) -> None:
    answer = desk.register(kind).ask(query)
    assert (answer.outcome, answer.differing, answer.reason) == (outcome, differing, "")
    assert answer.asked_at == "2026-11-22T00:30:00+07:00"


@pytest.mark.parametrize("kind", REMOTE)
def test_the_record_is_asked_for_only_where_the_procedure_needs_it(desk: Desk, kind: str) -> None:
    register = desk.register(kind)
    plain, whole = register.ask(HOA), register.ask(RECORD)
    assert [operation for operation, _ in desk.stand_in.asked] == [VERIFY, VERIFY, LOOK_UP]
    assert [code for _, code in desk.stand_in.asked] == [*plain.request_codes, *whole.request_codes]
    assert len(set(plain.request_codes + whole.request_codes)) == 3


@pytest.mark.parametrize("kind", REMOTE)
def test_a_wrong_birth_day_without_the_record_is_only_a_no(desk: Desk, kind: str) -> None:
    answer = desk.register(kind).ask(replace(HOA, date_of_birth=date(1999, 2, 1)))
    assert (answer.outcome, answer.differing) == (NO_MATCH, ())


@pytest.mark.parametrize("kind", KINDS)
def test_old_and_new_place_names_are_equal_by_the_dated_table(desk: Desk, kind: str) -> None:
    answer = desk.register(kind).ask(RECORD)
    assert (answer.outcome, answer.equated) == (MATCHES, ("2025-07-01 NQ 202/2025/QH15",))
    unknown = desk.register(kind).ask(replace(RECORD, residence="Xã Mẫu Tây, Huyện Mẫu, Tỉnh Hà Giang"))
    assert (unknown.outcome, unknown.equated, unknown.not_compared) == (MATCHES, (), ("residence",))


@pytest.mark.parametrize("kind", REMOTE)
@pytest.mark.parametrize("query", [HOA, RECORD], ids=["yes_or_no", "record"])
@pytest.mark.parametrize(
    ("fault", "outcome", "says"),
    [
        (Fault.TWICE, MATCHES, ""),
        (Fault.REORDERED, MATCHES, ""),
        (Fault.TWICE_DIFFERENT, NOT_CHECKED, "answered twice"),
        (Fault.OTHER_PERSON, NOT_CHECKED, "another person"),
        (Fault.LATE, NOT_CHECKED, "another request"),
        (Fault.EMPTY, NO_MATCH, ""),
        (Fault.NOTHING, NOT_CHECKED, "the reply is not"),
        (Fault.GARBAGE, NOT_CHECKED, "the reply is not"),
        (Fault.CUT_OFF, NOT_CHECKED, "the reply is not"),
        (Fault.BOMB, NOT_CHECKED, "the reply"),
        (Fault.ENDLESS, NOT_CHECKED, "too long"),
        (Fault.REFUSED, NOT_CHECKED, ""),
        (Fault.DOWN, NOT_CHECKED, "no connection"),
        (Fault.BUSY, NOT_CHECKED, "status 503 (3 attempts)"),
    ],
)  # fmt: skip
def test_a_fault_is_an_answer_or_says_why_not(
    desk: Desk, kind: str, query: RegisterQuery, fault: Fault, outcome: RegisterOutcome, says: str
) -> None:
    desk.stand_in.fault = fault
    answer = desk.register(kind).ask(query)
    assert answer.outcome is outcome
    assert says in answer.reason
    assert bool(answer.reason) == (outcome is NOT_CHECKED)
    for personal in ("1199000018", "NGUYỄN", "Nguyễn", "Mẫu Đông", "1999"):
        assert personal not in answer.reason


@pytest.mark.parametrize("kind", REMOTE)
@pytest.mark.parametrize("fault", [Fault.OTHER_PERSON, Fault.LATE, Fault.TWICE_DIFFERENT, Fault.GARBAGE])
def test_a_record_that_is_not_the_answer_is_no_match_either(desk: Desk, kind: str, fault: Fault) -> None:
    desk.stand_in.faults.extend([Fault.NONE, fault])
    assert desk.register(kind).ask(RECORD).outcome is NOT_CHECKED


@pytest.mark.parametrize("kind", REMOTE)
def test_yes_and_a_record_that_contradicts_it_is_no_match(desk: Desk, kind: str) -> None:
    desk.stand_in.faults.extend([Fault.NONE, Fault.EMPTY])
    answer = desk.register(kind).ask(RECORD)
    assert (answer.outcome, "contradict" in answer.reason) == (NOT_CHECKED, True)


@pytest.mark.parametrize("kind", REMOTE)
def test_a_yes_that_names_nobody_counts_only_where_the_centre_says_so(desk: Desk, kind: str) -> None:
    desk.stand_in.fault = Fault.NO_ECHO
    answer = desk.register(kind).ask(HOA)
    assert (answer.outcome, "neither the request" in answer.reason) == (NOT_CHECKED, True)
    trusting = desk.register(kind, codes=replace(CODES, wants_echo=False))
    assert trusting.ask(HOA).outcome is MATCHES


@pytest.mark.parametrize("kind", REMOTE)
@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.TRICKLE, Fault.HEAD_TRICKLE])
def test_an_answer_after_the_deadline_is_none(desk: Desk, kind: str, fault: Fault) -> None:
    desk.stand_in.fault = fault
    answer = desk.register(kind, seconds=0.15).ask(HOA)
    assert (answer.outcome, answer.reason) == (NOT_CHECKED, "no answer in time (3 attempts)")
    assert len(set(answer.request_codes)) == 3
    assert desk.slept == [0.15, 0.3]


@pytest.mark.parametrize("kind", REMOTE)
def test_trouble_that_passes_is_tried_again_under_a_new_code(desk: Desk, kind: str) -> None:
    desk.stand_in.faults.extend([Fault.DOWN, Fault.BUSY])
    answer = desk.register(kind).ask(HOA)
    assert (answer.outcome, len(answer.request_codes)) == (MATCHES, 3)
    assert desk.stand_in.asked == [(VERIFY, answer.request_codes[-1])]


@pytest.mark.parametrize("kind", REMOTE)
def test_a_refusal_is_not_tried_again(desk: Desk, kind: str) -> None:
    (desk.folder / "token").write_text("another", "utf-8")
    answer = desk.register(kind).ask(HOA)
    assert (answer.outcome, "401" in answer.reason) == (NOT_CHECKED, True)
    assert (len(answer.request_codes), desk.slept) == (1, [])


@pytest.mark.parametrize("kind", REMOTE)
def test_a_token_that_cannot_be_read_is_a_reason(desk: Desk, kind: str) -> None:
    (desk.folder / "token").unlink()
    register = desk.register(kind)
    assert "token" in register.ask(HOA).reason
    assert not register.is_answering()


@pytest.mark.parametrize("kind", REMOTE)
def test_a_register_that_is_down_is_left_alone_until_it_is_back(desk: Desk, kind: str) -> None:
    register = desk.register(kind)
    desk.stand_in.stop()
    reasons = [register.ask(HOA).reason for _ in range(4)]
    assert ["no connection" in reason for reason in reasons] == [True, True, True, False]
    assert "not asked again yet" in reasons[3]
    assert not register.is_answering()
    desk.stand_in.start()
    # It is back, but only the probe finds out before the rest is over.
    assert "not asked again yet" in register.ask(HOA).reason
    assert register.is_answering()
    assert register.ask(HOA).outcome is MATCHES


@pytest.mark.parametrize("kind", REMOTE)
def test_the_probe_asks_about_nobody(desk: Desk, kind: str) -> None:
    register = desk.register(kind)
    assert register.is_answering()
    assert desk.stand_in.asked == []
    desk.stand_in.fault = Fault.BUSY
    assert not register.is_answering()


def test_a_file_register_answers_while_its_file_is_there(desk: Desk) -> None:
    register = desk.register("file")
    assert register.is_answering()
    (desk.folder / "people.sqlite").unlink()
    assert not register.is_answering()
    assert register.ask(HOA).outcome is NOT_CHECKED


ORDERED: Members = (
    ("MaYeuCau", "SHMAU"),
    ("MaDVC", "MAU-DVC"),
    ("MaTichHop", "037"),
    ("MaCanBo", "CB-MAU"),
    ("SoDinhDanh", "001199000018"),
    ("HoVaTen", "NGUYỄN THỊ HOÀ MẪU"),
)


@pytest.mark.parametrize("kind", REMOTE)
@pytest.mark.parametrize(
    ("members", "is_understood"),
    [
        (ORDERED, True),
        ((ORDERED[1], ORDERED[0], *ORDERED[2:]), False),
        ((*ORDERED[:4], ORDERED[5], ORDERED[4]), False),
        (ORDERED[1:], False),
        ((*ORDERED[:5], ("HoVaTen", "Nguyễn Thị Hoà Mẫu")), False),
        ((*ORDERED, ("MaQuanHuyen", "001")), False),
    ],
)
def test_the_stand_in_is_as_strict_as_the_exchange(
    desk: Desk, kind: str, members: Members, is_understood: bool
) -> None:
    """Otherwise a wrong order or small letters of ours would pass unseen."""
    wire: Wire = SoapWire() if kind == "soap" else RestWire()
    status = httpx.post(
        f"{desk.stand_in.url}/{kind}{wire.path(VERIFY)}",
        content=wire.write(VERIFY, members),
        headers={"Authorization": f"Bearer {TOKEN}"},
        trust_env=False,
    ).status_code
    assert (status == 200) == is_understood


@pytest.mark.parametrize("kind", REMOTE)
def test_the_stand_in_runs_as_a_program(desk: Desk, kind: str) -> None:
    command = [sys.executable, "-m", "storage.standin_register", "--csv", str(desk.folder / "people.csv")]
    more = ["--protocol", kind, "--token-file", str(desk.folder / "token"), "--fault", "reordered"]
    with subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True, cwd=ROOT) as program:
        try:
            assert program.stdout is not None
            line = RegisterLine(
                LineSettings(program.stdout.readline().strip(), token_file=desk.folder / "token")
            )
            adapter = SoapRegister if kind == "soap" else RestRegister
            assert adapter(line, CODES).ask(RECORD).outcome is MATCHES
        finally:
            program.terminate()
