"""Pictures in a PDF: strips, stencils, samples and colours come out as they are."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops, ImageStat

from dossier.page import Extraction
from tests.pdf_papers import (
    FULL,
    PIXELS,
    Paper,
    group4,
    jpeg,
    scan,
    shown,
)


@pytest.mark.parametrize(
    ("black_is_1", "decode", "mask"),
    [
        (False, None, False),
        (True, None, False),
        (False, [1, 0], False),
        (True, [1, 0], False),
        (False, None, True),
    ],
)
def test_a_fax_keeps_its_strip_and_its_tones(black_is_1: bool, decode: list[int] | None, mask: bool) -> None:
    picture = scan("1")
    strip = group4(picture)
    paper = Paper()
    entries: dict[str, object] = {
        "Filter": Name.CCITTFaxDecode,
        "BitsPerComponent": 1,
        "ColorSpace": Name.DeviceGray,
        "DecodeParms": Dictionary(K=-1, Columns=PIXELS[0], Rows=PIXELS[1], BlackIs1=black_is_1),
    }
    if decode:
        entries["Decode"] = Array(decode)
    if mask:
        entries["ImageMask"] = True
    stream = paper.picture(strip, **entries)
    if mask:
        del stream["/ColorSpace"]
    paper.add("Im0", stream).draws(FULL)
    (page,) = paper.pages()
    assert (page.media_type, page.extraction) == ("image/tiff", Extraction.EMBEDDED)
    assert strip in page.picture
    inverted = black_is_1 != bool(decode)
    expected = ImageChops.invert(picture.convert("L")) if inverted else picture.convert("L")
    assert shown(page).convert("L").tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("colour", "plain"),
    [
        (b"0 g", True),
        (b"0 0 0 rg", True),
        (b"0 0 0 1 k", True),
        (b"/DeviceGray cs 0 sc", True),
        (b"1 0 0 rg", False),
        (b"0.2 g", False),
        (b"0 0 0 0.5 k", False),
        (b"/Pattern cs /P0 scn", False),
        (b"/Glass gs", False),
        (b"/Glass gs /Clear gs", True),
        (b"/Glass gs /Other gs", False),
    ],
)
def test_a_stencil_is_a_picture_only_in_plain_black(colour: bytes, plain: bool) -> None:
    paper = Paper()
    parameters = Dictionary(K=-1, Columns=PIXELS[0], Rows=PIXELS[1])
    stencil = paper.picture(
        group4(scan("1")),
        Filter=Name.CCITTFaxDecode,
        BitsPerComponent=1,
        ImageMask=True,
        DecodeParms=parameters,
    )
    del stencil["/ColorSpace"]
    paper.add("Im0", stencil).draws(colour + b" " + FULL)
    states = {"Glass": Dictionary(ca=0.5), "Clear": Dictionary(ca=1), "Other": Dictionary(LW=2)}
    for name, state in states.items():
        paper.obj.Resources.ExtGState[f"/{name}"] = state
    (page,) = paper.pages()
    assert (page.extraction is Extraction.EMBEDDED) == plain


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_flate_samples_become_the_same_samples_as_png(mode: str) -> None:
    picture = scan("RGB").quantize(16) if mode == "P" else scan(mode)
    paper = Paper()
    space: object = Name.DeviceRGB if mode == "RGB" else Name.DeviceGray
    if mode == "P":
        palette = bytes(picture.getpalette() or [])
        space = Array([Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, pikepdf.String(palette)])
    stream = paper.picture(
        zlib.compress(picture.tobytes()),
        Filter=Name.FlateDecode,
        ColorSpace=space,
        BitsPerComponent=1 if mode == "1" else 8,
    )
    paper.add("Im0", stream).draws(FULL)
    (page,) = paper.pages()
    assert (page.media_type, page.extraction) == ("image/png", Extraction.EMBEDDED)
    assert shown(page).convert("RGB").tobytes() == picture.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["jpeg2000", "cmyk-jpeg", "inverted-jpeg"])
def test_a_picture_whose_bytes_alone_mislead_is_decoded_without_resampling(kind: str) -> None:
    picture = scan("RGB")
    paper, out = Paper(), io.BytesIO()
    if kind == "jpeg2000":
        picture.save(out, "JPEG2000", irreversible=False)
        stream = paper.picture(out.getvalue(), Filter=Name.JPXDecode)
        expected = picture
    elif kind == "cmyk-jpeg":
        picture.convert("CMYK").save(out, "JPEG", quality=95)
        entries = {"ColorSpace": Name.DeviceCMYK, "Decode": Array([1, 0] * 4)}
        stream = paper.picture(out.getvalue(), Filter=Name.DCTDecode, **entries)
        expected = picture
    else:
        stream = paper.picture(jpeg(picture), Filter=Name.DCTDecode, Decode=Array([1, 0] * 3))
        expected = ImageChops.invert(picture)
    paper.add("Im0", stream).draws(FULL)
    (page,) = paper.pages()
    assert (page.media_type, page.extraction) == ("image/png", Extraction.EMBEDDED)
    assert (page.width, page.height) == PIXELS
    off = ImageStat.Stat(ImageChops.difference(shown(page).convert("RGB"), expected)).mean
    assert max(off) < (0.01 if kind == "jpeg2000" else 12)


def test_pixels_that_are_not_square_are_drawn() -> None:
    paper = Paper()
    low = scan("L").resize((PIXELS[0], PIXELS[1] // 2))
    stream = paper.picture(
        zlib.compress(low.tobytes()),
        Filter=Name.FlateDecode,
        ColorSpace=Name.DeviceGray,
        Height=PIXELS[1] // 2,
    )
    (page,) = paper.add("Im0", stream).draws(FULL).pages()
    assert page.extraction is Extraction.RENDERED
    assert page.height / page.width == pytest.approx(595 / 420, rel=0.01)


@pytest.mark.parametrize("kind", ["soft mask", "stencil mask", "colour key"])
def test_print_that_stands_in_a_mask_alone_is_drawn(kind: str) -> None:
    print_, paper = scan("L"), Paper()
    dark = zlib.compress(ImageChops.invert(print_).tobytes())
    stream = paper.picture(zlib.compress(bytes(PIXELS[0] * PIXELS[1])), ColorSpace=Name.DeviceGray)
    stream.Filter = Name.FlateDecode
    if kind == "soft mask":
        stream.SMask = paper.picture(dark, Filter=Name.FlateDecode, ColorSpace=Name.DeviceGray)
    elif kind == "stencil mask":
        bits = zlib.compress(print_.convert("1", dither=Image.Dither.NONE).tobytes())
        mask = paper.picture(bits, Filter=Name.FlateDecode, BitsPerComponent=1, ImageMask=True)
        del mask["/ColorSpace"]
        stream.Mask = mask
    else:
        keyed = print_.point(lambda v: 0 if v > 128 else 40)
        stream.write(keyed.tobytes())
        stream.Mask = Array([0, 0])
    (page,) = paper.add("Im0", stream).draws(FULL).pages()
    assert page.extraction is Extraction.RENDERED
    assert page.dpi == pytest.approx(150, rel=0.01)
    seen = shown(page).convert("L").resize(PIXELS)
    bars = print_.point(lambda v: 255 if v > 128 else 0)
    off = ImageStat.Stat(ImageChops.difference(seen.point(lambda v: 255 if v > 128 else 0), bars)).mean
    assert off[0] < 12, "neither black nor a negative"


@pytest.mark.parametrize("black_is_1", [False, True])
def test_a_group_3_stencil_is_no_negative(black_is_1: bool) -> None:
    picture, out = scan("L").point(lambda v: 255 if v > 128 else 0).convert("1"), io.BytesIO()
    coded = ImageChops.invert(picture)  # black coded as black; Pillow's own files code white so
    coded.save(out, "TIFF", compression="group3", tiffinfo={278: picture.height})
    frame = Image.open(out)
    at, size = frame.tag_v2[273][0], frame.tag_v2[279][0]  # type: ignore[attr-defined]
    for mask in (False, True):
        paper = Paper()
        stream = paper.picture(
            out.getvalue()[at : at + size],
            Filter=Name.CCITTFaxDecode,
            BitsPerComponent=1,
            ColorSpace=Name.DeviceGray,
            DecodeParms=Dictionary(K=0, Columns=PIXELS[0], Rows=PIXELS[1], BlackIs1=black_is_1),
        )
        if mask:
            del stream["/ColorSpace"]
            stream.ImageMask = True
        (page,) = paper.add("Im0", stream).draws(FULL).pages()
        expected = ImageChops.invert(picture.convert("L")) if black_is_1 else picture.convert("L")
        assert page.extraction is (Extraction.RENDERED if mask else Extraction.EMBEDDED)
        seen = shown(page).convert("L").resize(PIXELS)
        assert ImageStat.Stat(ImageChops.difference(seen, expected)).mean[0] < 12
