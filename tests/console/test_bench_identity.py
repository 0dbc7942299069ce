"""The table of the identity trial adds up."""

from __future__ import annotations

from console.bench_identity import table
from flows.identity_trial import CONTRADICTED, Series, Trial, TrialOutcome


def trial(number: int, outcome: TrialOutcome, **more: object) -> Trial:
    about = {
        "degradation": "blur",
        "strength": 2,
        "dpi": 300.0,
        "has_card": False,
        "disagrees": False,
        "code_legible": False,
        "judging_seconds": 0.01,
    }
    return Trial(dossier=number, outcome=outcome, **(about | more))  # type: ignore[arg-type]


def test_rows_and_shares() -> None:
    done = [
        trial(0, TrialOutcome.CONFIRMED, has_card=True, code_legible=True),
        trial(1, TrialOutcome.CONFIRMED),
        trial(2, TrialOutcome.SINGLE),
        trial(3, TrialOutcome.WRONG, dpi=100.0),
        trial(4, TrialOutcome.CONFLICT, has_card=True, code_legible=True, disagrees=True),
        trial(5, TrialOutcome.CONFIRMED, degradation="none", strength=0),
        trial(6, TrialOutcome.NOT_COMPARED, degradation="fold", strength=3, has_card=True),
    ]
    rows = {
        line.split("|")[1].strip(): [c.strip() for c in line.split("|")[2:-1]]
        for line in table(done).splitlines()
        if line
    }
    assert rows["QR or MRZ legible"] == ["1", "1 (100.0 %)", "0", "0", "0", "0", "0"]
    assert rows["print alone, 300 dpi"] == ["3", "2 (66.7 %)", "0", "1", "0", "0", "0"]
    assert rows["print alone, below"] == ["1", "0 (0.0 %)", "1", "0", "0", "0", "0"]
    assert rows["form contradicts card"] == ["1", "0 (0.0 %)", "0", "0", "1", "0", "0"]
    assert rows["all"] == ["7", "3 (42.9 %)", "1", "1", "1", "1", "0"]
    assert rows["fold 3"] == ["1", "0 (0.0 %)", "0", "0", "0", "1", "0"]
    assert rows["blur 2"] == ["4", "2 (50.0 %)", "1", "1", "0", "0", "0"]
    assert rows["none"] == ["1", "1 (100.0 %)", "0", "0", "0", "0", "0"]
    assert "| QR or MRZ legible | 1 |" in table(done)


def test_a_part_of_the_series_keeps_the_numbers_of_the_whole() -> None:
    """So that readings and truths of a part are those of the whole run."""
    numbers = list(Series(500, 1, (CONTRADICTED,)).numbers())
    assert numbers == list(range(18, 500, 20))
    worn = set(Series(500, 1, ("worn",)).numbers())
    assert worn == {n for strength in "123" for n in Series(500, 1, (f"worn {strength}",)).numbers()}
    assert len(worn) == 34
    both = set(Series(500, 1, ("worn 3", "card")).numbers())
    assert both == set(Series(500, 1, ("worn 3",)).numbers()) | set(range(0, 500, 2))
    assert list(Series(7, 1).numbers()) == list(range(7))
    assert list(Series(500, 1, ("no such thing",)).numbers()) == []
