"""Pictures of the screens of audit, control, accounts, status and help; made where SOHOA_SCREENS is set.

They lie over the sample archive of `tests.web_access`, for they need no store and no readers; what these
screens do is tested where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.accounts import Role
from tests.web_access import LOT, site_in
from tests.web_screens import SCREENS, WANTED, shoot
from tests.web_site import CHROMIUM, Site

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
    pytest.mark.skipif(not WANTED, reason="pictures for the README are made with SOHOA_SCREENS=1"),
    pytest.mark.xdist_group("chromium"),
]
SHOWN = {
    "lo-kiem-tra": (Role.ARCHIVIST, f"/audit/lots/{LOT}"),
    "toan-ven": (Role.ARCHIVIST, "/audit/fixity"),
    "kiem-soat": (Role.CONTROLLER, "/control"),
    "tai-khoan": (Role.ADMINISTRATOR, "/accounts"),
    "tinh-trang": (Role.ADMINISTRATOR, "/status"),
    "huong-dan": (Role.CLERK, "/help/tour/3"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.mark.parametrize("name", SHOWN)
def test_a_screen_is_shown_as_it_is(site: Site, name: str) -> None:
    role, address = SHOWN[name]
    with site.signed_in(role, viewport={"width": 1366, "height": 768}, locale="vi-VN") as context:
        page = context.new_page()
        answer = page.goto(site.origin + address)
        assert answer is not None
        assert answer.status == 200
        shoot(page, name)
    assert (SCREENS / f"{name}.png").is_file()
