"""Where the screen of an arrival leads when everything was handed on."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from console.web.arrival_view import arrival_values
from dossier.arrival import Arrival, ArrivalOrder, ArrivalRecord, ArrivalState, RefusedFile
from dossier.errors import ServiceBusy, SourceUnsupported
from flows.wiring import VIETNAM

ORDER = ArrivalOrder("", "1.001193", (), date(2026, 11, 2), "mai", "Mai (MẪU)", "Quầy 1")
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
    record = ArrivalRecord(
        "A1", ORDER, "Quầy" if batch else "", batch, (), datetime(2026, 11, 2, tzinfo=VIETNAM)
    )
    arrival = Arrival(record, ArrivalState.HANDED_ON, (), refused, None, (CODE,))
    told = arrival_values(arrival, "vi")
    assert told["to"] == to
    assert len(told["refused"]) == len(refused)
