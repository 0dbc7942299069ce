"""Pictures that are to be seen otherwise than they are stored."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from dossier.errors import SourceTooLarge
from dossier.page import Extraction
from pipeline.picture import decode
from scanners.delivery import DEFAULT_LIMITS, DeliveredPage
from scanners.files import open_bytes, read_pages
from tests.pdf_papers import scan

UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    7: Image.Transpose.TRANSVERSE,
}


def stored(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def page_of(data: bytes) -> DeliveredPage:
    return next(read_pages(open_bytes("scan", data)))


def shown(page: DeliveredPage) -> Image.Image:
    return Image.fromarray(decode(page.picture)[:, :, ::-1])


def off(one: Image.Image, other: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean[0])


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
@pytest.mark.parametrize("tag", UNDO)
def test_a_mirrored_picture_is_seen_as_its_tag_says(tag: int, form: str) -> None:
    right, exif = scan(), Image.Exif()
    exif[0x0112] = tag
    data = stored(right.transpose(UNDO[tag]), form, exif=exif, dpi=(150, 150))
    page = page_of(data)
    assert (page.extraction, page.media_type, page.dpi) == (Extraction.RENDERED, "image/png", 150.0)
    assert (page.width, page.height) == right.size
    assert off(shown(page), right) < 2


@pytest.mark.parametrize("tag", [1, 3, 6, 8])
def test_a_picture_that_a_turn_sets_right_stays_byte_for_byte(tag: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = tag
    data = stored(scan(), "JPEG", exif=exif, dpi=(150, 150))
    assert page_of(data).picture == data


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize(("dpi", "factor"), [((204, 98), (1.0, 204 / 98)), ((204, 391), (391 / 204, 1.0))])
def test_a_fax_has_square_pixels_on_its_page(
    dpi: tuple[int, int], factor: tuple[float, float], frames: int
) -> None:
    right = scan("L", (816, 1176))
    flat = right.resize((round(816 / factor[0]), round(1176 / factor[1]))).convert(
        "1", dither=Image.Dither.NONE
    )
    more = {"save_all": True, "append_images": [flat]} if frames == 2 else {}
    data = stored(flat, "TIFF", compression="group4", dpi=dpi, **more)
    page = page_of(data)
    assert page.extraction is Extraction.RENDERED
    assert page.dpi == pytest.approx(max(dpi))
    assert page.height / page.width == pytest.approx(1176 / 816, rel=0.01)
    bars = ImageOps.grayscale(shown(page)).resize(right.size)
    assert off(bars.point(lambda v: 255 * (v > 128)), right.point(lambda v: 255 * (v > 128))) < 12


@pytest.mark.parametrize("dpi", [(204, 196), (300, 300), (1, 300), (300, 20), (96, 960)])
def test_what_is_nearly_square_or_nonsense_stays(dpi: tuple[int, int]) -> None:
    data = stored(scan("1"), "TIFF", compression="group4", dpi=dpi)
    assert page_of(data).picture == data


def test_setting_right_is_bounded() -> None:
    data = stored(scan("1"), "TIFF", compression="group4", dpi=(204, 98))
    limits = replace(DEFAULT_LIMITS, drawn_pixels=1_000_000)
    with pytest.raises(SourceTooLarge):
        next(read_pages(open_bytes("scan", data), limits))
