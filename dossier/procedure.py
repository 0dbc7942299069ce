"""Procedures (thủ tục hành chính) and what each asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What happens to a component's paper."""

    SUBMIT = "submit"
    """Handed in and digitised."""
    PRESENT = "present"
    """Shown, checked and handed back: never kept, never copied (TT 01/2023/TT-VPCP)."""


class Requirement(StrEnum):
    """When a component is due."""

    MANDATORY = "mandatory"
    CONDITIONAL = "conditional"
    """Only in the case that its text names; its absence proves nothing."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a dossier (thành phần hồ sơ)."""

    code: str
    """Short name, unique within the procedure."""
    text: str
    """The wording of the published record."""
    kinds: tuple[str, ...]
    """Kinds of paper that satisfy it, any one of them; empty where any paper may."""
    role: Role
    requirement: Requirement
    originals: int
    copies: int
    replaced_by: str
    """The look-up whose answer replaces the paper, for example "residence_register"; empty for none."""
    case: str = ""
    """The case of the record that it stands under; empty where every applicant is in it."""
    condition: str = ""
    """What makes a conditional component due, in a few words of Vietnamese."""
    cases: tuple[str, ...] = ()
    """Cases of the procedure in which its requirement holds; empty where it holds in every one."""


@dataclass(frozen=True, slots=True)
class Case:
    """A situation of the applicant (trường hợp) that has components of its own."""

    code: str
    text: str
    """The heading of the published record."""
    proven_by: tuple[str, ...] = ()
    """Kinds of paper of which any one proves it; empty where only a clerk can say."""
    optional: bool = False
    """Whether it may come on top of another case, so that nothing is open without it."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Components of which any one is enough (một trong các giấy tờ)."""

    code: str
    """Short name, unique among the components and groups of the procedure."""
    text: str
    members: tuple[str, ...]
    """Codes of components and of other groups."""
    cases: tuple[str, ...] = ()
    """Cases in which one of them is due; empty where it is in every one."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """An administrative procedure as published."""

    code: str
    """National code, for example 1.001193."""
    name: str
    field: str
    """Field (lĩnh vực), for example Hộ tịch."""
    level: str
    citation: str
    """The decision and legal basis that the components come from."""
    valid_from: date
    valid_to: date | None
    """Last day of validity; None while no end is published."""
    snapshot: str
    """When the record was taken from the national portal, for example 2026-07."""
    components_verified: bool
    """Whether a person compared the components with the record; otherwise nothing may be called missing."""
    results: tuple[str, ...]
    """Result codes, for example KQ.G15.000031."""
    components: tuple[Component, ...]
    forms: tuple[str, ...] = ()
    """Kinds that are the procedure's own application forms without being listed as components."""
    cases: tuple[Case, ...] = ()
    """Cases that a clerk chooses or a paper proves."""
    one_of: tuple[OneOf, ...] = ()
    """Groups of components of which one is due."""

    def is_valid_on(self, day: date) -> bool:
        """Whether the procedure is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class BlockedPaper:
    """A kind of paper that may not be asked of a citizen, with its exception."""

    kind: str
    citation: str
    valid_from: date
    valid_to: date | None
    allowed_after_failed_lookup: bool
    """Whether a look-up that was tried, failed and was logged makes the paper acceptable."""
