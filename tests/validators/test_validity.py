"""Papers whose time of validity had passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dossier.document import Document, Field
from dossier.finding import Outcome, Rule, Severity
from tests.pages import paper
from validators.validity import check_validity

DAY = date(2026, 11, 21)


def dated(kind: str, issued_on: str, *, name: str = "date") -> Document:
    fields = [Field(name, issued_on, 1, None, 0.9, "print:x")] if issued_on else []
    return paper(kind, f"{kind}.jpg", 1, fields)


@pytest.mark.parametrize(
    ("kind", "issued_on", "expired"),
    [
        ("ct07", "2025-11-21", False),
        ("ct07", "2025-11-20", True),
        ("xntthn", "2026-05-21", False),
        ("xntthn", "2026-05-20", True),
        ("giay_khai_sinh", "1990-01-01", False),
    ],
)
@pytest.mark.parametrize("name", ["date", "issued_on"])
def test_paper_past_its_time(kind: str, issued_on: str, expired: bool, name: str) -> None:
    found = check_validity([dated(kind, issued_on, name=name)], DAY)
    assert bool(found) == expired
    if expired:
        assert (found[0].rule, found[0].severity) == (Rule.EXPIRED_PAPER, Severity.BLOCKING)
        assert found[0].evidence == (f"{kind}.jpg p.1",)
        assert found[0].basis.startswith(("TT 55/2021", "NĐ 123/2015"))


def of_days(kind: str, **days: str) -> Document:
    fields = [
        Field(name, day, 1, None, 0.9, "print:x") for name, said in days.items() for day in said.split()
    ]
    return paper(kind, f"{kind}.jpg", 1, fields)


@pytest.mark.parametrize("kind", ["ct07", "xntthn"])
def test_a_later_day_on_an_expired_paper_renews_nothing(kind: str) -> None:
    for other in ("2027-09-30", "2026-03-05", "2026-11-20"):
        (told,) = check_validity([of_days(kind, issued_on="2025-03-05", date=other)], DAY)
        assert (told.outcome, told.detail[:10]) == (Outcome.FAIL, "05/03/2025")
    (future,) = check_validity([of_days(kind, issued_on="2025-03-05 2062-01-01")], DAY)
    assert future.detail.startswith("05/03/2025"), "nothing was issued after the day on which it was there"


def test_a_real_renewal_counts_and_a_day_that_cannot_be_is_not_read() -> None:
    assert check_validity([of_days("ct07", issued_on="2025-03-05 2026-09-01", date="2020-01-01")], DAY) == ()
    assert check_validity([of_days("ct07", date="2025-03-05 2026-09-01")], DAY) == ()
    (open_,) = check_validity([of_days("ct07", issued_on="2062-03-05", date="2020-01-01")], DAY)
    assert open_.outcome is Outcome.NOT_CHECKED
    card = Field("issued_on", "2026-06-05", 1, None, 1.0, "qr:zxing-cpp", 1)
    beside = of_days("ct07", issued_on="2025-03-05")
    (told,) = check_validity([replace(beside, fields=(*beside.fields, card))], DAY)
    assert told.outcome is Outcome.FAIL, "the day of a card on the page is the card's"


def test_end_of_a_short_month_counts() -> None:
    assert check_validity([dated("xntthn", "2026-08-31")], date(2027, 2, 28)) == ()
    assert len(check_validity([dated("xntthn", "2026-08-31")], date(2027, 3, 1))) == 1


def test_unread_date_is_not_checked_and_a_returned_paper_is_not_judged() -> None:
    (open_,) = check_validity([dated("ct07", "")], DAY)
    assert (open_.outcome, open_.severity) == (Outcome.NOT_CHECKED, Severity.INFO)
    assert check_validity([dated("ct07", "2020-01-01")], DAY, handed_back=[1]) == ()
    (nonsense,) = check_validity([dated("ct07", "31/02/2020")], DAY)
    assert nonsense.outcome is Outcome.NOT_CHECKED
