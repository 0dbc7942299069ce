"""Papers that may show one sheet: who sees a sheet twice has not heard of it from two sides."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.document import UNKNOWN_KIND, Document
from dossier.identity import Witness, WitnessSource
from dossier.page_print import Likeness, PagePrint
from models.page_prints import page_print
from models.titles import CARD_KINDS
from validators.duplicates import compare


class SecondScans:
    """Tells of two witnesses whether what they saw may be one sheet that was scanned twice.

    A clerk scans a blurred card again, or a sheet lies in two stacks. The same reader misreads the same digit
    on both scans, and one code is legible on both; neither is worth more than the one sight that it is.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        """Look at the papers of one dossier."""
        self._documents = {document.number: document for document in documents}
        self._prints: dict[tuple[int, int], PagePrint] = {}

    def may_be_one(self, one: Witness, other: Witness) -> bool:
        """Whether two witnesses of one number may have seen the same sheet.

        1. One paper is one.
        2. One text of a code or a zone is one: each card has its own. Codes are read whole or not at all, so
           that two texts are two codes.
        3. Papers of one kind may be two scans of a sheet, and so may one of unknown kind and any other.
           Cards count as one kind, because their titles differ in one word.
        4. Papers of two kinds are two, unless their pages show the same sheet.
        """
        if one.document == other.document or _same_text(one, other):
            return True
        if one.source is other.source is WitnessSource.QR:
            return False
        kinds = {self._sort(one), self._sort(other)}
        return len(kinds) == 1 or UNKNOWN_KIND in kinds or self._show_one_sheet(one, other)

    def are_one_sight(self, one: Witness, other: Witness) -> bool:
        """Whether the same reader may have seen the same marks twice."""
        return (one.source, one.engine) == (other.source, other.engine) and self.may_be_one(one, other)

    def _sort(self, witness: Witness) -> str:
        kind = self._documents[witness.document].kind.code
        return "card" if kind in CARD_KINDS else kind

    def _show_one_sheet(self, one: Witness, other: Witness) -> bool:
        return compare(self._print(one), self._print(other)) is Likeness.SAME

    def _print(self, witness: Witness) -> PagePrint:
        place = (witness.document, witness.page)
        if place not in self._prints:
            page = self._documents[witness.document].pages[witness.page - 1]
            self._prints[place] = page_print(page, str)  # nothing of it is kept, so nothing has to be hidden
        return self._prints[place]


def _same_text(one: Witness, other: Witness) -> bool:
    return bool(one.raw) and one.source is other.source and one.raw.split() == other.raw.split()
