"""The readers of the benchmark: each turns a picture file into text."""

from __future__ import annotations

import importlib
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

from dossier.errors import PartMissing, SohoaError

Read: TypeAlias = Callable[[Path], str]
_SECONDS_A_PAGE: Final = 600
_TESSERACT: Final = ["tesseract", "{picture}", "stdout", "-l", "vie"]
_OCRMYPDF: Final = [
    *("-l", "vie", "--deskew", "--rotate-pages", "--output-type", "pdfa-2", "--jobs", "1", "--quiet"),
    # Both need no Ghostscript and are the cheaper way of OCRmyPDF 17.
    *("--pdfa-backend", "internal", "--rasterizer", "pypdfium"),
]


@dataclass(frozen=True, slots=True)
class Reader:
    """Something that reads pages."""

    read: Read
    starts_each_time: bool
    """Whether every page starts a program anew: then start-up is what a nearly empty picture costs."""
    stages: Mapping[str, float] = field(default_factory=dict)
    """Core-seconds of its parts so far, where it tells."""


def open_named(name: str, work: Path) -> Reader:
    """A reader by its name, as a command with {picture} in it, or as module:function.

    Raises:
        PartMissing: a program or package is not installed.
        SohoaError: neither a name, nor a command, nor a function.
    """
    if name in NAMED:
        return NAMED[name](work)
    if "{picture}" in name:
        return _command(shlex.split(name))
    module, _, function = name.partition(":")
    if not function:
        raise SohoaError(name, "is no reader: a command with {picture}, or module:function")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Read = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise PartMissing(name, str(error)) from error
    return Reader(found, starts_each_time=False)


def _ours(_: Path) -> Reader:
    """As `sohoa read` does it: decode, prepare, find, read; then look for seals and signatures."""
    from console.bench_reading_ours import OurReader

    reader = OurReader()
    return Reader(reader.read, starts_each_time=False, stages=reader.stages)


def _tesseract_by_line(_: Path) -> Reader:
    """Tesseract's net on our crops: our preparation, our finding of lines, nothing of our reading."""
    from console.bench_reading_ours import TesseractByLine

    return Reader(TesseractByLine().read, starts_each_time=False)


def _tesseract_by_page(_: Path) -> Reader:
    return _command(_TESSERACT)


def _ocrmypdf(work: Path) -> Reader:
    """The whole page job of OCRmyPDF, its text from the sidecar file."""
    program = Path(sys.executable).with_name("ocrmypdf")
    if not program.exists():
        raise PartMissing("ocrmypdf", "not installed in this environment")

    def read(picture: Path) -> str:
        with TemporaryDirectory(dir=work) as folder:
            sidecar = Path(folder) / "text.txt"
            files = ["--sidecar", str(sidecar), str(picture), str(Path(folder) / "out.pdf")]
            _run([str(program), *_OCRMYPDF, *_resolution(picture), *files])
            return sidecar.read_text("utf-8")

    return Reader(read, starts_each_time=True)


def _resolution(picture: Path) -> list[str]:
    """OCRmyPDF refuses pictures that do not say their resolution."""
    from PIL import Image

    with Image.open(picture) as opened:
        return [] if "dpi" in opened.info else ["--image-dpi", "300"]


def _command(words: list[str]) -> Reader:
    _installed(words[0])

    def read(picture: Path) -> str:
        return _run([word.replace("{picture}", str(picture)) for word in words])

    return Reader(read, starts_each_time=True)


def _installed(program: str) -> None:
    if shutil.which(program) is None:
        raise PartMissing(program, "not installed")


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, timeout=_SECONDS_A_PAGE, check=False)
    if done.returncode != 0:
        raise SohoaError(Path(command[0]).name, done.stderr.decode("utf-8", "replace").strip()[-200:])
    return done.stdout.decode("utf-8", "replace")


NAMED: Final[dict[str, Callable[[Path], Reader]]] = {
    "ours": _ours,
    "tesseract-page": _tesseract_by_page,
    "tesseract-line": _tesseract_by_line,
    "ocrmypdf": _ocrmypdf,
}
