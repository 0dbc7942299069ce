"""A photograph at intake: told, its sheet made the page, its own bytes kept; scans pass untouched."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from PIL import Image

from dossier.page import Extraction
from flows.straightening import straight_page
from pipeline.picture import decode
from scanners.files import open_file, read_pages
from scanners.samples.photographed import photographed
from tests.printed import LETTER, letter

CACHE = Path(tempfile.gettempdir()) / "sohoa-test-models"


def saved(
    folder: Path, picture: np.ndarray, name: str = "anh.jpg", *, lens: bool = False, dpi: int = 0
) -> Path:
    """A file as a phone, a messenger or a scanner writes it; `dpi` 0 for none."""
    tags = Image.Exif()
    tags[0x010F] = "MẪU"
    if lens:
        tags.get_ifd(0x8769)[0x829A] = 0.02
    stated = {"dpi": (dpi, dpi)} if dpi else {}
    Image.fromarray(picture).save(folder / name, exif=tags, **stated)
    return folder / name


def extraction(file: Path) -> Extraction:
    return next(read_pages(open_file(file))).extraction


def test_a_photograph_becomes_its_sheet_and_the_file_stays(tmp_path: Path) -> None:
    sheet = np.ascontiguousarray(letter(LETTER, dpi=110, size=20)[:, :, ::-1])
    seen, _ = photographed(sheet, Random(8), (960, 1280))
    askew = cv2.getRotationMatrix2D((480, 640), 25.0, 0.8)
    seen = np.asarray(cv2.warpAffine(seen, askew, (960, 1280), borderMode=cv2.BORDER_REPLICATE), np.uint8)
    file = saved(tmp_path, seen, lens=True, dpi=72)
    before = file.read_bytes()
    (page,) = read_pages(open_file(file))
    assert page.extraction is Extraction.PHOTOGRAPHED
    assert page.picture == before, "the file is the picture, byte for byte"
    made = straight_page(page, CACHE)
    assert made.extraction is Extraction.STRAIGHTENED
    height, width = decode(made.picture).shape[:2]
    assert (made.width, made.height) == (width, height)
    assert height / width == pytest.approx(297 / 210, rel=0.01)
    assert height / made.dpi * 25.4 == pytest.approx(297, abs=1)
    assert file.read_bytes() == before


def test_a_photograph_without_edges_and_a_scan_stay_as_they_came(tmp_path: Path) -> None:
    plain = np.full((1280, 960, 3), 240, np.uint8)
    (page,) = read_pages(open_file(saved(tmp_path, plain, lens=True)))
    assert straight_page(page, CACHE) is page
    (scan,) = read_pages(open_file(saved(tmp_path, plain, "scan.jpg", dpi=300)))
    assert scan.extraction is Extraction.AS_SCANNED
    assert straight_page(scan, CACHE) is scan


def test_who_made_a_picture(tmp_path: Path) -> None:
    def made(rows: int, columns: int, name: str = "a.jpg", *, lens: bool = False, dpi: int = 0) -> Extraction:
        return extraction(
            saved(tmp_path, np.full((rows, columns, 3), 230, np.uint8), name, lens=lens, dpi=dpi)
        )

    told, scan = Extraction.PHOTOGRAPHED, Extraction.AS_SCANNED
    assert made(1280, 960, lens=True, dpi=300) is told
    assert made(1280, 960) is told, "the shape of a sensor, and no resolution"
    assert made(1280, 960, dpi=200) is scan
    assert made(2340, 1080, "man-hinh.png") is told, "a phone's screen"
    assert made(2340, 1080, "man-hinh.png", dpi=200) is scan
    assert made(1754, 1240) is scan
    assert made(40, 30) is scan
