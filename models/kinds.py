"""What sort of paper a page begins, and which pages belong together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from dossier.document import UNKNOWN_KIND, Document, Kind
from dossier.page import RecognisedPage
from models.copies import copy_of
from models.fields import fields_of, parse_card_qr
from models.head import has_head
from models.headings import Heading, begins_like_title, has_national_heading, headings
from models.mrz import card_zone, is_passport_zone, zones_on
from models.page_numbers import PageNumber, page_number
from models.title_match import UPPER_PART, title_on
from models.titles import CARD_KINDS, title_of

_Group: TypeAlias = tuple[Kind, list[RecognisedPage]]
"""A paper while its pages are gathered."""


def kind_of(page: RecognisedPage) -> Kind:
    """Tell the kind of paper that begins on this page, from its title lines.

    Titles count where they stand like a title (`headings`); a card without a legible one is known by its
    code or machine-readable zone. UNKNOWN_KIND where nothing is believable.
    """
    found = list(headings(page))
    best = title_on(page, found)
    if best is not None:
        return Kind(best.wording.title.code, best.heading.text, round(best.confidence, 3))
    card = _card_by_layout(page)
    return card or Kind(UNKNOWN_KIND, _unknown_title(found), 0.0)


def _card_by_layout(page: RecognisedPage) -> Kind | None:
    zone = _zone(page)
    has_code = any(parse_card_qr(code.text) is not None for code in page.codes)
    if is_passport_zone(zone):
        return Kind("ho_chieu", "", 0.75)
    if zone:
        # QR on the back in 2024, on the front in 2021 (TT 16/2024/TT-BCA, TT 06/2021/TT-BCA).
        return Kind("can_cuoc" if has_code else "cccd_chip", "", 0.75)
    return Kind("cccd_chip", "", 0.75) if has_code else None


def _unknown_title(found: Sequence[Heading]) -> str:
    """The heading that reads most like a title, for a person to look at."""
    likely = [h for h in found if h.depth <= UPPER_PART and h.line_count == 1 and begins_like_title(h.text)]
    return max(likely, key=lambda h: h.box.height).text if likely else ""


def group_pages(
    pages: Sequence[RecognisedPage],
    answers: Mapping[tuple[str, int], str] | None = None,
    presented: Collection[str] = (),
) -> tuple[Document, ...]:
    """Put pages into papers, in the order in which they came.

    A page with a title begins a paper, also in the middle of a file. A page without one continues the paper
    before it when both come from the same file, when its printed number follows on, when it is a card's back,
    or when it is blank; otherwise it is a paper of unknown kind. Papers are numbered from 1.

    A drawing, photographs, a seal alone: an inked page without a word says nothing of where it belongs. It
    continues a paper of its own file, but never a card or another paper that may be given back unkept.

    Args:
        answers: kinds that a person told, by file name and page number. They are the truth: such a page
            begins a paper of that kind, whatever stands on it.
        presented: kinds that this procedure may ask for to be looked at only, beside cards.
    """
    groups: list[_Group] = []
    for page in pages:
        told = (answers or {}).get((page.page.source.name, page.page.number))
        kind = Kind(told, _told_title(page, told), 1.0) if told else kind_of(page)
        place = None if told else _place(page, kind, groups, CARD_KINDS.union(presented))
        if place is None:
            groups.append((kind, [page]))
        else:
            known, members = groups[place]
            groups[place] = (_surer(known, kind, members), [*members, page])
    return tuple(
        Document(number, kind, tuple(members), fields_of(members), copy_of(members))
        for number, (kind, members) in enumerate(groups, start=1)
    )


def _told_title(page: RecognisedPage, told: str) -> str:
    title = title_of(told)
    return kind_of(page).title or (" ".join(title.lines[: title.essential]) if title is not None else "")


def _place(
    page: RecognisedPage, kind: Kind, groups: Sequence[_Group], presented: Collection[str]
) -> int | None:
    """Which of the papers so far the page belongs to; None where it begins one."""
    if not groups:
        return None
    last = len(groups) - 1
    members = groups[last][1]
    if page.is_blank or all(member.is_blank for member in members):
        return last
    is_same_file = members[-1].page.source == page.page.source
    if not _has_words(page):
        return last if is_same_file and groups[last][0].code not in presented else None
    if _is_card_back(page, kind):
        return _card_of(page, groups)
    if kind.code in CARD_KINDS and kind.title and _only_back(groups[last]):
        return last
    number, has_heading = page_number(page), has_national_heading(page)
    is_untitled = kind.code == UNKNOWN_KIND and not has_heading
    if number is not None and (is_untitled or number.is_named):
        worded = _last_worded(groups)
        if _follows_on(number, groups[worded][1]):
            return worded
    is_first = number is not None and number.is_named and number.number == 1
    begins = kind.code != UNKNOWN_KIND or is_first or (has_heading and (kind.title != "" or has_head(page)))
    return None if begins or not is_same_file else last


def _has_words(page: RecognisedPage) -> bool:
    return bool(page.lines or page.codes)


def _last_worded(groups: Sequence[_Group]) -> int:
    """The last paper on which anything was read: a drawing between two pages does not part them."""
    places = (place for place, (_, members) in enumerate(groups) if any(map(_has_words, members)))
    return max(places, default=len(groups) - 1)


def _follows_on(number: PageNumber, members: Sequence[RecognisedPage]) -> bool:
    """Whether this is the printed number after that of the paper's last written page.

    The first page of an administrative paper carries no number (NĐ 30/2020/NĐ-CP), so a second page is 2.
    """
    written = [member for member in members if not member.is_blank]
    before = page_number(written[-1])
    if before is None:
        return number.number == len(written) + 1
    return number.number == before.number + 1 and number.of in (0, before.of)


def _is_card_back(page: RecognisedPage, kind: Kind) -> bool:
    return kind.code in CARD_KINDS and not kind.title and bool(_zone(page))


def _only_back(group: _Group) -> bool:
    kind, members = group
    return len(members) == 1 and _is_card_back(members[0], kind)


def _card_of(page: RecognisedPage, groups: Sequence[_Group]) -> int | None:
    """The card whose back this is: the one with the same number, else the one just before."""
    open_cards = [
        place
        for place, (kind, members) in enumerate(groups)
        if kind.code in CARD_KINDS and not any(_zone(member) for member in members)
    ]
    for zone in (zone for lines in zones_on(page) if (zone := card_zone(lines)) is not None):
        for place in open_cards:
            if any(n.digits == zone.personal_number for member in groups[place][1] for n in member.numbers):
                return place
    return len(groups) - 1 if len(groups) - 1 in open_cards else None


def _zone(page: RecognisedPage) -> tuple[str, ...]:
    """The lines of every zone on the page."""
    return tuple(line for lines in zones_on(page) for line in lines)


def _surer(one: Kind, other: Kind, members: Sequence[RecognisedPage]) -> Kind:
    """The kind that a title tells, before one that the layout tells; a blank page in front tells nothing."""
    if all(member.is_blank for member in members):
        return other
    return other if not one.title and other.title and title_of(other.code) is not None else one
