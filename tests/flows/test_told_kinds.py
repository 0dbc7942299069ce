"""A clerk's word about a page decides the next run, through the command line and the resident process."""

from __future__ import annotations

from dossier.errors import InputRefused
from tests.conftest import Counter

SAMPLE = "tinh-trang-hon-nhan-co-ct07"


def test_a_told_kind_is_used_on_the_next_run(counter: Counter) -> None:
    first = counter.sohoa(*counter.order(SAMPLE, "TOLD-1"), "--json").data
    ct07 = next(d for d in first["documents"] if d["kind"] == "ct07")
    place = f"{ct07['pages'][0]['source']}#{ct07['pages'][0]['number']}"
    assert counter.sohoa("answer", "TOLD-1", "--page", place, "--kind", "giay_khai_sinh").exit_code == 0
    second = counter.sohoa(*counter.order(SAMPLE, "TOLD-1"), "--json").data
    assert sorted(d["kind"] for d in second["documents"]) == sorted(
        "giay_khai_sinh" if d["kind"] == "ct07" else d["kind"] for d in first["documents"]
    )
    assert "residence_paper" in {f["rule"] for f in first["findings"]}
    assert "residence_paper" not in {f["rule"] for f in second["findings"]}
    back = counter.sohoa(*counter.order(SAMPLE, "TOLD-1"), "--kind", f"{place}=ct07", "--json").data
    assert [d["kind"] for d in back["documents"]] == [d["kind"] for d in first["documents"]]


def test_a_word_that_cannot_be_is_refused_before_anything_runs(counter: Counter) -> None:
    told = counter.sohoa("answer", "TOLD-2", "--page", "a.pdf", "--kind", "ct07", "--lang", "en")
    assert told.exit_code == InputRefused.exit_code
    assert "a.pdf" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
