"""Accounts of the console and their sessions, in the database of the index.

Passwords stand there as Argon2 hashes that come from outside, secrets of second factors sealed with the
keys of this centre, tokens and recovery codes as SHA-256: they are long and random, so nothing is gained by
trying.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from dossier.accounts import Session
from dossier.errors import AccountExists
from storage.account_rows import (
    AccountRecord,
    account_record,
    account_row,
    account_totp,
    accounts,
    plain,
    recovery,
    session_of_row,
    session_row,
    sessions,
    totp_place,
)
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Sealer

_CHANGEABLE: Final = frozenset(accounts.c.keys()) - {"name", "created_at"}


class SqlAccounts:
    """Rows of accounts, second factors and sessions; what they mean is decided in `flows.accounts`."""

    def __init__(self, url: str, sealer: Sealer | None = None) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url)
        self._sealer = sealer or InTheClear()

    def add(self, record: AccountRecord) -> None:
        """A new account. Raises AccountExists, StorageError."""
        row = {"name": record.account.name, **account_row(record)}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(accounts).values(row))
        except IntegrityError as e:
            raise AccountExists(record.account.name, "is the name of an account already") from e

    def find(self, name: str) -> AccountRecord | None:
        """An account by its name."""
        with reading(self._engine) as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
            return account_record(row) if row is not None else None

    def find_subject(self, subject: str) -> AccountRecord | None:
        """An account by who its owner is at the identity provider."""
        if not subject:
            return None
        with reading(self._engine) as connection:
            row = connection.execute(select(accounts).where(accounts.c.subject == subject)).mappings().first()
            return account_record(row) if row is not None else None

    def all(self) -> tuple[AccountRecord, ...]:
        """Every account, by name."""
        with reading(self._engine) as connection:
            return tuple(
                account_record(row)
                for row in connection.execute(select(accounts).order_by(accounts.c.name)).mappings()
            )

    def change(self, name: str, **values: Any) -> None:
        """Put values into columns of an account; times are aware, None stands for no time."""
        if unknown := values.keys() - _CHANGEABLE:
            raise ValueError(f"no such columns: {sorted(unknown)}")
        with writing(self._engine) as connection:
            connection.execute(
                update(accounts)
                .where(accounts.c.name == name)
                .values({k: plain(v) for k, v in values.items()})
            )

    def count_failure(self, name: str) -> int:
        """One more failed sign-in; how many they are now."""
        mine = accounts.c.name == name
        with writing(self._engine) as connection:
            connection.execute(update(accounts).where(mine).values(failures=accounts.c.failures + 1))
            return connection.execute(select(accounts.c.failures).where(mine)).scalar_one_or_none() or 0

    def totp_secret(self, name: str) -> str:
        """The secret of an account's second factor; empty where it has none. Raises KeyMissing."""
        with reading(self._engine) as connection:
            sealed = connection.execute(
                select(account_totp.c.sealed).where(account_totp.c.account == name)
            ).scalar_one_or_none()
        return self._sealer.open_text(sealed, totp_place(name)) if sealed else ""

    def set_second_factor(self, name: str, secret: str, codes: frozenset[str]) -> None:
        """A secret and the SHA-256 of recovery codes in the place of those before; no secret removes it."""
        with writing(self._engine) as connection:
            connection.execute(delete(account_totp).where(account_totp.c.account == name))
            connection.execute(delete(recovery).where(recovery.c.account == name))
            if secret:
                sealed = self._sealer.seal_text(secret, totp_place(name))
                connection.execute(insert(account_totp).values(account=name, sealed=sealed, last_step=0))
                for code in sorted(codes):
                    connection.execute(insert(recovery).values(account=name, code_sha256=code))

    def use_totp_step(self, name: str, step: int) -> bool:
        """Take a time step; False where it, or a later one, was taken before: a code counts once."""
        mine = (account_totp.c.account == name) & (account_totp.c.last_step < step)
        with writing(self._engine) as connection:
            return connection.execute(update(account_totp).where(mine).values(last_step=step)).rowcount == 1

    def use_recovery_code(self, name: str, code_sha256: str) -> bool:
        """Take a recovery code; False where there is none such, or no more."""
        mine = (recovery.c.account == name) & (recovery.c.code_sha256 == code_sha256)
        with writing(self._engine) as connection:
            return connection.execute(delete(recovery).where(mine)).rowcount == 1

    def recovery_codes(self, name: str) -> int:
        """How many recovery codes are left."""
        with reading(self._engine) as connection:
            wanted = select(recovery.c.code_sha256).where(recovery.c.account == name)
            return len(connection.execute(wanted).all())

    def begin_session(self, session: Session) -> None:
        """A new session."""
        with writing(self._engine) as connection:
            connection.execute(insert(sessions).values(session_row(session)))

    def session(self, name: str) -> tuple[Session, AccountRecord] | None:
        """A session and whose it is, by the SHA-256 of its token."""
        wanted = select(sessions).where(sessions.c.name == name)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
            if row is None:
                return None
            mine = select(accounts).where(accounts.c.name == row["account"])
            return session_of_row(row), account_record(connection.execute(mine).mappings().one())

    def mark_session(
        self, name: str, *, seen_at: datetime | None = None, is_locked: bool | None = None
    ) -> None:
        """Note when a session's owner last did something, or that its screen is locked or unlocked."""
        values: dict[str, Any] = {}
        if seen_at is not None:
            values["seen_at"] = seen_at.isoformat(timespec="milliseconds")
        if is_locked is not None:
            values["is_locked"] = is_locked
        with writing(self._engine) as connection:
            connection.execute(update(sessions).where(sessions.c.name == name).values(values))

    def end_session(self, name: str) -> None:
        """The browser is signed out."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.name == name))

    def end_sessions(self, account: str, but: str = "") -> None:
        """An account is signed out everywhere, except in the session named."""
        mine = (sessions.c.account == account) & (sessions.c.name != but)
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(mine))

    def end_old_sessions(self, began_before: datetime) -> None:
        """Sessions that began before a time are over."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(sessions).where(sessions.c.began_at < began_before.isoformat(timespec="milliseconds"))
            )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
