"""How long papers are kept: the schedule is read, and refused where it is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dossier.errors import CatalogueInvalid
from validators.catalogue_loader import YamlCatalogue
from validators.retention import load_schedule

ON = date(2026, 11, 16)
BIRTH = YamlCatalogue(None).procedure("1.001193", ON)
OTHER = next(p for p in YamlCatalogue(None).procedures() if p.field == "Giảm nghèo")
OWN = """
- fields: [Giảm nghèo]
  years: 5
  citation: MẪU
  verified: true
- kinds: [ct07]
  years: 30
  citation: MẪU
  verified: true
"""


def test_built_in_schedule_cites_every_period_and_says_that_nobody_verified_it() -> None:
    schedule = load_schedule()
    periods = [*schedule.kinds.values(), *schedule.fields.values()]
    assert all(period.citation and period.days >= 365 for period in periods)
    assert not any(period.is_verified for period in periods)
    fields = {procedure.field for procedure in YamlCatalogue(None).procedures()}
    assert set(schedule.fields) <= fields, "every field is one of the catalogue"


def test_civil_status_is_kept_for_ever_as_far_as_a_store_can_say_it() -> None:
    period = load_schedule().period_of("to_khai", BIRTH)
    assert period is not None
    assert period.days == 36_525


def test_a_kind_counts_before_its_field_and_the_longest_for_the_whole(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN, "utf-8")
    schedule = load_schedule(tmp_path / "own.yaml")
    own, plain = schedule.period_of("ct07", OTHER), schedule.period_of("giay_khai_sinh", OTHER)
    assert own is not None
    assert plain is not None
    assert (own.days, plain.days) == (10_958, 1826)
    assert schedule.longest(["giay_khai_sinh", "ct07"], OTHER) == own
    assert schedule.longest([], OTHER) == plain
    assert schedule.longest(["giay_khai_sinh"], BIRTH) is None


@pytest.mark.parametrize(
    "written",
    [
        "- years: 5\n  citation: x\n  verified: true\n",
        "- kinds: [no_such_kind]\n  years: 5\n  citation: x\n  verified: true\n",
        "- fields: [a]\n  years: 0\n  citation: x\n  verified: true\n",
        "- fields: [a]\n  years: 5\n  verified: true\n",
        "- fields: [a, a]\n  years: 5\n  citation: x\n  verified: true\n",
        "- fields: [a]\n  years: 5\n  citation: x\n  verified: true\n  more: 1\n",
        "fields: [",
        "\x00",
    ],
)
def test_a_wrong_schedule_is_refused_by_name(tmp_path: Path, written: str) -> None:
    (tmp_path / "wrong.yaml").write_text(written, "utf-8")
    with pytest.raises(CatalogueInvalid, match=r"wrong\.yaml"):
        load_schedule(tmp_path / "wrong.yaml")


def test_a_schedule_that_is_not_there_is_no_schedule(tmp_path: Path) -> None:
    with pytest.raises(CatalogueInvalid):
        load_schedule(tmp_path / "none.yaml")
