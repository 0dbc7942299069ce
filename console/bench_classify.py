"""How many heads and titles `sohoa classify` reads exactly, over a folder with a manifest."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.output import Output
from dossier.errors import SohoaError, SourceError
from dossier.text import nfc
from flows.classify import classify_file
from flows.settings import settings

FIELDS: Final = {
    "loai_van_ban": "document_type",
    "so_ky_hieu": "document_number",
    "ngay_ban_hanh": "issued_on",
    "co_quan": "issuing_body",
    "trich_yeu": "abstract",
}
"""Columns of the manifest, and what they are called in the answer."""
_SUFFIXES: Final = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
_FORM_NUMBER: Final = re.compile(r"^(?:Mẫu số \w+|CT\d+|ĐKX\d+)\s*(?:\(tiếp\))?\s*:?\s*")
_REMARK: Final = re.compile(
    r"\((?:TT [^)]*|mẫu|ảnh quay|tiếp|trang [^)]*|cư trú)\)|\bNĐ \d+/\d{4}\b|\bmặt (?:trước|sau)\b"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of one file."""

    file: str
    field: str
    expected: str
    got: str
    is_exact: bool


def classify(folders: Sequence[Path], output: Output) -> int:
    """Score every folder that is there; one that is absent is skipped and named."""
    tables: dict[str, Any] = {}
    for folder in folders:
        manifest = folder / "manifest.tsv"
        if not manifest.exists():
            output.aside(f"{folder}: manifest.tsv?")
            continue
        tables[folder.name] = _table(list(_answers(manifest)))
    if output.as_json:
        output.data(tables)
        return 0
    for name, table in tables.items():
        output.text(f"{name}: {table['exact']} / {table['fields']} ({table['percent']:.1f} %)")
        for field, (exact, count) in table["by_field"].items():
            output.text(f"  {field:18s} {exact:3d} / {count:3d}")
        for wrong in table["wrong"]:
            output.text(f"  {wrong['file']} {wrong['field']}: {wrong['expected']!r} != {wrong['got']!r}")
    return 0


def _table(answers: Sequence[Answer]) -> dict[str, Any]:
    names = list(dict.fromkeys(a.field for a in answers))
    exact = sum(a.is_exact for a in answers)
    return {
        "fields": len(answers),
        "exact": exact,
        "percent": round(100 * exact / len(answers), 1) if answers else 0.0,
        "by_field": {
            name: (sum(a.is_exact for a in answers if a.field == name), sum(a.field == name for a in answers))
            for name in names
        },
        "wrong": [
            {"file": a.file, "field": a.field, "expected": a.expected, "got": a.got}
            for a in answers
            if not a.is_exact
        ],
    }


def _answers(manifest: Path) -> Iterator[Answer]:
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        picture = _picture(manifest.parent / row["file"])
        if picture is None:
            continue
        try:
            page = next(classify_file(settings(), picture))
        except SourceError as error:
            page = {"error": str(error)}
        yield from _titles(row, page) if "form_title" in row else _fields(row, page)


def _picture(path: Path) -> Path | None:
    """The page that a row names; a Word file is none, and a row without a suffix names whichever is there."""
    if path.suffix.lower() in _SUFFIXES and path.exists():
        return path
    return next((p for suffix in _SUFFIXES if (p := path.parent / (path.name + suffix)).exists()), None)


def _fields(row: Mapping[str, str], page: Mapping[str, Any]) -> Iterator[Answer]:
    for column, name in FIELDS.items():
        if expected := _normal(row.get(column) or ""):
            got = _normal(page.get(name) or "")
            yield Answer(row["file"], name, expected, got, expected == got)


def _titles(row: Mapping[str, str], page: Mapping[str, Any]) -> Iterator[Answer]:
    expected = printed_title(row["form_title"])
    got = _normal(page.get("title") or "")
    yield Answer(row["file"], "title", expected, got, holds_title(got, expected))


def printed_title(described: str) -> str:
    """The words printed on the page, out of a manifest's description of it.

    Form numbers in front and the describer's remarks in brackets are taken off. Where a colon is followed
    by capitals, these are the heading ("Giấy khai (trang 2/2): DỮ LIỆU ..."); else what stands before it.
    """
    text = _FORM_NUMBER.sub("", nfc(described))
    text = _REMARK.sub(" ", text)
    if ":" in text:
        before, after = text.split(":", 1)
        text = after if any(c.isupper() for c in after) and after.strip()[:3].isupper() else before
    return _normal(text)


def holds_title(got: str, expected: str) -> bool:
    """Whether the title as told begins with the printed one, every letter and mark, case apart.

    It may go on with what is printed below: a subtitle, or the same in English.
    """
    return bool(expected) and _normal(got).casefold().startswith(expected.casefold())


def _normal(text: str) -> str:
    return " ".join(nfc(text).split())


def default_folders(data: Path | None) -> list[Path]:
    """The two folders of the measuring material. Raises SohoaError where there are none."""
    root = data or Path(__file__).resolve().parents[2] / "shared" / "data"
    folders = [root / "vi_fields", root / "vi_forms"]
    if data is not None and (data / "manifest.tsv").exists():
        return [data]
    if not any(folder.exists() for folder in folders):
        raise SohoaError(str(root), "holds no vi_fields and no vi_forms")
    return folders
