"""What can be seen of one dossier after a run, and how two such pictures differ."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from dossier.archive import ArchivedObject, DigitisationOrder
from dossier.desk import DeskState
from dossier.errors import NotOnDesk
from dossier.ports import Archive
from flows.wiring import Workshop
from storage.package import MANIFEST, read_manifest
from storage.s3 import StoreSettings
from storage.s3_audit import S3Auditor

_TIME: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?|D:\d{14}[^)]*")
_DIGEST: Final = re.compile(rb"\b[0-9a-fA-F]{64}\b")
_PDF_ID: Final = re.compile(rb"/ID ?\[.*?\]", re.DOTALL)
_EVENT: Final = re.compile(rb"(event|agent)-\d+")
_SIZE: Final = re.compile(rb"(?i)(size(?:_bytes)?(?:=\"|>|\":))\d+")
"""The mark on page 1 says when it was scanned: other digits, another size of its font."""
_UNSIGNED_ENDS: Final = b"%%EOF\n"


@dataclass(frozen=True, slots=True)
class SeenObject:
    """One version of an object in the store."""

    path: str
    """Key within the case."""
    version_id: str
    sha256: str
    timeless_sha256: str
    """Of its bytes without times and what follows from them; of a PDF its unsigned revision."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is visible."""

    objects: tuple[SeenObject, ...]
    packages: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]
    """Packages in the index: prefix, SHA-256 of the manifest, and key, version and SHA-256 of each object."""
    files: tuple[tuple[str, str], ...]
    """Files of the newest package in the index: path, SHA-256."""
    ledger: tuple[tuple[str, str], ...]
    """Action and detail of each entry about the dossier, the oldest first."""
    ledger_holds: bool
    desk: tuple[str, ...]
    """State and counts on the desk; empty where it is not there."""
    judged: bool
    papers: tuple[tuple[str, str], ...]
    """Papers kept by person and kind."""
    spool: tuple[str, ...]
    checkpoints: tuple[str, ...]
    left_over: tuple[str, ...]
    """Half-written and temporary files."""
    half_visible: tuple[str, ...]
    """What is shown of the dossier and is not whole."""


class CaseArchive:
    """An archive in which every case has keys of its own: one store serves them all (port Archive)."""

    def __init__(self, archive: Archive, case: str) -> None:
        self._archive = archive
        self._case = case

    def probe(self) -> None:
        """As the store's."""
        self._archive.probe()

    def put(self, key: str, data: bytes, media_type: str, retention_days: int = 0) -> ArchivedObject:
        """As the store's."""
        return self._told(self._archive.put(f"{self._case}/{key}", data, media_type, retention_days))

    def get(self, key: str, version_id: str = "") -> bytes:
        """As the store's."""
        return self._archive.get(f"{self._case}/{key}", version_id)

    def describe(self, key: str, version_id: str = "") -> ArchivedObject:
        """As the store's."""
        return self._told(self._archive.describe(f"{self._case}/{key}", version_id))

    def list(self, prefix: str) -> tuple[str, ...]:
        """As the store's."""
        found = self._archive.list(f"{self._case}/{prefix}")
        return tuple(key.removeprefix(f"{self._case}/") for key in found)

    def _told(self, kept: ArchivedObject) -> ArchivedObject:
        return replace(kept, key=kept.key.removeprefix(f"{self._case}/"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case's archive is."""

    store: StoreSettings
    case: str
    reads: bool = True
    """Whether objects are read; else they are only listed."""


def look(workshop: Workshop, order: DigitisationOrder, place: Place) -> Picture:
    """Everything that is visible of the dossier now."""
    objects = tuple(_objects(place))
    packages = tuple(
        (p.prefix, p.manifest_sha256, tuple((o.key, o.version_id, o.sha256) for o in p.objects))
        for p in workshop.index.packages(order.dossier)
    )
    entries = _ledger(workshop, order.dossier)
    numbers = ("001190005678",)
    names = [name for number in numbers for name in workshop.keys.person_names(number)]
    state = Path(workshop.settings.state)
    picture = Picture(
        objects=objects,
        packages=packages,
        files=tuple((f.path, f.sha256) for f in workshop.index.files(order.dossier)),  # type: ignore[attr-defined]
        ledger=entries,
        ledger_holds=workshop.ledger.verify() >= len(entries),
        desk=_desk(workshop, order.dossier),
        judged=workshop.judgements.summary(order.dossier) is not None,
        papers=tuple(sorted((p.kind, p.dossier) for p in workshop.judgements.papers_of(names))),
        spool=tuple(sorted(workshop.spool.names())),  # type: ignore[attr-defined]
        checkpoints=tuple(sorted(workshop.checkpoints.names())),  # type: ignore[attr-defined]
        left_over=tuple(sorted(_left_over(state))),
        half_visible=(),
    )
    return replace(picture, half_visible=tuple(_half_visible(workshop, order.dossier, picture)))


@cache
def _auditor(store: StoreSettings) -> S3Auditor:
    return S3Auditor(store)


def forget_connections() -> None:
    """Open anew what a fork must not share with its parent."""
    _auditor.cache_clear()


def _objects(place: Place) -> Iterator[SeenObject]:
    auditor = _auditor(place.store)
    for version in auditor.versions(f"{place.case}/"):
        reads = place.reads and not version.is_marker
        data = auditor.fetch(version.key, version.version_id) if reads else b""
        path = version.key.removeprefix(f"{place.case}/")
        digest = hashlib.sha256(data).hexdigest() if reads else ""
        yield SeenObject(path, version.version_id, digest, hashlib.sha256(timeless(data)).hexdigest())


def timeless(data: bytes) -> bytes:
    """Bytes without times and what follows from them.

    Of a PDF its unsigned revision without dates and id; of a record its pieces without times, digests, sizes
    and numbers of events, in no order, for what happened is told in the order of its times.
    """
    if data.startswith(b"%PDF"):
        unsigned, end, _ = data.partition(_UNSIGNED_ENDS)
        return _PDF_ID.sub(b"", _TIME.sub(b"", unsigned + end))
    if not data.startswith((b"<?xml", b"{")):
        return data
    plain = _SIZE.sub(rb"\1", _DIGEST.sub(b"", _TIME.sub(b"", _EVENT.sub(rb"\1", data))))
    return b"\n".join(sorted(re.split(rb"[<{},\s]+", plain)))


def _ledger(workshop: Workshop, dossier: str) -> tuple[tuple[str, str], ...]:
    found = workshop.ledger.entries(limit=1000, subject=dossier)  # type: ignore[attr-defined]
    return tuple((entry.action, _without_duration(entry.detail)) for entry in reversed(found))


def _without_duration(detail: str) -> str:
    said = json.loads(detail)
    said.pop("seconds", None)
    return json.dumps(said, sort_keys=True)


def _desk(workshop: Workshop, dossier: str) -> tuple[str, ...]:
    try:
        entry = workshop.desk.entry(dossier)
    except NotOnDesk:
        return ()
    totals = workshop.desk.totals()
    shown = (entry.state.value, entry.procedure, entry.counter, entry.applicant, entry.title)
    counts = (entry.papers, entry.digitised, entry.pages, sum(totals.by_state.values()))
    return (*shown, *map(str, counts), str(entry.findings))


def _left_over(state: Path) -> Iterator[str]:
    for file in state.rglob("*.part"):
        yield file.parent.name + "/part"
    for folder in (state / "temporary", state.with_name("temporary")):
        for file in folder.glob("*"):
            yield f"temporary/{file.name.partition('-')[0]}"


def _half_visible(workshop: Workshop, dossier: str, seen: Picture) -> Iterator[str]:
    """What is shown and is not whole: a package without a file, an entry without its package."""
    paths = {each.path for each in seen.objects}
    versions = {(each.path, each.version_id) for each in seen.objects}
    for path in paths:
        if path.endswith(f"/{MANIFEST}"):
            manifest = read_manifest(workshop.archive.get(path), path)
            missing = [f.path for f in manifest.files if f"{manifest.prefix}/{f.path}" not in paths]
            if missing:
                yield f"a manifest stands without {missing[0]}"
    for prefix, _, objects in seen.packages:
        if f"{prefix}/{MANIFEST}" not in paths:
            yield "the index has a package that the store has not"
        if any((key, version) not in versions for key, version, _ in objects):
            yield "the index names a version that the store has not"
    is_archived = bool(seen.desk) and seen.desk[0] == DeskState.ARCHIVED.value
    if is_archived and not seen.packages:
        yield "the desk says archived, and no package is in the index"
    if any(action == "archived" for action, _ in seen.ledger) and not seen.packages:
        yield "the ledger says archived, and no package is in the index"
    if workshop.index.summary(dossier) is None and seen.packages:
        yield "a package without its report"


@dataclass(frozen=True, slots=True)
class Difference:
    """How what is visible differs from an undisturbed run."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    """Objects in the store that an undisturbed run does not leave."""
    changed: tuple[str, ...] = ()
    """Of other bytes."""
    asked_again: int = 0
    """Questions to the register that a second run asked anew; each is in the ledger, as it must be."""
    left_over: tuple[str, ...] = ()
    """Files of this machine that an undisturbed run does not leave."""

    @property
    def is_none(self) -> bool:
        """Whether the archive is that of an undisturbed run."""
        return not (self.lost or self.doubled or self.orphans or self.changed)


def difference(seen: Picture, wanted: Picture, *, timeless: bool = False) -> Difference:
    """What is missing, twice, or other than in an undisturbed run.

    Args:
        seen: after the fault and the run that followed.
        wanted: after an undisturbed run.
        timeless: leave times out, where the clock itself was the fault.
    """
    lost, doubled, orphans, changed = [], [], [], []
    mine, theirs = Counter(o.path for o in seen.objects), Counter(o.path for o in wanted.objects)
    lost += [f"object {path}" for path in theirs - mine]
    orphans += [f"object {path}" for path in mine.keys() - theirs.keys()]
    doubled += [f"object {path}" for path in mine if path in theirs and mine[path] > theirs[path]]
    known = {o.path: o for o in wanted.objects}
    for each in seen.objects:
        other = known.get(each.path)
        same = (
            other is None
            or each.sha256 == other.sha256
            or (timeless and each.timeless_sha256 == other.timeless_sha256)
        )
        if not same:
            changed.append(f"object {each.path}")
    said, promised = _said(seen, timeless), _said(wanted, timeless)
    missing, extra = promised - said, said - promised
    lost += [f"ledger {action}" for action, _ in missing]
    asked = sum(count for (action, _), count in extra.items() if action == "register-asked")
    doubled += [f"ledger {action}" for action, _ in extra if action != "register-asked"]
    if not seen.ledger_holds:
        changed.append("the ledger's chain")
    if len(seen.packages) != len(wanted.packages):
        (doubled if len(seen.packages) > len(wanted.packages) else lost).append("package in the index")
    if [path for path, _ in seen.files] != [path for path, _ in wanted.files]:
        changed.append("files in the index")
    at_hand = {(o.path, o.version_id): o.sha256 for o in seen.objects}
    for _, _, objects in seen.packages:
        if any(at_hand.get((key, version)) != sha256 for key, version, sha256 in objects):
            changed.append("objects in the index")
    for name, value, other_value in (
        ("desk", seen.desk, wanted.desk),
        ("judgement", seen.judged, wanted.judged),
        ("kept papers", seen.papers, wanted.papers),
    ):
        if value != other_value:
            changed.append(f"{name}: {value} for {other_value}")
    files = Counter(seen.left_over) - Counter(wanted.left_over)
    files += Counter("spool" for _ in seen.spool) - Counter("spool" for _ in wanted.spool)
    files += Counter("checkpoint" for _ in seen.checkpoints) - Counter(
        "checkpoint" for _ in wanted.checkpoints
    )
    return Difference(
        tuple(lost), tuple(doubled), tuple(orphans), tuple(changed), asked, tuple(sorted(files.elements()))
    )


def _said(picture: Picture, timeless: bool) -> Counter[tuple[str, str]]:
    if not timeless:
        return Counter(picture.ledger)
    return Counter((action, _DIGEST.sub(b"", detail.encode()).decode()) for action, detail in picture.ledger)
