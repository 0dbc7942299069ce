"""One real store on loopback for all tests of this folder, one archive and one database of each kind."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage.memory import MemoryArchive
from storage.s3 import S3Archive, StoreSettings
from storage.seaweed import EmbeddedStore
from tests.databases import Databases, postgres


def start_store(root: Path) -> tuple[EmbeddedStore, StoreSettings]:
    """A store for tests: real in everything, but its objects are locked for a day only."""
    store = EmbeddedStore(root, retention_days=1)
    return store, store.start()


def administration(root: Path, settings: StoreSettings) -> StoreSettings:
    """The same store with its administrator's credentials."""
    (keys,) = json.loads((root / "identities.json").read_text("utf-8"))["identities"][0]["credentials"]
    return replace(settings, access_key=keys["accessKey"], secret_key=keys["secretKey"])


@pytest.fixture(scope="session")
def store_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="session")
def running(store_root: Path) -> Iterator[EmbeddedStore]:
    """A running store; it is thrown away at the end, so nobody waits for its clean exit."""
    running, _ = start_store(store_root)
    yield running
    running.stop(patience_seconds=0.0)


@pytest.fixture(scope="session")
def store(running: EmbeddedStore) -> StoreSettings:
    """How to reach the running store."""
    return running.start()


@pytest.fixture(scope="session")
def administrator(store_root: Path, store: StoreSettings) -> StoreSettings:
    return administration(store_root, store)


@pytest.fixture(params=["memory", "s3"])
def archive(request: pytest.FixtureRequest) -> MemoryArchive | S3Archive:
    """Every adapter of the port, one after the other."""
    if request.param == "memory":
        return MemoryArchive()
    return S3Archive(request.getfixturevalue("store"))


@pytest.fixture
def dossier() -> str:
    """A dossier code that no other test uses."""
    return f"H56.101-250715-{uuid.uuid4().int % 100_000:05d}-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """A real PostgreSQL server with as many databases as are asked for."""
    with postgres() as server:
        yield Databases(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, one after the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept.sqlite'}"
    databases: Databases = request.getfixturevalue("databases")
    return databases.emptied()
