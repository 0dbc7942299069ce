"""Accounts of the console and their sessions, in the database of the index.

Passwords stand there as Argon2 hashes that come from outside, secrets of second factors sealed with the
keys of this centre, tokens and recovery codes as SHA-256: they are long and random, so nothing is gained by
trying.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from dossier.accounts import Account, Role, Session
from dossier.errors import AccountExists
from storage.database import open_database, reading, writing
from storage.keyring import InTheClear, Sealer

tables = MetaData()
accounts = Table(
    "accounts",
    tables,
    Column("name", String(64), primary_key=True),
    Column("display_name", String(255), nullable=False),
    Column("role", String(20), nullable=False),
    Column("counter", String(120), nullable=False),
    Column("language", String(2), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("password", String(255), nullable=False),
    Column("password_ends_at", String(40), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", String(40), nullable=False),
    Column("used_at", String(40), nullable=False),
    Column("disabled_why", String(40), nullable=False),
    Column("subject", String(400), nullable=False, index=True),
)
account_totp = Table(
    "account_totp",
    tables,
    Column("account", ForeignKey("accounts.name"), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("last_step", Integer, nullable=False),
)
_recovery = Table(
    "account_recovery_codes",
    tables,
    Column("account", ForeignKey("accounts.name"), primary_key=True),
    Column("code_sha256", String(64), primary_key=True),
)
_sessions = Table(
    "web_sessions",
    tables,
    Column("name", String(64), primary_key=True),
    Column("account", ForeignKey("accounts.name"), nullable=False, index=True),
    Column("began_at", String(40), nullable=False),
    Column("seen_at", String(40), nullable=False),
    Column("is_locked", Boolean, nullable=False),
    Column("has_second_factor", Boolean, nullable=False),
    Column("address", String(64), nullable=False),
)
_CHANGEABLE: Final = frozenset(accounts.c.keys()) - {"name", "created_at"}


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account with what decides whether somebody may sign in with it."""

    account: Account
    created_at: datetime
    password: str
    """Argon2 hash; empty where there is none."""
    password_ends_at: datetime | None
    """A one-time password's end; None for one that its owner chose."""
    failures: int
    """Failed sign-ins since the last one that succeeded."""
    locked_until: datetime | None
    used_at: datetime | None
    disabled_why: str
    """Empty where it is not disabled."""
    subject: str
    """Who this is at the identity provider: issuer and subject, space between; empty for local accounts."""


class SqlAccounts:
    """Rows of accounts, second factors and sessions; what they mean is decided in `flows.accounts`."""

    def __init__(self, url: str, sealer: Sealer | None = None) -> None:
        """Open the database at an SQLAlchemy URL. Raises StorageError, DiskFull."""
        self._engine = open_database(url, tables)
        self._sealer = sealer or InTheClear()

    def add(self, record: AccountRecord) -> None:
        """A new account. Raises AccountExists, StorageError."""
        row = {"name": record.account.name, **_values(record)}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(accounts).values(row))
        except IntegrityError as e:
            raise AccountExists(record.account.name, "is the name of an account already") from e

    def find(self, name: str) -> AccountRecord | None:
        """An account by its name."""
        with reading(self._engine) as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
            return _record(row) if row is not None else None

    def find_subject(self, subject: str) -> AccountRecord | None:
        """An account by who its owner is at the identity provider."""
        if not subject:
            return None
        with reading(self._engine) as connection:
            row = connection.execute(select(accounts).where(accounts.c.subject == subject)).mappings().first()
            return _record(row) if row is not None else None

    def all(self) -> tuple[AccountRecord, ...]:
        """Every account, by name."""
        with reading(self._engine) as connection:
            return tuple(
                _record(row)
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
                .values({k: _plain(v) for k, v in values.items()})
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
            connection.execute(delete(_recovery).where(_recovery.c.account == name))
            if secret:
                sealed = self._sealer.seal_text(secret, totp_place(name))
                connection.execute(insert(account_totp).values(account=name, sealed=sealed, last_step=0))
                for code in sorted(codes):
                    connection.execute(insert(_recovery).values(account=name, code_sha256=code))

    def use_totp_step(self, name: str, step: int) -> bool:
        """Take a time step; False where it, or a later one, was taken before: a code counts once."""
        mine = (account_totp.c.account == name) & (account_totp.c.last_step < step)
        with writing(self._engine) as connection:
            return connection.execute(update(account_totp).where(mine).values(last_step=step)).rowcount == 1

    def use_recovery_code(self, name: str, code_sha256: str) -> bool:
        """Take a recovery code; False where there is none such, or no more."""
        mine = (_recovery.c.account == name) & (_recovery.c.code_sha256 == code_sha256)
        with writing(self._engine) as connection:
            return connection.execute(delete(_recovery).where(mine)).rowcount == 1

    def recovery_codes(self, name: str) -> int:
        """How many recovery codes are left."""
        with reading(self._engine) as connection:
            wanted = select(_recovery.c.code_sha256).where(_recovery.c.account == name)
            return len(connection.execute(wanted).all())

    def begin_session(self, session: Session) -> None:
        """A new session."""
        with writing(self._engine) as connection:
            connection.execute(insert(_sessions).values(_session_row(session)))

    def session(self, name: str) -> tuple[Session, AccountRecord] | None:
        """A session and whose it is, by the SHA-256 of its token."""
        wanted = select(_sessions).where(_sessions.c.name == name)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
            if row is None:
                return None
            mine = select(accounts).where(accounts.c.name == row["account"])
            return _session(row), _record(connection.execute(mine).mappings().one())

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
            connection.execute(update(_sessions).where(_sessions.c.name == name).values(values))

    def end_session(self, name: str) -> None:
        """The browser is signed out."""
        with writing(self._engine) as connection:
            connection.execute(delete(_sessions).where(_sessions.c.name == name))

    def end_sessions(self, account: str, but: str = "") -> None:
        """An account is signed out everywhere, except in the session named."""
        mine = (_sessions.c.account == account) & (_sessions.c.name != but)
        with writing(self._engine) as connection:
            connection.execute(delete(_sessions).where(mine))

    def end_old_sessions(self, began_before: datetime) -> None:
        """Sessions that began before a time are over."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(_sessions).where(
                    _sessions.c.began_at < began_before.isoformat(timespec="milliseconds")
                )
            )

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def totp_place(account: str) -> str:
    """What a second factor's ciphertext is bound to."""
    return f"account_totp {account}"


def reseal_totp(connection: Connection, keys: Sealer, account: str) -> None:
    """Seal a second factor's secret anew. Raises KeyMissing, StorageError."""
    mine = account_totp.c.account == account
    sealed = connection.execute(select(account_totp.c.sealed).where(mine)).scalar_one()
    secret = keys.open_text(sealed, totp_place(account))
    connection.execute(
        update(account_totp).where(mine).values(sealed=keys.seal_text(secret, totp_place(account)))
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return "" if value is None else value


def _values(record: AccountRecord) -> dict[str, Any]:
    account = record.account
    return {
        "display_name": account.display_name,
        "role": str(account.role),
        "counter": account.counter,
        "language": account.language,
        "created_at": record.created_at.isoformat(timespec="milliseconds"),
        "password": record.password,
        "password_ends_at": _plain(record.password_ends_at),
        "failures": record.failures,
        "locked_until": _plain(record.locked_until),
        "used_at": _plain(record.used_at),
        "disabled_why": record.disabled_why,
        "subject": record.subject,
    }


def _record(row: RowMapping) -> AccountRecord:
    return AccountRecord(
        account=Account(row["name"], row["display_name"], Role(row["role"]), row["counter"], row["language"]),
        created_at=datetime.fromisoformat(row["created_at"]),
        password=row["password"],
        password_ends_at=_time(row, "password_ends_at"),
        failures=row["failures"],
        locked_until=_time(row, "locked_until"),
        used_at=_time(row, "used_at"),
        disabled_why=row["disabled_why"],
        subject=row["subject"],
    )


def _time(row: Mapping[str, Any] | RowMapping, column: str) -> datetime | None:
    return datetime.fromisoformat(row[column]) if row[column] else None


def _session_row(session: Session) -> dict[str, Any]:
    return {
        "name": session.name,
        "account": session.account,
        "began_at": session.began_at.isoformat(timespec="milliseconds"),
        "seen_at": session.seen_at.isoformat(timespec="milliseconds"),
        "is_locked": session.is_locked,
        "has_second_factor": session.has_second_factor,
        "address": session.address,
    }


def _session(row: RowMapping) -> Session:
    return Session(
        name=row["name"],
        account=row["account"],
        began_at=datetime.fromisoformat(row["began_at"]),
        seen_at=datetime.fromisoformat(row["seen_at"]),
        is_locked=row["is_locked"],
        has_second_factor=row["has_second_factor"],
        address=row["address"],
    )
