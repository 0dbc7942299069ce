"""Views of personal data: who looked at what, and why, written down before anything is shown.

The entry never holds what was seen. A file is named by its SHA-256, for its name may be a person's. What
cannot be written down is not shown.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dossier.archive import LedgerEntry
from dossier.audit_ports import AuditedLedger
from dossier.errors import InputRefused, SohoaError
from dossier.ports import Ledger
from flows.settings import Settings
from storage.ledger import SqlLedger

VIEWED: Final = "viewed"
_LONGEST_PURPOSE: Final = 200


@dataclass(frozen=True, slots=True)
class View:
    """What somebody is about to see."""

    what: str
    """"report", "text", "papers", "identity", "signatures", "export", "quarantine"."""
    subject: str
    """Code of the dossier, or `file_name` of a file."""
    why: str
    """Purpose, as the person says; empty where nobody said one."""
    pages: int = 0
    """How many pages it shows; 0 where that says nothing."""


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Who looks, and why."""

    officer: str
    why: str


def file_name(file: Path) -> str:
    """How the ledger names a file. Raises SohoaError where it cannot be read."""
    try:
        with file.open("rb") as opened:
            return f"file:{hashlib.file_digest(opened, 'sha256').hexdigest()}"
    except OSError as e:
        raise SohoaError(file.name, e.strerror or str(e)) from e


def note_view(settings: Settings, view: View) -> LedgerEntry:
    """Write down a view on this machine. Raises as `note_in`, and StorageError."""
    ledger = SqlLedger(settings.database)
    try:
        return note_in(ledger, settings, view)
    finally:
        ledger.close()


def note_in(ledger: Ledger | AuditedLedger, settings: Settings, view: View, officer: str = "") -> LedgerEntry:
    """Write down a view: officer, account of this machine, what, why.

    Raises SohoaError in production where no purpose is said, StorageError where it cannot be written.
    """
    if not view.why.strip() and settings.profile == "production":
        raise InputRefused("--why", "in production personal data is shown for a stated purpose only")
    said = {
        "what": view.what,
        "why": view.why.strip()[:_LONGEST_PURPOSE],
        "account": pwd.getpwuid(os.getuid()).pw_name,
    }
    if view.pages:
        said["pages"] = str(view.pages)
    return ledger.append(
        officer or settings.officer, VIEWED, view.subject, json.dumps(said, ensure_ascii=False)
    )
