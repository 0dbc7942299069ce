"""The fuzzers' kept inputs, and a few made-up ones; `make fuzz MINUTES=10` goes on from there."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.running import TARGETS, opened, seeds

REPOSITORY = Path(__file__).resolve().parents[2]
RUNS = 400


@pytest.mark.parametrize("target", TARGETS)
def test_what_was_kept_does_what_it_should(target: str, tmp_path: Path) -> None:
    feed = opened(target, tmp_path)
    kept = seeds(target)
    assert len(kept) >= 5
    for seed in kept:
        feed(seed.read_bytes())


def test_the_fuzzers_notice_what_may_not_be(tmp_path: Path) -> None:
    """Each assertion of a target can fail: a payload, a zone and a page that lie are told."""
    feed = opened("intake", tmp_path)
    good = next(seed.read_bytes() for seed in seeds("intake") if seed.name == "grey.png")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tests.fuzz.intake_target.read_pages", lambda *_: iter(()))
        with pytest.raises(AssertionError):
            feed(good)
    feed(good)


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has wheels for x86-64 Linux alone"
)
def test_made_up_inputs_break_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.fuzz.running", "--together", "--minutes", "10"),
            *("--runs", str(RUNS), "--folder", tmp_path),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {RUNS} runs" in done.stderr
