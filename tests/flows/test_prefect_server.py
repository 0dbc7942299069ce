"""What stands behind Prefect's server, and where a shared one is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossier.errors import ServiceUnreachable
from flows.prefect_server import (
    PrefectServer,
    SharedPrefect,
    behind_environment,
    open_prefect,
    shared_environment,
)
from flows.settings import Settings


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("a/b@c\n", "utf-8")
    return file


def test_without_settings_nothing_stands_behind_the_server_and_it_is_our_own(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    assert behind_environment(settings) == {}
    assert isinstance(open_prefect(settings), PrefectServer)


def test_a_database_gets_its_password_from_a_file_whatever_signs_it_has(password: Path) -> None:
    behind = behind_environment(
        Settings(
            prefect_database_url="postgresql+asyncpg://prefect@10.9.0.5/prefect",
            prefect_database_password_file=password,
        )
    )
    assert behind == {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql+asyncpg://prefect:a%2Fb%40c@10.9.0.5/prefect"
    }


def test_redis_carries_messages_order_leases_and_jobs(password: Path) -> None:
    settings = Settings(prefect_redis_url="redis://10.9.0.5:6379/0", prefect_redis_password_file=password)
    behind = behind_environment(settings)
    assert {name for name, value in behind.items() if value.startswith("redis://")} == {
        "PREFECT_REDIS_MESSAGING_URL",
        "PREFECT_SERVER_DOCKET_URL",
    }
    assert behind["PREFECT_SERVER_DOCKET_URL"] == "redis://:a%2Fb%40c@10.9.0.5:6379/0"
    assert behind["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"] == "prefect_redis.lease_storage"


def test_a_server_for_others_asks_for_the_password_that_its_machines_have(password: Path) -> None:
    settings = Settings(prefect_password_file=password)
    assert shared_environment(settings)["PREFECT_SERVER_API_AUTH_STRING"] == "sohoa:a/b@c"


def test_a_shared_server_that_is_away_is_said_so_at_once(tmp_path: Path) -> None:
    shared = open_prefect(Settings(state=tmp_path, prefect_url="http://127.0.0.1:9/api/"))
    assert isinstance(shared, SharedPrefect)
    assert shared.url == "http://127.0.0.1:9/api"
    assert not shared.is_alive
    with pytest.raises(ServiceUnreachable, match=r"127\.0\.0\.1:9"):
        shared.wait()
    shared.stop()
