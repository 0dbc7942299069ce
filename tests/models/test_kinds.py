"""Kinds of papers from their titles, and pages put into papers."""

from __future__ import annotations

import random
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from dossier.document import UNKNOWN_KIND, Kind
from dossier.errors import CatalogueInvalid
from dossier.page import RecognisedPage
from dossier.text import without_marks
from models.kinds import group_pages, kind_of
from models.titles import Title, load_titles, title_of, titles
from tests.pages import NATIONAL, card, line, page, qr

CODES = [title.code for title in titles()]
ZONE = (
    "IDVNM0900012345001090001234<<8",
    "9002018M3002016VNM<<<<<<<<<<<4",
    "NGUYEN<<VAN<MAU<<<<<<<<<<<<<<<",
)


def printed(title: Title, spoil: random.Random | None = None) -> list[str]:
    """The title as a form prints it, long lines broken."""
    broken = [part for text in title.lines for part in textwrap.wrap(text, 58)]
    return ["^" + (misread(part, spoil) if spoil else part) for part in broken]


def misread(text: str, chance: random.Random) -> str:
    """One letter in sixteen wrong, or one mark lost, as poor scans make a reader do."""
    letters = []
    for letter in text:
        if letter.isalpha() and chance.random() < 1 / 16:
            letters.append(chance.choice([without_marks(letter), chance.choice("EIOUCLN"), ""]))
        else:
            letters.append(letter)
    return "".join(letters)


def sheet(title: Title, *heading: str) -> list[str]:
    form = [f"Mẫu {title.form_number.split()[0]}"] if title.form_number.startswith(("CT", "DC", "CC")) else []
    centre = ["TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"] if title.group == "mot_cua" else []
    body = ["", "Kính gửi: Ủy ban nhân dân xã Hòa Mẫu", "Nội dung của giấy tờ này là MẪU."]
    return [*form, *centre, *NATIONAL, *heading, *body]


def test_table_holds_every_title_once() -> None:
    assert len(CODES) == len(set(CODES)) == 90
    assert sum(title.verified for title in titles()) == 80


@pytest.mark.parametrize("code", CODES)
def test_clean_title_is_recognised(code: str) -> None:
    title = title_of(code)
    assert title is not None
    kind = kind_of(page(*sheet(title, *printed(title))))
    assert kind.code == code
    assert kind.confidence >= 0.85
    assert without_marks(kind.title)[:8] == without_marks(title.text)[:8]


def test_titles_survive_reading_errors_and_never_turn_into_others() -> None:
    right, wrong, tries = 0, [], 6
    for title in titles():
        for seed in range(tries):
            heading = printed(title, random.Random(f"{title.code}/{seed}"))
            kind = kind_of(page(*sheet(title, *heading))).code
            right += kind == title.code
            if kind not in (title.code, UNKNOWN_KIND):
                wrong.append((title.code, kind, heading))
    assert right / (tries * len(CODES)) >= 0.93
    # One letter makes another kind of a few: cards of two generations, the two criminal records.
    assert len(wrong) / (tries * len(CODES)) <= 0.01, wrong


@pytest.mark.parametrize("code", CODES)
def test_title_in_running_text_is_not_a_title(code: str) -> None:
    title = title_of(code)
    assert title is not None
    sentence = textwrap.wrap(
        f"Căn cứ {title.text.lower()} số 45/2025 do cơ quan có thẩm quyền cấp cho tôi", 60
    )
    shouted = textwrap.wrap(f"Căn cứ {title.text} số 45/2025 đã nộp", 60)
    texts = [
        *NATIONAL,
        *sentence,
        *shouted,
        "1. " + title.text,
        "Kính gửi: Ủy ban nhân dân xã",
        "",
        title.text,
    ]
    assert kind_of(page(*texts)).code == UNKNOWN_KIND


@pytest.mark.parametrize(
    "heading",
    [
        ("ĐƠN ĐỀ NGHỊ", "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ"),
        ("PHIẾU TRẢ LỜI XÁC MINH THÔNG TIN VỀ CƯ TRÚ",),
        ("GIẤY CHỨNG NHẬN KHUYẾT TẬT",),
        ("GIẤY CHỨNG NHẬN", "Đủ điều kiện về an ninh, trật tự"),
        ("THÔNG BÁO",),
        ("GIẤY XÁC NHẬN",),
        ("TỜ KHAI ĐĂNG KÝ NHẬN NUÔI CON NUÔI",),
        ("QUYẾT ĐỊNH", "Về việc cử cán bộ đi công tác"),
        ("PHIẾU LÝ LỊCH TƯ PHÁP SỐ 3",),
        ("GIẤY BÁO TIN",),
        ("GIẤY BÁO THU",),
        ("GIẤY CHỨNG THƯƠNG",),
        ("GIẤY CHỨNG MINH",),
        ("GIẤY CHỨNG MINH NHÂN",),
        ("GIẤY CHỨNG MINH TÀI CHÍNH",),
        ("GIẤY CHỨNG NHẬN LẦN ĐẦU",),
        ("TỜ KHAI ĐĂNG KÝ LẠI GIÁM HỘ",),
        ("TỜ KHAI ĐĂNG KÝ CHẤM DỨT GIÁM HỘ",),
        ("TỜ KHAI", "ĐĂNG KÝ CHẤM DỨT GIÁM HỘ"),
    ],
)
def test_other_titles_stay_unknown_and_are_shown(heading: tuple[str, ...]) -> None:
    kind = kind_of(page(*NATIONAL, *("^" + text for text in heading), "", "Nội dung"))
    assert (kind.code, kind.title) == (UNKNOWN_KIND, heading[0])


@pytest.mark.parametrize(
    "heading",
    [
        ("ĐƠN XIN RÚT HỒ SƠ",),
        ("ĐƠN ĐỀ NGHỊ", "Rút hồ sơ thủ tục hành chính"),
        ("ĐƠN ĐỀ NGHỊ", "Dừng giải quyết hồ sơ thủ tục hành chính"),
        ("ĐƠN ĐỀ NGHỊ", "Rút (dừng giải quyết) hồ sơ thủ tục hành chính"),
    ],
)
def test_a_citizens_request_to_withdraw_has_many_titles(heading: tuple[str, ...]) -> None:
    assert kind_of(page(*NATIONAL, *("^" + text for text in heading))).code == "don_rut_ho_so"


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        (("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN NGÀY TRẢ KẾT QUẢ",), "mot_cua_mau_01"),
        (("PHIẾU YÊU CẦU BỔ SUNG HỒ SƠ",), "mot_cua_mau_02"),
        (("PHIẾU YÊU CẦU", "Bổ sung, hoàn thiện hồ sơ"), "mot_cua_mau_02"),
        (("PHIẾU HƯỚNG DẪN HOÀN THIỆN HỒ SƠ",), "mot_cua_mau_02"),
        (("PHIẾU TỪ CHỐI TIẾP NHẬN HỒ SƠ",), "mot_cua_mau_03"),
        (("VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN",), "mot_cua_mau_04"),
        (("PHIẾU XIN LỖI",), "phieu_xin_loi_2018"),
        (("THÔNG BÁO", "Về việc dừng giải quyết hồ sơ"), "mot_cua_mau_05"),
        (("THÔNG BÁO TRẢ HỒ SƠ",), "mot_cua_mau_05"),
        (("THÔNG BÁO", "Về việc nghỉ lễ"), UNKNOWN_KIND),
    ],
)
def test_notices_are_known_by_the_titles_that_centres_give_them(heading: tuple[str, ...], code: str) -> None:
    head = ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", *NATIONAL)
    assert kind_of(page(*head, *("^" + text for text in heading), "", "Nội dung")).code == code


def test_short_titles_leave_little_room_for_errors() -> None:
    assert kind_of(page(*NATIONAL, "^BẢN IN")).code == UNKNOWN_KIND
    assert kind_of(page(*NATIONAL, "^BẢN ÁN")).code == "quyet_dinh_ly_hon"
    assert kind_of(page(*NATIONAL, "^HỘ KHIÊU VŨ")).code == UNKNOWN_KIND


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        (("GIẤY CHỨNG MINH", "SĨ QUAN QUÂN ĐỘI NHÂN DÂN VIỆT NAM"), "cm_quan_doi"),
        (("GIẤY CHỨNG MINH SĨ QUAN",), "cm_quan_doi"),
        (("CHỨNG MINH QUÂN NHÂN CHUYÊN NGHIỆP",), "cm_quan_doi"),
        (("GIẤY CHỨNG MINH CÔNG AN NHÂN DÂN",), "cm_cong_an"),
        (("GIẤY CHỨNG MINH", "CÔNG AN NHÂN DÂN VIỆT NAM"), "cm_cong_an"),
        (("GIẤY CHỨNG MlNH SĨ QUAN",), "cm_quan_doi"),
        (("GIẤY CHỨNG MINH NHÂN DÂN",), "cmnd"),
    ],
)
def test_soldiers_and_policemens_cards_are_identity_papers(heading: tuple[str, ...], code: str) -> None:
    found = kind_of(page(*NATIONAL, *("^" + text for text in heading), "Số: 12345678", "Cấp bậc: Đại úy"))
    known = title_of(found.code)
    assert found.code == code
    assert known is not None
    assert known.group == "identity"


@pytest.mark.parametrize(
    "heading",
    [
        "GIẤY CHỨNG SlNH",
        "GIẤY CHÚNG SÌNH",
        "GIẤY CHỨNG SNH",
        "GIÂY CHƯNG SINII",
        "6IẤY CHỨNG SINH",
        "GIẤYCHỨNG SINH",
    ],
)
def test_what_readers_make_of_a_title_is_still_that_title(heading: str) -> None:
    assert kind_of(page(*NATIONAL, f"^{heading}")).code == "giay_chung_sinh"


def test_another_word_of_the_language_is_a_misreading_only_where_the_reader_was_in_doubt() -> None:
    clear = page(*NATIONAL, lines=[line("GIẤY CHỨNG NINH", 1000, 600, 0.95)])
    doubtful = page(*NATIONAL, lines=[line("GIẤY CHỨNG NINH", 1000, 600, 0.4)])
    assert kind_of(clear).code == UNKNOWN_KIND
    assert kind_of(doubtful).code == "giay_chung_sinh"


def test_a_long_title_with_one_other_word_is_still_known() -> None:
    assert kind_of(page(*NATIONAL, "^TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ")).code == "ct01"
    assert kind_of(page(*NATIONAL, "^TỜ KHAI THAY ĐỔI THÔNG TIN CỬ TRÚ")).code == "ct01"
    assert kind_of(page(*NATIONAL, "^TỜ CHAI THAY ĐỔI THÔNG TIN CƯ TRÚ")).code == "ct01"


def test_what_follows_a_title_leaves_its_last_word_whole() -> None:
    assert kind_of(page(*NATIONAL, "^GIẤY CHỨNG TỬ (BẢN SAO)")).code == "giay_chung_tu"
    assert kind_of(page(*NATIONAL, "^GIẤY CHỨNG TUỔI")).code == UNKNOWN_KIND
    assert kind_of(page(*NATIONAL, "^GIẤY CHỨNG THƯ SỐ")).code == UNKNOWN_KIND


def test_longer_title_beats_the_one_it_contains() -> None:
    short = page(*NATIONAL, "^GIẤY XÁC NHẬN", "^TÌNH TRẠNG HÔN NHÂN")
    long = page(*NATIONAL, "^TỜ KHAI CẤP GIẤY XÁC NHẬN", "^TÌNH TRẠNG HÔN NHÂN")
    land = page(
        "^GIẤY CHỨNG NHẬN", "^QUYỀN SỬ DỤNG ĐẤT", "^QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT"
    )
    assert kind_of(short).code == "xntthn"
    assert kind_of(short).title == "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN"
    assert kind_of(long).code == "tk_xntthn"
    assert kind_of(land).code == "gcn_qsdd_2009"


def test_form_number_tells_equal_titles_apart() -> None:
    title = "^TỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ"
    assert kind_of(page("Mẫu CT01", *NATIONAL, title)).code == "ct01"
    abroad = "^(Dùng cho công dân Việt Nam định cư ở nước ngoài)"
    assert kind_of(page("Mẫu CT02", *NATIONAL, title, abroad)).code == "ct02"
    assert kind_of(page("Mẫu CT02", *NATIONAL, title)).code == "ct02", "its second line was not read"
    refusal = "^PHIẾU TỪ CHỐI TIẾP NHẬN, GIẢI QUYẾT HỒ SƠ"
    assert kind_of(page("CÔNG AN XÃ HÒA MẪU", "Mẫu CT06", *NATIONAL, refusal)).code == "ct06"
    centre = ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "Mẫu số 03", *NATIONAL)
    assert kind_of(page(*centre, refusal)).code == "mot_cua_mau_03"


def test_title_with_a_lower_case_second_line() -> None:
    assert kind_of(page(*NATIONAL, "^TỜ KHAI", "^Đăng ký khai sinh")).code == "tk_khai_sinh"


def test_low_title_is_no_title_but_a_card_may_lie_anywhere() -> None:
    assert kind_of(page("^GIẤY KHAI SINH", top=2600)).code == UNKNOWN_KIND
    assert kind_of(page("^CĂN CƯỚC CÔNG DÂN", "^Citizen Identity Card", top=2600)).code == "cccd_chip"


def test_cards_without_a_title_are_known_by_code_and_zone() -> None:
    code = qr("001090001234", "Nguyễn Văn Mẫu")
    assert kind_of(page("Quê quán", codes=[code])).code == "cccd_chip"
    assert kind_of(page(*ZONE)).code == "cccd_chip"
    assert kind_of(page(*ZONE, codes=[code])).code == "can_cuoc"
    assert kind_of(page("P<VNMNGUYEN<<VAN<MAU<<<<<<<<<<<<<<<<<<<<<<<<<")).code == "ho_chieu"
    assert kind_of(page("Mua hàng", codes=["https://example.vn"])).code == UNKNOWN_KIND


def form(source: str, number: int = 1) -> list[str]:
    return [*NATIONAL, "^TỜ KHAI ĐĂNG KÝ KHAI SINH", "Kính gửi: UBND xã"]


def test_pages_of_one_file_continue_the_paper_until_the_next_title() -> None:
    pages = [
        page(*form("a"), source="a.pdf"),
        page("tiếp theo trang 1", source="a.pdf", number=2),
        page(*NATIONAL, "^GIẤY CHỨNG SINH", source="a.pdf", number=3),
        page("một trang rời", source="b.jpg"),
    ]
    documents = group_pages(pages)
    assert [(d.number, d.kind.code, len(d.pages)) for d in documents] == [
        (1, "tk_khai_sinh", 2),
        (2, "giay_chung_sinh", 1),
        (3, UNKNOWN_KIND, 1),
    ]


def test_unknown_title_under_the_national_heading_begins_a_paper() -> None:
    pages = [
        page(*form("a"), source="a.pdf"),
        page(*NATIONAL, "^ĐƠN XIN NGHỈ HỌC", source="a.pdf", number=2),
        page("^ĐƠN KÈM THEO", "không có Quốc hiệu", source="a.pdf", number=3),
    ]
    documents = group_pages(pages)
    assert [(d.kind.code, d.kind.title, len(d.pages)) for d in documents][1:] == [
        (UNKNOWN_KIND, "ĐƠN XIN NGHỈ HỌC", 2)
    ]


def test_blank_back_belongs_to_the_paper_before_it() -> None:
    documents = group_pages([page(*form("a"), source="a.jpg"), page(source="b.jpg")])
    assert [len(d.pages) for d in documents] == [2]


def wordless(source: str, number: int = 1) -> RecognisedPage:
    """A plan drawn by hand, or a seal alone."""
    return replace(page(source=source, number=number), is_blank=False)


def papers(pages: list[RecognisedPage], presented: tuple[str, ...] = ()) -> list[list[str]]:
    found = group_pages(pages, None, presented)
    return [[f"{p.page.source.name} {p.page.number}" for p in document.pages] for document in found]


def test_an_inked_page_without_words_never_joins_what_is_given_back_unkept() -> None:
    front = card("001090001234", "Nguyễn Văn Mẫu", source="1.jpg")
    plan, back = wordless("2.jpg"), page(source="3.jpg")
    assert papers([front, plan, back]) == [["1.jpg 1"], ["2.jpg 1", "3.jpg 1"]]
    assert group_pages([front, plan])[1].kind == Kind(UNKNOWN_KIND, "", 0.0)
    assert papers([front, back, plan]) == [["1.jpg 1", "3.jpg 1"], ["2.jpg 1"]]
    whole = [replace(front, page=replace(front.page, source=plan.page.source)), wordless("2.jpg", 2)]
    assert papers(whole) == [["2.jpg 1"], ["2.jpg 2"]]


def test_an_inked_page_without_words_continues_a_kept_paper_of_its_own_file_only() -> None:
    contract = [
        page(*form("a"), source="a.pdf"),
        wordless("a.pdf", 2),
        page("chữ ký", source="a.pdf", number=3),
    ]
    assert papers(contract) == [["a.pdf 1", "a.pdf 2", "a.pdf 3"]]
    assert papers(contract[:2], ("tk_khai_sinh",)) == [["a.pdf 1"], ["a.pdf 2"]]
    assert papers([contract[0], wordless("b.jpg")]) == [["a.pdf 1"], ["b.jpg 1"]]


def test_a_drawing_between_two_numbered_pages_does_not_part_them() -> None:
    first, second = page(*form("a"), source="a.jpg"), page("Trang 2/3", "nội dung trang sau", source="c.jpg")
    assert papers([first, second]) == [["a.jpg 1", "c.jpg 1"]]
    assert papers([first, wordless("b.jpg"), second]) == [["a.jpg 1", "c.jpg 1"], ["b.jpg 1"]]


def test_card_backs_find_their_fronts() -> None:
    one, other = (
        card("001090001234", "Nguyễn Văn Mẫu", source="1.jpg"),
        card("001190005678", "Trần Thị Mẫu", source="2.jpg"),
    )
    back = page(*ZONE, source="3.jpg")
    documents = group_pages([one, other, back])
    assert [[p.page.source.name for p in d.pages] for d in documents] == [["1.jpg", "3.jpg"], ["2.jpg"]]
    turned = group_pages([back, one])
    assert [(d.kind.title != "", len(d.pages)) for d in turned] == [(True, 2)]
    assert group_pages([page(*form("a")), page(*ZONE, source="z.jpg")])[1].kind.code == "cccd_chip"


def test_no_pages_no_papers() -> None:
    assert group_pages([]) == ()


WHOLE = "- code: a\n  lines: [A]\n  issuer: x\n  group: y\n  source: z\n  verified: true\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (WHOLE + "  colour: red\n", "0.colour"),
        (WHOLE + WHOLE, "a: occurs twice"),
        ("- code: a\n  lines: [A]\n", "0.issuer"),
        ("- code: [\n", "t.yaml"),
    ],
)
def test_bad_table_is_refused_by_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "t.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogueInvalid) as raised:
        load_titles(tmp_path / "t.yaml")
    assert raised.value.subject == "t.yaml"
    assert named in str(raised.value)


FORMS = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "vi_forms" / "dev"
REAL = {
    "SRC-A_03_p12.pdf": "ct01",
    "SRC-A_03_p22.pdf": "ct07",
    "SRC-D_03_p47.pdf": UNKNOWN_KIND,
}


@pytest.mark.material
@pytest.mark.skipif(not FORMS.is_dir(), reason="no real forms beside the project")
def test_real_scanned_forms() -> None:
    """A form, a confirmation, and a form whose title no table knows."""
    import cv2
    import numpy as np
    import pypdfium2

    from pipeline.reading import open_readers, read_page

    readers = open_readers()
    found = {}
    for name in REAL:
        with pypdfium2.PdfDocument(FORMS / name) as pdf:
            picture = cv2.cvtColor(np.array(pdf[0].render(scale=200 / 72).to_pil()), cv2.COLOR_RGB2BGR)
        found[name] = kind_of(read_page(page("x", source=name).page, picture, readers)).code
    assert found == REAL
