"""Documents are sealed side by side; pdfium, which two threads would crash, is asked by one at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from pipeline.pdfium_lock import opened
from pipeline.text_witness import words_by_page

MANY = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pipeline.mark_place import share_of_ink
from pipeline.pdfium_lock import opened
from pipeline.text_witness import words_by_page
data = open(sys.argv[1], "rb").read()
def both(_):
    words = words_by_page(data)
    with opened(data) as document:
        return words, tuple(share_of_ink(page) for page in document)
with ThreadPoolExecutor(8) as threads:
    print(len(set(threads.map(both, range(120)))))
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Two pages of print."""
    with pdfium.PdfDocument.new() as made:
        for _ in range(2):
            page = made.new_page(595, 842)
            font = pdfium.raw.FPDFText_LoadStandardFont(made, b"Times-Roman")
            for line in range(40):
                written = pdfium.raw.FPDFPageObj_CreateTextObj(made, font, 12)
                text = "So hoa ho so mau ".encode("utf-16-le") + b"\0\0"
                buffer = (pdfium.raw.FPDF_WCHAR * (len(text) // 2)).from_buffer_copy(text)
                pdfium.raw.FPDFText_SetText(written, buffer)
                pdfium.raw.FPDFPageObj_Transform(written, 1, 0, 0, 1, 50, 800 - 18 * line)
                pdfium.raw.FPDFPage_InsertObject(page, written)
            page.gen_content()
        path = tmp_path / "two.pdf"
        made.save(path)
    return path


def test_eight_threads_at_once_agree_and_nothing_crashes(document: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MANY, str(document)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).resolve().parents[2],
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr


def test_a_broken_document_gives_the_next_one_its_turn(document: Path) -> None:
    with pytest.raises(pdfium.PdfiumError), opened(b"no PDF"):
        pass
    assert len(words_by_page(document)) == 2
