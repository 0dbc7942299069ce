"""The tables of accounts and sessions, and what a row of them says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    select,
    update,
)

from dossier.accounts import Account, Role, Session
from storage.keyring import Sealer

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
recovery = Table(
    "account_recovery_codes",
    tables,
    Column("account", ForeignKey("accounts.name"), primary_key=True),
    Column("code_sha256", String(64), primary_key=True),
)
sessions = Table(
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


def plain(value: Any) -> Any:
    """A value as its column keeps it."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return "" if value is None else value


def account_row(record: AccountRecord) -> dict[str, Any]:
    """The columns of an account, but its name."""
    account = record.account
    return {
        "display_name": account.display_name,
        "role": str(account.role),
        "counter": account.counter,
        "language": account.language,
        "created_at": record.created_at.isoformat(timespec="milliseconds"),
        "password": record.password,
        "password_ends_at": plain(record.password_ends_at),
        "failures": record.failures,
        "locked_until": plain(record.locked_until),
        "used_at": plain(record.used_at),
        "disabled_why": record.disabled_why,
        "subject": record.subject,
    }


def account_record(row: RowMapping) -> AccountRecord:
    """The account of a row."""
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


def _time(row: RowMapping, column: str) -> datetime | None:
    return datetime.fromisoformat(row[column]) if row[column] else None


def session_row(session: Session) -> dict[str, Any]:
    """The columns of a session."""
    return {
        "name": session.name,
        "account": session.account,
        "began_at": session.began_at.isoformat(timespec="milliseconds"),
        "seen_at": session.seen_at.isoformat(timespec="milliseconds"),
        "is_locked": session.is_locked,
        "has_second_factor": session.has_second_factor,
        "address": session.address,
    }


def session_of_row(row: RowMapping) -> Session:
    """The session of a row."""
    return Session(
        name=row["name"],
        account=row["account"],
        began_at=datetime.fromisoformat(row["began_at"]),
        seen_at=datetime.fromisoformat(row["seen_at"]),
        is_locked=row["is_locked"],
        has_second_factor=row["has_second_factor"],
        address=row["address"],
    )
