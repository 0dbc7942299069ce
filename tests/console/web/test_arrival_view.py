"""What the screen of an arrival says, and where it leads when everything was handed on."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from console.web.arrival_view import arrival_values
from dossier.arrival import Arrival, ArrivalOrder, ArrivalRecord, ArrivalState, RefusedFile
from dossier.errors import PaperJam, ServiceBusy, SourceUnreadable, SourceUnsupported
from flows.wiring import VIETNAM

ORDER = ArrivalOrder("", "1.001193", (), date(2026, 11, 2), "mai", "Mai (MẪU)", "Quầy 1")
WHEN = datetime(2026, 11, 2, tzinfo=VIETNAM)
CODE = "H42-261102-0001"
FILE = RefusedFile("bao-cao.pdf", SourceUnsupported("bao-cao.pdf", ""))
DOSSIER = RefusedFile("H42-261102-0002", ServiceBusy("H42-261102-0002", "another run of it is under way"))


@pytest.mark.parametrize(
    ("batch", "refused", "to"),
    [
        ("", (), f"/dossiers/{CODE}"),
        ("", (FILE,), f"/dossiers/{CODE}"),
        ("B261102", (), f"/dossiers/{CODE}"),
        ("B261102", (DOSSIER,), ""),
    ],
)
def test_it_moves_on_where_the_dossier_says_what_was_refused(
    batch: str, refused: tuple[RefusedFile, ...], to: str
) -> None:
    record = ArrivalRecord("A1", ORDER, "Quầy" if batch else "", batch, (), WHEN)
    arrival = Arrival(record, ArrivalState.HANDED_ON, (), refused, None, (CODE,))
    told = arrival_values(arrival, "vi")
    assert told["to"] == to
    assert len(told["refused"]) == len(refused)


@pytest.mark.parametrize(
    ("batch", "state", "is_whole", "failed", "again"),
    [
        ("", ArrivalState.STOPPED, True, True, True),
        ("", ArrivalState.STOPPED, False, False, False),
        ("", ArrivalState.HANDED_ON, True, False, False),
        ("", ArrivalState.FEEDING, True, True, False),
        ("M1", ArrivalState.HANDED_ON, True, False, True),
        ("M1", ArrivalState.STOPPED, False, True, False),
    ],
)
def test_what_came_whole_and_could_not_be_handed_on_can_be_read_again(
    batch: str, state: ArrivalState, *, is_whole: bool, failed: bool, again: bool
) -> None:
    record = ArrivalRecord("A1", ORDER, "Quầy" if batch else "", batch, (), WHEN, is_whole=is_whole)
    trouble = ServiceBusy(CODE, "another run of it is under way") if failed else None
    refused = (DOSSIER,) if batch else (FILE,)
    assert Arrival(record, state, (), refused, trouble, ()).can_be_read_again is again


def test_what_went_wrong_is_told_in_the_language_of_the_screen() -> None:
    record = ArrivalRecord("A261122-080000-AAAA", ORDER, "Quầy 1", "M261122-080000-AAAA", (), WHEN)
    refused = (RefusedFile("1.jpg", SourceUnreadable("1.jpg", "broken data stream")),)
    arrival = Arrival(
        record, ArrivalState.STOPPED, (), refused, PaperJam("Quầy 1", "Document feeder jammed"), ()
    )
    vietnamese, english = arrival_values(arrival, "vi"), arrival_values(arrival, "en")
    assert "jammed" not in vietnamese["trouble"]
    assert "stream" not in vietnamese["refused"][0]
    assert vietnamese["trouble"].startswith("Quầy 1: ")
    assert english["trouble"].endswith("(Document feeder jammed)")
    assert english["refused"][0].endswith("(broken data stream)")
