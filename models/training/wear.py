"""What printing, copying and scanning do to a line, and how the product then cuts it out.

One line in two is hardly damaged; the rest is blurred, thinned, thickened, turned, stamped over, unevenly
lit, reduced to few dots an inch, noisy, black and white, compressed, in any mixture.
"""

from __future__ import annotations

import math
from random import Random
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from models.training.draw import DrawnLine
from models.training.hand import Ink
from models.training.net_shape import HEIGHT, STEP

Grey: TypeAlias = npt.NDArray[np.uint8]

WIDEST: Final = 1560
"""Columns at height 48; a longer line is squeezed a little, as it would be cut in two when read."""
_PAPER: Final = 245
"""Grey of paper after background division."""


def worn(line: DrawnLine, random: Random) -> Grey | None:
    """The line as a scanner saw it, cut out, 48 rows high; None where too little is left of it."""
    noise = np.random.default_rng(random.getrandbits(32))
    severity = random.random()
    ink = _hairlines_lost(_thickened(line.ink, line.em, random), line.em, random)
    ink, box = _turned(ink, line, random)
    ink = _blurred(ink, line.em, severity, random)
    ink = _rubbed(ink, line.em, noise, random)
    if random.random() < 0.10:
        ink = _stamped(ink, line.em, random)
    grey, levels = _toned(ink, severity, random)
    grey = _shown_through(grey, levels, line.em, random)
    if random.random() < 0.05:
        grey = _streaked(grey, levels, line.em, random)
    if line.em > 20 and random.random() < 0.25:
        grey = _coarse(grey, line.em, random)
    grey = _noisy(grey, severity, noise, random)
    if random.random() < 0.2:
        grey = _bilevel(grey, levels, noise, random)
    picture = np.clip(grey, 0, 255).astype(np.uint8)
    if random.random() < 0.5:
        quality = random.randint(15, 90) if severity > 0.8 else random.randint(30, 90)
        packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    if random.random() < 0.75:
        paper = max(60.0, float(np.percentile(picture[::2, ::3], 92)))
        picture = np.clip(picture.astype(np.float32) * (_PAPER / paper), 0, 255).astype(np.uint8)
    return _cut(picture, box, line, random)


def _thickened(ink: Ink, em: int, random: Random) -> Ink:
    if em < 22 or random.random() > 0.24:
        return ink
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    kernel = np.ones((2, 2), np.uint8) if random.random() < 0.6 else cross
    changed = cv2.dilate(ink, kernel) if random.random() < 0.55 else cv2.erode(ink, kernel)
    share = random.uniform(0.3, 1) if random.random() < 0.7 else 1.0
    return np.asarray(ink * (1 - share) + changed * share, np.float32)


def _hairlines_lost(ink: Ink, em: int, random: Random) -> Ink:
    """Strokes narrower than a few hundredths of an em pale, as in display type and in copies of copies."""
    if em < 24 or random.random() > 0.06:
        return ink
    width = max(2, round(em * random.uniform(0.04, 0.09)))
    broad = cv2.morphologyEx(
        ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    )
    share = random.uniform(0.25, 0.7)
    return np.asarray(broad + (ink - broad) * share, np.float32)


def _turned(ink: Ink, line: DrawnLine, random: Random) -> tuple[Ink, tuple[float, float, float, float]]:
    left, top, right, bottom = line.box
    if random.random() < 0.5:
        return ink, line.box
    height, width = ink.shape
    angle = math.radians(random.gauss(0, 0.35) if width > 8 * height else random.gauss(0, 0.9))
    shear = random.choice((0.0, 0.0, random.uniform(-0.12, 0.12)))
    matrix = np.asarray(
        [[math.cos(angle), math.sin(angle) + shear, 0], [-math.sin(angle), math.cos(angle), 0]]
    )
    centre = np.asarray([width / 2, (top + bottom) / 2])
    matrix[:, 2] = centre - matrix[:, :2] @ centre
    turned = np.asarray(cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)
    if width <= 8 * height or abs(angle) > math.radians(0.4):
        more = abs(math.sin(angle)) * min(right - left, 14 * line.em) / 2 * random.uniform(0.3, 1)
        top, bottom = top - more, bottom + more
    return turned, (left, top, right, bottom)


def _blurred(ink: Ink, em: int, severity: float, random: Random) -> Ink:
    radius = em * (random.uniform(0, 0.022) if severity < 0.55 else random.uniform(0.015, 0.055))
    if random.random() < 0.04:
        size = random.randint(2, max(2, em // 9))
        blurred = cv2.blur(ink, (size, 1) if random.random() < 0.6 else (1, size))
        ink = np.asarray(blurred, np.float32)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), radius), np.float32) if radius > 0.25 else ink


def _rubbed(ink: Ink, em: int, noise: np.random.Generator, random: Random) -> Ink:
    """Toner that came off in spots, or is missing in grains."""
    if random.random() > 0.12:
        return ink
    height, width = ink.shape
    cell = max(1.0, em * random.uniform(0.03, 0.4))
    size = (max(2, int(width / cell)), max(2, int(height / cell)))
    grains = cv2.resize(
        noise.random((size[1], size[0]), np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    gone = np.clip((grains - random.uniform(0.55, 0.85)) * 6, 0, 1)
    return np.asarray(ink * (1 - gone * random.uniform(0.4, 1)), np.float32)


def _stamped(ink: Ink, em: int, random: Random) -> Ink:
    """Rings, bars and strokes over the print, as much of them as a red channel leaves."""
    height, width = ink.shape
    marks = np.zeros((height, width), np.uint8)
    for _ in range(random.randint(1, 3)):
        thickness = max(1, int(em * random.uniform(0.04, 0.16)))
        if random.random() < 0.6:
            radius = int(em * random.uniform(1.5, 5))
            centre = (random.randint(0, width), int(random.uniform(-3, 4) * em))
            cv2.circle(marks, centre, radius, 255, thickness, cv2.LINE_AA)
            if random.random() < 0.5:
                cv2.circle(marks, centre, int(0.7 * radius), 255, max(1, thickness // 2), cv2.LINE_AA)
        else:
            start = random.uniform(0, width)
            xs = start + np.cumsum([random.gauss(em * 0.5, em * 0.5) for _ in range(8)])
            ys = height / 2 + np.cumsum([random.gauss(0, em * 0.7) for _ in range(8)])
            points = np.stack([xs, np.clip(ys, -height, 2 * height)], axis=1).astype(np.int32)
            cv2.polylines(
                marks, [points], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA
            )
    covered = cv2.GaussianBlur(marks, (0, 0), 0.7).astype(np.float32) / 255
    return np.asarray(1 - (1 - ink) * (1 - covered * random.uniform(0.1, 0.75)), np.float32)


def _toned(ink: Ink, severity: float, random: Random) -> tuple[Ink, tuple[float, float]]:
    """Ink and paper as grey levels, unevenly lit now and then."""
    paper = random.uniform(225, 255) if severity < 0.7 else random.uniform(170, 250)
    dark = random.uniform(0, 60) if severity < 0.6 else random.uniform(20, 160)
    dark = min(dark, paper - 60)
    grey = paper - (paper - dark) * ink
    if random.random() < 0.25:
        slope = np.linspace(1, random.uniform(0.72, 1), ink.shape[1], dtype=np.float32)
        grey = grey * (slope if random.random() < 0.5 else slope[::-1])[None]
    return np.asarray(grey, np.float32), (dark, paper)


def _shown_through(grey: Ink, levels: tuple[float, float], em: int, random: Random) -> Ink:
    """The other side's print: here the line itself, mirrored and shifted, pale and soft."""
    if random.random() > 0.09:
        return grey
    mirrored = np.roll(grey[:, ::-1], (random.randint(-em, em), random.randint(-3 * em, 3 * em)), axis=(0, 1))
    soft = cv2.GaussianBlur(np.ascontiguousarray(mirrored), (0, 0), max(0.6, em * random.uniform(0.02, 0.06)))
    share = random.uniform(0.05, 0.45)
    return np.asarray(np.minimum(grey, levels[1] - (levels[1] - soft) * share), np.float32)


def _streaked(grey: Ink, levels: tuple[float, float], em: int, random: Random) -> Ink:
    """What dirt on the glass of a feeder draws down the page: narrow upright lines, dark or light."""
    for _ in range(random.randint(1, 4)):
        width = max(1, round(em * random.uniform(0.02, 0.09)))
        left = random.randint(0, max(0, grey.shape[1] - width))
        level = levels[0] if random.random() < 0.7 else levels[1]
        share = random.uniform(0.15, 0.9)
        grey[:, left : left + width] += (level - grey[:, left : left + width]) * share
    return grey


def _coarse(grey: Ink, em: int, random: Random) -> Ink:
    """As if scanned with 75 to 130 dots an inch, and enlarged again."""
    scale = random.uniform(13.5, 24) / em
    if scale >= 1:
        return grey
    height, width = grey.shape
    small = cv2.resize(
        grey, (max(2, round(width * scale)), max(2, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    method = random.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC))
    return np.asarray(cv2.resize(small, (width, height), interpolation=method), np.float32)


def _noisy(grey: Ink, severity: float, noise: np.random.Generator, random: Random) -> Ink:
    level = random.uniform(0, 6) if severity < 0.6 else random.uniform(4, 24)
    if level <= 1:
        return grey
    grain = noise.standard_normal(grey.shape, np.float32) * level
    if random.random() < 0.3:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.7), np.float32) * 1.6
    return grey + grain


def _bilevel(grey: Ink, levels: tuple[float, float], noise: np.random.Generator, random: Random) -> Ink:
    threshold = levels[0] + (levels[1] - levels[0]) * random.uniform(0.35, 0.75)
    if random.random() < 0.2:  # ITU-T T.4 standard resolution: half the rows
        height, width = grey.shape
        halved = cv2.resize(grey, (width, max(2, height // 2)), interpolation=cv2.INTER_AREA)
        halved = np.where(halved > threshold, 255, 0).astype(np.float32)
        return np.asarray(cv2.resize(halved, (width, height), interpolation=cv2.INTER_NEAREST), np.float32)
    page = np.where(grey > threshold, 255, 0).astype(np.float32)
    if random.random() < 0.3:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), random.uniform(0.4, 0.8)), np.float32)
    if random.random() < 0.25:
        specks = int(page.size * random.uniform(0.0002, 0.004))
        page[noise.integers(0, page.shape[0], specks), noise.integers(0, page.shape[1], specks)] = (
            random.choice((0, 255))
        )
    return page


def _cut(
    picture: Grey, box: tuple[float, float, float, float], line: DrawnLine, random: Random
) -> Grey | None:
    left, top, right, bottom = box
    em, (height, width) = line.em, picture.shape
    kind = random.random()
    low, high = (-0.04, 0.16) if kind < 0.75 else (-0.02, 0.40) if kind < 0.95 else (-0.10, 0.02)
    first, last = (
        max(0, int(top - em * random.uniform(low, high))),
        min(height, int(bottom + 1 + em * random.uniform(low, high))),
    )
    start, stop = (
        max(0, int(left - em * random.uniform(-0.03, 0.5))),
        min(width, int(right + em * random.uniform(-0.03, 0.5))),
    )
    part = picture[first:last, start:stop]
    if part.shape[0] < 6 or part.shape[1] < 4:
        return None
    stretch = random.choice((1.0, 1.0, random.uniform(0.86, 1.14)))
    columns = min(WIDEST, max(16, round(part.shape[1] * HEIGHT / part.shape[0] * stretch)))
    if columns / STEP < 1.15 * len(line.text) + 2:
        return None
    reducing = part.shape[0] > HEIGHT
    method = (
        cv2.INTER_AREA
        if reducing and random.random() < 0.7
        else random.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC))
    )
    return np.asarray(cv2.resize(part, (columns, HEIGHT), interpolation=method), np.uint8)
