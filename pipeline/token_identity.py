"""Who signs, when the key lies in a token: a USB token, a smart card or an HSM, over PKCS#11.

The key never leaves the token. A PIN that the token refuses is never tried a second time, because tokens lock
themselves after a few wrong ones.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pkcs11
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pkcs11.constants import Attribute, CertificateType, ObjectClass, TokenFlag
from pkcs11.mechanisms import KeyType, Mechanism
from pkcs11.util.ec import encode_ecdsa_signature
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dossier.errors import PinRefused, SignerUnavailable
from pipeline.signing_identity import SigningIdentity, common_name

_TRIES: Final = (
    (TokenFlag.USER_PIN_LOCKED, "the token is locked"),
    (TokenFlag.USER_PIN_FINAL_TRY, "one try is left before the token locks itself"),
    (TokenFlag.USER_PIN_COUNT_LOW, "few tries are left"),
)


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Which token, and which key on it."""

    library: Path
    """The PKCS#11 library of the token's maker."""
    token: str
    """Label of the token."""
    certificate: str = ""
    """Label of the certificate; empty where the token holds one that signs."""


class TokenSigner(Signer):
    """Signs on the token, one signature at a time."""

    def __init__(
        self, key: Any, certificate: asn1_x509.Certificate, others: Iterable[asn1_x509.Certificate]
    ) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(list(others))
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self._key = key
        self._lock = threading.Lock()

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign, or return as many bytes as a signature may have."""
        if digest_algorithm != "sha256":
            raise SigningError(f"digest {digest_algorithm} is not in use here")
        try:
            with self._lock:
                if self._key.key_type == KeyType.RSA:
                    if dry_run:
                        return bytes(self._key.key_length // 8)
                    return bytes(self._key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
                if dry_run:
                    return bytes(150)
                digest = hashlib.sha256(data).digest()
                return bytes(encode_ecdsa_signature(self._key.sign(digest, mechanism=Mechanism.ECDSA)))
        except pkcs11.PKCS11Error as e:
            raise SigningError(f"the token does not sign: {_said(e)}") from e


def open_token_identity(place: TokenPlace, pin: str) -> SigningIdentity:
    """The identity whose key lies in a token.

    Raises:
        SignerUnavailable: no such library or token, a wrong PIN with what the token says about further tries,
            or not exactly one certificate with its key.
    """
    try:
        library = pkcs11.lib(str(place.library))
        tokens = [t for t in library.get_tokens() if t.label.strip() == place.token]
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as e:
        raise SignerUnavailable(place.library.name, f"the token's library cannot be used: {_said(e)}") from e
    if len(tokens) != 1:
        raise SignerUnavailable(
            place.token, "no such token" if not tokens else "several tokens have this label"
        )
    session = _session(tokens[0], place, pin)
    try:
        certificate, key, others = _key_with_certificate(session, place)
    except pkcs11.PKCS11Error as e:
        raise SignerUnavailable(place.token, f"the token cannot be read: {_said(e)}") from e
    parsed = x509.load_der_x509_certificate(certificate.dump())
    return SigningIdentity(common_name(parsed), parsed, TokenSigner(key, certificate, others))


def _session(token: Any, place: TokenPlace, pin: str) -> Any:
    """An open session. One wrong PIN is one failed attempt on the token: it is never repeated here."""
    if token.flags & TokenFlag.USER_PIN_LOCKED:
        raise SignerUnavailable(place.token, "the token is locked; its issuer can unlock it")
    try:
        return token.open(user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        return token.open()
    except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid) as e:
        left = next(
            (words for flag, words in _TRIES if token.flags & flag),
            "the token does not say how many tries are left",
        )
        raise PinRefused(place.token, f"the PIN is wrong; {left}") from e
    except pkcs11.PinLocked as e:
        raise SignerUnavailable(place.token, "the token is locked; its issuer can unlock it") from e
    except pkcs11.PKCS11Error as e:
        raise SignerUnavailable(place.token, f"the token does not open: {_said(e)}") from e


def _key_with_certificate(
    session: Any, place: TokenPlace
) -> tuple[asn1_x509.Certificate, Any, list[asn1_x509.Certificate]]:
    keys = {
        bytes(key[Attribute.ID]): key
        for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
    }
    wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509}
    fitting: list[tuple[asn1_x509.Certificate, Any]] = []
    others: list[asn1_x509.Certificate] = []
    for found in session.get_objects(wanted):
        certificate = asn1_x509.Certificate.load(bytes(found[Attribute.VALUE]))
        key = keys.get(bytes(found[Attribute.ID]))
        label = str(found[Attribute.LABEL]).strip()
        if key is not None and place.certificate in ("", label):
            fitting.append((certificate, key))
        else:
            others.append(certificate)
    if len(fitting) != 1:
        count = (
            "no certificate with its key" if not fitting else "several certificates; say which by its label"
        )
        raise SignerUnavailable(place.token, f"the token holds {count}")
    certificate, key = fitting[0]
    return certificate, key, [c for c in others if c.issuer != c.subject]


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
