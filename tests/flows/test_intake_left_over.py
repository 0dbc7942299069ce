"""What a killed process leaves of pages that it was taking out is gone with the next start."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from dossier.errors import StorageError
from flows.chaos_papers import write_papers
from flows.intake import TakenFile, forget_unfinished, take_in_file
from tests.drafts import workshop_in


class Killed(BaseException):
    """Stands for the end of the process."""


def test_pages_are_taken_out_beside_the_spool_and_nothing_stays(tmp_path: Path) -> None:
    work = workshop_in(tmp_path)
    source = Path(write_papers(tmp_path / "papers").sources[0])
    temporary = work.settings.state / "temporary"
    seen: list[Path] = []

    def killed(_file: object, folder: Path) -> None:
        (folder / "page.png").write_bytes(b"a page")
        seen.append(folder)
        raise Killed

    with patch("flows.intake.read_pages_guarded", killed), pytest.raises(Killed):
        take_in_file(work, source)
    assert seen[0].parent == temporary
    (temporary / "sohoa-killed").mkdir()
    (temporary / "sohoa-killed" / "page.png").write_bytes(b"a page")
    forget_unfinished(work.settings)
    assert not temporary.exists()
    assert isinstance(take_in_file(work, source), TakenFile)
    assert list(temporary.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    work = workshop_in(tmp_path)
    (work.settings.state / "temporary").write_text("a file where a folder belongs", "utf-8")
    with pytest.raises(StorageError, match="temporary"):
        take_in_file(work, Path(write_papers(tmp_path / "papers").sources[0]))


def test_copies_in_the_clear_that_earlier_releases_laid_are_gone_with_the_next_start(tmp_path: Path) -> None:
    work = workshop_in(tmp_path)
    for name in ("queue", "deposits", "again"):
        copy = work.settings.state / name / "H42-261119-0001" / "card.jpg"
        copy.parent.mkdir(parents=True)
        copy.write_bytes(b"a card")
    forget_unfinished(work.settings)
    assert not list(work.settings.state.rglob("card.jpg"))
