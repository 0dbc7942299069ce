"""Explicit files: kinds told by content, whole pictures or one named trouble."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from dossier.errors import (
    SourceEmpty,
    SourceError,
    SourceNotFound,
    SourceTooLarge,
    SourceUnreadable,
    SourceUnsupported,
)
from dossier.page import Extraction
from scanners.delivery import DeliveredPage, IntakeLimits
from scanners.files import open_file, read_pages
from scanners.resolution import plausible_dpi
from scanners.tiff import frames


def sheet(mode: str = "RGB", size: tuple[int, int] = (620, 877)) -> Image.Image:
    """A page with something on every part of it, so that a missing part shows."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for step in range(0, size[1], 23):
        draw.line((20, step, size[0] - 20, step), fill=(step % 200, 30, 60), width=3)
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def pages_of(tmp_path: Path, data: bytes, name: str = "scan") -> list[DeliveredPage]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(read_pages(open_file(path)))


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"dpi": (200, 200)}),
        ("JPEG", "L", {"dpi": (200, 200), "progressive": True}),
        ("PNG", "RGBA", {"dpi": (200, 200)}),
        ("PNG", "1", {"dpi": (200, 200)}),
        ("PNG", "I;16", {"dpi": (200, 200)}),
        ("TIFF", "1", {"dpi": (200, 200), "compression": "group4"}),
        ("TIFF", "RGB", {"dpi": (200, 200), "compression": "jpeg"}),
        ("TIFF", "CMYK", {"dpi": (200, 200), "compression": "tiff_lzw"}),
    ],
)
def test_a_file_that_is_one_picture_is_its_own_page(
    tmp_path: Path, kind: str, mode: str, options: dict[str, object]
) -> None:
    source = sheet("I" if mode == "I;16" else mode)
    data = encoded(source.convert("I;16") if mode == "I;16" else source, kind, **options)
    (page,) = pages_of(tmp_path, data, "named-wrongly.txt")
    assert page.picture == data
    assert page.extraction is Extraction.AS_SCANNED
    assert (page.width, page.height, page.number) == (620, 877, 1)
    assert page.dpi == pytest.approx(200, abs=0.5)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97, 0.999])
def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    data = encoded(sheet(), kind)
    with pytest.raises(SourceUnreadable) as refused:
        pages_of(tmp_path, data[: int(len(data) * share)], "scan")
    assert refused.value.subject == "scan"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8, 0.99])
def test_a_multi_page_tiff_cut_off_anywhere_gives_no_silent_loss_of_pages(
    tmp_path: Path, share: float
) -> None:
    pages = [sheet("1"), sheet("L"), sheet("1")]
    data = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(SourceUnreadable, match="cut off"):
        pages_of(tmp_path, data[: int(len(data) * share)])


def test_a_fax_cut_off_in_its_only_strip_is_refused_though_decoders_make_it_white(tmp_path: Path) -> None:
    whole = encoded(sheet("1"), "TIFF", compression="group4", tiffinfo={278: 877})
    (frame,) = frames(whole, "x", 1)
    kept = [e for e in frame.entries.values() if e.tag in (256, 257, 258, 259, 262, 277, 278)]
    at, size = frame.numbers(273)[0], frame.numbers(279)[0]
    directory_bytes = 2 + 12 * (len(kept) + 2) + 4
    start = 8 + directory_bytes
    entries = [struct.pack("<HHI", e.tag, e.kind, e.count) + e.raw.ljust(4, b"\0") for e in kept]
    entries += [struct.pack("<HHII", 273, 4, 1, start), struct.pack("<HHII", 279, 4, 1, size)]
    entries.sort(key=lambda entry: struct.unpack_from("<H", entry)[0])
    # The directory comes first, as scanners write that know the size beforehand.
    data = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + b"".join(entries) + b"\0\0\0\0"
    data += whole[at : at + size]
    assert len(pages_of(tmp_path, data)) == 1
    with pytest.raises(SourceUnreadable, match="cut off"):
        pages_of(tmp_path, data[:-20])


def test_one_flipped_bit_in_a_png_is_seen(tmp_path: Path) -> None:
    data = bytearray(encoded(sheet(), "PNG"))
    data[len(data) // 2] ^= 0x10
    with pytest.raises(SourceUnreadable):
        pages_of(tmp_path, bytes(data))


def test_a_fax_tiff_gives_each_page_with_its_very_strips(tmp_path: Path) -> None:
    first, second = sheet("1"), sheet("1").transpose(Image.Transpose.ROTATE_180)
    data = encoded(first, "TIFF", save_all=True, append_images=[second], compression="group4", dpi=(200, 200))
    pages = pages_of(tmp_path, data)
    assert [(p.number, p.extraction, p.media_type) for p in pages] == [
        (1, Extraction.EMBEDDED, "image/tiff"),
        (2, Extraction.EMBEDDED, "image/tiff"),
    ]
    for page, original, frame in zip(pages, (first, second), frames(data, "x", 9), strict=True):
        assert Image.open(io.BytesIO(page.picture)).tobytes() == original.tobytes()
        assert page.dpi == pytest.approx(200, abs=0.5)
        for at, size in zip(frame.numbers(273), frame.numbers(279), strict=True):
            assert data[at : at + size] in page.picture


def test_a_colour_tiff_of_several_pages_loses_no_sample(tmp_path: Path) -> None:
    pictures = [sheet("RGB"), sheet("L"), sheet("CMYK").convert("RGB")]
    data = encoded(pictures[0], "TIFF", save_all=True, append_images=pictures[1:], compression="tiff_lzw")
    pages = pages_of(tmp_path, data)
    assert [p.media_type for p in pages] == ["image/png"] * 3
    for page, picture in zip(pages, pictures, strict=True):
        assert Image.open(io.BytesIO(page.picture)).tobytes() == picture.tobytes()


def test_a_thumbnail_in_a_tiff_is_no_page(tmp_path: Path) -> None:
    data = bytearray(encoded(sheet("L"), "TIFF", save_all=True, append_images=[sheet("L", (62, 88))]))
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<I", data, first + 2 + 12 * count)[0]
    # The first tag of the second frame becomes NewSubfileType = reduced resolution; its width goes last.
    entries = [bytes(data[second + 2 + 12 * i : second + 14 + 12 * i]) for i in range(8)]
    assert struct.unpack_from("<H", entries[0])[0] == 256
    grown = struct.pack("<H", 9) + struct.pack("<HHII", 254, 4, 1, 1) + b"".join(entries) + b"\0\0\0\0"
    at = len(data)
    data += grown
    struct.pack_into("<I", data, first + 2 + 12 * count, at)
    assert [(p.number, p.width) for p in pages_of(tmp_path, bytes(data))] == [(1, 620)]


@pytest.mark.parametrize(("tag", "value", "is_taken"), [(256, 1, False), (256, 620, True), (50_000, 7, True)])
def test_a_frame_that_says_two_things_of_its_picture_is_refused(
    tmp_path: Path, tag: int, value: int, *, is_taken: bool
) -> None:
    """Readers differ in which of two widths they take."""
    data = bytearray(encoded(sheet("L"), "TIFF"))
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    entries = bytes(data[first + 2 : first + 2 + 12 * count])
    assert struct.unpack_from("<HHII", entries)[::3] == (256, 620)
    private = struct.pack("<HHII", 50_000, 4, 1, 5)
    again = struct.pack("<HHII", tag, struct.unpack_from("<H", entries, 2)[0] if tag == 256 else 4, 1, value)
    struct.pack_into("<I", data, 4, len(data))
    data += struct.pack("<H", count + 2) + entries + private + again + b"\0\0\0\0"
    if is_taken:
        assert [page.width for page in pages_of(tmp_path, bytes(data))] == [620]
        return
    with pytest.raises(SourceUnreadable, match="twice"):
        pages_of(tmp_path, bytes(data))


def test_frames_that_run_in_a_circle_are_refused(tmp_path: Path) -> None:
    data = bytearray(encoded(sheet("L"), "TIFF"))
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    with pytest.raises(SourceUnreadable, match="circle"):
        pages_of(tmp_path, bytes(data))


@pytest.mark.parametrize("size", [(20_000, 3), (3, 20_000), (65_000, 65_000)])
def test_a_huge_picture_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    header = struct.pack(">IIBBBBB", *size, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", b"never decoded"), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    with pytest.raises(SourceTooLarge, match="pixels"):
        pages_of(tmp_path, data)


def test_a_side_of_19_999_pixels_is_taken(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path, encoded(Image.new("1", (19_999, 8)), "PNG"))
    assert page.width == 19_999


def test_too_many_bytes_or_frames_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.tif"
    path.write_bytes(
        encoded(sheet("L", (9, 9)), "TIFF", save_all=True, append_images=[sheet("L", (9, 9))] * 4)
    )
    with pytest.raises(SourceTooLarge):
        open_file(path, IntakeLimits(size_bytes=100))
    with pytest.raises(SourceTooLarge, match="more than 4 pages"):
        list(read_pages(open_file(path), IntakeLimits(pages=4)))
    assert len(list(read_pages(open_file(path), IntakeLimits(pages=5)))) == 5


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    empty, pipe, text = tmp_path / "empty.pdf", tmp_path / "pipe.jpg", tmp_path / "notes.pdf"
    empty.touch()
    os.mkfifo(pipe)
    text.write_text("chỉ là chữ")
    expected: dict[Path, type[SourceError]] = {
        tmp_path / "missing.pdf": SourceNotFound,
        empty: SourceEmpty,
        pipe: SourceUnsupported,
        tmp_path: SourceUnsupported,
        text: SourceUnsupported,
        Path("/dev/zero"): SourceUnsupported,
        tmp_path / ("x" * 300): SourceUnreadable,
    }
    for path, kind in expected.items():
        with pytest.raises(SourceError) as refused:
            open_file(path)
        assert type(refused.value) is kind, path


def test_links_are_followed_only_where_asked(tmp_path: Path) -> None:
    target, link = tmp_path / "scan.png", tmp_path / "link.png"
    target.write_bytes(encoded(sheet(), "PNG"))
    link.symlink_to(target)
    assert open_file(link).data == target.read_bytes()
    with pytest.raises(SourceUnreadable):
        open_file(link, follow_links=False)


@pytest.mark.parametrize(
    ("width", "height", "stated", "expected"),
    [
        (2480, 3508, 300.0, 300),
        (2480, 3508, 72.0, 300),  # a phone's or editor's 72 on a scan
        (2480, 3508, 1.0, 300),
        (2480, 3508, None, 300),
        (2480, 3508, float("nan"), 300),
        (1654, 2339, None, 200),
        (1748, 2480, None, 300),  # A5: as A4 it would have 212 dpi, which no scanner has
        (3508, 2480, None, 300),
        (1012, 638, None, 300),  # an identity card
        (794, 1123, 96.0, 96),  # a screen's A4, small but true
        (4000, 3000, 72.0, 342),  # a photograph: as long as A4
    ],
)
def test_resolution_is_stated_or_follows_from_the_sheet(
    width: int, height: int, stated: float | None, expected: float
) -> None:
    assert plausible_dpi(width, height, stated) == pytest.approx(expected, rel=0.01)
