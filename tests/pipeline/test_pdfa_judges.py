"""PDF/A by two judges: pikepdf's validator on what was signed, PDFBox Preflight on a 1b rendition of it."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa

from pipeline.verify import unsigned_revision
from tests.sheets import HEADING, Shape, lines_of, sealed, sheet

JARS = Path("/usr/share/java")
PARTS = (
    *("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging"),
    *("javax.activation", "jaxb-api", "bcprov", "bcpkix", "bcmail"),
)
SHAPES = {
    "colour, upside down and skewed": Shape(rotation_degrees=180, angle_degrees=1.7),
    "grey, lying": Shape(rotation_degrees=90, mode="L", format="PNG"),
    "bitonal as fax": Shape(mode="1", format="TIFF"),
    "palette": Shape(mode="P", format="PNG"),
}


def as_1b(data: bytes) -> bytes:
    """The same pages, pictures and text layer, said to be PDF/A-1b."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        packet = pdf.Root.Metadata.read_bytes()
        pdfa.prepare(pdf, "1b")
        pdf.Root.Metadata = pdf.make_stream(
            packet.replace(b"<pdfaid:part>2<", b"<pdfaid:part>1<"),
            Type=pikepdf.Name.Metadata,
            Subtype=pikepdf.Name.XML,
        )
        del pdf.docinfo
        pdfa.save(pdf, out, "1b", repair=False, deterministic_id=True)
    return out.getvalue()


def preflight(file: Path) -> str:
    """What Preflight says of a file as PDF/A-1b; empty where it accepts it."""
    names = ":".join(str(JARS / f"{part}.jar") for part in PARTS)
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", names, "org.apache.pdfbox.preflight.Validator_A1b"]
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False, timeout=600)
    accepted = done.returncode == 0 and "is a valid PDF/A-1b file" in done.stdout
    return "" if accepted else done.stdout + done.stderr


needs_preflight = pytest.mark.skipif(
    shutil.which("java") is None or not (JARS / "preflight.jar").is_file(),
    reason="libpdfbox2-java is missing",
)


@needs_preflight
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_was_signed_is_pdfa_to_both(shape: Shape, tmp_path: Path) -> None:
    whole = unsigned_revision(sealed(sheet(lines_of(HEADING), shape)))
    assert pdfa.validate_written(io.BytesIO(whole), "2b").passed
    file = tmp_path / "1b.pdf"
    file.write_bytes(as_1b(whole))
    assert preflight(file) == ""


@needs_preflight
def test_preflight_refuses_what_is_not_pdfa(tmp_path: Path) -> None:
    """The judge judges."""
    file = tmp_path / "no-intent.pdf"
    with pikepdf.open(io.BytesIO(as_1b(unsigned_revision(sealed(sheet(lines_of(HEADING))))))) as pdf:
        del pdf.Root.OutputIntents
        pdf.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert "is not a valid PDF/A-1b" in preflight(file)
