"""The hot folder, stepped by hand: half-written files wait, nothing is lost, nothing is taken twice."""

from __future__ import annotations

import errno
import io
import os
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from pikepdf import Encryption, Pdf
from PIL import Image

from dossier.errors import SourceEncrypted, SourceError, SourceUnreadable, SourceUnsupported
from scanners.hot_folder import Event, HotFolder, ReadyDossier, RejectedFile
from storage.quarantine import FolderQuarantine

SETTLE, GIVE_UP = 2.0, 60.0


class Tray:
    """A hot folder and a clock that only moves when told."""

    def __init__(self, root: Path) -> None:
        self.root, self.now = root, 1_000_000.0
        self.hot = root / "hot"
        self.folder = self.hot / "1.001193" / "H56-260101-0001"
        self.folder.mkdir(parents=True)
        self.aside = FolderQuarantine(root / "quarantine")
        self.watch = self.new()

    def new(self) -> HotFolder:
        return HotFolder(self.hot, self.set_aside, settle_seconds=SETTLE, give_up_seconds=GIVE_UP)

    def set_aside(self, path: Path, error: SourceError, at: datetime) -> str:
        return self.aside.keep(partial(path.open, "rb"), error, path.name, at)

    def after(self, seconds: float) -> tuple[Event, ...]:
        self.now += seconds
        return self.watch.poll(self.now)

    def drop(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path


@pytest.fixture
def tray(tmp_path: Path) -> Tray:
    return Tray(tmp_path)


def picture(shade: int = 200, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").point(lambda v: v * shade // 255).save(out, kind)
    return out.getvalue()


def the(events: tuple[Event, ...], kind: type[Event]) -> Event:
    (event,) = events
    assert isinstance(event, kind)
    return event


def test_a_dossier_is_ready_when_nothing_changes_any_more(tray: Tray) -> None:
    data = {f"p{n}.jpg": picture(n) for n in (1, 2, 10)}
    for name, content in data.items():
        tray.drop(name, content)
    assert tray.after(0) == ()
    assert tray.after(SETTLE - 0.1) == ()
    ready = the(tray.after(0.2), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert (ready.procedure, ready.dossier) == ("1.001193", "H56-260101-0001")
    assert [path.name for path in ready.files] == ["p1.jpg", "p2.jpg", "p10.jpg"]
    assert {path.name: path.read_bytes() for path in ready.files} == data
    assert list(tray.folder.iterdir()) == []
    assert tray.after(100) == ()


def test_a_file_that_grows_keeps_its_dossier_waiting(tray: Tray) -> None:
    data = picture()
    tray.drop("p1.jpg", picture(90))
    for share in (0.2, 0.5, 0.8):
        tray.drop("p2.jpg", data[: int(len(data) * share)])
        assert tray.after(SETTLE - 0.5) == ()
    tray.drop("p2.jpg", data)
    assert tray.after(0.5) == ()
    assert isinstance(the(tray.after(SETTLE), ReadyDossier), ReadyDossier)


def test_a_writer_that_pauses_is_not_given_up(tray: Tray) -> None:
    data = picture()
    tray.drop("p1.jpg", data[:900])
    tray.after(0)
    assert tray.after(GIVE_UP - 1) == ()  # settled long ago, and still no picture
    tray.drop("p1.jpg", data[:1800])
    assert tray.after(0) == ()
    assert tray.after(GIVE_UP - 1) == ()
    tray.drop("p1.jpg", data)
    assert tray.after(0) == ()
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert ready.files[0].read_bytes() == data
    assert not (tray.root / "quarantine").exists()


def test_a_file_that_never_decodes_goes_to_quarantine_and_stays_on_the_list(tray: Tray) -> None:
    tray.drop("good.jpg", picture())
    tray.drop("half.jpg", picture()[:1000])
    tray.after(0)
    assert tray.after(SETTLE) == ()
    rejected, ready = tray.after(GIVE_UP)
    assert isinstance(rejected, RejectedFile)
    assert isinstance(rejected.error, SourceUnreadable)
    tray.aside.copy(rejected.kept, tray.root / "copy")
    assert (tray.root / "copy").read_bytes() == picture()[:1000]
    reason = tray.aside.find(rejected.kept)
    assert (reason.name, reason.error) == ("half.jpg", "SourceUnreadable")
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["good.jpg", "half.jpg"]
    assert tray.after(GIVE_UP) == ()


def test_what_waiting_cannot_mend_is_refused_at_once(tray: Tray) -> None:
    pdf = Pdf.new()
    pdf.add_blank_page()
    pdf.save(tray.folder / "locked.pdf", encryption=Encryption(owner="chu", user="mat-khau"))
    tray.after(0)
    rejected, ready = tray.after(SETTLE)
    assert isinstance(rejected, RejectedFile)
    assert isinstance(rejected.error, SourceEncrypted)
    assert isinstance(ready, ReadyDossier)


@pytest.mark.parametrize("marker", ["done", "XONG"])
def test_a_marker_makes_waiting_needless_but_not_decoding(tray: Tray, marker: str) -> None:
    data = picture()
    tray.drop("p1.jpg", data[:1000])
    tray.drop(marker, b"")
    assert tray.after(0) == ()
    tray.drop("p1.jpg", data)
    ready = the(tray.after(0.1), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.read_bytes() for path in ready.files] == [data]
    assert list(tray.folder.iterdir()) == []


def test_names_of_unfinished_files_are_never_taken(tray: Tray) -> None:
    for name in ("a.jpg.part", "b.tmp", ".c.jpg", "d.jpg~", "~e.jpg", "f.jpg.CRDOWNLOAD"):
        tray.drop(name, picture())
    tray.after(0)
    assert tray.after(GIVE_UP * 2) == ()
    tray.drop("a.jpg", picture(100))
    tray.after(0)
    (tray.folder / "a.jpg.part").write_bytes(picture() * 2)
    assert tray.after(SETTLE) == ()  # one of them is still growing: the dossier is not complete
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["a.jpg"]
    assert len(list(tray.folder.iterdir())) == 6


def test_links_and_pipes_are_passed_over(tray: Tray) -> None:
    secret = tray.root / "secret.jpg"
    secret.write_bytes(picture(50))
    (tray.folder / "link.jpg").symlink_to(secret)
    os.mkfifo(tray.folder / "pipe.jpg")
    (tray.hot / "1.001193" / "linked").symlink_to(tray.root)
    tray.drop("p1.jpg", picture())
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["p1.jpg"]
    assert (tray.folder / "link.jpg").is_symlink()
    assert secret.exists()
    assert tray.after(GIVE_UP) == ()


def test_the_same_bytes_are_listed_once(tray: Tray) -> None:
    tray.drop("p1.jpg", picture())
    tray.drop("p1 (copy).jpg", picture())
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert len(ready.files) == 1
    tray.drop("p1.jpg", picture())  # and delivered once more later
    tray.after(0)
    assert tray.after(SETTLE) == ()
    assert list(tray.folder.iterdir()) == []
    kept = [path for path in (tray.hot / "taken").rglob("*.jpg") if path.read_bytes() == picture()]
    assert len(kept) == 3


def test_a_paper_that_comes_later_makes_the_whole_dossier_ready_again(tray: Tray) -> None:
    tray.drop("p1.jpg", picture(10))
    tray.after(0)
    tray.after(SETTLE)
    tray.drop("p1.jpg", picture(20))
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.read_bytes() for path in ready.files] == [picture(10), picture(20)]


def test_a_file_that_vanishes_is_no_trouble(tray: Tray) -> None:
    tray.drop("p1.jpg", picture())
    gone = tray.drop("p2.jpg", picture(99))
    tray.after(0)
    gone.unlink()
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["p1.jpg"]


def test_a_file_that_vanishes_while_it_is_looked_at_is_no_trouble(tray: Tray) -> None:
    tray.drop("p1.jpg", picture())
    tray.watch = HotFolder(tray.hot, tray.set_aside, settle_seconds=SETTLE, check=Path.unlink)
    tray.after(0)
    assert tray.after(SETTLE) == ()
    assert tray.after(GIVE_UP) == ()


def test_a_file_changed_between_proof_and_taking_waits(tray: Tray) -> None:
    path = tray.drop("p1.jpg", picture())

    def touches(_: Path) -> None:
        path.write_bytes(picture(120) + b"more to come")

    tray.watch = HotFolder(tray.hot, tray.set_aside, settle_seconds=SETTLE, check=touches)
    tray.after(0)
    assert tray.after(SETTLE) == ()
    assert path.exists()


def test_loose_files_are_told_of_and_kept(tray: Tray) -> None:
    loose = tray.hot / "scan.jpg"
    loose.write_bytes(picture())
    tray.after(0)
    assert tray.after(GIVE_UP - 1) == ()
    rejected = the(tray.after(2), RejectedFile)
    assert isinstance(rejected, RejectedFile)
    assert isinstance(rejected.error, SourceUnsupported)
    assert not loose.exists()
    assert [p.read_bytes() for p in (tray.hot / "taken").rglob("scan.jpg")] == [picture()]
    assert tray.watch.waiting() == ()


def test_what_was_taken_and_not_accepted_is_still_owed_after_a_crash(tray: Tray) -> None:
    tray.drop("p1.jpg", picture())
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    restarted = tray.new()
    assert restarted.waiting() == (ready,)
    restarted.accept(ready)
    assert tray.new().waiting() == ()


def test_a_clock_set_back_does_not_stop_the_tray(tray: Tray) -> None:
    tray.drop("p1.jpg", picture())
    tray.after(0)
    assert tray.after(-86_400) == ()
    assert isinstance(the(tray.after(SETTLE), ReadyDossier), ReadyDossier)


def test_a_quarantine_that_cannot_be_written_stops_only_its_own_dossier(
    tray: Tray, caplog: pytest.LogCaptureFixture
) -> None:
    (tray.root / "quarantine").write_text("a file where the folder should be")
    tray.drop("half.jpg", picture()[:1000])
    other = tray.hot / "1.001193" / "H56-260101-0002"
    other.mkdir()
    (other / "p1.jpg").write_bytes(picture())
    tray.after(0)
    ready = the(tray.after(GIVE_UP), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert ready.dossier == other.name
    assert (tray.folder / "half.jpg").exists()
    assert tray.after(1) == ()
    assert len([r for r in caplog.records if "cannot go on" in r.message]) == 1
    (tray.root / "quarantine").unlink()
    rejected, late = tray.after(1)
    assert isinstance(rejected, RejectedFile)
    assert isinstance(late, ReadyDossier)


def test_a_file_that_decodes_but_is_still_held_open_waits(tray: Tray) -> None:
    """A device that pauses between two pages of a multi-page file."""
    path = tray.drop("p1.jpg", picture())
    with path.open("ab"):
        tray.after(0)
        assert tray.after(SETTLE) == ()
        assert tray.after(SETTLE) == ()
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["p1.jpg"]


def test_a_device_that_never_closes_its_files_does_not_stop_the_counter(tray: Tray) -> None:
    path = tray.drop("p1.jpg", picture())
    with path.open("ab"):
        tray.after(0)
        assert tray.after(GIVE_UP - 1) == ()
        assert isinstance(the(tray.after(2), ReadyDossier), ReadyDossier)


def test_a_file_renamed_while_it_waits_is_taken_once_under_its_last_name(tray: Tray) -> None:
    path = tray.drop("scan.jpg.part", picture())
    tray.drop("p1.jpg", picture(30))
    tray.after(0)
    path.rename(tray.folder / "scan.jpg")
    assert tray.after(SETTLE) == ()
    (tray.folder / "scan.jpg").rename(tray.folder / "p2.jpg")
    assert tray.after(SETTLE - 1) == ()
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["p1.jpg", "p2.jpg"]
    assert tray.after(GIVE_UP) == ()


def test_a_link_put_in_the_place_of_a_proven_file_is_not_followed(tray: Tray) -> None:
    secret = tray.root / "secret.jpg"
    secret.write_bytes(picture(50))
    path = tray.drop("p1.jpg", picture())

    def swapped(_: Path) -> None:
        path.unlink()
        path.symlink_to(secret)

    tray.watch = HotFolder(tray.hot, tray.set_aside, settle_seconds=SETTLE, check=swapped)
    tray.after(0)
    assert tray.after(SETTLE) == ()
    assert secret.read_bytes() == picture(50)
    assert not list((tray.hot / "taken").rglob("*.jpg"))


def test_pipes_links_and_devices_in_the_place_of_folders_are_passed_over(tray: Tray) -> None:
    os.mkfifo(tray.hot / "2.000635")
    os.mkfifo(tray.hot / "1.001193" / "H56-260101-0009")
    (tray.hot / "1.004873").symlink_to(tray.root)
    (tray.hot / "zero").symlink_to("/dev/zero")
    tray.drop("p1.jpg", picture())
    tray.after(0)
    assert isinstance(the(tray.after(SETTLE), ReadyDossier), ReadyDossier)
    assert tray.after(GIVE_UP) == ()


def test_a_share_that_goes_away_for_a_moment_is_looked_at_again(
    tray: Tray, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tray.drop("p1.jpg", picture())
    tray.after(0)

    def gone(path: object) -> object:
        raise OSError(errno.EHOSTDOWN, "Host is down", str(path))

    with monkeypatch.context() as away:
        away.setattr(os, "scandir", gone)
        assert tray.after(1) == () == tray.after(1)
        assert tray.watch.held() == 1
    assert len([r for r in caplog.records if "Host is down" in r.message]) == 1
    tray.after(1)
    assert isinstance(the(tray.after(SETTLE), ReadyDossier), ReadyDossier)
    assert tray.watch.held() == 0


def test_a_folder_that_cannot_be_listed_and_a_bug_stop_only_their_own_dossier(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray.drop("p1.jpg", picture())
    odd = tray.hot / "1.001193" / "H56-260101-0009"
    locked = tray.hot / "1.001193" / "H56-260101-0000"
    procedure = tray.hot / "0.000000"
    for folder in (odd, locked, procedure):
        folder.mkdir()
    (odd / "p1.jpg").write_bytes(picture())
    real = os.scandir

    def listed(path: Path) -> object:
        if path in (locked, procedure):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    def check(path: Path) -> None:
        if path.parent == odd:
            raise RuntimeError("a bug")

    monkeypatch.setattr(os, "scandir", listed)
    tray.watch = HotFolder(tray.hot, tray.set_aside, settle_seconds=SETTLE, check=check)
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert ready.dossier == tray.folder.name
    assert tray.watch.held() == 3


def test_a_name_that_is_no_text_is_taken_under_one_that_is(tray: Tray) -> None:
    names = [b"01-t\xf4 khai.jpg", b"01-t%F4 khai.jpg", b"\xff" * 200 + b".jpg"]
    for shade, name in enumerate(names, 90):
        (tray.folder / os.fsdecode(name)).write_bytes(picture(shade))
    tray.drop("02.jpg", picture(80))
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    taken = [path.name for path in ready.files]
    assert len(set(taken)) == 4
    assert all(name.encode() and path.is_file() for name, path in zip(taken, ready.files, strict=True))
    assert {"01-t%F4 khai.jpg", "01-t%F4 khai-2.jpg", "02.jpg"} <= set(taken)
    broken = tray.folder / os.fsdecode(b"03-\xf4.jpg")
    broken.write_bytes(picture()[:900])
    tray.after(0)
    rejected, _ = tray.after(GIVE_UP)
    assert isinstance(rejected, RejectedFile)
    assert rejected.name == "03-%F4.jpg"


def test_a_folder_inside_a_dossier_makes_it_wait_aloud(tray: Tray, caplog: pytest.LogCaptureFixture) -> None:
    tray.drop("p1.jpg", picture(90))
    inside = tray.folder / "mặt sau"
    inside.mkdir()
    (tray.folder / "empty").mkdir()
    (inside / ".thumbs").write_text("hidden")
    (inside / "p2.jpg").write_bytes(picture(80))
    tray.after(0)
    assert tray.after(1000) == () == tray.after(1000)
    assert tray.watch.held() == 1
    assert len([r for r in caplog.records if "cannot go on" in r.message]) == 1
    (inside / "p2.jpg").rename(tray.folder / "p2.jpg")
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["p1.jpg", "p2.jpg"]
    assert tray.watch.held() == 0


def test_what_was_moved_half_way_is_named_when_the_rest_follows(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray.drop("p1.jpg", picture(90))
    tray.drop("p2.jpg", picture(90))
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "p2.jpg":
            raise OSError(errno.EIO, "Input/output error")
        return real(self, target)

    tray.after(0)
    with monkeypatch.context() as away:
        away.setattr(Path, "rename", rename)
        assert tray.after(SETTLE) == ()
    ready = the(tray.after(0), ReadyDossier)
    assert isinstance(ready, ReadyDossier)
    assert [path.name for path in ready.files] == ["p1.jpg"]
    assert ready in tray.new().waiting()


def test_what_is_owed_and_cannot_be_read_at_the_start_is_named_later(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray.drop("p1.jpg", picture())
    tray.after(0)
    ready = the(tray.after(SETTLE), ReadyDossier)
    again = tray.new()

    def gone(_self: Path, *_: object) -> object:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as away:
        away.setattr(Path, "open", gone)
        assert again.waiting() == ()
    assert again.poll(tray.now) == (ready,)
    assert again.poll(tray.now) == ()
