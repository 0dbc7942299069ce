"""Records of the portal become drafts that call nothing missing; a new publication's changes are named."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import validators
from dossier.errors import CatalogueInvalid, ProcedureUnknown, SourceNotFound
from validators.catalogue_diff import Change, differences, published
from validators.catalogue_import import draft, read_records, record_of
from validators.catalogue_loader import YamlCatalogue

FOLDER = Path(validators.__file__).parent / "catalogue"
RECORDS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "procedures.json"
TODAY = date(2026, 11, 21)


def component(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "originals": 1, "copies": 0, "role": "submit", "requirement": "mandatory", **more}


def record(**more: Any) -> dict[str, Any]:
    return {
        "code": "9.000001",
        "name": "Thủ tục mẫu: “thử nghiệm” có dấu: và #",
        "field": "Mẫu",
        "level": "Cấp xã",
        "decision": "1/QĐ-MẪU",
        "results": [{"name": "Kết quả", "code": "KQ.G15.000031"}, {"name": "không mã", "code": ""}],
        "legal_basis": ["1/2025/NĐ-CP"],
        "snapshot": "2026-07-15",
        "detail_url": "https://example.invalid/1",
        "new_key_of_the_portal": 1,
        "components": [
            component("Tờ khai đăng ký khai sinh theo mẫu;", doc_type_ids=["tk_khai_sinh"]),
            component("Giấy tờ tùy thân", role="present", doc_type_ids=["can_cuoc", "khong_co"]),
            component("Giấy tờ tùy thân", group="* Giấy tờ phải xuất trình:", requirement="conditional"),
            component("Lưu ý: không nộp lại", role="note", originals=0),
            component("Mẫu điện tử tương tác", requirement="online_only"),
        ],
        **more,
    }


def written(folder: Path, *records: dict[str, Any]) -> Path:
    file = folder / "records.json"
    file.write_text(json.dumps({"procedures": list(records)}, ensure_ascii=False), "utf-8")
    return file


def test_draft_loads_says_unverified_and_keeps_the_wording(tmp_path: Path) -> None:
    text = draft(record_of(read_records(written(tmp_path, record())), ""), TODAY)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "9.000001.yaml").write_text(text, "utf-8")
    (procedure,) = YamlCatalogue(tmp_path / "c").procedures()
    assert not procedure.components_verified
    assert procedure.name == "Thủ tục mẫu: “thử nghiệm” có dấu: và #"
    assert (procedure.valid_from, procedure.results) == (date(2026, 7, 1), ("KQ.G15.000031",))
    assert [(c.code, c.kinds, c.role.value, c.requirement.value) for c in procedure.components] == [
        ("tk_khai_sinh", ("tk_khai_sinh",), "submit", "mandatory"),
        ("can_cuoc", ("can_cuoc",), "present", "mandatory"),
        ("giay_to_tuy_than", (), "present", "conditional"),
    ]
    assert "left out as a note: Lưu ý: không nộp lại" in text
    assert "left out as a note: Mẫu điện tử tương tác" in text


def test_records_come_alone_in_a_list_or_in_a_publication(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    for data in (record(), [record()], {"procedures": [record()]}):
        file.write_text(json.dumps(data), "utf-8")
        assert [r.code for r in read_records(file)] == ["9.000001"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "line 1"),
        ('{"code": "1"}', "name"),
        ('[{"code": "1", "name": "x", "components": [{}]}]', "text"),
    ],
)
def test_broken_records_are_named_in_one_line(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "r.json"
    file.write_text(text, "utf-8")
    with pytest.raises(CatalogueInvalid) as raised:
        read_records(file)
    assert raised.value.subject == "r.json"
    assert named in raised.value.cause
    assert "\n" not in raised.value.cause


def test_record_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        read_records(tmp_path / "none.json")
    records = read_records(written(tmp_path, record(), record(code="9.000002")))
    assert record_of(records, "9.000002").code == "9.000002"
    for code in ("", "9.000003"):
        with pytest.raises(ProcedureUnknown):
            record_of(records, code)


def test_a_new_publication_names_its_changes(tmp_path: Path) -> None:
    old = published(written(tmp_path, record(), record(code="9.000002")))
    changed = record(decision="2/QĐ-MẪU", name="Tên mới", results=[])
    changed["components"] = [
        component("Tờ khai đăng ký khai sinh theo mẫu mới;"),
        component("Giấy tờ tùy thân"),
        component("Sơ yếu lý lịch"),
    ]
    new = published(written(tmp_path, changed, record(code="9.000003")))
    found = {(d.procedure, d.change): (d.old, d.new) for d in differences(old, new)}
    assert found == {
        ("9.000001", Change.NAME): ("Thủ tục mẫu: “thử nghiệm” có dấu: và #", "Tên mới"),
        ("9.000001", Change.DECISION): ("1/QĐ-MẪU", "2/QĐ-MẪU"),
        ("9.000001", Change.RESULTS): ("KQ.G15.000031", ""),
        ("9.000001", Change.COMPONENT_REWORDED): (
            "Tờ khai đăng ký khai sinh theo mẫu",
            "Tờ khai đăng ký khai sinh theo mẫu mới",
        ),
        ("9.000001", Change.COMPONENT_ADDED): ("", "Sơ yếu lý lịch"),
        ("9.000002", Change.PROCEDURE_REMOVED): ("Thủ tục mẫu: “thử nghiệm” có dấu: và #", ""),
        ("9.000003", Change.PROCEDURE_ADDED): ("", "Thủ tục mẫu: “thử nghiệm” có dấu: và #"),
    }
    assert list(differences(old, old)) == []


CORRECTED = {
    "1.001022": "residence paper without a count",
    "1.004194": "application repeated in each case",
    "1.004222": "application repeated in each case",
    "1.010038": "application repeated in each case",
    "1.010041": "wording breaks off",
    "1.010101": "name of the form file in the wording",
    "1.012564": "name of the form file in the wording",
    "1.012566": "name of the form file in the wording",
    "2.000575": "application repeated in each case",
    "2.000720": "application repeated in each case",
    "2.001263": "name of the form file in the wording",
}


@pytest.mark.skipif(not RECORDS.exists(), reason="the published records are not beside the repository")
def test_built_in_wordings_are_the_records_but_for_known_corrections() -> None:
    built_in = published(None)
    found = list(differences(built_in, published(RECORDS)))
    assert {d.procedure for d in found} == set(CORRECTED)
    removed = [d for d in found if d.change is Change.COMPONENT_REMOVED]
    assert [d.procedure for d in removed] == ["1.001022"], "nothing was invented"


@pytest.mark.skipif(not RECORDS.exists(), reason="the published records are not beside the repository")
def test_every_record_becomes_a_draft_that_loads(tmp_path: Path) -> None:
    records = read_records(RECORDS)
    for each in records:
        (tmp_path / f"{each.code}.yaml").write_text(draft(each, TODAY), "utf-8")
    drafts = YamlCatalogue(tmp_path).procedures()
    assert len(drafts) == len(records) >= 40
    assert not any(p.components_verified for p in drafts)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("components_verified: true", "components_verified: true\ncolour: red", "colour"),
        (
            "members: [giay_to_dieu_53,",
            "members: [giay_to_dat_dai,",
            "cycle giay_to_dat_dai > giay_to_dat_dai",
        ),
        (
            "members: [giay_to_dieu_53,",
            "members: [khong_co,",
            "giay_to_dat_dai.members: no component khong_co",
        ),
        ("kinds: [don_gpxd]", "kinds: [don_khong_co]", "components.0.kinds: no title of kind don_khong_co"),
        ("    copies: 0\n", "    copies: 0\n    cases: [khong_co]\n", "don_gpxd.cases: no case khong_co"),
        ("legal_basis:\n", "legal_basis: []\nunused:\n", "unused"),
    ],
)
def test_refused_file_is_named_in_one_line_and_the_rest_goes_on(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    shutil.copy(FOLDER / "1.001266.yaml", tmp_path)
    text = (FOLDER / "1.013225.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "1.013225.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueInvalid, match=r"1\.013225\.yaml"):
        YamlCatalogue(tmp_path)
    catalogue = YamlCatalogue(tmp_path, skip_refused=True)
    assert catalogue.procedure("1.001266", TODAY).code == "1.001266"
    (refused,) = catalogue.refused
    assert named in refused.cause
    assert "\n" not in str(refused)
    with pytest.raises(CatalogueInvalid, match=r"1\.013225\.yaml"):
        catalogue.procedure("1.013225", TODAY)


def test_cycle_over_two_groups_and_two_rules_at_once(tmp_path: Path) -> None:
    text = (FOLDER / "1.013225.yaml").read_text("utf-8")
    second = "  - code: nhom_hai\n    text: x\n    members: [don_gpxd, giay_to_dat_dai]\n"
    cyclic = text.replace("members: [giay_to_dieu_53,", "members: [nhom_hai,") + second
    (tmp_path / "a.yaml").write_text(cyclic, "utf-8")
    with pytest.raises(CatalogueInvalid, match="cycle giay_to_dat_dai > nhom_hai > giay_to_dat_dai"):
        YamlCatalogue(tmp_path)
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    (tmp_path / "b.yaml").write_text(text, "utf-8")
    catalogue = YamlCatalogue(tmp_path, skip_refused=True)
    assert [p.code for p in catalogue.procedures()] == ["1.013225"]
    assert "valid at the same time in a.yaml" in catalogue.refused[0].cause
