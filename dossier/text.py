"""Vietnamese text: one normal form, the letters, and comparing names as people write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Final

_PLAIN = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
LOWER_MARKED: Final = (
    "".join(
        letter
        for base in _PLAIN
        for tone in _TONES
        if (letter := unicodedata.normalize("NFC", base + tone)) not in "aeiouy"
    )
    + "đ"
)
LETTERS: Final = frozenset(LOWER_MARKED + LOWER_MARKED.upper())
"""The 134 letters that Vietnamese has beyond a-z and A-Z, both cases, precomposed (NFC)."""

_TONE_OF = dict(zip(_TONES[1:], range(1, 6), strict=True))


_DAY: Final = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)
_YEAR_ALONE: Final = re.compile(
    r"(?:[\s.…_/\-]|(?<!\d)00?(?!\d))*((?:18|19|20)\d\d)(?!\d|\s*[/.\-]\s*\d)", re.ASCII
)


def day_of(text: str) -> date:
    """The day that somebody wrote: day, month, year with / . or - between them, or ISO 8601.

    Raises ValueError for what is none.
    """
    said = text.strip()
    written = _DAY.fullmatch(said)
    if written is None:
        return date.fromisoformat(said)
    day, month, year = map(int, written.groups())
    return date(year, month, day)


def year_of(text: str) -> int | None:
    """The year with which a text begins where day and month are blank: 1943, __/__/1943, 00/00/1943.

    Many people who were born before 1975 have no more on their papers.
    """
    found = _YEAR_ALONE.match(text)
    return int(found[1]) if found else None


def nfc(text: str) -> str:
    """Canonical composition. Never NFKC: m², ½ and № must survive (Unicode UAX #15)."""
    return unicodedata.normalize("NFC", text)


class _BareLetters(dict[int, str]):
    """What each character is without its marks; a page is stripped many times, so each is asked for once."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        bare = "".join(part for part in parts if not unicodedata.combining(part))
        self[code] = bare.replace("đ", "d").replace("Đ", "D")
        return self[code]


_BARE: Final = _BareLetters()


def without_marks(text: str) -> str:
    """Base letters only, `đ` as `d`: for searching and for matching titles, never for storing."""
    return text if text.isascii() else text.translate(_BARE)


@lru_cache(maxsize=8192)
def base_letters(line: str) -> str:
    """`without_marks` of a line in its normal form, remembered: most questions about a line begin with it."""
    return without_marks(nfc(line))


def missing_letters(alphabet: str) -> str:
    """The Vietnamese letters that an alphabet lacks, sorted; a reader that lacks any is unfit for text."""
    return "".join(sorted(LETTERS - set(nfc(alphabet))))


@lru_cache(maxsize=1024)
def name_key(name: str) -> str:
    """A key under which two spellings of one name are equal.

    Case, spacing and the placement of the tone mark (hòa and hoà) do not count; every mark itself does,
    and `Đ` is a letter of its own.
    """
    return " ".join(_syllable_key(s) for s in re.findall(r"[^\W\d_]+", nfc(name).lower()))


def same_name(one: str, other: str) -> bool:
    """Whether two spellings name the same person as Vietnamese people write names."""
    return name_key(one) == name_key(other)


def differs_in_marks_only(one: str, other: str) -> bool:
    """Whether two names differ, but only in tone or vowel marks or in Đ against D."""
    return not same_name(one, other) and bare_name_key(one) == bare_name_key(other)


@lru_cache(maxsize=1024)
def bare_name_key(name: str) -> str:
    """A key under which two names are equal that differ in marks, tones and Đ against D at most."""
    return without_marks(re.sub(r"\d", "", name_key(name)))


def _syllable_key(syllable: str) -> str:
    tone = 0
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", syllable):
        if character in _TONE_OF:
            tone = _TONE_OF[character]
        else:
            letters.append(character)
    return unicodedata.normalize("NFC", "".join(letters)) + (str(tone) if tone else "")


_DIGIT_RUN: Final = re.compile(r"[0-9]+(?:[ .\u00a0\u202f][0-9]+)*")
_NO_PERSON: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{32,}|[0-9]\.[0-9]{6}"
    r"|(?=[0-9]*[a-f])(?![0-9a-f]*(?<![0-9])[0-9]{12}(?![0-9]))[0-9a-f]{16}"
    r"|TAM-(?=[0-9]*[a-f])[0-9a-f]{12})(?![0-9A-Za-z])"
)
"""What looks like a run of digits and names nobody: fingerprints, also 16 digits of one with a letter among
them (but no number of 12: "cccd001099000000" names somebody), codes of procedures, provisional codes."""
_PACKAGE: Final = re.compile(
    r"(?<![0-9A-Za-z])dossiers/[A-Za-z0-9._•-]{1,64}/(?P<kept>[0-9a-f]{16})(?![0-9A-Za-z])"
)
"""Where a package lies: its last part is a fingerprint whatever it looks like."""
_GROUP: Final = re.compile(r"[0-9]+")


def mask_numbers(text: str) -> str:
    """Hide personal numbers: runs of 12 or 9 digits keep their first 3 and last 2, the rest becomes "•".

    Numbers written in groups (001 099 012 345) or digit by digit, as on forms with boxes, are hidden too.
    Fingerprints in hexadecimal, codes of procedures and dossier codes such as 000.00.17.H56-250715-0001 or
    TAM-0a1b2c3d4e5f stay as they are.
    """
    parts: list[str] = []
    end = 0
    kept = {found.span() for found in _NO_PERSON.finditer(text)}
    for start, stop in sorted(kept | {found.span("kept") for found in _PACKAGE.finditer(text)}):
        parts += [_DIGIT_RUN.sub(_masked_run, text[end:start]), text[start:stop]]
        end = stop
    return "".join(parts) + _DIGIT_RUN.sub(_masked_run, text[end:])


def _masked_run(run: re.Match[str]) -> str:
    """Mask the numbers within digit groups that stand next to one another, longest first."""
    groups = [(group.start(), group.end()) for group in _GROUP.finditer(run.group())]
    characters = list(run.group())
    first = 0
    while first < len(groups):
        taken = _groups_of_a_number([end - start for start, end in groups[first:]])
        if taken:
            positions = [p for start, end in groups[first : first + taken] for p in range(start, end)]
            for position in positions[3:-2]:
                characters[position] = "•"
        first += taken or 1
    return "".join(characters)


def _groups_of_a_number(lengths: list[int]) -> int:
    """How many of the first groups make up a number of 12 or 9 digits; 0 where they do not."""
    if lengths[0] in (9, 12):
        return 1
    for digits in (12, 9):
        for taken in range(2, len(lengths) + 1):
            group = lengths[:taken]
            is_regular = min(group) >= 3 or set(group) in ({1}, {2})
            if is_regular and sum(group) == digits:
                return taken
    return 0
