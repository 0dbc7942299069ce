"""The doctor says loudly what no package manager could install."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import doctor
from console.doctor import Part, examine, register_part
from console.output import Output
from flows.settings import Settings


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
