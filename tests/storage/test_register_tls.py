"""The line under TLS: whose certificate is trusted, and that deadlines hold there too."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dossier.identity import RegisterOutcome, RegisterQuery
from storage.dialogue import ExchangeCodes
from storage.exchange import LineSettings, RegisterLine
from storage.register_soap import SoapRegister
from storage.standin_register import Fault, StandInRegister

PEOPLE = "personal_number,full_name,date_of_birth,sex,residence\n001099000000,NGUYỄN THỊ MẪU,1999-01-02,Nữ,\n"
QUERY = RegisterQuery("001099000000", "NGUYỄN THỊ MẪU", date(1999, 1, 2), "CB-MAU", "MAU")


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[StandInRegister]:
    _make_certificate(tmp_path)
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with StandInRegister(tmp_path / "people.csv", tls=context) as running:
        yield running


def register(url: str, authority: Path | None, seconds: float = 10.0) -> SoapRegister:
    line = RegisterLine(LineSettings(f"{url}/soap", attempts=1, seconds=seconds, ca_file=authority))
    return SoapRegister(line, ExchangeCodes("MAU-DVC", "037"))


def test_the_centres_own_authority_is_trusted(stand_in: StandInRegister, tmp_path: Path) -> None:
    trusting = register(stand_in.url, tmp_path / "certificate.pem")
    assert trusting.is_answering()
    assert trusting.ask(QUERY).outcome is RegisterOutcome.MATCHES


def test_nobody_is_named_to_a_machine_that_cannot_prove_itself(stand_in: StandInRegister) -> None:
    doubting = register(stand_in.url, None)
    answer = doubting.ask(QUERY)
    assert (answer.outcome, "no connection" in answer.reason) == (RegisterOutcome.NOT_CHECKED, True)
    assert not doubting.is_answering()
    assert stand_in.asked == []


def test_a_trickling_head_ends_at_the_deadline(stand_in: StandInRegister, tmp_path: Path) -> None:
    stand_in.fault = Fault.HEAD_TRICKLE
    answer = register(stand_in.url, tmp_path / "certificate.pem", seconds=0.5).ask(QUERY)
    assert (answer.outcome, answer.reason) == (RegisterOutcome.NOT_CHECKED, "no answer in time (1 attempts)")


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "MẪU")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
