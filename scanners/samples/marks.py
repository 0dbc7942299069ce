"""What people put on top of print: seals, received marks, signatures."""

from __future__ import annotations

import math
from random import Random
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw

from scanners.samples.faces import Face, font
from scanners.samples.sheet import millimetres

_RED: Final = (214, 34, 42)
_BLUE: Final = (34, 52, 158)
_FINER: Final = 2
"""Marks are drawn larger and reduced, for smooth edges."""


def round_seal(picture: Image.Image, middle: tuple[float, float], agency: str, random: Random) -> None:
    """An agency's round seal of 36 mm, its name along the rim (TT 21/2012/TT-BCA), MẪU at its heart."""
    size = millimetres(36) * _FINER
    mask = Image.new("L", (size, size), 0)
    draw, half = ImageDraw.Draw(mask), size / 2
    for radius, width in ((0.985, 9), (0.935, 4), (0.56, 5)):
        reach = half * radius
        draw.ellipse(
            (half - reach, half - reach, half + reach, half + reach), outline=255, width=width * _FINER
        )
    _along_rim(mask, agency, half * 0.74)
    draw.polygon(_star(half, half * 1.0, half * 0.2), fill=255)
    draw.text((half, half * 1.36), "MẪU", font=font(Face.SANS_BOLD, 36 * _FINER), fill=255, anchor="mm")
    _press(picture, mask.rotate(random.uniform(-9, 9), Image.Resampling.BICUBIC), middle, random)


def received_mark(
    picture: Image.Image, middle: tuple[float, float], lines: tuple[str, ...], random: Random
) -> None:
    """A square mark of the counter: what happened and when."""
    width, height = millimetres(58) * _FINER, (36 + 62 * len(lines)) * _FINER
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    draw.rectangle((8, 8, width - 9, height - 9), outline=255, width=7 * _FINER)
    for i, text in enumerate(lines):
        kind = font(Face.SANS_BOLD if i == 0 else Face.SANS, (40 if i == 0 else 34) * _FINER)
        draw.text((width / 2, (48 + 62 * i) * _FINER), text, font=kind, fill=255, anchor="mm")
    turned = mask.rotate(random.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, expand=True)
    _press(picture, turned, middle, random)


def scribble(picture: Image.Image, middle: tuple[float, float], random: Random) -> None:
    """A signature in blue ballpoint."""
    width, height = 620 * _FINER, 260 * _FINER
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    draw.line(_pen_stroke(width, height, random), fill=235, width=5 * _FINER, joint="curve")
    if random.random() < 0.6:
        drop, lift = random.uniform(0.72, 0.86), random.uniform(0.05, 0.3)
        flourish = [
            (width * (0.15 + 0.7 * i / 30), height * (drop - lift * (i / 30) ** 2)) for i in range(31)
        ]
        draw.line(flourish, fill=220, width=4 * _FINER, joint="curve")
    _blend(picture, _reduced(mask), middle, _BLUE, 0.92)


def _pen_stroke(width: int, height: int, random: Random) -> list[tuple[float, float]]:
    """Loops that begin large, swell once more on the way and run out to the right."""
    loops, phase = random.uniform(2.2, 5.2), random.uniform(0.0, 2 * math.pi)
    swell, rest, roundness = random.uniform(0.3, 0.8), random.uniform(0.12, 0.4), random.uniform(0.05, 0.13)
    slope = random.uniform(-0.16, 0.08)
    stroke = []
    for step in range(220):
        t = step / 219
        reach = rest + (1 - rest) * (1 - t) ** 2 + 0.5 * math.exp(-(((t - swell) / 0.09) ** 2))
        turn = 2 * math.pi * loops * t + phase
        x = width * (0.14 + 0.7 * t + roundness * reach * math.cos(turn))
        y = height * (0.5 + slope * t + 0.33 * reach * math.sin(turn) / max(1.0, reach))
        stroke.append((x, y))
    return stroke


def _press(picture: Image.Image, mask: Image.Image, middle: tuple[float, float], random: Random) -> None:
    """Ink takes unevenly on paper: some patches stay paler."""
    cover = _reduced(mask)
    grain = np.random.default_rng(random.getrandbits(32)).uniform(0.55, 1.0, (14, 14)).astype(np.float32)
    cover *= cv2.resize(grain, cover.shape[::-1], interpolation=cv2.INTER_CUBIC)
    _blend(picture, cover, middle, _RED, 0.82)


def _reduced(mask: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    small = mask.reduce(_FINER)
    return np.asarray(small, dtype=np.float32) / 255.0


def _blend(
    picture: Image.Image,
    cover: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    middle: tuple[float, float],
    ink: tuple[int, int, int],
    strength: float,
) -> None:
    """Ink darkens what lies under it and never hides it."""
    height, width = cover.shape
    left, top = round(middle[0] - width / 2), round(middle[1] - height / 2)
    area = (left, top, left + width, top + height)
    under = np.asarray(picture.crop(area), dtype=np.float32)
    share = cover[:, :, None] * strength
    inked = under * (1 - share) + under * (np.array(ink, dtype=np.float32) / 255.0) * share
    picture.paste(Image.fromarray(inked.clip(0, 255).astype(np.uint8)), area)


def _along_rim(mask: Image.Image, text: str, radius: float) -> None:
    """Letters around the upper rim, upright to it."""
    room = radius * math.radians(310)
    size = min(33, int(33 * room / (font(Face.SANS_BOLD, 33 * _FINER).getlength(text) * 1.12)))
    kind = font(Face.SANS_BOLD, size * _FINER)
    widths = [kind.getlength(c) * 1.12 for c in text]
    angle = -sum(widths) / radius / 2
    half = mask.width / 2
    for letter, width in zip(text, widths, strict=True):
        angle += width / radius / 2
        tile = Image.new("L", (140, 140), 0)
        ImageDraw.Draw(tile).text((70, 70), letter, font=kind, fill=255, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        at = (round(half + radius * math.sin(angle)) - 70, round(half - radius * math.cos(angle)) - 70)
        mask.paste(255, at, tile)
        angle += width / radius / 2


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Five points, one of them up."""
    reach = [(radius if i % 2 == 0 else radius * 0.4, math.pi * i / 5) for i in range(10)]
    return [(x + r * math.sin(a), y - r * math.cos(a)) for r, a in reach]
