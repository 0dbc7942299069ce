"""The circuit breaker, with a clock that is told what time it is."""

from __future__ import annotations

from storage.breaker import CircuitBreaker


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_tries_once_after_its_rest() -> None:
    time = Time()
    breaker = CircuitBreaker(limit=2, rest_seconds=30, clock=time)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()
    time.now = 29.9
    assert not breaker.lets_through()
    time.now = 30.0
    assert [breaker.lets_through(), breaker.lets_through()] == [True, False]
    breaker.failed()
    time.now = 59.9
    assert not breaker.lets_through()
    time.now = 60.0
    assert breaker.lets_through()
    breaker.succeeded()
    assert [breaker.lets_through(), breaker.lets_through()] == [True, True]


def test_a_trial_that_never_reports_does_not_close_the_door_for_ever() -> None:
    time = Time()
    breaker = CircuitBreaker(limit=1, rest_seconds=30, clock=time)
    breaker.failed()
    time.now = 30.0
    assert breaker.lets_through()
    time.now = 60.0
    assert breaker.lets_through()


def test_word_that_it_answers_again_ends_the_rest_for_one_attempt() -> None:
    time = Time()
    breaker = CircuitBreaker(limit=1, rest_seconds=30, clock=time)
    breaker.rested()
    assert breaker.lets_through()
    breaker.failed()
    breaker.rested()
    assert [breaker.lets_through(), breaker.lets_through()] == [True, False]
