"""Scanned pictures as PDF image streams, without touching a pixel.

A JPEG's bytes become the stream as they are (DCTDecode), so do the compressed rows of a PNG (FlateDecode
with PNG predictors) and the strip of a CCITT G4 TIFF. Everything else is decoded and kept losslessly.
ISO 32000-1, 7.4 and 8.9.5.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError

from dossier.errors import RenditionInvalid, SourceError
from pipeline.picture import decode

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1}
_STANDALONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DCT_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive Huffman: what DCTDecode covers. Lossless and arithmetic ones are not."""
_TIFF_GROUP4 = 4
_DAMAGE = (OSError, ValueError, SyntaxError, LookupError, TypeError, struct.error, zlib.error)
"""What Pillow and our own parsing raise on damaged files."""


@dataclass(frozen=True, slots=True)
class PictureStream:
    """What a PDF image XObject is made of."""

    data: bytes
    """The stream's bytes, already encoded as `filter_name` says."""
    width: int
    height: int
    bits: int
    """Bits per component."""
    components: int
    """Colour components: 1 grey or palette index, 3 RGB, 4 CMYK."""
    filter_name: str
    """PDF filter, for example DCTDecode."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """Decode parameters of the filter, PDF names as keys; empty where none are needed."""
    palette: bytes = b""
    """RGB triples of an indexed picture, at most 256."""
    inverted: bool = False
    """Full ink is stored as 0 (Adobe's CMYK JPEG)."""


def picture_stream(picture: bytes, media_type: str, number: int = 1) -> PictureStream:
    """The picture as a PDF image stream of identical pixels.

    Args:
        picture: the untouched file of the page's picture.
        media_type: image/jpeg, image/png or image/tiff.
        number: which frame, 1-based, where a TIFF holds several.

    Raises:
        RenditionInvalid: the picture cannot stand in a PDF.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about odd tags; damage raises
            return _taken(picture, media_type, number)
    except (SourceError, *_DAMAGE) as e:
        raise RenditionInvalid(media_type, f"the picture cannot be taken into a PDF: {e}") from e


def _taken(picture: bytes, media_type: str, number: int) -> PictureStream:
    if media_type == "image/jpeg":
        return _jpeg(picture)
    if media_type == "image/png":
        return _png(picture) or _decoded(picture, 1)
    if media_type == "image/tiff":
        return _tiff(picture, number)
    raise ValueError("a rendition is made of JPEG, PNG and TIFF pictures only")


def _jpeg(picture: bytes) -> PictureStream:
    marker, frame, adobe, jfif = _jpeg_head(picture)
    precision, height, width, components = struct.unpack(">BHHB", frame[:6])
    if marker not in _DCT_FRAMES or precision != 8 or components not in (1, 3, 4) or not (width and height):
        return _decoded(picture, 1)
    parameters: dict[str, Any] = {}
    if components == 3 and not adobe and not jfif and frame[6:15:3] == b"RGB":
        # Without a marker PDF readers assume YCbCr; the component names say otherwise.
        parameters["/ColorTransform"] = 0
    return PictureStream(
        picture,
        width,
        height,
        8,
        components,
        "DCTDecode",
        parameters,
        inverted=components == 4 and adobe,
    )


def _jpeg_head(picture: bytes) -> tuple[int, bytes, bool, bool]:
    """Frame marker and its segment, and whether Adobe's and the JFIF marker were seen before it."""
    if picture[:2] != b"\xff\xd8":
        raise ValueError("not a JPEG")
    position, adobe, jfif = 2, False, False
    while position + 4 <= len(picture):
        if picture[position] != 0xFF:
            raise ValueError("JPEG marker expected")
        marker = picture[position + 1]
        if marker == 0xFF or marker in _STANDALONE_MARKERS:
            position += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(picture[position + 2 : position + 4], "big")
        segment = picture[position + 4 : position + 2 + length]
        if marker in _FRAME_MARKERS:
            return marker, segment, adobe, jfif
        if marker == 0xDA:
            break
        adobe = adobe or (marker == 0xEE and segment.startswith(b"Adobe"))
        jfif = jfif or (marker == 0xE0 and segment.startswith(b"JFIF\0"))
        position += 2 + length
    raise ValueError("JPEG without a frame")


def _png(picture: bytes) -> PictureStream | None:
    """The PNG's own compressed rows, or None where PDF's predictors cannot express them."""
    chunks = _png_chunks(picture)
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[b"IHDR"][:13])
    if interlace or b"tRNS" in chunks or colour not in _PNG_CHANNELS:
        return None
    channels = _PNG_CHANNELS[colour]
    if colour == 3 and not chunks.get(b"PLTE"):
        raise ValueError("PNG without its palette")
    return PictureStream(
        chunks[b"IDAT"],
        width,
        height,
        bits,
        channels,
        "FlateDecode",
        {"/Predictor": 15, "/Colors": channels, "/BitsPerComponent": bits, "/Columns": width},
        palette=chunks[b"PLTE"] if colour == 3 else b"",
    )


def _png_chunks(picture: bytes) -> dict[bytes, bytes]:
    """Chunks by name, the image data joined; checksums proven."""
    if not picture.startswith(_PNG_SIGNATURE):
        raise ValueError("not a PNG")
    chunks: dict[bytes, bytes] = {}
    rows: list[bytes] = []
    position, name = len(_PNG_SIGNATURE), b""
    while name != b"IEND":
        length, name = struct.unpack(">I4s", picture[position : position + 8])
        body = picture[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack(">I", picture[position + 8 + length : position + 12 + length])
        if zlib.crc32(name + body) != checksum:
            raise ValueError(f"PNG chunk {name.decode('latin-1')} is damaged")
        if name == b"IDAT":
            rows.append(body)
        else:
            chunks[name] = body
        position += 12 + length
    return {**chunks, b"IDAT": b"".join(rows)}


def _tiff(picture: bytes, number: int) -> PictureStream:
    return _own_strip(picture, number) or _decoded(picture, number)


def _own_strip(picture: bytes, number: int) -> PictureStream | None:
    """The one CCITT G4 strip of a TIFF, or None where it holds anything else."""
    with _opened(picture, number) as image:
        tags = image.tag_v2  # type: ignore[attr-defined]
        fields = {key: tags.get(key) for key in (256, 257, 258, 259, 262, 266, 273, 274, 277, 279, 293)}
    if (
        fields[259] == _TIFF_GROUP4
        and len(fields[273] or ()) == len(fields[279] or ()) == 1
        and (fields[266] or 1) == 1
        and (fields[274] or 1) == 1
        and (fields[277] or 1) == 1
        and fields[262] in (0, 1)
        and not (fields[293] or 0)
    ):
        start, length = fields[273][0], fields[279][0]
        strip = picture[start : start + length]
        if len(strip) != length:
            raise ValueError("TIFF strip is cut off")
        return _group4(strip, fields[256], fields[257], black_is_one=fields[262] == 1)
    return None


def _group4(strip: bytes, width: int, height: int, *, black_is_one: bool) -> PictureStream:
    parameters = {"/K": -1, "/Columns": width, "/Rows": height, "/BlackIs1": black_is_one}
    return PictureStream(strip, width, height, 1, 1, "CCITTFaxDecode", parameters)


def _decoded(picture: bytes, number: int) -> PictureStream:
    """Decode and encode again without loss: 1-bit pictures as CCITT G4, others as PNG rows."""
    with _opened(picture, number) as image:
        image.load()
        flat = _without_alpha(image, picture)
        out = io.BytesIO()
        if flat.mode == "1":
            # The picture's own tags come along: an order of bits that PDF does not have must not.
            flat.copy().save(out, "TIFF", compression="group4", tiffinfo={266: 1, 278: flat.height})
            stream = _own_strip(out.getvalue(), 1)
            if stream is None:
                raise ValueError("no single strip came of it")
            return stream
        if flat.mode == "CMYK":
            return PictureStream(zlib.compress(flat.tobytes()), flat.width, flat.height, 8, 4, "FlateDecode")
        flat.save(out, "PNG")
    stream = _png(out.getvalue())
    if stream is None:
        raise ValueError(f"pixels of kind {flat.mode} have no lossless form in PDF")
    return stream


def _without_alpha(image: Image.Image, picture: bytes) -> Image.Image:
    """The picture on white paper: PDF/A allows transparency, a scan of paper has none."""
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        paper.alpha_composite(layered)
        return paper.convert("L" if image.mode in ("LA", "La", "L", "1") else "RGB")
    if image.mode in ("1", "L", "P", "RGB", "CMYK", "I;16", "I;16B", "I;16L"):
        return image
    # Depths and colour models that a PDF picture does not have: as the reader saw them.
    return Image.fromarray(decode(picture)[:, :, ::-1])


def _opened(picture: bytes, number: int) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(picture))
    except (UnidentifiedImageError, Image.DecompressionBombError) as e:
        raise ValueError(str(e)) from e
    if 1 < number <= getattr(image, "n_frames", 1):
        image.seek(number - 1)
    return image
