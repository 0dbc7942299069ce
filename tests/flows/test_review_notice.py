"""The request for supplements: complete, once, never for a paper outside the rules; read back as printed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa

from dossier.archive import DigitisationOrder
from dossier.errors import NoticeRefused
from dossier.finding import Rule
from dossier.procedure import BlockedPaper, Component, Procedure, Requirement, Role
from dossier.review import SetKind
from flows.review import Reviews
from flows.review_notice import AskedItem, asked_items
from flows.wiring import Workshop
from pipeline.notice_form import Form, Look, Paragraph, draw_form
from pipeline.rendition import DocumentAbout
from pipeline.text_witness import raw_text_by_page
from tests.drafts import CODE, NOW, NUMBER, ORDER, birth_paper, form, id_card, prepare, workshop_in

LAN = "lan"


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    made = workshop_in(tmp_path, place="Xã Mẫu", contact="điện thoại 0900 000 000")
    made.reviews._clock = lambda: NOW
    return made


def said(pdf: bytes) -> str:
    return " ".join(" ".join(raw_text_by_page(pdf)).split())


def test_each_missing_paper_with_reason_and_citation_and_nothing_else(work: Workshop, tmp_path: Path) -> None:
    prepare(work, [birth_paper("a.png"), id_card()])
    reviews = Reviews(work, clock=lambda: NOW)
    pdf = reviews.notice(CODE, LAN)
    text = said(pdf)
    assert "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ" in text
    assert "1. Tờ khai đăng ký khai sinh theo mẫu" in text
    assert "2. " not in text, "the certificate of birth is there"
    assert "Căn cứ: QĐ 163/QĐ-BTP; Luật Hộ tịch 60/2014/QH13" in text
    assert "Xã Mẫu, ngày 19 tháng 11 năm 2026" in text
    assert f"Mã hồ sơ: {CODE}" in text
    assert "điện thoại 0900 000 000" in text
    assert "25/11/2026" in text, "three working days after Thursday; 24/11 is a holiday"
    assert NUMBER not in text
    # PDF/A-2b, its text in reading order for screen readers.
    (tmp_path / "notice.pdf").write_bytes(pdf)
    assert pdfa.validate_written(tmp_path / "notice.pdf", "2b").passed
    with pikepdf.open(tmp_path / "notice.pdf") as opened:
        assert (str(opened.Root.Lang), bool(opened.Root.MarkInfo.Marked)) == ("vi", True)
        tags = [str(each.S) for each in opened.Root.StructTreeRoot.K[0].K]
        assert tags.count("/H1") == 1
        assert len(tags) > 10
    entry = next(e for e in work.ledger.entries(5) if e.action == "notice-printed")  # type: ignore[attr-defined]
    assert (entry.actor, json.loads(entry.detail)["items"]) == (LAN, 1)


def test_the_same_sheet_again_and_a_second_notice_is_warned_of(work: Workshop) -> None:
    prepare(work, [id_card()])
    moments = [NOW]
    reviews = Reviews(work, clock=lambda: moments[-1])
    assert reviews.notice_doubts(CODE) == ()
    first = reviews.notice(CODE, LAN)
    moments.append(NOW + timedelta(hours=2))
    assert reviews.notice(CODE, LAN) == first, "a jammed sheet is printed again, byte for byte"
    assert len(reviews.notices(CODE)) == 1
    (doubt,) = reviews.notice_doubts(CODE)
    assert doubt.rule is Rule.SUPPLEMENT_REPEATED
    reviews.correct(CODE, 0, SetKind(1, "giay_chung_sinh"), LAN)
    moments.append(datetime.fromisoformat("2026-11-30T08:00:00+07:00"))
    assert [f.rule for f in reviews.notice_doubts(CODE)] == [Rule.SUPPLEMENT_REPEATED, Rule.SUPPLEMENT_LATE]
    assert reviews.notice(CODE, LAN) != first
    assert len(reviews.notices(CODE)) == 2


def test_nothing_missing_is_no_notice(work: Workshop) -> None:
    prepare(work, [form(), birth_paper()])
    with pytest.raises(NoticeRefused, match="nothing is missing"):
        Reviews(work).notice(CODE, LAN)


def test_an_open_case_is_settled_first(work: Workshop) -> None:
    """Where the case is open nobody can say what is missing, so nothing is asked."""
    order = DigitisationOrder(CODE, "1.004194", ("a.pdf",), date(2026, 11, 19), ORDER.officer, hold=True)
    prepare(work, [form()], order)
    with pytest.raises(NoticeRefused, match="case_not_chosen"):
        Reviews(work).notice(CODE, LAN)


class Provincial:
    """A province's catalogue that asks for what the law forbids."""

    def __init__(
        self, known: Procedure, blocked: tuple[BlockedPaper, ...], *, kinds: tuple[str, ...]
    ) -> None:
        paper = Component(
            "cu_tru", "Sổ hộ khẩu bản chính", kinds, Role.SUBMIT, Requirement.MANDATORY, 1, 0, ""
        )
        self._procedure = replace(known, components=(paper,), one_of=(), cases=())
        self._blocked = blocked

    def procedure(self, code: str, on: date) -> Procedure:
        return self._procedure

    def procedures(self) -> tuple[Procedure, ...]:
        return (self._procedure,)

    def blocked_papers(self, on: date) -> tuple[BlockedPaper, ...]:
        return self._blocked


@pytest.mark.parametrize("kinds", [("so_ho_khau",), ("giay_chung_sinh",)])
def test_a_residence_paper_is_never_demanded(work: Workshop, kinds: tuple[str, ...]) -> None:
    known = work.catalogue.procedure(ORDER.procedure, ORDER.received_on)
    blocked = work.catalogue.blocked_papers(ORDER.received_on)
    work = replace(work, catalogue=Provincial(known, blocked, kinds=kinds))
    prepare(work, [id_card()])
    with pytest.raises(NoticeRefused):
        Reviews(work).notice(CODE, LAN)
    assert work.reviews.notices(CODE) == ()


def test_items_are_asked_once_in_the_order_of_the_record(work: Workshop) -> None:
    prepare(work, [id_card()])
    items = asked_items(work, Reviews(work).open(CODE))
    assert [item.kinds[0] for item in items] == ["tk_khai_sinh", "giay_chung_sinh"]
    assert all(isinstance(item, AskedItem) and item.basis and item.reason for item in items)


def test_a_long_notice_runs_over_pages_and_loses_no_word() -> None:
    words = "Đặc biệt lưỡng lự nghiêng ngả khuỷu tay ỷ lại Ỵ ₫ m² “ngoặc”"
    items = tuple(Paragraph(f"{n}. {words} số{n}", Look.ITEM) for n in range(1, 90))
    made = Form(
        mark="Mẫu số 02",
        agency=("ỦY BAN NHÂN DÂN XÃ RẤT DÀI TÊN ĐỂ XUỐNG DÒNG (MẪU)",),
        heading=("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",),
        number="Số: 1",
        place_and_date="Mẫu, ngày 01",
        paragraphs=(Paragraph("TIÊU ĐỀ", Look.TITLE), *items, Paragraph("dài" * 300)),
        signature=("NGƯỜI KÝ", "(Ký)", "Họ Tên (MẪU)"),
    )
    about = DocumentAbout("Thử", CODE, "mot_cua_mau_02", NOW, "Số Hóa thử")
    pdf = draw_form(made, about)
    assert draw_form(made, about) == pdf
    pages = raw_text_by_page(pdf)
    assert len(pages) > 2
    text = " ".join(" ".join(pages).split())
    assert all(f"số{n}" in text for n in range(1, 90))
    assert "dài" * 300 in text.replace(" ", "")
