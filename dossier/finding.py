"""Findings: something about a dossier that a person has to know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What was found; the only thing that code branches on."""

    MISSING_COMPONENT = "missing_component"
    """A mandatory component has no paper."""
    PAPER_OUTSIDE_RULES = "paper_outside_rules"
    """A paper that no component of the procedure asks for."""
    RESIDENCE_PAPER = "residence_paper"
    """A residence paper although the register can be asked (NĐ 104/2022/NĐ-CP Đ14(2))."""
    PRESENTED_ONLY = "presented_only"
    """A paper that is only shown: it was read, and is not kept."""
    UNKNOWN_DOCUMENT = "unknown_document"
    """A paper whose kind could not be told."""
    COMPONENTS_NOT_CHECKED = "components_not_checked"
    """The procedure's components are not verified, so nothing can be called missing."""
    COMPONENT_UNCERTAIN = "component_uncertain"
    """Fewer papers of unknown kind than components whose papers carry no known title: one may be missing."""
    CASE_NOT_CHOSEN = "case_not_chosen"
    """Components depend on the applicant's case, and neither a clerk nor a paper tells it."""
    SURPLUS_PAPER = "surplus_paper"
    """More papers of a kind than the procedure asks for; harmless."""
    WRONG_COUNT = "wrong_count"
    """Fewer originals than the component asks for, or a plain copy in the place of one."""
    EXPIRED_PAPER = "expired_paper"
    """A paper whose time of validity had passed on the day of reception."""
    ALREADY_DIGITISED = "already_digitised"
    """A paper that the archive already keeps for the same person: reuse it."""
    PAGE_IN_ARCHIVE = "page_in_archive"
    """The very sheet is kept in another dossier: picture, text, every number and the people agree."""
    OTHER_DOSSIER = "other_dossier"
    """A paper that names another dossier's code: two dossiers in one batch."""
    NOTICE_ASKS_TOO_MUCH = "notice_asks_too_much"
    """A notice asks for a paper that the procedure does not list, or that may not be asked for."""
    SUPPLEMENT_REPEATED = "supplement_repeated"
    """More than one request for supplements."""
    SUPPLEMENT_LATE = "supplement_late"
    """A request for supplements later than three working days after reception."""
    NOTICE_AFTER_DEADLINE = "notice_after_deadline"
    """A refusal or stop dated after the deadline."""
    WITHDRAWAL_WITHOUT_REQUEST = "withdrawal_without_request"
    """"Công dân xin rút" without the citizen's own request on file."""
    WITHDRAWAL_WITHOUT_AGREEMENT = "withdrawal_without_agreement"
    """A withdrawal without the unit's written agreement."""
    NOTICE_WITHOUT_SEAL = "notice_without_seal"
    """A notice that is not stamped."""
    NOT_DIGITISED = "not_digitised"
    """The receipt says that a paper was handed in, and no such paper is among the scans."""
    APOLOGY_MISSING = "apology_missing"
    """An overdue result without an apology at least one day before the deadline."""
    APOLOGY_REPEATED = "apology_repeated"
    """More than one new appointment."""
    NOTICE_NOT_CHECKED = "notice_not_checked"
    """A date or a reason of a notice could not be read, so a rule could not be applied."""
    NUMBER_CONFLICT = "number_conflict"
    """Witnesses of one person's number disagree."""
    NUMBER_NOT_CONFIRMED = "number_not_confirmed"
    """A number was seen by one reader only."""
    NUMBER_NOT_COMPARED = "number_not_compared"
    """A paper bears a person's number where nobody could read it, so it may have another."""
    OLD_NUMBER_NOT_COMPARED = "old_number_not_compared"
    """A paper names a person by an old number (CMND) only, and no card tells that it is theirs."""
    NUMBER_UNREADABLE = "number_unreadable"
    """A card or form without a legible number."""
    NUMBER_STRUCTURE = "number_structure"
    """A number that does not fit the birth date, the sex, or the known prefixes."""
    NAME_DIFFERS = "name_differs"
    """Papers with one number spell its person's name differently."""
    BIRTH_DIFFERS = "birth_differs"
    """Papers with one number tell different births."""
    CARD_CODE_DOUBTFUL = "card_code_doubtful"
    """The code on a card is of another scheme, cut short, or in an encoding that is no longer used."""
    ZONE_DOUBTFUL = "zone_doubtful"
    """A machine-readable zone whose check digits do not hold; nothing is taken from it."""
    REGISTER_DIFFERS = "register_differs"
    """The residence register knows the number with other data."""
    REGISTER_NO_MATCH = "register_no_match"
    """The register gave the empty reply: no such person, or the name differs."""
    REGISTER_NOT_CHECKED = "register_not_checked"
    """The register was not asked or did not answer."""
    FILE_UNREADABLE = "file_unreadable"
    """A file of the batch could not be read and lies in quarantine."""
    FILE_NOT_TAKEN = "file_not_taken"
    """A file of the batch was too large or one too many; nothing of it is kept."""
    PAGE_READ_SAFELY = "page_read_safely"
    """A page that stopped the reader was read once more at a lower resolution and without second readers."""
    PAGE_DOUBTFUL = "page_doubtful"
    """A page was read with low confidence."""
    PAGE_MISSING = "page_missing"
    """A paper that says how many pages it has lacks some of them."""
    PAGE_ORDER = "page_order"
    """Pages of a paper lie in another order than their printed numbers."""
    PHOTOGRAPHED = "photographed"
    """A page that a camera or a phone's screen made, not a scanner."""
    LOW_RESOLUTION = "low_resolution"
    """Below 200 dots per inch (NĐ 30/2020/NĐ-CP Phụ lục I)."""
    SIGNED_ORIGINAL = "signed_original"
    """An incoming file carries digital signatures, or is one, and is kept as it is."""
    SIGNATURE_FIELD_EMPTY = "signature_field_empty"
    """An incoming PDF has a field for a digital signature that nobody has signed."""


class Severity(StrEnum):
    """What follows from a finding."""

    INFO = "info"
    """Worth knowing; nothing to do."""
    WARNING = "warning"
    """Look at it; the dossier goes on."""
    BLOCKING = "blocking"
    """The dossier waits for a person."""


class Outcome(StrEnum):
    """Whether the rule was broken, or could not be judged."""

    FAIL = "fail"
    NOTE = "note"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, with its proof and its legal basis."""

    rule: Rule
    severity: Severity
    outcome: Outcome
    subject: str
    """What it is about: a component code, a kind of paper, a masked number, a file name."""
    evidence: tuple[str, ...]
    """Where it can be seen: "file.jpg p.2", "qr:...", already masked where personal."""
    basis: str
    """Citation: decree, article, clause; empty where it is a matter of quality, not of law."""
    detail: str = ""
    """What a person needs beyond the rule: the component's wording, the fields that differ."""
