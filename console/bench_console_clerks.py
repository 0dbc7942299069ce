"""The clerks of `sohoa bench console`: pages, thoughts, queues that refresh, dossiers that change."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlencode

import httpx
import psutil

from console.bench_names import made_name
from dossier.accounts import Account
from dossier.desk import DeskEntry, DeskState
from dossier.desk_asked import DeskFacts
from dossier.text import without_marks
from flows.wiring import Workshop

KINDS: Final = {"queue": 35, "search": 30, "dossier": 35}
"""Pages that clerks ask for, and how often."""
_POLL_SECONDS: Final = 5.0
_THINK_SECONDS: Final = 6.0


@dataclass(slots=True)
class Seen:
    """What clerks met."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody at a counter, and what there is to open."""

    account: Account
    token: str
    codes: tuple[str, ...]

    @property
    def headers(self) -> dict[str, str]:
        """What the browser says."""
        return {"Cookie": f"sohoa={self.token}"}


@dataclass(frozen=True, slots=True)
class Day:
    """Where it happens, and until when."""

    workshop: Workshop
    process: psutil.Process
    """The console's."""
    url: str
    seconds: float
    seed: int


async def work_through(day: Day, clerks: Sequence[Clerk]) -> Seen:
    """Everybody at once until the day is over; what they met."""
    seen, ends = Seen(), time.monotonic() + day.seconds
    limits = httpx.Limits(max_connections=2 * len(clerks))
    apart = _POLL_SECONDS / len(clerks)
    async with httpx.AsyncClient(base_url=day.url, timeout=60, limits=limits) as client:
        await asyncio.gather(
            *(
                _work(client, seen, clerk, (Random(f"{day.seed} {clerk.account.name}"), ends))  # noqa: S311
                for clerk in clerks
            ),
            *(_poll(client, seen, clerk, (at * apart, ends)) for at, clerk in enumerate(clerks)),
            _change(day.workshop, clerks, ends),
            _weigh(day.process, seen, ends),
        )
    return seen


async def _work(client: httpx.AsyncClient, seen: Seen, clerk: Clerk, plan: tuple[Random, float]) -> None:
    """One clerk: a page, a thought, a page."""
    random, ends = plan
    await asyncio.sleep(random.uniform(0, _THINK_SECONDS))
    while time.monotonic() < ends:
        kind = random.choices(list(KINDS), list(KINDS.values()))[0]
        await _ask(client, seen, (kind, path_of(kind, clerk, random)), clerk.headers)
        await asyncio.sleep(min(random.expovariate(1 / _THINK_SECONDS), 4 * _THINK_SECONDS))


async def _poll(client: httpx.AsyncClient, seen: Seen, clerk: Clerk, plan: tuple[float, float]) -> None:
    """The queue that the clerk left open asks whether anything is new."""
    offset, ends = plan
    etag = ""
    await asyncio.sleep(offset)
    while time.monotonic() < ends:
        headers = clerk.headers | {"X-Background": "1"} | ({"If-None-Match": etag} if etag else {})
        answer = await _ask(client, seen, ("refresh", "/?part=true"), headers)
        etag = answer.headers.get("etag", etag) if answer is not None else etag
        await asyncio.sleep(_POLL_SECONDS)


async def _ask(
    client: httpx.AsyncClient, seen: Seen, what: tuple[str, str], headers: dict[str, str]
) -> httpx.Response | None:
    kind, path = what
    begun = time.perf_counter()
    try:
        answer = await client.get(path, headers=headers)
    except httpx.HTTPError as error:
        seen.errors.append(f"{kind}: {type(error).__name__}")
        return None
    name = f"{kind}_unchanged" if answer.status_code == 304 else kind
    seen.milliseconds[name].append(1000 * (time.perf_counter() - begun))
    if answer.status_code not in (200, 304):
        seen.errors.append(f"{kind}: {answer.status_code} {path}")
    return answer


async def _change(workshop: Workshop, clerks: Sequence[Clerk], ends: float) -> None:
    """Dossiers go on changing: every two seconds one of them is read anew and has to be looked at."""
    open_now = [code for clerk in clerks for code in clerk.codes]
    random = Random(0)  # noqa: S311 - a schedule, not a secret
    while open_now and time.monotonic() < ends:
        entry: DeskEntry = workshop.desk.entry(random.choice(open_now))
        state = DeskState.READING if entry.state is DeskState.REVIEW else DeskState.REVIEW
        facts = DeskFacts(entry.code, entry.procedure, entry.received_on, state)
        await asyncio.to_thread(workshop.desk.enter, facts)
        await asyncio.sleep(2)


async def _weigh(process: psutil.Process, seen: Seen, ends: float) -> None:
    while time.monotonic() < ends:
        seen.peak_mb = max(seen.peak_mb, process.memory_info().rss / 1e6)
        await asyncio.sleep(1)


def path_of(kind: str, clerk: Clerk, random: Random) -> str:
    """A page of a kind that this clerk could ask for."""
    if kind == "dossier" and clerk.codes:
        return f"/dossiers/{random.choice(clerk.codes)}"
    if kind == "search":
        return f"/search?{urlencode(_question(random))}"
    return (
        f"/?{urlencode(random.choice(({}, {}, {'view': 'review'}, {'view': 'archived'}, {'view': 'today'})))}"
    )


def _question(random: Random) -> dict[str, str]:
    name = made_name(random).removesuffix(" (MẪU)")
    words = name.split()
    return random.choice(
        (
            {"q": name},
            {"q": without_marks(name)},
            {"q": f"{words[0]} {words[1]} {words[2][:2]}"},
            {"q": words[0]},
            {"q": without_marks(words[2]), "kind": "giay_khai_sinh"},
            {"text": "thửa đất bản đồ", "q": without_marks(words[2])},
            {"text": "thu hoi boi thuong"},
            {"q": f"000.00.17.H26-{random.randint(250101, 261130)}"},
            {"kind": "ct07", "begin": "2026-01-01", "end": "2026-06-30"},
        )
    )
