"""Who works at the console: accounts, roles, and the browsers in which they are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for; it decides what the console shows."""

    CLERK = "clerk"
    """Công chức một cửa: the dossiers of one counter."""
    ARCHIVIST = "archivist"
    """Lưu trữ viên: the archive, its audits, the ledger."""
    CONTROLLER = "controller"
    """Kiểm soát thủ tục hành chính: figures over procedures and months, and the pages that prove them."""
    ADMINISTRATOR = "administrator"
    """Quản trị: accounts and settings."""


class Duty(StrEnum):
    """What somebody has to do before anything else is shown."""

    NONE = ""
    PASSWORD = "password"  # noqa: S105 - the name of a duty
    """Choose a password of one's own: the present one was given by somebody else."""
    SECOND_FACTOR = "second_factor"
    """Set up a second factor."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    name: str
    """What is typed to sign in: lower-case letters, digits, dots and dashes."""
    display_name: str
    """The person's name, as on the door."""
    role: Role
    counter: str
    """The counter (quầy) whose dossiers a clerk sees; empty for everybody else."""
    language: str = "vi"
    """"vi" or "en"."""

    @property
    def actor(self) -> str:
        """How the ledger names this person."""
        return f"{self.display_name} ({self.name})"


@dataclass(frozen=True, slots=True)
class AccountState:
    """How an account stands, for those who look after accounts."""

    account: Account
    created_at: datetime
    used_at: datetime | None
    """When its owner last worked; None where that was never."""
    locked_until: datetime | None
    """Until when it is locked after failed sign-ins; None where it is not."""
    disabled_why: str
    """Why it is disabled: "by-hand" or "unused"; empty where it is not."""
    has_password: bool
    has_second_factor: bool
    duty: Duty


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is signed in."""

    name: str
    """SHA-256 of the browser's token, hexadecimal."""
    account: str
    began_at: datetime
    seen_at: datetime
    """When its owner last did something."""
    is_locked: bool
    """Whether the screen is locked: who sits there says the password again."""
    has_second_factor: bool
    """Whether a second factor was shown when it began."""
    address: str
    """From where it began."""
