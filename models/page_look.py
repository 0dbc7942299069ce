"""What the picture of a page tells about how it was scanned, whatever stands on it.

Everything is measured on reduced or sampled pixels: a page of 300 dpi takes a few hundredths of a
core-second.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from dossier.geometry import Box
from dossier.quality import Flaw, Measure
from models.seals import shows_colour

if TYPE_CHECKING:
    import numpy.typing as npt

    from dossier.ports import Colour, Grey

_LOOK_DPI: Final = 75.0
_MM: Final = 25.4
_TILE: Final = 96
"""Pixels of the scan on a side: a few letters at 300 dpi."""
_MOST_TILES: Final = 24
_LEAST_CONTRAST: Final = 24.0
"""Grey levels; a tile with less bears no print."""
_STEP: Final = float(np.sqrt(2 * np.pi))
"""An edge softened by a standard deviation of s is s times this as wide as its steepest step is high."""
_A_SIDES_MM: Final = (105.0, 148.0, 210.0, 297.0)
"""Shorter sides of DIN A6 to A3."""
_A_SHAPE: Final = 0.012
"""How far, as a share, a picture's shape may be from that of a DIN A sheet."""
_CELL_MM: Final = 8.0
_MARGIN_MM: Final = 6.0
"""Along the edges lies the lid, or the edge of the sheet."""
_FOLD_TONE: Final = 22
"""Grey levels by which what lies behind a folded corner differs from paper."""
_FOLD_LEAST_MM, _FOLD_MOST_MM = 7.0, 90.0
_FOLD_SLENDEST: Final = 0.3
"""Shorter side of a folded corner to its longer; the wedge that a sheet laid askew leaves is slender."""
_FOLD_FILL: Final = (0.36, 0.64)
"""Share of its rectangle that a triangle fills."""
_BESIDE: Final = 4.0
"""Pixels from the edge of a fold to either side where its tones are compared."""
_SKIN: Final = ((0, 45, 70), (22, 180, 250))
"""Hue, saturation and value of fingers under a scanner's lamp, OpenCV's scales."""
_SKIN_SOLID: Final = 0.6
_STREAK: Final = 5.0
"""Grey levels by which a column differs from its neighbours on half of all rows."""
_STREAK_ROWS: Final = 240
_MARGIN_ROWS: Final = 7
"""Of these rows, at the head and at the foot: 8 mm of A4."""
_STREAK_REACH_MM: Final = 1.2


def page_measures(picture: Colour, dpi: float) -> tuple[Measure, ...]:
    """Resolution, scale, colour, light, sharpness, corners, fingers and streaks of a page.

    What cannot be told has no measure: sharpness of a page without print, scale of a receipt.

    Args:
        picture: as scanned, shape (height, width, 3), blue-green-red.
        dpi: of the picture; nonsense counts as A4.
    """
    height, width = picture.shape[:2]
    if min(height, width) < 16:
        return ()
    whole = Box(0.0, 0.0, float(width), float(height))
    true_dpi = dpi if 40 <= dpi <= 1300 else max(height, width) / 11.7
    scale = min(1.0, _LOOK_DPI / true_dpi)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    measures = [
        Measure(Flaw.RESOLUTION, dpi, whole),
        Measure(Flaw.NO_COLOUR, 0.0 if shows_colour(picture) else 1.0, whole),
        *_sharpness(picture, true_dpi, whole),
        *_size(width, height, dpi, whole),
    ]
    grow = width / size[0]
    for measure in (*_light(small, true_dpi * scale), *_corners(small, true_dpi * scale), *_fingers(small)):
        box = Box(*(side * grow for side in _sides(measure.box)))
        square = (_MM / (true_dpi * scale)) ** 2 if measure.flaw is Flaw.FINGER else 1.0
        measures.append(Measure(measure.flaw, measure.value * square, box))
    return tuple(measures)


def streak_columns(picture: Colour, dpi: float) -> tuple[float, ...]:
    """Columns, in millimetres from the left, that differ from their neighbours all down the page.

    Rules of a table end before the margins do; dirt on the glass does not.
    """
    height, width = picture.shape[:2]
    if height < _STREAK_ROWS or width < 64 or not 40 <= dpi <= 1300:
        return ()
    rows = np.ascontiguousarray(picture[:: height // _STREAK_ROWS, :, 1])
    reach = 2 * max(2, round(_STREAK_REACH_MM / _MM * dpi)) + 1
    around = cv2.blur(rows, (reach, 1)).astype(np.int16)
    away = rows.astype(np.int16) - around
    # All the way down, and through both margins, where no table reaches.
    parts = (away, away[:_MARGIN_ROWS], away[-_MARGIN_ROWS:])
    places = np.flatnonzero(np.min([np.abs(np.median(part, axis=0)) for part in parts], axis=0) > _STREAK)
    if not places.size:
        return ()
    groups = np.split(places, np.flatnonzero(np.diff(places) > reach) + 1)
    return tuple(round(float(group.mean()) / dpi * _MM, 2) for group in groups)


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _size(width: int, height: int, dpi: float, whole: Box) -> Iterator[Measure]:
    """Scale, where the picture has the shape of a DIN A sheet and its resolution is known."""
    short, long = min(width, height), max(width, height)
    if not 40 <= dpi <= 1300 or abs(long / short / np.sqrt(2) - 1) > _A_SHAPE:
        return
    side = short / dpi * _MM
    nearest = min(_A_SIDES_MM, key=lambda known: abs(known - side))
    yield Measure(Flaw.SCALE, side / nearest, whole)


def _sharpness(picture: Colour, dpi: float, whole: Box) -> Iterator[Measure]:
    """Softness of edges and darkness of print, the median over the tiles that bear most of it."""
    green = picture[:, :, 1]
    rows, columns = (side // _TILE for side in green.shape)
    if rows < 1 or columns < 1:
        return
    few = green[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE)[:, ::6, :, ::6]
    flat = few.transpose(0, 2, 1, 3).reshape(rows * columns, -1)
    spread = flat.max(axis=1).astype(np.int16) - flat.min(axis=1)
    chosen = np.argsort(-spread, kind="stable")[: _MOST_TILES * 3 : 3]
    softness, contrast = [], []
    for tile in chosen[spread[chosen] > _LEAST_CONTRAST].tolist():
        top, left = tile // columns * _TILE, tile % columns * _TILE
        part = green[top : top + _TILE, left : left + _TILE].astype(np.int16)
        low, high = np.percentile(part, (1.5, 90))
        if high - low < _LEAST_CONTRAST:
            continue
        steepest = np.percentile(np.abs(np.diff(part, axis=1)), 99.3)
        softness.append(float((high - low) / (_STEP * max(1.0, steepest))))
        contrast.append(float(high - low))
    if len(softness) >= 3:
        yield Measure(Flaw.BLUR, float(np.median(softness)) / dpi * _MM * 1000, whole)
        yield Measure(Flaw.TOO_PALE, float(np.median(contrast)), whole)


def _light(small: Colour, dpi: float) -> Iterator[Measure]:
    """How bright the paper is, and how evenly."""
    cell = max(4, round(_CELL_MM / _MM * dpi))
    edge = round(_MARGIN_MM / _MM * dpi)
    inner = (
        small[edge:-edge, edge:-edge].max(axis=2) if min(small.shape[:2]) > 4 * edge else small.max(axis=2)
    )
    rows, columns = (side // cell for side in inner.shape)
    if rows < 2 or columns < 2:
        return
    cells = inner[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell)
    paper = np.percentile(cells, 85, axis=(1, 3)).astype(np.float32)
    paper = np.asarray(cv2.medianBlur(paper, 3), np.float32)
    brightest = float(np.percentile(paper, 95))
    row, column = np.unravel_index(int(paper.argmin()), paper.shape)
    left, top = edge + int(column) * cell, edge + int(row) * cell
    whole = Box(0.0, 0.0, float(small.shape[1]), float(small.shape[0]))
    yield Measure(Flaw.TOO_DARK, brightest, whole)
    darkest = Box(float(left), float(top), float(left + cell), float(top + cell))
    yield Measure(Flaw.SHADOW, float(paper.min()) / max(1.0, brightest), darkest)


def _corners(small: Colour, dpi: float) -> Iterator[Measure]:
    """A triangle at a corner that is not paper."""
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    grey = np.asarray(cv2.medianBlur(grey, 3), np.uint8)
    paper = float(np.percentile(grey, 75))
    other = (np.abs(grey.astype(np.int16) - paper) > _FOLD_TONE).astype(np.uint8)
    height, width = grey.shape
    side = min(round(_FOLD_MOST_MM / _MM * dpi), height // 2, width // 2)
    worst: Measure | None = None
    for flip_rows in (False, True):
        for flip_columns in (False, True):
            part = other[::-1] if flip_rows else other
            part = (part[:, ::-1] if flip_columns else part)[:side, :side]
            legs = _triangle(np.ascontiguousarray(part))
            flipped = grey[::-1] if flip_rows else grey
            if legs is None or not _has_sharp_edge(flipped[:, ::-1] if flip_columns else flipped, *legs):
                continue
            across, down = legs
            value = min(across, down) / dpi * _MM
            left, top = (width - across if flip_columns else 0), (height - down if flip_rows else 0)
            found = Measure(
                Flaw.FOLDED_CORNER,
                value,
                Box(float(left), float(top), float(left + across), float(top + down)),
            )
            if value >= _FOLD_LEAST_MM and (worst is None or value > worst.value):
                worst = found
    if worst is not None:
        yield worst


def _triangle(part: Grey) -> tuple[int, int] | None:
    """Legs of a triangle whose right angle is the first pixel; None where there is none."""
    if part.size == 0 or not part[:3, :3].any():
        return None
    _, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=4)
    own = np.unique(labels[:3, :3])
    number = int(own[own > 0][0])
    left, top, width, height, area = stats[number].tolist()
    if left > 2 or top > 2 or min(width, height) < _FOLD_SLENDEST * max(width, height):
        return None
    if width >= part.shape[1] or height >= part.shape[0]:
        return None
    is_full = _FOLD_FILL[0] <= area / (width * height) <= _FOLD_FILL[1]
    return (
        (width, height)
        if is_full and not part[height // 2 :, width // 2 :][: height // 2, : width // 2].mean() > 0.4
        else None
    )


def _has_sharp_edge(grey: Grey, across: int, down: int) -> bool:
    """Whether the tone changes at once along the long side of a triangle; that of a shadow does not."""
    along = np.linspace(0.15, 0.85, 15)
    length = float(np.hypot(across, down))
    out_x, out_y = down / length * _BESIDE, across / length * _BESIDE
    x, y = across * (1 - along), down * along
    tones = []
    for way in (-1, 1):
        rows = np.clip(np.round(y + way * out_y), 0, grey.shape[0] - 1).astype(int)
        columns = np.clip(np.round(x + way * out_x), 0, grey.shape[1] - 1).astype(int)
        tones.append(grey[rows, columns].astype(np.int16))
    return float(np.median(np.abs(tones[0] - tones[1]))) > 0.6 * _FOLD_TONE


def _fingers(small: Colour) -> Iterator[Measure]:
    """Skin that reaches in from the edge: the largest piece, its area in pixels."""
    tones = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
    skin = cv2.inRange(tones, np.array(_SKIN[0], np.uint8), np.array(_SKIN[1], np.uint8))
    skin = cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    height, width = skin.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats(skin)
    best: Any = None
    for left, top, wide, high, area in stats[1:].tolist():
        touches = left <= 1 or top <= 1 or left + wide >= width - 1 or top + high >= height - 1
        is_whole_side = wide > 0.9 * width or high > 0.9 * height
        if (
            touches
            and not is_whole_side
            and area > _SKIN_SOLID * wide * high
            and (best is None or area > best[4])
        ):
            best = (left, top, wide, high, area)
    if best is not None:
        left, top, wide, high, area = best
        yield Measure(
            Flaw.FINGER, float(area), Box(float(left), float(top), float(left + wide), float(top + high))
        )


def clipped_print(ink: npt.NDArray[np.bool_]) -> Measure | None:
    """Pieces as large as letters that touch an edge of the picture; the edge with the most of them.

    Args:
        ink: of the prepared view, shape (height, width).
    """
    height, width = ink.shape
    deep = 40
    if min(height, width) < 4 * deep:
        return None
    strips = {
        Box(0, 0, deep, height): ink[:, :deep],
        Box(width - deep, 0, width, height): ink[:, ::-1][:, :deep],
        Box(0, 0, width, deep): ink[:deep].T,
        Box(0, height - deep, width, height): ink[::-1][:deep].T,
    }
    counts = {box: _touching(strip) for box, strip in strips.items()}
    box = max(counts, key=lambda edge: counts[edge])
    return Measure(Flaw.CLIPPED, float(counts[box]), box)


def _touching(strip: npt.NDArray[np.bool_]) -> int:
    """Letter-like pieces at the first column of a strip: neither dots nor edges of the sheet."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(strip).astype(np.uint8))
    left, _, wide, high, area = stats[1:].T
    is_letter = (
        (left <= 1) & (wide >= 3) & (wide <= 30) & (high >= 4) & (high <= 30) & (area < 0.8 * wide * high)
    )
    return int(is_letter.sum())
