"""`sohoa inspect` over files as scanners leave them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from console.inspect import RESCAN, inspect
from console.output import Output
from scanners.samples.backs import back
from tests.printed import LETTER, letter, turned

PAGE = letter(LETTER, dpi=200)


def saved(folder: Path, name: str, picture: np.ndarray, dpi: int = 200) -> Path:
    file = folder / name
    Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])).save(file, dpi=(dpi, dpi), quality=92)
    return file


def told(files: list[Path], capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    code = inspect(files, Output("vi", as_json=True))
    return code, json.loads(capsys.readouterr().out)["pages"]


def test_a_batch_is_told_page_by_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = list(LETTER)
    number[5] = number[5].replace("012345", "012346")
    front = letter(LETTER * 3, dpi=300)
    shining = back(4, 1, np.ascontiguousarray(front[:, :1800, ::-1])).picture[:, :, ::-1]
    files = [
        saved(tmp_path, "1.jpg", np.ascontiguousarray(turned(PAGE, -3.0)[::-1, ::-1])),
        saved(tmp_path, "2.jpg", turned(PAGE, 0.4)),
        saved(tmp_path, "3.jpg", letter(number, dpi=200)),
        saved(tmp_path, "4.jpg", shining, 300),
        saved(tmp_path, "5.jpg", np.asarray(cv2.resize(PAGE, None, fx=0.5, fy=0.5)), 100),
    ]
    broken = tmp_path / "6.jpg"
    broken.write_bytes(b"\xff\xd8\xff")
    code, pages = told([*files, broken], capsys)
    assert code not in (0, RESCAN)
    assert [page.get("rotation_degrees") for page in pages] == [180, 0, 0, 0, 0, None]
    assert pages[0]["angle_degrees"] == pytest.approx(3.0, abs=0.1)
    assert [page["blank"] for page in pages[:5]] == [False, False, False, True, False]
    assert pages[1]["duplicates"] == [{"source": "1.jpg", "number": 1, "likeness": "same"}]
    assert [other["likeness"] for other in pages[2]["duplicates"]] == ["alike"], "one digit differs"
    assert pages[3]["duplicates"] == []
    (low,) = [f for f in pages[4]["quality"] if f["flaw"] == "resolution"]
    assert (low["value"], low["verdict"]) == (100.0, "rescan_needed")
    assert low["box"] == [0, 0, 827, 1169] or len(low["box"]) == 4
    assert "error" in pages[5]


def test_people_read_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, "1.jpg", np.asarray(cv2.resize(PAGE, None, fx=0.5, fy=0.5)), 100)
    assert inspect([file], Output("vi")) == RESCAN
    assert "Độ phân giải thấp: 100 dpi" in capsys.readouterr().out
