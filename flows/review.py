"""The counter's work on a dossier between reading and sealing: looked at, corrected, undone, sealed.

What the screens use is `Reviews`. Every call is whole: what it changed is in the database when it returns,
and a process that is killed at any point is opened again at the last version.
"""

from __future__ import annotations

from typing import Protocol

from dossier.archive import ArchivePackage
from dossier.review import Change, Draft, DraftPage, TypedText


class Reviews(Protocol):
    """Drafts of dossiers, and what clerks do to them. Safe for threads."""

    def codes(self) -> tuple[str, ...]:
        """Dossiers whose draft is open or being sealed, the longest waiting first."""

    def open(self, code: str) -> Draft:
        """The draft as it stands. Raises ReviewNotFound for a dossier that was not read yet."""

    def correct(self, code: str, version: int, change: Change, by: str) -> Draft:
        """Apply one change to the draft that the clerk saw, and judge anew.

        What others changed since `version` is kept where it is about something else. The same change by the
        same account again changes nothing.

        Raises:
            ReviewConflict: another clerk changed the same thing since; it holds both values.
            CorrectionRefused: no such page, paper or kind, or a value that cannot be.
            ReviewClosed: it is being sealed, or is sealed.
            ReviewNotFound: there is no draft.
        """

    def undo(self, code: str, version: int, by: str) -> Draft:
        """Take back the last correction in force; nothing to take back changes nothing.

        Raises ReviewConflict where somebody corrected something since `version`, ReviewClosed.
        """

    def redo(self, code: str, version: int, by: str) -> Draft:
        """Bring back what was undone last, until something new is corrected. Raises as `undo`."""

    def seal(self, code: str, version: int, by: str) -> ArchivePackage:
        """Seal and archive what the clerk saw; again, or from a second tab, it is the same package.

        Raises:
            SealRefused: a blocking finding is open.
            ReviewConflict: somebody corrected something since `version`.
            SealError, StorageError: as sealing itself; the draft stays, and the same call goes on.
        """

    def notice(self, code: str, by: str) -> bytes:
        """The request for supplements (form 02 of TT 03/2025/TT-VPCP) from the open findings, PDF/A-2b.

        Printed once it is asked for: the ledger has an entry. Raises NoticeRefused where nothing is missing
        or it would ask for what may not be asked for.
        """

    def notices(self, code: str) -> tuple[str, ...]:
        """When notices were printed for it, ISO 8601; one more is a second request: against the rules."""

    def typed(self, account: str, dossier: str, place: str, text: str) -> None:
        """Keep what is typed and not yet sent; empty text forgets it. At most 10,000 letters."""

    def typed_of(self, account: str, dossier: str) -> tuple[TypedText, ...]:
        """What this account typed for a dossier and did not send, for two days."""

    def picture(self, code: str, page: int) -> tuple[DraftPage, bytes]:
        """A page and the untouched bytes of its picture. Raises ReviewNotFound, StorageError."""
