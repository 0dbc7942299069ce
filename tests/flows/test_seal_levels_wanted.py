"""Which identity seals, how high, and what happens while the time stamping service is down."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dossier.archive import DigitisationOrder, SealLevel
from dossier.errors import ClockWrong, SignerUnavailable
from flows.officer_identity import open_signing_identity, refused_pin
from flows.sealing import raised_as_wanted
from flows.settings import Settings
from flows.wiring import Workshop, compose
from pipeline.level_check import judge_level
from pipeline.rendition import render_document
from pipeline.seal import mark_on, seal
from storage.s3 import StoreSettings
from tests.authority import Authority, authority
from tests.sheets import ABOUT, HEADING, OFFICER, lines_of, sheet

ORDER = DigitisationOrder("H42-261119-0001", "1.001193", (), date(2026, 11, 19), OFFICER)
NO_STORE = StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        (running.folder / "roots.pem").write_bytes(running.certificate("root").public_bytes(Encoding.PEM))
        yield running


def workshop(state: Path, office: Authority, url: str) -> Workshop:
    settings = Settings(state=state, timestamp_url=url, trust_roots_file=office.folder / "roots.pem")
    return compose(settings, NO_STORE)


def sealed(office: Authority, at: datetime | None = None) -> bytes:
    page, now = sheet(lines_of(HEADING)), at or datetime.now(UTC)
    return seal(
        render_document([page], ABOUT), office.identity(), mark_on(page.recognised, OFFICER, now, now)
    )


def test_a_time_stamping_service_makes_seals_last(tmp_path: Path, office: Authority) -> None:
    work = workshop(tmp_path, office, office.timestamp_url)
    assert work.wanted_level() == SealLevel.B_LTA
    data, level = raised_as_wanted(work, ORDER, sealed(office), datetime.now(UTC))
    assert level == SealLevel.B_LTA
    assert judge_level(data, (office.certificate("root"),), datetime.now(UTC)).level == SealLevel.B_LTA
    assert work.ledger.verify() == 0


def test_a_service_that_is_down_costs_the_level_and_is_written_down(
    tmp_path: Path, office: Authority
) -> None:
    work = workshop(tmp_path, office, "http://127.0.0.1:9/tsa")
    plain = sealed(office)
    assert raised_as_wanted(work, ORDER, plain, datetime.now(UTC)) == (plain, SealLevel.B_B)
    (entry,) = work.ledger.entries()
    assert entry.action == "seal-level-owed"
    assert json.loads(entry.detail) == {"reached": "B-B", "wanted": "B-LTA", "cause": "TimestampUnavailable"}


def test_ocsp_and_lists_that_are_down_cost_the_level_only(tmp_path: Path, office: Authority) -> None:
    work = workshop(tmp_path, office, office.timestamp_url)
    office.closed.update({"/ocsp", "/crls"})
    try:
        data, level = raised_as_wanted(work, ORDER, sealed(office), datetime.now(UTC))
    finally:
        office.closed.clear()
    assert level == SealLevel.B_T
    assert judge_level(data, (office.certificate("root"),), datetime.now(UTC)).level == SealLevel.B_T
    (entry,) = work.ledger.entries()
    assert json.loads(entry.detail) == {"reached": "B-T", "wanted": "B-LTA", "cause": "RevocationUnknown"}
    # When they are back the same file is raised.
    assert raised_as_wanted(work, ORDER, data, datetime.now(UTC))[1] == SealLevel.B_LTA


def test_a_clock_three_years_off_seals_nothing(tmp_path: Path, office: Authority) -> None:
    work = workshop(tmp_path, office, office.timestamp_url)
    for years in (-1, 3):
        wrong = datetime.now(UTC) + timedelta(days=365 * years)
        with pytest.raises(ClockWrong):
            raised_as_wanted(work, ORDER, sealed(office, wrong), wrong)


def test_without_a_service_nothing_is_asked(tmp_path: Path, office: Authority) -> None:
    work = workshop(tmp_path, office, "")
    plain = sealed(office)
    assert work.wanted_level() == SealLevel.B_B
    assert raised_as_wanted(work, ORDER, plain, datetime.now(UTC)) == (plain, SealLevel.B_B)
    assert work.ledger.verify() == 0


def test_the_demo_identity_does_not_seal_in_production(tmp_path: Path) -> None:
    assert "DEMO" in open_signing_identity(Settings(state=tmp_path)).name
    with pytest.raises(SignerUnavailable, match="production"):
        open_signing_identity(Settings(state=tmp_path, profile="production"))


def test_the_pin_lies_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    settings = Settings(
        state=tmp_path, token_library=tmp_path / "none.so", token_label="MAU", token_pin_file=pin
    )
    with pytest.raises(SignerUnavailable, match="TOKEN_PIN_FILE"):
        open_signing_identity(settings)
    pin.write_text("1", "utf-8")
    pin.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IROTH)
    with pytest.raises(SignerUnavailable, match="others"):
        open_signing_identity(settings)
    pin.chmod(stat.S_IRUSR | stat.S_IWUSR)
    with pytest.raises(SignerUnavailable, match="library"):
        open_signing_identity(settings)


def test_a_refused_pin_is_not_tried_again(tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.touch(mode=0o600)
    settings = Settings(
        state=tmp_path,
        token_library=tmp_path / "none.so",
        token_label="MAU",
        token_pin_file=pin,
        agency_token_label="CO QUAN",
        agency_token_pin_file=tmp_path / "agency-pin",
    )
    refused_pin(settings, pin).write_text(str(pin.stat().st_mtime_ns), "utf-8")
    with pytest.raises(SignerUnavailable, match="not tried again"):
        open_signing_identity(settings)
    # The agency's token has a PIN of its own, of which nothing is known yet.
    (tmp_path / "agency-pin").touch(mode=0o600)
    with pytest.raises(SignerUnavailable, match="library"):
        open_signing_identity(settings.of_agency())
