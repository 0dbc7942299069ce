"""Step boundaries of a run: each door through which it changes the world tells before and after.

In production there are no such watchers and nothing is told: the doors are the ports of the workshop, and
only the fault suite stands at them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, cast

from flows.progress import ProgressBoard
from flows.wiring import Workshop

_STORE: Final = ("put", "get", "describe", "list")
DOORS: Final[dict[str, tuple[str, ...]]] = {
    "spool": ("put", "discard"),
    "checkpoints": ("save",),
    "reading": ("run",),
    "register": ("ask",),
    "waits": ("note",),
    "reviews": ("save",),
    "archive": _STORE,
    "index": ("record", "follow_up"),
    "ledger": ("append", "append_once"),
    "desk": ("note",),
    "people": ("note",),
    "judgements": ("judged", "keep_papers", "keep_pages"),
}
"""By port of the workshop: what changes the world, or asks a part that may be gone."""
_STAGES: Final = {
    "taking_in": "intake",
    "reading": "reading",
    "checking": "checking",
    "sealing": "sealing",
    "archiving": "archiving",
}
_OF_DOOR: Final = {
    "index": "index",
    "ledger": "ledger",
    "desk": "desk",
    "people": "desk",
    "judgements": "desk",
}
"""What is told after the package is whole belongs to these."""


class Watcher(Protocol):
    """Whoever stands at the boundaries."""

    def before(self, stage: str, step: str) -> None:
        """The run is about to take a step."""

    def after(self, stage: str, step: str) -> None:
        """The step was taken, and the run does not know it yet."""


class FrozenClock:
    """A clock that stands, so that two runs write the same times; it can be set wrong."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def __call__(self) -> datetime:
        """The moment."""
        return self._moment

    def jump(self, by: timedelta) -> None:
        """Set it forward or back."""
        self._moment += by


def watched(workshop: Workshop, watcher: Watcher) -> Workshop:
    """The same workshop with a watcher at every door."""
    stage = _Stage(watcher)
    doors: dict[str, Any] = {
        part: _Door(getattr(workshop, part), part, stage.tells) for part in DOORS if hasattr(workshop, part)
    }
    return replace(workshop, **doors, progress=cast("ProgressBoard", _Board(workshop.progress, stage)))


class _Stage:
    """Which stage of digitisation a run is in."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._now = "desk"

    def enter(self, name: str) -> None:
        self._now = _STAGES.get(name, self._now)

    def tells(self, part: str, step: str, *, done: bool) -> None:
        stage = _OF_DOOR.get(part, self._now) if self._now == "archiving" else self._now
        (self._watcher.after if done else self._watcher.before)(stage, step)


class _Door:
    """A port whose steps are told before and after."""

    def __init__(self, inner: Any, part: str, tells: Callable[..., None]) -> None:
        self._inner = inner
        self._part = part
        self._tells = tells

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in DOORS[self._part]:
            return found

        def step(*args: Any, **kwargs: Any) -> Any:
            said = f"{self._part}.{name} {_about(self._part, args)}".rstrip()
            self._tells(self._part, said, done=False)
            result = found(*args, **kwargs)
            self._tells(self._part, said, done=True)
            return result

        return step


class _Board:
    """The board of progress, which knows where a run is."""

    def __init__(self, inner: Any, stage: _Stage) -> None:
        self._inner = inner
        self._stage = stage

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)

        def told(*args: Any, **kwargs: Any) -> Any:
            if name in ("stage", "expect"):
                self._stage.enter(args[1] if name == "stage" else "reading")
            return found(*args, **kwargs)

        return told


def _about(part: str, args: tuple[Any, ...]) -> str:
    """What a step is about, without anything about a person."""
    if part == "archive":
        return str(args[0]).rpartition("/")[2]
    if part == "ledger":
        return str(args[1])
    if part == "checkpoints":
        return str(args[0])
    return str(args[1].value) if part == "desk" else ""
