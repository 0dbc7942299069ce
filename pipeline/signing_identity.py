"""Who signs: a certificate with its key out of a PKCS#12 file, and the roots that make it trusted.

The demo identity lets a fresh installation sign at once. Its names say DEMO and MẪU, its certificate
authority exists only in the file beside it, and the officer's own certificate takes its place in service.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dossier.errors import SignerUnavailable

DEMO_AUTHORITY = "DEMO Số Hóa - Chứng thư gốc (MẪU)"
DEMO_OFFICER = "DEMO Cán bộ số hóa (MẪU)"
_KEY_BITS = 3072
_VALIDITY = timedelta(days=5 * 365)
_LEEWAY = timedelta(days=1)
"""Clocks of other machines may be behind ours."""


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """A key that can sign, with the certificate that says whose it is."""

    name: str
    """Common name of the certificate's subject."""
    certificate: x509.Certificate
    signer: Signer
    """pyHanko's signer, which holds the key or reaches the token that does."""

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether the certificate's validity covers that moment (aware)."""
        return self.certificate.not_valid_before_utc <= moment <= self.certificate.not_valid_after_utc


class FileSigner(Signer):
    """Signs with a key in memory, checked once when it was opened.

    pyHanko's own SimpleSigner parses and checks the key again for every signature, twice 0.1 s for RSA-3072.
    """

    def __init__(
        self,
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
        certificate: x509.Certificate,
        others: Iterable[x509.Certificate],
    ) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([_asn1(other) for other in others])
        # A root inside the signature proves nothing; intermediate certificates help to build the path.
        super().__init__(signing_cert=_asn1(certificate), cert_registry=store, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign, or return as many bytes as a signature may have."""
        if digest_algorithm != "sha256":
            raise SigningError(f"digest {digest_algorithm} is not in use here")
        if isinstance(self._key, rsa.RSAPrivateKey):
            size = self._key.key_size // 8
            return bytes(size) if dry_run else self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        size = 2 * (self._key.key_size // 8) + 16
        return bytes(size) if dry_run else self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def open_identity(path: Path, password: str) -> SigningIdentity:
    """The signing identity in a PKCS#12 file.

    Raises:
        SignerUnavailable: no such file, a wrong password, or no key and certificate in it.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise SignerUnavailable(path.name, e.strerror or "cannot be read") from e
    try:
        key, certificate, others = _parsed(data, password)
        if key is None or certificate is None:
            raise SignerUnavailable(path.name, "holds no key with its certificate")
    except (ValueError, TypeError) as e:
        raise SignerUnavailable(path.name, "the password is wrong or the file is damaged") from e
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SignerUnavailable(path.name, "its key is neither RSA nor of an elliptic curve")
    signer = FileSigner(key, certificate, [other for other in others if other is not None])
    return SigningIdentity(common_name(certificate), certificate, signer)


@lru_cache(maxsize=4)
def _parsed(
    data: bytes, password: str
) -> tuple[PrivateKeyTypes | None, x509.Certificate | None, list[x509.Certificate]]:
    """Key, certificate and other certificates: deriving the file's key and checking its own takes 0.1 core-s.

    Whoever signs holds the key anyway; a file that was replaced has other bytes.
    """
    return pkcs12.load_key_and_certificates(data, password.encode("utf-8"))


def create_demo_identity(path: Path, password: str, now: datetime) -> None:
    """Make the first-run identity and its root beside it; an identity that is already there stays.

    Writes `path` (PKCS#12, mode 0600) and `roots_beside(path)` (PEM).

    Raises:
        SignerUnavailable: the password is empty, or the folder cannot be written.
    """
    if not password:
        raise SignerUnavailable(path.name, "the password is empty")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return
        root, data = _demo_pkcs12(password, now)
        # The root first: an identity without its root would sign what nobody can verify.
        with roots_beside(path).open("ab") as roots:
            roots.write(root.public_bytes(serialization.Encoding.PEM))
        _write_private(path, data)
    except OSError as e:
        raise SignerUnavailable(path.name, e.strerror or "cannot be written") from e


def roots_beside(path: Path) -> Path:
    """Where the roots of a PKCS#12 file are kept: identity.p12 has identity.roots.pem."""
    return path.with_suffix(".roots.pem")


def trust_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Trusted root certificates from a PEM or DER file, or from the file beside a PKCS#12 identity.

    Raises:
        SignerUnavailable: there is no such file, or no certificate in it.
    """
    if path.suffix.lower() in (".p12", ".pfx"):
        path = roots_beside(path)
    try:
        data = path.read_bytes()
        if b"-----BEGIN" in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except OSError as e:
        raise SignerUnavailable(path.name, e.strerror or "cannot be read") from e
    except ValueError as e:
        raise SignerUnavailable(path.name, "holds no certificate") from e


def common_name(certificate: x509.Certificate) -> str:
    """Common name of the subject; the whole subject where there is none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _demo_pkcs12(password: str, now: datetime) -> tuple[x509.Certificate, bytes]:
    root_key = rsa.generate_private_key(65537, _KEY_BITS)
    officer_key = rsa.generate_private_key(65537, _KEY_BITS)
    root = (
        _certificate(DEMO_AUTHORITY, DEMO_AUTHORITY, root_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    officer = (
        _certificate(DEMO_OFFICER, DEMO_AUTHORITY, officer_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(identifier, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    # The root's key ends here: the demo authority can never certify anybody else.
    encryption = serialization.BestAvailableEncryption(password.encode("utf-8"))
    return root, pkcs12.serialize_key_and_certificates(
        b"sohoa-demo", officer_key, officer, [root], encryption
    )


def _certificate(subject: str, issuer: str, key: rsa.RSAPublicKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LEEWAY)
        .not_valid_after(now + _VALIDITY)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEMO Số Hóa"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write_private(path: Path, data: bytes) -> None:
    """Write for the owner only, whole or not at all; whoever comes second leaves the first one's file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".identity-")  # created with mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if not path.exists():
            path.hardlink_to(temporary)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
