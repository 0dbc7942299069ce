"""Limits fitted to losses: where reading begins to suffer, and never where an unworn page lies."""

from __future__ import annotations

from console.quality_trial import Trial, fitted, table
from dossier.geometry import Box
from dossier.quality import Flaw, Measure
from validators.page_quality import Limit

BOX = Box(0, 0, 10, 10)
BEFORE = {
    Flaw.ILLEGIBLE: Limit(0.5, 0.6),
    Flaw.BLUR: Limit(50.0, 400.0),
    Flaw.TOO_PALE: Limit(100.0, 20.0),
    Flaw.SKEW: Limit(10.0, 15.0),
}


def trial(kind: str, cer: float, **values: float) -> Trial:
    return Trial(kind, 1, cer, tuple(Measure(Flaw(name), value, BOX) for name, value in values.items()))


DONE = [
    trial("", 0.2, illegible=0.1, blur=60, too_pale=200),
    trial("worn", 0.8, illegible=0.12, blur=60, too_pale=200),
    trial("worn", 3.0, illegible=0.2, blur=60, too_pale=200),
    trial("worn", 9.0, illegible=0.4, blur=60, too_pale=200),
    trial("blur", 0.5, illegible=0.1, blur=150, too_pale=190),
    trial("blur", 2.0, illegible=0.1, blur=250, too_pale=180),
    trial("pale_toner", 0.3, illegible=0.05, blur=60, too_pale=70),
]


def test_a_limit_lies_between_what_reads_well_and_what_does_not() -> None:
    limits = fitted(DONE, BEFORE)
    assert limits[Flaw.ILLEGIBLE] == Limit(0.16, 0.3)
    assert limits[Flaw.BLUR].advised == 200


def test_where_nothing_was_lost_the_worst_that_read_well_is_the_limit() -> None:
    assert fitted(DONE, BEFORE)[Flaw.TOO_PALE] == Limit(70.0, 20.0)


def test_what_is_not_fitted_stays() -> None:
    assert fitted(DONE, BEFORE)[Flaw.SKEW] == BEFORE[Flaw.SKEW]
    assert fitted([], BEFORE) == BEFORE


def test_the_table_tells_what_fine_means() -> None:
    rows = table(DONE, fitted(DONE, BEFORE))
    assert rows["fine"] == {"pages": 4, "under_1_percent": 4, "mean_cer": 0.45, "worst_cer": 0.8}
    assert rows["rescan_needed"]["pages"] == 1
