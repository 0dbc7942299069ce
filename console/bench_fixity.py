"""`sohoa bench fixity`: is every flipped byte found, none falsely, and how fast, beside sha256sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from console.output import Output
from flows.fixity_trial import Found, Medium, Speed, as_data, try_finding, try_speed

_FLOOR = 0.7


@dataclass(frozen=True, slots=True)
class Trial:
    """What to try."""

    packages: int
    flips: int
    megabytes: int
    seed: int
    media: tuple[str, ...]
    """"raw", "store"."""


def fixity(trial: Trial, output: Output) -> int:
    """Run the trial and tell it; 1 where a flip was missed, something was told falsely, or it is too slow."""
    with TemporaryDirectory(prefix="sohoa-fixity-") as folder:
        found = [_finding(trial, medium, Path(folder)) for medium in trial.media]
        speed = [_speed(trial, medium, Path(folder)) for medium in trial.media] if trial.megabytes else []
    if output.as_json:
        output.data([*map(as_data, found), *map(as_data, speed)])
    else:
        _tell(found, speed, output)
    is_right = all(each.found == each.flipped and not each.falsely for each in found)
    return 0 if is_right and all(each.ratio >= _FLOOR for each in speed) else 1


def _finding(trial: Trial, name: str, folder: Path) -> Found:
    medium = Medium(name, folder / f"{name}-finding")
    try:
        return try_finding(medium, trial.packages, trial.flips, trial.seed)
    finally:
        medium.close()


def _speed(trial: Trial, name: str, folder: Path) -> Speed:
    medium = Medium(name, folder / f"{name}-speed")
    try:
        packages = max(1, round(trial.megabytes / 3.8))
        return try_speed(medium, packages, trial.seed, _seconds_of(medium.pid))
    finally:
        medium.close()


def _seconds_of(pid: int | None) -> Callable[[], float]:
    """Core-seconds that a process has used so far."""

    def used() -> float:
        if pid is None:
            return 0.0
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)

    return used


def _tell(found: list[Found], speed: list[Speed], output: Output) -> None:
    output.text("| medium | packages | objects | flipped | found | falsely |")
    output.text("|---|---|---|---|---|---|")
    for one in found:
        cells = (one.medium, one.packages, one.objects, one.flipped, one.found, one.falsely)
        output.text(f"| {' | '.join(map(str, cells))} |")
    if not speed:
        return
    output.text("")
    output.text(
        "| medium | MB | objects | fixity, MB/core-s | sha256sum, MB/core-s | ratio | store, core-s |"
    )
    output.text("|---|---|---|---|---|---|---|")
    for each in speed:
        ours, theirs = each.megabytes / each.ours_seconds, each.megabytes / each.sha256sum_seconds
        output.text(
            f"| {each.medium} | {each.megabytes:.0f} | {each.objects} | {ours:.0f} | {theirs:.0f} "
            f"| {each.ratio:.2f} | {each.store_seconds:.1f} |"
        )
