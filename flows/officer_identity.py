"""Whose seal this machine puts on papers: the officer's token, a PKCS#12 file, or the demo identity."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dossier.errors import PinRefused, SignerUnavailable
from flows.settings import Settings
from storage.clock import VIETNAM

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from pipeline.signing_identity import SigningIdentity


def open_signing_identity(settings: Settings) -> SigningIdentity:
    """The token or PKCS#12 identity of the settings, or the demo identity, made on first run.

    Raises SignerUnavailable.
    """
    if settings.token_library is not None:
        return _token_identity(settings, settings.token_library)
    from pipeline.signing_identity import create_demo_identity, open_identity

    if settings.signer_file is not None:
        if settings.signer_password_file is None:
            raise SignerUnavailable(settings.signer_file.name, "SOHOA_SIGNER_PASSWORD_FILE is not set")
        return open_identity(settings.signer_file, settings.signer_password_file.read_text("utf-8").strip())
    if settings.profile == "production":
        raise SignerUnavailable(
            "DEMO", "the demo identity does not seal in production; set SOHOA_SIGNER_FILE"
        )
    identity = demo_identity(settings)
    password = _password(identity.with_name("password"))
    if not identity.exists():
        create_demo_identity(identity, password, datetime.now(VIETNAM))
    return open_identity(identity, password)


def _token_identity(settings: Settings, library: Path) -> SigningIdentity:
    """The identity on the token. A PIN that was refused is not tried again before its file changes."""
    from pipeline.token_identity import TokenPlace, open_token_identity

    file = settings.token_pin_file
    if file is None or not file.is_file():
        raise SignerUnavailable(settings.token_label, "SOHOA_TOKEN_PIN_FILE is not set or not there")
    if file.stat().st_mode & 0o077:
        raise SignerUnavailable(file.name, "the PIN's file can be read by others; chmod 600")
    refused, written = refused_pin(settings, file), str(file.stat().st_mtime_ns)
    if refused.is_file() and refused.read_text("utf-8") == written:
        raise SignerUnavailable(
            settings.token_label,
            "the PIN was refused before and is not tried again until its file is written anew",
        )
    place = TokenPlace(library, settings.token_label, settings.token_certificate)
    try:
        return open_token_identity(place, file.read_text("utf-8").strip())
    except PinRefused:
        refused.write_text(written, "utf-8")
        raise


def refused_pin(settings: Settings, file: Path) -> Path:
    """Where it is noted that a file's PIN was refused; the officer's and the agency's each have their own."""
    name = hashlib.sha256(str(file.absolute()).encode()).hexdigest()[:16]
    return settings.state / f"token-pin-refused-{name}"


def trust_anchors(settings: Settings) -> tuple[Certificate, ...]:
    """Roots that may stand behind a seal. Raises SignerUnavailable where this machine knows none."""
    from pipeline.signing_identity import trust_roots

    return trust_roots(settings.trust_roots_file or settings.signer_file or demo_identity(settings))


def demo_identity(settings: Settings) -> Path:
    """The PKCS#12 file of the demo identity."""
    return settings.state / "demo-identity" / "officer.p12"


def _password(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(24), "utf-8")
        unfinished.replace(path)
    return path.read_text("utf-8")
