"""The sample dossiers: who comes to the counter with what, and what has to be said about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final

from dossier.finding import Rule, Severity
from dossier.identity import IdentityVerdict
from scanners.samples.agencies import birth_notification, residence_confirmation, supplement_notice
from scanners.samples.business import power_of_attorney, registration_request
from scanners.samples.card import citizen_card
from scanners.samples.civil import (
    Child,
    Filing,
    birth_declaration,
    death_declaration,
    extract_declaration,
    marriage_declaration,
    single_status_declaration,
)
from scanners.samples.paper import Paper
from scanners.samples.people import FEMALE, MALE, Person, Village, masked, with_one_digit_wrong
from scanners.samples.scan import Look, Mode

_CREAM: Final = (249, 244, 228)


@dataclass(frozen=True, slots=True)
class Laid:
    """A paper as it went over the glass."""

    paper: Paper
    file: str
    """Name of the file that its pages went into; a PDF or TIFF may take several papers."""
    looks: tuple[Look, ...]
    """One for each page."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that must come of the dossier."""

    rule: Rule
    severity: Severity
    subject: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A dossier with everything that is true about it."""

    name: str
    code: str
    procedure: str
    received_on: date
    papers: tuple[Laid, ...]
    """In the clerk's order."""
    people: tuple[tuple[Person, IdentityVerdict], ...]
    """Everybody whose number stands in the dossier."""
    findings: tuple[Expected, ...] = field(default=())


Maker = Callable[[Village, Filing], Sample]
_CARD_SHOWN: Final = Expected(Rule.PRESENTED_ONLY, Severity.INFO, "cccd_chip")
_SURE: Final = IdentityVerdict.CONFIRMED


def all_samples(seed: int, village: Village) -> Iterator[Sample]:
    """Every dossier, one at a time because rendered sheets are large; the village fills as it goes."""
    for number, (day, maker) in enumerate(_MAKERS, start=1):
        random = Random(f"{seed}/{maker.__name__}")  # noqa: S311 - invented people, no secrets
        filing = Filing(day, random, f"000.00.17.H42-{day:%y%m%d}-{number:04d}")
        yield maker(village, filing)


def _birth_complete(village: Village, filing: Filing) -> Sample:
    """1.001193 with everything: declaration, birth notification, the mother's card shown."""
    mother, father = village.invent(FEMALE, (1992, 1998)), village.invent(MALE, (1990, 1996))
    child = Child(f"{father.full_name.split()[0]} Minh Mẫu", MALE, date(2026, 11, 2))
    papers = (
        Laid(birth_declaration(mother, father, child, filing), "01-to-khai.jpg", (Look(0.7),)),
        Laid(birth_notification(mother, child, filing), "02-giay-chung-sinh.jpg", (Look(-1.2, tint=_CREAM),)),
        Laid(citizen_card(mother), "03-can-cuoc.jpg", (Look(0.4),)),
    )
    people = ((mother, _SURE), (father, _SURE))
    return _sample("khai-sinh-day-du", "1.001193", filing, (papers, people, (_CARD_SHOWN,)))


def _death_without_notice(village: Village, filing: Filing) -> Sample:
    """1.000656 without Giấy báo tử."""
    deceased = village.invent(MALE, (1938, 1946))
    applicant = village.invent(MALE, (1970, 1978), deceased.full_name.split()[0])
    declaration = death_declaration(applicant, deceased, date(2026, 11, 14), filing)
    papers = (
        Laid(declaration, "01-to-khai.png", (Look(-0.5, mode=Mode.GREY),)),
        Laid(citizen_card(applicant), "02-can-cuoc.jpg", (Look(),)),
    )
    missing = Expected(Rule.MISSING_COMPONENT, Severity.BLOCKING, "giay_bao_tu")
    people = ((applicant, _SURE), (deceased, _SURE))
    return _sample("khai-tu-thieu-giay-bao-tu", "1.000656", filing, (papers, people, (missing, _CARD_SHOWN)))


def _single_status_with_ct07(village: Village, filing: Filing) -> Sample:
    """1.004873 with a CT07 that nobody may ask for while the register answers."""
    applicant = village.invent(FEMALE, (1993, 1999))
    papers = (
        Laid(single_status_declaration(applicant, filing), "ho-so.pdf", (Look(0.3),)),
        Laid(residence_confirmation(applicant, filing), "ho-so.pdf", (Look(-0.9),)),
        Laid(citizen_card(applicant), "ho-so.pdf", (Look(0.6),)),
    )
    outside = Expected(Rule.RESIDENCE_PAPER, Severity.BLOCKING, "ct07")
    return _sample(
        "tinh-trang-hon-nhan-co-ct07",
        "1.004873",
        filing,
        (papers, ((applicant, _SURE),), (outside, _CARD_SHOWN)),
    )


def _extract_with_wrong_number(village: Village, filing: Filing) -> Sample:
    """2.000635 whose form has one digit of the number wrong."""
    applicant = village.invent(MALE, (1985, 1995))
    written = with_one_digit_wrong(applicant.personal_number)
    papers = (
        Laid(extract_declaration(applicant, written, filing), "01-to-khai.jpg", (Look(1.4),)),
        Laid(citizen_card(applicant), "02-can-cuoc.jpg", (Look(-0.6),)),
    )
    conflict = Expected(Rule.NUMBER_CONFLICT, Severity.BLOCKING, masked(applicant.personal_number))
    people = ((applicant, IdentityVerdict.CONFLICT),)
    return _sample(
        "trich-luc-sai-so-dinh-danh", "2.000635", filing, (papers, people, (conflict, _CARD_SHOWN))
    )


def _marriage_upside_down(village: Village, filing: Filing) -> Sample:
    """1.000894 complete, its declaration fed upside down."""
    bride, groom = village.invent(FEMALE, (1996, 2002)), village.invent(MALE, (1994, 2000))
    papers = (
        Laid(marriage_declaration(bride, groom, filing), "01-to-khai.jpg", (Look(-0.8, 180),)),
        Laid(citizen_card(bride), "02-can-cuoc-ben-nu.jpg", (Look(0.5),)),
        Laid(citizen_card(groom), "03-can-cuoc-ben-nam.jpg", (Look(-0.4),)),
    )
    people = ((bride, _SURE), (groom, _SURE))
    return _sample("ket-hon-trang-nguoc", "1.000894", filing, (papers, people, (_CARD_SHOWN, _CARD_SHOWN)))


def _business_by_proxy(village: Village, filing: Filing) -> Sample:
    """1.001612 through a proxy, after a notice to supplement; the copy of the card is kept here."""
    owner, agent = village.invent(FEMALE, (1980, 1992)), village.invent(MALE, (1975, 1990))
    fax = Look(mode=Mode.BILEVEL)
    request, attorney = registration_request(owner, filing), power_of_attorney(owner, agent, filing)
    notice = supplement_notice(owner, "Đăng ký thành lập hộ kinh doanh", filing)
    papers = (
        Laid(request, "01-ho-so.tif", (fax, Look(0.5, mode=Mode.BILEVEL))),
        Laid(attorney, "01-ho-so.tif", (Look(-0.4, mode=Mode.BILEVEL),)),
        Laid(citizen_card(owner), "02-can-cuoc.jpg", (Look(-0.3),)),
        Laid(notice, "03-phieu-bo-sung.jpg", (Look(0.9),)),
    )
    people = ((owner, _SURE), (agent, _SURE))
    return _sample("ho-kinh-doanh-uy-quyen", "1.001612", filing, (papers, people, ()))


_MAKERS: Final[tuple[tuple[date, Maker], ...]] = (
    (date(2026, 11, 16), _birth_complete),
    (date(2026, 11, 16), _death_without_notice),
    (date(2026, 11, 17), _single_status_with_ct07),
    (date(2026, 11, 18), _extract_with_wrong_number),
    (date(2026, 11, 19), _marriage_upside_down),
    (date(2026, 11, 20), _business_by_proxy),
)


def _sample(
    name: str,
    procedure: str,
    filing: Filing,
    content: tuple[tuple[Laid, ...], tuple[tuple[Person, IdentityVerdict], ...], tuple[Expected, ...]],
) -> Sample:
    papers, people, findings = content
    return Sample(name, filing.code, procedure, filing.day, papers, people, findings)
