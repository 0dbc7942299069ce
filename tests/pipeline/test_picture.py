"""Picture files of every kind become the same eight-bit pixels; damaged ones a clear refusal."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dossier.errors import SourceEmpty, SourceError, SourceTooLarge, SourceUnreadable
from pipeline.picture import decode

MATERIAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "bad" / "pillow"


def _file(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _scene(mode: str = "RGB") -> Image.Image:
    """Left half red, right half white, a black bar across the middle."""
    picture = Image.new("RGB", (60, 40), "white")
    picture.paste((200, 10, 20), (0, 0, 30, 40))
    picture.paste((0, 0, 0), (0, 15, 60, 25))
    return picture.convert(mode)


def test_colour_is_blue_green_red() -> None:
    pixels = decode(_file(_scene(), "PNG"))
    assert pixels.shape == (40, 60, 3)
    assert pixels.dtype == np.uint8
    assert pixels[5, 5].tolist() == [20, 10, 200]
    assert pixels[20, 50].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("mode", "kind", "options"),
    [
        ("1", "TIFF", {"compression": "group4"}),
        ("1", "TIFF", {"compression": "group3"}),
        ("1", "PNG", {}),
        ("L", "TIFF", {"compression": "tiff_lzw"}),
        ("L", "JPEG", {"quality": 95}),
        ("P", "PNG", {}),
        ("CMYK", "TIFF", {}),
        ("CMYK", "JPEG", {"quality": 95}),
        ("YCbCr", "JPEG", {"quality": 95}),
        ("RGB", "TIFF", {"compression": "jpeg"}),
    ],
)
def test_every_depth_shows_paper_white_and_ink_black(mode: str, kind: str, options: dict[str, Any]) -> None:
    pixels = decode(_file(_scene(mode), kind, **options))
    assert pixels.shape == (40, 60, 3)
    assert pixels[4, 56].min() > 230
    assert pixels[20, 50].max() < 25


def test_sixteen_bits_keep_their_range() -> None:
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)[None].repeat(4, axis=0)
    pixels = decode(_file(Image.fromarray(ramp), "PNG"))
    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_transparent_parts_are_paper() -> None:
    picture = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 5, 10))
    pixels = decode(_file(picture, "PNG"))
    assert pixels[5, 2].tolist() == [0, 0, 0]
    assert pixels[5, 8].tolist() == [255, 255, 255]


def test_an_orientation_tag_is_not_followed() -> None:
    tagged = Image.Exif()
    tagged[0x0112] = 6
    assert decode(_file(_scene(), "JPEG", exif=tagged)).shape == (40, 60, 3)


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(SourceTooLarge, match="60 x 40"):
        decode(_file(_scene(), "PNG"), most_pixels=2399)
    assert decode(_file(_scene(), "PNG"), most_pixels=2400).shape == (40, 60, 3)


def test_a_picture_that_claims_to_be_huge_is_refused() -> None:
    with pytest.raises(SourceTooLarge):
        decode(_file(Image.new("1", (20_000, 20_000)), "PNG"))


@pytest.mark.parametrize(
    "data", [b"%PDF-1.4 no picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"0"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        decode(data)


def test_no_bytes_are_refused() -> None:
    with pytest.raises(SourceEmpty):
        decode(b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_file_cut_short_is_refused(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (80, 80, 3), dtype=np.uint8))
    whole = _file(noise, kind)
    with pytest.raises(SourceUnreadable):
        decode(whole[: len(whole) // 2])


def _is_picture_or_refusal(data: bytes) -> bool:
    """Anything else that is raised fails the test by itself."""
    try:
        return decode(data, most_pixels=30_000_000).shape[2] == 3
    except SourceError as refused:
        return bool(refused.subject)


@given(st.data())
def test_flipped_bytes_are_a_picture_or_a_refusal(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "TIFF"]))
    damaged = bytearray(_file(_scene(), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert _is_picture_or_refusal(bytes(damaged))


@pytest.mark.material
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the real material is not beside the project")
def test_hostile_pictures_are_a_picture_or_a_refusal() -> None:
    for file in sorted(MATERIAL.rglob("*")):
        if file.is_file() and file.stat().st_size < 2_000_000:
            assert _is_picture_or_refusal(file.read_bytes()), file.name


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
def test_a_jpeg_has_the_pixels_that_pillow_gives_it_and_its_turn_is_not_followed(
    mode: str, options: dict[str, Any]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = _file(_scene(mode), "JPEG", quality=60, exif=exif, **options)
    with Image.open(io.BytesIO(data)) as picture:
        expected = np.asarray(picture.convert("RGB"))[..., ::-1]
    assert np.array_equal(decode(data), expected)
    with pytest.raises(SourceUnreadable):
        decode(data[: len(data) * 2 // 3])
