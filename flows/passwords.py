"""Passwords: how they are hashed, which are taken, and the ones that are used once."""

from __future__ import annotations

import secrets
import unicodedata
from threading import Semaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONG: Final = 14
"""Characters of a password that stands alone (level 3 floor)."""
SHORT: Final = 8
"""Characters of a password with a second factor beside it (level 3 floor)."""
LONGEST: Final = 128
_FEWEST_LETTERS: Final = 5
_AT_ONCE: Final = Semaphore(2)
"""Each hash takes 46 MB and a core: thirty clerks who sign in at eight o'clock take turns."""
_ONE_TIME: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_COMMON: Final = frozenset(
    """
    12345678 123456789 1234567890 11111111 00000000 88888888 66668888 12341234 123123123 password password1
    passw0rd qwertyuiop qwerty123 zxcvbnm123 abcd1234 1q2w3e4r admin123 administrator iloveyou matkhau1
    matkhau123 anhyeuem khongbiet khongcomatkhau hanoivietnam vietnam123 vietnamvodich toiyeuvietnam
    motcua123 motcuadientu hanhchinhcong dichvucong sohoahoso
    """.split()  # noqa: SIM905 - words on few lines
)
"""Passwords that everybody tries first, with their marks and spaces taken off."""


class Passwords:
    """Argon2id as RFC 9106 advises for machines with little memory."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Hash with these costs: 46 MB and one pass where none are given (OWASP's first choice)."""
        self._hasher = hasher or PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
        self._nobody = ""

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with _AT_ONCE:
            return self._hasher.hash(_spelt(password))

    def fits(self, kept: str, password: str) -> bool:
        """Whether a password is the one; takes as long where there is none to compare with."""
        with _AT_ONCE:
            if not kept and not self._nobody:
                self._nobody = self._hasher.hash(secrets.token_urlsafe(16))
            try:
                return self._hasher.verify(kept or self._nobody, _spelt(password)) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def is_dated(self, kept: str) -> bool:
        """Whether a hash was made with other costs than those of today."""
        return self._hasher.check_needs_rehash(kept)


def password_trouble(password: str, name: str, *, has_second_factor: bool) -> str:
    """Why a password is not taken, as the key of its words; empty where it is.

    Length counts, not its mixture (NIST SP 800-63B 3.1.1; OWASP ASVS 2.1).
    """
    spelt = _spelt(password)
    if len(spelt) < (SHORT if has_second_factor else LONG):
        return "password_short" if has_second_factor else "password_short_alone"
    if len(spelt) > LONGEST:
        return "password_long"
    plain = _plain(spelt)
    if name in plain or plain in _COMMON or len(set(plain)) < _FEWEST_LETTERS:
        return "password_common"
    return ""


def one_time_password() -> str:
    """Four groups of four letters and digits that are not mistaken for one another: 79 bits."""
    groups = ("".join(secrets.choice(_ONE_TIME) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def _spelt(password: str) -> str:
    """One spelling of Vietnamese letters, whichever keyboard typed them."""
    return unicodedata.normalize("NFKC", password)


def _plain(password: str) -> str:
    marks = unicodedata.normalize("NFD", password.lower().replace("đ", "d"))
    return "".join(c for c in marks if not unicodedata.combining(c) and not c.isspace())
