"""Work pools, limits and deployments on the shared Prefect server, made from `prefect.yaml`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import WorkPool
from prefect.exceptions import ObjectNotFound

from dossier.errors import ServiceUnreachable, SettingRefused
from flows.limits import STORE_LIMIT
from flows.settings import Settings
from flows.worker import WORKER_TYPE, StayingWorker

PREFECT_FILE: Final = Path(__file__).resolve().parents[1] / "prefect.yaml"
POOLS: Final[Mapping[str, int | None]] = {"counter": None, "backlog": 8, "audit": 1, "renewal": None}
"""Work pools, with how many of their runs may be under way in the whole province; None for as many as workers
take."""
LIMITS: Final[Mapping[str, int]] = {STORE_LIMIT: 16}
"""Global limits: packages put into the archive store at the same time, by all machines together."""
_DEPLOY_SECONDS: Final = 300.0


def deploy(settings: Settings, wanted: Mapping[str, int] | None = None) -> dict[str, int | None]:
    """Make or change pools, limits and deployments; each pool and limit with its size.

    Doing it again changes nothing. A worker that has a run keeps it where a limit gets smaller.

    Args:
        settings: with the address of the shared server.
        wanted: sizes other than the usual ones, by pool or limit; 0 for no bound of a pool.

    Raises SettingRefused for a name that is neither, ServiceUnreachable.
    """
    if not settings.prefect_url:
        raise SettingRefused("SOHOA_PREFECT_URL", "is not set: there is no shared server to deploy to")
    sizes: dict[str, int | None] = {**POOLS, **LIMITS}
    for name, size in (wanted or {}).items():
        if name not in sizes or (name in LIMITS and size < 1):
            raise SettingRefused(name, "is no work pool and no limit, or of no such size")
        sizes[name] = size or None
    asyncio.run(_make(sizes))
    _deploy_flows()
    return sizes


async def _make(sizes: Mapping[str, int | None]) -> None:
    async with get_client() as client:
        for name, size in sizes.items():
            if name in POOLS:
                await _make_pool(client, name, size)
            else:
                await client.upsert_global_concurrency_limit_by_name(name, size or 1)


async def _make_pool(client: PrefectClient, name: str, size: int | None) -> None:
    try:
        standing: WorkPool | None = await client.read_work_pool(name)
    except ObjectNotFound:
        standing = None
    if standing is None:
        template = StayingWorker.get_default_base_job_template()
        pool = WorkPoolCreate(name=name, type=WORKER_TYPE, base_job_template=template, concurrency_limit=size)
        await client.create_work_pool(pool)
    elif standing.type != WORKER_TYPE:
        raise SettingRefused(name, f"there is a work pool of this name for workers of type {standing.type}")
    elif standing.concurrency_limit != size:
        await client.update_work_pool(name, WorkPoolUpdate(concurrency_limit=size))


def _deploy_flows() -> None:
    """What `prefect deploy --all` does, with Prefect's own reading of its file."""
    prefect = str(Path(sys.executable).with_name("prefect"))
    command = [prefect, "--no-prompt", "deploy", "--all", "--prefect-file", str(PREFECT_FILE)]
    try:
        done = subprocess.run(
            command, cwd=PREFECT_FILE.parent, capture_output=True, text=True, timeout=_DEPLOY_SECONDS
        )
    except subprocess.TimeoutExpired as e:
        raise ServiceUnreachable("Prefect", "did not take the deployments in time") from e
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise ServiceUnreachable("Prefect", said[-1].strip() if said else "did not take the deployments")
