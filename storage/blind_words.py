"""A blind index: words to search by, as keyed hashes that nobody reads without the key.

A row of the index says that a dossier holds something under a number of 64 bits; equal words have equal
numbers. So who steals the database without its keys learns how often each unknown word occurs and which ones
occur together (docs/console.md says what follows from that). The words of a name and those of a paper's text
are hashed apart, so that the two cannot be compared.

    name, exact     a word as it is written; case and the place of the tone mark do not count
    name, bare      without marks, with and without its đ
    name, prefix    the first letter of the bare word, the first two, and so on, the whole word too
    text            a word of a paper's text, bare
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from typing import Final

from dossier.desk_asked import SEARCHED_LETTERS, DeskContent
from dossier.words import SoughtWord, sought_words
from storage.keyring import Keyring

SEARCHED_WORDS: Final = 400
"""Of a dossier's text, how many different words are entered."""
SHORTEST_PREFIX: Final = 1
LONGEST_PREFIX: Final = 8
"""The longest Vietnamese syllable has seven letters; longer words are found by their first eight or whole."""
_BYTES: Final = 8


_EXACT: Final = "name-exact"
_BARE: Final = "name-bare"
_PREFIX: Final = "name-prefix"
_TEXT: Final = "text"

Term = tuple[str, str]
"""What a hashed word is, and the word."""


def terms_of(content: DeskContent) -> frozenset[Term]:
    """Everything under which a dossier is found, before it is hashed."""
    found: set[Term] = set()
    for word in (word for name in content.names for word in sought_words(name)):
        found.add((_EXACT, word.exact))
        for form in word.forms:
            found.add((_BARE, form))
            ends = range(SHORTEST_PREFIX, min(len(form), LONGEST_PREFIX) + 1)
            found |= {(_PREFIX, form[:end]) for end in ends}
    different = dict.fromkeys(sought_words(content.text[:SEARCHED_LETTERS]))
    found.update((_TEXT, form) for word in list(different)[:SEARCHED_WORDS] for form in word.forms)
    return frozenset(found)


def name_terms(asked: Sequence[SoughtWord], *, exact: bool) -> tuple[Term, ...]:
    """What a name that fits must have, one term for each word that was typed; the last may be a beginning.

    Args:
        asked: the words in the order in which they were typed.
        exact: whether words that were typed with marks must have those marks.
    """
    if not asked:
        return ()
    *before, last = asked
    terms = [_name_term(word, exact=exact) for word in before]
    is_exact = exact and last.is_marked
    starts = SHORTEST_PREFIX <= len(last.loose) <= LONGEST_PREFIX and not is_exact
    terms.append((_PREFIX, last.loose) if starts else _name_term(last, exact=exact))
    return tuple(dict.fromkeys(terms))


def text_terms(asked: Iterable[SoughtWord]) -> tuple[Term, ...]:
    """What a paper that fits must have."""
    return tuple(dict.fromkeys((_TEXT, word.loose) for word in asked))


def fits_name(name: str, asked: Sequence[SoughtWord], *, exact: bool) -> bool:
    """Whether one name has all the words that were typed, the last of them at least as a beginning."""
    has = sought_words(name)
    *before, last = asked
    return all(any(_fits(word, each, exact=exact) for each in has) for word in before) and any(
        _fits(last, each, exact=exact) or (not (exact and last.is_marked) and _begins(last, each))
        for each in has
    )


def hashed(keys: Keyring, terms: Iterable[Term]) -> list[int]:
    """Terms as they are written now."""
    secret = keys.search_secrets()[0]
    return [_hash(secret, term) for term in terms]


def hashed_by_all(keys: Keyring, term: Term) -> list[int]:
    """A term as it may stand in the index, under each key that is held."""
    return [_hash(secret, term) for secret in keys.search_secrets()]


def _name_term(word: SoughtWord, *, exact: bool) -> Term:
    if exact and word.is_marked:
        return _EXACT, word.exact
    return _BARE, word.loose


def _fits(asked: SoughtWord, has: SoughtWord, *, exact: bool) -> bool:
    return asked.exact == has.exact if exact and asked.is_marked else asked.loose in has.forms


def _begins(asked: SoughtWord, has: SoughtWord) -> bool:
    long_enough = len(asked.loose) >= SHORTEST_PREFIX
    return long_enough and any(form.startswith(asked.loose) for form in has.forms)


def _hash(secret: bytes, term: Term) -> int:
    label, word = term
    digest = hmac.digest(secret, f"{label}\0{word}".encode(), "sha256")
    return int.from_bytes(digest[:_BYTES], "big", signed=True)
