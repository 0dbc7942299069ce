"""One entry of the ledger is proven by its seal, the head that locks its digest, and that head's stamp."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dossier.archive import LedgerEntry
from dossier.errors import StoreUnreachable
from flows.audits import Audits
from flows.entry_proof import prove_entry
from flows.ledger_audit import LedgerRoom
from storage.ledger import sealed
from storage.ledger_search import LedgerQuestion, Span, SqlLedgerSearch
from storage.memory import MemoryArchive
from storage.plain_audit import PlainAuditor
from tests.kept_dossiers import workshop
from tests.sheets import NOW

CODE = "H56.101-261105-0001"


@pytest.fixture
def audits(tmp_path: Path) -> Audits:
    found = Audits(workshop(tmp_path), lambda: NOW)
    for number in range(1, 6):
        found.ledger_room().ledger.append("An (an)", "page-read", CODE, f'{{"number": {number}}}')
    return found


def entry(audits: Audits, number: int) -> LedgerEntry:
    search = SqlLedgerSearch(audits.settings.database)
    found = search.entry(number)
    search.close()
    assert found is not None
    return found


def test_an_entry_is_proven_by_the_head_over_it(audits: Audits) -> None:
    waiting = prove_entry(audits.ledger_room(), entry(audits, 3))
    assert (waiting.outcome, waiting.head) == ("not_checked", ""), "no head covers it yet"
    audits.keep_head()
    proof = prove_entry(audits.ledger_room(), entry(audits, 3))
    assert (proof.outcome, proof.head, proof.is_under_lock) == ("pass", "ledger/heads/0000000005.json", True)
    assert proof.stamped_at is None, "no time stamping service is set up"
    late = prove_entry(audits.ledger_room(), entry(audits, 6))
    assert late.outcome == "not_checked", "the note about the head itself is under the next one"
    audits.keep_head()
    assert prove_entry(audits.ledger_room(), entry(audits, 6)).head == "ledger/heads/0000000006.json"


def test_a_changed_entry_fails_and_so_does_one_that_was_sealed_anew(audits: Audits) -> None:
    audits.keep_head()
    room, third = audits.ledger_room(), entry(audits, 3)
    changed = prove_entry(room, replace(third, actor="ai đó"))
    assert (changed.outcome, changed.is_as_written) == ("fail", False)
    anew = prove_entry(room, sealed(replace(third, actor="ai đó")))
    assert (anew.outcome, anew.is_as_written, anew.is_under_lock) == ("fail", True, False)


def test_a_store_that_is_down_proves_nothing(audits: Audits) -> None:
    class Down(MemoryArchive):
        def list(self, prefix: str) -> tuple[str, ...]:
            raise StoreUnreachable("store", "refused")

    room = audits.ledger_room()
    down = LedgerRoom(room.ledger, Down(), PlainAuditor(Down()), None)
    proof = prove_entry(down, entry(audits, 3))
    assert (proof.outcome, proof.is_checked, proof.is_as_written) == ("not_checked", False, True)


def test_entries_are_found_by_who_what_about_what_and_when(audits: Audits) -> None:
    ledger = audits.ledger_room().ledger
    ledger.append("100% Bình_x (binh)", "archived", CODE, "{}")
    ledger.append("An (an)", "viewed", "lot:1", "{}")
    search = SqlLedgerSearch(audits.settings.database)

    def numbers(question: LedgerQuestion, limit: int = 50) -> list[int]:
        return [each.number for each in search.find(question, limit)]

    assert numbers(LedgerQuestion()) == [7, 6, 5, 4, 3, 2, 1]
    assert numbers(LedgerQuestion(), 2) == [7, 6]
    assert numbers(LedgerQuestion(before=3)) == [2, 1]
    assert numbers(LedgerQuestion(action="viewed")) == [7]
    assert numbers(LedgerQuestion(subject="H56.101-26", before=3)) == [2, 1]
    assert numbers(LedgerQuestion(subject="h56")) == []
    assert numbers(LedgerQuestion(actor="Bình")) == [6]
    assert numbers(LedgerQuestion(actor="%")) == [6], "a sign of the database is a sign like any other"
    assert numbers(LedgerQuestion(actor="' OR 1=1 --")) == []
    day = NOW.date()
    assert numbers(LedgerQuestion(begin=day, end=day)) == [7, 6, 5, 4, 3, 2, 1]
    assert numbers(LedgerQuestion(end=date(2020, 1, 1))) == []
    assert numbers(LedgerQuestion(begin=date(2999, 1, 1))) == []
    spans = search.spans([CODE, "H56-0"], "archived")
    assert list(spans) == [CODE]
    assert spans[CODE] == Span(entry(audits, 1).at, entry(audits, 6).at)
    search.close()
