"""What papers say: numbers with their persons, names, dates, the card's code and zone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.document import Field
from models.fields import fields_of, parse_card_qr
from models.mrz import card_zone, check_digit, zone_lines
from tests.pages import FIRST, NATIONAL, SECOND, card, page, qr

MOTHER, CHILD, FATHER = "001190005678", "001226004321", "040090001234"


def people(fields: tuple[Field, ...]) -> dict[str, str]:
    """Number to the name of the same person."""
    names = {f.person: f.value for f in fields if f.name == "full_name" and f.person}
    return {f.value: names.get(f.person, "") for f in fields if f.name == "personal_number"}


def values(fields: tuple[Field, ...], name: str) -> list[str]:
    return [f.value for f in fields if f.name == name]


def test_numbers_belong_to_the_name_announced_before_them() -> None:
    form = page(
        *NATIONAL,
        "^TỜ KHAI ĐĂNG KÝ KHAI SINH",
        "Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU",
        "Ngày, tháng, năm sinh: 02/01/1990  |  Giới tính: Nữ",
        f"Số định danh cá nhân: {MOTHER}",
        "Nơi cư trú: Xã Mẫu",
        "Đề nghị đăng ký khai sinh cho người dưới đây:",
        "Họ, chữ đệm, tên: LÊ VĂN MẪU",
        f"Số định danh cá nhân: {CHILD}",
        "Họ, chữ đệm, tên người cha: LÊ VĂN CHA MẪU",
        "Nơi cư trú: Xã Mẫu",
        f"Giấy tờ tùy thân: CCCD số {FATHER}",
    )
    fields = fields_of([form])
    assert people(fields) == {MOTHER: "TRẦN THỊ MẪU", CHILD: "LÊ VĂN MẪU", FATHER: "LÊ VĂN CHA MẪU"}
    assert [f.witness for f in fields if f.value == CHILD] == [f"print:{FIRST}", f"print:{SECOND}"]
    assert values(fields, "date_of_birth") == ["1990-01-02"]


@pytest.mark.parametrize(
    "label",
    [
        "1. Họ, chữ đệm và tên Việt Nam:",
        "2. Họ, chữ đệm và tên trong hộ chiếu/giấy tờ do nước ngoài cấp:",
        "Họ và tên ghi trong Giấy khai sinh:",
    ],
)
def test_which_name_is_meant_is_part_of_the_label(label: str) -> None:
    assert values(fields_of([page(label)]), "full_name") == []
    assert values(fields_of([page(f"{label} TRẦN THỊ MẪU")]), "full_name") == ["TRẦN THỊ MẪU"]
    assert values(fields_of([page("Họ và tên: Nguyễn Việt Nam")]), "full_name") == ["Nguyễn Việt Nam"]


@pytest.mark.parametrize("label", ["Tên chủ xe:", "Người làm thủ tục:", "Tên người nộp thuế:"])
def test_owners_and_who_does_it_for_them_are_people(label: str) -> None:
    fields = fields_of([page(f"{label} LÊ VĂN MẪU", f"Số ĐDCN/CMND: {FATHER}")])
    assert people(fields) == {FATHER: "LÊ VĂN MẪU"}


@pytest.mark.parametrize(
    "line",
    ["Tên cơ quan cấp: CÔNG AN XÃ MẪU", "Tên phương tiện: XE MÁY", "Tổng số người thuê, mượn: HAI NGƯỜI"],
)
def test_names_of_things_are_nobodys(line: str) -> None:
    assert values(fields_of([page(line)]), "full_name") == []


def test_two_columns_of_a_table_are_two_people() -> None:
    form = page(
        *NATIONAL,
        "Thông tin  |  Bên nữ  |  Bên nam",
        "Họ, chữ đệm, tên  |  TRẦN THỊ MẪU  |  LÊ VĂN MẪU",
        "Ngày, tháng, năm sinh  |  02/01/1990  |  03/02/1989",
        "Dân tộc  |  Kinh  |  Kinh",
        f"Số định danh cá nhân  |  {MOTHER}  |  {FATHER}",
    )
    fields = fields_of([form])
    assert people(fields) == {MOTHER: "TRẦN THỊ MẪU", FATHER: "LÊ VĂN MẪU"}
    assert values(fields, "date_of_birth") == ["1990-01-02", "1989-02-03"]


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("Ngày, tháng, năm sinh: 1943  |  Giới tính: Nữ", ["1943"]),
        ("Ngày, tháng, năm sinh: ...../...../1943", ["1943"]),
        ("Ngày sinh / Date of birth: 1943", ["1943"]),
        ("Năm sinh: 1943", ["1943"]),
        ("Sinh năm 1943 tại Hà Nội", ["1943"]),
        ("Bà Trần Thị Mẫu, sinh năm: 1943", ["1943"]),
        ("Ngày, tháng, năm sinh: 31/02/1943", []),
        ("Ngày, tháng, năm sinh: 0G/06/1943", []),
        ("Ngày, tháng, năm sinh:", []),
        ("Đã đăng ký khai sinh năm 1943", []),
        ("Là học sinh năm 2020", []),
        ("Số nhà 1943, năm sinh hoạt 2020", []),
    ],
)
def test_of_old_people_the_year_alone_may_be_known(written: str, born: list[str]) -> None:
    form = page("Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU", written, f"Số định danh cá nhân: {MOTHER}")
    assert values(fields_of([form]), "date_of_birth") == born


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("Sinh ngày 05, tháng 9, năm 1990", ["1990-09-05"]),
        ("Sinh ngày 05 , tháng 9 , năm 1990", ["1990-09-05"]),
        ("Ngày sinh: ngày 05, tháng 9 năm 1990", ["1990-09-05"]),
        ("Ngày sinh: 05 tháng 9, năm 1990", ["1990-09-05"]),
        ("Sinh ngày 31, tháng 2, năm 1990", []),
        ("Sinh ngày, tháng 9, năm 1990", []),
        ("Ngày sinh: quý 1, tháng 2 năm 1990", []),
        ("Sinh ngày 05; tháng 9; năm 1990", []),
    ],
)
def test_a_birth_with_commas_in_its_date(written: str, born: list[str]) -> None:
    form = page("Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU", written)
    assert values(fields_of([form]), "date_of_birth") == born


def test_years_in_the_columns_of_a_table() -> None:
    form = page(
        *NATIONAL,
        "Thông tin  |  Bên nữ  |  Bên nam",
        "Họ, chữ đệm, tên  |  TRẦN THỊ MẪU  |  LÊ VĂN MẪU",
        "Ngày, tháng, năm sinh  |  1943  |  03/02/1939",
        f"Số định danh cá nhân  |  {MOTHER}  |  {FATHER}",
    )
    fields = fields_of([form])
    born = {f.person: f.value for f in fields if f.name == "date_of_birth"}
    whose = {f.value: born[f.person] for f in fields if f.name == "full_name"}
    assert whose == {"TRẦN THỊ MẪU": "1943", "LÊ VĂN MẪU": "1939-02-03"}


@pytest.mark.parametrize(
    "name",
    [
        "H'HEN NIÊ",
        "H' HEN NIÊ",
        "H’ Hen Niê",
        "NAY H' BUN",
        "K' BRÔL",
        "RƠ CHÂM H' PHÔI",
        "H` Ngăm Niê Kdăm",
        "Maria del Carmen Lopez",
        "Jan van der Berg",
        "Công Tằng Tôn Nữ Thị Hoàng Anh Thư Minh",
        "PÒ",
    ],
)
def test_names_of_every_people_are_read(name: str) -> None:
    assert values(fields_of([page(f"Họ, chữ đệm, tên: {name}")]), "full_name") == [name]
    beside = page(f"Họ, chữ đệm, tên: {name} Giới tính: Nữ")
    assert values(fields_of([beside]), "full_name") == [name]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Họ và tên: Maria del", ""),
        ("Họ và tên: John Smith van phong", "John Smith"),
        ("Họ và tên: Nguyễn Văn Mẫu la Chủ tịch", "Nguyễn Văn Mẫu"),
        ("Họ và tên: Nguyễn Văn Mẫu do Công an cấp", "Nguyễn Văn Mẫu"),
        ("Họ và tên: NGUYỄN", ""),
        ("Họ và tên: KHÔNG", ""),
        ("Họ và tên: NAM", ""),
        ("Họ và tên: PÒ 7ĂN", ""),
        ("Họ và tên: PÒ (đã chết)", ""),
        ("Họ và tên: Pò", ""),
        ("Họ và tên: XKQ", ""),
        ("Họ và tên PÒ", ""),
        ("Họ và tên: H'", ""),
        ("Họ và tên: H' 12", ""),
        ("Họ và tên: ỦY BAN NHÂN DÂN XÃ MẪU TỈNH NINH BÌNH CỘNG HÒA XÃ HỘI", ""),
    ],
)
def test_other_words_behind_a_names_label_are_no_part_of_a_name(line: str, name: str) -> None:
    assert values(fields_of([page(line)]), "full_name") == ([name] if name else [])


def test_one_word_below_a_label_is_no_name() -> None:
    assert values(fields_of([page("Họ và tên:", "PÒ")]), "full_name") == []


def test_name_in_a_sentence_and_number_far_below() -> None:
    near = page(f"Tôi là: Nguyễn Văn Sinh Mẫu, sinh ngày 05/9/1985, CCCD số {FATHER}")
    assert people(fields_of([near])) == {FATHER: "Nguyễn Văn Sinh Mẫu"}
    assert values(fields_of([near]), "date_of_birth") == ["1985-09-05"]
    far = page("Tôi là: Nguyễn Văn Mẫu", *[""] * 25, f"Số định danh cá nhân: {FATHER}")
    assert people(fields_of([far])) == {FATHER: ""}


def test_blank_name_leaves_the_number_to_nobody() -> None:
    form = page(
        "Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU",
        f"Số định danh cá nhân: {MOTHER}",
        "Họ, chữ đệm, tên người cha: ......................",
        f"Số định danh cá nhân: {FATHER}",
    )
    assert people(fields_of([form])) == {MOTHER: "TRẦN THỊ MẪU", FATHER: ""}


def test_second_number_in_a_block_belongs_to_somebody_else() -> None:
    form = page(
        "Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU",
        f"CCCD: {MOTHER}, số định danh cá nhân của con: {CHILD}",
        f"Số định danh cá nhân: {MOTHER[:-1]}9",
    )
    assert people(fields_of([form])) == {
        MOTHER: "TRẦN THỊ MẪU",
        CHILD: "",
        f"{MOTHER[:-1]}9": "TRẦN THỊ MẪU",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Điện thoại: {n}",
        "Số điện thoại liên hệ: {n}",
        "Tài khoản số {n} tại ngân hàng",
        "STK: {n}",
        "Mã vận đơn: {n}",
    ],
)
def test_phone_and_account_are_nobodys_number(text: str) -> None:
    assert values(fields_of([page(text.format(n="084912345678"))]), "personal_number") == []


def test_label_nearest_before_the_number_decides() -> None:
    form = page(
        f"Số định danh cá nhân: {MOTHER} Điện thoại: 084912345678",
        f"Điện thoại: 084912345678 CCCD: {FATHER}",
        "Số tài khoản:",
        "019012345678",
    )
    assert set(values(fields_of([form]), "personal_number")) == {MOTHER, FATHER}


def test_old_numbers_only_where_announced() -> None:
    form = page("Số CMND: 012345678", "Số tiền: 150000000 đồng", "Mã số: 123456789", "Dãy số 987654321012")
    assert set(values(fields_of([form]), "personal_number")) == {"012345678"}


def test_card_gives_print_and_code_of_one_person() -> None:
    fields = fields_of([card(MOTHER, "Trần Thị Mẫu", sex="Nữ", old="012345678")])
    assert [f.witness for f in fields if f.name == "personal_number"] == [
        f"print:{FIRST}",
        f"print:{SECOND}",
        "qr:zxing-cpp",
    ]
    assert {f.person for f in fields if f.person} == {1}
    assert values(fields, "old_number") == ["012345678"]
    assert values(fields, "residence") == ["Thôn Mẫu, Xã Mẫu, Ninh Bình"]


def test_card_whose_print_and_code_differ_is_still_one_person() -> None:
    front = card(MOTHER, "Trần Thị Mẫu", code=qr("001190005679", "Trần Thị Mẫu"))
    assert len({f.person for f in fields_of([front]) if f.name == "personal_number"}) == 1


def test_card_whose_name_is_not_read_is_one_person_all_the_same() -> None:
    front = page("^CĂN CƯỚC CÔNG DÂN", f"Số / No.: {FATHER}", codes=[qr(MOTHER, "Trần Thị Mẫu")])
    assert {f.person for f in fields_of([front]) if f.name == "personal_number"} == {1}


@pytest.mark.parametrize("label", ["Full name", "Fuill name", "Ful nane", "Fullname"])
def test_two_cards_on_one_page_are_two_people(label: str) -> None:
    """However the small English under a label was read."""
    both = page(
        "^CĂN CƯỚC CÔNG DÂN",
        f"Số / No.: {MOTHER}",
        f"Họ và tên / {label}:",
        "TRẦN THỊ MẪU",
        *[""] * 8,
        "^CĂN CƯỚC CÔNG DÂN",
        f"Số / No.: {FATHER}",
        f"Họ và tên / {label}:",
        "LÊ VĂN MẪU",
        codes=[qr(FATHER, "Lê Văn Mẫu"), qr(MOTHER, "Trần Thị Mẫu")],
    )
    fields = fields_of([both])
    assert {n: name.upper() for n, name in people(fields).items()} == {
        MOTHER: "TRẦN THỊ MẪU",
        FATHER: "LÊ VĂN MẪU",
    }
    by_person: dict[int, set[str]] = {}
    for field in fields:
        if field.name == "personal_number":
            by_person.setdefault(field.person, set()).add(field.value)
    assert sorted(map(len, by_person.values())) == [1, 1]


def test_persons_of_different_pages_stay_apart() -> None:
    one, other = (
        page("Tôi là: Trần Thị Mẫu", f"CCCD: {MOTHER}"),
        page("Tôi là: Lê Văn Mẫu", f"CCCD: {FATHER}"),
    )
    fields = fields_of([one, other])
    assert people(fields) == {MOTHER: "Trần Thị Mẫu", FATHER: "Lê Văn Mẫu"}
    assert {f.page for f in fields if f.value in (FATHER, "Lê Văn Mẫu")} == {2}


def test_dates_and_document_number() -> None:
    fields = fields_of(
        [
            page(
                "Số: 12/GXN-UBND",
                "Hòa Mẫu, ngày 05 tháng 9 năm 2025",
                "theo Thông tư số 66/2023/TT-BCA, quyển số: 01/2020",
                "Ngày sinh / Date of birth: 01/02/1990",
                "Hẹn trả kết quả 5/9/2025, sai: 31/02/2025",
            )
        ]
    )
    assert values(fields, "document_number") == ["12/GXN-UBND"]
    assert values(fields, "issued_on") == ["2025-09-05"]
    assert values(fields, "date") == ["2025-09-05"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("001190005678||Trần Thị Mẫu|02011990|Nữ|Xã Mẫu|05062021", ("", date(1990, 1, 2), date(2021, 6, 5))),
        (
            "001190005678|012345678|Trần  Thị Mẫu|02011990|Nữ|Xã Mẫu|05062021|x|y",
            ("012345678", date(1990, 1, 2), date(2021, 6, 5)),
        ),
        ("001190005678||Trần Thị Mẫu|1990|Nữ||99999999", ("", None, None)),
    ],
)
def test_card_code(text: str, expected: tuple[str, date | None, date | None]) -> None:
    record = parse_card_qr(text)
    assert record is not None
    assert record.full_name == "Trần Thị Mẫu"
    assert (record.old_number, record.date_of_birth, record.issued_on) == expected


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_other_codes_are_no_cards(text: str) -> None:
    record = parse_card_qr(text)
    assert record is None or len(record.personal_number) == 12


def test_decomposed_names_are_composed() -> None:
    record = parse_card_qr(
        "001190005678||Nguye\u0302\u0303n Thi\u0323 Ma\u0302\u0303u|02011990|Nữ|Xã|05062021"
    )
    assert record is not None
    assert record.full_name == "Nguyễn Thị Mẫu"


def test_check_digits_of_the_published_specimen() -> None:
    """ICAO 9303-5, appendix A: the specimen of Utopia."""
    assert check_digit("D23145890") == 7
    assert check_digit("740812") == 2
    assert check_digit("120415") == 9
    assert check_digit("D231458907<<<<<<<<<<<<<<<" + "7408122" + "1204159" + "<" * 11) == 6


FIRST_LINE, SECOND_LINE = "IDVNM0900012345001090001234<<8", "9002018M3002016VNM<<<<<<<<<<<4"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FIRST_LINE, SECOND_LINE),
        ("IDVNM0900012345001090001234==8", "9002018M3002016VNMceeeeeeeeee4"),
        ("IDVNM0900012345 001090001234<<8", "9002018M3002016VNM<<<<<<<<<<4"),
    ],
)
def test_zone_survives_misread_fillers(first: str, second: str) -> None:
    zone = card_zone(zone_lines([first, second]))
    assert zone is not None
    assert (zone.personal_number, zone.date_of_birth) == ("001090001234", date(1990, 2, 1))


@pytest.mark.parametrize("line", [0, 1])
def test_any_wrong_digit_silences_the_zone(line: int) -> None:
    lines = [FIRST_LINE, SECOND_LINE]
    for place, character in enumerate(lines[line]):
        if character.isdigit():
            wrong = lines[line][:place] + str((int(character) + 1) % 10) + lines[line][place + 1 :]
            spoilt = [wrong if i == line else text for i, text in enumerate(lines)]
            assert card_zone(zone_lines(spoilt)) is None, wrong


def test_zone_must_repeat_its_number() -> None:
    """All check digits hold, but the document number is not the end of the personal number."""
    other = "090001235"
    first = f"IDVNM{other}{check_digit(other)}001090001234<<8"
    total = check_digit(first[5:30] + SECOND_LINE[0:7] + SECOND_LINE[8:15] + SECOND_LINE[18:29])
    assert card_zone((first, f"{SECOND_LINE[:29]}{total}")) is None


def test_zone_is_a_witness_of_the_card() -> None:
    back = page(FIRST_LINE, SECOND_LINE, source="back.jpg")
    front = card("001090001234", "Nguyễn Văn Mẫu", code=None)
    witnesses = [f.witness for f in fields_of([front, back]) if f.name == "personal_number"]
    assert witnesses == [f"print:{FIRST}", f"print:{SECOND}", f"mrz:{FIRST}"]
