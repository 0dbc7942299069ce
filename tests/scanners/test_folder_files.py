"""Which files of a folder are papers, and in which order."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from dossier.errors import SourceNotFound, SourceUnreadable
from flows.service import complete_order, new_order
from scanners.folder_files import written_name


def filled(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return folder


def test_a_folder_gives_every_file_in_the_clerks_order_whatever_its_ending(tmp_path: Path) -> None:
    junk = (
        ".DS_Store",
        "~$don.docx",
        "x.jpg.part",
        "Thumbs.db",
        "desktop.ini",
        ".cache/a.jpg",
        "@eaDir/b.jpg",
    )
    pages = [f"trang {number}.jpg" for number in range(1, 13)]
    others = ["04 giay.jfif", "05.webp", "06 quyet dinh", "phu luc/10.pdf", "phu luc/9.pdf"]
    folder = filled(tmp_path / "ho so", *junk, *pages, *others)
    (folder / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(folder / "pipe")
    asked = new_order([str(folder)], "1.001193", "H56-1", date(2026, 11, 20), "Cán bộ (MẪU)")
    named = [str(Path(source).relative_to(folder)) for source in complete_order(asked, {}).sources]
    assert named == ["04 giay.jfif", "05.webp", "06 quyet dinh", "phu luc/9.pdf", "phu luc/10.pdf", *pages]


def test_an_empty_folder_and_one_that_cannot_be_listed_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = new_order([str(filled(tmp_path, ".x"))], "1.001193", "H56-1", date(2026, 11, 20), "Cán bộ (MẪU)")
    with pytest.raises(SourceNotFound):
        complete_order(asked, {})

    def locked(path: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(SourceUnreadable):
        complete_order(asked, {})


@pytest.mark.parametrize("name", ["Tờ khai.jpg", "%41.jpg", "a.b", ""])
def test_a_name_that_is_text_stays(name: str) -> None:
    assert written_name(name) == name


def test_a_name_that_is_no_text_is_written_within_bounds() -> None:
    assert written_name(os.fsdecode(b"t\xf4 \xff.jpg")) == "t%F4 %FF.jpg"
    long = [written_name(os.fsdecode(b"\xff" * 240 + end + b".jpg")) for end in (b"1", b"2")]
    assert all(len(name.encode()) <= 240 and name.endswith(".jpg") for name in long)
    assert len(set(long)) == 2
