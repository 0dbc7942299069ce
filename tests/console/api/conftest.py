"""One door for the tests of this folder, with a dossier that went all the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api_house import BORN, FORM, House, open_house, opened, picture, uploaded


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A door over real adapters."""
    with open_house(tmp_path_factory.mktemp("house") / "state") as here:
        yield here


@pytest.fixture(scope="session")
def kept(house: House) -> str:
    """Code of an archived dossier that the client "province" handed in."""
    with house.caller() as province:
        opened(province, "KEPT-1")
        pages = house.says(picture(1), *FORM), house.says(picture(2), *BORN)
        uploaded(province, "KEPT-1", *pages)
        province.post("/dossiers/KEPT-1/begin", json={})
        house.wait()
        assert province.get("/dossiers/KEPT-1").json()["state"] == "archived"
    return "KEPT-1"
