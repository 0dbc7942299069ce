"""The seal is judged by poppler's pdfsig, by openssl, by what is shown, and by the bytes before it."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import pkcs12
from pikepdf import pdfa
from PIL import Image

from dossier.errors import PartMissing, SealError, SignerUnavailable
from dossier.geometry import Box
from dossier.page import Line, Word
from pipeline.mark_font import find_font, mark_font
from pipeline.mark_profiles import CopyWords, MarkWords, conversion_words, copy_words, scan_words
from pipeline.rendition import PagePicture, render_document
from pipeline.seal import FIELD_NAME, mark_on, mark_with, seal
from pipeline.signing_identity import FileSigner, create_demo_identity, roots_beside
from pipeline.text_witness import words_by_page
from pipeline.verify import verify_signature
from tests.sheets import (
    ABOUT,
    HEADING,
    NOW,
    OFFICER,
    Shape,
    identity,
    identity_file,
    lines_of,
    roots,
    sealed,
    sheet,
)

A4 = Shape(width=1654, height=2339)


@contextmanager
def widget(data: bytes) -> Iterator[pikepdf.Object]:
    """The signature's field on page 1."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (annotation,) = pdf.pages[0].Annots
        yield annotation


def mark_box(data: bytes, dpi: float = 200.0) -> Box:
    """Where the mark stands, pixels from the top left."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        left, bottom, right, top = (float(v) for v in pdf.pages[0].Annots[0].Rect)
        height = float(pdf.pages[0].MediaBox[3])
    scale = dpi / 72
    return Box(left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)


def mark_text(data: bytes) -> str:
    """What the mark says, through its own font's ToUnicode, by pdfium."""
    out = io.BytesIO()
    with widget(data) as field, pikepdf.new() as shown:
        form = field.AP.N
        page = shown.add_blank_page(page_size=(float(max(form.BBox)), float(max(form.BBox))))
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(M=shown.copy_foreign(form)))
        page.obj.Contents = shown.make_stream(b"/M Do")
        shown.save(out)
    document = pdfium.PdfDocument(out.getvalue())
    text = document[0].get_textpage().get_text_range()
    document.close()
    return " ".join(text.split())


def test_the_sealed_file_begins_with_the_unsigned_bytes() -> None:
    page = sheet(lines_of(HEADING), A4)
    unsigned = render_document([page], ABOUT)
    signed = seal(unsigned, identity(), mark_on(page.recognised, OFFICER, NOW, NOW))
    assert signed.startswith(unsigned)
    assert len(signed) > len(unsigned)
    assert pdfa.validate_written(io.BytesIO(unsigned), "2b").passed
    assert list(words_by_page(signed)) == list(words_by_page(unsigned))


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_pdfsig_accepts_it(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(sealed(sheet(lines_of(HEADING), A4)))
    said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert identity().name in said
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    file.write_bytes(damaged)
    said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" not in said


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_the_container(tmp_path: Path) -> None:
    data = sealed(sheet(lines_of(HEADING), A4))
    start, second, length = (int(n) for n in re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)", data)[-1])
    container = cms.ContentInfo.load(bytes.fromhex(data[start + 1 : second - 1].decode()))
    (tmp_path / "cms.der").write_bytes(container.dump())
    (tmp_path / "signed").write_bytes(data[:start] + data[second : second + length])
    (tmp_path / "roots.pem").write_bytes(roots_beside(identity_file()).read_bytes())
    command = "openssl cms -verify -cades -binary -inform DER -purpose any -CAfile roots.pem"
    command = f"{command} -attime {NOW.timestamp():.0f} -in cms.der -content signed -out out"
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "signed").write_bytes(data[:start] + b" " + data[second + 1 :])
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_signature_is_pades_and_says_when() -> None:
    data = sealed(sheet(lines_of(HEADING), A4))
    with widget(data) as field:
        assert str(field.T) == FIELD_NAME
        assert str(field.V.SubFilter) == "/ETSI.CAdES.detached"
        assert str(field.V.M) == "D:20261121080005+07'00'"
        assert int(field.F) & 4, "the mark is printed"
        container = cms.ContentInfo.load(bytes(field.V.Contents))
    (signer,) = container["content"]["signer_infos"]
    kinds = {attribute["type"].dotted for attribute in signer["signed_attrs"]}
    assert {"1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"} <= kinds
    assert "1.2.840.113549.1.9.5" not in kinds, "PAdES keeps the time of signing out of the attributes"


def test_the_mark_says_who_scanned_and_when() -> None:
    page = sheet(lines_of(HEADING), A4)
    scanned_at = (NOW - timedelta(minutes=5)).astimezone(tz=None)
    data = seal(
        render_document([page], ABOUT), identity(), mark_on(page.recognised, OFFICER, scanned_at, NOW)
    )
    assert mark_text(data) == f"Người số hóa: {OFFICER} Thời gian quét: 2026-11-21 07:55:05 +07:00"


def test_the_marks_font_is_embedded() -> None:
    with widget(sealed(sheet(lines_of(HEADING), A4))) as field:
        descriptor = field.AP.N.Resources.Font.F.DescendantFonts[0].FontDescriptor
        assert len(descriptor.FontFile2.read_bytes()) < 20_000, "a subset, no whole font"


def test_the_marks_page_is_still_pdfa_but_for_the_form() -> None:
    report = pdfa.validate_written(io.BytesIO(sealed(sheet(lines_of(HEADING), A4))), "2b")
    assert {finding.rule for finding in report.findings} <= {"pikepdf:schema-Catalog"}
    assert all("AcroForm" in finding.message for finding in report.findings)


@pytest.mark.parametrize("top", [20.0, 110.0, 200.0])
@pytest.mark.parametrize("turn", [(0, 0.0), (180, 1.7)])
def test_the_mark_hides_no_print(top: float, turn: tuple[int, float]) -> None:
    """Seen, not believed: drawn with and without its mark, the page shows every bar of ink."""
    shape = replace(A4, rotation_degrees=turn[0], angle_degrees=turn[1])
    page = sheet(lines_of(HEADING, left=60.0, top=top), shape)
    data = sealed(page)
    shown, bare = _drawn(data, forms=True), _drawn(data, forms=False)
    dark = bare < 128
    assert (shown[dark] < 128).all()
    mark = mark_box(data)
    inside = (slice(int(mark.top), int(mark.bottom)), slice(int(mark.left), int(mark.right)))
    assert (shown[inside] < 128).mean() > 0.02, "the mark itself is seen"
    assert not any(mark.overlaps(word.box) for line in page.recognised.lines for word in line.words)
    assert mark.left < page.recognised.frame.width / 2
    assert mark.bottom < page.recognised.frame.height / 2


def _drawn(data: bytes, *, forms: bool) -> np.ndarray:
    document = pdfium.PdfDocument(data)
    if forms:
        document.init_forms()
    picture = document[0].render(scale=200 / 72, grayscale=True, may_draw_forms=forms, draw_annots=forms)
    pixels = np.array(picture.to_numpy().squeeze())
    document.close()
    return pixels


def test_unrecognised_ink_is_not_hidden_either() -> None:
    """A stamp in the corner that no reader saw: the mark goes elsewhere."""
    page = sheet(lines_of(("CON DẤU KHÔNG ĐỌC ĐƯỢC",), left=20.0, top=10.0), A4)
    unread = replace(page, recognised=replace(page.recognised, lines=(), is_blank=True))
    data = sealed(unread)
    assert not mark_box(data).overlaps(Box(23, 18, 456, 42)), "where the bars are"


def covered_by(page: PagePicture, boxes: list[Box]) -> PagePicture:
    """The page as if print stood in these boxes."""
    lines = tuple(Line("X", box, 0.9, (Word("X", box, 0.9),)) for box in boxes)
    return replace(page, recognised=replace(page.recognised, lines=lines))


def test_a_full_top_sends_the_mark_down_the_page() -> None:
    page = sheet(lines_of(("X" * 80,) * 14, left=10.0, top=0.0), A4)
    full = covered_by(page, [Box(0, 0, 1654, 1100)])
    data = seal(render_document([page], ABOUT), identity(), mark_on(full.recognised, OFFICER, NOW, NOW))
    assert mark_box(data).top >= 1100
    assert mark_text(data).startswith("Người số hóa")


def test_ink_that_is_no_print_gets_a_ground_of_its_own_over_it() -> None:
    page = sheet(lines_of(("X" * 80,) * 40, left=10.0, top=0.0), A4)
    unread = covered_by(page, [])
    with widget(
        seal(render_document([unread], ABOUT), identity(), mark_on(unread.recognised, OFFICER, NOW, NOW))
    ) as field:
        assert field.AP.N.read_bytes().startswith(b"q 1 g"), "white first"


def test_a_page_full_of_print_is_sealed_and_nothing_hidden() -> None:
    """What the mark would say stands in the signature instead."""
    page = sheet(lines_of(HEADING), A4)
    full = covered_by(page, [Box(0, 0, 1654, 2339)])
    data = seal(render_document([page], ABOUT), identity(), mark_on(full.recognised, OFFICER, NOW, NOW))
    with widget(data) as field:
        assert [float(v) for v in field.Rect] == [0, 0, 0, 0]
        assert str(field.V.Reason) == f"Người số hóa: {OFFICER}; Thời gian quét: 2026-11-21 08:00:05 +07:00"
    assert verify_signature(data, roots()).passed


@pytest.mark.parametrize("top", [20.0, 200.0])
@pytest.mark.parametrize(
    ("words", "corner", "said"),
    [
        (scan_words(OFFICER, NOW), "left", "Người số hóa: {} Thời gian quét: 2026-11-21 08:00:05 +07:00"),
        (
            copy_words(CopyWords.SAO_Y, OFFICER, NOW),
            "right",
            "SAO Y {} Thời gian ký: 2026-11-21 08:00:05 +07:00",
        ),
        (
            copy_words(CopyWords.TRICH_SAO, OFFICER, NOW),
            "right",
            "TRÍCH SAO {} Thời gian ký: 2026-11-21 08:00:05 +07:00",
        ),
        (
            conversion_words(OFFICER, NOW),
            "left",
            "Thông điệp dữ liệu được chuyển đổi từ văn bản giấy "
            "Thời gian chuyển đổi: 2026-11-21 08:00:05 +07:00 Người thực hiện chuyển đổi: {}",
        ),
    ],
    ids=["scan", "sao y", "trích sao", "conversion"],
)
def test_each_artefact_has_its_mark(words: MarkWords, corner: str, said: str, top: float) -> None:
    """Its words, its corner, and no print under it, recognised or drawn."""
    page = sheet(lines_of(HEADING, left=60.0, top=top), A4)
    data = seal(render_document([page], ABOUT), identity(), mark_with(page.recognised, words, NOW))
    assert mark_text(data) == said.format(OFFICER)
    mark = mark_box(data)
    assert not any(mark.overlaps(word.box) for line in page.recognised.lines for word in line.words)
    middle = page.recognised.frame.width / 2
    assert (mark.left + mark.width / 2 < middle) == (corner == "left")
    shown, bare = _drawn(data, forms=True), _drawn(data, forms=False)
    assert (shown[bare < 128] < 128).all()
    with widget(data) as field:
        drawn = field.AP.N.read_bytes()
        if corner == "right":
            assert b"/F 10 Tf" in drawn, "the decree's size"
        assert b" rg " not in drawn, "black"


def test_officers_name_in_any_letters() -> None:
    page = sheet(lines_of(HEADING), A4)
    data = seal(render_document([page], ABOUT), identity(), mark_on(page.recognised, "Lò Thị 漢 Ỵ", NOW, NOW))
    assert mark_text(data).startswith("Người số hóa: Lò Thị ? Ỵ")


def test_a_running_event_loop_is_no_hindrance() -> None:
    async def inside() -> bytes:
        return sealed(sheet(lines_of(HEADING), A4))

    assert b"/ETSI.CAdES.detached" in asyncio.run(inside())


def test_what_is_sealed_is_not_sealed_again() -> None:
    page = sheet(lines_of(HEADING), A4)
    with pytest.raises(SealError, match="signed already"):
        seal(sealed(page), identity(), mark_on(page.recognised, OFFICER, NOW, NOW))


def test_a_key_of_another_certificate_is_noticed(tmp_path: Path) -> None:
    """As with a token whose certificate was renewed without its key."""
    create_demo_identity(tmp_path / "other.p12", "x", NOW)
    key, _, _ = pkcs12.load_key_and_certificates((tmp_path / "other.p12").read_bytes(), b"x")
    wrong = replace(identity(), signer=FileSigner(key, identity().certificate, ()))
    page = sheet(lines_of(HEADING), A4)
    with pytest.raises(SealError, match="does not belong"):
        seal(render_document([page], ABOUT), wrong, mark_on(page.recognised, OFFICER, NOW, NOW))


def test_a_card_on_a_black_lid_gets_a_mark_that_can_be_read() -> None:
    shape = Shape(width=1000, height=700, mode="L", format="PNG")
    picture = Image.new("L", (shape.width, shape.height), 12)
    out = io.BytesIO()
    picture.save(out, "PNG")
    dark = replace(sheet(shape=shape), picture=out.getvalue())
    data = sealed(dark)
    mark = mark_box(data)
    inside = (slice(int(mark.top), int(mark.bottom)), slice(int(mark.left), int(mark.right)))
    assert (_drawn(data, forms=True)[inside] > 200).mean() > 0.6


def test_an_expired_certificate_does_not_sign() -> None:
    page = sheet(lines_of(HEADING), A4)
    later = NOW + timedelta(days=3650)
    with pytest.raises(SignerUnavailable, match="not valid"):
        seal(render_document([page], ABOUT), identity(), mark_on(page.recognised, OFFICER, NOW, later))


@pytest.mark.parametrize("data", [b"", b"no PDF", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_pdf_is_not_sealed(data: bytes) -> None:
    page = sheet(lines_of(HEADING), A4)
    with pytest.raises(SealError):
        seal(data, identity(), mark_on(page.recognised, OFFICER, NOW, NOW))


def test_a_missing_font_is_said(tmp_path: Path) -> None:
    with pytest.raises(PartMissing, match="Liberation Serif"):
        find_font((tmp_path,))
    broken = tmp_path / "LiberationSerif-Regular.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(PartMissing, match="cannot be used"):
        mark_font(find_font((tmp_path, tmp_path)), "abc")
