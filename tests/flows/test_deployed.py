"""What several machines are set up with: deployments, compose file, units; all name what there really is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml

from dossier.errors import SettingRefused
from dossier.work import Lane
from flows.deployed import DEPLOYED
from flows.deployments import LIMITS, POOLS, deploy
from flows.settings import Settings
from flows.settings_check import refusals
from flows.tickets import lane_of
from flows.worker import WORKER_TYPE, StayingWorker
from flows.worker_process import POOL_NAMES, unshared, work_until_stopped

REPOSITORY = Path(__file__).resolve().parents[2]
UNITS = sorted((REPOSITORY / "deploy" / "systemd").glob("*.service"))
ENVIRONMENTS = sorted((REPOSITORY / "deploy" / "environment").glob("*.env"))
SECRET_FILES = re.compile(r"SOHOA_\w*(?:PASSWORD|SECRET_KEY|KEYS|SIGNER)_FILE")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load((REPOSITORY / "deploy" / "compose.yaml").read_text("utf-8"))
    return said


@pytest.fixture(scope="module")
def deployments() -> list[dict[str, Any]]:
    said = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text("utf-8"))
    return list(said["deployments"])


def fields(names: Any) -> set[str]:
    """Settings that these variables set; what sets none would be refused at the start."""
    return {name for name in names if name.startswith("SOHOA_")} - {
        f"SOHOA_{field.upper()}" for field in Settings.model_fields
    }


def test_every_deployment_names_a_flow_and_a_pool_that_there_is_and_every_flow_is_deployed(
    deployments: list[dict[str, Any]],
) -> None:
    assert {each["entrypoint"] for each in deployments} == set(DEPLOYED)
    assert {each["work_pool"]["name"] for each in deployments} == set(POOLS) == set(POOL_NAMES)
    assert {"counter", "backlog", "audit", "renewal"} <= {each["name"] for each in deployments}


def test_each_lane_has_a_deployment_and_a_pool_of_its_own_name(deployments: list[dict[str, Any]]) -> None:
    lanes = {
        each["name"]: each["parameters"]["lane"]
        for each in deployments
        if "lane" in each.get("parameters", {})
    }
    assert {lane_of(lane) for lane in lanes.values()} == set(Lane)
    assert all(name == lane for name, lane in lanes.items())


def test_what_is_looked_after_has_a_schedule_and_never_runs_twice_at_once(
    deployments: list[dict[str, Any]],
) -> None:
    duties = [each for each in deployments if "parameters" not in each]
    assert len(duties) == len(DEPLOYED) - 1
    assert all(each["schedules"] and each["concurrency_limit"]["limit"] == 1 for each in duties)


def test_a_worker_runs_nothing_but_the_products_flows() -> None:
    assert StayingWorker.type == WORKER_TYPE
    assert all(name.startswith("flows.deployed.") for name in DEPLOYED)


def test_sizes_are_told_of_pools_and_limits_that_there_are(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, prefect_url="http://127.0.0.1:9/api")
    for wanted in ({"no-such-pool": 3}, {next(iter(LIMITS)): 0}):
        with pytest.raises(SettingRefused, match=next(iter(wanted))):
            deploy(settings, wanted)
    with pytest.raises(SettingRefused, match="SOHOA_PREFECT_URL"):
        deploy(Settings(state=tmp_path))


def test_a_worker_is_refused_that_shares_nothing_with_others(tmp_path: Path) -> None:
    from threading import Event

    alone = Settings(state=tmp_path)
    assert [name for name, _ in unshared(alone)] == [
        "SOHOA_WORK",
        "SOHOA_PREFECT_URL",
        "SOHOA_DATABASE_URL",
        "SOHOA_STORE_ENDPOINT",
        "SOHOA_WORK_BUCKET",
        "SOHOA_KEYS_FILE",
    ]
    with pytest.raises(SettingRefused, match="SOHOA_WORK"):
        work_until_stopped(alone, ("counter",), Event(), lambda _: nullcontext())
    with pytest.raises(SettingRefused, match="night"):
        work_until_stopped(alone, ("night",), Event(), lambda _: nullcontext())


@pytest.mark.parametrize(
    ("named", "given"),
    [
        ("SOHOA_PREFECT_URL", {"work": "workers"}),
        ("SOHOA_PREFECT_URL", {"prefect_url": "10.20.0.5:4200"}),
        ("SOHOA_PREFECT_URL", {"prefect_url": "http://sohoa:mau@10.20.0.5:4200/api"}),
        (
            "SOHOA_PREFECT_DATABASE_URL",
            {
                "prefect_url": "http://10.20.0.5:4200/api",
                "prefect_database_url": "postgresql+asyncpg://p@h/p",
            },
        ),
        ("SOHOA_PREFECT_REDIS_PASSWORD_FILE", {"prefect_redis_password_file": "secret"}),
        ("SOHOA_WORK_BUCKET", {"work_bucket": "sohoa-work"}),
        (
            "SOHOA_WORK_BUCKET",
            {"work_bucket": "sohoa-archive", "store_endpoint": "s3.tinh.example:443"},
        ),
    ],
)
def test_machines_that_cannot_share_are_refused_by_the_settings_name(
    named: str, given: dict[str, str], tmp_path: Path
) -> None:
    assert named in {each.setting for each in refusals(Settings(**{"state": tmp_path, **given}))}


def test_the_compose_file_sets_only_what_can_be_set_and_mounts_every_secret_it_names(
    compose: dict[str, Any],
) -> None:
    for name, service in compose["services"].items():
        environment = service.get("environment", {})
        assert not fields(environment), name
        mounted = {f"/run/secrets/{secret}" for secret in service.get("secrets", ())}
        named = {str(value) for key, value in environment.items() if key.endswith("_FILE")}
        assert named <= mounted, name
        assert set(service.get("secrets", ())) <= set(compose["secrets"]), name
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", ())}
        assert {each for each in volumes if not each.startswith(".")} <= set(compose["volumes"]), name
        waited_for = [
            each for each, on in service.get("depends_on", {}).items() if "healthy" in on["condition"]
        ]
        assert all("healthcheck" in compose["services"][each] for each in waited_for), name


def test_every_pool_has_a_machine_in_the_compose_file_and_machines_there_share_what_they_must(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    pools: list[str] = []
    for service in compose["services"].values():
        command = service.get("command", [])
        if command[:2] != ["sohoa", "worker"]:
            continue
        pools += command[2:]
        given = {
            key.removeprefix("SOHOA_").lower(): re.sub(r"\$\{[^}]*\}", "store:443", value)
            for key, value in service["environment"].items()
        }
        assert list(unshared(Settings(**{**given, "state": tmp_path}))) == []
    assert sorted(pools) == sorted(POOL_NAMES)


def test_no_file_of_the_set_up_holds_a_secret() -> None:
    for file in (*ENVIRONMENTS, *UNITS, REPOSITORY / "deploy" / "compose.yaml", REPOSITORY / "prefect.yaml"):
        for address in re.findall(r"\w+://[^\s\"']+", file.read_text("utf-8")):
            assert not re.match(r"\w+(?:\+\w+)?://[^/@\s]*:[^/@\s]+@", address), (file.name, address)


@pytest.mark.parametrize("file", ENVIRONMENTS, ids=lambda file: file.name)
def test_an_environment_file_sets_only_what_can_be_set(file: Path) -> None:
    lines = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    values = dict(line.split("=", 1) for line in lines)
    assert not fields(values)
    for name, value in values.items():
        assert not SECRET_FILES.fullmatch(name) or value.startswith("/etc/sohoa/secrets/"), name


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    """`systemd-analyze verify` with the product's program and user replaced by some that are here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    text = unit.read_text("utf-8").replace("/opt/sohoa/.venv/bin/sohoa", "/bin/true")
    text = (
        text.replace("/opt/sohoa", "/tmp")
        .replace("User=sohoa", "User=root")
        .replace("Group=sohoa", "Group=root")
    )
    copy = tmp_path / unit.name.replace("@.", "@counter.")
    copy.write_text(text, "utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", str(copy)]
    environment = {**os.environ, "SYSTEMD_LOG_LEVEL": "warning"}
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert unit.stem.partition("@")[0] not in done.stderr
    copy.write_text(text.replace("Restart=always", "Restart=sometimes"), "utf-8")
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert "sometimes" in done.stderr  # so that a silent judge is not taken for a content one


def test_a_database_is_never_made_without_its_password(tmp_path: Path) -> None:
    """The script of the image, with a `psql` that writes down what it was asked."""
    asked, secrets = tmp_path / "asked", tmp_path / "secrets"
    secrets.mkdir()
    (tmp_path / "psql").write_text(f'#!/bin/sh\necho "$*" >> {asked}\n')
    (tmp_path / "psql").chmod(0o755)
    script = [str(REPOSITORY / "deploy" / "postgres" / "make-databases.sh")]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SECRETS": str(secrets)}

    def made() -> int:
        asked.unlink(missing_ok=True)
        return subprocess.run(script, env=environment, capture_output=True, check=False).returncode

    assert made() != 0, "there is no such file"
    (secrets / "database-password").write_text("\n")
    assert made() != 0, "it is empty"
    assert not asked.exists()
    (secrets / "database-password").write_text("mật khẩu MẪU")
    assert made() != 0, "the other one is not there"
    assert "name=prefect" not in asked.read_text("utf-8")
    (secrets / "prefect-database-password").write_text("khác")
    assert made() == 0
    assert "password=mật khẩu MẪU" in asked.read_text("utf-8")


def test_one_pc_needs_no_file_of_a_province_and_its_commands_run_as_its_service() -> None:
    backup = REPOSITORY / "deploy" / "backup" / "sohoa-backup.service"
    counter = REPOSITORY / "deploy" / "systemd" / "sohoa-counter.service"
    run = (REPOSITORY / "deploy" / "sohoa-run").read_text("utf-8")
    for unit in (backup, counter):
        text = unit.read_text("utf-8")
        files = re.findall(r"^EnvironmentFile=(.*)$", text, re.MULTILINE)
        assert files
        assert all(file.startswith("-/") for file in files), unit.name
        assert files == re.findall(r"EnvironmentFile=(\S+)", run)
        (state,) = re.findall(r"SOHOA_STATE=(\S+)", text)
        assert [state] == re.findall(r"SOHOA_STATE=(\S+)", run)
        assert "\nUser=sohoa\nGroup=sohoa\n" in text
    assert "--uid=sohoa --gid=sohoa" in run


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_a_unit_ends_a_machine_gently_and_starts_it_again(unit: Path) -> None:
    text = unit.read_text("utf-8")
    for line in ("Restart=always", "KillMode=mixed", "TimeoutStopSec=300", "NoNewPrivileges=yes"):
        assert f"\n{line}\n" in text
    command = re.search(r"^ExecStart=/opt/sohoa/\.venv/bin/sohoa (\w+)", text, re.MULTILINE)
    assert command is not None
    assert command[1] in ("prefect", "worker", "serve")
