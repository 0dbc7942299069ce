"""`sohoa simulate` on the command line, and how a real run is compared with what was predicted."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from typer.testing import CliRunner

from console.main import app
from console.simulate_check import BOUND, compare, costs_of
from console.wording_simulation import ASSUMPTIONS, CHECKED, FIGURES, SITES
from dossier.errors import SettingRefused
from flows.simulation_arrivals import Province
from flows.simulation_costs import MEASURED
from flows.simulation_rows import machines_needed, rows

SMALL = ["simulate", "--centres", "2", "--dossiers-per-month", "40", "--days", "1"]


def told(arguments: list[str]) -> Any:
    result = CliRunner().invoke(app, [*arguments, "--json", "--lang", "en"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_site_is_told_with_what_it_rests_on() -> None:
    first = told(SMALL)
    assert [site["name"] for site in first["sites"]] == list(SITES)
    assert len(first["assumptions"]) == len(ASSUMPTIONS)
    one, largest, pcs, cluster, country = first["sites"]
    assert one["dossiers_per_month"] == 20 < largest["dossiers_per_month"]
    assert pcs["machines"] == 2
    assert country["cores"] == 34 * cluster["cores"]
    assert country["store_bytes_month"] == pytest.approx(34 * 40 * 5 * MEASURED.page_bytes)
    waits = cluster["waits"]["verdict"]
    assert 0 < waits["p50"] <= waits["p95"] <= waits["p99"] <= waits["worst"]


def test_the_table_names_every_figure() -> None:
    output = CliRunner().invoke(app, [*SMALL, "--lang", "vi"]).stdout
    for words in (*FIGURES.values(), *SITES.values()):
        assert words["vi"] in output
        assert words["en"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--centres", "0"),
        ("--dossiers-per-month", "-5"),
        ("--days", "0"),
        ("--pages", "0"),
        ("--held", "nan"),
    ],
)
def test_what_cannot_be_is_refused_by_the_options_name(option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["simulate", option, value])
    assert isinstance(result.exception, SettingRefused)
    assert result.exception.subject == option


def test_no_real_dossiers_to_compare_with_are_refused() -> None:
    result = CliRunner().invoke(app, ["simulate", "--check", "0"])
    assert isinstance(result.exception, SettingRefused)
    assert result.exception.subject == "--check"


def test_a_cluster_gets_machines_for_the_peak_and_more_where_dossiers_cost_more() -> None:
    province = Province(104, 201_034)
    few, dear = machines_needed(province, MEASURED), replace(MEASURED, reading_seconds=3.0)
    assert 1 < few < machines_needed(province, dear)
    # Where the resident process is what is full, more cores a machine help nothing.
    inside = replace(MEASURED, flow_seconds=20.0)
    many = machines_needed(replace(province, cores=32), inside)
    assert many == pytest.approx(machines_needed(replace(province, cores=64), inside))
    assert many >= 10


def test_a_pc_that_cannot_keep_up_is_told_as_more_than_full() -> None:
    row = next(iter(rows(Province(1, 700, days=1), replace(MEASURED, reading_seconds=400.0))))
    assert row.peak_load > 1
    assert row.waits["verdict"].p99 > 3600


def run_of(pages: list[int], dearer: float = 1.0) -> dict[str, Any]:
    """A run that costs exactly what it says, on two cores that were all there."""
    stages = {"intake": 0.06, "reading": 1.0, "sealing": 0.1, "checking": 0.02, "archiving": 0.1}
    stages = {name: dearer * each * (sum(pages)) for name, each in stages.items()}
    own = stages["sealing"] + stages["checking"] + stages["archiving"] + 0.7 * len(pages) * dearer
    parts = {"reading": stages["reading"], "opening files": stages["intake"], "flows, seal, archive": own}
    return {
        "pages": pages,
        "seconds": sum(parts.values()) / 2,
        "core_seconds": parts,
        "stages": stages,
        "free_cores": 2.0,
        "stored_bytes": 800_000 * sum(pages),
        "peak_megabytes": {"flows, seal, archive": 400, "reading": 500, "Prefect": 250, "store": 120},
    }


def test_a_run_like_the_calibration_is_predicted_and_a_dearer_one_is_not() -> None:
    seen = run_of([3, 4, 5] * 4)
    costs = costs_of({"calibration": seen, "background_cores": 0.0})
    assert costs.reading_seconds == pytest.approx(1.0)
    assert costs.flow_seconds == pytest.approx(0.7)
    same = compare(costs, run_of([4] * 40), 1)
    assert same["core_seconds"].holds
    assert same["stored_bytes"].off == pytest.approx(0.0)
    assert same["memory_bytes"].off == pytest.approx(0.0, abs=0.5)
    dearer = compare(costs, run_of([4] * 40, dearer=1.5), 1)
    assert not dearer["core_seconds"].holds
    assert dearer["core_seconds"].off < -BOUND
    assert set(same) < set(CHECKED)


def test_a_calibration_in_which_nothing_was_read_is_refused() -> None:
    seen = run_of([3])
    seen["stages"]["reading"] = 0.0
    with pytest.raises(SettingRefused) as refused:
        costs_of({"calibration": seen, "background_cores": 0.0})
    assert refused.value.subject == "reading_seconds"
    assert "reading_seconds" in asdict(MEASURED)
