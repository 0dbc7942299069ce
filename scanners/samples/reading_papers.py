"""Five kinds of pages for the reading benchmark: decision, report, form, list, minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from scanners.samples.layout import slashed, vietnamese_day
from scanners.samples.prose import (
    BODIES,
    GOODS,
    HEADINGS,
    OFFICES,
    PLACES,
    SUBJECTS,
    SUMS,
    TITLES,
    UNITS,
    Prose,
)
from scanners.samples.reading_layout import Cell, Writer

_MOTTO: Final = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_PERSON: Final = re.compile(r"\d{9}")
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII")
_FOOT: Final = 6
"""Lines that the names of recipients and signers take."""
_SENTENCE: Final = 3
"""Lines that a sentence takes at most."""


def decision(page: Writer, prose: Prose) -> None:
    """Quyết định: bases in italics, articles, recipients and signature side by side."""
    subject = prose.pick(SUBJECTS)
    head(page, prose, "QĐ")
    page.centre(Cell("QUYẾT ĐỊNH", page.title))
    page.centre(Cell(f"Về {subject}", page.bold, 0.3))
    page.skip(0.4)
    page.centre(Cell("CHỦ TỊCH ỦY BAN NHÂN DÂN", page.bold))
    for text in prose.bases(4):
        page.paragraph(text, style=page.italic)
    page.centre(Cell("QUYẾT ĐỊNH:", page.bold))
    article = 1
    while page.room(_FOOT + _SENTENCE):
        more = article % 2 and page.room(_FOOT + 2 * _SENTENCE)
        page.paragraph(prose.paragraph(2 if more else 1), lead_in=f"Điều {article}.")
        article += 1
    foot(page, prose)


def report(page: Writer, prose: Prose) -> None:
    """Thông báo, báo cáo, kế hoạch: numbered headings, dashes, a table of goods."""
    name, letters = prose.random.choice(TITLES)
    head(page, prose, letters)
    page.centre(Cell(name, page.title))
    page.centre(Cell(f"Về {prose.pick(SUBJECTS)}", page.bold, 0.25))
    page.skip(0.4)
    page.paragraph(prose.sentence())
    for number, heading in enumerate(prose.random.sample(HEADINGS, 4)):
        if page.room(_FOOT + _SENTENCE + 1):
            page.paragraph("", lead_in=f"{_ROMAN[number]}. {heading}")
            page.paragraph(prose.sentence(), lead_in=f"{number + 1}.1.")
        if page.room(_FOOT + _SENTENCE):
            page.paragraph(f"- {prose.sentence()}")
        if number == 1:
            page.table((0.08, 0.42, 0.14, 0.14, 0.22), _goods(prose, 4))
    while page.room(_FOOT + _SENTENCE):
        page.paragraph(f"+ {prose.sentence()}")
    foot(page, prose)


def form(page: Writer, prose: Prose) -> None:
    """Tờ khai: fields over dots, some left empty, personal numbers, an oath and the place and day."""
    page.centre(Cell(_MOTTO[0], page.bold))
    page.centre(Cell(_MOTTO[1], page.bold, 1.0))
    page.skip(0.5)
    page.centre(Cell("TỜ KHAI ĐỀ NGHỊ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", page.title))
    page.centre(Cell(f"(Kèm theo Văn bản số {prose.random.randint(10, 99)}/2026/HD-UBND)", page.italic))
    page.paragraph(f"{prose.pick(OFFICES)} {prose.pick(PLACES)}", lead_in="Kính gửi:")
    for role in ("NGƯỜI NỘP HỒ SƠ", "NGƯỜI CÓ LIÊN QUAN", "NGƯỜI ĐƯỢC ỦY QUYỀN"):
        if page.room(_FOOT + 7):
            page.paragraph("", lead_in=role)
            _person(page, prose)
    while page.room(_FOOT + _SENTENCE + 1):
        page.paragraph(prose.sentence())
        page.blank_field()
    page.paragraph(
        "Tôi xin cam đoan những nội dung khai trên là đúng và chịu trách nhiệm về lời khai của mình."
    )
    signer = prose.person().full_name
    page.skip(0.3)
    right = (
        Cell(f"Hòa Mẫu, {vietnamese_day(prose.day())}", page.italic),
        Cell("NGƯỜI KHAI", page.bold),
        Cell(signer, page.bold),
    )
    page.columns((Cell("XÁC NHẬN CỦA TRƯỞNG THÔN", page.bold),), right)


def register(page: Writer, prose: Prose) -> None:
    """Danh sách: one person a row, with day of birth, personal number and sum."""
    head(page, prose, "DS")
    page.centre(Cell("DANH SÁCH", page.title))
    page.centre(Cell(f"Về {prose.pick(SUBJECTS)}", page.bold))
    page.skip(0.6)
    rows = [("STT", "Họ và tên", "Ngày sinh", "Số định danh", "Số tiền (đồng)")]
    for row in range(1, 1 + prose.random.randint(15, 18)):
        person = prose.person()
        shown = person.personal_number
        rows.append((f"{row}", person.full_name, slashed(person.born), shown, prose.random.choice(SUMS)[0]))
    page.table((0.07, 0.32, 0.17, 0.24, 0.20), rows)
    while page.room(_FOOT + _SENTENCE):
        page.paragraph(prose.sentence(), style=page.italic)
    foot(page, prose)


def minutes(page: Writer, prose: Prose) -> None:
    """Biên bản: who was there, what was said, letters a) to e), a bold italic remark, both sides sign."""
    page.columns(
        (Cell("ỦY BAN NHÂN DÂN", page.small), Cell("XÃ HÒA MẪU", page.small_bold, 0.5)),
        (Cell(_MOTTO[0], page.small_bold), Cell(_MOTTO[1], page.bold, 0.9)),
    )
    page.skip(0.5)
    page.centre(Cell("BIÊN BẢN LÀM VIỆC", page.title))
    page.centre(Cell(f"Về {prose.pick(SUBJECTS)}", page.bold))
    page.skip(0.4)
    hour = f"{prose.random.randint(7, 16):02d} giờ {prose.random.randint(0, 59):02d} phút"
    page.paragraph(
        f"Hôm nay, vào hồi {hour}, {vietnamese_day(prose.day())}, tại {prose.pick(PLACES)}, gồm có:"
    )
    for number in range(1, 4):
        person = prose.person()
        title = "Ông" if person.sex == "Nam" else "Bà"
        page.paragraph(f"{number}. {title} {person.capitals} – {prose.pick(OFFICES)};")
    for letter in "abcdđeghiklm":
        if page.room(_FOOT + _SENTENCE):
            page.paragraph(prose.sentence(), lead_in=f"{letter})")
    page.paragraph(
        "Biên bản đã đọc lại cho mọi người cùng nghe, nhất trí và ký tên./.", style=page.bold_italic
    )
    page.skip(0.4)
    names = [prose.person().full_name for _ in range(2)]
    page.columns(
        (
            Cell("ĐẠI DIỆN HỘ DÂN", page.bold),
            Cell("(Ký, ghi rõ họ tên)", page.italic),
            Cell(names[0], page.bold),
        ),
        (
            Cell("NGƯỜI GHI BIÊN BẢN", page.bold),
            Cell("(Ký, ghi rõ họ tên)", page.italic),
            Cell(names[1], page.bold),
        ),
    )


def continued(page: Writer, prose: Prose) -> None:
    """A further page of a long paper: articles from edge to edge; no head, no foot, nobody's number."""
    article = prose.random.randint(3, 9)
    while page.room():
        texts = [text for text in (prose.sentence(), prose.sentence()) if not _PERSON.search(text)]
        if texts:
            page.paragraph(" ".join(texts), lead_in=f"Điều {article}.")
            article += 1


PAPERS: Final[tuple[Callable[[Writer, Prose], None], ...]] = (decision, form, report, register, minutes)


def head(page: Writer, prose: Prose, letters: str) -> None:
    """The two columns of NĐ 30/2020/NĐ-CP: issuing body left, Quốc hiệu right."""
    superior, body = prose.random.choice(BODIES)
    number = f"Số: {prose.random.randint(2, 2500)}/{letters}-{prose.pick(('UBND', 'VP', 'TTPVHCC', 'KT'))}"
    page.columns(
        (Cell(superior, page.small), Cell(body, page.small_bold, 0.5), Cell(number, page.small)),
        (
            Cell(_MOTTO[0], page.small_bold),
            Cell(_MOTTO[1], page.small_bold, 1.0),
            Cell(f"Hòa Mẫu, {vietnamese_day(prose.day())}", page.small_italic),
        ),
    )
    page.skip(0.5)


def foot(page: Writer, prose: Prose) -> None:
    """Recipients on the left, who signs on the right."""
    page.skip(0.3)
    left = [Cell("Nơi nhận:", page.bold_italic)]
    left += [Cell(f"- {office};", page.small) for office in prose.random.sample(OFFICES[1:6], 3)]
    left.append(Cell(f"- Lưu: VT, KT ({prose.random.randint(2, 9)}b).", page.small))
    right = (
        Cell("TM. ỦY BAN NHÂN DÂN", page.bold),
        Cell("KT. CHỦ TỊCH", page.bold),
        Cell("PHÓ CHỦ TỊCH", page.bold),
        Cell("", page.bold),
        Cell(prose.person().full_name, page.bold),
    )
    page.columns(left, right, centred=False)


def _person(page: Writer, prose: Prose) -> None:
    person = prose.person()
    page.fields(("1. Họ, chữ đệm và tên:", person.capitals))
    page.fields(("2. Ngày sinh:", slashed(person.born)), ("3. Giới tính:", person.sex))
    page.fields(("4. Số định danh cá nhân:", person.personal_number))
    page.fields(("5. Nơi thường trú:", person.residence))
    page.fields(
        ("6. Điện thoại:", f"0912.{prose.random.randint(100, 999)}.345"), ("7. Dân tộc:", person.ethnicity)
    )
    page.fields(("8. Thư điện tử:", f"mau{prose.random.randint(1, 99)}@example.vn"), ("9. Ghi chú:", ""))


def _goods(prose: Prose, count: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("STT", "Nội dung", "ĐVT", "SL", "Thành tiền")]
    for number, name in enumerate(prose.random.sample(GOODS, count), start=1):
        amount = f"{prose.random.randint(1, 480)}"
        rows.append((f"{number:02d}", name, prose.pick(UNITS), amount, prose.random.choice(SUMS)[0]))
    return rows
