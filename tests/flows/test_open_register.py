"""Which register the settings connect, and what they may not connect."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossier.errors import RegisterError
from flows.settings import Settings
from flows.wiring import open_register
from storage.register import FileRegister, UnavailableRegister
from storage.register_rest import RestRegister
from storage.register_soap import SoapRegister

PEOPLE = "personal_number,full_name,date_of_birth,sex,residence\n001099000000,NGUYỄN MẪU,,Nữ,Xã MẪU\n"


def settings(state: Path, **more: object) -> Settings:
    codes = {"register_service": "MAU-DVC", "register_integration": "037"}
    return Settings.model_validate({"state": state, **codes, **more})


def test_the_settings_choose_the_register(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE, "utf-8")
    url = "https://register.invalid/soap"
    chosen = [
        settings(tmp_path),
        settings(tmp_path, register_csv=people),
        settings(tmp_path, register_csv=people, register_url=url),
        settings(tmp_path, register_url=url, register_protocol="rest"),
    ]
    kinds = [type(open_register(each)) for each in chosen]
    assert kinds == [UnavailableRegister, FileRegister, SoapRegister, RestRegister]
    assert [each.has_register for each in chosen] == [False, True, True, True]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"register_url": "http://10.0.0.1/soap"}, "unencrypted"),
        ({"register_url": "http://register.invalid/soap"}, "unencrypted"),
        ({"register_url": "register.invalid"}, "neither http:// nor https://"),
        ({"register_url": "https://register.invalid", "register_service": ""}, "SOHOA_REGISTER_SERVICE"),
        ({"register_url": "https://x.invalid", "register_integration": ""}, "SOHOA_REGISTER_INTEGRATION"),
        ({"place_mergers": "none.csv"}, "none.csv"),
    ],
)
def test_what_must_not_be_connected_is_refused_at_the_start(
    tmp_path: Path, more: dict[str, object], says: str
) -> None:
    with pytest.raises(RegisterError, match=says):
        open_register(settings(tmp_path, **more))


def test_a_closed_network_may_be_unencrypted_when_somebody_says_so(tmp_path: Path) -> None:
    chosen = settings(tmp_path, register_url="http://10.0.0.1/soap", register_plain_http=True)
    assert isinstance(open_register(chosen), SoapRegister)
    assert isinstance(open_register(settings(tmp_path, register_url="http://127.0.0.1:9/soap")), SoapRegister)
