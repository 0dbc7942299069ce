"""The doctor says loudly what no package manager could install."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest

from console import doctor
from console.doctor import Part, examine, register_part, setting_parts
from console.main import run
from console.output import Output
from flows.settings import Settings, settings


@pytest.mark.parametrize(
    ("more", "connected"),
    [({}, ""), ({"register_url": "https://register.mau/soap"}, "https://register.mau/soap")],
)
def test_register_is_told(tmp_path: Path, more: dict[str, str], connected: str) -> None:
    part = register_part(Settings(state=tmp_path, **more))  # type: ignore[arg-type]
    assert (part.version, part.is_chosen) == (connected, True)


@pytest.mark.parametrize("version", ["", "people.csv"])
def test_missing_register_is_a_loud_warning_and_no_missing_part(
    version: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    register = Part("residence register", version, "SET", is_chosen=True)
    monkeypatch.setattr(doctor, "installed_parts", lambda: iter([Part("python", "3.11", "")]))
    monkeypatch.setattr(doctor, "register_part", lambda _settings: register)
    assert examine(Output("en", as_json=False)) == 0
    assert ("NO RESIDENCE REGISTER" in " ".join(capsys.readouterr().out.split())) is (version == "")
    assert examine(Output("en", as_json=True)) == 0
    assert ('"warning": "no_register"' in capsys.readouterr().out) is (version == "")


def test_settings_are_told_with_their_names(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        chosen = Settings(
            state=tmp_path,
            store_endpoint=place,
            timestamp_url="http://127.0.0.1:9",
            signer_file=Path("/none/officer.p12"),
        )
        told = {(part.name, part.version) for part in setting_parts(chosen)}
    assert told == {
        ("SOHOA_SIGNER_PASSWORD_FILE", ""),
        ("SOHOA_SIGNER_FILE", ""),
        ("SOHOA_STORE_ENDPOINT", place),
        ("SOHOA_TIMESTAMP_URL", ""),
    }


def test_a_refused_setting_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Part("SOHOA_TIMESTAMP_URL", "", "127.0.0.1:9: Connection refused", is_setting=True)
    monkeypatch.setattr(doctor, "installed_parts", lambda: iter([Part("python", "3.11", "")]))
    monkeypatch.setattr(doctor, "setting_parts", lambda _settings: iter([refused]))
    assert examine(Output("en", as_json=False)) == 84
    monkeypatch.setattr(doctor, "installed_parts", lambda: iter([Part("tesseract", "", "apt-get")]))
    assert examine(Output("en", as_json=False)) == 42


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [("SOHOA_TOKEN_PIN", "271828", "stop"), ("SOHOA_SEAL_LEVEL", "B-LTA", "serve")],
)
def test_a_start_with_a_refused_setting_ends_with_its_name(
    name: str,
    value: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SOHOA_STATE", str(tmp_path))
    monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["sohoa", command])
    handlers = logging.getLogger().handlers
    settings.cache_clear()
    with pytest.raises(SystemExit) as ended:
        run()
    settings.cache_clear()
    logging.getLogger().handlers = handlers
    said = capsys.readouterr().err
    assert ended.value.code == 84
    assert said.startswith(f"{name}: Cài đặt này không được chấp nhận.")
    assert "271828" not in said
    assert list(tmp_path.iterdir()) == [], "nothing was started"
