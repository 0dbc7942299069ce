"""Headings compared with the titles that papers carry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from dossier.page import RecognisedPage
from dossier.text import nfc
from models.headings import Heading, bare
from models.syllables import usage
from models.titles import Title, titles

_THRESHOLD: Final = 0.7
"""Below this a title is not believed."""
UPPER_PART: Final = 0.55
"""Share of the page in which a title stands; cards may lie anywhere on the glass."""
_EXCHANGED: Final = 4
"""Of so many words of a title one may be another word."""
_PARTS: Final = re.compile(r"[^\W_]+")
"""Words without the punctuation at and within them."""


@dataclass(frozen=True, slots=True)
class Wording:
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
    shared: int = 0
    """How many words, from the first, the titles of other kinds begin with too; the others tell it apart."""

    def allows(self, others: Collection[int]) -> bool:
        """Whether with these words exchanged for other words it is still this title.

        Of the words that tell it apart, and of those that it shares, no more than every fourth may be.
        """
        telling = sum(number >= self.shared for number in others)
        count = len(self.words) - self.shared
        return telling <= count // _EXCHANGED and len(others) - telling <= self.shared // _EXCHANGED


@dataclass(frozen=True, slots=True)
class _Reading:
    """The letters of a heading, and which of them stand in a word that is certainly meant."""

    letters: str
    """Without marks, capitals, spaces."""
    words: tuple[int, ...]
    """Number of the word that each letter belongs to."""
    sure: frozenset[int]
    """Words that are syllables in use, clearly read: a title's word with other letters is another word."""

    def cuts_word(self, end: int) -> bool:
        """Whether a word that is certainly meant goes on behind this place."""
        is_within = 0 < end < len(self.letters) and self.words[end - 1] == self.words[end]
        return is_within and self.words[end] in self.sure


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
class TitleMatch:
    """A heading and the title that it spells."""

    wording: Wording
    heading: Heading
    confidence: float
    """0.0 to 1.0."""


def title_on(page: RecognisedPage, found: Sequence[Heading]) -> TitleMatch | None:
    """The title that one of the page's headings spells, or None where none is believable.

    Titles are compared without case, marks and spaces, word by word with room for reading errors. Of titles
    that contain one another the longest that fits wins. Form numbers and typical wording tip the balance.
    """
    words = _words_of(page)
    return _best([m for heading in found for m in _matches(heading, words) if m.confidence >= _THRESHOLD])


@lru_cache(maxsize=1)
def _wordings() -> tuple[Wording, ...]:
    found = [wording for title in titles() for wording in _wordings_of(title)]
    return tuple(replace(wording, shared=_shared(wording, found)) for wording in found)


def _shared(wording: Wording, everything: Sequence[Wording]) -> int:
    """How many words a title has in common with the beginning of another kind's; its last is its own."""
    own = wording.words
    others = {
        w.words[:count] for w in everything if w.title is not wording.title for count in range(len(own))
    }
    return max(count for count in range(len(own)) if own[:count] in others)


def _wordings_of(title: Title) -> Iterator[Wording]:
    whole = (" ".join(title.lines[: title.essential]), title.text, *title.alternatives)
    for text in dict.fromkeys(whole):
        yield _wording(title, text)
    if title.essential > 1 and _form_codes(title):
        yield _wording(title, title.lines[0], needs_form=True)


def _wording(title: Title, text: str, *, needs_form: bool = False) -> Wording:
    words = bare(text)
    return Wording(title, tuple(words.split()), words.replace(" ", ""), nfc(text).upper(), needs_form)


def _form_codes(title: Title) -> set[str]:
    return set(re.findall(r"\b(?:CT|DC|CC)\d{2}\b", title.form_number))


def _matches(heading: Heading, words: _PageWords) -> Iterator[TitleMatch]:
    for wording, fit, is_longer in _fitting(_reading_of(heading)):
        if (confidence := _confidence(wording, fit, heading, words)) > 0:
            yield TitleMatch(wording, heading, confidence - (0.1 if is_longer else 0.0))


def _reading_of(heading: Heading) -> _Reading:
    parts = [(part, word) for word in nfc(heading.text).split() for part in _PARTS.findall(word)]
    letters = [bare(part) for part, _ in parts]
    sure = (
        number
        for number, (part, word) in enumerate(parts)
        if usage().seen(part.lower()) and word not in heading.doubtful
    )
    words = tuple(number for number, part in enumerate(letters) for _ in part)
    return _Reading("".join(letters), words, frozenset(sure))


@lru_cache(maxsize=2048)
def _fitting(read: _Reading) -> tuple[tuple[Wording, float, bool], ...]:
    """The titles that a heading spells, how well, and whether more letters follow.

    Remembered, because most papers begin with the same few lines.
    """
    found: list[tuple[Wording, float, bool]] = []
    for wording in _wordings():
        length, count = len(wording.letters), len(read.letters)
        fit, is_longer = 0.0, False
        if abs(count - length) <= max(2, length // 6):
            fit = _word_fit(wording, read, count)
        if fit == 0 and count > length:
            fit, is_longer = _opening_fit(wording, read)
        if fit > 0:
            found.append((wording, fit, is_longer))
    return tuple(found)


def _word_fit(wording: Wording, read: _Reading, end: int) -> float:
    """How well the letters up to a place spell a title, 0.0 where a word of it is another word.

    Reading errors are spread thin: half the letters of a word may be wrong or too many, a word with
    digits must be right. Where letters follow, so must the last word. A word with other letters that is a
    syllable in use and was clearly read is another word: "MINH" is no misread "SINH". Lost letters, marks,
    and words that are no syllables are what readers make of a title.
    """
    letters, length = read.letters[:end], len(wording.letters)
    most = length // 6 if length < 12 else length // 4
    if Levenshtein.distance(wording.letters, letters, score_cutoff=most) > most:
        return 0.0
    owner = [i for i, word in enumerate(wording.words) for _ in word]
    wrong = [0] * len(wording.words)
    edits = Levenshtein.editops(wording.letters, letters)
    others: set[int] = set()
    for edit in edits:
        place = owner[min(edit.src_pos, len(owner) - 1)]
        wrong[place] += 1
        if edit.tag != "delete" and read.words[edit.dest_pos] in read.sure:
            others.add(place)
    if not wording.allows(others) or (wrong[-1] and end < len(read.letters)):
        return 0.0
    for word, errors in zip(wording.words, wrong, strict=True):
        if errors > (0 if any(c.isdigit() for c in word) else max(1, len(word) // 2)):
            return 0.0
    return 1 - len(edits) / length


def _opening_fit(wording: Wording, read: _Reading) -> tuple[float, bool]:
    """How well the first letters spell a title, and whether letters are left after them."""
    most = len(wording.letters) // 4 + 2
    beginning = read.letters[: len(wording.letters)]
    if Levenshtein.distance(wording.letters, beginning, score_cutoff=most) > most:
        return 0.0, False
    ends = range(len(wording.letters) - 1, min(len(read.letters), len(wording.letters) + 1) + 1)
    whole = [end for end in ends if not read.cuts_word(end)]
    fit, end = max(((_word_fit(wording, read, end), end) for end in whole), default=(0.0, 0))
    return fit, end < len(read.letters)


def _confidence(wording: Wording, fit: float, heading: Heading, words: _PageWords) -> float:
    is_card = wording.title.group == "identity"
    if heading.depth > UPPER_PART and not is_card:
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


def _best(matches: Sequence[TitleMatch]) -> TitleMatch | None:
    """The most specific of the believable matches; between equals the clearer, then the upper one."""
    specific = [m for m in matches if not any(_outdoes(other, m) for other in matches)]
    return max(specific, key=lambda m: (m.confidence, len(m.wording.letters), -m.heading.depth), default=None)


def _outdoes(longer: TitleMatch, shorter: TitleMatch) -> bool:
    """Whether the longer title stands in the same place and contains the shorter one."""
    return (
        len(longer.wording.letters) > len(shorter.wording.letters)
        and shorter.wording.letters in longer.wording.letters
        and longer.heading.box.overlaps(shorter.heading.box)
    )
