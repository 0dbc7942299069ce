"""Signed files as they come in: every kind reported, every byte kept."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from pyhanko.pdf_utils.generic import NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from dossier.archive import DigitisationOrder
from dossier.errors import SourceUnsupported
from dossier.finding import Finding, Outcome, Rule, Severity
from dossier.geometry import UprightFrame
from dossier.page import RecognisedPage
from flows.incoming import report_detached, report_signed_sources
from flows.intake import RefusedFile, TakenFile, take_in_file
from flows.settings import Settings
from flows.wiring import Workshop, compose, open_quarantine
from pipeline.rendition import render_document
from pipeline.trust_path import run_to_end
from scanners.envelope import CMS, DETACHED
from storage.memory import MemoryArchive
from storage.s3 import StoreSettings
from tests.authority import Authority, authority
from tests.sheets import ABOUT, HEADING, OFFICER, lines_of, sheet

ORDER = DigitisationOrder("H42-261119-0001", "1.001193", (), date(2026, 11, 19), OFFICER)
MATERIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "vi_multipage"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        (running.folder / "roots.pem").write_bytes(running.certificate("root").public_bytes(Encoding.PEM))
        yield running


@pytest.fixture
def work(tmp_path: Path, office: Authority) -> Workshop:
    settings = Settings(state=tmp_path / "state", trust_roots_file=office.folder / "roots.pem")
    work = compose(settings, StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False))
    return replace(work, archive=MemoryArchive())


@pytest.fixture(scope="module")
def paper() -> bytes:
    return render_document([sheet(lines_of(HEADING))], ABOUT)


def signed(data: bytes, office: Authority, field: str = "A", name: str = "officer") -> bytes:
    """As another program signs: an incremental update with a field of its own."""
    metadata = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", name=name)
    signer = PdfSigner(metadata, office.identity(name).signer, new_field_spec=SigFieldSpec(field))
    out = io.BytesIO()
    run_to_end(signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=out))
    return out.getvalue()


def changed(data: bytes, *, page: bool) -> bytes:
    """Something added after signing: the page turned, or only the document's language said."""
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    target = writer.root["/Pages"]["/Kids"][0] if page else writer.root
    if page:
        target["/Rotate"] = NumberObject(90)
    else:
        target[pdf_name("/Lang")] = pdf_string("en")
    writer.update_container(target)
    writer.write(out)
    return out.getvalue()


def with_empty_field(data: bytes) -> bytes:
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    append_signature_field(writer, SigFieldSpec("Người ký"))
    writer.write(out)
    return out.getvalue()


def without_fields(data: bytes) -> bytes:
    """The signature is still in the file, and no field leads to it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.Root.Kept = pdf.Root.AcroForm.Fields[0].V
        del pdf.Root.AcroForm
        del pdf.pages[0].obj.Annots
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def flipped(data: bytes) -> bytes:
    damaged = bytearray(data)
    damaged[10] ^= 1  # in the comment of the second line, so that every page is still read
    return bytes(damaged)


def taken(work: Workshop, folder: Path, name: str, data: bytes) -> TakenFile:
    (folder / name).write_bytes(data)
    file = take_in_file(work, folder / name)
    assert isinstance(file, TakenFile), file
    kept = file.signature or file.pages[0].source
    assert work.spool.get(kept.original) == data, "every byte is kept"
    return file


def findings(work: Workshop, folder: Path, data: bytes, name: str = "giấy.pdf") -> list[Finding]:
    pages = [
        RecognisedPage(p, UprightFrame(p.width, p.height, 0, 0.0), (), (), (), True, 1.0, ())
        for p in taken(work, folder, name, data).pages
    ]
    return list(report_signed_sources(work, pages))


def lines(found: list[Finding]) -> list[str]:
    (finding,) = found
    assert finding.rule is Rule.SIGNED_ORIGINAL
    return list(finding.evidence)


def test_every_kind_of_signed_pdf_is_told(
    work: Workshop, office: Authority, paper: bytes, tmp_path: Path
) -> None:
    once = signed(paper, office)
    told = {
        name: lines(findings(work, tmp_path, data, f"{name}.pdf"))
        for name, data in {
            "valid": once,
            "broken": flipped(once),
            "expired": signed(paper, office, name="expired"),
            "added": changed(once, page=True),
            "language": changed(once, page=False),
            "twice": signed(once, office, "B"),
            "waiting": with_empty_field(once),
        }.items()
        if name != "waiting"
    }
    assert told["valid"] == ["MẪU officer, intact, covers the whole file, issuer known"]
    (broken,) = told["broken"]
    assert "broken: the file is not what was signed" in broken
    assert told["expired"] == ["MẪU expired, intact, covers the whole file, issuer unknown"]
    assert told["added"] == [
        "MẪU officer, intact, covers an earlier revision, issuer known, added later: other"
    ]
    assert told["language"][0].endswith("added later: other")
    first, second = told["twice"]
    assert first == "MẪU officer, intact, covers an earlier revision, issuer known, added later: signatures"
    assert second == "MẪU officer, intact, covers the whole file, issuer known"


def test_a_stranger_is_unknown(work: Workshop, office: Authority, paper: bytes, tmp_path: Path) -> None:
    (office.folder / "other.pem").write_bytes(office.certificate("stranger").public_bytes(Encoding.PEM))
    elsewhere = replace(work, settings=Settings(state=tmp_path, trust_roots_file=office.folder / "other.pem"))
    assert lines(findings(elsewhere, tmp_path, signed(paper, office)))[0].endswith("issuer unknown")


def test_what_remains_of_a_signature_is_told(
    work: Workshop, office: Authority, paper: bytes, tmp_path: Path
) -> None:
    (line,) = lines(findings(work, tmp_path, without_fields(signed(paper, office))))
    assert "broken: the document does not lead to it" in line


def test_a_field_that_nobody_signed_is_told(
    work: Workshop, office: Authority, paper: bytes, tmp_path: Path
) -> None:
    (finding,) = findings(work, tmp_path, with_empty_field(paper))
    assert (finding.rule, finding.severity) == (Rule.SIGNATURE_FIELD_EMPTY, Severity.WARNING)
    both = findings(work, tmp_path, with_empty_field(signed(paper, office)), "both.pdf")
    assert [f.rule for f in both] == [Rule.SIGNED_ORIGINAL, Rule.SIGNATURE_FIELD_EMPTY]


def container(data: bytes, office: Authority, *options: pkcs7.PKCS7Options) -> bytes:
    maker = pkcs7.PKCS7SignatureBuilder().set_data(data)
    maker = maker.add_signer(office.certificate("officer"), office.key("officer"), hashes.SHA256())
    maker = maker.add_certificate(office.certificate("issuer"))
    return maker.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def test_a_document_in_a_signature_is_read_and_judged(
    work: Workshop, office: Authority, paper: bytes, tmp_path: Path
) -> None:
    inside = signed(paper, office)
    found = findings(work, tmp_path, container(inside, office), "giấy.p7m")
    assert lines(found) == ["MẪU officer, intact, covers the whole file, issuer known"] * 2
    assert found[0].outcome is Outcome.NOTE
    picture = sheet(lines_of(HEADING)).picture
    file = taken(work, tmp_path, "ảnh.p7m", container(picture, office))
    assert file.pages[0].source.original.media_type == CMS
    assert work.spool.get(file.pages[0].picture) == picture


def test_a_signature_beside_its_document_finds_it_by_its_digest(
    work: Workshop, office: Authority, paper: bytes, tmp_path: Path
) -> None:
    detached = container(paper, office, pkcs7.PKCS7Options.DetachedSignature)
    document = taken(work, tmp_path, "giấy.pdf", paper)
    signature = taken(work, tmp_path, "tên khác.p7s", detached)
    assert signature.signature is not None
    assert signature.signature.original.media_type == DETACHED
    (sound,) = report_detached(work, [document, signature])
    assert sound.outcome is Outcome.NOTE
    assert sound.evidence == ("giấy.pdf", "MẪU officer, intact, covers the whole file, issuer known")
    other = taken(work, tmp_path, "khác.pdf", changed(paper, page=True))
    (alone,) = report_detached(work, [other, signature])
    assert (alone.outcome, alone.severity) == (Outcome.FAIL, Severity.WARNING)
    assert "the document that it signs is not there" in alone.evidence[0]


def test_a_signed_xml_is_set_aside_with_its_reason(work: Workshop, tmp_path: Path) -> None:
    data = b'<?xml version="1.0"?><hoaDon><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></hoaDon>'
    (tmp_path / "hóa đơn.xml").write_bytes(data)
    refused = take_in_file(work, tmp_path / "hóa đơn.xml")
    assert isinstance(refused, RefusedFile)
    assert isinstance(refused.error, SourceUnsupported)
    assert "XML with a digital signature" in refused.error.cause
    aside = open_quarantine(work.settings, work.keys)
    aside.copy(aside.entries()[-1].id, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == data


@pytest.mark.material
@pytest.mark.skipif(not MATERIAL.is_dir(), reason="the real material is not there")
def test_real_signed_papers_are_told_and_kept(work: Workshop, tmp_path: Path) -> None:
    """Two of them: signed once, and seven times."""
    for name, count in (("qd_729_ttg.pdf", 1), ("hanoi_tb_453_flag.pdf", 7)):
        told = lines(findings(work, tmp_path, (MATERIAL / "dev" / name).read_bytes(), name))
        assert len(told) == count
        assert all("intact" in line for line in told)
        assert [line for line in told if "whole file" in line] == told[-1:]
        assert json.dumps(told)
