"""What `sohoa disposal` and `sohoa prune` do and tell, beside the resident process or without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from console.output import Output
from console.wording_operating import STAYS, WORDS
from console.writing import written_to
from dossier.errors import DisposalRefused, RetentionStands
from dossier.ports import Eraser
from flows.settings import settings
from flows.store_reach import reached_eraser, reached_store
from flows.wiring import VIETNAM, Workshop, compose


def draw(file: Path, output: Output) -> int:
    """Write the list of dossiers whose retention has ended."""
    from flows.disposal import draw_list, write_list

    with _workshop() as (workshop, _):
        drawn = draw_list(workshop, datetime.now(VIETNAM))
    if drawn.dossiers:
        with written_to(file):
            file.write_text(write_list(drawn), "utf-8")
    if output.as_json:
        output.data({"file": str(file) if drawn.dossiers else None, "sha256": drawn.sha256, **asdict(drawn)})
    elif drawn.dossiers:
        _say(output, "disposable", count=len(drawn.dossiers), file=file, digest=drawn.sha256[:16])
    else:
        _say(output, "none_disposable")
    return 0


def carry_out(file: Path, decision: str, output: Output) -> int:
    """Dispose of what a decided list names; exit code 68 where something stays."""
    from flows.disposal import dispose, read_list

    if not file.is_file():
        raise DisposalRefused(str(file), "there is no such list")
    drawn = read_list(file.read_text("utf-8"))
    with _workshop() as (workshop, eraser):
        done = dispose(workshop, eraser, drawn, decision)
    if output.as_json:
        output.data(asdict(done))
    else:
        said = {"dossiers": len(done.disposed), "objects": done.objects, "blobs": done.blobs}
        _say(output, "disposed", **said, decision=decision)
        for code, why in done.stays:
            _say(output, "disposal_stays", code=code, why=STAYS[why][output.language])
        if done.disposed:
            _say(output, "disposal_backups")
    return RetentionStands.exit_code if done.stays else 0


def tidy(days: int, output: Output, *, only_tell: bool) -> int:
    """Tidy away what archived dossiers left on this machine."""
    from flows.pruning import prune

    with _workshop() as (workshop, _):
        done = prune(workshop, datetime.now(VIETNAM), days, only_tell=only_tell)
    if output.as_json:
        output.data(asdict(done))
    else:
        said = {"dossiers": done.dossiers, "files": done.files, "kept": len(done.kept)}
        _say(output, "would_prune" if only_tell else "pruned", **said)
    return 0


@contextmanager
def _workshop() -> Iterator[tuple[Workshop, Eraser | None]]:
    """The machine's parts, and who may delete in its archive."""
    with reached_store(settings()) as store:
        workshop = compose(settings(), store)
        try:
            yield workshop, reached_eraser(settings(), store)
        finally:
            workshop.reading.close()


def _say(output: Output, sentence: str, **values: object) -> None:
    output.text(WORDS[sentence][output.language].format_map(values))
