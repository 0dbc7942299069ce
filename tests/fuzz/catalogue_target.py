"""Fuzzed: files of the catalogue, of blocked papers, and records of a publication."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

import validators
from dossier.archive import Dossier
from dossier.errors import CatalogueError
from validators.asked_papers import AskedContext, AskedItem, check_asked
from validators.catalogue_import import draft, read_records
from validators.catalogue_loader import YamlCatalogue, load_procedure
from validators.catalogue_schema import ProcedureEntry
from validators.completeness import check_components

DAY: Final = date(2026, 11, 20)
_BUILT_IN: Final = Path(validators.__path__[0]) / "catalogue"
_ASKED: Final = (AskedItem("Sổ hộ khẩu"), AskedItem("Tờ khai đăng ký khai sinh theo mẫu"))


def open_target(folder: Path) -> Callable[[bytes], None]:
    """What reads one file; its first byte says of which kind it is."""
    own = folder / "own"
    own.mkdir()
    shutil.copy(_BUILT_IN / "1.001193.yaml", own)

    def feed(data: bytes) -> None:
        kind, content = data[:1], data[1:]
        try:
            if kind == b"r":
                _records(folder / "records.json", content)
            elif kind == b"b":
                _blocked(own, content)
            elif kind == b"p":
                _procedure(folder / "procedure.yaml", content)
        except CatalogueError:
            return

    return feed


def _records(file: Path, content: bytes) -> None:
    """A draft is a catalogue file, whatever the record says: nothing in it becomes a key."""
    file.write_bytes(content)
    for record in read_records(file):
        drafted = draft(record, DAY)
        read: Any = yaml.safe_load(drafted)
        assert set(read) <= set(ProcedureEntry.model_fields), set(read)
        file.with_suffix(".yaml").write_text(drafted, "utf-8")
        load_procedure(file.with_suffix(".yaml"))


def _blocked(own: Path, content: bytes) -> None:
    (own / "blocked_papers.yaml").write_bytes(content)
    catalogue = YamlCatalogue(own)
    context = AskedContext(catalogue.procedures()[0], catalogue.blocked_papers(DAY))
    assert len(check_asked(_ASKED, context)) == len(_ASKED)


def _procedure(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    procedure = load_procedure(file)
    check_asked(_ASKED, AskedContext(procedure, ()))
    check_components(Dossier("FUZZ-1", procedure.code, (), ()), procedure, (), (), DAY)
