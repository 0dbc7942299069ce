"""What the world does to a seal: services that are down, clocks that are wrong, certificates about to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dossier.archive import SealLevel
from dossier.errors import RevocationUnknown, SealError, SignerUnavailable, TimestampUnavailable
from pipeline.level_check import judge_level
from pipeline.rendition import render_document
from pipeline.seal import mark_on, seal
from pipeline.seal_raise import SealServices, raise_seal, stamp_time
from pipeline.verify import verify_signature
from tests.authority import Authority, authority
from tests.sheets import ABOUT, HEADING, OFFICER, lines_of, sheet


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture(scope="module")
def services(office: Authority) -> SealServices:
    return SealServices(office.timestamp_url, (office.certificate("root"),), seconds=3)


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return render_document([sheet(lines_of(HEADING))], ABOUT)


def sealed(office: Authority, unsigned: bytes, at: datetime, name: str = "officer") -> bytes:
    page = sheet(lines_of(HEADING)).recognised
    return seal(unsigned, office.identity(name), mark_on(page, OFFICER, at, at))


def level(data: bytes, services: SealServices, now: datetime) -> SealLevel:
    return judge_level(data, services.roots, now).level


def test_ocsp_down_is_made_up_for_by_lists_and_both_down_cost_the_level(
    office: Authority, services: SealServices, unsigned: bytes
) -> None:
    now = datetime.now(UTC)
    stamped = raise_seal(sealed(office, unsigned, now), SealLevel.B_T, services)
    office.closed.add("/ocsp")
    try:
        assert level(raise_seal(stamped, SealLevel.B_LT, services), services, now) == SealLevel.B_LT
        office.closed.add("/crls")
        with pytest.raises(RevocationUnknown):
            raise_seal(stamped, SealLevel.B_LTA, services)
    finally:
        office.closed.clear()
    # Each byte comes in time: without a limit of its own for the whole, this would go on for ever.
    office.slow.add("/ocsp")
    try:
        with pytest.raises(RevocationUnknown, match="in time"):
            raise_seal(stamped, SealLevel.B_LT, replace(services, seconds=0.2))
    finally:
        office.slow.clear()
    assert level(stamped, services, now) == SealLevel.B_T
    assert level(raise_seal(stamped, SealLevel.B_LTA, services), services, now) == SealLevel.B_LTA


def test_a_stamping_service_that_goes_in_the_middle_leaves_what_was_reached(
    office: Authority, services: SealServices, unsigned: bytes
) -> None:
    now = datetime.now(UTC)
    lasting = raise_seal(sealed(office, unsigned, now), SealLevel.B_LT, services)
    office.closed.add("/tsa")
    try:
        with pytest.raises(TimestampUnavailable):
            raise_seal(lasting, SealLevel.B_LTA, services)
    finally:
        office.closed.clear()
    assert level(lasting, services, now) == SealLevel.B_LT


@pytest.mark.parametrize(("years", "outcome"), [(3, "fail"), (0, "pass"), (-1, "pass")])
def test_nobody_signs_after_the_stamp(
    years: int, outcome: str, office: Authority, services: SealServices, unsigned: bytes
) -> None:
    """A clock that was ahead is seen; one that was behind looks like a stamp that came late."""
    said = datetime.now(UTC) + timedelta(days=365 * years)
    stamped = raise_seal(sealed(office, unsigned, said), SealLevel.B_T, services)
    assert abs(stamp_time(stamped) - datetime.now(UTC)) < timedelta(hours=1)
    verification = verify_signature(stamped, services.roots)
    assert {check.name: check.outcome for check in verification.checks}["clock"] == outcome
    assert verification.passed == (outcome == "pass")


def test_a_clock_before_the_certificate_does_not_sign(office: Authority, unsigned: bytes) -> None:
    with pytest.raises(SignerUnavailable, match="not valid"):
        sealed(office, unsigned, datetime.now(UTC) - timedelta(days=3 * 365))


def test_a_certificate_that_expires_tonight_seals_for_ever_with_a_stamp(
    office: Authority, services: SealServices, unsigned: bytes
) -> None:
    now = datetime.now(UTC)
    plain = sealed(office, unsigned, now, "tonight")
    lasting = raise_seal(plain, SealLevel.B_LTA, services)
    tomorrow = now + timedelta(days=1)
    assert level(lasting, services, tomorrow) == SealLevel.B_LTA
    assert verify_signature(lasting, services.roots, tomorrow).passed
    with pytest.raises(SignerUnavailable, match="not valid"):
        sealed(office, unsigned, tomorrow, "tonight")


def test_what_bears_no_stamp_has_no_time(office: Authority, unsigned: bytes) -> None:
    with pytest.raises(SealError, match="no time stamp"):
        stamp_time(sealed(office, unsigned, datetime.now(UTC)))
