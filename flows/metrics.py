"""What a process counts about its work, for Prometheus: never about whom.

Labels come from closed sets (stages, rules, states, operations), so that no name, number or code of a dossier
can get into them. How things stand at the moment of asking is added by `flows.metrics_now`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from threading import Lock
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.registry import Collector

from dossier.archive import DossierReport, DossierState
from dossier.errors import SohoaError
from dossier.identity import RegisterOutcome

disable_created_metrics()  # type: ignore[no-untyped-call]

STAGES: Final = ("intake", "reading", "checking", "sealing", "archiving")
PAGES: Final = ("read", "remembered", "unread")
OPERATIONS: Final = ("probe", "put", "get", "describe", "list")
_SECONDS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


@dataclass(slots=True)
class _Followed:
    """Core-seconds that somebody else adds up."""

    stage: str
    total: Callable[[], float]
    seen: float
    """What it was when it was last looked at."""


class Meters:
    """The counters of one process. Safe for threads."""

    def __init__(self) -> None:
        """All begin at 0, and every label that there can be is there from the start."""
        own = self._registry = CollectorRegistry()
        self._lock = Lock()
        self._followed: list[_Followed] = []
        self._added: set[type[Collector]] = set()
        self._pages = Counter("sohoa_pages", "Pages by what became of them.", ["outcome"], registry=own)
        self._core_seconds = Counter(
            "sohoa_core_seconds", "Core-seconds (user and system) by stage.", ["stage"], registry=own
        )
        self._dossiers = Counter("sohoa_dossiers_run", "Runs by how they ended.", ["state"], registry=own)
        self._findings = Counter(
            "sohoa_findings", "Findings of runs by rule and severity.", ["rule", "severity"], registry=own
        )
        self._store = Histogram(
            "sohoa_store_seconds",
            "Seconds of calls to the archive store.",
            ["operation"],
            buckets=_SECONDS,
            registry=own,
        )
        self._store_failures = Counter(
            "sohoa_store_failures", "Calls to the store that failed, by error.", ["error"], registry=own
        )
        self._register = Histogram(
            "sohoa_register_seconds",
            "Seconds of questions to the residence register.",
            buckets=_SECONDS,
            registry=own,
        )
        self._answers = Counter(
            "sohoa_register_answers", "Answers of the register by outcome.", ["outcome"], registry=own
        )
        self._certificate = Gauge(
            "sohoa_certificate_ends_timestamp_seconds",
            "Until when the certificate is valid that sealed last; 0 while nothing was sealed.",
            registry=own,
        )
        told = Gauge("sohoa_info", "The version that runs.", ["version"], registry=own)
        told.labels(version("sohoa")).set(1)
        self._prepare()

    def page(self, outcome: str) -> None:
        """A page was read, remembered from an earlier run, or could not be read (`PAGES`)."""
        self._pages.labels(outcome).inc()

    def spent(self, stage: str, core_seconds: float) -> None:
        """A stage took so many core-seconds (`STAGES`)."""
        self._core_seconds.labels(stage).inc(max(0.0, core_seconds))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what this thread spends, until the end, for a stage; also where it fails."""
        before = time.thread_time()
        try:
            yield
        finally:
            self.spent(name, time.thread_time() - before)

    def report(self, report: DossierReport) -> None:
        """A run ended with a report."""
        self._dossiers.labels(report.state.value).inc()
        for finding in report.findings:
            self._findings.labels(finding.rule.value, finding.severity.value).inc()

    def failed(self) -> None:
        """A run ended with an error."""
        self._dossiers.labels("failed").inc()

    def store_called(self, operation: str, seconds: float, error: str) -> None:
        """The store was called (`storage.metered.Observe`)."""
        self._store.labels(operation).observe(seconds)
        if error:
            self._store_failures.labels(error).inc()

    def register_asked(self, _operation: str, seconds: float, outcome: str) -> None:
        """The register was asked (`storage.metered.Observe`)."""
        self._register.observe(seconds)
        self._answers.labels(outcome).inc()

    def certificate(self, ends: datetime) -> None:
        """Something was sealed with a certificate that is valid until then."""
        self._certificate.set(ends.timestamp())

    def add(self, collector: Collector) -> bool:
        """Tell also what this collector finds when asked; False where one of its kind is there already."""
        if type(collector) in self._added:
            return False
        self._added.add(type(collector))
        self._registry.register(collector)
        return True

    def follow(self, stage: str, total: Callable[[], float]) -> None:
        """Count for a stage what others measure, from now on: a total that only grows."""
        self._followed.append(_Followed(stage, total, total()))

    def text(self) -> bytes:
        """Everything in Prometheus's text format, UTF-8."""
        with self._lock:
            for each in self._followed:
                now = each.total()
                self.spent(each.stage, now - each.seen)
                each.seen = now
        return generate_latest(self._registry)

    def _prepare(self) -> None:
        for counter, values in (
            (self._pages, PAGES),
            (self._core_seconds, STAGES),
            (self._dossiers, (*DossierState, "failed")),
            (self._answers, tuple(RegisterOutcome)),
            (self._store_failures, _names(SohoaError, "Store")),
        ):
            for value in values:
                counter.labels(str(value))
        for operation in OPERATIONS:
            self._store.labels(operation)


def _names(root: type[SohoaError], beginning: str) -> Iterable[str]:
    for each in root.__subclasses__():
        if each.__name__.startswith(beginning):
            yield each.__name__
        yield from _names(each, beginning)
