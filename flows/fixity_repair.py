"""The second copy of the archive: filled up on the way, and what damaged objects are repaired from.

Nothing is repaired silently: the ledger, the report and the log say it, and the damaged version stays.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Final

from dossier.audit import ExpectedPackage, FixityState, FixityTrouble
from dossier.audit_ports import ArchiveAuditor, AuditedLedger
from dossier.errors import StorageError
from flows.fixity_report import FixityRun
from flows.fixity_room import ACTOR, FixityRoom
from storage.fixity import ObjectFixity, newest_intact, version_digest

log = logging.getLogger(__name__)

REPAIRED: Final = "fixity-repaired"
_MANY: Final = 100_000


def compare_second(
    room: FixityRoom, run: FixityRun, found: Sequence[ObjectFixity | FixityTrouble]
) -> FixityRoom:
    """Look at the second copy of what is intact in the store, and put there what it lacks.

    The room comes back without its second copy where that is not there.
    """
    second = room.second
    if second is None:
        return room
    intact = [e for e in found if isinstance(e, ObjectFixity) and e.state is FixityState.INTACT]
    try:
        for each in intact:
            if newest_intact(second, each.expected):
                run.second_copy["intact"] += 1
                continue
            is_new = not any(True for _ in second.versions(each.expected.key))
            data = room.auditor.fetch(each.expected.key, each.expected.version_id)
            if hashlib.sha256(data).hexdigest() == each.expected.sha256:
                second.restore(each.expected, data)
                run.second_copy["copied" if is_new else "repaired"] += 1
    except StorageError as e:
        run.notes.append(f"the second copy is left out from {intact[0].expected.key} on: {e}")
        log.warning("the second copy is left out: %s", e)
        return replace(room, second=None)
    return room


def repaired(
    room: FixityRoom, run: FixityRun, package: ExpectedPackage, trouble: FixityTrouble
) -> FixityTrouble:
    """Put a lost or damaged object back from the second copy; the trouble says what became of it."""
    wanted = (trouble.key, trouble.version_id)
    expected = next((o for o in package.objects if (o.key, o.version_id) == wanted), None)
    if expected is None or room.second is None:
        return trouble
    if trouble.state not in (FixityState.CHANGED, FixityState.MISSING):
        return trouble
    try:
        data = room.second.fetch(expected.key)
        if hashlib.sha256(data).hexdigest() != expected.sha256:
            return _said(trouble, "the second copy is damaged too")
        kept = room.auditor.restore(expected, data)
        said = {"key": expected.key, "before": expected.version_id, "version_id": kept.version_id}
        # The ledger knows it before anything relies on it.
        replaced = version_digest(expected.key, expected.version_id)
        detail = {**said, "replaced_sha256": replaced, "sha256": kept.sha256}
        room.ledger.append(ACTOR, REPAIRED, package.dossier, json.dumps(detail))
        room.holdings.note_restored(expected.key, expected.version_id, kept)
    except StorageError as e:
        return _said(trouble, f"not repaired: {e}")
    run.repaired.append(said)
    log.warning("%s was put back from the second copy", expected.key)
    return _said(trouble, "repaired from the second copy")


def _said(trouble: FixityTrouble, more: str) -> FixityTrouble:
    return replace(trouble, detail=f"{trouble.detail}; {more}")


def left_over(second: ArchiveAuditor, known: Set[str]) -> tuple[int, str]:
    """How many files of the second copy belong to no package that the index knows, and the first of them.

    Such files stay where they are: a person decides, for they may have been erased on purpose, or the index
    may have lost something. Raises StorageError.
    """
    found = [v.key for v in second.versions("dossiers/") if "/".join(v.key.split("/")[:3]) not in known]
    return len(found), found[0] if found else ""


def replaced_versions(ledger: AuditedLedger) -> frozenset[str]:
    """`version_digest` of versions that a repair put others in the place of."""
    entries = ledger.entries(_MANY, action=REPAIRED)
    return frozenset(json.loads(entry.detail)["replaced_sha256"] for entry in entries)
