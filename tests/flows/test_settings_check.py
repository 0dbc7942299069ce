"""Settings that may not be so are refused by their name, and what was refused is never repeated."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dossier.errors import SettingRefused
from flows.desk_content import usual_due_day
from flows.settings import Settings
from flows.settings_check import make_state, read_settings, refusals, unknown_keys
from flows.settings_reach import addresses, answered_before, check_start, silent
from tests.conftest import REPOSITORY

WELL_KEPT = "mật-khẩu-MẪU-9f3c"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text(WELL_KEPT, "utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def answering() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def settings_of(tmp_path: Path, **more: object) -> Settings:
    return Settings.model_validate({"state": tmp_path / "state", **more})


def named(settings: Settings) -> set[str]:
    return {each.setting for each in refusals(settings)}


def test_the_defaults_are_accepted_and_nobody_is_asked(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert (refusals(settings), addresses(settings)) == ((), ())
    check_start(settings)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("SOHOA_REGISTRY_URL", "SOHOA_REGISTER_URL"),
        ("SOHOA_STORE_SECRET_KEY", "SOHOA_STORE_SECRET_KEY_FILE"),
        ("sohoa_token_pin", "SOHOA_TOKEN_PIN_FILE"),
        ("SOHOA_XYZ", "no such setting"),
    ],
)
def test_unknown_keys_are_refused_with_what_is_meant(
    name: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, WELL_KEPT)
    with pytest.raises(SettingRefused, match=advice) as refused:
        read_settings(Settings, ["PATH", "SOHOA_STATE", name])
    assert refused.value.subject == name.upper()
    assert WELL_KEPT not in str(refused.value)
    assert unknown_keys(["PATH", "PREFECT_HOME", "SOHOA_STATE"], ("state",)) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOHOA_LANGUAGE", "klingon"),
        ("SOHOA_READING_PROCESSES", "0"),
        ("SOHOA_SCANNERS", "{broken"),
        ("SOHOA_DAYS_OFF", '["30-02"]'),
        ("SOHOA_FIXITY_SHARE", "2"),
        ("SOHOA_RETENTION_DAYS", "3650000"),
        ("SOHOA_RETENTION_DAYS", "0"),
        ("SOHOA_FIXITY_DAYS", "3650000"),
        ("SOHOA_DUE_WORKING_DAYS", '{"1.001193": 9999999}'),
        ("SOHOA_DUE_WORKING_DAYS", '{"1.001193": -3}'),
        ("SOHOA_PAGE_SECONDS", "inf"),
        ("SOHOA_REGISTER_SECONDS", "1e300"),
        ("SOHOA_REGISTER_RETRY_SECONDS", "nan"),
        ("SOHOA_REGISTER_REST_SECONDS", "inf"),
        ("SOHOA_WORKER_POLL_SECONDS", "nan"),
        ("SOHOA_WEBHOOK_SECONDS", "-1"),
        ("SOHOA_READING_MEMORY_MB", "99999999999999999999"),
        ("SOHOA_CONSOLE_UPLOAD_MB", "99999999999999999999"),
    ],
)
def test_values_of_another_type_are_refused_without_being_repeated(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingRefused) as refused:
        read_settings(Settings, [name])
    assert refused.value.subject == name
    assert f"'{value}'" not in str(refused.value)


def test_the_longest_that_is_accepted_has_a_date(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        retention_days=36_500,
        fixity_days=36_500,
        due_working_days={"1.001193": 730, "1.000894": 0},
        page_seconds=86_400,
    )
    day = date(2026, 11, 20)
    assert usual_due_day(settings, "1.000894", day) == day
    assert usual_due_day(settings, "1.001193", day) > day + timedelta(days=730)  # type: ignore[operator]
    assert (datetime.now(UTC) + timedelta(days=settings.retention_days)).year > 2100


def test_no_number_is_without_a_bound() -> None:
    """What is not bounded breaks later, in a date, a wait or a limit of the machine."""
    for name, field in Settings.model_fields.items():
        if field.annotation in (int, float):
            bounds = {type(each).__name__ for each in field.metadata}
            assert "Le" in bounds or name in {"pages_per_process", "api_calls_per_minute"}, name


def test_several_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_LANGUAGE", "klingon")
    monkeypatch.setenv("SOHOA_PROFILE", "other")
    with pytest.raises(SettingRefused, match=r"SOHOA_LANGUAGE.*SOHOA_PROFILE"):
        read_settings(Settings, [])


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"signer_file": True}, "SOHOA_SIGNER_PASSWORD_FILE"),
        ({"signer_password_file": True}, "SOHOA_SIGNER_FILE"),
        ({"token_library": True}, "SOHOA_TOKEN_PIN_FILE"),
        ({"token_library": True, "token_pin_file": True, "signer_file": True}, "SOHOA_SIGNER_FILE"),
        ({"store_access_key": "MAU"}, "SOHOA_STORE_SECRET_KEY_FILE"),
        ({"store_access_key": "MAU", "store_secret_key_file": True}, "SOHOA_STORE_ACCESS_KEY"),
        ({"register_csv": True, "register_url": "https://register.invalid"}, "SOHOA_REGISTER_CSV"),
        ({"register_token_file": True}, "SOHOA_REGISTER_TOKEN_FILE"),
        ({"seal_level": "B-LTA"}, "SOHOA_SEAL_LEVEL"),
        ({"days_off": ["2027-02-11"], "days_worked": ["2027-02-11"]}, "SOHOA_DAYS_WORKED"),
        ({"data_keys": "TUFV", "keys_file": True}, "SOHOA_DATA_KEYS"),
        ({"provider_issuer": "https://id.invalid", "provider_client": "x"}, "SOHOA_PROVIDER_ROLES"),
        ({"console_certificate_file": True}, "SOHOA_CONSOLE_KEY_FILE"),
        ({"database_password_file": True}, "SOHOA_DATABASE_PASSWORD_FILE"),
        ({"work": "workers"}, "SOHOA_PREFECT_URL"),
        ({"work_bucket": "mau"}, "SOHOA_WORK_BUCKET"),
        (
            {"prefect_url": "http://p.invalid/api", "prefect_redis_url": "redis://r.invalid/0"},
            "SOHOA_PREFECT_REDIS_URL",
        ),
        ({"prefect_redis_password_file": True}, "SOHOA_PREFECT_REDIS_PASSWORD_FILE"),
        ({"hot_folder": "/"}, "SOHOA_HOT_FOLDER"),
        ({"timestamp_url": "tsa.xa.local"}, "SOHOA_TIMESTAMP_URL"),
        ({"store_endpoint": "https://s3.xa.local/"}, "SOHOA_STORE_ENDPOINT"),
        ({"receipt_code": "("}, "SOHOA_RECEIPT_CODE"),
        ({"webhook_networks": ["10.20"]}, "SOHOA_WEBHOOK_NETWORKS"),
    ],
)
def test_what_contradicts_itself_is_refused(
    given: dict[str, object], refused: str, tmp_path: Path, secret: Path
) -> None:
    made = {name: secret if value is True else value for name, value in given.items()}
    assert refused in named(settings_of(tmp_path, **made))


def test_what_belongs_together_is_accepted(tmp_path: Path, secret: Path) -> None:
    together = settings_of(
        tmp_path,
        signer_file=secret,
        signer_password_file=secret,
        store_endpoint="s3.xa.local:8333",
        store_access_key="MAU",
        store_secret_key_file=secret,
        register_url="https://register.xa.local/soap",
        register_token_file=secret,
        timestamp_url="http://tsa.xa.local",
        seal_level="B-LTA",
        database_url="postgresql+psycopg://sohoa@db.xa.local/sohoa",
        database_password_file=secret,
        keys_file=tmp_path / "to-be-made",
    )
    assert refusals(together) == ()
    places = {each.setting: each.place for each in addresses(together)}
    assert places == {
        "SOHOA_STORE_ENDPOINT": "s3.xa.local:8333",
        "SOHOA_REGISTER_URL": "register.xa.local:443",
        "SOHOA_TIMESTAMP_URL": "tsa.xa.local:80",
        "SOHOA_DATABASE_URL": "db.xa.local:5432",
    }


def test_a_copy_on_the_same_disk_is_none(tmp_path: Path) -> None:
    assert named(settings_of(tmp_path, second_copy=tmp_path / "state" / "copy")) == {"SOHOA_SECOND_COPY"}
    assert named(settings_of(tmp_path, second_copy=tmp_path / "copy")) == set()


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("database_url", "postgresql+psycopg://sohoa:{}@db.xa.local/sohoa"),
        ("register_url", "https://sohoa:{}@register.xa.local/soap"),
        ("register_url", "https://register.xa.local/soap?access_token={}"),
        ("timestamp_url", "http://tsa.xa.local/?apikey={}"),
    ],
)
def test_a_secret_inside_an_address_is_refused_and_not_repeated(
    field: str, address: str, tmp_path: Path
) -> None:
    told = refusals(settings_of(tmp_path, **{field: address.format(WELL_KEPT)}))
    assert f"SOHOA_{field.upper()}" in {each.setting for each in told}
    assert WELL_KEPT not in str(told)


@pytest.mark.parametrize("mode", [0o644, 0o606, 0o602])
def test_a_secret_that_everybody_reads_is_refused(mode: int, tmp_path: Path, secret: Path) -> None:
    settings = settings_of(tmp_path, metrics_token_file=secret)
    assert refusals(settings) == ()
    secret.chmod(mode)
    assert named(settings) == {"SOHOA_METRICS_TOKEN_FILE"}


def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path, secret: Path) -> None:
    secret.write_text("123456\n", "utf-8")
    assert named(settings_of(tmp_path, metrics_token_file=secret)) == {"SOHOA_METRICS_TOKEN_FILE"}


def test_a_secret_where_its_file_was_asked_for_is_not_repeated(tmp_path: Path, secret: Path) -> None:
    written = settings_of(
        tmp_path, store_endpoint="s3.xa.local", store_access_key="MAU", store_secret_key_file=WELL_KEPT
    )
    told = refusals(written)
    assert {each.setting for each in told} == {"SOHOA_STORE_SECRET_KEY_FILE"}
    assert WELL_KEPT not in str(told)


def test_a_secret_in_the_hot_folder_is_refused(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    settings.drop_folder.mkdir(parents=True)
    file = settings.drop_folder / "pin"
    file.write_text(WELL_KEPT, "utf-8")
    file.chmod(0o600)
    assert named(settings.model_copy(update={"metrics_token_file": file})) == {"SOHOA_METRICS_TOKEN_FILE"}


def test_the_databases_password_comes_from_its_file(tmp_path: Path, secret: Path) -> None:
    secret.write_text("p@ss/w:ord MẪU\n", "utf-8")
    url = "postgresql+psycopg://sohoa@db.xa.local/sohoa"
    settings = settings_of(tmp_path, database_url=url, database_password_file=secret)
    assert settings.database == url.replace("sohoa@", "sohoa:p%40ss%2Fw%3Aord%20M%E1%BA%AAU@")
    assert WELL_KEPT not in repr(settings)


def test_an_address_that_never_answered_is_refused_and_an_outage_is_not(
    tmp_path: Path, answering: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_of(tmp_path, timestamp_url=f"http://{answering}", store_endpoint="127.0.0.1:9")
    with pytest.raises(SettingRefused, match="never") as refused:
        check_start(settings, 1.0)
    assert refused.value.subject == "SOHOA_STORE_ENDPOINT"
    assert answered_before(settings.state) == {}
    # The same address after it has answered once: its silence is an outage.
    check_start(settings.model_copy(update={"store_endpoint": answering}), 1.0)
    assert answered_before(settings.state)["SOHOA_STORE_ENDPOINT"] == answering
    gone = settings.model_copy(update={"store_endpoint": "embedded", "timestamp_url": "http://127.0.0.1:9"})
    with pytest.raises(SettingRefused, match="SOHOA_TIMESTAMP_URL"):
        check_start(gone, 1.0)
    (state := settings.state / "answered.json").write_text(
        state.read_text("utf-8").replace(answering, "127.0.0.1:9"), "utf-8"
    )
    check_start(gone, 1.0)
    assert "SOHOA_TIMESTAMP_URL: 127.0.0.1:9 does not answer today" in caplog.text


def test_a_name_that_nobody_knows_is_told(tmp_path: Path) -> None:
    asked = addresses(settings_of(tmp_path, register_url="https://khong-co.invalid/soap"))
    assert set(silent(asked, 2.0)) == set(asked)


@pytest.mark.parametrize("field", ["retention_schedule", "register_csv", "place_mergers", "catalogue"])
def test_what_the_centre_names_has_to_be_there(field: str, tmp_path: Path, secret: Path) -> None:
    name = f"SOHOA_{field.upper()}"
    is_folder = field == "catalogue"
    wrong, right = (secret, tmp_path) if is_folder else (tmp_path, secret)
    for refused in (tmp_path / "none", wrong):
        assert named(settings_of(tmp_path, **{field: refused})) == {name}
        with pytest.raises(SettingRefused, match=name):
            check_start(settings_of(tmp_path, **{field: refused}))
    assert named(settings_of(tmp_path, **{field: right})) == set()


def test_a_state_folder_that_cannot_be_worked_in_is_refused(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for state in (secret, secret / "below"):
        settings = Settings(state=state)
        assert named(settings) == {"SOHOA_STATE"}
        with pytest.raises(SettingRefused, match="SOHOA_STATE"):
            check_start(settings)
    made = Settings(state=tmp_path / "a" / "b")
    check_start(made)
    assert made.state.is_dir()
    # A folder that another user owns; the tests may run as one to whom nothing is closed.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert named(made) == {"SOHOA_STATE"}
    with pytest.raises(SettingRefused, match="cannot be written"):
        make_state(made)


@pytest.mark.parametrize("name", ["province.env", "prefect.env"])
def test_the_settings_that_are_shipped_for_a_province_are_accepted(
    name: str, tmp_path: Path, secret: Path
) -> None:
    lines = (REPOSITORY / "deploy" / "environment" / name).read_text("utf-8").splitlines()
    written = dict(line.split("=", 1) for line in lines if line.startswith("SOHOA_"))
    assert unknown_keys(written, tuple(Settings.model_fields)) == ()
    # What lies in files is the administrator's; here each of them is there, and nobody else reads it.
    given = {
        key.removeprefix("SOHOA_").lower(): str(secret) if key.endswith("_FILE") else value
        for key, value in written.items()
    }
    assert refusals(settings_of(tmp_path, **given)) == ()
