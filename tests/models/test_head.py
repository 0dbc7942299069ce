"""The head of a paper, from the places where its components stand."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from dossier.geometry import Box
from dossier.page import Line, NumberReading, PageMarks, Presence, RecognisedPage
from models.head import head_of
from models.spelling import respelled
from tests.pages import NATIONAL, WIDTH, line, page

LEFT, RIGHT = 260, 1400


def right(text: str, top: float) -> Line:
    return line(text, RIGHT, top)


def decree(number: str = "Số: 453/TB-UBND", date: str = "Hòa Mẫu, ngày 05 tháng 9 năm 2025") -> list[Line]:
    """The head of a commune's notice, laid out as NĐ 30/2020 has it."""
    return [
        line("ỦY BAN NHÂN DÂN", LEFT, 200),
        line("XÃ HÒA MẪU", LEFT + 60, 280),
        right("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 200),
        right("Độc lập - Tự do - Hạnh phúc", 280),
        line(number, LEFT + 40, 400),
        right(date, 400),
    ]


def centred(text: str, top: float) -> Line:
    return line(text, (WIDTH - len(text) * 26) / 2, top)


BODY = ["Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;"]


def notice(*more: Line, **head: str) -> RecognisedPage:
    lines = [
        *decree(**head),
        centred("THÔNG BÁO", 600),
        centred("Về việc tiếp nhận hồ sơ và trả kết quả", 690),
        centred("tại Trung tâm Phục vụ hành chính công xã", 775),
        line(BODY[0], 340, 1000),
        *more,
    ]
    return page(lines=lines)


def values(of: RecognisedPage) -> dict[str, str | None]:
    head = head_of(of)
    return {
        name: part.value if (part := getattr(head, name)) is not None else None
        for name in ("document_type", "document_number", "issued_on", "issuing_body", "abstract")
    }


WHOLE = {
    "document_type": "Thông báo",
    "document_number": "453/TB-UBND",
    "issued_on": "2025-09-05",
    "issuing_body": "ỦY BAN NHÂN DÂN XÃ HÒA MẪU",
    "abstract": "Về việc tiếp nhận hồ sơ và trả kết quả tại Trung tâm Phục vụ hành chính công xã",
}


def test_every_component_by_its_place() -> None:
    assert values(notice()) == WHOLE


def test_boxes_stand_where_the_components_stand() -> None:
    head = head_of(notice())
    assert head.abstract is not None
    assert head.document_number is not None
    assert (head.abstract.box.top, head.abstract.box.bottom) == (690, 835)
    assert head.document_number.box.left == LEFT + 40


def test_columns_that_a_reader_ran_together_are_parted() -> None:
    lines = [
        line("THỦ TƯỚNG CHÍNH PHỦ CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", 300, 200),
        right("Độc lập - Tự do - Hạnh phúc", 280),
        line("Số: 729 /QĐ-TTg", LEFT, 400),
        centred("QUYẾT ĐỊNH", 600),
    ]
    found = values(page(lines=lines))
    assert found["issuing_body"] == "THỦ TƯỚNG CHÍNH PHỦ"
    assert found["document_number"] == "729/QĐ-TTg"


def test_the_body_above_is_not_the_issuing_body() -> None:
    lines = [line("BỘ CÔNG AN", LEFT, 200), line("CỤC CẢNH SÁT", LEFT, 280), *decree()[2:]]
    assert values(page(lines=lines))["issuing_body"] == "CỤC CẢNH SÁT"


def test_a_letter_has_its_abstract_under_the_number() -> None:
    lines = [
        *decree("Số: 286/UBND-VP"),
        line("V/v đề nghị góp ý dự thảo", LEFT, 500),
        line("Kính gửi: Sở", 900, 700),
    ]
    found = values(page(lines=lines))
    assert (found["document_type"], found["abstract"]) == ("Công văn", "V/v đề nghị góp ý dự thảo")


def test_a_law_is_named_by_its_title() -> None:
    lines = [
        line("QUỐC HỘI", LEFT, 200),
        *decree("Luật số: 68/2020/QH14")[2:],
        centred("LUẬT", 600),
        centred("CƯ TRÚ", 690),
    ]
    found = values(page(lines=lines))
    assert (found["document_type"], found["abstract"]) == ("Luật", "LUẬT CƯ TRÚ")
    assert found["document_number"] == "68/2020/QH14"


@pytest.mark.parametrize(
    ("read", "second", "number"),
    [
        ("Số: 2A64 /TB-ĐHĐL", "2164", "2164/TB-ĐHĐL"),
        ("Số: 245/TB-ĐHĐL", "275", "275/TB-ĐHĐL"),
        ("Số: 37//2026/TT-BCA", "372026", "37/2026/TT-BCA"),
        ("Số: ......./TB-UBND", "", None),
        ("Số:", "", None),
    ],
)
def test_numbers_written_by_hand(read: str, second: str, number: str | None) -> None:
    """Three looks of the second reader settle a letter among digits; an open form has no number."""
    laid = notice(number=read)
    box = next(x.box for x in laid.lines if x.text == read)
    seen = tuple(NumberReading(second, box, 0.9, "second") for _ in range(3)) if second else ()
    marks = PageMarks(True, (), (), Presence.NOT_SEEN, Presence.NOT_SEEN, seen)
    assert values(replace(laid, marks=marks))["document_number"] == number


@pytest.mark.parametrize(
    ("read", "day"),
    [
        ("Hà Nội, ngày2Ttháng 8 năm 2025", "2025-08-27"),
        ("Hà Nội, ngàyy28tháng02 năm 2022", "2022-02-28"),
        ("Hà Nội, ngày 31 tháng 02 năm 2022", None),
        ("........, ngày......tháng......năm 20....", None),
    ],
)
def test_dates_written_by_hand(read: str, day: str | None) -> None:
    assert values(notice(date=read))["issued_on"] == day


def test_doubted_digits_are_less_certain() -> None:
    sure, unsure = head_of(notice()), head_of(notice(number="Số: 4S3/TB-UBND"))
    assert sure.document_number is not None
    assert unsure.document_number is not None
    assert unsure.document_number.confidence < 0.5 < sure.document_number.confidence
    assert unsure.document_number.as_read == "Số: 4S3/TB-UBND"


def test_a_stamp_in_the_margin_is_no_part_of_the_abstract() -> None:
    stamp = [line("ĐẾN Giờ 5", 60, 690), line("Ngày 20/5/2025", 60, 775)]
    assert values(notice(*stamp)) == WHOLE


@pytest.mark.parametrize("stamp", ["CỔNG THÔNG TIN ĐIỆN TỬ", "VĂN PHÒNG XÃ MẪU", "CÔNG VĂN ĐẾN SỐ 12"])
def test_a_stamp_beside_the_head_is_no_part_of_the_issuing_body(stamp: str) -> None:
    beside = line(stamp, 20, 380)
    assert values(notice(beside))["issuing_body"] == "ỦY BAN NHÂN DÂN XÃ HÒA MẪU"


def test_a_stamp_below_the_body_is_no_part_of_it_either() -> None:
    below = line("CHUYỂN VĂN THƯ", LEFT + 40, 460)
    lines = [replace(x, box=moved(x.box, 160)) if "453" in x.text else x for x in (*decree(), below)]
    assert values(page(lines=lines))["issuing_body"] == "ỦY BAN NHÂN DÂN XÃ HÒA MẪU"


def moved(box: Box, down: float) -> Box:
    return replace(box, top=box.top + down, bottom=box.bottom + down)


@pytest.mark.parametrize(
    ("left_over", "seen", "number"),
    [
        ("/2023/TT-BCA", ["662023"] * 6 + ["62023", "6662023"], "66/2023/TT-BCA"),
        ("025/TT-BCA", ["532025"] * 5 + ["32025"] * 3, "53/2025/TT-BCA"),
        ("025/TT-BCA", ["372025", "32025", "362025", "32025", "532025", "362025"], None),
        ("025/TT-BCA", ["532023"] * 8, None),
        ("Số: 2026/TT-BCA", ["372026"] * 6 + ["2026"] * 2, "37/2026/TT-BCA"),
        ("Số: 2026/TT-BCA", ["2026"] * 8, None),
        ("/NĐ-CP", ["142025"] * 8, "14/2025/NĐ-CP"),
        ("/NĐ-CP", [], None),
    ],
)
def test_a_number_half_under_a_stamp_is_told_only_where_most_cuts_agree(
    left_over: str, seen: list[str], number: str | None
) -> None:
    laid = [x for x in decree() if "453" not in x.text]
    cut = line(left_over, LEFT + 340, 400)
    readings = tuple(NumberReading(digits, cut.box, 0.9, "pp-ocrv6-tiny") for digits in seen)
    marks = PageMarks(True, (), (), Presence.SEEN, Presence.NOT_SEEN, readings)
    found = head_of(replace(page(lines=[*laid, cut]), marks=marks)).document_number
    assert (found.value if found else None) == number
    assert found is None or found.confidence <= 0.5


def test_order_of_lines_changes_nothing() -> None:
    laid = notice()
    for seed in range(5):
        lines = list(laid.lines)
        random.Random(seed).shuffle(lines)
        assert values(replace(laid, lines=tuple(lines))) == WHOLE


def test_the_kind_under_a_seal_is_told_by_the_number() -> None:
    lines = [*decree(), centred("TH#~G ~~O", 600), line(BODY[0], 340, 1000)]
    assert values(page(lines=lines))["document_type"] == "Thông báo"


@pytest.mark.parametrize(
    "texts", [(), ("",), ("@@@ ~~ |||",), ("^༄ ☙ ❧ TỜ KHAI",), ("^" + "Ồ" * 200,), ("Số: /",)]
)
def test_ornaments_and_rubbish_are_no_exception(texts: tuple[str, ...]) -> None:
    head_of(page(*texts))
    head_of(replace(page(*texts), lines=(Line("x", Box(5, 5, 5, 5), 0.1, ()),)))


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        ((*NATIONAL, "^GIẤY KHAI ĐĂNG KÝ XE", "(1). Mã hồ sơ: ..."), "GIẤY KHAI ĐĂNG KÝ XE"),
        (("^XÁC NHẬN CỦA@; ........", "1. Phương tiện"), "XÁC NHẬN CỦA"),
        ((*NATIONAL, "^TỜ KHAI", "^Đề nghị xác nhận nơi đậu, đỗ"), "TỜ KHAI Đề nghị xác nhận nơi đậu, đỗ"),
        (("^Phụ lục",), "Phụ lục"),
        (("một dòng chữ thường",), None),
    ],
)
def test_titles_of_forms(texts: tuple[str, ...], title: str | None) -> None:
    found = head_of(page(*texts)).title
    assert (found.value if found else None) == title


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("PHIẾU TIẾP NHẬN HÒ SƠ", "PHIẾU TIẾP NHẬN HỒ SƠ"),
        ("THU HÒI GIẤY CHỨNG NHẬN", "THU HỒI GIẤY CHỨNG NHẬN"),
        ("Sủa đổi, bổ sung một số điều", "Sửa đổi, bổ sung một số điều"),
        ("TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ", "TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ"),
        ("CỤC CẢNH SÁT PCCC VÀ CNCH", "CỤC CẢNH SÁT PCCC VÀ CNCH"),
        ("Về việc treo cờ Tổ quốc", "Về việc treo cờ Tổ quốc"),
        ("PHIIẾU XÁC MINH THÔNG TIN", "PHIẾU XÁC MINH THÔNG TIN"),
        ("nước m² và ½ số № 5", "nước m² và ½ số № 5"),
    ],
)
def test_marks_are_put_right_where_the_law_leaves_one_choice(read: str, meant: str) -> None:
    assert respelled(line(read, 100, 100, confidence=0.6).words) == meant
