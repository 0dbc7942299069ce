"""Sex, residence and the card's issue, as the forms of the ten procedures and cards print them."""

from __future__ import annotations

import pytest

from dossier.document import Field
from models.fields import fields_of
from models.kinds import group_pages
from tests.pages import NATIONAL, line, page
from validators.identity import identities_of

NAME = "Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU"
NUMBER = "Số định danh cá nhân: 001190005678"


def said(*texts: str, **more: object) -> dict[str, str]:
    """Values by name of the first person, each once."""
    fields = fields_of([page(*NATIONAL, "^TỜ KHAI", *texts, **more)])  # type: ignore[arg-type]
    return {f.name: f.value for f in reversed(fields) if f.person in (0, 1)}


def of_person(person: int, *texts: str) -> dict[str, str]:
    fields = fields_of([page(*NATIONAL, "^TỜ KHAI", *texts)])
    return {f.name: f.value for f in fields if f.person == person}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Nơi cư trú: Thôn Đông, Xã Hòa Mẫu, Tỉnh Ninh Bình", "Thôn Đông, Xã Hòa Mẫu, Tỉnh Ninh Bình"),
        ("Nơi thường trú: Số 12/3 Tổ 5, Phường Tân Mẫu ........", "Số 12/3 Tổ 5, Phường Tân Mẫu"),
        ("Địa chỉ: 45 Phố Mẫu, Xã Vĩnh Mẫu; điện thoại: 0912345678", "45 Phố Mẫu, Xã Vĩnh Mẫu"),
        ("Nơi cư trú cuối cùng: Xóm Giữa, Xã Hòa Mẫu", "Xóm Giữa, Xã Hòa Mẫu"),
        ("Nơi đăng ký thường trú (2): Thôn Thượng, Xã Vĩnh Mẫu", "Thôn Thượng, Xã Vĩnh Mẫu"),
    ],
)
def test_residence_behind_its_label(text: str, value: str) -> None:
    assert said(NAME, NUMBER, text)["residence"] == value


def test_permanent_residence_comes_before_where_somebody_lives_now() -> None:
    told = said(NAME, "Nơi ở hiện tại: Thôn Mẫu Hai, Xã Mẫu", "Nơi thường trú: Thôn Mẫu Một, Xã Mẫu")
    assert told["residence"] == "Thôn Mẫu Một, Xã Mẫu"


@pytest.mark.parametrize("text", ["Nơi cư trú: ...........", "Nơi cư trú:", "Nơi sinh: Trạm Y tế xã Mẫu"])
def test_empty_room_or_another_label_is_no_residence(text: str) -> None:
    assert "residence" not in said(NAME, NUMBER, text)


def test_long_residence_goes_on_below() -> None:
    wide = "Nơi cư trú: Tổ dân phố Bắc Sơn Thượng Hai, Phường Tân Mẫu Trung Hòa"
    told = said(NAME, NUMBER, wide, "Tỉnh Ninh Bình", "Quan hệ với người được cấp: Bản thân")
    assert told["residence"].endswith("Phường Tân Mẫu Trung Hòa Tỉnh Ninh Bình")


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("Giới tính: Nam Dân tộc: Kinh Quốc tịch: Việt Nam", "Nam"),
        ("Ngày, tháng, năm sinh: 02/01/1990  |  Giới tính: Nữ", "Nữ"),
        ("Giới tính / Sex: Nữ  |  Quốc tịch / Nationality: Việt Nam", "Nữ"),
    ],
)
def test_sex(text: str, sex: str) -> None:
    assert said(NAME, text, NUMBER)["sex"] == sex


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("Giới tính: □ Nam  ☑ Nữ", "Nữ"),
        ("Giới tính: ☒ Nam  □ Nữ", "Nam"),
        ("Giới tính: [ ] Nam [x] Nữ", "Nữ"),
        ("Giới tính: (x) Nam ( ) Nữ Dân tộc: Kinh", "Nam"),
        ("Giới tính: x Nam    Nữ", "Nam"),
        ("Giới tính: ☐ Nam  |  ☑ Nữ", "Nữ"),
        ("Giới tính (Nam/Nữ): Nữ", "Nữ"),
        ("Giới tính: ☑ Nữ", "Nữ"),
        ("Giới tính: Nam  |  Quốc tịch: Việt Nam  |  Nữ công", "Nam"),
    ],
)
def test_the_ticked_sex_of_two(text: str, sex: str) -> None:
    assert said(NAME, text, NUMBER)["sex"] == sex


@pytest.mark.parametrize(
    "text",
    [
        "Giới tính: □ Nam □ Nữ",
        "Giới tính: Nam / Nữ",
        "Giới tính: Nam Nữ",
        "Giới tính   Nam   /   Nữ",
        "Giới tính: Nam; Nữ",
        "Giới tính: o Nam o Nữ",
        "Giới tính: L] Nam [ Nữ",
        "Giới tính: ☒ Nam ☒ Nữ",
        "Giới tính: Nam ☒ Nữ □",
        "Giới tính: Nam □ Nữ ☒",
        "Giới tính: Nam x Nữ",
        "Giới tính: □ Nam",
        "Giới tính: Nam □",
        "Giới tính: □ Nam  |  □ Nữ",
        "Giới tính: Nam  |  Nữ",
    ],
)
def test_two_sexes_without_one_readable_tick_are_none(text: str) -> None:
    assert "sex" not in said(NAME, text, NUMBER)


def test_nationality_is_no_sex() -> None:
    assert "sex" not in said(NAME, "Giới tính: ...... Quốc tịch: Việt Nam", NUMBER)


@pytest.mark.parametrize(
    ("text", "day", "office"),
    [
        (
            "CCCD số: 001190005678, ngày cấp: 05/9/2025, nơi cấp: Cục Cảnh sát QLHC về TTXH",
            "2025-09-05",
            "Cục Cảnh sát QLHC về TTXH",
        ),
        (
            "Căn cước số 001190005678 do Bộ Công an cấp ngày 05 tháng 9 năm 2025",
            "2025-09-05",
            "Bộ Công an",
        ),
        ("Số CCCD: 001190005678 cấp ngày 12-03-2021", "2021-03-12", ""),
    ],
)
def test_issue_of_the_card_as_forms_write_it(text: str, day: str, office: str) -> None:
    told = said(NAME, text)
    assert told["card_issued_on"] == day
    assert told.get("card_issued_by", "") == office
    assert "issued_on" not in told, "the day of the card is not that of the paper"


def test_two_people_of_a_form_keep_what_is_theirs() -> None:
    texts = (
        NAME,
        "Giới tính: Nữ",
        "Nơi cư trú: Thôn Mẫu Một, Xã Mẫu",
        "Họ, chữ đệm, tên: LÊ VĂN GIÁP",
        "Giới tính: Nam",
        "Nơi cư trú: Thôn Mẫu Hai, Xã Mẫu",
    )
    one, other = of_person(1, *texts), of_person(2, *texts)
    assert (one["sex"], one["residence"]) == ("Nữ", "Thôn Mẫu Một, Xã Mẫu")
    assert (other["sex"], other["residence"]) == ("Nam", "Thôn Mẫu Hai, Xã Mẫu")


def test_card_has_its_values_below_their_labels() -> None:
    told = said(
        "Số / No.: 001190005678",
        "Họ và tên / Full name:",
        "TRẦN THỊ MẪU",
        "Ngày sinh / Date of birth: 02/01/1990",
        "Giới tính / Sex: Nữ",
        "Nơi thường trú / Place of residence:",
        "Thôn Đông, Xã Hòa Mẫu, Tỉnh Ninh Bình",
    )
    assert told["residence"] == "Thôn Đông, Xã Hòa Mẫu, Tỉnh Ninh Bình"
    assert (told["sex"], told["date_of_birth"]) == ("Nữ", "1990-01-02")


def test_back_of_a_card_tells_its_office() -> None:
    fields = fields_of([page("CỤC TRƯỞNG CỤC CẢNH SÁT", "QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI")])
    (office,) = [f for f in fields if f.name == "issued_by"]
    assert office.value == "CỤC CẢNH SÁT QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI"


def test_every_field_has_its_place_confidence_and_witness() -> None:
    fields = fields_of([page(*NATIONAL, NAME, "Giới tính: Nữ", "Nơi cư trú: Thôn Mẫu, Xã Mẫu")])
    for field in fields:
        assert isinstance(field, Field)
        assert field.box is not None
        assert 0.0 < field.confidence <= 1.0
        assert field.witness == "print:sohoa-vi-tiny"


def test_a_sentence_about_an_address_is_no_residence() -> None:
    row = line("Tôi cam đoan nơi cư trú khai trên đây là đúng", 340, 900)
    assert "residence" not in said(NAME, NUMBER, lines=[row])


@pytest.mark.parametrize(("sex", "verdict"), [("Nữ", "confirmed"), ("Nam", "single_witness")])
def test_printed_sex_that_the_number_cannot_have_leaves_it_unconfirmed(sex: str, verdict: str) -> None:
    """Two readers may misread a digit alike; the fourth digit says whether it is a man's or a woman's."""
    form = page(*NATIONAL, "^TỜ KHAI ĐĂNG KÝ KHAI SINH", NAME, f"Giới tính: {sex}", NUMBER)
    (identity,) = identities_of(group_pages([form]))
    assert identity.verdict.value == verdict
