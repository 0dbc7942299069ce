"""The single damages of a page that move nothing; see `scanners.samples.degrade`, which names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from dossier.geometry import Box

Pixels: TypeAlias = npt.NDArray[np.uint8]
_Shares: TypeAlias = npt.NDArray[np.floating[Any]]
_MILLIMETRE: Final = 300 / 25.4
_SEALS: Final = {1: ((226, 60, 66), 0.7), 2: ((176, 22, 40), 0.9), 3: ((74, 44, 150), 0.75)}
"""Ink in red, green, blue, and how much of it; a violet one is no paper in the red channel."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where and how chance strikes."""

    scale: float
    """Pixels of the page for one pixel at 300 dpi."""
    spot: Box | None
    """What marks, creases and holes go for."""
    chance: np.random.Generator

    def pixels(self, at_300_dpi: float) -> int:
        """A length on this page, at least one pixel."""
        return max(1, round(at_300_dpi * self.scale))

    def middle(self, picture: Pixels) -> tuple[int, int]:
        """The middle of the spot; without one somewhere on the page."""
        if self.spot is not None:
            return round((self.spot.left + self.spot.right) / 2), round(
                (self.spot.top + self.spot.bottom) / 2
            )
        height, width = picture.shape[:2]
        x, y = self.chance.uniform(0.2, 0.8, 2)
        return round(x * width), round(y * height)


def blur(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Soft by 1.2, 2 or 3 pixels at 300 dpi."""
    sigma = {1: 1.2, 2: 2.0, 3: 3.0}[strength] * hit.scale
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def jpeg(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Quality 45, 22 or 10; the order of the colours matters to the format."""
    turned = picture[:, :, ::-1] if picture.ndim == 3 else picture
    quality = {1: 45, 2: 22, 3: 10}[strength]
    del hit  # nothing is left to chance
    data = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    flag = cv2.IMREAD_COLOR if picture.ndim == 3 else cv2.IMREAD_GRAYSCALE
    back = np.asarray(cv2.imdecode(data, flag), np.uint8)
    return np.ascontiguousarray(back[:, :, ::-1]) if picture.ndim == 3 else back


def noise(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Grain with a standard deviation of 10, 22 or 38 grey levels; one field for all colours."""
    sigma = {1: 10.0, 2: 22.0, 3: 38.0}[strength]
    tile = hit.chance.normal(0.0, sigma, (512, 512)).astype(np.int16)
    height, width = picture.shape[:2]
    field = np.tile(tile, (height // 512 + 1, width // 512 + 1))[:height, :width]
    return _clipped(picture.astype(np.int16) + (field[:, :, None] if picture.ndim == 3 else field))


def bilevel(picture: Pixels, *, halved: bool) -> Pixels:
    """Black and white at a threshold between paper and ink; every second line only where halved."""
    grey = _grey(picture)
    if halved:
        height, width = grey.shape
        few = cv2.resize(grey, (width, max(1, height // 2)), interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    paper = float(np.percentile(grey, 80))
    black = np.where(grey < 0.62 * paper, 0, 255).astype(np.uint8)
    return np.repeat(black[:, :, None], 3, axis=2) if picture.ndim == 3 else black


def uneven_light(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Down to 75, 55 or 38 % of the light, in a soft shadow from one side and a darker corner."""
    darkest = {1: 0.75, 2: 0.55, 3: 0.38}[strength]
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:32, 0:32].astype(np.float32) / 31
    angle = hit.chance.uniform(0, 2 * np.pi)
    slope = (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)) + 0.5
    ramp = np.clip(slope, 0, 1) ** 1.5
    light = (1 - (1 - darkest) * ramp).astype(np.float32)
    return _times(
        picture, np.asarray(cv2.resize(light, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    )


def show_through(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """The page's own mirror image, soft, at 12, 24 or 38 % of its darkness, somewhat off."""
    share = {1: 0.12, 2: 0.24, 3: 0.38}[strength]
    behind = cv2.GaussianBlur(_grey(picture)[:, ::-1], (0, 0), 2.2 * hit.scale)
    shift = (int(hit.chance.integers(20, 200)), int(hit.chance.integers(20, 200)))
    behind = np.roll(behind, shift, (0, 1))
    return _times(picture, 1 - share * (1 - behind.astype(np.float32) / 255))


def pale_toner(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Ink at 55, 35 or 22 % of its darkness, unevenly, the page's other tones with it."""
    share = {1: 0.55, 2: 0.35, 3: 0.22}[strength]
    height, width = picture.shape[:2]
    patches = hit.chance.uniform(0.85, 1.15, (24, 18)).astype(np.float32) * share
    cover = np.asarray(cv2.resize(patches, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return _lifted(picture, np.asarray(1 - np.clip(cover, 0, 1), np.float32))


def worn(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Flecks of one to three pixels rubbed off 6, 13 or 22 % of the print."""
    share = {1: 0.06, 2: 0.13, 3: 0.22}[strength]
    height, width = picture.shape[:2]
    grain = hit.chance.random((600, 600), dtype=np.float32)
    soft = cv2.GaussianBlur(np.tile(grain, (3, 3)), (0, 0), 1.4 * hit.scale)[600:1200, 600:1200]
    edge = float(np.quantile(soft, 1 - share))
    tile = np.clip((soft - edge) * 40 + 0.5, 0, 1).astype(np.float32)
    field = np.tile(tile, (height // 600 + 1, width // 600 + 1))[:height, :width]
    return _lifted(picture, np.roll(field, int(hit.chance.integers(600)), 1))


def stamp(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """A round seal of 36 mm, its rim or its star over the spot."""
    (ink, cover) = _SEALS[strength]
    size = hit.pixels(36 * _MILLIMETRE)
    half = size // 2
    mask = np.zeros((size, size), np.uint8)
    for radius, width in ((0.97, 9), (0.90, 4), (0.55, 5)):
        cv2.circle(mask, (half, half), round(half * radius), 255, hit.pixels(width), cv2.LINE_AA)
    reach = [(half * (0.34 if i % 2 == 0 else 0.14), np.pi * i / 5) for i in range(10)]
    star = [(half + r * np.sin(a), half - r * np.cos(a)) for r, a in reach]
    cv2.fillPoly(mask, [np.array(star).round().astype(np.int32)], 255, cv2.LINE_AA)
    for turn in np.arange(0, 2 * np.pi, 0.19):
        at = (round(half + 0.73 * half * np.sin(turn)), round(half - 0.73 * half * np.cos(turn)))
        cv2.putText(mask, "MAU"[int(turn * 7) % 3], at, cv2.FONT_HERSHEY_SIMPLEX, 1.1 * hit.scale, 255,
                    hit.pixels(4), cv2.LINE_AA)  # fmt: skip
    x, y = hit.middle(picture)
    away = hit.chance.uniform(0.5, 0.95) * half * hit.chance.choice((-1, 1))
    grain = hit.chance.uniform(0.6, 1.0, (14, 14)).astype(np.float32)
    share = np.asarray(mask.astype(np.float32) / 255 * cover * cv2.resize(grain, (size, size)), np.float32)
    return _inked(picture, share, (round(x + away - half), y - half), ink)


def fold(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """One, two or three creases, shaded on one side; along the crease the print is gone."""
    height, width = picture.shape[:2]
    gone, light = np.zeros((height, width), np.float32), np.ones((height, width), np.float32)
    _, spot_y = hit.middle(picture)
    away = hit.pixels({1: 14, 2: 9, 3: 4}[strength])
    for number in range(strength):
        row = spot_y + away if number == 0 else int(hit.chance.uniform(0.15, 0.85) * height)
        slope = int(hit.chance.uniform(-0.004, 0.004) * width)
        ends = ((0, row - slope), (width, row + slope))
        cv2.line(gone, *ends, 0.9, hit.pixels({1: 2, 2: 4, 3: 6}[strength]), cv2.LINE_AA)
        below = [(x, y + hit.pixels(14)) for x, y in ends]
        cv2.line(light, below[0], below[1], 0.86, hit.pixels(22), cv2.LINE_AA)
    soft = np.asarray(cv2.GaussianBlur(light, (0, 0), 6 * hit.scale), np.float32)
    return _times(_lifted(picture, gone), soft)


def punch_holes(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Two holes of 6 mm, 80 mm apart (ISO 838), 12, 18 or 26 mm from the edge; black, the lid behind."""
    out = picture.copy()
    x = hit.pixels({1: 12, 2: 18, 3: 26}[strength] * _MILLIMETRE)
    _, y = hit.middle(picture)
    for step in (-1, 1):
        place = (x, y + step * hit.pixels(40 * _MILLIMETRE) - hit.pixels(40 * _MILLIMETRE))
        shade = (24, 24, 26) if picture.ndim == 3 else (24,)
        cv2.circle(out, place, hit.pixels(3 * _MILLIMETRE), shade, -1, cv2.LINE_AA)
    return out


def streaks(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """4, 10 or 20 lines of one to four pixels along the feed, dark or light; one of them over the spot."""
    out = picture.copy()
    width = picture.shape[1]
    middle, _ = hit.middle(picture)
    for number in range({1: 4, 2: 10, 3: 20}[strength]):
        x = middle if number == 0 else int(hit.chance.integers(0, width))
        wide = hit.pixels(float(hit.chance.uniform(1, 1 + strength)))
        share, tone = hit.chance.uniform(0.35, 0.8), hit.chance.choice((60, 255))
        part = out[:, x : x + wide].astype(np.float32)
        out[:, x : x + wide] = (part * (1 - share) + tone * share).astype(np.uint8)
    return out


def _grey(picture: Pixels) -> Pixels:
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def fill_lines(picture: Pixels, strength: int, hit: Hit) -> Pixels:
    """Dots below every second row of print, dots along the feet of every row, a rule through every row.

    Rows are told by their ink, so the page must still lie straight; where there is no print nothing is drawn.
    """
    out = picture.copy()
    width = picture.shape[1]
    reach = (round(0.11 * width), round(0.93 * width))
    gap, drop = hit.pixels(13), {1: hit.pixels(5), 2: 0, 3: -hit.pixels(9)}[strength]
    phase = int(hit.chance.integers(gap))
    shade = (70, 70, 74) if picture.ndim == 3 else (70,)
    first, step = (int(hit.chance.integers(2)), 2) if strength == 1 else (0, 1)
    for baseline in _baselines(_grey(picture), hit)[first::step]:
        y = baseline + drop
        if strength == 3:
            cv2.line(out, (reach[0], y), (reach[1], y), shade, hit.pixels(2))
            continue
        for x in range(reach[0] + phase, reach[1], gap):
            cv2.circle(out, (x, y), hit.pixels(2), shade, -1)
    return out


def _baselines(grey: Pixels, hit: Hit) -> list[int]:
    """Rows on which print stands: where ink drops the most within each band of inked rows."""
    ink = (grey < 0.6 * float(np.percentile(grey, 80))).mean(axis=1)
    inked = np.flatnonzero(np.concatenate(([False], ink > 0.01, [False])))
    if not inked.size:
        return []
    bands = np.split(inked - 1, np.flatnonzero(np.diff(inked) > 1) + 1)
    drop = np.diff(np.append(ink, 0.0))
    return [
        int(band[0] + np.argmin(drop[band[0] : band[-1] + 1]))
        for band in bands
        if band.size >= hit.pixels(12)
    ]


def _times(picture: Pixels, light: _Shares) -> Pixels:
    field = (np.clip(light, 0, 1) * 255).astype(np.uint8)
    if picture.ndim == 3:
        field = np.asarray(cv2.merge((field, field, field)), np.uint8)
    return np.asarray(cv2.multiply(picture, field, scale=1 / 255), np.uint8)


def _lifted(picture: Pixels, share: _Shares) -> Pixels:
    """Ink turned towards paper by a share of its darkness."""
    dark = _times(np.asarray(255 - picture, np.uint8), 1 - np.clip(share, 0, 1))
    return np.asarray(255 - dark, np.uint8)


def _inked(picture: Pixels, share: _Shares, at: tuple[int, int], ink: tuple[int, int, int]) -> Pixels:
    """Ink darkens what lies under it; what falls beside the page is lost."""
    height, width = picture.shape[:2]
    size = share.shape[0]
    left, top = at
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + size), min(height, top + size)
    if x0 >= x1 or y0 >= y1:
        return picture
    out = picture.copy()
    cover = share[y0 - top : y1 - top, x0 - left : x1 - left]
    tone: _Shares = np.array(ink, np.float32) / 255
    if picture.ndim == 2:
        tone = np.array([tone @ np.array((0.299, 0.587, 0.114), np.float32)])
    else:
        cover = cover[:, :, None]
    under = out[y0:y1, x0:x1].astype(np.float32)
    out[y0:y1, x0:x1] = _clipped(under * (1 - cover) + under * tone * cover)
    return out


def _clipped(values: npt.NDArray[np.generic]) -> Pixels:
    return np.clip(values, 0, 255).astype(np.uint8)
