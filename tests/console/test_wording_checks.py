"""What checks of seals and packages say is told in the reader's language."""

from __future__ import annotations

import pytest

from console.output import Output
from console.show import show_verification
from console.wording_checks import check_said


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
