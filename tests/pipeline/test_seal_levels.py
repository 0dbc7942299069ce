"""Seals that last: time stamps, evidence, renewal, a real authority; pyHanko, pdfsig and openssl judge."""

from __future__ import annotations

import io
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pikepdf import pdfa
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from dossier.archive import SealLevel
from dossier.errors import CertificateRefused, SealError, TimestampUnavailable
from pipeline.level_check import LevelJudgement, judge_level
from pipeline.rendition import render_document
from pipeline.seal import mark_on, seal
from pipeline.seal_raise import SealServices, raise_seal, renew_seal
from pipeline.signature_report import byte_ranges
from pipeline.verify import verify_signature
from tests.authority import Authority, authority
from tests.sheets import ABOUT, HEADING, OFFICER, Shape, lines_of, sheet

A4 = Shape(width=1654, height=2339)
LEVELS = (SealLevel.B_T, SealLevel.B_LT, SealLevel.B_LTA)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture(scope="module")
def services(office: Authority) -> SealServices:
    return SealServices(office.timestamp_url, (office.certificate("root"),))


def unsigned() -> bytes:
    return render_document([sheet(lines_of(HEADING), A4)], ABOUT)


def sealed_by(office: Authority, name: str = "officer") -> bytes:
    page, now = sheet(lines_of(HEADING), A4), datetime.now(UTC)
    return seal(unsigned(), office.identity(name), mark_on(page.recognised, OFFICER, now, now))


@pytest.fixture(scope="module")
def plain(office: Authority) -> bytes:
    return sealed_by(office)


@pytest.fixture(scope="module")
def raised(plain: bytes, services: SealServices) -> dict[SealLevel, bytes]:
    """Each level from the one before, as it is done when a service comes back."""
    files = {SealLevel.B_B: plain}
    for level in LEVELS:
        files[level] = raise_seal(files[SealLevel(level - 1)], level, services)
    return files


def judged(data: bytes, services: SealServices, now: datetime | None = None) -> LevelJudgement:
    return judge_level(data, services.roots, now or datetime.now(UTC))


def test_each_level_is_reached_and_holds_the_ones_before(
    raised: dict[SealLevel, bytes], services: SealServices
) -> None:
    for level, data in raised.items():
        judgement = judged(data, services)
        assert (judgement.level, judgement.broken) == (level, "")
        assert judgement.seal.holds
        assert (judgement.stamped_at is not None) == (level >= SealLevel.B_T)
        assert (judgement.renew_before is not None) == (level == SealLevel.B_LTA)


def test_revocation_is_told_where_the_file_proves_it_and_nowhere_else(
    raised: dict[SealLevel, bytes], services: SealServices
) -> None:
    for level, data in raised.items():
        said = {check.name: check for check in verify_signature(data, services.roots).checks}
        assert said["signer_trusted"].outcome == "pass"
        known = "pass" if level >= SealLevel.B_LT else "not_checked"
        assert said["signer_not_revoked"].outcome == known, level


def test_the_unsigned_file_stays_the_beginning_and_is_pdfa(raised: dict[SealLevel, bytes]) -> None:
    rendition = unsigned()
    assert pdfa.validate_written(io.BytesIO(rendition), "2b").passed
    assert all(data.startswith(rendition) for data in raised.values())


def test_a_level_costs_little(raised: dict[SealLevel, bytes]) -> None:
    assert len(raised[SealLevel.B_LTA]) - len(unsigned()) < 60_000


def test_raising_again_changes_nothing(raised: dict[SealLevel, bytes], services: SealServices) -> None:
    top = raised[SealLevel.B_LTA]
    assert raise_seal(top, SealLevel.B_LTA, services) == top


def test_pyhanko_trusts_signature_and_stamps(raised: dict[SealLevel, bytes], services: SealServices) -> None:
    roots = [asn1_x509.Certificate.load(r.public_bytes(Encoding.DER)) for r in services.roots]
    reader = PdfFileReader(io.BytesIO(raised[SealLevel.B_LTA]))
    context = ValidationContext(trust_roots=roots)
    status = validate_pdf_signature(reader.embedded_regular_signatures[0], context)
    assert status.bottom_line, status.pretty_print_details()
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    (stamp,) = reader.embedded_timestamp_signatures
    judgement = validate_pdf_timestamp(stamp, ValidationContext(trust_roots=roots))
    assert judgement.trusted
    assert judgement.valid


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_pdfsig_accepts_every_level(raised: dict[SealLevel, bytes], tmp_path: Path) -> None:
    for level, data in raised.items():
        file = tmp_path / f"{level.label}.pdf"
        file.write_bytes(data)
        said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in said.partition("Signature #2")[0]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_the_time_stamp(
    raised: dict[SealLevel, bytes], office: Authority, tmp_path: Path
) -> None:
    data = raised[SealLevel.B_T]
    first, second, _ = next(byte_ranges(data))
    (signer,) = cms.ContentInfo.load(bytes.fromhex(data[first + 1 : second - 1].decode()))["content"][
        "signer_infos"
    ]
    (stamp,) = signer["unsigned_attrs"]
    (tmp_path / "token").write_bytes(stamp["values"][0].dump())
    (tmp_path / "signature").write_bytes(signer["signature"].native)
    (tmp_path / "root.pem").write_bytes(office.certificate("root").public_bytes(Encoding.PEM))
    command = "openssl ts -verify -token_in -in token -data signature -CAfile root.pem"
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "signature").write_bytes(b"another")
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_no_flipped_byte_of_a_stamped_signature_passes(
    raised: dict[SealLevel, bytes], services: SealServices
) -> None:
    """A sample of the container's digits and of the bytes elsewhere, of B-T and of B-LTA."""
    for level in (SealLevel.B_T, SealLevel.B_LTA):
        data = raised[level]
        first, second, _ = next(byte_ranges(data))
        used = len(data[first:second].rstrip(b">").rstrip(b"0"))
        places = [*range(first, first + used, 397), second - 3, *range(0, len(data), 29989)]
        for place in places:
            damaged = bytearray(data)
            damaged[place] ^= 0x01
            judgement = judged(bytes(damaged), services)
            proven = judgement.level == level and not judgement.broken and judgement.seal.holds
            assert not proven, f"byte {place} of {level.label} changed unnoticed"


def test_the_last_stamp_proves_what_was_added(raised: dict[SealLevel, bytes], services: SealServices) -> None:
    data = raised[SealLevel.B_LTA]
    seal_end = sum(next(byte_ranges(data))[1:])
    for place in range(seal_end, len(data), 997):
        damaged = bytearray(data)
        damaged[place] ^= 0x01
        assert judged(bytes(damaged), services).level < SealLevel.B_LTA


def test_what_is_added_afterwards_is_found(raised: dict[SealLevel, bytes], services: SealServices) -> None:
    for level, data in raised.items():
        assert judged(data + b"\n% more\n", services).broken, level.label
        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(data))
        page = writer.root["/Pages"]["/Kids"][0]
        page["/Rotate"] = NumberObject(90)
        writer.update_container(page)
        writer.write(out)
        changed = judged(out.getvalue(), services)
        assert changed.broken, level.label


def test_renewal_outlives_the_first_stamp(raised: dict[SealLevel, bytes], services: SealServices) -> None:
    old = raised[SealLevel.B_LTA]
    new = renew_seal(old, services)
    assert new.startswith(old)
    judgement = judged(new, services)
    assert (judgement.level, judgement.broken) == (SealLevel.B_LTA, "")
    # When the stamp's certificate has expired, nothing proves the file any more: renewal must come before.
    late = judged(new, services, datetime(2036, 1, 1, tzinfo=UTC))
    assert late.level == SealLevel.B_LT


def test_a_revoked_certificate_is_refused(office: Authority, services: SealServices) -> None:
    data = sealed_by(office, "revoked")
    stamped = raise_seal(data, SealLevel.B_T, services)
    with pytest.raises(CertificateRefused, match="revoked"):
        raise_seal(stamped, SealLevel.B_LT, services)


def test_a_stranger_is_not_trusted(
    raised: dict[SealLevel, bytes], plain: bytes, office: Authority, services: SealServices
) -> None:
    stranger = replace(services, roots=(office.certificate("stranger"),))
    with pytest.raises(CertificateRefused):
        raise_seal(plain, SealLevel.B_LTA, stranger)
    judgement = judge_level(raised[SealLevel.B_LTA], stranger.roots, datetime.now(UTC))
    assert judgement.level == SealLevel.B_B
    assert not judgement.seal.holds


def _unused_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def test_a_service_that_is_down_costs_nothing_but_the_level(plain: bytes, services: SealServices) -> None:
    down = replace(services, timestamp_url=f"http://127.0.0.1:{_unused_port()}/tsa", seconds=1)
    with pytest.raises(TimestampUnavailable):
        raise_seal(plain, SealLevel.B_LTA, down)
    assert judged(plain, services).seal.holds


@contextmanager
def talking(kind: str, said: bytes, status: int = 200) -> Iterator[str]:
    """A web server that gives one answer to everything."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("kind", "said", "status"),
    [
        ("application/timestamp-reply", b"garbage", 200),
        ("application/timestamp-reply", b"", 200),
        ("text/html", b"<html>", 200),
        ("text/html", b"busy", 503),
    ],
)
def test_garbage_is_no_time_stamp(
    kind: str, said: bytes, status: int, plain: bytes, services: SealServices
) -> None:
    with talking(kind, said, status) as url, pytest.raises(TimestampUnavailable):
        raise_seal(plain, SealLevel.B_T, replace(services, timestamp_url=url, seconds=2))


def test_a_stamp_for_something_else_is_refused(
    plain: bytes, office: Authority, services: SealServices
) -> None:
    """A service that answers every question with the stamp of another one."""
    other = raise_seal(sealed_by(office), SealLevel.B_T, services)
    first, second, _ = next(byte_ranges(other))
    token = cms.ContentInfo.load(bytes.fromhex(other[first + 1 : second - 1].decode()))
    (info,) = token["content"]["signer_infos"]
    stamp = info["unsigned_attrs"][0]["values"][0]
    reply = bytes.fromhex("3003020100") + stamp.dump()
    body = b"\x30\x82" + len(reply).to_bytes(2, "big") + reply
    with talking("application/timestamp-reply", body) as url, pytest.raises(TimestampUnavailable):
        raise_seal(plain, SealLevel.B_T, replace(services, timestamp_url=url, seconds=2))


def test_what_is_not_sealed_cannot_be_raised(services: SealServices) -> None:
    for data in (unsigned(), b"no pdf", b""):
        with pytest.raises(SealError):
            raise_seal(data, SealLevel.B_T, services)


def test_a_clock_that_is_wrong_is_seen(raised: dict[SealLevel, bytes], services: SealServices) -> None:
    """The seal's own time is the signer's word; the stamp's is the service's, and both are shown."""
    judgement = judged(raised[SealLevel.B_T], services)
    assert judgement.stamped_at is not None
    assert judgement.seal.signed_at is not None
    assert abs(judgement.stamped_at - judgement.seal.signed_at) < timedelta(minutes=5)
    assert re.fullmatch(r"B-(B|T|LT|LTA)", judgement.level.label)
