"""What sort of paper a page begins, and which pages belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from dossier.document import UNKNOWN_KIND, Document, Kind
from dossier.page import RecognisedPage
from dossier.text import nfc
from models.copies import copy_of
from models.fields import fields_of, parse_card_qr
from models.head import has_head
from models.headings import Heading, bare, begins_like_title, has_national_heading, headings
from models.mrz import card_zone, is_passport_zone, zones_on
from models.page_numbers import PageNumber, page_number
from models.titles import CARD_KINDS, Title, title_of, titles

_THRESHOLD: Final = 0.7
"""Below this a title is not believed."""
_UPPER_PART: Final = 0.55
"""Share of the page in which a title stands; cards may lie anywhere on the glass."""


_Group: TypeAlias = tuple[Kind, list[RecognisedPage]]
"""A paper while its pages are gathered."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """One way in which a title is printed."""

    title: Title
    words: tuple[str, ...]
    """Without marks, capitals."""
    letters: str
    """The words without spaces."""
    marked: str
    """Capitals with marks and punctuation, NFC."""
    needs_form: bool
    """Only the first line, which tells the kind where the form number is printed beside it."""


@dataclass(frozen=True, slots=True)
class _PageWords:
    """What a page says beside its title, looked at once for all titles."""

    whole: str
    """All of it, without marks, capitals."""
    header: str
    """Its upper quarter."""
    codes: frozenset[str]
    """Form numbers in the header, such as CT07."""


@dataclass(frozen=True, slots=True)
class _Match:
    wording: _Wording
    heading: Heading
    confidence: float


def kind_of(page: RecognisedPage) -> Kind:
    """Tell the kind of paper that begins on this page, from its title lines.

    Titles are compared without case, marks and spaces, word by word with room for reading errors; they
    count where they stand like a title (`headings`). Of titles that contain one another the longest that
    fits wins. Form numbers and typical wording tip the balance; a card without a legible title is known
    by its code or machine-readable zone. UNKNOWN_KIND where nothing is believable.
    """
    found = list(headings(page))
    words = _words_of(page)
    matches = [m for heading in found for m in _matches(heading, words) if m.confidence >= _THRESHOLD]
    best = _best(matches)
    if best is not None:
        return Kind(best.wording.title.code, best.heading.text, round(best.confidence, 3))
    card = _card_by_layout(page)
    return card or Kind(UNKNOWN_KIND, _unknown_title(found), 0.0)


@lru_cache(maxsize=1)
def _wordings() -> tuple[_Wording, ...]:
    return tuple(wording for title in titles() for wording in _wordings_of(title))


def _wordings_of(title: Title) -> Iterator[_Wording]:
    whole = (" ".join(title.lines[: title.essential]), title.text, *title.alternatives)
    for text in dict.fromkeys(whole):
        yield _wording(title, text)
    if title.essential > 1 and _form_codes(title):
        yield _wording(title, title.lines[0], needs_form=True)


def _wording(title: Title, text: str, *, needs_form: bool = False) -> _Wording:
    words = bare(text)
    return _Wording(title, tuple(words.split()), words.replace(" ", ""), nfc(text).upper(), needs_form)


def _form_codes(title: Title) -> set[str]:
    return set(re.findall(r"\b(?:CT|DC|CC)\d{2}\b", title.form_number))


def _matches(heading: Heading, words: _PageWords) -> Iterator[_Match]:
    for wording, fit, is_longer in _fitting(bare(heading.text).replace(" ", "")):
        if (confidence := _confidence(wording, fit, heading, words)) > 0:
            yield _Match(wording, heading, confidence - (0.1 if is_longer else 0.0))


@lru_cache(maxsize=2048)
def _fitting(letters: str) -> tuple[tuple[_Wording, float, bool], ...]:
    """The titles that these letters spell, how well, and whether more letters follow.

    Remembered, because most papers begin with the same few lines.
    """
    found: list[tuple[_Wording, float, bool]] = []
    for wording in _wordings():
        length = len(wording.letters)
        if abs(len(letters) - length) <= max(2, length // 6):
            fit, rest = _word_fit(wording, letters), ""
        elif len(letters) > length:
            fit, rest = _opening_fit(wording, letters)
        else:
            continue
        if fit > 0:
            found.append((wording, fit, rest != ""))
    return tuple(found)


def _word_fit(wording: _Wording, letters: str) -> float:
    """How well letters spell a title, 0.0 where a word of it is another word.

    Reading errors are spread thin: half the letters of a word may be wrong or too many, a word with
    digits must be right.
    """
    length = len(wording.letters)
    most = length // 6 if length < 12 else length // 4
    if Levenshtein.distance(wording.letters, letters, score_cutoff=most) > most:
        return 0.0
    owner = [i for i, word in enumerate(wording.words) for _ in word]
    wrong = [0] * len(wording.words)
    edits = Levenshtein.editops(wording.letters, letters)
    for edit in edits:
        wrong[owner[min(edit.src_pos, len(owner) - 1)]] += 1
    for word, errors in zip(wording.words, wrong, strict=True):
        if errors > (0 if any(c.isdigit() for c in word) else max(1, len(word) // 2)):
            return 0.0
    return 1 - len(edits) / length


def _opening_fit(wording: _Wording, letters: str) -> tuple[float, str]:
    """How well the first letters spell a title, and what is left after them."""
    most = len(wording.letters) // 4 + 2
    beginning = letters[: len(wording.letters)]
    if Levenshtein.distance(wording.letters, beginning, score_cutoff=most) > most:
        return 0.0, ""
    ends = range(len(wording.letters) - 1, min(len(letters), len(wording.letters) + 1) + 1)
    fit, end = max((_word_fit(wording, letters[:end]), end) for end in ends)
    return fit, letters[end:]


def _confidence(wording: _Wording, fit: float, heading: Heading, words: _PageWords) -> float:
    is_card = wording.title.group == "identity"
    if heading.depth > _UPPER_PART and not is_card:
        return 0.0
    if wording.needs_form and not _form_codes(wording.title) & words.codes:
        return 0.0
    marks = fuzz.ratio(wording.marked, nfc(heading.text).upper()) / 100
    place = 0.0 if heading.is_centred or is_card else -0.12
    read = 0.9 + 0.1 * heading.confidence
    return min(1.0, (0.8 * fit + 0.2 * marks + place) * read + _support(wording.title, words))


def _support(title: Title, words: _PageWords) -> float:
    """What form numbers and typical wording add, at most 0.08; another form's number takes away."""
    support = (0.05 if _form_codes(title) & words.codes else -0.1) if words.codes else 0.0
    if any(bare(word) in words.whole for word in title.keywords if len(word) > 6):
        support += 0.02
    if _speaks_of_issuer(title, words.header):
        support += 0.01
    return support


def _words_of(page: RecognisedPage) -> _PageWords:
    quarter = page.frame.height * 0.25
    header = " ".join(bare(line.text) for line in page.lines if line.box.top < quarter)
    codes = frozenset(re.findall(r"\b(?:CT|DC|CC)\d{2}\b", header))
    return _PageWords(" ".join(bare(line.text) for line in page.lines), header, codes)


def _speaks_of_issuer(title: Title, header: str) -> bool:
    if title.group == "mot_cua":
        return "MOT CUA" in header or "HANH CHINH CONG" in header
    return title.issuer.startswith("Công an") and "CONG AN" in header


def _best(matches: Sequence[_Match]) -> _Match | None:
    """The most specific of the believable matches; between equals the clearer, then the upper one."""
    specific = [m for m in matches if not any(_outdoes(other, m) for other in matches)]
    return max(specific, key=lambda m: (m.confidence, len(m.wording.letters), -m.heading.depth), default=None)


def _outdoes(longer: _Match, shorter: _Match) -> bool:
    """Whether the longer title stands in the same place and contains the shorter one."""
    return (
        len(longer.wording.letters) > len(shorter.wording.letters)
        and shorter.wording.letters in longer.wording.letters
        and longer.heading.box.overlaps(shorter.heading.box)
    )


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
    likely = [h for h in found if h.depth <= _UPPER_PART and h.line_count == 1 and begins_like_title(h.text)]
    return max(likely, key=lambda h: h.box.height).text if likely else ""


def group_pages(
    pages: Sequence[RecognisedPage], answers: Mapping[tuple[str, int], str] | None = None
) -> tuple[Document, ...]:
    """Put pages into papers, in the order in which they came.

    A page with a title begins a paper, also in the middle of a file. A page without one continues the paper
    before it when both come from the same file, when its printed number follows on, when it is a card's back,
    or when it is blank; otherwise it is a paper of unknown kind. Papers are numbered from 1.

    Args:
        answers: kinds that a person told, by file name and page number. They are the truth: such a page
            begins a paper of that kind, whatever stands on it.
    """
    groups: list[_Group] = []
    for page in pages:
        told = (answers or {}).get((page.page.source.name, page.page.number))
        kind = Kind(told, _told_title(page, told), 1.0) if told else kind_of(page)
        place = None if told else _place(page, kind, groups)
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


def _place(page: RecognisedPage, kind: Kind, groups: Sequence[_Group]) -> int | None:
    """Which of the papers so far the page belongs to; None where it begins one."""
    if not groups:
        return None
    last = len(groups) - 1
    members = groups[last][1]
    if page.is_blank or all(member.is_blank for member in members):
        return last
    if _is_card_back(page, kind):
        return _card_of(page, groups)
    if kind.code in CARD_KINDS and kind.title and _only_back(groups[last]):
        return last
    number, has_heading = page_number(page), has_national_heading(page)
    is_untitled = kind.code == UNKNOWN_KIND and not has_heading
    if number is not None and (is_untitled or number.is_named) and _follows_on(number, members):
        return last
    is_first = number is not None and number.is_named and number.number == 1
    begins = kind.code != UNKNOWN_KIND or is_first or (has_heading and (kind.title != "" or has_head(page)))
    return None if begins or members[-1].page.source != page.page.source else last


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
