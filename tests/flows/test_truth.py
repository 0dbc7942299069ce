"""What clerks set right is exported as truth, without personal data unless it is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dossier.errors import SohoaError
from dossier.review import SetAside, SetKind, TurnPage, TypeField
from flows.review import Reviews
from flows.truth import export_truth
from flows.wiring import Workshop
from tests.drafts import CODE, MISREAD, NUMBER, birth_paper, form, prepare, workshop_in


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    made = workshop_in(tmp_path)
    prepare(made, [form(MISREAD), birth_paper(), birth_paper("03-la.png")])
    reviews = Reviews(made)
    changes = (TypeField("1.personal_number.1", NUMBER), SetKind(2, "ct07"), SetAside(3, "của Lê Thị Lạ"))
    for version, change in enumerate((*changes, TurnPage(1, 90))):
        reviews.correct(CODE, version, change, "lan")
    reviews.undo(CODE, 4, "lan")
    return made


def rows(work: Workshop, to: Path, *, with_personal_data: bool) -> list[dict[str, object]]:
    done = export_truth(work.settings, to, with_personal_data=with_personal_data, why="đo độ chính xác")
    found = [json.loads(line) for line in done.file.read_text("utf-8").splitlines()]
    assert done.corrections == len(found)
    return found


def test_truth_names_nobody(work: Workshop, tmp_path: Path) -> None:
    typed, kind, aside = rows(work, tmp_path / "a", with_personal_data=False)
    assert (typed["field"], typed["agrees"], typed["distance"], typed["letters"]) == (
        "personal_number",
        False,
        1,
        12,
    )
    assert (typed["engine"], typed["page"], typed["dpi"]) == ("sohoa-vi-tiny 1", 1, 300.0)
    assert (kind["read"], kind["right"]) == ("giay_chung_sinh", "ct07")
    assert aside["type"] == "SetAside", "what was undone is no truth"
    raw = (tmp_path / "a" / "truth.jsonl").read_text("utf-8")
    assert not any(secret in raw for secret in (NUMBER, MISREAD, "Lê Thị Lạ", "lan"))
    assert (tmp_path / "a" / "truth.jsonl").stat().st_mode & 0o077 == 0


def test_values_are_asked_for_and_the_ledger_knows(work: Workshop, tmp_path: Path) -> None:
    typed = rows(work, tmp_path / "b", with_personal_data=True)[0]
    assert (typed["read"], typed["right"]) == (MISREAD, NUMBER)
    seen = [e for e in work.ledger.entries(5) if e.action == "viewed"]  # type: ignore[attr-defined]
    assert "đo độ chính xác" in seen[0].detail
    with pytest.raises(SohoaError):
        rows(work, tmp_path / "b", with_personal_data=False)
