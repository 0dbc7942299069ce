"""What the whole chain makes of pictures without print, and of print that nobody can read.

All of them are read one after the other in a process of their own, so that its time and memory are theirs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.odd_pages import CHINESE_FONTS, EMPTY, ENGLISH, HARD, INKED, LONG_LINE, Pixels, chinese
from tests.printed import LETTER

MOST_CORE_SECONDS = 15.0
"""For one picture, even on a slow and busy machine; none takes more than three where it is quiet."""
MOST_MEGABYTES = 480
"""Of the process that read them all one after the other."""
_WORKER = """
import json, sys, time
from pathlib import Path
import cv2
from flows.reading import open_reader
from flows.settings import settings
from pipeline.reading import read_page
from tests.printed import scanned
readers = open_reader(Path(sys.argv[2]))
told = {}
for file in sorted(Path(sys.argv[1]).glob("*.png")):
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
    started = time.process_time()
    page = read_page(scanned(picture), picture, readers)
    told[file.stem] = {
        "core_seconds": time.process_time() - started,
        "lines": [[w.text for w in line.words] for line in page.lines],
        "confidences": [w.confidence for line in page.lines for w in line.words],
        "is_blank": page.is_blank,
        "codes": len(page.codes),
    }
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps({"pages": told, "megabytes": int(status["VmHWM"].split()[0]) / 1024}))
"""


@dataclass(frozen=True)
class Readings:
    pages: dict[str, Any]
    megabytes: float

    def words(self, name: str) -> list[str]:
        return [word for line in self.pages[name]["lines"] for word in line]

    def sure_words(self, name: str) -> list[tuple[str, float]]:
        return list(zip(self.words(name), self.pages[name]["confidences"], strict=True))


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Readings:
    folder = tmp_path_factory.mktemp("odd")
    drawn: dict[str, Callable[[], Pixels]] = EMPTY | HARD
    if _font():
        drawn["chinese"] = lambda: chinese(_font())
    for name, draw in drawn.items():
        Image.fromarray(draw()).save(folder / f"{name}.png")
    root = Path(__file__).resolve().parents[2]
    cache = tmp_path_factory.mktemp("models")
    command = [sys.executable, "-c", _WORKER, str(folder), str(cache)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return Readings(**json.loads(done.stdout.splitlines()[-1]))


def _font() -> str:
    return next((font for font in CHINESE_FONTS if Path(font).exists()), "")


@pytest.mark.parametrize("name", EMPTY)
def test_no_words_are_invented_where_there_are_none(name: str, readings: Readings) -> None:
    assert readings.words(name) == []


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_without_print_is_blank_unless_it_bears_ink(name: str, readings: Readings) -> None:
    page = readings.pages[name]
    assert page["codes"] == (12 if name == "codes" else 0)
    assert page["is_blank"] is (name not in INKED)


@pytest.mark.parametrize("name", EMPTY | HARD)
def test_time_is_bounded(name: str, readings: Readings) -> None:
    assert readings.pages[name]["core_seconds"] < MOST_CORE_SECONDS


def test_memory_is_bounded(readings: Readings) -> None:
    assert readings.megabytes < MOST_MEGABYTES


@pytest.mark.parametrize("name", ["two_pixels_high", "two_pixels_on_a_page"])
def test_print_of_two_pixels_is_nothing(name: str, readings: Readings) -> None:
    assert readings.words(name) == []


def test_a_line_of_five_thousand_pixels_is_read_whole(readings: Readings) -> None:
    (line,) = readings.pages["long_line"]["lines"]
    drawn = LONG_LINE.split()
    assert len(line) == len(drawn)
    assert sum(a != b for a, b in zip(line, drawn, strict=True)) <= 2


def test_words_that_stand_on_their_side_do_not_spoil_the_page(readings: Readings) -> None:
    words = readings.words("vertical")
    wanted = " ".join(LETTER).split()
    assert sum(word not in words for word in wanted) <= 2
    assert len(words) <= len(wanted) + 5


def test_stacked_capitals_are_not_surely_words(readings: Readings) -> None:
    assert all(sure < 0.9 or len(w) <= 2 for w, sure in readings.sure_words("stacked"))


def test_english_is_read_as_it_stands(readings: Readings) -> None:
    words = readings.words("english")
    drawn = " ".join(ENGLISH).split()
    assert sum(word not in words for word in drawn) <= 3
    assert len(words) <= len(drawn) + 2


@pytest.mark.skipif(not _font(), reason="no font with Chinese characters is installed")
def test_chinese_is_not_surely_read(readings: Readings) -> None:
    """The alphabet has none of it: whatever is written must not look certain."""
    sure = [
        word for word, confidence in readings.sure_words("chinese") if confidence >= 0.9 and len(word) > 2
    ]
    assert sure == []
