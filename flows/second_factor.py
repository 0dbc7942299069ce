"""The second factor: codes of an authenticator (RFC 6238), and recovery codes on paper."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

import pyotp

PERIOD_SECONDS: Final = 30
_DRIFT_STEPS: Final = 1
_RECOVERY_CODES: Final = 10


def new_secret() -> str:
    """160 random bits, base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str, issuer: str) -> str:
    """What an authenticator scans: `otpauth://totp/...`."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, the present one or a neighbour; None for a wrong code."""
    written = code.replace(" ", "")
    present = int(now.timestamp()) // PERIOD_SECONDS
    generator = pyotp.TOTP(secret)
    found = None
    for step in range(present - _DRIFT_STEPS, present + _DRIFT_STEPS + 1):
        expected = generator.generate_otp(step)
        if hmac.compare_digest(expected.encode(), written.encode()):
            found = step
    return found


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 80 bits each, to be printed and locked away; each opens once."""
    made = (base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(_RECOVERY_CODES))
    return tuple("-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in made)


def recovery_digest(code: str) -> str:
    """SHA-256 of a recovery code as it is kept, however it was typed."""
    written = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(written.encode()).hexdigest()
