"""Lines by the thousand: made ahead of the training by a process of its own, each shard from its own seed."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from models.training.course import Course
from models.training.draw import Drawer
from models.training.fonts import FontFile, Fonts
from models.training.hand import Pen
from models.training.net_shape import HEIGHT
from models.training.texts import Texts
from models.training.wear import worn

LINES: Final = 4096
"""Lines of a shard."""
AHEAD: Final = 6
"""Shards that are made before they are needed; 140 MB each."""


@dataclass(frozen=True, slots=True)
class Material:
    """What lines are made of."""

    prose: Path
    """Folder with Vietnamese texts, .md or .txt."""
    fonts: tuple[FontFile, ...]
    digits: Path | None
    """Folder with the ten files of handwritten digits, or None."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A line with what it says."""

    picture: npt.NDArray[np.uint8]
    """48 rows."""
    text: str


def make(
    material: Material, seed: str, lines: int, *, held_back: bool = False, course: Course = Course.PLAIN
) -> list[Sample]:
    """Lines from a seed; of fonts that nothing is learnt from where asked."""
    cv2.setNumThreads(1)
    fonts = Fonts(material.fonts, held_back=held_back, course=course)
    drawer = Drawer(Texts(material.prose, course), fonts, Pen(fonts, material.digits))
    random = Random(seed)
    made: list[Sample] = []
    while len(made) < lines:
        drawn = drawer.draw(random)
        picture = worn(drawn, random)
        if picture is not None:
            made.append(Sample(picture, drawn.text))
    return made


def save(samples: Sequence[Sample], path: Path) -> None:
    """One file of pixels and one of texts; whole or not at all."""
    with path.with_suffix(".part").open("wb") as file:
        for sample in samples:
            file.write(sample.picture.tobytes())
    path.with_suffix(".part").rename(path.with_suffix(".pixels"))
    rows = [[sample.picture.shape[1], sample.text] for sample in samples]
    path.with_suffix(".half").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    path.with_suffix(".half").rename(path.with_suffix(".json"))


def load(path: Path) -> list[Sample]:
    """What `save` wrote."""
    rows = json.loads(path.with_suffix(".json").read_text("utf-8"))
    pixels = np.memmap(path.with_suffix(".pixels"), np.uint8, "r")
    samples, start = [], 0
    for width, text in rows:
        samples.append(Sample(pixels[start : start + HEIGHT * width].reshape(HEIGHT, width), text))
        start += HEIGHT * width
    return samples


def shard(folder: Path, number: int) -> Path:
    """Where a shard is kept, without suffix."""
    return folder / f"shard-{number:05d}"


def make_ahead(
    material: Material, folder: Path, seed: int, first: int, plan: Sequence[tuple[Course, int]]
) -> None:
    """Make the shards from `first` on, never more than a few ahead of the one that is being learnt.

    Args:
        plan: the parts of the run, each with its number of shards.
    """
    courses = [course for course, count in plan for _ in range(count)]
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first):  # what an interrupted run left behind
        forget(folder, number)
    for number, course in list(enumerate(courses))[first:]:
        path = shard(folder, number)
        if path.with_suffix(".json").exists():
            continue
        while len(list(folder.glob("shard-*.json"))) >= AHEAD:
            time.sleep(1)
        save(make(material, f"{seed}/{number}", LINES, course=course), path)


def wait_for(folder: Path, number: int) -> list[Sample]:
    """The samples of a shard, as soon as it is made."""
    path = shard(folder, number)
    while not path.with_suffix(".json").exists():
        time.sleep(0.5)
    return load(path)


def forget(folder: Path, number: int) -> None:
    """Remove a shard that has been learnt."""
    for suffix in (".json", ".pixels"):
        shard(folder, number).with_suffix(suffix).unlink(missing_ok=True)
