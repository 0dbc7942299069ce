"""The auditor that fits an archive."""

from __future__ import annotations

from dossier.audit_ports import ArchiveAuditor
from dossier.ports import Archive
from storage.metered import MeteredArchive
from storage.plain_audit import PlainAuditor
from storage.proven import ProvenArchive
from storage.resting import RestingArchive
from storage.s3 import S3Archive
from storage.s3_audit import S3Auditor


def open_auditor(archive: Archive) -> ArchiveAuditor:
    """An auditor of the same store with the same credentials; nothing is asked of it yet."""
    if isinstance(archive, ProvenArchive | MeteredArchive | RestingArchive):
        return open_auditor(archive.inner)
    if isinstance(archive, S3Archive):
        return S3Auditor(archive.settings)
    return PlainAuditor(archive)
