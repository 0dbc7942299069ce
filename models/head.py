"""The head of a paper read from where its components stand (NĐ 30/2020/NĐ-CP Phụ lục I)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from dossier.geometry import Box
from dossier.head import DocumentHead, HeadPart
from dossier.page import Line, RecognisedPage
from dossier.text import nfc
from models.document_types import NAMED_BY_TITLE, type_of_line, type_of_number
from models.head_lines import HeadLines, head_lines, joined, middle, words_of
from models.head_title import subtitle_of, tidy, title_lines
from models.head_values import announces_date, date_of, is_number_line, number_of
from models.headings import bare, begins_like_title, capital_share
from models.spelling import Pairs, page_pairs, respelled

_FORM: Final = re.compile(
    r"\bM[ẫấâaă]u\s+(?:s[ốóôo]\s*)?[:.]?\s*([A-ZĐ]{0,4}\s?\d{1,3}[a-zđ]?)\b|\b((?:CT|ĐKX|DC|CC|TP)\d{2,3})\b"
)
_BODIES: Final = (
    "BO", "CHINH PHU", "QUOC HOI", "UY BAN", "UBND", "HOI DONG", "HDND", "SO", "CUC", "TONG CUC",
    "CHI CUC", "VU",
    "VIEN", "TRUONG", "HOC VIEN", "DAI HOC", "TRUNG TAM", "CONG AN", "PHONG", "BAN", "CONG TY",
    "TONG CONG TY",
    "TOA AN", "THANH TRA", "VAN PHONG", "BAO HIEM", "THU TUONG", "CHU TICH", "TINH UY", "THANH UY", "DANG UY",
    "HUYEN UY", "DOAN", "LIEN DOAN", "NGAN HANG", "KHO BAC", "THUE", "CHI NHANH", "TAP DOAN", "BENH VIEN",
    "TRAM",
    "DON VI", "HOI", "MAT TRAN", "DANG BO", "QUAN DOI", "HAI QUAN", "TONG LIEN DOAN", "KIEM TOAN",
)  # fmt: skip
"""Words with which the name of a body begins; any other line goes on with the line above."""
_OFF_AXIS: Final = 0.05
"""Share of the page's width by which centred lines of one column may be off."""
_UNFINISHED: Final = re.compile(
    r"(?:\bVA|\bCUA|\bVE|\bQUAN LY|\bNHAN DAN|\bDAI HOC|\bCAO DANG|\bDICH VU|,|-)$"
)


def head_of(page: RecognisedPage) -> DocumentHead:
    """Read the head of a page; every component that cannot be found is None. Never raises."""
    if not page.lines:
        return DocumentHead()
    return _Head(page).read()


def has_head(page: RecognisedPage) -> bool:
    """Whether the page has the heading of a paper, told without reading the head's values."""
    if not page.lines:
        return False
    head = _Head(page)
    if head.type_line(head.number_line()) is not None:
        return True
    return any(begins_like_title(line.text) for line in title_lines(head.laid)[:1])


def digit_lines(page: RecognisedPage) -> tuple[Line, ...]:
    """Lines of the head whose digits deserve a second reader: they are often written by hand."""
    if not page.lines:
        return ()
    head = _Head(page)
    number = head.number_line()
    return tuple(line for line in (number, head.date_line()) if line is not None)


class _Head:
    """The head of one page."""

    def __init__(self, page: RecognisedPage) -> None:
        self._page = page
        self.laid: HeadLines = head_lines(page)
        self._own: Pairs | None = None

    def read(self) -> DocumentHead:
        laid = self.laid
        number_line = self.number_line()
        number = self._number(number_line)
        kind_line = self.type_line(number_line)
        document_type = self._type(kind_line, number, number_line)
        below = [] if kind_line is None else list(subtitle_of(kind_line, laid))
        letter = self._letter_abstract() if kind_line is None else []
        if letter and document_type is None:
            document_type = HeadPart("Công văn", "", joined(letter), 0.7)
        title = [kind_line, *below] if kind_line is not None else list(title_lines(laid)) or letter
        abstract = below or letter
        if document_type is not None and document_type.value in NAMED_BY_TITLE and kind_line is not None:
            abstract = [kind_line, *below]
        return DocumentHead(
            title=self._part(title, tidy),
            document_type=document_type,
            document_number=number,
            issued_on=self._date(),
            issuing_body=self._part(self._body(number_line), tidy),
            abstract=self._part(abstract, tidy) if document_type is not None else None,
            form_number=self._form(),
        )

    def _part(self, lines: Sequence[Line], clean: Callable[[str], str]) -> HeadPart | None:
        if not lines:
            return None
        as_read = " ".join(line.text for line in lines)
        value = clean(respelled(words_of(lines), self._own_pairs()))
        if not value:
            return None
        return HeadPart(nfc(value), as_read, joined(lines), round(min(line.confidence for line in lines), 3))

    def _own_pairs(self) -> Pairs:
        if self._own is None:
            self._own = page_pairs(self._page.lines)
        return self._own

    def number_line(self) -> Line | None:
        """The line of the số/ký hiệu."""
        left = self.laid.left_column()
        announced = [
            line for line in left if is_number_line(line.text) and not line.text.lower().startswith("v/v")
        ]
        if announced:
            return announced[0]
        centred = [
            line
            for line in self.laid.lines
            if self.laid.below <= line.box.top < 0.4 * self.laid.height
            and re.match(r"s[ốoóô]\s*:", line.text.lower())
            and line.box.left < 0.5 * self.laid.width
        ]
        return centred[0] if centred else None

    def _number(self, line: Line | None) -> HeadPart | None:
        if line is None:
            return None
        found = number_of(line.text, self._seconds(line.box))
        if found is None:
            return None
        value, trust = found
        return HeadPart(value, line.text, line.box, round(line.confidence * trust, 3))

    def _seconds(self, box: Box) -> tuple[str, ...]:
        """The second reader's digits on this line."""
        marks = self._page.marks
        if marks is None:
            return ()
        return tuple(r.digits for r in marks.head_digits if _covers(box, r.box))

    def date_line(self) -> Line | None:
        """The place-and-date line, "Hà Nội, ngày ...": alone on its line; in a sentence it is another."""
        laid = self.laid
        for line in laid.right_column() if laid.national is not None else laid.lines:
            if line.box.top > 0.45 * laid.height:
                return None
            is_alone = len(bare(line.text)) <= 60 and line.box.width < 0.6 * laid.width
            if is_alone and announces_date(line.text):
                return line
        return None

    def _date(self) -> HeadPart | None:
        line = self.date_line()
        found = date_of(line.text, self._seconds(line.box)) if line is not None else None
        if line is None or found is None:
            return None
        day, trust = found
        return HeadPart(day.isoformat(), line.text, line.box, round(line.confidence * trust, 3))

    def type_line(self, number_line: Line | None) -> Line | None:
        """The line that names the loại văn bản."""
        laid = self.laid
        top = max(laid.below, number_line.box.top if number_line is not None else 0.0) - 0.3 * laid.pitch
        for line in laid.lines:
            if not top <= line.box.top < 0.6 * laid.height or line is number_line:
                continue
            if _is_address(line):
                return None
            centre = abs(middle(line) - laid.width / 2)
            if centre <= 0.2 * laid.width and capital_share(line.text) >= 0.7 and type_of_line(line.text):
                return line
        return None

    def _type(self, line: Line | None, number: HeadPart | None, number_line: Line | None) -> HeadPart | None:
        if line is not None and (found := type_of_line(line.text)) is not None:
            return HeadPart(found[0], line.text, line.box, round(found[1] * line.confidence, 3))
        if number is not None and number_line is not None and (named := type_of_number(number.value)):
            return HeadPart(named, number_line.text, number_line.box, round(0.6 * number.confidence, 3))
        return None

    def _letter_abstract(self) -> list[Line]:
        """V/v ... under the number of a letter, which names no kind (công văn)."""
        left = self.laid.left_column()
        for place, line in enumerate(left):
            if re.match(r"v\s*[/.]\s*v\b|về việc\b", line.text.lower()):
                run = [line]
                for following in left[place + 1 :]:
                    if following.box.top - run[-1].box.bottom > 0.6 * self.laid.pitch or _is_address(
                        following
                    ):
                        break
                    run.append(following)
                return run
        return []

    def _body(self, number_line: Line | None) -> list[Line]:
        """The issuing body: the lowest of the bodies above the number."""
        end = number_line.box.top if number_line is not None else self.laid.below + 2 * self.laid.pitch
        run: list[Line] = []
        latest = self.laid.below + 1.5 * self.laid.pitch
        for line in self.laid.left_column():
            if not run and line.box.top > latest:
                break
            if line.box.top >= end or (number_line is not None and line is number_line):
                break
            letters = bare(line.text)
            if capital_share(line.text) < 0.7 or len(letters) < 5 or not _is_wordy(letters):
                if run:
                    break
                continue
            begins = _names_body(letters)
            if run and _names_body(bare(run[0].text)) and not self._is_below(line, run[-1], begins=begins):
                continue
            goes_on = bool(run) and (not begins or _UNFINISHED.search(bare_end(run[-1].text)) is not None)
            run = [*run, line] if goes_on else [line]
        return run

    def _is_below(self, line: Line, upper: Line, *, begins: bool) -> bool:
        """Whether a line stands under one of a body's, as a stamp beside it or further down does not.

        Lines of the left column are centred under one another, or begin together; a name that goes on does
        so on the very next line, and a body below its parent may stand after a rule.
        """
        width, pitch = self.laid.width, self.laid.pitch
        is_centred = abs(middle(line) - middle(upper)) <= _OFF_AXIS * width
        if not (is_centred or abs(line.box.left - upper.box.left) <= pitch):
            return False
        return begins or line.box.top - upper.box.bottom <= pitch

    def _form(self) -> HeadPart | None:
        for line in self.laid.lines:
            if line.box.top > 0.2 * self.laid.height:
                break
            if (found := _FORM.search(line.text)) is not None:
                number = found[2] or f"Mẫu số {found[1]}"
                return HeadPart(
                    re.sub(r"^Mẫu số (?=[A-ZĐ]{2,})", "", number), line.text, line.box, line.confidence
                )
        return None


def _names_body(letters: str) -> bool:
    return any(letters == body or letters.startswith(body + " ") for body in _BODIES)


def bare_end(text: str) -> str:
    """For asking how a line ends: letters without marks, with a comma or dash at its end kept."""
    stripped = text.rstrip()
    return bare(stripped) + (stripped[-1] if stripped[-1:] in {",", "-"} else "")


def _is_wordy(letters: str) -> bool:
    return sum(c.isalpha() for c in letters) >= 0.8 * len(letters.replace(" ", ""))


def _is_address(line: Line) -> bool:
    return bare(line.text).startswith(("KINH GUI", "CAN CU"))


def _covers(line: Box, reading: Box) -> bool:
    across = (reading.top + reading.bottom) / 2
    return line.top <= across <= line.bottom and reading.left < line.right and line.left < reading.right
