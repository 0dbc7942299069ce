"""Sheets with drawn print, recognised by hand: for tests of rendition, seal and verification.

What a word box says is what is drawn: one dark bar in every box, in the upright frame, then turned back into
the picture as a scanner would have delivered it.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw

from dossier.geometry import Box, UprightFrame
from dossier.page import Extraction, Line, RecognisedPage, ScannedPage, SourceFile, StoredObject, Word
from pipeline.rendition import DocumentAbout, PagePicture, render_document
from pipeline.seal import mark_on, seal
from pipeline.signing_identity import SigningIdentity, create_demo_identity, open_identity, trust_roots

VIETNAM = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 21, 8, 0, 5, tzinfo=VIETNAM)
OFFICER = "Nguyễn Thị Ánh (MẪU)"
ABOUT = DocumentAbout("Tờ khai <thử> & xem", "000.00.17.H56-250715-0001", "to_khai", NOW, "Số Hóa thử")
HEADING = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Diện tích 36,5 m² ½ № 7 “ngoặc” – — …",
    "Số định danh cá nhân: 001234567890 kỵ Ỵ",
)
WORD_HEIGHT, LINE_STEP, LETTER = 40.0, 64.0, 20.0


@dataclass(frozen=True)
class Shape:
    """How a sheet lies on the glass, and how its picture is kept."""

    width: int = 1000
    height: int = 1400
    rotation_degrees: int = 0
    angle_degrees: float = 0.0
    dpi: float = 200.0
    mode: str = "RGB"
    format: str = "JPEG"


def lines_of(texts: Sequence[str], left: float = 120.0, top: float = 200.0) -> tuple[Line, ...]:
    """Lines of print below one another, every word with its box."""
    lines = []
    for row, text in enumerate(texts):
        x, y = left, top + row * LINE_STEP
        words = []
        for part in text.split():
            words.append(Word(part, Box(x, y, x + len(part) * LETTER, y + WORD_HEIGHT), 0.9))
            x += (len(part) + 1) * LETTER
        lines.append(Line(text, Box(left, y, x - LETTER, y + WORD_HEIGHT), 0.9, tuple(words)))
    return tuple(lines)


def sheet(lines: Sequence[Line] = (), shape: Shape | None = None, number: int = 1) -> PagePicture:
    """A page whose picture shows a bar in every word box."""
    shape = shape or Shape()
    frame = UprightFrame(shape.width, shape.height, shape.rotation_degrees, shape.angle_degrees)
    picture = _encoded(_drawn(frame, lines), shape)
    return PagePicture(recognised(frame, lines, picture, shape, number), picture, media_type(shape))


def media_type(shape: Shape) -> str:
    return f"image/{shape.format.lower()}"


def recognised(
    frame: UprightFrame, lines: Sequence[Line], picture: bytes, shape: Shape, number: int = 1
) -> RecognisedPage:
    kept = StoredObject("k", hashlib.sha256(picture).hexdigest(), len(picture), media_type(shape))
    page = ScannedPage(
        SourceFile("to-khai.jpg", kept),
        number,
        kept,
        Extraction.AS_SCANNED,
        frame.scan_width,
        frame.scan_height,
        shape.dpi,
    )
    return RecognisedPage(page, frame, tuple(lines), (), (), not lines, 0.9, ())


def _drawn(frame: UprightFrame, lines: Sequence[Line]) -> Image.Image:
    upright = Image.new("L", (frame.width, frame.height), 255)
    pen = ImageDraw.Draw(upright)
    for line in lines:
        for word in line.words:
            box = word.box
            pen.rectangle((box.left + 3, box.top + 8, box.right - 4, box.bottom - 9), fill=0)
    m = frame.matrix
    # PIL asks for the way from the picture it makes to the one it has: from scan to upright frame.
    return upright.transform(
        (frame.scan_width, frame.scan_height),
        Image.Transform.AFFINE,
        (m.a, m.c, m.e, m.b, m.d, m.f),
        resample=Image.Resampling.BILINEAR,
        fillcolor=255,
    )


def _encoded(picture: Image.Image, shape: Shape) -> bytes:
    if shape.mode == "P":
        picture = picture.convert("RGB").quantize(16)
    elif shape.mode != "L":
        picture = picture.convert(shape.mode)
    out = io.BytesIO()
    options: dict[str, Any] = {}
    if (shape.mode, shape.format) == ("1", "TIFF"):
        options = {"compression": "group4", "tiffinfo": {278: shape.height}}  # one strip, as scanners do
    picture.save(out, shape.format, **options)
    return out.getvalue()


@cache
def identity_file() -> Path:
    """A demo identity for the whole run; its password is "mật khẩu"."""
    path = Path(tempfile.mkdtemp(prefix="sohoa-test-")) / "officer.p12"
    create_demo_identity(path, "mật khẩu", NOW)
    return path


@cache
def identity() -> SigningIdentity:
    return open_identity(identity_file(), "mật khẩu")


def roots() -> tuple[x509.Certificate, ...]:
    return trust_roots(identity_file())


def sealed(page: PagePicture) -> bytes:
    """A document of one page, rendered and sealed."""
    return seal(render_document([page], ABOUT), identity(), mark_on(page.recognised, OFFICER, NOW, NOW))


@cache
def issued_identity() -> tuple[SigningIdentity, x509.Certificate]:
    """An officer's identity below an intermediate authority, all with elliptic curve keys; and the root."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    names = ["Gốc (MẪU)", "Trung gian (MẪU)", "Cán bộ (MẪU)"]
    made: list[x509.Certificate] = []
    for level, (key, name) in enumerate(zip(keys, names, strict=True)):
        issuer = names[max(0, level - 1)]
        is_authority = level < 2
        made.append(
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(level + 1)
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .sign(keys[max(0, level - 1)], hashes.SHA256())
        )
    root, middle, officer = made
    data = pkcs12.serialize_key_and_certificates(
        b"x", keys[2], officer, [middle, root], BestAvailableEncryption(b"x")
    )
    path = Path(tempfile.mkdtemp(prefix="sohoa-test-")) / "issued.p12"
    path.write_bytes(data)
    return open_identity(path, "x"), root
