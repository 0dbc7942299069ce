"""Stand-ins for packages that are imported and not used."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.absent import without

HEAVY = "raise AssertionError('the real package was loaded')\n"
USER = """
import heavy_package as heavy
from heavy_package.tables import Frame
from heavy_package import Client, retry

class Table(Frame):
    pass

LIMIT = heavy.limits.Most(3, per="hour")
def fill(table: heavy.Frame, client: "Client" = None) -> heavy.Frame: return retry(client).later
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "heavy_package").mkdir()
    (tmp_path / "heavy_package" / "__init__.py").write_text(HEAVY)
    (tmp_path / "heavy_user.py").write_text(USER)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("heavy_user", None)


@pytest.mark.usefixtures("installed")
def test_a_package_is_imported_but_not_what_it_never_uses() -> None:
    with without("heavy_package"):
        user = importlib.import_module("heavy_user")
    assert issubclass(user.Table, user.Frame)
    user.fill(user.Table(1, rows=2))


@pytest.mark.usefixtures("installed")
def test_afterwards_the_real_package_is_found_again() -> None:
    with without("heavy_package"):
        importlib.import_module("heavy_user")
    assert not [name for name in sys.modules if name.startswith("heavy_package")]
    with pytest.raises(AssertionError, match="real package"):
        importlib.import_module("heavy_package")


def test_a_package_that_is_loaded_stays_what_it_is() -> None:
    import json.decoder

    with without("json"):
        assert importlib.import_module("json.decoder") is json.decoder
        assert importlib.import_module("json").loads("[1]") == [1]
    assert sys.modules["json"] is json


@pytest.mark.usefixtures("installed")
def test_another_thread_gets_the_real_package() -> None:
    raised: list[str] = []

    def elsewhere() -> None:
        try:
            importlib.import_module("heavy_package")
        except AssertionError as error:
            raised.append(str(error))

    with without("heavy_package"):
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
    assert raised == ["the real package was loaded"]
