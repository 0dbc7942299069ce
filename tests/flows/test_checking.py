"""A dossier that a centre sent back, from pages to findings: every fault of a province's own review. MẪU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from dossier.archive import DigitisationOrder, Dossier
from dossier.finding import Finding, Rule
from dossier.identity import RegisterAnswer, RegisterOutcome
from dossier.page import PageMarks, Presence, RecognisedPage
from flows.checking import check_papers
from flows.settings import Settings
from flows.wiring import Workshop
from models.kinds import group_pages
from tests.pages import NATIONAL, page
from validators.catalogue_loader import YamlCatalogue

CODE, RECEIVED = "000.00.17.H42-261102-0001", date(2026, 11, 2)
TODAY = datetime(2026, 12, 1, tzinfo=UTC)
ORDER = DigitisationOrder(CODE, "1.001193", ("a.pdf",), RECEIVED, "officer")
MATCHES = RegisterAnswer(RegisterOutcome.MATCHES, (), "", "2026-11-02T09:00:00+07:00")


def sheet(name: str, *texts: str, day: str = "", seal: Presence = Presence.SEEN) -> RecognisedPage:
    place = [f"^Xã Mẫu, ngày {day} tháng 11 năm 2026"] if day else []
    read = page("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", *NATIONAL, *place, *texts, source=f"{name}.jpg")
    return replace(read, marks=PageMarks(True, (), (), seal, Presence.CANNOT_TELL))


RECEIPT = sheet(
    "receipt",
    "^GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    f"Mã hồ sơ: {CODE}",
    "Thành phần hồ sơ nộp gồm:",
    "1. Tờ khai đăng ký khai sinh (bản chính)",
    "2. Giấy chứng sinh (bản chính)",
    "Số lượng hồ sơ: 01 (bộ)",
    "Thời gian hẹn trả kết quả: 16 giờ, ngày 16 tháng 11 năm 2026",
    day="02",
)
FORM = sheet("form", "^TỜ KHAI ĐĂNG KÝ KHAI SINH", "Kính gửi: UBND xã Mẫu")
BIRTH = sheet("birth", "^GIẤY CHỨNG SINH", "Họ tên mẹ: TRẦN THỊ MẪU")
REQUEST = sheet("request", "^ĐƠN ĐỀ NGHỊ", "^Rút hồ sơ thủ tục hành chính", day="06")
AGREEMENT = sheet(
    "agreement", "^CÔNG VĂN", "V/v đồng ý cho công dân rút hồ sơ", "Nhất trí dừng giải quyết hồ sơ."
)
CT07 = sheet("ct07", "^XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ", day="01")


def supplement(paper: str, day: str = "04") -> RecognisedPage:
    return sheet(
        "supplement",
        "^PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        f"Mã hồ sơ: {CODE}",
        "Yêu cầu hoàn thiện hồ sơ gồm những nội dung sau:",
        f"1. {paper};",
        "Lý do: hồ sơ chưa đầy đủ.",
        day=day,
    )


def stop(day: str = "09", seal: Presence = Presence.SEEN) -> RecognisedPage:
    lines = ("^THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", "Lý do: công dân xin rút.", "Trân trọng thông báo.")
    return sheet("stop", *lines, day=day, seal=seal)


def findings(
    pages: Sequence[RecognisedPage], state: Path, order: DigitisationOrder = ORDER
) -> tuple[Finding, ...]:
    made = SimpleNamespace(catalogue=YamlCatalogue(), settings=Settings(state=state), clock=lambda: TODAY)
    workshop = cast(Workshop, made)
    return check_papers(workshop, order, Dossier(CODE, order.procedure, group_pages(pages), ()), [MATCHES])


RETURNED = (RECEIPT, FORM, BIRTH, stop(), REQUEST, AGREEMENT)


@pytest.mark.parametrize(
    ("pages", "fault"),
    [
        ((RECEIPT, FORM, BIRTH, stop("17"), REQUEST, AGREEMENT), Rule.NOTICE_AFTER_DEADLINE),
        ((RECEIPT, FORM, BIRTH, stop(), AGREEMENT), Rule.WITHDRAWAL_WITHOUT_REQUEST),
        ((RECEIPT, FORM, BIRTH, stop(), REQUEST), Rule.WITHDRAWAL_WITHOUT_AGREEMENT),
        ((RECEIPT, FORM, BIRTH, stop(seal=Presence.NOT_SEEN), REQUEST, AGREEMENT), Rule.NOTICE_WITHOUT_SEAL),
        ((RECEIPT, FORM, stop(), REQUEST, AGREEMENT), Rule.NOT_DIGITISED),
        ((*RETURNED, supplement("Giấy chứng nhận kết hôn của cha mẹ")), Rule.NOTICE_ASKS_TOO_MUCH),
        ((*RETURNED, supplement("Giấy xác nhận thông tin về cư trú (CT07)")), Rule.NOTICE_ASKS_TOO_MUCH),
        ((*RETURNED, CT07), Rule.RESIDENCE_PAPER),
        ((*RETURNED, supplement("Giấy chứng sinh", "06")), Rule.SUPPLEMENT_LATE),
    ],
)
def test_each_fault_of_the_review_is_told_and_its_twin_passes(
    pages: Sequence[RecognisedPage], fault: Rule, tmp_path: Path
) -> None:
    twin = [*RETURNED, supplement("Giấy chứng sinh")]
    unknown = {Rule.UNKNOWN_DOCUMENT}
    assert {f.rule for f in findings(twin, tmp_path)} <= unknown, "the agreement has no form of its own"
    told = {f.rule for f in findings(pages, tmp_path)} - unknown
    assert told - {Rule.MISSING_COMPONENT} == {fault}
    assert (Rule.MISSING_COMPONENT in told) is (BIRTH not in pages)


def test_the_promised_day_counts_without_a_receipt_and_before_it(tmp_path: Path) -> None:
    without = (FORM, BIRTH, stop("17"), REQUEST, AGREEMENT)
    promised = replace(ORDER, due_on=date(2026, 11, 16))
    assert Rule.NOTICE_AFTER_DEADLINE in {f.rule for f in findings(without, tmp_path, promised)}
    later = replace(ORDER, due_on=date(2026, 11, 17))
    told = {f.rule for f in findings((RECEIPT, *without), tmp_path, later)}
    assert Rule.NOTICE_AFTER_DEADLINE not in told


LAND = replace(ORDER, procedure="1.013978", due_on=date(2026, 11, 16))


def land(*texts: str, day: str) -> RecognisedPage:
    """A land certificate: the result of a first registration."""
    place = [f"Xã Mẫu, ngày {day}"] if day else []
    return page(
        *NATIONAL,
        "^GIẤY CHỨNG NHẬN",
        "^QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT",
        "Người sử dụng đất: Bà TRẦN THỊ MẪU",
        *texts,
        *place,
        source="gcn.jpg",
    )


@pytest.mark.parametrize(
    ("texts", "day", "overdue"),
    [
        ((), "10 tháng 11 năm 2026", False),
        (("Thời hạn sử dụng đất: đến ngày 15/10/2064",), "10 tháng 11 năm 2026", False),
        (("Quyết định giao đất ngày 20/11/2026",), "10 tháng 11 năm 2026", False),
        (("Thời hạn sử dụng đất: đến ngày 15/10/2064",), "", False),
        (("Thời hạn sử dụng đất: đến ngày 15/10/2064",), "20 tháng 11 năm 2026", True),
        (("Cấp ngày 20/11/2026",), "", True),
        ((), "20 tháng 11 năm 2062", False),
    ],
)
def test_a_result_is_finished_on_its_day_of_issue_and_not_when_it_ends(
    texts: Sequence[str], day: str, overdue: bool, tmp_path: Path
) -> None:
    told = [f for f in findings([land(*texts, day=day)], tmp_path, LAND) if f.rule is Rule.APOLOGY_MISSING]
    assert [f.detail for f in told] == (["hạn 16/11/2026, trả 20/11/2026"] if overdue else [])


def test_days_off_and_swapped_days_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Monday is the day of reception, Thursday the third working day; Friday is late unless a day was off."""
    late = [RECEIPT, FORM, BIRTH, supplement("Giấy chứng sinh", "06")]
    assert [f.rule for f in findings(late, tmp_path)] == [Rule.SUPPLEMENT_LATE]
    monkeypatch.setenv("SOHOA_DAYS_OFF", '["2026-11-03"]')
    assert findings(late, tmp_path) == ()
    monkeypatch.setenv("SOHOA_DAYS_WORKED", '["2026-11-03"]')
    assert [f.rule for f in findings(late, tmp_path)] == [Rule.SUPPLEMENT_LATE]


def test_dossier_of_a_day_before_the_catalogue_goes_on(tmp_path: Path) -> None:
    early = replace(ORDER, received_on=date(2026, 5, 4))
    assert [f.rule for f in findings([FORM], tmp_path, early)] == [Rule.COMPONENTS_NOT_CHECKED]
