"""What a Vietnamese syllable can be, and which ones administrative Vietnamese puts beside one another.

A syllable is an onset, a rhyme and a tone; each is one of a few, and a rhyme that ends in a stop takes two of
the six tones only. That closed set tells misread marks from foreign words without any dictionary. How often
the words of law stand alone and in pairs comes from `data/syllables.txt.gz`, which `scripts/syllables` counts
in published legal texts; what everyday Vietnamese says beyond them is known there with a few sightings each.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "data" / "syllables.txt.gz"
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHARP_OR_HEAVY: Final = frozenset("\u0301\u0323")
_STOPS: Final = ("c", "ch", "p", "t")
_ONSETS: Final = ("ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu", "th", "tr", *"bcdđghklmnprstvx", "")
_RHYMES: Final = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng
    eo ep et ê êch êm ên ênh êng êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu y ych
    yêm yên yêng yêt yêu ynh yt o oc oi om on ong op ot oong ooc oa oac oach oai oam oan oang oanh oao
    oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui
    um un ung up ut uôc uôi uôm uôn uông uôt uân uâng uât uây uê uêch uênh uơ uy uya uych uyên uyêt uyn
    uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    """.split()  # noqa: SIM905 - a table of 160 short strings reads worse
)
_FRONT: Final = ("e", "ê", "i", "y")
"""Before these k, gh and ngh are written, before all others c, g and ng."""
_SMOOTHING: Final = 6.0
"""How many sightings of a word outweigh what is known of its successors on their own."""
_UNSEEN: Final = 0.1
"""Sightings that a possible syllable is worth that nobody is known to use."""
_NO_SYLLABLE: Final = 0.002
"""Sightings that anything else is worth."""


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether this lower-case word could be a syllable of Vietnamese, in use or not."""
    parts = unicodedata.normalize("NFD", word)
    tones = [mark for mark in parts if mark in _TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
    return any(_fits(onset, bare[len(onset) :], tones) for onset in _ONSETS if bare.startswith(onset))


def _fits(onset: str, rhyme: str, tones: list[str]) -> bool:
    if rhyme not in _RHYMES:
        return False
    if rhyme.endswith(_STOPS) and not (tones and tones[0] in _SHARP_OR_HEAVY):
        return False
    is_front = rhyme.startswith(_FRONT)
    if onset in ("k", "gh", "ngh"):
        return is_front
    if onset in ("c", "ng"):
        return not is_front
    if onset == "g":
        return not is_front or rhyme in ("i", "in")
    return onset != "qu" or not rhyme.startswith(("u", "o"))


class Usage:
    """How usual a syllable is, alone and after another."""

    def __init__(self, file: Path = FILE) -> None:
        self._alone: dict[str, int] = {}
        self._after: dict[tuple[str, str], int] = {}
        for row in gzip.decompress(file.read_bytes()).decode().splitlines():
            head, *nexts = row.split()
            first, count = head.rsplit(":", 1)
            self._alone[first] = int(count)
            for entry in nexts:
                second, together = entry.rsplit(":", 1)
                self._after[first, second] = int(together)
        self._total = float(sum(self._alone.values()))

    @property
    def known(self) -> frozenset[str]:
        """Every syllable that law or everyday language uses."""
        return frozenset(self._alone)

    def seen(self, syllable: str) -> int:
        """How often the law uses it, or a few times for what everyday language uses."""
        return self._alone.get(syllable, 0)

    def log_share(self, syllable: str, before: str = "", least: float = 0.0) -> float:
        """Natural logarithm of the share of this syllable among all that may follow `before`.

        Args:
            syllable: in small letters.
            before: the syllable that stands before it in the same clause; empty where there is none.
            least: what share a known syllable has on its own, however seldom the law uses it.
        """
        share = self._share(syllable, least)
        times = self._alone.get(before, 0)
        if times:
            share = (self._after.get((before, syllable), 0) + _SMOOTHING * share) / (times + _SMOOTHING)
        return math.log(share)

    def _share(self, syllable: str, least: float) -> float:
        found = self._alone.get(syllable, 0)
        if not found:
            found_as = _UNSEEN if is_syllable(syllable) else _NO_SYLLABLE
            return found_as / self._total
        return max(found / self._total, least)


@lru_cache(maxsize=1)
def usage() -> Usage:
    """The usage of administrative Vietnamese, read once per process."""
    return Usage()
