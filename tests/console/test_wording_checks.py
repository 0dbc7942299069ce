"""What checks of seals and packages say is told in the reader's language."""

from __future__ import annotations

import pytest

from console.output import Output
from console.show import _people, show_verification
from console.wording import finding_message, place_words
from console.wording_checks import action_said, check_said


def test_a_seal_is_told_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    checks = [
        {"name": "signer_trusted", "outcome": "pass", "detail": ""},
        {"name": "signer_not_revoked", "outcome": "not_checked", "detail": "revocation was not checked"},
        {"name": "text_layer", "outcome": "pass", "detail": "all pages are blank"},
    ]
    ledger = {"outcome": "pass", "detail": "12"}
    verification = {"files": [{"key": "a.pdf", "checks": checks}], "passed": True, "ledger": ledger}
    show_verification(verification, Output("vi"))
    told = capsys.readouterr().out
    for said in (
        "Chứng thư người ký thuộc tổ chức được tin cậy",
        "chưa kiểm tra  Thu hồi chứng thư người ký  chưa kiểm tra thu hồi",
        "Lớp văn bản đọc lại được  mọi trang đều trắng",
        "Sổ nhật ký  12 mục",
    ):
        assert said in told
    assert "signer_" not in told
    show_verification(verification, Output("en"))
    assert "revocation was not checked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("not revoked, by the evidence in the file", "chưa bị thu hồi, theo bằng chứng trong tệp"),
        ("12 bytes lie after the signed ones", "có 12 byte sau phần đã ký"),
        ("pages without text: [2, 3]", "trang không có chữ: 2, 3"),
        ("its bytes do not match their SHA-256", "nội dung không khớp SHA-256"),
        ("what nobody foresaw", "what nobody foresaw"),
    ],
)
def test_why_a_check_ended_so(english: str, vietnamese: str) -> None:
    assert check_said(english, "vi") == vietnamese
    assert check_said(english, "en") == english


@pytest.mark.parametrize(
    ("kind", "english", "vietnamese"),
    [
        ("read", "confidence 0.9812", "độ tin cậy 0,9812"),
        ("sealed", "PAdES B-B, B-LTA is owed", "PAdES B-B, còn thiếu mức B-LTA"),
        ("sealed", "PAdES B-B", "PAdES B-B"),
        ("checked", "number_conflict, residence_paper", "2 loại phát hiện"),
        ("register_asked", "matches", "khớp"),
        (
            "signatures_judged",
            "Cán bộ (MẪU), intact, covers the whole file, issuer unknown",
            "Cán bộ (MẪU), nguyên vẹn, phủ toàn bộ tệp, không biết nơi cấp",
        ),
        ("checked", "", ""),
    ],
)
def test_what_was_done_to_a_package(kind: str, english: str, vietnamese: str) -> None:
    assert action_said(kind, english, "vi") == vietnamese
    assert action_said(kind, english, "en") == english


def test_a_page_is_named_in_the_readers_language() -> None:
    assert place_words("tờ khai.jpg p.2", "vi") == "tờ khai.jpg tr. 2"
    assert place_words("tờ khai.jpg p.2", "en") == "tờ khai.jpg p.2"
    assert place_words("map p.jpg", "vi") == "map p.jpg"
    finding = {
        "rule": "page_read_safely",
        "severity": "warning",
        "outcome": "note",
        "basis": "",
        "detail": "",
    }
    assert "a.jpg tr. 1" in finding_message({**finding, "subject": "a.jpg p.1"}, "vi")
    assert "a.jpg p.1" in finding_message({**finding, "subject": "a.jpg p.1"}, "en")


def test_the_verdict_names_sources_in_words() -> None:
    person = {"verdict": "confirmed", "personal_number": "001•••••••00", "full_name": "MẪU"}
    sources = [{"source": each} for each in ("qr", "mrz", "print")]
    table = _people({"identities": [{**person, "sources": sources}]}, Output("vi"))
    assert table is not None
    (said,) = (str(cell) for cell in table.columns[2].cells)
    assert said == "đã xác nhận (dòng MRZ, chữ in, mã QR)"
