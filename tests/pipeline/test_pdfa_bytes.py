"""A PDF/A is made in memory: a disk without room neither ends the process nor the document."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pikepdf import Pdf, pdfa

from dossier.errors import RenditionInvalid
from pipeline.pdfa_bytes import pdfa_bytes

ON_A_FULL_DISK = """
import resource, signal, sys, tempfile
from pipeline.rendition import render_document
from tests.sheets import ABOUT, HEADING, lines_of, sheet
page = sheet(lines_of(HEADING))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # not one byte more goes to any disk
sys.exit(0 if render_document([page], ABOUT).startswith(b"%PDF") else 1)
"""


def test_a_disk_without_room_does_not_end_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", ON_A_FULL_DISK],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]


def test_what_is_no_pdfa_is_refused_by_its_name() -> None:
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdfa.prepare(pdf, "2b")
        assert pdfa_bytes(pdf, "giấy mẫu") == pdfa_bytes(pdf, "giấy mẫu")
        del pdf.Root.Metadata
        with pytest.raises(RenditionInvalid, match="giấy mẫu"):
            pdfa_bytes(pdf, "giấy mẫu")
