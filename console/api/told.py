"""Our values in the shapes of the door, with what names a person hidden unless the caller may see it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from console.api.problems import ProblemCode, Refused
from console.api.shapes import (
    DossierOut,
    FileOut,
    FindingOut,
    PaperOut,
    PersonOut,
    ProgressOut,
    Said,
    VerdictOut,
)
from console.api.shapes_requirements import CaseOut, ComponentOut, ProcedureHead, ProcedureOut
from console.wording import finding_message
from dossier.clients import Deposit, DepositFile
from dossier.finding import Rule
from dossier.procedure import Procedure
from dossier.text import mask_numbers
from flows.deposits import Deposits

_HIDDEN: Final = "•"
_SYLLABLE: Final = re.compile(r"[^\W\d_]+")
_NEUTRAL: Final = re.compile(r"[0-9]{4}\.[a-z0-9]{2,4}")
"""What uploads are called here: such a name tells nothing."""
_PLACE: Final = re.compile(r"(.+?) p\.[0-9]+(?=$|:)", re.DOTALL)
_OF_FILES: Final = frozenset({Rule.FILE_UNREADABLE, Rule.FILE_NOT_TAKEN})
"""Rules whose subject is the name of a file."""
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{2,4}")
_CURSOR: Final = re.compile(r"[0-9]{1,15}")


def dossier_out(deposits: Deposits, deposit: Deposit) -> DossierOut:
    """A dossier as it stands now."""
    order, progress = deposit.order, deposits.progress(deposit.order.dossier)
    return DossierOut(
        code=order.dossier,
        procedure=order.procedure,
        counter=order.counter,
        received_on=order.received_on,
        due_on=order.due_on,
        cases=list(order.cases),
        state=deposit.state,
        is_held=deposit.is_held,
        trouble=deposit.trouble,
        version=deposit.version,
        opened_at=deposit.opened_at,
        changed_at=deposit.changed_at,
        files=len(deposits.kept.files(order.dossier)),
        progress=None
        if progress is None
        else ProgressOut(
            stage=progress.stage, pages_total=progress.pages_total, pages_read=progress.pages_read
        ),
    )


def file_out(file: DepositFile, *, is_new: bool = False) -> FileOut:
    """An uploaded file."""
    return FileOut(
        name=file.name,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        media_type=file.media_type,
        is_new=is_new,
    )


def verdict_out(deposit: Deposit, report: Mapping[str, Any], *, masked: bool) -> VerdictOut:
    """What was found; masked, no number and no name of the people of the report is left anywhere in it.

    Names of files may tell whose papers they are, in any spelling: masked, they are cited as "file-1.jpg".
    """
    people, findings = report.get("identities", []), report.get("findings", [])
    if masked:
        files = _Files(report.get("documents", []), findings)
        findings = [files.in_finding(each) for each in findings]
    hide = _Veil([str(person["full_name"]) for person in people]) if masked else _Veil(None)
    return VerdictOut(
        dossier=deposit.order.dossier,
        procedure=deposit.order.procedure,
        state=deposit.state,
        is_masked=masked,
        findings=[_finding(hide, each) for each in findings],
        papers=[
            PaperOut(
                number=paper["number"],
                kind=paper["kind"],
                title=hide(str(paper["title"])),
                pages=len(paper["pages"]),
                confidence=paper["confidence"],
            )
            for paper in report.get("documents", [])
        ],
        people=[
            PersonOut(
                personal_number=hide(str(person["personal_number"])),
                full_name=hide(str(person["full_name"])),
                verdict=person["verdict"],
                witnesses=len(person["sources"]),
            )
            for person in people
        ],
    )


def masked_name(name: str) -> str:
    """The first letter of each syllable: "N••••• T•• H••"."""
    return _SYLLABLE.sub(lambda found: found[0][0] + _HIDDEN * (len(found[0]) - 1), name)


def procedure_head(procedure: Procedure) -> ProcedureHead:
    """A procedure in a list."""
    return ProcedureHead(
        code=procedure.code,
        name=procedure.name,
        field=procedure.field,
        valid_from=procedure.valid_from,
        valid_to=procedure.valid_to,
        components_verified=procedure.components_verified,
    )


def procedure_out(procedure: Procedure) -> ProcedureOut:
    """A procedure with what it asks for."""
    return ProcedureOut(
        **procedure_head(procedure).model_dump(),
        citation=procedure.citation,
        snapshot=procedure.snapshot,
        components=[
            ComponentOut(
                code=part.code,
                text=part.text,
                kinds=list(part.kinds),
                role=part.role,
                requirement=part.requirement,
                originals=part.originals,
                copies=part.copies,
                replaced_by=part.replaced_by,
                cases=list(part.cases),
            )
            for part in procedure.components
        ],
        cases=[CaseOut(code=c.code, text=c.text, optional=c.optional) for c in procedure.cases],
        one_of=[list(group.members) for group in procedure.one_of],
    )


def cursor_of(place: int) -> str:
    """A place in a list, as callers hand it back."""
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def place_of(cursor: str) -> int:
    """The place that a cursor names; 0 for none. Raises Refused for one that is none of ours."""
    if not cursor:
        return 0
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as e:
        raise Refused(ProblemCode.REQUEST_INVALID, "cursor") from e
    if not _CURSOR.fullmatch(written):
        raise Refused(ProblemCode.REQUEST_INVALID, "cursor")
    return int(written)


class _Veil:
    """Hides numbers, and the names that it was told."""

    def __init__(self, names: Sequence[str] | None) -> None:
        """None hides nothing."""
        self._names = names
        found = sorted({name for name in names or () if name.strip()}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, found)), re.IGNORECASE) if found else None

    def __call__(self, text: str) -> str:
        """The text as it may be shown."""
        if self._names is None:
            return text
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: masked_name(found[0]), text)
        return mask_numbers(text)


class _Files:
    """The files that a report cites, by names that tell nothing; what was uploaded here has such a name."""

    def __init__(self, papers: Iterable[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]) -> None:
        cited = [str(page["source"]) for paper in papers for page in paper["pages"]]
        for finding in findings:
            subject = str(finding["subject"])
            places = [_PLACE.match(each) for each in (subject, *_texts(finding["evidence"]))]
            cited += [found[1] for found in places if found]
            cited += [subject] if finding["rule"] in _OF_FILES and not places[0] else []
        names = [name for name in dict.fromkeys(cited) if not _NEUTRAL.fullmatch(name)]
        self._neutral = {name: f"file-{at}{_suffix(name)}" for at, name in enumerate(names, start=1)}
        longest = sorted(self._neutral, key=len, reverse=True)
        alone = "|".join(map(re.escape, longest))
        self._pattern = re.compile(rf"(?<!\w)(?:{alone})(?!\w)") if longest else None

    def in_finding(self, finding: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same finding; its message is worded from it afterwards."""
        told = {name: self._in_text(str(finding[name])) for name in ("subject", "detail")}
        return {**finding, **told, "evidence": [self._in_text(each) for each in _texts(finding["evidence"])]}

    def _in_text(self, text: str) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._neutral[found[0]], text)


def _suffix(name: str) -> str:
    """Of a file's name, where it is one."""
    suffix = PurePath(name).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def _finding(hide: _Veil, finding: Mapping[str, Any]) -> FindingOut:
    return FindingOut(
        rule=finding["rule"],
        severity=finding["severity"],
        outcome=finding["outcome"],
        subject=hide(str(finding["subject"])),
        message=Said(vi=hide(finding_message(finding, "vi")), en=hide(finding_message(finding, "en"))),
        evidence=[hide(str(each)) for each in _texts(finding["evidence"])],
        basis=finding["basis"],
        detail=hide(str(finding["detail"])),
    )


def _texts(values: Iterable[Any]) -> list[str]:
    return [str(value) for value in values]
