"""Signing in, and everything until somebody signs out."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dossier.accounts import Account, Duty, Session
from flows.accounts import Accounts
from flows.provider import Arrival
from flows.second_factor import matching_step, recovery_digest
from storage.account_rows import AccountRecord

SESSION_HOURS: Final = 12
"""A working day; then everybody signs in anew."""
_NOTED_SECONDS: Final = 20
"""How exactly it is kept when somebody last did something."""
_DAY: Final = timedelta(days=1)


class Outcome(StrEnum):
    """What became of a try to sign in; the screen tells the refusals apart no further than this."""

    ADMITTED = "admitted"
    REFUSED = "refused"
    """Wrong name, password or code, locked, disabled, or a one-time password that has ended."""
    CODE_NEEDED = "code_needed"
    """The password was right, and a code of the second factor is asked for beside it."""
    FACTOR_NEEDED = "factor_needed"
    """From outside the agency's network nobody signs in without a second factor."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed, and from where."""

    name: str
    password: str
    code: str
    """Six digits of the authenticator or a recovery code; empty for neither."""
    address: str
    """Network address of the browser."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to an attempt."""

    outcome: Outcome
    token: str = ""
    """What the browser shows from now on; kept here as SHA-256 only."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody who is signed in."""

    account: Account
    session: Session
    duty: Duty


class Admissions:
    """Lets people in, recognises them, and lets them go."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._rows = accounts.parts.rows
        self._clock = accounts.parts.clock

    def sign_in(self, attempt: Attempt) -> Admission:
        """Admit or refuse; five failures in a row lock the account. Raises StorageError."""
        now, record = self._clock(), self._rows.find(attempt.name)
        # 1. The password is compared whatever else stands against it: how long it takes tells nothing.
        fits = self._accounts.parts.passwords.fits(record.password if record else "", attempt.password)
        # 2. A name that nobody has is not written down: it may be a password in the wrong field.
        if record is None:
            self._note("sign-in-refused", "unknown", attempt, "no such account")
            return Admission(Outcome.REFUSED)
        record = self._accounts.disable_if_unused(record)
        # 3. Accounts that nobody may use now.
        standing = _standing_against(record, now)
        if standing:
            self._note("sign-in-refused", attempt.name, attempt, standing)
            return Admission(Outcome.REFUSED)
        # 4. The password, then the second factor.
        if not fits:
            return self._failed(record, attempt, "password")
        secret = self._rows.totp_secret(attempt.name)
        if secret and not attempt.code:
            return Admission(Outcome.CODE_NEEDED)
        if secret and not self._code_fits(attempt.name, secret, attempt.code):
            return self._failed(record, attempt, "second factor")
        if not secret and _is_remote(attempt.address):
            self._note("sign-in-refused", attempt.name, attempt, "remote without second factor")
            return Admission(Outcome.FACTOR_NEEDED)
        return Admission(Outcome.ADMITTED, self._begin(record, attempt, has_second_factor=bool(secret)))

    def admit(self, arrival: Arrival, address: str) -> Admission:
        """Somebody whom the identity provider has recognised; whoever is new gets an account.

        Role and counter are what the provider says today. Raises AccountRefused, StorageError.
        """
        record = self._arrived(arrival)
        attempt = Attempt(record.account.name, "", "", address)
        record = self._accounts.disable_if_unused(record)
        if record.disabled_why:
            self._note("sign-in-refused", record.account.name, attempt, "disabled")
            return Admission(Outcome.REFUSED)
        return Admission(Outcome.ADMITTED, self._begin(record, attempt, has_second_factor=True))

    def presence(self, token: str, *, is_active: bool = True) -> Presence | None:
        """Who shows this token; None for nobody. The screen locks here when its owner was away too long.

        Args:
            token: from the browser's cookie.
            is_active: whether a person did something; a page that asks for news by itself does not count.

        Raises StorageError.
        """
        found = self._rows.session(session_name(token))
        if found is None:
            return None
        session, record = found
        now, account = self._clock(), record.account
        if record.disabled_why or now - session.began_at > timedelta(hours=SESSION_HOURS):
            self._rows.end_session(session.name)
            return None
        idle = now - session.seen_at
        if not session.is_locked and idle > timedelta(seconds=self._accounts.idle_seconds(account.role)):
            session = self._lock(session)
        elif is_active and not session.is_locked and idle > timedelta(seconds=_NOTED_SECONDS):
            self._rows.mark_session(session.name, seen_at=now)
            if record.used_at is None or now - record.used_at > _DAY:
                self._rows.change(account.name, used_at=now)
        return Presence(account, session, self._accounts.duty_of(record))

    def lock(self, token: str) -> None:
        """The screen is locked by hand. Raises StorageError."""
        found = self._rows.session(session_name(token))
        if found is not None:
            self._lock(found[0])

    def unlock(self, token: str, password: str, address: str) -> bool:
        """Whoever sits there says the password of whose session it is. Raises StorageError."""
        found = self._rows.session(session_name(token))
        if found is None:
            return False
        session, record = found
        attempt = Attempt(record.account.name, password, "", address)
        standing = _standing_against(record, self._clock())
        if standing or not self._accounts.parts.passwords.fits(record.password, password):
            if standing:
                self._note("unlock-refused", record.account.name, attempt, standing)
            else:
                self._failed(record, attempt, "password")
            return False
        self._rows.change(record.account.name, failures=0, locked_until=None)
        self._rows.mark_session(session.name, seen_at=self._clock(), is_locked=False)
        self._note("unlocked", record.account.name, attempt, "")
        return True

    def sign_out(self, token: str) -> None:
        """The browser is signed out. Raises StorageError."""
        found = self._rows.session(session_name(token))
        if found is not None:
            self._rows.end_session(found[0].name)
            self._accounts.note(found[1].account.actor, "signed-out", found[1].account.name)

    def _arrived(self, arrival: Arrival) -> AccountRecord:
        known = self._rows.find_subject(arrival.subject)
        if known is None:
            name = _free_name(arrival, lambda name: self._rows.find(name) is None)
            self._accounts.add(replace(arrival.account, name=name), "provider", arrival.subject)
            return self._accounts.record(name)
        told = replace(arrival.account, name=known.account.name, language=known.account.language)
        if told != known.account:
            self._accounts.change(told, "provider")
        return self._accounts.record(known.account.name)

    def _begin(self, record: AccountRecord, attempt: Attempt, *, has_second_factor: bool) -> str:
        now, token = self._clock(), secrets.token_urlsafe(32)
        name = record.account.name
        parts = self._accounts.parts
        if attempt.password and parts.passwords.is_dated(record.password):
            self._rows.change(name, password=parts.passwords.hash(attempt.password))
        self._rows.change(name, failures=0, locked_until=None, used_at=now)
        self._rows.end_old_sessions(now - timedelta(hours=SESSION_HOURS))
        self._rows.begin_session(
            Session(session_name(token), name, now, now, False, has_second_factor, attempt.address[:64])
        )
        self._note("signed-in", name, attempt, "")
        return token

    def _failed(self, record: AccountRecord, attempt: Attempt, what: str) -> Admission:
        name = record.account.name
        self._note("sign-in-refused", name, attempt, what)
        self._accounts.count_failure(name)
        return Admission(Outcome.REFUSED)

    def _code_fits(self, name: str, secret: str, code: str) -> bool:
        step = matching_step(secret, code, self._clock())
        if step is not None:
            return self._rows.use_totp_step(name, step)
        return self._rows.use_recovery_code(name, recovery_digest(code))

    def _lock(self, session: Session) -> Session:
        self._rows.mark_session(session.name, is_locked=True)
        return replace(session, is_locked=True)

    def _note(self, action: str, name: str, attempt: Attempt, why: str) -> None:
        self._accounts.note(name, action, name, address=attempt.address, why=why)


def session_name(token: str) -> str:
    """How a session is known here: SHA-256 of its token, which is 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _standing_against(record: AccountRecord, now: datetime) -> str:
    """Why nobody may use an account now; empty where somebody may."""
    if record.disabled_why:
        return f"disabled: {record.disabled_why}"
    if record.locked_until is not None and record.locked_until > now:
        return "locked"
    if record.password_ends_at is not None and record.password_ends_at < now:
        return "one-time password has ended"
    return ""


def _free_name(arrival: Arrival, is_free: Callable[[str], bool]) -> str:
    """The name that the provider proposes, as a name may be here; with a digest where somebody has it."""
    wished = "".join(c if c.isascii() and c.isalnum() else "-" for c in arrival.account.name.lower())
    name = wished.strip("-")[:30] or "provider"
    if len(name) > 1 and is_free(name):
        return name
    return f"{name}-{hashlib.sha256(arrival.subject.encode()).hexdigest()[:8]}"


def _is_remote(address: str) -> bool:
    """Whether a browser sits outside the agency's network; an address that is none counts as outside."""
    try:
        return not ipaddress.ip_address(address).is_private
    except ValueError:
        return True
