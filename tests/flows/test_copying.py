"""Copies that the agency issues: signed once, by the agency, with the decree's mark."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dossier.archive import SealLevel
from dossier.errors import SignerUnavailable
from flows.copying import CopyForm, seal_copy
from flows.settings import Settings
from pipeline.signing_identity import create_demo_identity, trust_roots
from pipeline.verify import verify_pdf
from tests.sheets import HEADING, Shape, lines_of, sheet

NOW = datetime.now(UTC)
A4 = Shape(width=1654, height=2339)
PAGES = [sheet(lines_of(HEADING, left=60.0, top=20.0), A4), sheet(lines_of(HEADING), A4, 2)]


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An identity of the agency's own."""
    folder = tmp_path_factory.mktemp("agency")
    create_demo_identity(folder / "agency.p12", "x", NOW)
    (folder / "password").write_text("x", "utf-8")
    return folder


@pytest.mark.parametrize("form", list(CopyForm))
def test_one_signature_for_the_whole_copy(form: CopyForm, agency: Path, tmp_path: Path) -> None:
    settings = Settings(
        state=tmp_path,
        agency_signer_file=agency / "agency.p12",
        agency_signer_password_file=agency / "password",
    )
    made = seal_copy(settings, PAGES, form, NOW)
    assert (made.pages, made.level) == (2, SealLevel.B_B)
    assert len(re.findall(rb"/ByteRange", made.pdf)) == 1, "one signature, not one a page"
    signer = agency / "agency.p12"
    if form is CopyForm.CONVERTED:
        signer = tmp_path / "demo-identity" / "officer.p12"
    assert verify_pdf(made.pdf, trust_roots(signer)).passed


def test_without_an_identity_of_its_own_nothing_is_issued_in_production(tmp_path: Path, agency: Path) -> None:
    officer = Settings(
        state=tmp_path,
        profile="production",
        signer_file=agency / "agency.p12",
        signer_password_file=agency / "password",
    )
    with pytest.raises(SignerUnavailable, match="production"):
        seal_copy(officer, PAGES, CopyForm.SAO_Y, NOW)
    assert seal_copy(officer, PAGES, CopyForm.CONVERTED, NOW).pages == 2
