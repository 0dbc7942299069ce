"""Marks put right in headings: a syllable that no law ever puts beside its neighbours was misread.

Readers confuse marks before letters, in capitals above all: "HÒ SƠ", "BIỂN SÓ", "Sủa đổi". A heading is
short, its words are those of the law, so the pairs of syllables that the law uses tell which mark was meant.
Names of people are never touched: only headings, abstracts and issuing bodies are respelled, never fields.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from rapidfuzz.distance import Levenshtein

from dossier.page import Line, Word
from dossier.text import without_marks

_FILE: Final = Path(__file__).parent / "data" / "word_pairs.txt.gz"
_CERTAIN: Final = 0.985
"""A syllable of the language that stands as clear as this needs strong reasons against it."""
_OFTEN: Final = 3
_OVERRULE: Final = 50
"""How much more often than the pair that was read: published texts have misprints too."""
_ONE_SIDED: Final = 60
"""Of a syllable at the edge of a clause, whose one neighbour is all the evidence."""
_CAPITAL_OFTEN: Final = 40
"""A capital within a sentence may begin a name: only a pair as common as "Ủy ban" changes it."""
_VOWEL: Final = re.compile("[aeiouy]")
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHAPE: Final = re.compile(
    "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?(?!ii|uu)[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_WORD: Final = re.compile(r"^([^\w]*)([^\W\d_]+)([^\w]*)$")

Pairs = Counter[tuple[str, str]]


@lru_cache(maxsize=1)
def _law() -> tuple[Pairs, frozenset[str], dict[str, frozenset[str]]]:
    """Pairs with counts, all syllables, and syllables by their bare letters."""
    pairs: Pairs = Counter()
    for row in gzip.decompress(_FILE.read_bytes()).decode().splitlines():
        first, *nexts = row.split()
        for entry in nexts:
            second, count = entry.rsplit(":", 1)
            pairs[first, second] = int(count)
    syllables = frozenset(syllable for pair in pairs for syllable in pair)
    by_letters: dict[str, set[str]] = {}
    for syllable in syllables:
        by_letters.setdefault(without_marks(syllable), set()).add(syllable)
    return pairs, syllables, {letters: frozenset(found) for letters, found in by_letters.items()}


def page_pairs(lines: Iterable[Line]) -> Pairs:
    """Pairs of syllables that the page itself shows clearly; a body repeats the words of its heading."""
    pairs: Pairs = Counter()
    for line in lines:
        clear = [_core(w.text).lower() if w.clarity >= _CERTAIN else "" for w in line.words]
        pairs.update({(a, b): _OFTEN for a, b in pairwise(clear) if a and b})
    return pairs


def respelled(words: Sequence[Word], own: Pairs | None = None) -> str:
    """The words as one text, each misread mark put right where the neighbours leave one choice."""
    texts = [word.text for word in words]
    all_capitals = _is_capitals(texts)
    for _ in range(2):
        for place, word in enumerate(words):
            texts[place] = _best(texts, place, word, _Evidence(own or Counter(), all_capitals=all_capitals))
    return " ".join(texts)


class _Evidence:
    """What law and page say about pairs."""

    def __init__(self, own: Pairs, *, all_capitals: bool) -> None:
        self._own = own
        self.all_capitals = all_capitals
        self.law, self.syllables, self.by_letters = _law()

    def count(self, one: str, other: str) -> int:
        return self.law[one, other] + self._own[one, other]


def _best(texts: Sequence[str], place: int, word: Word, evidence: _Evidence) -> str:
    text = texts[place]
    found = _WORD.match(text)
    if found is None or len(found[2]) < 2 or not _VOWEL.search(without_marks(found[2]).lower()):
        return text
    syllable = found[2].lower()
    is_known = syllable in evidence.syllables or _is_possible(syllable)
    before = _neighbour(texts, place - 1) if not found[1] else ""
    after = _neighbour(texts, place + 1) if not found[3] else ""
    least = _CAPITAL_OFTEN if text[:1].isupper() and place > 0 and not evidence.all_capitals else _OFTEN
    if is_known:
        read = _support(syllable, before, after, evidence)
        is_certain = word.clarity >= _CERTAIN
        is_edge = not (before and after)
        least = max(2 * least, _OVERRULE * read, _ONE_SIDED if is_edge or is_certain else 0)
    tiers = (_same_letters,) if is_known else (_same_letters, _near_letters)
    for candidates in tiers:
        ranked = sorted(
            ((_support(c, before, after, evidence), c) for c in candidates(syllable, evidence)), reverse=True
        )
        if ranked and ranked[0][0] >= least and (len(ranked) == 1 or ranked[0][0] >= 3 * ranked[1][0]):
            return found[1] + _in_case_of(found[2], ranked[0][1]) + found[3]
    return text


def _is_possible(syllable: str) -> bool:
    """Whether Vietnamese could have this syllable, in the law or not: cờ, but not phiiếu, hỏò or tnđiện."""
    parts = unicodedata.normalize("NFD", syllable)
    toneless = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    has_bare_glide = (
        re.search("(?:[iy]e|(?<!q)uo)[a-z]", toneless) is not None
    )  # iêu, uôn, ươi: never without
    is_shaped = _SHAPE.fullmatch(without_marks(syllable)) is not None
    return sum(c in _TONES for c in parts) <= 1 and is_shaped and not has_bare_glide


def _support(syllable: str, before: str, after: str, evidence: _Evidence) -> int:
    return evidence.count(before, syllable) + evidence.count(syllable, after)


def _same_letters(syllable: str, evidence: _Evidence) -> Iterator[str]:
    yield from evidence.by_letters.get(without_marks(syllable), frozenset()) - {syllable}


def _near_letters(syllable: str, evidence: _Evidence) -> Iterator[str]:
    """Syllables with one letter more, less or other, for what is no syllable at all: PHIIẾU."""
    letters = without_marks(syllable)
    for near, found in evidence.by_letters.items():
        if near != letters and Levenshtein.distance(near, letters, score_cutoff=1) <= 1:
            yield from found


def _neighbour(texts: Sequence[str], place: int) -> str:
    return _core(texts[place]).lower() if 0 <= place < len(texts) else ""


def _core(text: str) -> str:
    found = _WORD.match(text)
    return found[2] if found else ""


def _is_capitals(texts: Sequence[str]) -> bool:
    letters = [c for text in texts for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= 0.8 * len(letters)


def _in_case_of(model: str, syllable: str) -> str:
    if model.isupper():
        return syllable.upper()
    return syllable[:1].upper() + syllable[1:] if model[:1].isupper() else syllable
