"""What `sohoa bench console` makes: invented people, the same ones for the same seed, and honest figures."""

from __future__ import annotations

from collections import Counter
from datetime import date

from console.bench_console import _figures
from console.bench_console_clerks import Seen
from console.bench_console_made import Order, made_dossiers
from dossier.desk import DeskState

ORDER = Order(400, 4, 7, date(2026, 11, 22))


def test_everybody_is_invented_and_a_seed_makes_the_same_dossiers() -> None:
    made = list(made_dossiers(ORDER, ["1.001193"]))
    assert made == list(made_dossiers(ORDER, ["1.001193"]))
    assert all(name.endswith("(MẪU)") for _, content in made for name in content.names)
    assert all("MẪU" in entry.counter for entry, _ in made)
    assert len({entry.code for entry, _ in made}) == ORDER.dossiers
    states = Counter(entry.state for entry, _ in made)
    assert states[DeskState.ARCHIVED] > 300, "as in an archive of two years"
    assert all(bool(content.text) == (entry.state is DeskState.ARCHIVED) for entry, content in made)


def test_figures_are_those_of_the_requests() -> None:
    seen = Seen()
    seen.milliseconds["queue"] = [float(n) for n in range(1, 101)]
    assert _figures(seen)["pages"]["queue"] == {
        "requests": 100,
        "p50_ms": 50.5,
        "p95_ms": 96.0,
        "worst_ms": 100.0,
    }
