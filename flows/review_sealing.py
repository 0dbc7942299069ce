"""Sealing what a clerk reviewed: finishing, telling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from dossier.archive import ArchivePackage, Dossier, DossierReport, DossierState
from dossier.errors import NotInArchive
from dossier.review import Draft
from flows.describing import Finished
from flows.follow_up import follow_register
from flows.packing import archive_package, package_prefix
from flows.remembering import remember
from flows.sealing import papers_to_seal, seal_document
from flows.wiring import Workshop
from storage.package import read_package, restore_index

Finish: TypeAlias = Callable[[Workshop, Finished], ArchivePackage]
"""Seals and archives a dossier whose papers are not sealed yet; called again, it goes on where it stopped."""


def finish_here(workshop: Workshop, done: Finished) -> ArchivePackage:
    """Seal one paper after the other and archive the package, in this thread."""
    sealed = tuple(
        (document, seal_document(workshop, done.order, document, taken_at))
        for document, taken_at in papers_to_seal(workshop, done)
    )
    return archive_package(workshop, replace(done, sealed=sealed))


def finished_with(workshop: Workshop, done: Finished) -> bool:
    """Whether the package is decided, so that only putting it into the store is left."""
    prefix = package_prefix(done.order, done.taken, done.judgement.corrections)
    return workshop.checkpoints.load("package", prefix) is not None


def package_of(workshop: Workshop, code: str, prefix: str) -> ArchivePackage:
    """The package of a sealed draft. Raises NotInArchive."""
    for package in workshop.index.packages(code):
        if package.prefix == prefix:
            return package
    package, _ = read_package(workshop.archive, prefix)
    restore_index(workshop.archive, workshop.index, code)
    if package.dossier != code:
        raise NotInArchive(code, "its package is another dossier's")
    return package


def report_of(draft: Draft) -> DossierReport:
    """A draft in the shape in which runs report."""
    documents = tuple(paper.document for paper in draft.papers)
    dossier = Dossier(draft.code, draft.procedure, documents, draft.identities)
    state = DossierState.HELD if draft.can_be_sealed else DossierState.NEEDS_ATTENTION
    findings = tuple(each.finding for each in draft.findings)
    return DossierReport(dossier, state, findings, None, ())


def told_of(workshop: Workshop, done: Finished, package: ArchivePackage) -> None:
    """Everybody who has to know that a dossier is in the archive. Idempotent."""
    judgement = done.judgement
    report = DossierReport(
        judgement.dossier, DossierState.ARCHIVED, judgement.findings, package, (), judgement.register
    )
    remember(workshop, done.order, report)
    follow_register(workshop, done.order, report)
