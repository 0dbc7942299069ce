"""Figures are sums over dossiers that can be named; what nobody knows is neither good nor bad."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from console.web.charts import Bar, Chart, svg
from console.web.words import WORDS
from console.wording_web_ledger import ACTIONS
from dossier.audit import FixityState
from dossier.description import ActionKind, ActionOutcome
from dossier.desk import DeskState
from dossier.desk_asked import DeskFacts
from dossier.finding import Severity
from dossier.sampling import Inspection
from flows.control_board import (
    ControlledDossier,
    ControlQuestion,
    Figure,
    Group,
    behind,
    controlled,
    figure_of,
    side_by_side,
)
from flows.health import Health
from tests.kept_dossiers import LATE, judged, workshop

BEGIN, END = date(2026, 11, 1), date(2026, 11, 30)


def dossier(number: int, **said: object) -> ControlledDossier:
    one = ControlledDossier(
        code=f"H56.101-261105-{number:04d}",
        centre="H56.101",
        counter="Quầy 1",
        procedure="1.001193",
        received_on=date(2026, 11, 5),
        is_digitised=True,
        is_returned=False,
        is_on_time=None,
        minutes=None,
        counts={},
    )
    return replace(one, **said)  # type: ignore[arg-type]


def test_what_nobody_knows_is_left_out() -> None:
    some = [dossier(1, is_on_time=True, minutes=4.0), dossier(2, is_on_time=False, minutes=8.0), dossier(3)]
    assert figure_of(some, Figure.ON_TIME) == 50.0, "the third is neither on time nor late"
    assert figure_of(some, Figure.MINUTES) == 6.0
    assert figure_of([dossier(3)], Figure.ON_TIME) is None
    assert figure_of([], Figure.SHARE_DIGITISED) is None
    assert figure_of([], Figure.DOSSIERS) == 0


def test_a_figure_leads_to_the_dossiers_that_prove_it() -> None:
    late = dossier(1, is_on_time=False)
    slow, quick = dossier(2, minutes=30.0), dossier(3, minutes=2.0)
    open_one = dossier(4, is_digitised=False, is_returned=True)
    asked = dossier(5, counts={"residence_asked": 2})
    every = (late, slow, quick, open_one, asked)
    assert behind(every, Figure.ON_TIME) == (late,)
    assert behind(every, Figure.MINUTES) == (slow, quick), "the slowest first"
    assert behind(every, Figure.SHARE_DIGITISED) == (open_one,)
    assert behind(every, Figure.RETURNED) == (open_one,)
    assert behind(every, Figure.RESIDENCE_ASKED) == (asked,)
    assert figure_of(every, Figure.RESIDENCE_ASKED) == 2
    assert behind(every, Figure.DOSSIERS) == every


@pytest.mark.parametrize("group", list(Group))
def test_every_dossier_is_in_one_bar(group: Group) -> None:
    every = (dossier(1), dossier(2, counter="-"), dossier(3, procedure="2.000635", centre="-"))
    assert sorted(d.code for bar in side_by_side(every, group).values() for d in bar) == [
        d.code for d in every
    ]


def test_dossiers_come_from_judgements_the_desk_and_the_ledger(tmp_path: Path) -> None:
    work = workshop(tmp_path)
    judged(work, "H56.101-261105-0001", date(2026, 11, 5), LATE)
    judged(work, "H56.101-261005-0009", date(2026, 10, 5), LATE)
    for code, state, due in (
        ("H56.101-261105-0001", DeskState.ARCHIVED, date(2999, 1, 1)),
        ("H56.101-261106-0002", DeskState.RETURNED, None),
    ):
        work.desk._kept.note(DeskFacts(code, "1.001193", date(2026, 11, 6), state, "Quầy 1 (MẪU)", due))
    for action in ("page-read", "archived"):
        work.ledger.append("MẪU", action, "H56.101-261105-0001", "{}")
    first, second = controlled(work, BEGIN, END)
    assert (first.is_digitised, first.is_on_time, first.counts) == (True, True, {"late_returns": 1})
    assert first.minutes is not None
    assert 0 <= first.minutes < 1
    assert (first.counter, first.centre, first.month) == ("Quầy 1 (MẪU)", "H56.101", "2026-11")
    assert (second.is_returned, second.is_digitised, second.is_on_time) == (True, False, None)
    question = ControlQuestion(BEGIN, END, counter="Quầy 2")
    assert not any(map(question.takes, (first, second)))


def test_a_chart_says_its_numbers_and_tells_series_apart_by_pattern() -> None:
    bars = (
        Bar("<b> & rất dài, dài hơn chỗ có trên biểu đồ", (2.0, 1.0), "3"),
        Bar("Quầy 2", (0.0, 0.0), "0"),
    )
    drawn = svg(Chart("chart-a", "Hồ sơ", "Biểu đồ <thanh>", bars, ("đã số hóa", "trả lại")))
    tree = etree.fromstring(drawn.encode())
    name = "{http://www.w3.org/2000/svg}"
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == "chart-a-t chart-a-d"
    assert (tree.findtext(f"{name}title"), tree.findtext(f"{name}desc")) == ("Hồ sơ", "Biểu đồ <thanh>")
    said = " ".join(text.text or "" for text in tree.iter(f"{name}text"))
    assert "3" in said
    assert "trả lại" in said
    patterns = [etree.tostring(p) for p in tree.iter(f"{name}pattern")]
    assert len({re.sub(rb'id="[^"]+"', b"", pattern) for pattern in patterns}) == 2
    assert " style=" not in drawn, "the content security policy takes none"
    assert svg(Chart("chart-b", "Không", "", ())).startswith("<svg"), "nothing to draw is no error"


def test_everything_that_screens_tell_by_name_has_its_words() -> None:
    wanted = {
        *(f"control_{each}" for each in (*Figure, *Group)),
        *(f"control_severity_{each}" for each in Severity),
        *(f"archive_action_{each}" for each in ActionKind),
        *(f"archive_outcome_{each}" for each in ActionOutcome),
        *(f"fixity_{each}" for each in FixityState),
        *(f"audit_inspection_{each}" for each in Inspection),
        *(f"status_{each}" for each in Health),
        *(f"verify_{each}" for each in ("signature_present", "signature_intact", "covers_whole_file")),
        *(f"verify_{each}" for each in ("signature_canonical", "signer_trusted", "seal_level", "clock")),
        "verify_signer_not_revoked",
        *(f"verify_{each}" for each in ("pdfa_2b", "text_layer")),
    }
    assert sorted(wanted - WORDS.keys()) == []
    assert all(all(pair) for pair in (*WORDS.values(), *ACTIONS.values()))
