"""The hot folder hands dossiers on; one that cannot be judged is named, and the others go on."""

from __future__ import annotations

import io
import logging
import time
from concurrent.futures import Future
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from dossier.archive import DigitisationOrder, DossierReport
from dossier.errors import ProcedureUnknown, ServiceBusy, SohoaError
from dossier.work import Lane
from flows.service import Run, Service
from flows.settings import Settings
from flows.tray import Tray
from scanners.hot_folder import HotFolder
from validators.catalogue_loader import YamlCatalogue


class Clerkless:
    """Takes orders and looks only at their procedures."""

    def __init__(self) -> None:
        self.orders: list[DigitisationOrder] = []

    def submit(self, order: DigitisationOrder, lane: Lane = Lane.COUNTER) -> Run:
        self.orders.append(order)
        future: Future[DossierReport] = Future()
        try:
            YamlCatalogue().procedure(order.procedure, order.received_on)
        except SohoaError as error:
            future.set_exception(error)
        return Run(str(len(self.orders)), order, future)


def test_a_dossier_of_an_unknown_procedure_is_named_once_and_the_next_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings, service = Settings(state=tmp_path), Clerkless()
    tray = Tray(cast(Service, service), settings)
    picture = io.BytesIO()
    Image.radial_gradient("L").save(picture, "JPEG")
    for procedure, dossier in (("9.999999", "H42-261119-0001"), ("1.001193", "H42-261119-0002")):
        folder = settings.drop_folder / procedure / dossier
        folder.mkdir(parents=True)
        (folder / "1.jpg").write_bytes(picture.getvalue())
    now = time.time()
    with caplog.at_level(logging.WARNING):
        for seconds in range(0, 300, 3):
            tray.step(now + seconds)
    assert sorted(order.dossier for order in service.orders) == ["H42-261119-0001", "H42-261119-0002"]
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert "H42-261119-0001" in told[0]
    assert "9.999999" in told[0]
    assert not ProcedureUnknown.retryable
    assert [path.read_bytes() for path in settings.drop_folder.rglob("1.jpg")] == [picture.getvalue()] * 2


class Stumbling(Clerkless):
    """Meets what no tray expects over one dossier, twice."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error, self.left = error, 2

    def submit(self, order: DigitisationOrder, lane: Lane = Lane.COUNTER) -> Run:
        if order.dossier.endswith("1") and self.left:
            self.left -= 1
            raise self.error
        run = super().submit(order, lane)
        run.future.set_result(cast(DossierReport, None))
        return run


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("a bug")])
def test_each_handed_dossier_has_its_own_guard(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, service = Settings(state=tmp_path), Stumbling(error)
    tray = Tray(cast(Service, service), settings)
    drop(settings, "H42-261119-0001", "H42-261119-0002")
    now = time.time()
    real, full = Path.touch, [3]

    def touch(self: Path, mode: int = 0o666, exist_ok: bool = True) -> None:
        if self.name == ".accepted" and full[0]:
            full[0] -= 1
            raise OSError(28, "No space left on device")
        real(self, mode, exist_ok)

    monkeypatch.setattr(Path, "touch", touch)
    for seconds in range(0, 600, 3):
        tray.step(now + seconds)
    assert sorted(order.dossier for order in service.orders) == ["H42-261119-0001", "H42-261119-0002"]
    assert HotFolder(settings.drop_folder, lambda *_: "").waiting() == ()


def drop(settings: Settings, *dossiers: str) -> None:
    picture = io.BytesIO()
    Image.radial_gradient("L").save(picture, "JPEG")
    for dossier in dossiers:
        folder = settings.drop_folder / "1.001193" / dossier
        folder.mkdir(parents=True)
        (folder / "1.jpg").write_bytes(picture.getvalue())


def test_a_dossier_that_was_refused_under_a_clock_that_was_ahead_is_tried_when_it_is_set_right(
    tmp_path: Path,
) -> None:
    settings, service, refusals = Settings(state=tmp_path), Clerkless(), [ServiceBusy("H42-261119-0003")] * 2
    submit = service.submit

    def busy(order: DigitisationOrder, lane: Lane = Lane.COUNTER) -> Run:
        if refusals:
            raise refusals.pop()
        return submit(order, lane)

    service.submit = busy  # type: ignore[method-assign]
    tray = Tray(cast(Service, service), settings)
    folder = settings.drop_folder / "1.001193" / "H42-261119-0003"
    folder.mkdir(parents=True)
    Image.radial_gradient("L").save(folder / "1.jpg", "JPEG")
    now = time.time()
    for seconds in range(0, 30, 3):
        tray.step(now + 7 * 3600 + seconds)
    assert (len(refusals), service.orders) == (1, [])
    tray.step(now)
    assert refusals == []
    tray.step(now + 30)
    assert service.orders == [], "a pause is kept"
    tray.step(now + 61)
    assert [order.dossier for order in service.orders] == ["H42-261119-0003"]
