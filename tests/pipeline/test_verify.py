"""Verification is judged by what it refuses: every changed byte, every foreign hand."""

from __future__ import annotations

import io
import random
import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pipeline.rendition import PagePicture, render_document
from pipeline.seal import mark_on, seal
from pipeline.signing_identity import create_demo_identity, open_identity, trust_roots
from pipeline.verify import Verification, report_signatures, unsigned_revision, verify_pdf, verify_signature
from tests.sheets import ABOUT, HEADING, NOW, OFFICER, Shape, identity, lines_of, roots, sealed, sheet
from tests.sheets import issued_identity as issued

MATERIAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"
SHAPE = Shape(width=400, height=560, mode="1", format="PNG", dpi=72.0)


@cache
def small() -> bytes:
    """A sealed document of few bytes."""
    return sealed(sheet(lines_of(HEADING[:1], left=20.0, top=300.0), SHAPE))


def outcomes(verification: Verification) -> dict[str, str]:
    return {check.name: check.outcome for check in verification.checks}


def gap(data: bytes) -> tuple[int, int]:
    """Start and end of the hexadecimal string of the signature, its brackets included."""
    start, second, _ = (int(n) for n in re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)", data)[-1])
    return start, second


def with_container(data: bytes, change: Callable[[bytearray], bytes | bytearray]) -> bytes:
    """The file with another container in the same gap."""
    start, end = gap(data)
    container = bytes(change(bytearray.fromhex(data[start + 1 : end - 1].decode())))
    text = container.hex().upper().encode()
    return data[: start + 1] + text.ljust(end - start - 2, b"0") + data[end - 1 :]


def test_a_sealed_document_passes_every_check() -> None:
    verification = verify_pdf(small(), roots())
    said = outcomes(verification)
    assert said.pop("signer_not_revoked") == "not_checked", "nobody asked, and no answer is in the file"
    assert set(said.values()) == {"pass"}
    assert list(outcomes(verification)) == [
        "signature_present",
        "signature_intact",
        "covers_whole_file",
        "signature_canonical",
        "signer_trusted",
        "signer_not_revoked",
        "seal_level",
        "pdfa_2b",
        "text_layer",
    ]
    assert verification.passed
    assert verification.signer == identity().name
    assert verification.signed_at == NOW


def test_every_flipped_byte_of_the_signature_is_noticed() -> None:
    """All of the signature's dictionary and of the container; of the long padding, both ends and a part."""
    data = small()
    start, end = gap(data)
    assert verify_signature(data, None).passed
    assert data[end - 200 : end - 1] == b"0" * 199, "padding is among what is flipped"
    used = start + len(data[start:end].rstrip(b">").rstrip(b"0"))
    tail = range(end - 400, end + 300)
    unnoticed = [
        (position, bit)
        for position in (*range(data.rindex(b" obj", 0, start), used + 400), *range(used, end, 61), *tail)
        for bit in (0x01, 0x20)
        if position < len(data) and verify_signature(_flipped(data, position, bit), None).passed
    ]
    assert not unnoticed


def test_flipped_bytes_anywhere_are_noticed() -> None:
    data = small()
    dice = random.Random(2026)
    positions = {
        *range(40),
        *range(len(data) - 40, len(data)),
        *(dice.randrange(len(data)) for _ in range(200)),
    }
    for position in positions:
        assert not verify_signature(_flipped(data, position, 1 << dice.randrange(8)), roots()).passed, (
            position
        )


def test_one_flipped_byte_fails_the_whole_verification() -> None:
    data = small()
    for position in (30, len(data) // 2, gap(data)[0] + 700, gap(data)[1] - 5, len(data) - 3):
        verification = verify_pdf(_flipped(data, position, 1), roots())
        assert not verification.passed
        assert "fail" in outcomes(verification).values()


def _flipped(data: bytes, position: int, bit: int) -> bytes:
    return data[:position] + bytes([data[position] ^ bit]) + data[position + 1 :]


@pytest.mark.parametrize("addition", [b"\n", b" ", b"\0", b"%%EOF\n", b"1 0 obj\n<<>>\nendobj\n"])
def test_nothing_may_follow(addition: bytes) -> None:
    verification = verify_pdf(small() + addition, roots())
    assert outcomes(verification)["covers_whole_file"] == "fail"
    assert not verification.passed


def test_nothing_may_be_missing() -> None:
    data = small()
    for length in (0, 1, 100, len(data) // 2, gap(data)[0] + 50, len(data) - 1):
        assert not verify_pdf(data[:length], roots()).passed


def test_nothing_may_stand_before() -> None:
    assert not verify_pdf(b"\n" + small(), roots()).passed


def test_hexadecimal_has_one_form() -> None:
    start, end = gap(small())
    lower = small()[:start] + small()[start:end].lower() + small()[end:]
    verification = verify_pdf(lower, roots())
    assert outcomes(verification)["signature_intact"] == "pass", "the bytes it stands for are the same"
    assert outcomes(verification)["signature_canonical"] == "fail"
    assert not verification.passed


def _another_certificate(container: bytearray) -> bytes:
    info = cms.ContentInfo.load(bytes(container))
    stranger = open_identity(_stranger(), "x").certificate
    loaded = cms.Certificate.load(stranger.public_bytes(Encoding.DER))
    info["content"]["certificates"].append(cms.CertificateChoices("certificate", loaded))
    return info.dump(force=True)


@cache
def _stranger() -> Path:
    path = Path(tempfile.mkdtemp(prefix="sohoa-test-")) / "stranger.p12"
    create_demo_identity(path, "x", NOW)
    return path


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_another_certificate, id="one more certificate"),
        pytest.param(lambda c: bytes(c).rstrip(b"\0") + b"\x05\0", id="something in the padding"),
        pytest.param(lambda c: b"0\x80" + bytes(c[4:]), id="indefinite length"),
        pytest.param(lambda c: b"", id="no container"),
    ],
)
def test_containers_that_only_seem_equal(change: Callable[[bytearray], bytes]) -> None:
    assert not verify_signature(with_container(small(), change), roots()).passed


def test_an_unsigned_attribute_is_not_b_b() -> None:
    """A time stamp that somebody adds later makes the signature another one than was archived."""

    def add(container: bytearray) -> bytes:
        info = cms.ContentInfo.load(bytes(container))
        attribute = cms.CMSAttribute({"type": "message_digest", "values": [b"anything"]})
        info["content"]["signer_infos"][0]["unsigned_attrs"] = [attribute]
        return info.dump(force=True)

    changed = with_container(small(), add)
    assert len(changed) == len(small())
    assert outcomes(verify_pdf(changed, roots()))["signature_canonical"] == "fail"


def test_trust_is_a_check_of_its_own() -> None:
    known = verify_pdf(small(), roots())
    nobody = verify_pdf(small(), None)
    others = verify_pdf(small(), trust_roots(_stranger()))
    none = verify_pdf(small(), ())
    assert outcomes(known)["signer_trusted"] == "pass"
    assert outcomes(nobody)["signer_trusted"] == "not_checked"
    assert nobody.passed
    assert outcomes(others)["signer_trusted"] == outcomes(none)["signer_trusted"] == "fail"
    assert outcomes(others)["signature_intact"] == "pass"
    assert not others.passed
    assert not none.passed


def test_an_officer_below_an_intermediate_authority() -> None:
    """Elliptic curve keys; the intermediate certificate is proven by the root, or not at all."""
    person, root = issued()
    page = sheet(lines_of(HEADING[:1], left=20.0, top=300.0), SHAPE)
    data = seal(render_document([page], ABOUT), person, mark_on(page.recognised, OFFICER, NOW, NOW))
    assert verify_pdf(data, (root,)).passed
    assert outcomes(verify_pdf(data, (root,)))["signer_trusted"] == "pass"
    unproven = verify_pdf(data, None)
    assert outcomes(unproven)["signature_canonical"] == "fail"
    start, end = gap(data)
    length = len(cms.ContentInfo.load(bytes.fromhex(data[start + 1 : end - 1].decode())).dump())
    for position in range(start, start + 2 * length, 7):
        assert not verify_signature(_flipped(data, position, 0x01), (root,)).passed, position


def test_the_unsigned_revision_is_what_was_rendered() -> None:
    page = sheet(lines_of(HEADING), SHAPE)
    unsigned = render_document([page], ABOUT)
    signed = seal(unsigned, identity(), mark_on(page.recognised, OFFICER, NOW, NOW))
    assert unsigned_revision(signed) == unsigned
    assert unsigned_revision(unsigned) == unsigned
    assert unsigned_revision(b"startxref\n99999\n%%EOF") == b"startxref\n99999\n%%EOF"


def test_an_unsigned_rendition_says_what_is_missing() -> None:
    verification = verify_pdf(render_document([sheet(lines_of(HEADING), SHAPE)], ABOUT), roots())
    assert outcomes(verification) == {
        "signature_present": "fail",
        "signature_intact": "not_checked",
        "covers_whole_file": "not_checked",
        "signature_canonical": "not_checked",
        "signer_trusted": "not_checked",
        "signer_not_revoked": "not_checked",
        "seal_level": "not_checked",
        "pdfa_2b": "pass",
        "text_layer": "pass",
    }
    assert not verification.passed


def test_a_scan_without_any_word_is_not_passed_and_a_blank_sheet_is() -> None:
    """A photograph and a lost text layer cannot be told apart here: neither passed nor failed."""
    printed = sheet(lines_of(HEADING), SHAPE)
    mute = sheet_without_words(printed)
    assert outcomes(verify_pdf(mute, None))["text_layer"] == "not_checked"
    assert outcomes(verify_pdf(sealed(sheet(shape=SHAPE)), None))["text_layer"] == "pass"


def sheet_without_words(page: PagePicture) -> bytes:
    return sealed(replace(page, recognised=replace(page.recognised, lines=())))


def test_what_is_not_pdfa_fails() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
    assert outcomes(verify_pdf(out.getvalue(), None))["pdfa_2b"] == "fail"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0 a picture",
        b"/ByteRange [0 1 2 3]",
        b"/ByteRange [0 0 0 0]",
        b"/ByteRange [0 5 999999999999 1]",
        b"/ByteRange [0 21 23 0] <>",
        b"x" * 30 + b"/ByteRange [0 10 12 50]" + b"<>" * 10,
    ],
)
def test_what_is_no_pdf_is_judged_without_an_exception(data: bytes) -> None:
    assert not verify_pdf(data, None).passed
    assert all(not report.intact for report in report_signatures(data))


def test_the_report_names_the_signer() -> None:
    (report,) = report_signatures(small(), roots())
    assert report.signer == identity().name
    assert report.intact
    assert report.covers_whole_file
    assert report.issuer_known
    assert not report.is_timestamp
    assert report.signed_at == NOW
    (unknown,) = report_signatures(small())
    assert not unknown.issuer_known
    (damaged,) = report_signatures(_flipped(small(), 300, 1))
    assert not damaged.intact
    (followed,) = report_signatures(small() + b"\n")
    assert followed.intact
    assert not followed.covers_whole_file


@pytest.mark.material
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the real material is not there")
def test_incoming_signatures_are_reported_as_pdfsig_does() -> None:
    folder = MATERIAL / "vi_multipage"
    rows = [row.split("\t") for row in (folder / "manifest.tsv").read_text("utf-8").splitlines()[1:]]
    for name, *_, signatures, _ in rows:
        numbers = [int(n) for n in re.findall(r"\d+", signatures.replace("22.12", ""))]
        data = (folder / name).read_bytes()
        reports = report_signatures(data)
        assert [len(reports), sum(report.intact for report in reports)] == numbers, name
        if numbers[1]:
            assert [report.covers_whole_file for report in reports] == [False] * (len(reports) - 1) + [True]
            assert all(not report.intact for report in report_signatures(_flipped(data, 5000, 1)))
        assert not verify_pdf(data, ()).passed


@pytest.mark.material
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the real material is not there")
def test_damaged_and_hostile_files_are_judged_without_an_exception() -> None:
    files = sorted(file for file in (MATERIAL / "bad").rglob("*.pdf") if file.stat().st_size < 300_000)
    for file in files[::3]:
        assert not verify_signature(file.read_bytes(), None).passed, file.name
        assert all(isinstance(report.intact, bool) for report in report_signatures(file.read_bytes()))


def test_the_stranger_is_nobody_we_know() -> None:
    (root,) = trust_roots(_stranger())
    assert isinstance(root, x509.Certificate)
    assert root not in roots()
