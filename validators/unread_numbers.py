"""Papers that bear a person's number where nobody could read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rapidfuzz import fuzz

from dossier.document import Document, Field
from dossier.identity import UnreadNumber, Witness, WitnessSource
from dossier.text import bare_name_key
from models.fields import UNREAD_NUMBER

_ASKS_FOR_IT: Final = frozenset(
    {
        "tk_khai_sinh",
        "tk_khai_tu",
        "tk_ket_hon",
        "tk_xntthn",
        "tk_trich_luc",
        "tk_nhan_cmc",
        "tk_thay_doi_ho_tich",
        "tk_dk_lai_khai_sinh",
        "tk_dk_lai_ket_hon",
        "tk_dk_lai_khai_tu",
        "tk_xn_thong_tin_ho_tich",
        "tk_giam_ho",
        "ct01",
        "dn_dk_hkd",
        "dn_thay_doi_hkd",
        "tk_lltp",
        "don_dk_dat_dai",
    }
)
"""Forms in which an applicant has to write the number (TT 04/2024/TT-BTP, TT 66/2023/TT-BCA,
TT 68/2025/TT-BTC and their likes). Where no reading of it is on such a form, it was not read."""

_SAME_NAME: Final = 75
"""Likeness of two names, of 100; two people of one village may have 70."""


def unread_numbers(documents: Sequence[Document], of: Sequence[Witness]) -> tuple[UnreadNumber, ...]:
    """Places that bear the number of the person of these witnesses and could not be read.

    A place belongs to the person whose name stands with it. Where no name does, it belongs to everybody who
    is not otherwise witnessed by that paper: it may be anybody's.
    """
    return tuple(place for document in documents for place in _of_document(document, of))


def _of_document(document: Document, witnesses: Sequence[Witness]) -> Iterator[UnreadNumber]:
    here = [witness for witness in witnesses if witness.document == document.number]
    if any(witness.source is not WitnessSource.PRINT for witness in here):
        return  # a card's own code or zone says what its worn print no longer does
    speaks = bool(here)
    places = [field for field in document.fields if field.name == UNREAD_NUMBER]
    for field in places:
        name = _name_of(field, document.fields)
        if _is_theirs(name, witnesses) if name else not speaks:
            yield UnreadNumber(document.number, field.page, field.box, field.value)
    numbered = bool(places or document.values("personal_number"))
    if document.kind.code in _ASKS_FOR_IT and not numbered and _names(document, witnesses):
        yield UnreadNumber(document.number, 1, None, "")


def _name_of(number: Field, fields: Sequence[Field]) -> str:
    names = (f.value for f in fields if f.name == "full_name" and f.person == number.person and f.person)
    return next(names, "")


def _names(document: Document, witnesses: Sequence[Witness]) -> bool:
    """Whether a form names the person; one whose names are as unreadable as its number may do so."""
    names = document.values("full_name")
    return not names or any(_is_theirs(name, witnesses) for name in names)


def _is_theirs(name: str, witnesses: Sequence[Witness]) -> bool:
    """Equal but for what misreading makes of a name; a person without any name may have this one."""
    named = [witness.full_name for witness in witnesses if witness.full_name]
    return not named or any(_alike(name, other) for other in named)


def _alike(one: str, other: str) -> bool:
    return fuzz.ratio(bare_name_key(one), bare_name_key(other)) >= _SAME_NAME
