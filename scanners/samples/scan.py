"""What a counter scanner makes of a sheet: paper tone, a slight skew, a turn, softness and grain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from random import Random
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from dossier.geometry import Box, UprightFrame
from scanners.samples.sheet import HEIGHT, WIDTH, Sheet

Pixels: TypeAlias = npt.NDArray[np.uint8]


class Mode(StrEnum):
    """How the scanner was set."""

    COLOUR = "colour"
    """Paper tone and grain as they are."""
    GREY = "grey"
    """Background cleaned to white by the scanner."""
    BILEVEL = "bilevel"
    """Black and white, as a fax has it."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a sheet lay on the glass."""

    angle_degrees: float = 0.0
    """What straightens the page again, counter-clockwise."""
    rotation_degrees: int = 0
    """What makes the page upright again, clockwise quarter turns."""
    mode: Mode = Mode.COLOUR
    tint: tuple[int, int, int] = (250, 249, 245)
    """Colour of the paper."""

    @property
    def frame(self) -> UprightFrame:
        """The turn that undoes this look."""
        sideways = self.rotation_degrees in (90, 270)
        width, height = (HEIGHT, WIDTH) if sideways else (WIDTH, HEIGHT)
        return UprightFrame(width, height, self.rotation_degrees, self.angle_degrees)


def scan(sheet: Sheet, look: Look, random: Random) -> Image.Image:
    """The picture that the scanner delivers: "RGB", "L" or "1" by its mode."""
    pixels: Pixels = np.asarray(sheet.picture)
    if look.mode is not Mode.COLOUR:
        pixels = np.ascontiguousarray(pixels[:, :, 0])
    if look.angle_degrees:
        pixels = _skewed(pixels, look.angle_degrees)
    elif look.mode is Mode.COLOUR:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (3, 3), 0.6), np.uint8)
    if look.mode is Mode.COLOUR:
        pixels = _on_paper(pixels, look.tint, random)
    picture = Image.fromarray(pixels)
    if look.mode is Mode.BILEVEL:
        picture = picture.point(lambda level: 255 if level > 150 else 0, mode="1")
    return _turned(picture, look.rotation_degrees)


def in_upright_frame(box: Box, look: Look) -> Box:
    """Where a box of the straight sheet lies once the scan is turned upright and straightened."""
    dx, dy = (look.frame.width - WIDTH) / 2, (look.frame.height - HEIGHT) / 2
    return Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)


def _skewed(pixels: Pixels, angle_degrees: float) -> Pixels:
    """Turn clockwise about the middle; the lid shows grey where the sheet does not reach."""
    middle = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, -angle_degrees, 1.0)
    lid = (255,) if pixels.ndim == 2 else (238, 238, 236)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderValue=lid), np.uint8
    )


def _turned(picture: Image.Image, rotation_degrees: int) -> Image.Image:
    """Turn counter-clockwise, so that a clockwise turn by the same angle undoes it."""
    turns = {
        90: Image.Transpose.ROTATE_90,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_270,
    }
    return picture.transpose(turns[rotation_degrees]) if rotation_degrees else picture


def _on_paper(pixels: Pixels, tint: tuple[int, int, int], random: Random) -> Pixels:
    """In the paper's tone, with the sensor's grain."""
    toned = cv2.multiply(pixels, _paper(tint), scale=1 / 255)
    grain = np.roll(_grain(), (random.randrange(HEIGHT), random.randrange(WIDTH)), (0, 1))
    return np.asarray(cv2.addWeighted(toned, 1.0, cv2.merge((grain, grain, grain)), 1.0, -128.0), np.uint8)


@lru_cache(maxsize=4)
def _paper(tint: tuple[int, int, int]) -> Pixels:
    """The sheet's own colour, a little uneven, darker towards one edge as under an ageing lamp."""
    fog = np.random.default_rng(sum(tint)).uniform(0.975, 1.0, (9, 7)).astype(np.float32)
    fog *= np.linspace(1.0, 0.975, 7, dtype=np.float32)
    tone = cv2.resize(fog, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.merge([(tone * level).clip(0, 255).astype(np.uint8) for level in tint]), np.uint8)


@lru_cache(maxsize=1)
def _grain() -> Pixels:
    """Sensor noise around 128; one field for all pages, shifted for each."""
    noise = np.random.default_rng(9303).normal(128.0, 1.6, (HEIGHT // 2, WIDTH // 2))
    tile = noise.round().clip(0, 255).astype(np.uint8)
    return np.asarray(np.tile(tile, (2, 2)), np.uint8)
