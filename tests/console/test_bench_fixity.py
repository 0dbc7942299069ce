"""A small run of the fixity trial: every flipped byte is found, none falsely."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.bench_fixity import Trial, fixity
from console.output import Output
from flows.fixity_trial import Medium


def test_every_flip_is_found_and_none_falsely(capsys: pytest.CaptureFixture[str]) -> None:
    assert fixity(Trial(50, 40, 8, 3, ("raw",)), Output("en", as_json=True)) in (0, 1)
    found, speed = json.loads(capsys.readouterr().out)
    assert (found["objects"], found["flipped"], found["found"], found["falsely"]) == (200, 40, 40, 0)
    assert speed["megabytes"] > 7
    assert speed["ratio"] > 0


def test_the_trial_fails_where_a_flip_is_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Medium, "flip", lambda *_: None)
    assert fixity(Trial(3, 2, 0, 1, ("raw",)), Output("en")) == 1
    assert "| raw | 3 | 12 | 2 | 0 | 0 |" in capsys.readouterr().out


def test_packages_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    media = [Medium("raw", tmp_path / name) for name in ("one", "two")]
    for medium in media:
        medium.fill((("x", 100),), 1, 7)
    first, second = ((m.files / "dossiers/MAU-000000/0000000000000007/x").read_bytes() for m in media)
    assert first == second
