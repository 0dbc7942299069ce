"""A machine-readable zone as it was read, put right only where its alphabet or its check digits prove it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dossier.text import nfc, without_marks
from models.mrz import CARD, PASSPORT, zone_holds

_FILLERS: Final = str.maketrans(dict.fromkeys("^∧Λ≤«‹〈＜({[≺Ʌ", "<"))
_AS_DIGIT: Final = str.maketrans("OQDILZSBG", "000112586")
_AS_LETTER: Final = str.maketrans("0158260", "OISBZGO")
_ALIKE: Final = {"0": "OQD", "O": "0", "Q": "0", "D": "0", "1": "I", "I": "1", "S": "5", "5": "S",
                 "8": "B", "B": "8", "2": "Z", "Z": "2", "6": "G", "G": "6"}  # fmt: skip
"""Characters that the zone's own type face hardly tells apart."""
_SLACK: Final = 6
"""How many fillers too many or too few a reader may have seen."""

Spans = tuple[tuple[int, int, str], ...]
"""First and one-past-last place, and what may stand there: "a" letters, "9" digits, "x" both."""
_CARD_SPANS: Final[tuple[Spans, ...]] = (
    ((0, 1, "a"), (1, 5, "a"), (5, 14, "x"), (14, 15, "9"), (15, 30, "x")),
    ((0, 7, "9"), (7, 8, "a"), (8, 15, "9"), (15, 18, "a"), (18, 29, "x"), (29, 30, "9")),
    ((0, 30, "a"),),
)
_OUR_CARDS: Final = "IDVNM"
_OURS: Final[Spans] = ((0, 5, "a"), (5, 30, "9"))
"""The first line of a Vietnamese card holds digits only after the country."""
_PASSPORT_SPANS: Final[tuple[Spans, ...]] = (
    ((0, 44, "a"),),
    ((0, 9, "x"), (9, 10, "9"), (10, 13, "a"), (13, 20, "9"), (20, 21, "a"), (21, 28, "9"), (28, 42, "x"),
     (42, 44, "9")),
)  # fmt: skip


def zone_text(text: str) -> str:
    """A line in the zone's own alphabet: A to Z, digits and the filler, in whatever length it was read."""
    plain = without_marks(nfc(text)).translate(_FILLERS).upper()
    return "".join(c for c in plain if c == "<" or (c.isascii() and c.isalnum()))


def mended(lines: Sequence[str]) -> tuple[str, ...]:
    """Two or three lines in the lengths and alphabets of a TD3 or TD1 zone.

    1. Fillers that were lost or doubled are put back where a line has a run of them.
    2. A place that holds only letters or only digits gets the one of the two that looks like what was read.
    3. Where check digits do not hold after that: the two copies of a Vietnamese number against one another,
       then each single character that is easily mistaken; taken only if all check digits hold with exactly
       one of these. Otherwise the zone stays as it was read, and its check digits tell.

    Empty where the lines are no zone of these kinds.
    """
    whole = _in_length([zone_text(line) for line in lines])
    if not whole:
        return ()
    spans = _CARD_SPANS if len(whole) == 3 else _PASSPORT_SPANS
    if len(whole) == 3 and whole[0].translate(_AS_LETTER)[:5] == _OUR_CARDS:
        spans = (_OURS, *spans[1:])
    fitted = tuple(_fitted(line, parts) for line, parts in zip(whole, spans, strict=True))
    if zone_holds(fitted):
        return fitted
    proven = {zone for zone in _alternatives(fitted) if zone_holds(zone) and _copies_agree(zone)}
    return proven.pop() if len(proven) == 1 else fitted


def _in_length(lines: Sequence[str]) -> tuple[str, ...]:
    length = {3: CARD, 2: PASSPORT}.get(len(lines), 0)
    found = tuple(_stretched(line, length) for line in lines)
    return found if all(found) else ()


def _stretched(line: str, length: int) -> str:
    """The line with its longest run of fillers made longer or shorter; empty where that does not do."""
    missing = length - len(line)
    if missing == 0:
        return line
    run = max(re.finditer("<+", line), key=lambda r: (r.end() - r.start(), r.start()), default=None)
    if run is None or abs(missing) > _SLACK or run.end() - run.start() + missing < 1:
        return ""
    return line[: run.start()] + "<" * (run.end() - run.start() + missing) + line[run.end() :]


def _fitted(line: str, spans: Spans) -> str:
    tables = {"a": _AS_LETTER, "9": _AS_DIGIT}
    return "".join(line[a:b].translate(tables[kind]) if kind in tables else line[a:b] for a, b, kind in spans)


def _copies_agree(zone: Sequence[str]) -> bool:
    """The last nine digits of the number stand twice on a Vietnamese card."""
    return not _is_our_card(zone) or zone[0][5:14] == zone[0][18:27]


def _is_our_card(zone: Sequence[str]) -> bool:
    return len(zone) == 3 and zone[0].startswith(_OUR_CARDS)


def _alternatives(zone: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    first, *rest = zone
    if _is_our_card(zone):
        yield first[:5] + first[18:27] + first[14:], *rest
        yield first[:18] + first[5:14] + first[27:], *rest
        return
    row, free = (0, ((5, 14), (15, 30))) if len(zone) == 3 else (1, ((0, 9), (28, 42)))
    line = zone[row]
    for start, stop in free:
        for place in range(start, stop):
            for other in _ALIKE.get(line[place], ""):
                changed = line[:place] + other + line[place + 1 :]
                yield (*zone[:row], changed, *zone[row + 1 :])
