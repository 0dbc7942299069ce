"""Every fault and stage of the fault suite has its words."""

from __future__ import annotations

from console.chaos import Wanted
from console.wording_chaos import FAULTS, STAGES
from flows.chaos import STAGES as ORDER
from flows.chaos_faults import Fault
from flows.chaos_grounds import GROUNDS


def test_every_fault_has_words_and_a_set_up() -> None:
    assert set(FAULTS) == set(GROUNDS) == set(Fault)
    assert set(STAGES) == set(ORDER)
    assert all(
        {"vi", "en"} == set(words) and all(words.values()) for words in (*FAULTS.values(), *STAGES.values())
    )
    assert Wanted((), (), 1, 1, each=False, report=None).faults == ()
