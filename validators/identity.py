"""Who the dossier is about: witnesses of each personal number, and the verdict over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from rapidfuzz import fuzz

from dossier.document import Document
from dossier.identity import (
    CardRecord,
    Identity,
    IdentityVerdict,
    RegisterQuery,
    Witness,
    WitnessSource,
)
from dossier.text import bare_name_key, name_key
from models.digit_shapes import ENGINE, SURE
from models.spots import LEGIBLE, hamming, same_place
from models.titles import CARD_KINDS
from validators.births import birth_to_ask
from validators.identity_findings import check_identities
from validators.number_structure import contradictions, year_born
from validators.second_scans import SecondScans
from validators.unread_numbers import unread_numbers
from validators.witnesses import records_in, witnesses_in

__all__ = ["check_identities", "identities_of", "register_query"]

_NEAR = 2
"""Numbers that differ in one or two places are one number misread or mistyped, not two people's."""
_OTHER_NAME = 55
"""Likeness of two names, of 100, below which they are two people's; misread ones stay above 70."""
_RANK = {WitnessSource.QR: 3, WitnessSource.MRZ: 2, WitnessSource.CLERK: 1, WitnessSource.PRINT: 0}


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is known of the papers that witnesses saw."""

    worn: Collection[tuple[int, int]]
    """Pages whose print is damaged: number of the document, position of the page."""
    scans: SecondScans


def identities_of(documents: Sequence[Document]) -> tuple[Identity, ...]:
    """Find the people of a dossier and judge each one's number.

    Witnesses are of one person when their numbers are equal, when the names that stand with them are
    equal, or when the numbers differ in one or two places and the names do not speak against it.

    The verdict (see `dossier.identity.IdentityVerdict`):

    1. Two readings of one place that differ are a misreading when another witness agrees with one of
       them; the other reading is then left out. Nobody else: conflict.
    2. Different numbers that remain are a conflict between papers, whatever their strength. So is an old
       number (CMND) that is not the one in the code of the person's card.
    3. Confirmed: print beside QR or MRZ, QR beside MRZ, two readers at one place, or two papers. One reader
       of one paper, and a code alone, confirm nothing; at one place of a worn page the shapes of the digits
       have to agree as well. A sheet that was scanned twice is one paper (`validators.second_scans`).
    4. Nothing may contradict: a quite different name with the same number, or, where print is all there is,
       a birth or a sex beside it that the number cannot have. Then it stays unconfirmed.
    5. Nothing may be left unread: where another paper bears the person's number and nobody could read it
       there, it may contradict. Then the person is not compared, which a clerk does at a glance.
    6. A clerk who typed what stands at a place is believed before the readers of its print, and confirms the
       number. A code or a zone that says otherwise stays a conflict: both may be right about two papers.
    """
    witnesses = [w for document in documents for w in witnesses_in(document)]
    cards = [record for document in documents for record in records_in(document)]
    worn = {
        (document.number, place)
        for document in documents
        for place, page in enumerate(document.pages, start=1)
        if page.confidence < LEGIBLE
    }
    sight = _Sight(worn, SecondScans(documents))
    identities = [_compared(_identity(group, cards, sight), documents) for group in _groups(witnesses, cards)]
    unreadable = [
        Identity("", "", IdentityVerdict.UNREADABLE, (), None)
        for document in documents
        if document.kind.code in CARD_KINDS and not document.values("personal_number")
    ]
    return (*sorted(identities, key=lambda i: min((w.document, w.page) for w in i.witnesses)), *unreadable)


def register_query(identity: Identity, officer: str, purpose: str) -> RegisterQuery | None:
    """What to ask the residence register about this person.

    None where there is nothing to ask with: no name, no 12-digit number, or one that is in dispute. The birth
    is asked about where the papers tell one (`validators.births`).
    """
    if identity.verdict in (IdentityVerdict.CONFLICT, IdentityVerdict.UNREADABLE):
        return None
    if not identity.full_name or len(identity.personal_number) != 12:
        return None
    born = birth_to_ask(identity)
    day, year = (born.day, born.year) if born is not None else (None, None)
    return RegisterQuery(identity.personal_number, identity.full_name, day, officer, purpose, year)


def _groups(witnesses: Sequence[Witness], cards: Sequence[CardRecord]) -> tuple[tuple[Witness, ...], ...]:
    """Witnesses by person: connected by any reason to think that two speak of the same one."""
    parent = list(range(len(witnesses)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in combinations(range(len(witnesses)), 2):
        if _same_person(witnesses[i], witnesses[j], cards):
            parent[root(j)] = root(i)
    groups: dict[int, list[Witness]] = {}
    for i, witness in enumerate(witnesses):
        groups.setdefault(root(i), []).append(witness)
    return tuple(tuple(group) for group in groups.values())


def _same_person(one: Witness, other: Witness, cards: Sequence[CardRecord]) -> bool:
    if one.personal_number == other.personal_number or _at_one_place(one, other):
        return True
    if WitnessSource.CLERK in (one.source, other.source) and _of_one_entry(one, other):
        return True
    both = {one.personal_number, other.personal_number}
    if any({card.personal_number, card.old_number} == both for card in cards):
        return True
    if one.full_name and other.full_name:
        if name_key(one.full_name) == name_key(other.full_name):
            return True
        return _names_alike(one.full_name, other.full_name) and _near(one, other)
    return _near(one, other)


def _near(one: Witness, other: Witness) -> bool:
    return hamming(one.personal_number, other.personal_number) <= _NEAR


def _names_alike(one: str, other: str) -> bool:
    """Equal but for a reading error."""
    return fuzz.ratio(bare_name_key(one), bare_name_key(other)) >= 85


def _of_one_entry(one: Witness, other: Witness) -> bool:
    """Whether a paper ties both to the same person."""
    return bool(one.person) and (one.document, one.person) == (other.document, other.person)


def _at_one_place(one: Witness, other: Witness) -> bool:
    if (one.document, one.page) != (other.document, other.page) or not _of_one_sight(one, other):
        return False
    return one.box is not None and other.box is not None and same_place(one.box, other.box)


def _of_one_sight(one: Witness, other: Witness) -> bool:
    """Whether both read the same marks: print, which a clerk reads too; a code, a zone."""
    sources = {one.source, other.source}
    return len(sources) == 1 or sources == {WitnessSource.PRINT, WitnessSource.CLERK}


def _identity(group: Sequence[Witness], cards: Sequence[CardRecord], sight: _Sight) -> Identity:
    current = [w for w in group if len(w.personal_number) == 12] or list(group)
    standing = _without_misreadings(current, sight.scans)
    number = _strongest(standing)
    own = [card for card in cards if card.personal_number == number]
    card = next((c for c in own if c.old_number), own[0] if own else None)
    name = card.full_name if card and card.full_name else _most_common(w.full_name for w in standing)
    verdict = _verdict(standing, sight)
    if verdict is not IdentityVerdict.CONFLICT and _has_other_old_number(group, own, sight.scans):
        return Identity(number, name, IdentityVerdict.CONFLICT, tuple(group), card, old_number_differs=True)
    return Identity(number, name, verdict, tuple(group), card)


def _verdict(standing: Sequence[Witness], sight: _Sight) -> IdentityVerdict:
    """Over what witnesses say after misreadings are left out."""
    if len({w.personal_number for w in standing}) > 1:
        return IdentityVerdict.CONFLICT
    if _contradicted(standing):
        return IdentityVerdict.SINGLE_WITNESS
    if _independent([w for w in standing if w.source is not WitnessSource.CLERK], sight):
        return IdentityVerdict.CONFIRMED
    if any(w.source is WitnessSource.CLERK for w in standing):
        return IdentityVerdict.CONFIRMED_BY_CLERK
    return IdentityVerdict.SINGLE_WITNESS


def _has_other_old_number(group: Sequence[Witness], own: Sequence[CardRecord], scans: SecondScans) -> bool:
    """Whether a paper bears another old number (CMND) than the one that the codes of the person's cards tell.

    What one reader misread is none, nor are nine digits that are left of a number of twelve.
    """
    told = {card.old_number for card in own if card.old_number}
    whole = [w for w in group if len(w.personal_number) == 12]
    old = [w for w in group if w not in whole and not _is_left_of(w, whole)]
    standing = _without_misreadings(old, scans) if told else []
    right = [w for w in standing if w.personal_number in told]
    return any(not any(w is r or _at_one_place(w, r) for r in right) for w in standing)


def _is_left_of(witness: Witness, whole: Sequence[Witness]) -> bool:
    """Whether digits are what a reader saw of a number that is longer."""
    return any(_at_one_place(witness, w) or _is_within(witness.personal_number, w) for w in whole)


def _is_within(digits: str, whole: Witness) -> bool:
    rest = iter(whole.personal_number)
    return all(digit in rest for digit in digits)


def _compared(identity: Identity, documents: Sequence[Document]) -> Identity:
    """The same, not compared where a paper bears the number and it could not be read there."""
    unread = unread_numbers(documents, identity.witnesses)
    if not unread:
        return identity
    sure = identity.verdict in (IdentityVerdict.CONFIRMED, IdentityVerdict.CONFIRMED_BY_CLERK)
    verdict = IdentityVerdict.NOT_COMPARED if sure else identity.verdict
    return replace(identity, unread=unread, verdict=verdict)


def _without_misreadings(witnesses: Sequence[Witness], scans: SecondScans) -> list[Witness]:
    """Leave out what readers of one place misread, where somebody independent says what stands there.

    Readers of one place who differ are not all right. A number that a witness elsewhere says, or the shapes
    of the digits together with another reader here, stands; so does one of which each digit was seen by
    somebody here, each reader having missed another, and which is witnessed elsewhere. A reader who says the
    same of a second scan witnesses nothing elsewhere.
    """
    return [w for w in witnesses if not _is_misreading(w, witnesses, scans)] or list(witnesses)


def _is_misreading(witness: Witness, witnesses: Sequence[Witness], scans: SecondScans) -> bool:
    here = [w for w in witnesses if w is witness or _at_one_place(w, witness)]
    seen = {w.personal_number for w in here}
    if len(seen) == 1:
        return False
    typed = {w.personal_number for w in here if w.source is WitnessSource.CLERK}
    if typed:
        return witness.personal_number not in typed
    elsewhere = {w.personal_number for w in witnesses if not _repeats(w, here, scans)}
    if witness.personal_number in elsewhere:
        return False
    explained = any(number in seen or _is_pieced_together(number, seen) for number in elsewhere)
    return explained or any(_shapes_agree(number, here) for number in seen - {witness.personal_number})


def _repeats(witness: Witness, here: Sequence[Witness], scans: SecondScans) -> bool:
    """Whether a witness is one of these, or says once more what the same reader said here."""
    return any(
        witness is w or (witness.personal_number == w.personal_number and scans.are_one_sight(witness, w))
        for w in here
    )


def _is_pieced_together(number: str, seen: Collection[str]) -> bool:
    """Whether each digit of a number was seen at its place by somebody."""
    alike = [other for other in seen if len(other) == len(number)]
    return all(any(other[i] == digit for other in alike) for i, digit in enumerate(number))


def _shapes_agree(number: str, here: Sequence[Witness]) -> bool:
    """Whether the shapes of digits say this number very surely and another reader of the place does too."""
    saying = [w for w in here if w.personal_number == number]
    sure = any(w.engine == ENGINE and w.confidence >= SURE for w in saying)
    return sure and any(w.engine != ENGINE for w in saying)


def _independent(witnesses: Sequence[Witness], sight: _Sight) -> bool:
    """Whether two of the witnesses, who say the same, could not have erred together."""
    return any(
        one.source is not other.source
        or not sight.scans.may_be_one(one, other)
        or (_read_by_two(one, other) and _believed((one, other), witnesses, sight.worn))
        for one, other in combinations(witnesses, 2)
    )


def _read_by_two(one: Witness, other: Witness) -> bool:
    """Whether two readers saw one place of a page, or the print of two scans of what may be one sheet."""
    if one.engine == other.engine:
        return False
    if one.document != other.document:
        return one.source is WitnessSource.PRINT
    return _at_one_place(one, other)


def _believed(
    pair: tuple[Witness, Witness], witnesses: Sequence[Witness], worn: Collection[tuple[int, int]]
) -> bool:
    """Whether the readers of a place, or of both its scans, who say the same, are to be believed.

    Two readers are where the print is whole. On a worn page they miss the same flecks of ink and read the
    same wrong digit (measured: 9 of 180); there the shapes of digits, which judge what ink is left, have to
    say the same.
    """
    here = [w for w in witnesses if any(w is seen or _at_one_place(w, seen) for seen in pair)]
    readers = {w.engine for w in here} - {ENGINE}
    if len(readers) > 1 and not any((w.document, w.page) in worn for w in pair):
        return True
    return bool(readers) and any(w.engine == ENGINE and w.confidence >= SURE for w in here)


def _contradicted(witnesses: Sequence[Witness]) -> bool:
    """Whether what stands beside the number speaks against it, and no code says that it is right.

    A zone's and a code's number are proven by their own redundancy; print is not, and a digit that two
    readers misread alike may show against the birth and the sex beside it. Quite different names with one
    number are two people's, of whom one has the other's number.
    """
    if any(_is_other_name(a.full_name, b.full_name) for a, b in combinations(witnesses, 2)):
        return True
    if any(w.source is not WitnessSource.PRINT for w in witnesses):
        return False
    return any(contradictions(w.personal_number, year_born(w), w.sex) for w in witnesses)


def _is_other_name(one: str, other: str) -> bool:
    """Beyond what misreading makes of a name."""
    if not one or not other:
        return False
    return fuzz.ratio(bare_name_key(one), bare_name_key(other)) < _OTHER_NAME


def _strongest(witnesses: Sequence[Witness]) -> str:
    """The number of the best source; then the one most often seen, then the surest."""
    seen = Counter(w.personal_number for w in witnesses)
    best = max(
        witnesses,
        key=lambda w: (_RANK[w.source], seen[w.personal_number], w.confidence, w.personal_number),
    )
    return best.personal_number


def _most_common(names: Iterable[str]) -> str:
    counted = Counter(name for name in names if name)
    return min(counted, key=lambda name: (-counted[name], name)) if counted else ""
