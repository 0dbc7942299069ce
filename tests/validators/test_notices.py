"""Notices of a centre: what is read from them, every fault found, every correct twin silent. All is MẪU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from dossier.document import UNKNOWN_KIND, Document, Kind
from dossier.finding import Finding, Outcome, Rule
from models.notices import NoticeForm, read_notice
from models.paper_names import kind_named
from tests.pages import NATIONAL, page
from validators.catalogue_loader import YamlCatalogue
from validators.notices import NoticeContext, check_notices
from validators.working_days import WorkingCalendar

CODE = "000.00.17.H42-261102-0001"
RECEIVED, DUE = date(2026, 11, 2), date(2026, 11, 16)
CATALOGUE = YamlCatalogue()


def notice(kind: str, number: int, *texts: str, day: date | None = date(2026, 11, 4)) -> Document:
    head = ["UBND XÃ MẪU", "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", *NATIONAL]
    place = [f"^Xã Mẫu, ngày {day:%d} tháng {day:%m} năm {day:%Y}"] if day else []
    read = page(*head, *place, *texts, source=f"{number}-{kind}.jpg")
    return Document(number, Kind(kind, kind, 0.9), (read,), ())


def supplement(number: int = 1, *papers: str, day: date | None = date(2026, 11, 4)) -> Document:
    asked = papers or ("Giấy chứng sinh bản chính",)
    return notice(
        "mot_cua_mau_02",
        number,
        "^PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        "Hồ sơ của: TRẦN THỊ MẪU",
        f"Mã hồ sơ: {CODE}",
        "Yêu cầu hoàn thiện hồ sơ gồm những nội dung sau:",
        *[f"{place}. {text};" for place, text in enumerate(asked, start=1)],
        "Lý do: hồ sơ chưa đầy đủ theo quy định.",
        "Trong quá trình hoàn thiện hồ sơ nếu có vướng mắc, Ông/Bà liên hệ 0900 000 000.",
        day=day,
    )


def refusal(
    number: int = 1, reason: str = "không thuộc thẩm quyền.", day: date | None = date(2026, 11, 9)
) -> Document:
    return notice(
        "mot_cua_mau_03",
        number,
        "^PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
        "Qua xem xét, Trung tâm thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:",
        reason,
        "Kính đề nghị Ông/Bà liên hệ nơi có thẩm quyền.",
        day=day,
    )


def stop(number: int = 1, reason: str = "Công dân xin rút hồ sơ", day: date = date(2026, 11, 9)) -> Document:
    return notice(
        "mot_cua_mau_05",
        number,
        "^THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
        f"Lý do: {reason}",
        "Trân trọng thông báo.",
        day=day,
    )


def apology(
    number: int = 1,
    day: date | None = date(2026, 11, 13),
    kind: str = "mot_cua_mau_04",
    new: str = "ngày 23 tháng 11 năm 2026",
) -> Document:
    title = {
        "mot_cua_mau_04": "^VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
        "phieu_xin_loi_2018": "^PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
    }[kind]
    return notice(
        kind,
        number,
        title,
        "Ngày 02 tháng 11 năm 2026, Trung tâm tiếp nhận hồ sơ của Bà Trần Thị Mẫu;",
        "Thời gian hẹn trả kết quả: 16 giờ, ngày 16 tháng 11 năm 2026.",
        "Lý do: phải xác minh thêm.",
        f"Sự chậm trễ này gây phiền hà; Trung tâm xin lỗi và sẽ trả kết quả vào {new}.",
        day=day,
    )


def receipt(number: int = 9, code: str = CODE, papers: Sequence[str] = ()) -> Document:
    listed = [f"{place}. {text}" for place, text in enumerate(papers, start=1)]
    return notice(
        "mot_cua_mau_01",
        number,
        "^GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        f"Mã hồ sơ: {code}",
        *(["Thành phần hồ sơ nộp gồm:", *listed, "Số lượng hồ sơ: 01 (bộ)"] if listed else []),
        "Thời gian nhận hồ sơ: 8 giờ, ngày 02 tháng 11 năm 2026",
        "Thời gian hẹn trả kết quả: 16 giờ, ngày 16 tháng 11 năm 2026",
        day=RECEIVED,
    )


def request(number: int = 5) -> Document:
    return notice(
        "don_rut_ho_so", number, "^ĐƠN ĐỀ NGHỊ", "^Rút hồ sơ thủ tục hành chính", day=date(2026, 11, 6)
    )


def agreement(number: int = 6) -> Document:
    return notice(
        UNKNOWN_KIND,
        number,
        "V/v đồng ý cho công dân rút hồ sơ",
        "Phòng chuyên môn nhất trí dừng giải quyết hồ sơ của bà Trần Thị Mẫu.",
    )


def findings(*documents: Document, procedure: str = "1.001193", **more: Any) -> tuple[Finding, ...]:
    context: dict[str, Any] = {
        "dossier": CODE,
        "procedure": CATALOGUE.procedure(procedure, RECEIVED),
        "blocked": CATALOGUE.blocked_papers(RECEIVED),
        "received_on": RECEIVED,
        "due_on": DUE,
        "seals": {d.number: True for d in documents},
        **more,
    }
    return check_notices(documents, NoticeContext(**context))


def rules(found: Sequence[Finding]) -> list[Rule]:
    return [f.rule for f in found]


def test_supplement_is_read() -> None:
    read = read_notice(supplement(1, "Tờ khai đăng ký khai sinh", "Sổ hộ khẩu (bản sao"))
    assert read is not None
    assert (read.form, read.dated, read.dossier) == (NoticeForm.SUPPLEMENT, date(2026, 11, 4), CODE)
    assert [(a.text, a.kinds) for a in read.asked] == [
        ("Tờ khai đăng ký khai sinh", ("tk_khai_sinh",)),
        ("Sổ hộ khẩu (bản sao", ("so_ho_khau",)),
    ]
    assert read.reason == "hồ sơ chưa đầy đủ theo quy định."


def test_list_in_a_table_and_over_two_lines_is_read() -> None:
    read = read_notice(
        notice(
            "mot_cua_mau_02",
            1,
            "^PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
            "Yêu cầu Ông/Bà bổ sung, hoàn thiện hồ sơ gồm những nội dung sau:",
            "STT Giấy tờ  |  Nội dung cần bổ sung",
            "1  |  Giấy ủy quyền  |  Nộp bản có chữ ký của",
            "người được ủy quyền",
            "2  |  Bản sao thẻ Căn cước công dân",
            "Lý do: Hồ sơ nộp qua người được ủy quyền",
        )
    )
    assert read is not None
    assert [a.kinds for a in read.asked] == [("van_ban_uy_quyen",), ("cccd_chip",)]
    assert read.asked[0].text == "Giấy ủy quyền Nộp bản có chữ ký của người được ủy quyền"


@pytest.mark.parametrize(
    ("text", "due", "new"),
    [
        ("Ngày hẹn trả: 16/11/2026 16:30", DUE, None),
        ("Ngày hẹn: 16/11/2026", DUE, None),
        ("Ngày trả kết quả: 16/11/2026", DUE, None),
        ("Hạn xử lý: 16/11/2026", DUE, None),
        ("Dự kiến trả kết quả: 16/11/2026", DUE, None),
        ("Thời gian hẹn trả kết quả: 16 giờ, ngày 16, tháng 11, năm 2026", DUE, None),
        ("Gia hạn xử lý đến ngày 16, tháng 11, năm 2026", None, DUE),
        ("Ngày hẹn trả kết quả mới: 16/11/2026", None, DUE),
        ("Ngày hẹn lại: 16/11/2026", None, DUE),
        ("Hồ sơ quá hạn xử lý từ ngày 16/11/2026", None, None),
        ("Hạn xử lý: 31/11/2026", None, None),
        ("Ngày tiếp nhận: 16/11/2026", None, None),
    ],
)
def test_the_appointment_has_many_labels(text: str, due: date | None, new: date | None) -> None:
    read = read_notice(notice("mot_cua_mau_01", 1, "^GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", text))
    assert read is not None
    assert (read.due_on, read.new_date) == (due, new)


@pytest.mark.parametrize("kind", ["mot_cua_mau_04", "phieu_xin_loi_2018"])
def test_apology_of_today_and_of_2018_is_read(kind: str) -> None:
    read = read_notice(apology(kind=kind))
    assert read is not None
    assert read.form is NoticeForm.APOLOGY
    assert (read.dated, read.due_on, read.new_date) == (date(2026, 11, 13), DUE, date(2026, 11, 23))
    assert read.reason == "phải xác minh thêm."


def test_refusal_stop_and_receipt_are_read() -> None:
    refused, stopped, received = read_notice(refusal()), read_notice(stop()), read_notice(receipt())
    assert refused is not None
    assert stopped is not None
    assert received is not None
    assert (refused.reason, refused.is_withdrawal) == ("không thuộc thẩm quyền.", False)
    assert (stopped.reason, stopped.is_withdrawal) == ("Công dân xin rút hồ sơ", True)
    assert (received.due_on, received.dated) == (DUE, RECEIVED)
    assert read_notice(request()) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Giấy xác nhận thông tin về cư trú (mẫu CT07)", "ct07"),
        ("bản sao sổ hộ khẩu", "so_ho_khau"),
        ("Giấy chứng nhận kết hôn của cha mẹ", "gcn_ket_hon"),
        ("xác nhận số chứng minh nhân dân", "xac_nhan_so_cmnd_dd"),
        ("giấy tờ khác", ""),
    ],
)
def test_paper_is_known_by_the_words_of_a_sentence(text: str, kind: str) -> None:
    assert kind_named(text) == kind


def test_correct_notices_are_silent() -> None:
    assert findings(receipt()) == ()
    assert findings(supplement(), receipt(), due_on=None) == ()
    assert findings(refusal(), receipt(), due_on=None) == ()
    assert findings(stop(), request(), agreement()) == ()
    assert findings(apology(), finished_on=date(2026, 11, 23)) == ()
    assert findings(supplement(1, "Tờ khai đăng ký khai sinh theo mẫu", "Giấy chứng sinh")) == ()
    assert findings(supplement(1, "Biên bản về việc trẻ bị bỏ rơi do cơ quan có thẩm quyền lập")) == ()


@pytest.mark.parametrize(
    ("paper", "basis"),
    [
        ("Giấy chứng nhận kết hôn của cha mẹ", "163/QĐ-BTP"),
        ("Sổ hộ khẩu", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Xác nhận thông tin về cư trú (CT07)", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Bản sao có chứng thực thẻ căn cước công dân", "163/QĐ-BTP"),
    ],
)
def test_papers_asked_beyond_the_catalogue(paper: str, basis: str) -> None:
    (fault,) = findings(supplement(1, "Giấy chứng sinh", paper))
    assert (fault.rule, fault.outcome, fault.detail) == (Rule.NOTICE_ASKS_TOO_MUCH, Outcome.FAIL, paper)
    assert basis in fault.basis
    assert fault.evidence == ("1-mot_cua_mau_02.jpg p.1",)


@pytest.mark.parametrize(
    ("paper", "basis"),
    [
        ("Tờ khai đăng ký khai sinh theo mẫu và bản sao sổ hộ khẩu", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Giấy chứng sinh, sổ hộ khẩu của cha mẹ", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Giấy chứng sinh; CT07", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Giấy chứng sinh hoặc sổ hộ khẩu", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Giấy chứng nhận kết hôn và Giấy chứng sinh", "163/QĐ-BTP"),
        ("Sổ hộ khẩu (không cần nộp bản chính)", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Sổ hộ khẩu (không phải nộp giấy chứng sinh)", "NĐ 104/2022/NĐ-CP Đ14(2)"),
        ("Sổ hộ khẩu nếu không phải chính chủ nộp", "NĐ 104/2022/NĐ-CP Đ14(2)"),
    ],
)
def test_every_paper_of_an_entry_is_judged(paper: str, basis: str) -> None:
    (fault,) = findings(supplement(1, "Giấy chứng sinh", paper))
    assert (fault.rule, fault.detail) == (Rule.NOTICE_ASKS_TOO_MUCH, paper)
    assert basis in fault.basis


@pytest.mark.parametrize(
    "paper",
    [
        "Giấy chứng sinh và tờ khai đăng ký khai sinh",
        "Giấy chứng sinh (không cần nộp sổ hộ khẩu)",
        "Giấy ủy quyền ghi rõ số CMND, số căn cước công dân",
        "Không yêu cầu nộp sổ hộ khẩu",
        "Không yêu cầu Ông/Bà nộp lại sổ hộ khẩu",
        "Sổ hộ khẩu: không phải nộp",
        "Miễn nộp giấy xác nhận thông tin về cư trú",
    ],
)
def test_what_need_not_be_handed_in_is_not_asked(paper: str) -> None:
    assert findings(supplement(1, "Giấy chứng sinh", paper)) == ()


def test_a_choice_with_one_paper_of_the_record_is_left_open() -> None:
    (open_,) = findings(supplement(1, "Giấy chứng sinh hoặc giấy chứng nhận kết hôn"))
    assert (open_.rule, open_.outcome) == (Rule.NOTICE_NOT_CHECKED, Outcome.NOT_CHECKED)
    (cards,) = findings(supplement(1, "Hộ chiếu/CMND của người nộp"))
    assert cards.outcome is Outcome.NOT_CHECKED
    (fault,) = findings(supplement(1, "Giấy báo tử hoặc giấy chứng nhận kết hôn"))
    assert fault.rule is Rule.NOTICE_ASKS_TOO_MUCH


def test_every_paper_of_a_receipts_entry_was_digitised_of_a_choice_one() -> None:
    form, birth = notice("tk_khai_sinh", 1, "x"), notice("giay_chung_sinh", 2, "x")
    both, either = (
        receipt(papers=[f"Tờ khai đăng ký khai sinh {word} Giấy chứng sinh"]) for word in ("và", "hoặc")
    )
    assert findings(both, form, birth) == findings(either, form) == ()
    assert rules(findings(both, form)) == rules(findings(both, birth)) == [Rule.NOT_DIGITISED]


def test_residence_paper_may_be_asked_after_a_failed_look_up_and_a_household_book_never() -> None:
    asked = supplement(1, "Giấy xác nhận thông tin về cư trú", "Sổ tạm trú")
    assert [f.detail for f in findings(asked, lookup_failed=True)] == ["Sổ tạm trú"]
    assert len(findings(asked)) == 2


def test_paper_without_a_known_name_is_not_judged() -> None:
    (open_,) = findings(supplement(1, "Giấy tờ liên quan khác nếu cần thiết cho việc giải quyết"))
    assert (open_.rule, open_.outcome) == (Rule.NOTICE_NOT_CHECKED, Outcome.NOT_CHECKED)
    assert findings(supplement(1, "Giấy chứng nhận kết hôn"), procedure="1.001731") == ()


def test_supplement_asked_twice() -> None:
    twice = findings(supplement(1), supplement(2, "Tờ khai đăng ký khai sinh"))
    assert rules(twice) == [Rule.SUPPLEMENT_REPEATED]
    assert twice[0].evidence == ("1-mot_cua_mau_02.jpg p.1", "2-mot_cua_mau_02.jpg p.1")


@pytest.mark.parametrize(("day", "late"), [(4, False), (5, False), (6, True)])
def test_supplement_later_than_three_working_days(day: int, late: bool) -> None:
    found = findings(supplement(day=date(2026, 11, day)))
    assert rules(found) == ([Rule.SUPPLEMENT_LATE] if late else [])


def test_working_days_know_holidays_tet_and_swapped_days() -> None:
    calendar = WorkingCalendar()
    assert calendar.after(date(2026, 11, 6), 1) == date(2026, 11, 9), "weekend"
    assert calendar.after(date(2026, 4, 29), 1) == date(2026, 5, 4), "30/4 and 1/5"
    assert calendar.after(date(2026, 2, 13), 1) == date(2026, 2, 23), "Tết Bính Ngọ"
    assert calendar.is_working(date(2026, 8, 22)), "Saturday worked for Monday 31/8"
    assert not calendar.is_working(date(2026, 8, 31))
    announced = WorkingCalendar(days_off=[date(2026, 11, 9)], days_worked=[date(2026, 11, 7)])
    assert announced.after(date(2026, 11, 6), 1) == date(2026, 11, 7)
    assert announced.after(date(2026, 11, 6), 2) == date(2026, 11, 10)
    late = supplement(day=date(2026, 11, 6))
    assert rules(findings(late)) == [Rule.SUPPLEMENT_LATE]
    assert findings(late, calendar=WorkingCalendar(days_off=[date(2026, 11, 3)])) == ()


@pytest.mark.parametrize("form", [refusal, stop])
def test_return_dated_after_the_deadline(form: Any) -> None:
    on_time = form(1, "không đủ điều kiện", date(2026, 11, 16))
    assert findings(on_time) == ()
    late = findings(form(1, "không đủ điều kiện", date(2026, 11, 17)))
    assert rules(late) == [Rule.NOTICE_AFTER_DEADLINE]
    assert "17/11/2026" in late[0].detail
    from_receipt = findings(form(1, "không đủ điều kiện", date(2026, 11, 17)), receipt(), due_on=None)
    assert rules(from_receipt) == [Rule.NOTICE_AFTER_DEADLINE]
    (unknown,) = findings(on_time, due_on=None)
    assert (unknown.rule, unknown.detail) == (Rule.NOTICE_NOT_CHECKED, "hạn trả kết quả")


@pytest.mark.parametrize(
    "reason",
    [
        "Công dân xin rút",
        "công dân có đơn xin rút hồ sơ",
        "Ông Mẫu đề nghị rút hồ sơ",
        "theo nguyện vọng của công dân",
        "công dân không còn nhu cầu",
        "người nộp xin không tiếp tục thực hiện",
        "Theo yêu cầu của công dân",
        "Dừng giải quyết theo đề nghị của người nộp hồ sơ",
        "công dân xin trả lại hồ sơ",
        "xin trả lại hồ sơ",
        "Công dân đề nghị trả lại hồ sơ",
        "Công dân có đơn đề nghị thôi giải quyết",
        "xin ngừng thực hiện thủ tục",
        "Công dân đề nghị Trung tâm dừng giải quyết",
        "Đất đang có tranh chấp tại Tòa án nên ông Mẫu xin rút hồ sơ",
        "Cơ quan điều tra đã trả lời. Công dân xin rút hồ sơ",
    ],
)
def test_withdrawal_without_request_or_agreement(reason: str) -> None:
    notice = stop(1, reason)
    assert rules(findings(notice, agreement())) == [Rule.WITHDRAWAL_WITHOUT_REQUEST]
    assert rules(findings(notice, request())) == [Rule.WITHDRAWAL_WITHOUT_AGREEMENT]
    assert findings(notice, request(), agreement()) == ()
    refused = refusal(1, reason)
    assert set(rules(findings(refused))) == {
        Rule.WITHDRAWAL_WITHOUT_REQUEST,
        Rule.WITHDRAWAL_WITHOUT_AGREEMENT,
    }


@pytest.mark.parametrize(
    "reason",
    [
        "Tòa án nhân dân có văn bản yêu cầu dừng giải quyết vì đang có tranh chấp",
        "Tòa án nhân dân huyện Ba Vì yêu cầu dừng giải quyết",
        "Cơ quan điều tra đề nghị dừng giải quyết hồ sơ",
        "Dừng theo yêu cầu rút hồ sơ của cơ quan điều tra",
        "Người dân không có nhu cầu nộp bổ sung đúng hạn",
        "Công dân không có nhu cầu hoàn thiện hồ sơ",
        "Không đủ căn cứ giải quyết theo yêu cầu của công dân",
        "Trung tâm xin trả lại hồ sơ do không đủ điều kiện",
        "Không đủ điều kiện, đề nghị trả lại hồ sơ",
        "xin trả lại hồ sơ để công dân bổ sung",
        "xin thôi quốc tịch Việt Nam không đủ điều kiện",
        "quá hạn bổ sung hồ sơ",
    ],
)
def test_what_another_party_or_the_centre_wants_is_no_withdrawal(reason: str) -> None:
    assert findings(stop(1, reason)) == ()


def test_withdrawal_asked_for_in_a_letter_of_the_citizens_own_words() -> None:
    asked = notice(UNKNOWN_KIND, 5, "^ĐƠN TRÌNH BÀY", "Tôi xin rút hồ sơ đã nộp ngày 02/11/2026.")
    letter = replace(asked, kind=Kind(UNKNOWN_KIND, "ĐƠN TRÌNH BÀY", 0.0))
    assert findings(stop(), letter, agreement()) == ()
    other = replace(asked, kind=Kind(UNKNOWN_KIND, "BIÊN BẢN LÀM VIỆC", 0.0))
    assert rules(findings(stop(), other, agreement())) == [Rule.WITHDRAWAL_WITHOUT_REQUEST]


def test_notice_not_stamped() -> None:
    (fault,) = findings(refusal(), seals={1: False})
    assert (fault.rule, fault.outcome) == (Rule.NOTICE_WITHOUT_SEAL, Outcome.FAIL)
    (open_,) = findings(refusal(), seals={1: None})
    assert (open_.rule, open_.outcome) == (Rule.NOTICE_NOT_CHECKED, Outcome.NOT_CHECKED)
    assert findings(refusal(), seals={1: True}) == ()
    assert findings(refusal(), seals={}) == ()


@pytest.mark.parametrize(
    ("apologies", "told"),
    [
        ([], [Rule.APOLOGY_MISSING]),
        ([apology(1, date(2026, 11, 16))], [Rule.APOLOGY_MISSING]),
        ([apology(1, date(2026, 11, 15))], []),
        ([apology(1, None)], [Rule.NOTICE_NOT_CHECKED]),
        ([apology(1), apology(2, kind="phieu_xin_loi_2018")], [Rule.APOLOGY_REPEATED]),
    ],
)
def test_overdue_result_needs_one_apology_before_the_deadline(
    apologies: list[Document], told: list[Rule]
) -> None:
    assert rules(findings(*apologies, finished_on=date(2026, 11, 20))) == told
    if not apologies:
        assert findings(finished_on=DUE) == ()
        assert findings() == ()


UNREAD_DAY = "ngày   tháng   năm"


@pytest.mark.parametrize(
    ("apologies", "day", "told"),
    [
        ([], 20, ["20/11/2026, hạn 16/11/2026"]),
        ([apology(1)], 20, []),
        ([apology(1)], 23, []),
        ([apology(1)], 24, ["24/11/2026, hạn 23/11/2026"]),
        ([apology(1, date(2026, 11, 16))], 20, ["20/11/2026, hạn 16/11/2026"]),
        ([apology(1, new="ngày 10 tháng 11 năm 2026")], 17, ["17/11/2026, hạn 16/11/2026"]),
    ],
)
@pytest.mark.parametrize("form", [refusal, stop])
def test_return_is_due_by_the_new_day_of_a_timely_apology(
    form: Any, apologies: list[Document], day: int, told: list[str]
) -> None:
    found = findings(*apologies, form(2, "không đủ điều kiện", date(2026, 11, day)))
    assert [f.detail for f in found if f.rule is Rule.NOTICE_AFTER_DEADLINE] == told
    assert len(found) == len(told)


def test_result_after_the_new_day_of_a_timely_apology() -> None:
    assert findings(apology(), finished_on=date(2026, 11, 23)) == ()
    (late,) = findings(apology(), finished_on=date(2026, 11, 24))
    assert (late.rule, late.outcome) == (Rule.LATE_AFTER_APOLOGY, Outcome.FAIL)
    assert late.detail == "hẹn lại 23/11/2026, trả 24/11/2026"
    assert late.evidence == ("1-mot_cua_mau_04.jpg p.1",)
    too_late = findings(apology(1, date(2026, 11, 16)), finished_on=date(2026, 11, 24))
    assert rules(too_late) == [Rule.APOLOGY_MISSING]


def test_a_second_apology_moves_nothing_once_more() -> None:
    second = apology(2, date(2026, 11, 14), new="ngày 30 tháng 11 năm 2026")
    for papers in ([apology(), second], [second, apology()]):
        found = findings(*papers, finished_on=date(2026, 11, 27))
        assert rules(found) == [Rule.APOLOGY_REPEATED, Rule.LATE_AFTER_APOLOGY]


def test_an_apology_of_which_a_day_was_not_read_proves_no_fault() -> None:
    unread = apology(1, new=UNREAD_DAY)
    late = date(2026, 11, 20)
    assert [(f.rule, f.detail) for f in findings(unread, finished_on=late)] == [
        (Rule.NOTICE_NOT_CHECKED, "ngày hẹn trả mới")
    ]
    assert [f.detail for f in findings(unread, refusal(2, day=late))] == ["ngày hẹn trả mới"]
    undated = apology(1, None)
    assert [f.detail for f in findings(undated, refusal(2, day=late))] == ["ngày ban hành"]
    assert Rule.NOTICE_AFTER_DEADLINE in rules(findings(undated, refusal(2, day=date(2026, 11, 24))))


def test_undated_notice_and_list_that_was_not_read_are_not_checked() -> None:
    assert [f.detail for f in findings(refusal(day=None))] == ["ngày ban hành"]
    empty = notice("mot_cua_mau_02", 1, "^PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "mờ")
    assert [f.rule for f in findings(empty)] == [Rule.NOTICE_NOT_CHECKED]


def test_papers_of_two_dossiers_in_one_batch() -> None:
    (mixed,) = findings(receipt(code="000.00.17.H42-261102-0002"))
    assert (mixed.rule, mixed.detail) == (Rule.OTHER_DOSSIER, "000.00.17.H42-261102-0002")
    assert findings(receipt(code="")) == ()


HANDED_IN = (
    "Tờ khai đăng ký khai sinh (bản chính)",
    "Giấy chứng sinh (bản chính)",
    "Thẻ căn cước (xuất trình)",
)


def test_papers_of_the_receipt_that_were_not_digitised() -> None:
    received = receipt(papers=HANDED_IN)
    form, birth = notice("tk_khai_sinh", 1, "x"), notice("giay_chung_sinh", 2, "x")
    assert findings(received, form, birth) == ()
    (missing,) = findings(received, form)
    assert (missing.rule, missing.outcome) == (Rule.NOT_DIGITISED, Outcome.FAIL)
    assert missing.detail == "Giấy chứng sinh (bản chính)"
    assert missing.evidence == ("9-mot_cua_mau_01.jpg p.1",)
    assert "TT 01/2023" in missing.basis
    instead = notice("cam_doan_viec_sinh", 2, "x")
    assert findings(received, form, instead) == (), "another paper of the same component"
    other = receipt(code="000.00.17.H42-261102-0002", papers=HANDED_IN)
    assert rules(findings(other)) == [Rule.OTHER_DOSSIER], (
        "another dossier's receipt tells nothing of this one"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Giấy chứng sinh (bản sao có chứng thực)",
        "Bản sao giấy chứng sinh được chứng thực từ bản chính",
        "Giấy chứng sinh - bản chụp kèm bản chính để đối chiếu",
        "Giấy chứng sinh (photo)",
        "Giấy chứng sinh sao y bản chính",
    ],
)
def test_a_photocopy_or_certified_copy_need_not_be_digitised(text: str) -> None:
    """TT 01/2023/TT-VPCP leaves copies on paper out, so a centre that does not scan them makes no fault."""
    assert findings(receipt(papers=["Tờ khai đăng ký khai sinh", text]), notice("tk_khai_sinh", 1, "x")) == ()


@pytest.mark.parametrize(
    "text",
    ["Giấy chứng sinh (bản sao)", "Giấy chứng sinh (bản chính hoặc bản sao có chứng thực)"],
)
def test_a_copy_of_which_nobody_can_tell_what_it_is_is_not_checked(text: str) -> None:
    (open_,) = findings(receipt(papers=["Tờ khai đăng ký khai sinh", text]), notice("tk_khai_sinh", 1, "x"))
    assert (open_.rule, open_.outcome) == (Rule.NOTICE_NOT_CHECKED, Outcome.NOT_CHECKED)
    assert text in open_.detail


@pytest.mark.parametrize(
    "text",
    [
        "Bản sao trích lục khai sinh",
        "Tờ khai cấp bản sao trích lục hộ tịch",
        "Bản sao điện tử có chứng thực giấy chứng sinh",
        "Văn bản ủy quyền (được chứng thực)",
    ],
)
def test_a_copy_from_the_register_and_a_certified_original_are_digitised(text: str) -> None:
    assert rules(findings(receipt(papers=[text]))) == [Rule.NOT_DIGITISED]


def test_residence_paper_taken_in_by_the_receipt_is_told_though_nobody_scanned_it() -> None:
    form, birth = notice("tk_khai_sinh", 1, "x"), notice("giay_chung_sinh", 2, "x")
    taken = receipt(papers=[*HANDED_IN, "Sổ hộ khẩu (bản sao)", "Giấy xác nhận thông tin về cư trú"])
    assert rules(findings(taken, form, birth)) == [Rule.NOTICE_ASKS_TOO_MUCH] * 2
    assert [f.detail for f in findings(taken, form, birth, lookup_failed=True)] == ["Sổ hộ khẩu (bản sao)"]


def test_order_of_papers_changes_nothing() -> None:
    papers = [supplement(1, "Sổ hộ khẩu"), supplement(2), refusal(3), stop(4), apology(7), receipt()]
    before = findings(*papers)
    assert before
    for seed in range(10):
        Random(seed).shuffle(papers)
        assert findings(*papers) == before
