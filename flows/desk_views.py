"""Lists that show people: who looked for what, and which dossiers were shown, in the ledger before they are.

A list is one view with the codes of its dossiers. A queue that refreshes itself is written down again only
for the dossiers that were not shown to the same person a moment ago. What was searched for may be a name: the
entry says which fields were used, and never what was typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from dossier.accounts import Account
from dossier.audit_ports import AuditedLedger
from dossier.errors import InputRefused
from dossier.ports import Ledger
from flows.looks import STAY
from flows.settings import Settings
from flows.viewing import VIEWED

_MANY: Final = 10_000
_LONGEST_PURPOSE: Final = 200


@dataclass(frozen=True, slots=True)
class ShownList:
    """What somebody is about to see."""

    what: str
    """"queue" or "search"."""
    why: str
    codes: tuple[str, ...]
    """Dossiers on the page, in its order."""
    asked_by: tuple[str, ...] = ()
    """Names of the fields that were filled in, never what stood in them."""


class DeskViews:
    """Lists that were shown by this process."""

    def __init__(
        self, ledger: Ledger | AuditedLedger, settings: Settings, clock: Callable[[], datetime]
    ) -> None:
        self._ledger, self._settings, self._clock = ledger, settings, clock
        self._lock = Lock()
        self._shown: dict[tuple[str, str], datetime] = {}

    def note_queue(self, account: Account, shown: ShownList) -> None:
        """Write down what of a queue was not shown to this person a moment ago. Raises as `note`."""
        with self._lock:
            new = self._new(account, shown.codes)
        if new:
            self.note(account, ShownList(shown.what, shown.why, new, shown.asked_by))
            now = self._clock()
            with self._lock:
                self._shown |= {(account.name, code): now for code in new}

    def note(self, account: Account, shown: ShownList) -> None:
        """Write down a list. What cannot be written down may not be shown.

        Raises SohoaError in production without a purpose, StorageError.
        """
        if not shown.why.strip() and self._settings.profile == "production":
            raise InputRefused(shown.what, "in production personal data is shown for a stated purpose only")
        detail = {
            "what": shown.what,
            "why": shown.why.strip()[:_LONGEST_PURPOSE],
            "dossiers": list(shown.codes),
            "asked_by": list(shown.asked_by),
        }
        self._ledger.append(
            account.actor, VIEWED, f"list:{shown.what}", json.dumps(detail, ensure_ascii=False)
        )

    def _new(self, account: Account, codes: Sequence[str]) -> tuple[str, ...]:
        now = self._clock()
        if len(self._shown) > _MANY:
            self._shown = {key: at for key, at in self._shown.items() if now - at < STAY}
        known = (self._shown.get((account.name, code)) for code in codes)
        return tuple(code for code, at in zip(codes, known, strict=True) if at is None or now - at >= STAY)
