"""`sohoa classify` on files that cannot be read, and what its benchmark counts as exact."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from console.bench_classify import classify as score
from console.bench_classify import holds_title, printed_title
from console.classify import classify
from console.output import Output
from flows.settings import Settings


def test_bad_files_are_named_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.classify.settings", lambda: Settings(state=tmp_path / "state"))
    Image.new("RGB", (620, 877), "white").save(tmp_path / "blank.png", dpi=(75, 75))
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    files = [tmp_path / "torn.pdf", tmp_path / "none.jpg", tmp_path / "blank.png"]
    exit_code = classify(files, Output("en", as_json=True))
    told = capsys.readouterr()
    pages = json.loads(told.out)["pages"]
    assert exit_code == 21
    assert [p["source"] for p in pages] == ["torn.pdf", "none.jpg", "blank.png"]
    assert [p["error"]["kind"] for p in pages[:2]] == ["SourceUnreadable", "SourceNotFound"]
    assert pages[2]["kind"] == "unknown"
    assert pages[2]["document_number"] is None
    assert len(told.err.strip().splitlines()) == 2


@pytest.mark.parametrize(
    ("described", "printed"),
    [
        ("Mẫu số 01 TỜ KHAI Đề nghị xác nhận nơi đậu, đỗ", "TỜ KHAI Đề nghị xác nhận nơi đậu, đỗ"),
        ("CT01 TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ (TT 66/2023)", "TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ"),
        ("Mẫu số 01 (tiếp): XÁC NHẬN CỦA", "XÁC NHẬN CỦA"),
        ("Giấy khai đăng ký xe (trang 2/2): DỮ LIỆU ĐIỆN TỬ", "DỮ LIỆU ĐIỆN TỬ"),
        ("Phụ lục NĐ 154/2024: danh mục mẫu", "Phụ lục"),
        ("CT02 TỜ KHAI (Dùng cho công dân Việt Nam)", "TỜ KHAI (Dùng cho công dân Việt Nam)"),
    ],
)
def test_a_described_title_is_reduced_to_what_is_printed(described: str, printed: str) -> None:
    assert printed_title(described) == printed


def test_a_title_counts_only_with_every_mark_and_from_its_beginning() -> None:
    assert holds_title("GIẤY KHAI ĐĂNG KÝ XE  Mẫu", "Giấy khai đăng ký xe")
    assert not holds_title("GIẤY KHAI ĐĂNG KÝ XÉ", "GIẤY KHAI ĐĂNG KÝ XE")
    assert not holds_title("Mã hồ sơ GIẤY KHAI ĐĂNG KÝ XE", "GIẤY KHAI ĐĂNG KÝ XE")
    assert not holds_title("GIẤY KHAI", "GIẤY KHAI ĐĂNG KÝ XE")
    assert not holds_title("GIẤY KHAI", "")


def test_an_absent_folder_is_skipped_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score([tmp_path / "nowhere"], Output("en", as_json=True)) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == {}
    assert "nowhere" in told.err


def test_a_page_that_is_wrong_is_counted_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (620, 877), "white").save(tmp_path / "p.png", dpi=(75, 75))
    (tmp_path / "manifest.tsv").write_text("file\tloai_van_ban\tso_ky_hieu\np.png\tThông báo\t\n", "utf-8")
    score([tmp_path], Output("en", as_json=True))
    table = json.loads(capsys.readouterr().out)[tmp_path.name]
    assert (table["fields"], table["exact"]) == (1, 0)
