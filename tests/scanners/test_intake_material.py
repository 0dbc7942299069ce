"""Intake over real and hostile files beside the project: pages or exactly one named trouble."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from dossier.errors import SourceError
from dossier.page import Extraction
from scanners.delivery import IntakeLimits
from scanners.files import open_file, read_pages_guarded

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
LIMITS = IntakeLimits(drawn_dpi=60)

HOSTILE = {
    "ocrmypdf/ccitt.pdf": "embedded",
    "ocrmypdf/jbig2.pdf": "embedded",
    "ocrmypdf/masks.pdf": "rendered",
    "ocrmypdf/no_contents.pdf": "rendered",
    "ocrmypdf/skew.pdf": None,
    "pdfjs/GHOSTSCRIPT-698804-1-fuzzed.pdf": None,
    "pdfjs/empty_protected.pdf": "rendered",
    "pdfjs/poppler-85140-0.pdf": "SourceUnreadable",
    "pdfjs/poppler-91414-0-53.pdf": "SourceUnreadable",
    "pdfjs/pr6531_1.pdf": "SourceEncrypted",
    "pikepdf/graph-encrypted.pdf": "SourceEncrypted",
    "pikepdf/congress.pdf": "embedded",
    "pikepdf/jbig2global.pdf": "embedded",
    "pikepdf/sandwich.pdf": "embedded",
    "pillow/broken.png": "SourceUnreadable",
    "pillow/broken_exif_dpi.jpg": "photographed",
    "pillow/decompression_bomb.gif": "SourceUnsupported",
    "pillow/exif-dpi-zerodivision.jpg": "as_scanned",
    "pillow/multipage-mmap.tiff": "embedded",
    "pillow/oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif": "SourceUnreadable",
    "pillow/truncated_image.png": "SourceUnreadable",
    "qpdf/409905355.fuzz": "SourceUnreadable",
    "qpdf/69977b.fuzz": "SourceTooLarge",
    "qpdf/70245.fuzz": "SourceEmpty",
    "qpdf/issue-147.pdf": "SourceUnsupported",
    "vi_web/ole2_doc_named_docx.docx": "SourceUnsupported",
}


def outcomes_of(path: Path, work: Path) -> set[str]:
    """How the pages came out, or the one error, whose message must fit on a line."""
    try:
        pages = list(read_pages_guarded(open_file(path), work, LIMITS))
    except SourceError as refused:
        one_line = bool(refused.cause) and "\n" not in str(refused)
        return {type(refused).__name__} if one_line else {"a muddled message"}
    in_order = [page.number for page in pages] == list(range(1, len(pages) + 1))
    return {page.extraction.value for page in pages} if in_order else {"pages out of order"}


@pytest.mark.material
@pytest.mark.skipif(not (DATA / "bad").is_dir(), reason="the hostile files are not here")
@pytest.mark.parametrize(("name", "expected"), HOSTILE.items())
def test_a_hostile_file_gives_pages_or_one_named_trouble(
    tmp_path: Path, name: str, expected: str | None
) -> None:
    outcome = outcomes_of(DATA / "bad" / name, tmp_path)
    assert list(tmp_path.iterdir()) == []
    possible = {e.value for e in Extraction} | {e.__name__ for e in SourceError.__subclasses__()}
    assert outcome
    assert outcome <= ({expected} if expected else possible)


@pytest.mark.material
@pytest.mark.skipif(not (DATA / "vi_forms").is_dir(), reason="the scanned forms are not here")
def test_scanned_forms_give_up_their_picture(tmp_path: Path) -> None:
    forms = sorted((DATA / "vi_forms" / "dev").glob("*.pdf"))[::6]
    found = Counter(page.extraction for form in forms for page in read_pages_guarded(form, tmp_path))
    assert found == {Extraction.EMBEDDED: len(forms)}


@pytest.mark.material
@pytest.mark.skipif(not (DATA / "vi_multipage").is_dir(), reason="the whole documents are not here")
@pytest.mark.parametrize(
    ("name", "signatures", "extractions"),
    [
        ("dl_2025_0007.pdf", 0, [Extraction.EMBEDDED] * 3),  # its text layer is useless and invisible
        ("nq_115_ba_vi.pdf", 1, [Extraction.RENDERED, Extraction.EMBEDDED]),  # a visible signature mark
        ("hanoi_tb_453_flag.pdf", 7, [Extraction.RENDERED]),
    ],
)
def test_whole_documents(tmp_path: Path, name: str, signatures: int, extractions: list[Extraction]) -> None:
    file = open_file(DATA / "vi_multipage" / "dev" / name)
    assert file.signatures == signatures
    assert [page.extraction for page in read_pages_guarded(file, tmp_path, LIMITS)] == extractions
