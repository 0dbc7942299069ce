"""Published specimens of zones, and the pictures that zxing-cpp tests itself with; skipped where absent."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from flows.settings import settings
from flows.single import recognised_pages
from models.codes import ZxingCodeReader
from models.mrz import card_zone, zone_holds

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ZONES, CODES = DATA / "mrz", DATA / "qr_zxing"
_WIDE_ENOUGH = 600


def rows(folder: Path) -> list[dict[str, str]]:
    if not (folder / "manifest.tsv").exists():
        return []
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", rows(ZONES), ids=lambda row: str(row["file"]))
def test_specimens(row: dict[str, str]) -> None:
    """Exactly where the picture is wide enough; nowhere a zone that holds and says something else."""
    (page, _), *_ = recognised_pages(settings(), ZONES / row["file"])
    truth = row["mrz_lines_pipe_separated"]
    read = ["|".join(zone.lines) for zone in page.zones]
    if not truth:
        assert [zone_holds(zone.lines) for zone in page.zones] == [True]
    elif page.page.width >= _WIDE_ENOUGH:
        assert read == [truth]
    else:
        assert len(read) == 1
        assert zone_holds(page.zones[0].lines) is ("BAD" not in row["check_digits"])
    assert all(card_zone(zone.lines) is None for zone in page.zones), "none of them is Vietnamese"


_PUBLISHED = {"qrcode-2": 54 / 56, "qrcode-4": 15 / 24}
"""Of zxing-cpp's own slow runs, where the manifest tells it; all elsewhere. About half of each set is here,
so a share of them is no count: what counts is that nothing is missed that zxing-cpp itself reads."""


@pytest.mark.skipif(not CODES.exists(), reason="zxing-cpp's pictures are not here")
def test_codes_as_often_as_upstream_and_never_where_there_is_none() -> None:
    reader = ZxingCodeReader()
    right: dict[str, list[bool]] = {}
    for row in rows(CODES):
        wanted, folder = row["expected_text_or_file"], row["file"].split("/")[0]
        if not wanted:
            continue
        picture = np.asarray(Image.open(CODES / row["file"]).convert("L"))
        read = [_escaped(code.text) for code in reader.read(picture)]
        right.setdefault(folder, []).append(not read if wanted == "(none)" else _escaped(wanted) in read)
    for folder, hits in right.items():
        share = _PUBLISHED.get(folder, 1.0)
        assert sum(hits) >= share * len(hits), (folder, hits)


@pytest.mark.skipif(not CODES.exists(), reason="zxing-cpp's pictures are not here")
def test_nothing_is_missed_that_zxing_reads_as_it_tests_itself() -> None:
    """Its slow run (try harder, rotate, invert, downscale), each picture in four quarter turns."""
    reader, missed = ZxingCodeReader(), []
    formats = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))
    for row in rows(CODES):
        if not row["file"].startswith("qrcode") or not row["expected_text_or_file"]:
            continue
        wanted = _escaped(row["expected_text_or_file"])
        upright = np.asarray(Image.open(CODES / row["file"]).convert("L"))
        for turns in range(4):
            picture = np.ascontiguousarray(np.rot90(upright, turns))
            theirs = zxingcpp.read_barcodes(picture, formats=formats, text_mode=zxingcpp.TextMode.Plain)
            if wanted not in [_escaped(code.text) for code in theirs]:
                continue
            if wanted not in [_escaped(code.text) for code in reader.read(picture)]:
                missed.append((row["file"], 90 * turns))
    assert missed == []


def _escaped(text: str) -> str:
    return text.replace("\\\\", "\\").replace("\r", "\\r").replace("\n", "\\n")
