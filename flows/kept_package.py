"""A dossier in the archive as its page shows it: packages, files, retention, holds, what was done to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dossier.archive import ArchivedObject, ArchivePackage, FollowUp
from dossier.errors import NotInArchive, StorageError
from dossier.finding import Finding, Outcome, Rule, Severity
from flows.wiring import Workshop
from storage.holds import Hold
from storage.package import Manifest, read_manifest


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of a package."""

    path: str
    role: str
    """"original", "rendition", "text", "documentation", "description", or "manifest"."""
    media_type: str
    kept: ArchivedObject


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """One paper of a package."""

    number: int
    kind: str
    title: str
    pages: int


@dataclass(frozen=True, slots=True)
class KeptAction:
    """One thing that the package says was done."""

    at: str
    """ISO 8601, +07:00."""
    kind: str
    outcome: str
    agents: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class KeptDossier:
    """A dossier in the archive."""

    code: str
    procedure: str
    received_on: str
    """ISO 8601; empty where the package does not say it."""
    packages: tuple[ArchivePackage, ...]
    """The oldest first; the last one is what the rest is about."""
    files: tuple[KeptFile, ...]
    papers: tuple[KeptPaper, ...]
    actions: tuple[KeptAction, ...]
    follow_ups: tuple[FollowUp, ...]
    hold: Hold | None
    """The legal hold that stands on it, or None."""
    retain_until: datetime
    """Until when the last of its files is locked."""
    retention_basis: str
    """Citation of the schedule; empty where none was used."""


def kept_dossier(workshop: Workshop, code: str) -> KeptDossier:
    """All about a dossier but its pages. Raises NotInArchive, StoreUnreachable, StorageError."""
    packages = workshop.index.packages(code)
    if not packages:
        raise NotInArchive(code, "the archive has no package of this dossier")
    newest = packages[-1]
    last = newest.objects[-1]
    manifest = read_manifest(workshop.archive.get(last.key, last.version_id), last.key)
    about = manifest.about
    return KeptDossier(
        code=code,
        procedure=str(about.get("procedure", "")),
        received_on=str(about.get("received_on", "")),
        packages=packages,
        files=_files(newest, manifest),
        papers=tuple(_paper(each) for each in about.get("documents", ())),
        actions=_actions(about),
        follow_ups=workshop.index.follow_ups(code),
        hold=workshop.holds.find(code),
        retain_until=max(kept.retain_until for kept in newest.objects),
        retention_basis=str((about.get("retention") or {}).get("basis", "")),
    )


def kept_findings(workshop: Workshop, code: str) -> tuple[Finding, ...]:
    """What was found about an archived dossier, as its report says. Raises NotInArchive, StorageError."""
    summary = workshop.index.summary(code)
    if summary is None:
        raise NotInArchive(code, "the archive has no package of this dossier")
    try:
        return tuple(_finding(said) for said in json.loads(summary).get("findings", ()))
    except (ValueError, KeyError) as e:
        raise StorageError(code, "its report cannot be read") from e


def pages_of(workshop: Workshop, code: str) -> Mapping[str, tuple[int, int]]:
    """Paper and page by the name under which evidence speaks of it: "file.jpg p.2". Raises StorageError."""
    found: dict[str, tuple[int, int]] = {}
    for paper in json.loads(workshop.index.summary(code) or "{}").get("documents", ()):
        for place, page in enumerate(paper.get("pages", ()), 1):
            if "source" in page:
                found[f"{page['source']} p.{page['number']}"] = int(paper["number"]), place
                found.setdefault(str(page["source"]), (int(paper["number"]), place))
    return found


def _files(package: ArchivePackage, manifest: Manifest) -> tuple[KeptFile, ...]:
    described = {f"{package.prefix}/{file.path}": file for file in manifest.files}
    found = []
    for kept in package.objects:
        file = described.get(kept.key)
        path = kept.key.removeprefix(f"{package.prefix}/")
        role, media_type = (file.role, file.media_type) if file else ("manifest", "application/json")
        found.append(KeptFile(path, role, media_type, kept))
    return tuple(found)


def _paper(said: Mapping[str, Any]) -> KeptPaper:
    return KeptPaper(
        int(said["number"]), str(said.get("kind", "")), str(said.get("title", "")), len(said["pages"])
    )


def _actions(about: Mapping[str, Any]) -> tuple[KeptAction, ...]:
    told = (about.get("description") or {}).get("actions", ())
    return tuple(
        KeptAction(
            at=str(said["at"]),
            kind=str(said["kind"]),
            outcome=str(said["outcome"]),
            agents=tuple(
                f"{agent['name']} {agent.get('version', '')}".strip() for agent in said.get("agents", ())
            ),
            detail=str(said.get("detail", "")),
        )
        for said in told
    )


def _finding(said: Mapping[str, Any]) -> Finding:
    return Finding(
        Rule(said["rule"]),
        Severity(said["severity"]),
        Outcome(said["outcome"]),
        str(said.get("subject", "")),
        tuple(str(each) for each in said.get("evidence", ())),
        str(said.get("basis", "")),
        str(said.get("detail", "")),
    )
