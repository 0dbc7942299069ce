"""A few generated batches with damaged, missing and doubled cover sheets; `sohoa bench batches` runs 200."""

from __future__ import annotations

from pathlib import Path

from flows.batch_trial import split_trials
from flows.batch_trial_stacks import Sorting


def test_every_page_is_in_its_dossier_or_asked_about(samples: Path) -> None:
    papers = [path for path in sorted(samples.rglob("*")) if path.suffix in (".jpg", ".png")][:6]
    done = list(split_trials(3, 3, papers))
    assert [trial.mistakes for trial in done] == [()] * 3
    assert all(trial.right + trial.asked == trial.pages for trial in done)
    assert any(trial.faults and trial.right for trial in done), "a fault does not stop what is certain"
    assert {trial.sorting for trial in done} <= set(Sorting)
