"""Accounts of the console: made, changed, disabled; each of it in the ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dossier.accounts import Account, AccountState, Duty, Role
from dossier.errors import AccountRefused
from dossier.ports import Ledger
from flows.passwords import Passwords, one_time_password, password_trouble
from flows.second_factor import matching_step, new_recovery_codes, recovery_digest
from flows.settings import Settings
from flows.wiring import VIETNAM
from storage.account_rows import AccountRecord
from storage.accounts import SqlAccounts
from storage.keyring import Sealer
from storage.ledger import SqlLedger

NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")
UNUSED_DAYS: Final = 45
"""After so many days without work an account is disabled (level 3 floor)."""
ONE_TIME_HOURS: Final = 72
FAILURES: Final = 5
"""Wrong passwords or codes in a row after which an account is locked (level 3 floor)."""
LOCKED_MINUTES: Final = 15
_LONGEST_NAME: Final = 120


def _now() -> datetime:
    return datetime.now(VIETNAM)


@dataclass(frozen=True, slots=True)
class AccountParts:
    """What accounts are kept and judged with."""

    settings: Settings
    rows: SqlAccounts
    ledger: Ledger
    passwords: Passwords
    clock: Callable[[], datetime] = _now
    opened: tuple[SqlLedger, ...] = ()
    """What was opened for it and is closed with it."""


class Accounts:
    """Looks after accounts."""

    def __init__(self, parts: AccountParts) -> None:
        self.parts = parts
        self._rows, self._passwords, self._clock = parts.rows, parts.passwords, parts.clock

    @classmethod
    def open(cls, settings: Settings, keys: Sealer) -> Accounts:
        """Accounts in the database of the settings. Raises StorageError, DiskFull."""
        rows, ledger = SqlAccounts(settings.database, keys), SqlLedger(settings.database)
        return cls(AccountParts(settings, rows, ledger, Passwords(), opened=(ledger,)))

    def add(self, account: Account, by: str, subject: str = "") -> str:
        """A new account; the one-time password that its owner signs in with first.

        Args:
            account: a clerk with a counter, everybody else without one.
            by: who makes it, as the ledger names them.
            subject: who this is at the identity provider; such an account has no password.

        Raises AccountRefused, AccountExists, StorageError.
        """
        checked = _checked(account)
        password = "" if subject else one_time_password()
        self._rows.add(
            AccountRecord(
                account=checked,
                created_at=self._clock(),
                password=self._passwords.hash(password) if password else "",
                password_ends_at=self._one_time_end() if password else None,
                failures=0,
                locked_until=None,
                used_at=None,
                disabled_why="",
                subject=subject,
            )
        )
        self.note(by, "account-added", checked.name, role=checked.role, counter=checked.counter)
        return password

    def change(self, account: Account, by: str) -> None:
        """Another display name, role, counter or language; another role or counter signs out everywhere.

        Raises AccountRefused, StorageError.
        """
        before, checked = self.record(account.name).account, _checked(account)
        self._rows.change(
            checked.name,
            display_name=checked.display_name,
            role=str(checked.role),
            counter=checked.counter,
            language=checked.language,
        )
        if (before.role, before.counter) != (checked.role, checked.counter):
            self._rows.end_sessions(checked.name)
        self.note(by, "account-changed", checked.name, role=checked.role, counter=checked.counter)

    def disable(self, name: str, by: str, why: str = "by-hand") -> None:
        """Nobody signs in with it any more, and whoever is signed in is signed out. Raises AccountRefused."""
        self.record(name)
        self._rows.change(name, disabled_why=why)
        self._rows.end_sessions(name)
        self.note(by, "account-disabled", name, why=why)

    def reset(self, name: str, by: str) -> str:
        """A new one-time password; enabled, unlocked, second factor removed, signed out everywhere.

        Raises AccountRefused, StorageError.
        """
        record = self.record(name)
        if record.subject:
            self._rows.change(name, failures=0, locked_until=None, disabled_why="", used_at=self._clock())
            self.note(by, "account-reset", name)
            return ""
        password = one_time_password()
        self._rows.change(
            name,
            password=self._passwords.hash(password),
            password_ends_at=self._one_time_end(),
            failures=0,
            locked_until=None,
            disabled_why="",
            used_at=self._clock(),
        )
        self._rows.set_second_factor(name, "", frozenset())
        self._rows.end_sessions(name)
        self.note(by, "account-reset", name)
        return password

    def choose_password(self, name: str, old: str, new: str) -> str:
        """The owner's new password: empty when it holds, else the key of the words that say why not.

        Signs out everywhere, the present browser too. Raises AccountRefused, StorageError.
        """
        record = self.record(name)
        if not self.has_password(name, old):
            return "password_wrong"
        has_second_factor = bool(self._rows.totp_secret(name))
        trouble = password_trouble(new, name, has_second_factor=has_second_factor)
        if trouble:
            return trouble
        if self._passwords.fits(record.password, new):
            return "password_same"
        self._rows.change(name, password=self._passwords.hash(new), password_ends_at=None)
        self._rows.end_sessions(name)
        self.note(record.account.actor, "password-changed", name)
        return ""

    def set_second_factor(self, name: str, secret: str, code: str) -> tuple[str, ...]:
        """Begin to ask for codes of this secret; the recovery codes, or nothing for a wrong code.

        Raises AccountRefused, StorageError.
        """
        record = self.record(name)
        step = matching_step(secret, code, self._clock())
        if step is None:
            return ()
        codes = new_recovery_codes()
        self._rows.set_second_factor(name, secret, frozenset(recovery_digest(each) for each in codes))
        self._rows.use_totp_step(name, step)
        self.note(record.account.actor, "second-factor-set", name)
        return codes

    def states(self) -> tuple[AccountState, ...]:
        """Every account, by name; those that lay idle too long are disabled first. Raises StorageError."""
        return tuple(self._state(self.disable_if_unused(record)) for record in self._rows.all())

    def state(self, name: str) -> AccountState:
        """How one account stands. Raises AccountRefused, StorageError."""
        return self._state(self.record(name))

    def has_password(self, name: str, password: str) -> bool:
        """Whether it is the password of an account, said again before what matters; a wrong one counts.

        Raises AccountRefused where there is no such account.
        """
        record = self.record(name)
        if self.is_locked(record):
            return False
        fits = self._passwords.fits(record.password, password)
        if not fits:
            self.note(record.account.actor, "password-refused", name)
            self.count_failure(name)
        return fits

    def is_locked(self, record: AccountRecord) -> bool:
        """Whether too many wrong passwords were said a moment ago."""
        return record.locked_until is not None and record.locked_until > self._clock()

    def count_failure(self, name: str) -> None:
        """One more wrong password or code; five in a row lock the account. Raises StorageError."""
        if self._rows.count_failure(name) >= FAILURES:
            until = self._clock() + timedelta(minutes=LOCKED_MINUTES)
            self._rows.change(name, failures=0, locked_until=until)
            self.note("sohoa", "account-locked", name, why=f"{FAILURES} failures")

    def record(self, name: str) -> AccountRecord:
        """An account's record. Raises AccountRefused where there is none."""
        found = self._rows.find(name)
        if found is None:
            raise AccountRefused(name, "is no account")
        return found

    def disable_if_unused(self, record: AccountRecord) -> AccountRecord:
        """The record, disabled now where nobody worked with it for 45 days."""
        last = record.used_at or record.created_at
        if record.disabled_why or self._clock() - last <= timedelta(days=UNUSED_DAYS):
            return record
        self.disable(record.account.name, "sohoa", "unused")
        return self.record(record.account.name)

    def duty_of(self, record: AccountRecord) -> Duty:
        """What its owner has to do first."""
        if record.password_ends_at is not None:
            return Duty.PASSWORD
        if not record.subject and self.wants_second_factor(record.account.role):
            return Duty.NONE if self._rows.totp_secret(record.account.name) else Duty.SECOND_FACTOR
        return Duty.NONE

    def wants_second_factor(self, role: Role) -> bool:
        """Whether a role may not do without; administrators never may (level 3 floor)."""
        return role is Role.ADMINISTRATOR or self.parts.settings.console_second_factor == "everyone"

    def idle_seconds(self, role: Role) -> int:
        """After how long without work the screen locks: 15 minutes, 5 for administrators (level 3 floor)."""
        return 300 if role is Role.ADMINISTRATOR else 900

    def note(self, actor: str, action: str, subject: str, **said: str) -> None:
        """Write into the ledger. Raises StorageError."""
        detail = json.dumps({key: value for key, value in said.items() if value}, ensure_ascii=False)
        self.parts.ledger.append(actor, action, f"account:{subject}", detail)

    def close(self) -> None:
        """Give the connections back."""
        self._rows.close()
        for ledger in self.parts.opened:
            ledger.close()

    def _state(self, record: AccountRecord) -> AccountState:
        name = record.account.name
        return AccountState(
            account=record.account,
            created_at=record.created_at,
            used_at=record.used_at,
            locked_until=record.locked_until if self.is_locked(record) else None,
            disabled_why=record.disabled_why,
            has_password=bool(record.password),
            has_second_factor=bool(self._rows.totp_secret(name)),
            duty=self.duty_of(record),
        )

    def _one_time_end(self) -> datetime:
        return self._clock() + timedelta(hours=ONE_TIME_HOURS)


def _checked(account: Account) -> Account:
    """The account, if it can be one. Raises AccountRefused."""
    if not NAME.fullmatch(account.name):
        raise AccountRefused(account.name, "a name has 2 to 40 lower-case letters, digits, dots, dashes")
    if not account.display_name.strip() or len(account.display_name) > _LONGEST_NAME:
        raise AccountRefused(account.name, "the person's name is missing or too long")
    if (account.role is Role.CLERK) != bool(account.counter.strip()):
        raise AccountRefused(account.name, "a clerk has a counter, nobody else has one")
    if account.language not in ("vi", "en") or len(account.counter) > _LONGEST_NAME:
        raise AccountRefused(account.name, "the language or the counter cannot be one")
    return account
