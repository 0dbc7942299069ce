"""Files that give no page hold their dossier until a person answers for them."""

from __future__ import annotations

from datetime import date

from dossier.archive import DigitisationOrder, DossierState, FileNotTaken, state_of
from dossier.errors import SourceUnsupported
from dossier.finding import Rule
from flows.intake import RefusedFile
from flows.judging import without_pages

ORDER = DigitisationOrder("H42-261102-0001", "1.001193", ("a.jpg",), date(2026, 11, 2), "MẪU")


def test_nothing_is_said_where_every_file_was_read() -> None:
    assert without_pages(ORDER, []) == ()


def test_a_damaged_file_and_one_that_was_not_kept_both_block() -> None:
    lacking = FileNotTaken("ban-do.tif", "SourceTooMany", "more than 100")
    order = DigitisationOrder(
        ORDER.dossier, ORDER.procedure, ORDER.sources, ORDER.received_on, ORDER.officer, not_taken=(lacking,)
    )
    damaged = RefusedFile("bao-cao.pdf", SourceUnsupported("bao-cao.pdf", "no picture"))
    found = without_pages(order, [damaged])
    assert [(finding.rule, finding.subject, finding.detail) for finding in found] == [
        (Rule.FILE_UNREADABLE, "bao-cao.pdf", "SourceUnsupported: no picture"),
        (Rule.FILE_NOT_TAKEN, "ban-do.tif", "SourceTooMany: more than 100"),
    ]
    for finding in found:
        assert state_of((finding,)) is DossierState.NEEDS_ATTENTION
