"""Measures against their limits: each flaw beyond its bound is told with value, bound and place."""

from __future__ import annotations

import pytest

from dossier.geometry import Box
from dossier.quality import Flaw, Measure, QualityVerdict
from validators.page_quality import Limit, judge_quality, quality_limits, streaks_on_several

BOX = Box(0, 0, 2480, 3508)
GOOD = {
    Flaw.RESOLUTION: 300.0,
    Flaw.BLUR: 60.0,
    Flaw.ILLEGIBLE: 0.03,
    Flaw.TOO_PALE: 215.0,
    Flaw.TOO_DARK: 245.0,
    Flaw.SHADOW: 0.96,
    Flaw.CLIPPED: 0.0,
    Flaw.SKEW: 0.4,
    Flaw.NO_COLOUR: 0.0,
    Flaw.SCALE: 1.004,
}
BAD = {
    Flaw.RESOLUTION: 150.0,
    Flaw.BLUR: 600.0,
    Flaw.ILLEGIBLE: 0.9,
    Flaw.TOO_PALE: 12.0,
    Flaw.TOO_DARK: 40.0,
    Flaw.SHADOW: 0.05,
    Flaw.FINGER: 900.0,
    Flaw.CLIPPED: 30.0,
    Flaw.FOLDED_CORNER: 40.0,
    Flaw.SKEW: 14.0,
    Flaw.NO_COLOUR: 1.0,
    Flaw.SCALE: 0.94,
    Flaw.STREAK: 20.0,
    Flaw.DIRTY_GLASS: 3.0,
    Flaw.PHOTOGRAPH: 1.0,
}


def measure(flaw: Flaw, value: float) -> Measure:
    return Measure(flaw, value, BOX)


def test_a_good_page_is_fine() -> None:
    quality = judge_quality([measure(flaw, value) for flaw, value in GOOD.items()])
    assert (quality.verdict, quality.findings) == (QualityVerdict.FINE, ())


def test_every_flaw_has_a_limit() -> None:
    assert set(quality_limits()) == set(Flaw) == set(BAD)


@pytest.mark.parametrize("flaw", list(Flaw))
def test_each_flaw_is_told_with_value_bound_and_place(flaw: Flaw) -> None:
    page = [measure(other, value) for other, value in GOOD.items() if other is not flaw]
    quality = judge_quality([*page, measure(flaw, BAD[flaw])])
    (finding,) = quality.findings
    assert quality.verdict is finding.verdict is not QualityVerdict.FINE
    assert (finding.measure.flaw, finding.measure.value, finding.measure.box) == (flaw, BAD[flaw], BOX)


def test_the_worst_flaw_decides_and_comes_first() -> None:
    limits = {Flaw.BLUR: Limit(100.0, 200.0), Flaw.SKEW: Limit(5.0, None)}
    quality = judge_quality([measure(Flaw.SKEW, 9.0), measure(Flaw.BLUR, 201.0)], limits)
    assert quality.verdict is QualityVerdict.RESCAN_NEEDED
    assert [finding.measure.flaw for finding in quality.findings] == [Flaw.BLUR, Flaw.SKEW]
    assert [finding.limit for finding in quality.findings] == [200.0, 5.0]


def test_two_hundred_dpi_as_scanners_round_it_is_enough() -> None:
    assert judge_quality([measure(Flaw.RESOLUTION, 199.6)]).findings == ()
    assert judge_quality([measure(Flaw.RESOLUTION, 199.0)]).findings != ()


def test_a_streak_is_dirt_only_where_another_page_has_it_too() -> None:
    whole = measure(Flaw.STREAK, 0.0)
    first, second, third = streaks_on_several([((50.0, 120.0), whole), ((120.3,), whole), ((80.0,), whole)])
    assert first is not None
    assert second is not None
    assert (first.value, second.value, third) == (2.0, 2.0, None)
    assert judge_quality([first]).verdict is QualityVerdict.RESCAN_ADVISED
    assert streaks_on_several([((50.0,), whole)]) == [None]
