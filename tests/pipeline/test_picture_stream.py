"""Every kind of picture goes into a PDF with identical pixels, and where possible with identical bytes."""

from __future__ import annotations

import io
import zlib
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image

from dossier.errors import RenditionInvalid
from dossier.geometry import UprightFrame
from pipeline.picture import decode
from pipeline.picture_stream import PictureStream, picture_stream
from pipeline.rendition import PagePicture, render_document
from tests.sheets import ABOUT, Shape, recognised

SIZE = (37, 23)


def noise(mode: str) -> Image.Image:
    """A small picture in which every pixel differs from its neighbours."""
    channels = {"L": 1, "RGB": 3, "CMYK": 4, "RGBA": 4, "LA": 2}
    generator = np.random.default_rng(7)
    if mode == "1":
        return Image.fromarray(generator.integers(0, 2, SIZE[::-1], dtype=np.uint8) * 255).convert("1")
    if mode == "I;16":
        return Image.fromarray(generator.integers(0, 65536, SIZE[::-1], dtype=np.uint16))
    if mode == "P":
        return Image.fromarray(generator.integers(0, 256, (*SIZE[::-1], 3), dtype=np.uint8)).quantize(13)
    shape = SIZE[::-1] if channels[mode] == 1 else (*SIZE[::-1], channels[mode])
    values = generator.integers(0, 256, shape, dtype=np.uint8)
    return Image.frombytes(mode, SIZE, values.tobytes())


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def pixels(stream: PictureStream) -> Image.Image:
    """The stream as an independent decoder sees it: Pillow, through pikepdf."""
    pdf = pikepdf.Pdf.new()
    image = pikepdf.Stream(pdf, stream.data)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = stream.width, stream.height, stream.bits
    image.Filter = pikepdf.Name("/" + stream.filter_name)
    if stream.parameters:
        image.DecodeParms = pikepdf.Dictionary(stream.parameters)
    spaces = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
    image.ColorSpace = pikepdf.Name(spaces[stream.components])
    if stream.palette:
        highest = len(stream.palette) // 3 - 1
        image.ColorSpace = pikepdf.Array(
            [pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, highest, pikepdf.String(stream.palette)]
        )
    return pikepdf.PdfImage(image).as_pil_image()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_is_its_own_stream(mode: str, progressive: bool) -> None:
    picture = encoded(Image.new(mode, SIZE), "JPEG", progressive=progressive)
    stream = picture_stream(picture, "image/jpeg")
    assert stream.data == picture
    assert (stream.filter_name, stream.width, stream.height, stream.bits) == ("DCTDecode", *SIZE, 8)
    assert stream.components == {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    assert stream.inverted == (mode == "CMYK")


def test_what_follows_the_end_of_a_jpeg_stays() -> None:
    picture = encoded(Image.new("L", SIZE), "JPEG") + b"trailing bytes of a camera"
    assert picture_stream(picture, "image/jpeg").data == picture


def test_an_rgb_jpeg_without_markers_says_so() -> None:
    """Its components are named R, G and B; readers of PDF assume YCbCr unless told."""
    picture = encoded(Image.new("RGB", SIZE, (200, 30, 30)), "JPEG", keep_rgb=True)
    start = picture.index(b"\xff\xee")
    bare = picture[:start] + picture[start + 16 :]
    assert b"Adobe" not in bare
    assert picture_stream(bare, "image/jpeg").parameters == {"/ColorTransform": 0}
    assert picture_stream(picture, "image/jpeg").parameters == {}


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "I;16"])
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_pixels_stay_identical(mode: str, form: str) -> None:
    original = noise(mode)
    stream = picture_stream(encoded(original, form), f"image/{form.lower()}")
    assert stream.bits == {"1": 1, "I;16": 16}.get(mode, stream.bits)
    if mode == "I;16":
        # Pillow cannot take 16-bit samples out of a PDF: the PNG rows are decoded here.
        rows = io.BytesIO()
        _as_png(stream, rows)
        assert np.array_equal(np.asarray(Image.open(rows)), np.asarray(original))
        return
    found = pixels(stream)
    assert np.array_equal(np.asarray(found.convert("RGB")), np.asarray(original.convert("RGB")))


def _as_png(stream: PictureStream, out: io.BytesIO) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    head = (
        stream.width.to_bytes(4, "big") + stream.height.to_bytes(4, "big") + bytes([stream.bits, 0, 0, 0, 0])
    )
    out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", stream.data) + chunk(b"IEND", b""))


def test_a_png_keeps_its_compressed_rows() -> None:
    picture = encoded(noise("RGB"), "PNG")
    assert picture_stream(picture, "image/png").data in picture


@pytest.mark.parametrize("photometric", [0, 1])
def test_a_fax_strip_is_its_own_stream(photometric: int) -> None:
    original = noise("1")
    picture = encoded(original, "TIFF", compression="group4", tiffinfo={262: photometric, 278: SIZE[1]})
    stream = picture_stream(picture, "image/tiff")
    assert stream.filter_name == "CCITTFaxDecode"
    assert stream.bits == 1
    assert stream.data in picture
    assert np.array_equal(
        np.asarray(pixels(stream).convert("1")), np.asarray(Image.open(io.BytesIO(picture)))
    )


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "raw"])
def test_other_tiffs_are_kept_without_loss(compression: str) -> None:
    original = noise("RGB")
    stream = picture_stream(encoded(original, "TIFF", compression=compression), "image/tiff")
    assert np.array_equal(np.asarray(pixels(stream)), np.asarray(original))


def test_fax_of_many_strips_stays_one_bit() -> None:
    original = noise("1")
    picture = encoded(original, "TIFF", compression="group4", tiffinfo={278: 5})
    stream = picture_stream(picture, "image/tiff")
    assert stream.filter_name == "CCITTFaxDecode"
    assert np.array_equal(np.asarray(pixels(stream).convert("1")), np.asarray(original))


@pytest.mark.parametrize("tags", [{266: 2}, {266: 2, 278: 5}, {274: 1, 293: 0, 266: 2}])
def test_a_fax_whose_bits_run_the_other_way_keeps_its_pixels(tags: dict[int, int]) -> None:
    original = noise("1")
    picture = encoded(original, "TIFF", compression="group4", tiffinfo=tags)
    assert Image.open(io.BytesIO(picture)).tag_v2[266] == 2  # type: ignore[attr-defined]
    stream = picture_stream(picture, "image/tiff")
    assert stream.filter_name == "CCITTFaxDecode"
    assert np.array_equal(np.asarray(pixels(stream).convert("1")), np.asarray(original))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_become_paper(mode: str) -> None:
    picture = noise(mode)
    paper = Image.new("RGBA", SIZE, "white")
    paper.alpha_composite(picture.convert("RGBA"))
    found = pixels(picture_stream(encoded(picture, "PNG"), "image/png"))
    assert np.array_equal(np.asarray(found.convert("RGB")), np.asarray(paper.convert("RGB")))


@pytest.mark.parametrize("mode", ["F", "I", "LAB"])
def test_pixels_that_a_pdf_cannot_have_are_shown_as_the_reader_saw_them(mode: str) -> None:
    if mode == "LAB":
        picture = encoded(Image.new("LAB", SIZE, (200, 128, 128)), "TIFF")
    else:
        picture = encoded(Image.new(mode, SIZE, 200), "TIFF")
    found = pixels(picture_stream(picture, "image/tiff"))
    assert np.array_equal(np.asarray(found.convert("RGB"))[:, :, ::-1], decode(picture))


def test_the_named_frame_of_a_tiff_is_taken() -> None:
    out = io.BytesIO()
    first, second = Image.new("L", SIZE, 10), noise("L")
    first.save(out, "TIFF", save_all=True, append_images=[second])
    found = pixels(picture_stream(out.getvalue(), "image/tiff", 2))
    assert np.array_equal(np.asarray(found), np.asarray(second))


def test_ink_of_a_cmyk_jpeg_shows_its_colour() -> None:
    """Adobe's inverted ink, an ICC profile of our own: what was drawn red is shown red."""
    shape = Shape(width=200, height=200, mode="CMYK")
    picture = encoded(Image.new("CMYK", (200, 200), (0, 255, 255, 0)), "JPEG", quality=95)
    page = PagePicture(recognised(UprightFrame(200, 200, 0, 0.0), (), picture, shape), picture, "image/jpeg")
    document = pdfium.PdfDocument(render_document([page], ABOUT))
    red, green, blue = document[0].render(scale=1).to_pil().convert("RGB").getpixel((30, 30))
    document.close()
    assert red > 200
    assert green < 80
    assert blue < 80


@pytest.mark.parametrize(
    ("picture", "media_type"),
    [
        (b"", "image/jpeg"),
        (b"\xff\xd8\xff\xd9", "image/jpeg"),
        (encoded(Image.new("L", SIZE), "JPEG")[:30], "image/jpeg"),
        (b"not a picture", "image/png"),
        (encoded(Image.new("L", SIZE), "PNG")[:-20], "image/png"),
        (encoded(Image.new("1", SIZE), "TIFF", compression="group4")[:40], "image/tiff"),
        (b"%PDF-1.7", "application/pdf"),
        (b"", "image/tiff"),
    ],
)
def test_damaged_pictures_are_refused(picture: bytes, media_type: str) -> None:
    with pytest.raises(RenditionInvalid):
        picture_stream(picture, media_type)


def test_one_flipped_byte_in_a_png_is_noticed() -> None:
    picture = bytearray(encoded(noise("L"), "PNG"))
    picture[picture.index(b"IDAT") + 20] ^= 1
    with pytest.raises(RenditionInvalid):
        picture_stream(bytes(picture), "image/png")
