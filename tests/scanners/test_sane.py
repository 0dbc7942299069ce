"""The real SANE library: its `test` and `pnm` devices, and the `test` device behind `saned` on loopback."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dossier.errors import (
    CoverOpen,
    FeederEmpty,
    PaperJam,
    ScannerBusy,
    ScannerError,
    ScannerLost,
    ScannerNotFound,
    ScannerRefused,
)
from dossier.scanning import PROFILES, ColourMode, PaperSource, ScanProfile
from scanners import programs, sane
from scanners.finding import find_scanners, open_scanner, read_announced
from scanners.sane import SaneScanner

pytestmark = pytest.mark.skipif(shutil.which("scanimage") is None, reason="sane-utils is not installed")
FEEDER = replace(PROFILES[0], resolution_dpi=50, width_mm=80, height_mm=100)
GLASS = replace(FEEDER, source=PaperSource.GLASS, lossless=True)


@pytest.fixture(autouse=True)
def virtual_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dll.conf").write_text("test\npnm\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))


def test_the_feeder_gives_all_of_its_sides() -> None:
    sides = list(SaneScanner("Quầy 1", "test:0").feed(FEEDER))
    assert [side.dpi for side in sides] == [50.0] * 10
    with Image.open(io.BytesIO(sides[0].picture)) as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        assert picture.size == pytest.approx((157, 197), abs=2)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("JAMMED", PaperJam),
        ("NO_DOCS", FeederEmpty),
        ("COVER_OPEN", CoverOpen),
        ("DEVICE_BUSY", ScannerBusy),
        ("IO_ERROR", ScannerLost),
        ("INVAL", ScannerRefused),
        ("ACCESS_DENIED", ScannerError),
    ],
)
def test_every_status_of_sane_is_an_error_of_its_own(status: str, error: type[ScannerError]) -> None:
    scanner = SaneScanner("Quầy 1", "test:0", {"read-return-value": f"SANE_STATUS_{status}"})
    with pytest.raises(error) as caught:
        list(scanner.feed(FEEDER))
    assert type(caught.value) is error
    assert caught.value.subject == "Quầy 1"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("sane_read: Access to resource has been denied", ScannerError),
        ("sane_read: Document feeder out of documents", FeederEmpty),
        ("sane_start: Scanner cover is open", CoverOpen),
        ("sane_read: Something new", ScannerLost),
        ("rounded value of br-x from 215 to 200", ScannerLost),
    ],
)
def test_a_program_that_said_why_and_never_ends_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, error: type[ScannerError]
) -> None:
    hanging, real = tmp_path / "scanimage", shutil.which("scanimage")
    hanging.write_text(
        f'#!/bin/sh\ncase " $* " in *" -A "*) exec {real} "$@";; esac\n'
        f'echo "scanimage: {words}" >&2\nexec sleep 60\n'
    )
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(programs, "LAST_SECONDS", 1.0)
    monkeypatch.setattr(sane, "_SILENCE_SECONDS", 3.0)
    begun = time.monotonic()
    with pytest.raises(error) as caught:
        list(SaneScanner("Quầy 1", "test:0").feed(FEEDER))
    assert type(caught.value) is error
    told_at_once = words.startswith("sane_")
    assert (time.monotonic() - begun < 2.9) is told_at_once


def test_a_feed_that_is_left_ends_the_program() -> None:
    feed = SaneScanner("Quầy 1", "test:0", {"read-delay": "yes", "read-delay-duration": "200000"}).feed(
        FEEDER
    )
    next(feed)
    feed.close()  # type: ignore[attr-defined]
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "comm="], capture_output=True, text=True, check=False
    )
    assert "scanimage" not in children.stdout


def test_a_picture_comes_through_the_pnm_device_pixel_for_pixel(tmp_path: Path) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (120, 90, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "page.ppm")
    scanner = open_scanner(f"sane:pnm:0;filename={tmp_path / 'page.ppm'}", {})
    (side,) = scanner.feed(replace(GLASS, resolution_dpi=300))
    with Image.open(io.BytesIO(side.picture)) as picture:
        assert np.array_equal(np.asarray(picture), pixels)


@pytest.mark.parametrize(
    ("device", "profile"),
    [
        ("test:0", replace(FEEDER, duplex=True)),
        ("test:0", replace(FEEDER, resolution_dpi=2400)),
        ("test:0", replace(FEEDER, colour=ColourMode.BILEVEL)),
        ("pnm:0", FEEDER),
        ("pnm:0", replace(GLASS, resolution_dpi=600)),
    ],
)
def test_what_a_device_cannot_do_is_refused_not_done_otherwise(device: str, profile: ScanProfile) -> None:
    with pytest.raises(ScannerRefused):
        list(SaneScanner("Quầy 1", device).feed(profile))


def test_a_resolution_that_is_not_offered_becomes_the_next_higher_one(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), "white").save(tmp_path / "page.ppm")
    scanner = SaneScanner("Quầy 1", "pnm:0", {"filename": str(tmp_path / "page.ppm")})
    (side,) = scanner.feed(replace(GLASS, resolution_dpi=201))
    assert side.dpi == 210


def test_devices_are_listed_beside_the_configured_ones() -> None:
    named = {"Quầy 1": "sane:test:0", "Kho": "simulated:/nowhere"}
    found = {device.name: device for device in find_scanners(named)}
    assert found["Quầy 1"].address == "sane:test:0"
    assert found["Kho"].trouble == "ScannerNotFound"
    assert "test:1" in found
    assert "test:0" not in found


def test_scanners_that_announce_themselves_are_scanned_from_by_our_own_client() -> None:
    told = (
        "[devices]\n  Kyocera ECOSYS M2040dn = http://192.168.1.102:9095/eSCL/, eSCL\n"
        '  "Quầy 3" = https://192.168.1.9/eSCL, eSCL\n  Old = http://192.168.1.7:5358/WSDScanner, WSD\n'
    )
    assert [(device.name, device.address) for device in read_announced(told)] == [
        ("Kyocera ECOSYS M2040dn", "escl:http://192.168.1.102:9095/eSCL"),
        ("Quầy 3", "escl:https://192.168.1.9/eSCL"),
    ]


@pytest.mark.parametrize("name", ["Quầy 9", "sane:", "escl:ftp://x", "simulated:/x;fault=fire@2", "fax:1"])
def test_an_unknown_scanner_is_not_found(name: str) -> None:
    with pytest.raises(ScannerNotFound):
        open_scanner(name, {})


def test_a_device_that_sane_does_not_know_is_not_found() -> None:
    with pytest.raises(ScannerNotFound):
        list(SaneScanner("Quầy 1", "nosuch:0").feed(FEEDER))


@pytest.fixture
def far_counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A `test` device on another machine: `saned` on a loopback address, reached through the `net` driver."""
    if shutil.which("saned") is None:
        pytest.skip("saned is not installed")
    far, near = tmp_path / "far", tmp_path / "near"
    far.mkdir()
    near.mkdir()
    (far / "dll.conf").write_text("test\n")
    (far / "saned.conf").write_text("127.0.0.0/8\n")
    host = f"127.77.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"
    (near / "dll.conf").write_text("net\n")
    (near / "net.conf").write_text(f"{host}\n")
    process = subprocess.Popen(
        ["saned", "-l", "-e", "-d", "0", "-b", host],
        env={**os.environ, "SANE_CONFIG_DIR": str(far)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    monkeypatch.setenv("SANE_CONFIG_DIR", str(near))
    monkeypatch.setenv("FAR_COUNTER", host)
    for _ in range(600):
        with socket.socket() as line:
            if line.connect_ex((host, 6566)) == 0:
                break
        time.sleep(0.05)
    yield process
    os.killpg(process.pid, 9)
    process.wait()


def test_a_scanner_of_another_counter(far_counter: subprocess.Popen[bytes]) -> None:
    scanner = SaneScanner("Quầy 2", f"net:{os.environ['FAR_COUNTER']}:test:0")
    assert len(list(scanner.feed(FEEDER))) == 10


def test_a_line_that_goes_dead_in_the_middle(far_counter: subprocess.Popen[bytes]) -> None:
    slow = {
        "read-delay": "yes",
        "read-delay-duration": "200000",
        "read-limit": "yes",
        "read-limit-size": "9000",
    }
    scanner = SaneScanner("Quầy 2", f"net:{os.environ['FAR_COUNTER']}:test:0", slow)
    feed = scanner.feed(FEEDER)
    kept = [next(feed)]
    os.killpg(far_counter.pid, 9)
    with pytest.raises(ScannerLost):
        kept.extend(feed)
    assert 1 <= len(kept) < 10
