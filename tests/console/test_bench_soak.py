"""A soak tells growth, what is left open or lying about, and dossiers that ended as they should not."""

from __future__ import annotations

from typing import Any

import pytest

from console.bench_soak import Soaked


def fifths(megabytes: tuple[float, ...], cost: tuple[float, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"megabytes": {"flows": held, "store": 100.0}, "pages": 10, "core_seconds": 10 * each}
        for held, each in zip(megabytes, cost, strict=True)
    )


FLAT = fifths((400.0, 450.0, 420.0), (1.2, 1.3, 1.25))


def test_a_flat_run_that_leaves_nothing_holds() -> None:
    assert Soaked(FLAT, (140, 143), (2, 9), (), ()).faults == []


@pytest.mark.parametrize(
    ("soaked", "told"),
    [
        (Soaked(fifths((400, 410, 426), (1.2, 1.2, 1.2)), (9, 9), (2, 9), (), ()), "memory +5.2%"),
        (Soaked(fifths((400, 400, 370), (1.2, 1.2, 1.2)), (9, 9), (2, 9), (), ()), "memory -6.0%"),
        (
            Soaked(fifths((400, 400, 400), (1.2, 1.2, 1.3)), (9, 9), (2, 9), (), ()),
            "core-seconds a page +8.3%",
        ),
        (Soaked(FLAT, (140, 150), (2, 9), (), ()), "open files 140 -> 150"),
        (Soaked(FLAT, (9, 9), (2, 9), ("page.part",), ()), "temporary files left: 1"),
        (Soaked(FLAT, (9, 9), (2, 9), (), ("THU-00003 failed, not archived",)), "ended otherwise: THU-00003"),
    ],
)
def test_what_does_not_hold_is_told(soaked: Soaked, told: str) -> None:
    assert len(soaked.faults) == 1
    assert soaked.faults[0].startswith(told)
