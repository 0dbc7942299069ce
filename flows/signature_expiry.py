"""Until when the signatures of a package can be proven, found out once and noted in the index."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from dossier.archive import ArchivePackage
from dossier.errors import SignerUnavailable
from flows.officer_identity import trust_anchors
from flows.wiring import Workshop
from pipeline.level_check import judge_level

_NOTE: Final = "provable-until"


def provable_until(workshop: Workshop, prefix: str, now: datetime) -> datetime | None:
    """When the first of a package's signatures can no longer be proven, aware.

    Of a stamped document that is when the last stamp's certificate expires, of any other when the signer's
    does. None for a package in whose place a newer one stands, or which holds no signed document.
    Raises StorageError.
    """
    package = workshop.index.package(prefix.split("/")[1])
    if package is None or package.prefix != prefix:
        return None
    for note in reversed(workshop.index.follow_ups(package.dossier)):
        if note.kind == _NOTE and note.prefix == prefix:
            said = json.loads(note.detail)["until"]
            return datetime.fromisoformat(said) if said else None
    until = _judged(workshop, package, now)
    detail = json.dumps({"until": until.isoformat() if until else None})
    workshop.index.follow_up(package, _NOTE, detail)
    return until


def _judged(workshop: Workshop, package: ArchivePackage, now: datetime) -> datetime | None:
    try:
        roots = trust_anchors(workshop.settings)
    except SignerUnavailable:
        roots = ()
    found = []
    for kept in package.renditions:
        judged = judge_level(workshop.archive.get(kept.key, kept.version_id), roots, now)
        certificate = judged.seal.certificate
        if judged.renew_before is not None:
            found.append(judged.renew_before)
        elif certificate is not None:
            found.append(certificate["tbs_certificate"]["validity"]["not_after"].native)
    return min(found, default=None)
