"""Costs of stages."""

from __future__ import annotations

import time

import pytest

from pipeline.stages import measured, stage


def _work(core_seconds: float) -> None:
    until = time.process_time() + core_seconds
    while time.process_time() < until:
        pass


def test_each_stage_adds_up_what_it_used_and_waiting_is_not_work() -> None:
    with measured() as spent:
        for _ in range(2):
            with stage("find"):
                _work(0.02)
        with stage("wait"):
            time.sleep(0.05)
    assert list(spent) == ["find", "wait"]
    assert 0.04 <= spent["find"] < 0.2
    assert spent["wait"] < 0.04


def test_nobody_asked_nothing_measured() -> None:
    with measured() as spent:
        pass
    with stage("find"):
        _work(0.01)
    assert spent == {}


def test_a_stage_that_fails_is_counted_and_fails() -> None:
    with measured() as spent, pytest.raises(ValueError, match="broken"), stage("find"):
        raise ValueError("broken")
    assert "find" in spent
