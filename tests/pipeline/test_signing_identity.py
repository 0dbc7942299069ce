"""Identities on a real file system, with real PKCS#12 files."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dossier.errors import SignerUnavailable
from pipeline.signing_identity import create_demo_identity, open_identity, roots_beside, trust_roots
from tests.sheets import NOW, identity, identity_file, roots


def test_the_demo_identity_says_that_it_is_one() -> None:
    assert "DEMO" in identity().name
    assert "MẪU" in identity().name
    (root,) = roots()
    (name,) = root.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert "DEMO" in str(name.value)
    identity().certificate.verify_directly_issued_by(root)


def test_only_its_owner_may_read_it() -> None:
    assert stat.S_IMODE(identity_file().stat().st_mode) == 0o600


def test_an_identity_that_is_there_stays() -> None:
    before = identity_file().read_bytes()
    create_demo_identity(identity_file(), "mật khẩu khác", NOW)
    assert identity_file().read_bytes() == before
    assert len(list(identity_file().parent.iterdir())) == 2


def test_validity_has_an_end_and_a_beginning() -> None:
    assert identity().is_valid_at(NOW)
    assert not identity().is_valid_at(NOW - timedelta(days=3))
    assert not identity().is_valid_at(NOW + timedelta(days=3650))


@pytest.mark.parametrize("password", ["", "mat khau", "mật khẩu "])
def test_a_wrong_password_is_said(password: str) -> None:
    with pytest.raises(SignerUnavailable, match="password"):
        open_identity(identity_file(), password)


def test_damaged_and_missing_files_are_said(tmp_path: Path) -> None:
    with pytest.raises(SignerUnavailable, match="No such file"):
        open_identity(tmp_path / "none.p12", "x")
    damaged = tmp_path / "damaged.p12"
    damaged.write_bytes(identity_file().read_bytes()[:500])
    with pytest.raises(SignerUnavailable, match="damaged"):
        open_identity(damaged, "mật khẩu")
    with pytest.raises(SignerUnavailable):
        open_identity(tmp_path, "mật khẩu")


def test_a_demo_identity_needs_a_password_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SignerUnavailable, match="empty"):
        create_demo_identity(tmp_path / "a.p12", "", NOW)
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(SignerUnavailable):
        create_demo_identity(blocked / "a.p12", "x", NOW)


def test_roots_come_from_pem_der_and_the_file_beside(tmp_path: Path) -> None:
    (root,) = roots()
    der = tmp_path / "root.cer"
    der.write_bytes(root.public_bytes(Encoding.DER))
    assert trust_roots(der) == trust_roots(roots_beside(identity_file())) == (root,)
    with pytest.raises(SignerUnavailable, match="no certificate"):
        trust_roots(_file(tmp_path, b"nothing of the kind"))
    with pytest.raises(SignerUnavailable):
        trust_roots(_file(tmp_path, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
    with pytest.raises(SignerUnavailable, match="No such file"):
        trust_roots(tmp_path / "none.pem")


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "roots.pem"
    path.write_bytes(data)
    return path
