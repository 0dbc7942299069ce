"""PaddleOCR opened offline, quietly, from model folders of our own making."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dossier.errors import PartMissing
from models import paddle

OPENED_ELSEWHERE = """
import socket, sys
def refuse(*arguments): raise AssertionError(f"a connection was tried: {arguments}")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from pathlib import Path
import numpy as np
from models.line_finder import PaddleLineFinder
from models.digits import PaddleDigitReader
finder, digits = PaddleLineFinder(Path(sys.argv[1])), PaddleDigitReader(Path(sys.argv[1]))
page = np.full((400, 600), 245, np.uint8)
page[100:130, 50:500:8] = 20
finder.find(page), digits.read([page[90:140]])
"""


@pytest.mark.parametrize("model", [paddle.DETECTOR, paddle.RECOGNISER])
def test_a_model_folder_is_made_once(tmp_path: Path, model: str) -> None:
    folder = paddle.model_folder(model, tmp_path / "not" / "there")
    made = (folder / "inference.onnx").stat().st_mtime_ns
    assert f"model_name: {model}" in (folder / "inference.yml").read_text()
    assert paddle.model_folder(model, tmp_path / "not" / "there") == folder
    assert (folder / "inference.onnx").stat().st_mtime_ns == made
    assert [entry.name for entry in folder.parent.iterdir()] == [folder.name]


def test_a_folder_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    folder = paddle.model_folder(paddle.DETECTOR, tmp_path)
    whole = (folder / "inference.onnx").read_bytes()
    (folder / "inference.onnx").write_bytes(whole[:1000])
    assert (paddle.model_folder(paddle.DETECTOR, tmp_path) / "inference.onnx").read_bytes() == whole


def test_many_at_once_get_one_whole_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: paddle.model_folder(paddle.RECOGNISER, tmp_path), range(24)))
    (folder,) = folders
    assert sorted(entry.name for entry in folder.iterdir()) == ["inference.onnx", "inference.yml"]
    assert len(list(tmp_path.iterdir())) == 1


def test_without_the_wheel_the_part_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paddle, "_WHEEL", "no_such_wheel")
    with pytest.raises(PartMissing, match="no_such_wheel"):
        paddle.model_folder(paddle.DETECTOR, tmp_path)


def test_opening_and_reading_makes_no_connection_and_no_noise(tmp_path: Path) -> None:
    """In a process of its own: nothing on the terminal, nothing below the home folder, nobody called."""
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", OPENED_ELSEWHERE, str(tmp_path / "models")],
        capture_output=True,
        text=True,
        timeout=120,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).resolve().parents[2],
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(home.iterdir()) == []


def test_the_rest_of_the_process_sees_the_installed_packages_as_they_are(tmp_path: Path) -> None:
    paddle.recogniser(tmp_path)()
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("opencv-contrib-python")


def test_hub_clients_and_data_frames_are_not_loaded(tmp_path: Path) -> None:
    """In a process of its own: what PaddleX imports for other things than reading stays out."""
    asked = (
        "import sys; from pathlib import Path; from models import paddle; "
        "paddle.detector(Path(sys.argv[1]))(); paddle.recogniser(Path(sys.argv[1]))(); "
        "print(sorted(set(sys.modules) & {'pandas', 'modelscope', 'aiohttp', 'huggingface_hub'})); "
        "import pandas; print(pandas.DataFrame({'a': [1, 2]})['a'].sum())"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).resolve().parents[2],
        check=True,
    )
    assert done.stdout.splitlines() == ["[]", "3"]
