"""A sheet that is in the archive is known when it comes back; what a clerk typed counts, on either side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dossier.finding import Finding, Rule
from dossier.page import RecognisedPage
from dossier.review import Draft, TypeField
from flows.review import Reviews
from tests.drafts import CODE, MISREAD, NOW, NUMBER, ORDER, birth_paper, form, prepare, workshop_in

LAN, SCAN, AGAIN = "lan", 0xFF0F_F0F0_1234_5678, 0xFF0F_F0F0_1234_5679


def sheets(draft: Draft) -> list[Finding]:
    return [each.finding for each in draft.findings if each.finding.rule is Rule.PAGE_IN_ARCHIVE]


def scanned(code: str, number: str, picture_hash: int | None) -> list[RecognisedPage]:
    """An application and a certificate of birth, from scans of their own."""
    application = replace(form(number, source=f"{code}.png"), picture_hash=picture_hash)
    return [application, birth_paper(source=f"{code}-chung-sinh.png")]


def test_a_sheet_is_known_by_what_its_clerk_made_of_it(tmp_path: Path) -> None:
    work = workshop_in(tmp_path)
    reviews = Reviews(work, clock=lambda: NOW)
    # 1. Into the archive goes an application whose number was misread and is put right.
    prepare(work, scanned("1", MISREAD, SCAN))
    first = reviews.correct(CODE, reviews.open(CODE).version, TypeField("1.personal_number.1", NUMBER), LAN)
    assert sheets(first) == []
    reviews.seal(CODE, first.version, LAN)
    # 2. The same sheet comes in another dossier, from another scan, and is read rightly.
    opened = {}
    for code, number, hash_ in (("MẪU-2", NUMBER, AGAIN), ("MẪU-3", MISREAD, AGAIN), ("MẪU-4", NUMBER, None)):
        prepare(work, scanned(code, number, hash_), replace(ORDER, dossier=code))
        opened[code] = reviews.open(code)
    (told,) = sheets(opened["MẪU-2"])
    assert (told.detail, told.evidence) == (CODE, ("MẪU-2.png p.1",))
    assert sheets(opened["MẪU-3"]) == [], "a form of another number, as far as anybody read"
    assert sheets(opened["MẪU-4"]) == [], "a release before read it"
    # 3. Its clerk sees another number on the paper: it is another form.
    typed = TypeField("1.personal_number.1", MISREAD)
    second = reviews.correct("MẪU-2", opened["MẪU-2"].version, typed, LAN)
    assert sheets(second) == []
    # 4. What is sealed under another code is known there from then on.
    reviews.seal("MẪU-2", second.version, LAN)
    prepare(work, scanned("5", MISREAD, SCAN), replace(ORDER, dossier="5"))
    assert [each.detail for each in sheets(reviews.open("5"))] == ["MẪU-2"]
