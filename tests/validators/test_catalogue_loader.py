"""The built-in procedures, and catalogue files that are refused."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import validators
from dossier.archive import Dossier
from dossier.errors import CatalogueInvalid, ProcedureUnknown
from dossier.finding import Outcome, Rule
from dossier.procedure import Requirement, Role
from tests.pages import paper
from validators.catalogue_loader import YamlCatalogue
from validators.completeness import check_components

FOLDER = Path(validators.__file__).parent / "catalogue"
TODAY = date(2026, 11, 21)
MANDATORY = {
    "2.000815": ["ban_chinh"],
    "2.000884": ["can_cuoc", "van_ban_chung_thuc_chu_ky"],
    "1.001193": ["tk_khai_sinh", "giay_chung_sinh", "can_cuoc"],
    "1.000656": ["tk_khai_tu", "giay_bao_tu", "can_cuoc"],
    "1.000894": ["tk_ket_hon", "can_cuoc"],
    "1.004873": ["tk_xntthn", "can_cuoc"],
    "2.000635": ["tk_trich_luc", "can_cuoc"],
    "1.001612": ["dn_dk_hkd"],
    "1.001266": ["tb_cham_dut_hkd"],
    "1.013978": ["don_dk_dat_dai"],
}


@pytest.fixture(scope="module")
def catalogue() -> YamlCatalogue:
    return YamlCatalogue()


@pytest.mark.parametrize("code", MANDATORY)
def test_procedure_says_what_its_record_says(catalogue: YamlCatalogue, code: str) -> None:
    procedure = catalogue.procedure(code, TODAY)
    due = [c.code for c in procedure.components if c.requirement is Requirement.MANDATORY]
    assert due == MANDATORY[code]
    assert procedure.components_verified
    assert procedure.snapshot == "2026-07"
    assert procedure.citation.startswith("QĐ ")
    assert procedure.results
    assert all(c.originals + c.copies > 0 and c.text for c in procedure.components)
    assert all(c.role is Role.PRESENT for c in procedure.components if "ct07" in c.kinds)


def test_identity_card_is_shown_for_civil_status_and_copied_for_businesses(catalogue: YamlCatalogue) -> None:
    roles = {p.code: c.role for p in catalogue.procedures() for c in p.components if c.code == "can_cuoc"}
    assert roles["1.001193"] is Role.PRESENT
    assert roles["1.001612"] is Role.SUBMIT


def test_civil_status_lapses_with_the_new_law(catalogue: YamlCatalogue) -> None:
    civil = [p for p in catalogue.procedures() if p.field == "Hộ tịch"]
    assert len(civil) == 13
    for procedure in civil:
        assert catalogue.procedure(procedure.code, date(2027, 2, 28)) == procedure
        with pytest.raises(ProcedureUnknown, match="not in force"):
            catalogue.procedure(procedure.code, date(2027, 3, 1))
    assert catalogue.procedure("1.001612", date(2027, 3, 1)).valid_to is None


def test_unknown_procedure(catalogue: YamlCatalogue) -> None:
    with pytest.raises(ProcedureUnknown, match="not in the catalogue"):
        catalogue.procedure("9.999999", TODAY)


def test_on_a_day_before_the_snapshot_nothing_is_called_missing(catalogue: YamlCatalogue) -> None:
    """The record does not say since when it was so; a dossier of an earlier day is not judged by it."""
    before = catalogue.procedure("1.001193", date(2026, 6, 30))
    assert not before.components_verified
    assert before.components == catalogue.procedure("1.001193", date(2026, 7, 1)).components
    dossier = Dossier("x", before.code, (paper("so_ho_khau"), paper("gcn_ket_hon", number=2)), ())
    blocked = catalogue.blocked_papers(date(2026, 6, 30))
    found = check_components(dossier, before, blocked, (), date(2026, 6, 30))
    assert [(f.rule, f.outcome) for f in found] == [
        (Rule.COMPONENTS_NOT_CHECKED, Outcome.NOT_CHECKED),
        (Rule.RESIDENCE_PAPER, Outcome.FAIL),
    ]
    assert found[0].detail == "2026-07"


def test_blocked_papers_come_into_force_on_their_day(catalogue: YamlCatalogue) -> None:
    def kinds(day: date) -> set[str]:
        return {b.kind for b in catalogue.blocked_papers(day)}

    residence = {"so_ho_khau", "so_tam_tru", "ct07", "thong_bao_so_dinh_danh"}
    assert kinds(date(2022, 12, 31)) == set()
    assert kinds(date(2026, 3, 14)) == residence
    assert kinds(date(2026, 3, 15)) == {*residence, "xac_nhan_so_cmnd_dd"}
    excused = {b.kind for b in catalogue.blocked_papers(TODAY) if b.allowed_after_failed_lookup}
    assert excused == {"ct07", "thong_bao_so_dinh_danh"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one procedure that loads."""
    shutil.copy(FOLDER / "1.001266.yaml", tmp_path / "a.yaml")
    assert [p.code for p in YamlCatalogue(tmp_path).procedures()] == ["1.001266"]
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("snapshot: 2026-07", "snapshot: 2026-07\ncolour: red", "colour"),
        ("    role: submit", "    role: submit\n    rôle: x", "components.0.rôle"),
        ('code: "1.001266"', "code: 1.001266", "code"),
        ("requirement: mandatory", "requirement: always", "components.0.requirement"),
        ("originals: 1", "originals: -1", "components.0.originals"),
        ("kinds: [tb_cham_dut_hkd]", "kinds: [khong_co]", "components.0.kinds: no title of kind khong_co"),
        ("code: bb_hop_hkd", "code: tb_cham_dut_hkd", "components.0.code: tb_cham_dut_hkd occurs twice"),
        ("valid_from: 2026-07-01", "valid_from: 2026-07-01\nvalid_to: 2026-06-30", "valid_to"),
        ("valid_from: 2026-07-01", "valid_from: tomorrow", "valid_from"),
        ("components_verified: true", "components_verified: true\nforms: [khong_co]", "forms"),
        ("  - KQ.G12.001017", "  - KQ-1", "results.0"),
        ("snapshot: 2026-07", "snapshot: 2026-07\nsnapshot: 2026-08", "snapshot: occurs twice"),
        ("components:", "components: [", "line"),
    ],
)
def test_broken_file_is_refused_by_name_and_key(folder: Path, old: str, new: str, named: str) -> None:
    text = (folder / "a.yaml").read_text("utf-8")
    assert old in text
    (folder / "a.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueInvalid) as raised:
        YamlCatalogue(folder)
    assert raised.value.subject == "a.yaml"
    assert named in raised.value.cause


def test_two_rules_valid_at_once_are_refused(folder: Path) -> None:
    text = (folder / "a.yaml").read_text("utf-8")
    (folder / "b.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogueInvalid, match=r"1\.001266 is valid at the same time in a\.yaml"):
        YamlCatalogue(folder)
    later = text.replace("valid_from: 2026-07-01", "valid_from: 2027-01-01")
    (folder / "b.yaml").write_text(later, "utf-8")
    with pytest.raises(CatalogueInvalid, match="valid at the same time"):
        YamlCatalogue(folder)
    earlier = text.replace("valid_from: 2026-07-01", "valid_from: 2026-07-01\nvalid_to: 2026-12-31")
    (folder / "a.yaml").write_text(earlier, "utf-8")
    catalogue = YamlCatalogue(folder)
    assert catalogue.procedure("1.001266", date(2026, 12, 31)).valid_to is not None
    assert catalogue.procedure("1.001266", date(2027, 1, 1)).valid_to is None


def test_bytes_that_are_no_text_and_an_empty_folder(folder: Path) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(CatalogueInvalid, match="no procedure"):
        YamlCatalogue(folder / "empty")
    (folder / "b.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueInvalid, match=r"b\.yaml"):
        YamlCatalogue(folder)


def test_own_folder_keeps_or_replaces_the_built_in_blocks(folder: Path) -> None:
    assert len(YamlCatalogue(folder).blocked_papers(TODAY)) == 5
    own = "- kind: ct07\n  citation: X\n  valid_from: 2026-01-01\n  allowed_after_failed_lookup: false\n"
    (folder / "blocked_papers.yaml").write_text(own, "utf-8")
    assert [b.kind for b in YamlCatalogue(folder).blocked_papers(TODAY)] == ["ct07"]
    (folder / "blocked_papers.yaml").write_text(own + own, "utf-8")
    with pytest.raises(CatalogueInvalid, match="ct07 is valid at the same time"):
        YamlCatalogue(folder)
