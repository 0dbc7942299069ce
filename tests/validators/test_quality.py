"""Pages below 200 dpi and pages read doubtfully are told; good ones are silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dossier.document import Document, Kind
from dossier.finding import Outcome, Rule
from dossier.geometry import UprightFrame
from dossier.page import Extraction, RecognisedPage, ScannedPage, SourceFile, StoredObject
from validators.quality import check_pages

PICTURE = StoredObject("k", "0" * 64, 1, "image/jpeg")


def document(*, dpi: float = 300, confidence: float = 0.95, is_blank: bool = False) -> Document:
    page = ScannedPage(SourceFile("to-khai.jpg", PICTURE), 1, PICTURE, Extraction.AS_SCANNED, 2480, 3508, dpi)
    frame = UprightFrame(2480, 3508, 0, 0.0)
    recognised = RecognisedPage(page, frame, (), (), (), is_blank, confidence, ())
    return Document(1, Kind("unknown", "", 0.0), (recognised,), ())


def test_a_good_page_is_silent() -> None:
    assert check_pages([document()]) == ()
    assert check_pages([document(dpi=199.6)]) == (), "200 dpi as scanners round it"


@pytest.mark.parametrize("dpi", [72, 150, 199])
def test_low_resolution_is_told_with_its_basis(dpi: float) -> None:
    (finding,) = check_pages([document(dpi=dpi)])
    assert finding.rule is Rule.LOW_RESOLUTION
    assert finding.subject == "to-khai.jpg p.1"
    assert "NĐ 30/2020" in finding.basis


@pytest.mark.parametrize("extraction", [Extraction.PHOTOGRAPHED, Extraction.STRAIGHTENED])
def test_a_photograph_is_told(extraction: Extraction) -> None:
    made = document()
    (page,) = made.pages
    page = replace(page, page=replace(page.page, extraction=extraction))
    (finding,) = check_pages([replace(made, pages=(page,))])
    assert (finding.rule, finding.outcome) == (Rule.PHOTOGRAPHED, Outcome.NOTE)


def test_doubtful_page_is_not_checked_and_a_blank_one_is_not_doubtful() -> None:
    (finding,) = check_pages([document(confidence=0.4)])
    assert (finding.rule, finding.outcome) == (Rule.PAGE_DOUBTFUL, Outcome.NOT_CHECKED)
    assert check_pages([document(confidence=0.0, is_blank=True)]) == ()
    two = replace(document(), pages=document().pages + document(confidence=0.1).pages)
    assert len(check_pages([two])) == 1
