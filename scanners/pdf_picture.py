"""The picture that fills a PDF page, taken out without resampling.

What comes out, by how the PDF keeps it:

- DCTDecode: the JPEG's own bytes, where these alone mean the same picture.
- CCITTFaxDecode, Group 4: a TIFF around the same strip.
- Flate and other plain samples in grey, RGB or a palette: PNG.
- All else (JBIG2, JPEG 2000, Group 3, CMYK, ...): decoded by poppler's pdfimages to PNG.
"""

from __future__ import annotations

import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pikepdf
from PIL import Image

from dossier.errors import SourceTooLarge, SourceUnreadable
from scanners.delivery import IntakeLimits
from scanners.pictures import check_size, lossless_png, prove
from scanners.programs import ProgramFailed, run
from scanners.tiff import fax_file

_LOSSLESS_FILTERS: Final = frozenset(
    {"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/Fl", "/LZW"}
)
_TOOL_SECONDS: Final = 60.0
_PIECE: Final = 65_536


class NotPlain(Exception):
    """The bytes alone would not mean the same picture."""


@dataclass(frozen=True, slots=True)
class TakenPicture:
    """A picture on its own."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PagePicture:
    """Where a picture stands: what is needed to take it out."""

    stream: Any
    """The image XObject."""
    path: Path
    """The PDF on disk, for programs."""
    number: int
    """Page number, 1-based."""
    dpi: float
    """Its resolution on the page."""


def take_out(picture: PagePicture, name: str, limits: IntakeLimits) -> TakenPicture:
    """The picture, proven to decode whole.

    Raises:
        NotPlain: it cannot be had without drawing the page.
        SourceUnreadable: its data are cut off or damaged.
        SourceTooLarge: it has too many pixels.
    """
    width, height = _size(picture.stream)
    check_size(width, height, name, limits)
    taken = None
    for way in (_jpeg, _fax, _samples):
        try:
            taken = way(picture, width, height)
            break
        except NotPlain:
            continue
        except pikepdf.DataDecodingError as e:
            if "bad_alloc" in str(e):
                raise SourceTooLarge(name, "its picture needs more memory than a file may take") from e
            raise SourceUnreadable(name, "its picture is damaged") from e
        except (pikepdf.PikepdfError, TypeError, ValueError, AttributeError, KeyError) as e:
            raise NotPlain(str(e)) from e
    if taken is None:
        if bool(picture.stream.get("/ImageMask", False)):
            raise NotPlain("a stencil: its samples say where ink goes, not which colour it has")
        taken = _by_program(picture)
    proof = prove(taken.data, taken.media_type, name, limits)
    if (proof.width, proof.height) != (width, height):
        raise NotPlain("the picture has another size than the page says")
    return taken


def _size(stream: Any) -> tuple[int, int]:
    try:
        return int(stream.Width), int(stream.Height)
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise NotPlain("a picture without a size") from e


def _filters(stream: Any) -> list[str]:
    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(f) for f in found] if isinstance(found, pikepdf.Array) else [str(found)]


def _parameters(stream: Any) -> Any:
    """Decode parameters of the last filter; an empty dictionary where there are none."""
    found = stream.get("/DecodeParms")
    if isinstance(found, pikepdf.Array):
        found = found[len(found) - 1] if len(found) else None
    return found if isinstance(found, pikepdf.Dictionary) else pikepdf.Dictionary()


def _encoded(stream: Any) -> bytes:
    """The data as the last filter wrote them, all filters around it undone."""
    if len(_filters(stream)) == 1:
        return bytes(stream.read_raw_bytes())
    return bytes(stream.read_bytes(pikepdf.StreamDecodeLevel.generalized))


def _components(stream: Any) -> int:
    """1 for grey, 3 for RGB, 0 for every colour space that a plain picture file does not have."""
    if bool(stream.get("/ImageMask", False)):
        return 1
    space = stream.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and len(space):
        kind = str(space[0])
        if kind == "/ICCBased":
            return {1: 1, 3: 3}.get(int(space[1].get("/N", 0)), 0)
        return {"/CalGray": 1, "/CalRGB": 3, "/DeviceGray": 1, "/DeviceRGB": 3}.get(kind, 0)
    return {"/DeviceGray": 1, "/DeviceRGB": 3, "/G": 1, "/RGB": 3}.get(str(space), 0)


def _inverted(stream: Any) -> bool:
    """Whether the decode array turns the tones round; NotPlain where it does anything else to them."""
    decode = stream.get("/Decode")
    if decode is None:
        return False
    values = [float(v) for v in decode]
    if values == [0.0, 1.0] * (len(values) // 2):
        return False
    if values == [1.0, 0.0] * (len(values) // 2):
        return True
    raise NotPlain("a decode array that bends the tones")


def _jpeg(picture: PagePicture, width: int, height: int) -> TakenPicture:
    stream = picture.stream
    filters = _filters(stream)
    if not filters or filters[-1] not in ("/DCTDecode", "/DCT"):
        raise NotPlain("no JPEG")
    if not _LOSSLESS_FILTERS.issuperset(filters[:-1]) or _inverted(stream):
        raise NotPlain("a JPEG wrapped or inverted")
    if "/ColorTransform" in _parameters(stream) or not (components := _components(stream)):
        raise NotPlain("a JPEG in colours of its own")
    data = _encoded(stream)
    if jpeg_components(data) != components:
        raise NotPlain("a JPEG of other colours than the page says")
    return TakenPicture(data, "image/jpeg", width, height)


def jpeg_components(data: bytes) -> int:
    """Colour components by a JPEG's frame header; 0 where there is none, or RGB without saying so."""
    at, adobe = 2, False
    while at + 10 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xEE and data[at + 4 : at + 9] == b"Adobe":
            adobe = True
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            count = data[at + 9]
            named_rgb = bytes(data[at + 10 : at + 10 + 9 : 3]) == b"RGB"
            return 0 if named_rgb and not adobe else count
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _fax(picture: PagePicture, width: int, height: int) -> TakenPicture:
    stream = picture.stream
    filters = _filters(stream)
    if not filters or filters[-1] not in ("/CCITTFaxDecode", "/CCF"):
        raise NotPlain("no fax")
    parameters = _parameters(stream)
    same_size = int(parameters.get("/Columns", 1728)) == width
    if int(parameters.get("/K", 0)) >= 0 or bool(parameters.get("/EncodedByteAlign", False)) or not same_size:
        raise NotPlain("not Group 4 as TIFF has it")
    if _components(stream) != 1 or not _LOSSLESS_FILTERS.issuperset(filters[:-1]):
        raise NotPlain("a fax in colours")
    inverted = bool(parameters.get("/BlackIs1", False)) != _inverted(stream)
    data = fax_file(_encoded(stream), width, height, black_is_zero=not inverted, dpi=picture.dpi)
    return TakenPicture(data, "image/tiff", width, height)


def _samples(picture: PagePicture, width: int, height: int) -> TakenPicture:
    stream = picture.stream
    if not _LOSSLESS_FILTERS.issuperset(_filters(stream)):
        raise NotPlain("compressed as a picture")
    bits = 1 if bool(stream.get("/ImageMask", False)) else int(stream.get("/BitsPerComponent", 8))
    mode, raw_mode, palette = _layout(stream, bits)
    _check_flate(stream, picture.number)
    data = bytes(stream.read_bytes())
    samples = 3 if mode == "RGB" else 1
    needed = (width * samples * bits + 7) // 8 * height
    if len(data) < needed:
        raise SourceUnreadable(f"page {picture.number}", "its picture is cut off")
    image = Image.frombytes(mode, (width, height), data[:needed], "raw", raw_mode)
    if palette:
        image.putpalette(palette, "RGB")
    return TakenPicture(lossless_png(image, picture.dpi), "image/png", width, height)


def _check_flate(stream: Any, number: int) -> None:
    """Refuse samples whose compressed form is damaged; qpdf hands over whatever it can make of them."""
    if _filters(stream)[:1] not in (["/FlateDecode"], ["/Fl"]):
        return
    unpacker, packed = zlib.decompressobj(), memoryview(stream.read_raw_bytes())
    try:
        for at in range(0, len(packed), _PIECE):
            unpacker.decompress(packed[at : at + _PIECE])
    except zlib.error as e:
        raise SourceUnreadable(f"page {number}", "its picture is damaged") from e


def _layout(stream: Any, bits: int) -> tuple[str, str, bytes]:
    """Pillow's mode, raw mode and palette for plain samples."""
    components = _components(stream)
    if components:
        inverted = _inverted(stream)
        modes = {(1, 1): ("1", "1"), (1, 8): ("L", "L"), (3, 8): ("RGB", "RGB")}
        if (components, bits) not in modes or (inverted and components == 3):
            raise NotPlain("samples that no plain picture has")
        mode, raw = modes[components, bits]
        return mode, raw + (";I" if inverted else ""), b""
    space = stream.get("/ColorSpace")
    if not isinstance(space, pikepdf.Array) or str(space[0]) not in ("/Indexed", "/I") or "/Decode" in stream:
        raise NotPlain("colours that no plain picture has")
    base = str(space[1])
    table = space[3]
    colours = bytes(table.read_bytes() if isinstance(table, pikepdf.Stream) else bytes(table))
    if base == "/DeviceGray":
        colours = bytes(value for grey in colours for value in (grey, grey, grey))
    elif base != "/DeviceRGB":
        raise NotPlain("a palette of other colours")
    if bits not in (1, 2, 4, 8) or len(colours) > 768:
        raise NotPlain("a palette that does not fit")
    return "P", "P" if bits == 8 else f"P;{bits}", colours.ljust(768, b"\0")


def _by_program(picture: PagePicture) -> TakenPicture:
    """Decoded by poppler, which lists the pictures that a page paints; ours is the only one."""
    number = str(picture.number)
    with tempfile.TemporaryDirectory(prefix="picture-") as folder:
        try:
            run(
                ["pdfimages", "-png", "-f", number, "-l", number, str(picture.path), "picture"],
                seconds=_TOOL_SECONDS,
                folder=Path(folder),
            )
        except ProgramFailed as e:
            raise NotPlain(str(e)) from e
        found = sorted(Path(folder).iterdir())
        if len(found) != 1:
            raise NotPlain(f"poppler sees {len(found)} pictures")
        if found[0].stat().st_size > 1 << 30:
            raise SourceTooLarge(f"page {number}", "its picture is too large")
        data = found[0].read_bytes()
    return TakenPicture(data, "image/png", *_size(picture.stream))
