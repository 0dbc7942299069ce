"""Documents inside signatures and beside them: read or named, kept byte for byte, judged."""

from __future__ import annotations

import base64
import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from PIL import Image

from dossier.errors import SourceUnreadable, SourceUnsupported
from dossier.page import Extraction
from pipeline.envelope_report import report_envelope, signs
from pipeline.signing_identity import FileSigner
from scanners.envelope import CMS, DETACHED, container_of, open_envelope
from scanners.files import open_file, prove_whole, read_pages, read_pages_guarded
from tests.sheets import identity, roots

Options = pkcs7.PKCS7Options
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (620, 877), "white").save(out, "JPEG", dpi=(200, 200))
    return out.getvalue()


def signed(data: bytes, *options: Options, form: serialization.Encoding = DER) -> bytes:
    """What a signing program writes; ours is the test's own identity."""
    signer = identity().signer
    assert isinstance(signer, FileSigner)
    maker = pkcs7.PKCS7SignatureBuilder().set_data(data)
    maker = maker.add_signer(identity().certificate, signer._key, hashes.SHA256())  # type: ignore[arg-type]
    return maker.sign(form, [Options.Binary, *options])


def written(folder: Path, data: bytes, name: str = "tờ khai.p7m") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


WRAPPINGS = {
    "attached": lambda data: signed(data),
    "armoured": lambda data: signed(data, form=PEM),
    "base64": lambda data: base64.encodebytes(signed(data)),
    "twice": lambda data: signed(signed(data)),
}


@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
def test_the_document_inside_is_read_and_the_file_kept(wrap: object, tmp_path: Path) -> None:
    data = wrap(picture())  # type: ignore[operator]
    file = open_file(written(tmp_path, data))
    assert (file.media_type, file.data, file.signatures) == (CMS, data, 1)
    (page,) = read_pages_guarded(file, tmp_path)
    assert page.picture == picture()
    assert page.extraction is Extraction.EMBEDDED
    prove_whole(file, tmp_path)


def test_a_pdf_inside_is_read_by_the_guarded_process(tmp_path: Path) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 300))
        pdf.save(out)
    file = open_file(written(tmp_path, signed(out.getvalue())))
    assert len(list(read_pages_guarded(file, tmp_path))) == 1


def test_a_detached_signature_has_no_pages(tmp_path: Path) -> None:
    data = signed(picture(), Options.DetachedSignature)
    file = open_file(written(tmp_path, data, "tờ khai.jpg.p7s"))
    assert (file.media_type, file.data, file.signatures) == (DETACHED, data, 1)
    assert list(read_pages(file)) == []
    assert list(read_pages_guarded(file, tmp_path)) == []


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (signed(b"hello"), SourceUnsupported),
        (signed(picture())[:900], SourceUnreadable),
        (
            b"<?xml version='1.0'?><a><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></a>",
            SourceUnsupported,
        ),
        (bytes.fromhex("308006092a864886f70d010702") + bytes(200), SourceUnreadable),
        (bytes.fromhex("30") * 5000, SourceUnsupported),
    ],
    ids=["text inside", "cut off", "signed XML", "hollow", "nested"],
)
def test_what_cannot_be_read_is_named(data: bytes, trouble: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(trouble):
        list(read_pages(open_file(written(tmp_path, data))))


def test_openssl_agrees_on_what_is_inside(tmp_path: Path) -> None:
    data = signed(picture())
    written(tmp_path, data, "a.p7m")
    command = "openssl cms -verify -noverify -inform DER -binary -in a.p7m -out inside"
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert (tmp_path / "inside").read_bytes() == open_envelope(data, "a").content == picture()


def judged(data: bytes, content: bytes | None, known: tuple[x509.Certificate, ...] = ()) -> tuple[bool, bool]:
    (report,) = report_envelope(container_of(data) or b"", content, known)
    return report.intact, report.issuer_known


def test_a_container_is_judged(tmp_path: Path) -> None:
    attached, beside = signed(picture()), signed(picture(), Options.DetachedSignature)
    assert judged(attached, picture()) == (True, False)
    assert judged(attached, picture(), roots())[0]
    assert judged(beside, picture()) == (True, False)
    assert judged(beside, picture() + b" ") == (False, False)
    assert judged(beside, None) == (False, False)
    for place in range(0, len(beside), 37):
        damaged = bytearray(beside)
        damaged[place] ^= 1
        assert isinstance(report_envelope(bytes(damaged), picture()), tuple)
    changed = attached.replace(picture()[200:232], bytes(32))
    assert not judged(changed, open_envelope(changed, "a").content)[0]


def test_a_detached_signature_finds_its_document() -> None:
    beside = signed(picture(), Options.DetachedSignature)
    assert signs(beside, picture())
    assert not signs(beside, b"another")
    assert not signs(b"garbage", picture())
    (nobody,) = report_envelope(b"garbage", picture())
    assert not nobody.intact


def test_a_field_that_nobody_signed_is_counted(tmp_path: Path) -> None:
    for stream in (pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate):
        with pikepdf.new() as pdf:
            pdf.add_blank_page(page_size=(200, 300))
            field = pdf.make_indirect(
                pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("Ký"), Rect=[0, 0, 9, 9])
            )
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
            pdf.save(tmp_path / "empty.pdf", object_stream_mode=stream)
        file = open_file(tmp_path / "empty.pdf")
        assert (file.signatures, file.empty_fields) == (0, 1)


@pytest.mark.parametrize("name", ["attached", "detached"])
def test_what_openssl_signs_is_read_and_judged(name: str, tmp_path: Path) -> None:
    """CAdES, the attached one in the streamed form (BER) that many signing programs write."""
    signer = identity().signer
    assert isinstance(signer, FileSigner)
    key = signer._key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate = identity().certificate.public_bytes(PEM)
    (tmp_path / "signer.pem").write_bytes(key + certificate)
    written(tmp_path, picture(), "scan.jpg")
    form = "-stream -nodetach" if name == "attached" else ""
    command = (
        f"openssl cms -sign -cades -binary {form} -in scan.jpg -signer signer.pem -outform DER -out signed"
    )
    subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=True)
    file = open_file(tmp_path / "signed")
    assert file.media_type == (CMS if name == "attached" else DETACHED)
    envelope = open_envelope(container_of(file.data) or b"", "signed")
    assert envelope.content == (picture() if name == "attached" else None)
    (report,) = report_envelope(envelope.der, picture(), roots())
    assert report.intact
    assert report.signer == identity().name
