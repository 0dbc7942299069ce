"""Every scanner alike: the simulated one, our eSCL client, and SANE with Debian's own eSCL driver.

The two latter talk to the same stand-in over HTTP, so that two clients that know nothing of each other judge
it, and it judges them.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dossier.errors import CoverOpen, FeederEmpty, PaperJam, ScannerBusy, ScannerError, ScannerLost
from dossier.ports import Scanner
from dossier.scanning import PROFILES, FedSide, PaperSource, ScanProfile
from scanners.escl import EsclScanner, Patience
from scanners.sane import SaneScanner
from scanners.simulated import SimulatedScanner, read_faults
from scanners.standin_escl import Mechanics, StandInScanner, sides_of

SIDES = 4
PROFILE = replace(PROFILES[0], resolution_dpi=100, lossless=True)
Maker = Callable[[str], Scanner]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four sides; a bar tells which."""
    folder = tmp_path_factory.mktemp("stack")
    for number in range(1, SIDES + 1):
        page = Image.new("RGB", (827, 1169), "white")
        ImageDraw.Draw(page).rectangle((0, 0, 100 * number, 200), fill=(180, 20, 30))
        page.save(folder / f"{number}.jpg", quality=95, dpi=(100, 100))
    return folder


@pytest.fixture(params=["simulated", "escl", "sane-airscan"])
def made(
    request: pytest.FixtureRequest, stack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Maker]:
    """Makes a scanner with faults, whoever it is."""
    with ExitStack() as open_servers:

        def make(faults: str) -> Scanner:
            if request.param == "simulated":
                return SimulatedScanner("Quầy 1", stack, read_faults(faults))
            mechanics = Mechanics(sides_of(stack), read_faults(faults))
            server = open_servers.enter_context(StandInScanner(mechanics))
            if request.param == "escl":
                return EsclScanner("Quầy 1", server.url, patience=Patience(pause_seconds=0.0))
            mechanics.open_cover_word = "ScannerAdfDoorOpen"
            mechanics.sheet_seconds = 0.25  # see "Debian's sane-airscan" in docs/scanning.md
            through_airscan(server.url, tmp_path, monkeypatch)
            return SaneScanner("Quầy 1", "airscan:e0:Quay1")

        yield make


def through_airscan(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's driver is told of one device and looks for no others."""
    if shutil.which("scanimage") is None:
        pytest.skip("sane-utils is not installed")
    (folder / "dll.conf").write_text("airscan\n")
    (folder / "airscan.conf").write_text(
        f'[devices]\n"Quay1" = {url}, eSCL\n[options]\ndiscovery = disable\nws-discovery = off\n'
    )
    monkeypatch.setenv("SANE_CONFIG_DIR", str(folder))


def fed(scanner: Scanner, profile: ScanProfile = PROFILE) -> tuple[list[int], type[ScannerError] | None]:
    """Which sides came out, by their bars, and what ended the feed."""
    sides: list[FedSide] = []
    try:
        for side in scanner.feed(profile):
            sides.append(side)
    except ScannerError as error:
        return [bar(side) for side in sides], type(error)
    return [bar(side) for side in sides], None


def bar(side: FedSide) -> int:
    with Image.open(io.BytesIO(side.picture)) as picture:
        row = np.asarray(picture.convert("L"))[100]
    return round(float((row < 160).sum()) / 100)


def test_a_feed_ends_when_the_feeder_is_empty(made: Maker) -> None:
    scanner = made("")
    assert fed(scanner) == ([1, 2, 3, 4], None)
    assert fed(scanner) == ([], FeederEmpty)


def test_sides_say_their_resolution_and_decode(made: Maker) -> None:
    side = next(iter(made("").feed(PROFILE)))
    assert side.dpi == pytest.approx(100, abs=0.5)
    with Image.open(io.BytesIO(side.picture)) as picture:
        assert picture.size == pytest.approx((827, 1169), abs=2)


@pytest.mark.parametrize(
    ("fault", "before", "error"),
    [
        ("empty@1", [], FeederEmpty),
        ("jam@3", [1, 2], PaperJam),
        ("jam@1", [], PaperJam),
        ("cover@2", [1], CoverOpen),
        ("unplug@4", [1, 2, 3], ScannerLost),
    ],
)
def test_trouble_is_named_and_the_feed_goes_on_at_the_next_side(
    made: Maker, fault: str, before: list[int], error: type[ScannerError]
) -> None:
    scanner = made(fault)
    assert fed(scanner) == (before, error)
    assert fed(scanner) == ([1, 2, 3, 4][len(before) :], None)


def test_the_glass_gives_one_side(made: Maker) -> None:
    assert fed(made(""), replace(PROFILE, source=PaperSource.GLASS)) == ([1], None)


def test_a_scanner_that_is_busy_for_long_is_left_alone(stack: Path) -> None:
    mechanics = Mechanics(sides_of(stack), read_faults("busy@1"))
    with StandInScanner(mechanics) as server:
        hasty = EsclScanner("Quầy 1", server.url, patience=Patience(pause_seconds=0.0, busy_tries=2))
        assert fed(hasty) == ([], ScannerBusy)
        assert fed(hasty) == ([1, 2, 3, 4], None)


def test_a_scanner_tells_its_model_and_one_that_is_off_its_trouble(stack: Path) -> None:
    with StandInScanner(Mechanics(sides_of(stack))) as server:
        scanner = EsclScanner("Quầy 1", server.url)
        assert (scanner.device.model, scanner.device.trouble) == ("So Hoa Stand-in", "")
    assert scanner.device.trouble == "ScannerLost"
    with pytest.raises(ScannerLost):
        list(scanner.feed(PROFILE))
