"""Cards and small sheets as they lie on the glass of a flatbed, with their true corners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from dossier.outline import OutlineKind
from scanners.samples.card import CARD_HEIGHT, CARD_WIDTH, citizen_card
from scanners.samples.degrade import Pixels
from scanners.samples.layout import SPECIMEN
from scanners.samples.people import FEMALE, MALE, Village
from scanners.samples.prose import Prose
from scanners.samples.reading_layout import Writer
from scanners.samples.reading_papers import PAPERS
from scanners.samples.scan import Look, scan
from scanners.samples.sheet import DPI, HEIGHT, WIDTH, millimetres
from scanners.samples.typefaces import families

Corners: TypeAlias = npt.NDArray[np.float64]
"""Shape (4, 2): pixels of the picture, clockwise."""
LIDS: Final = {"white": (246, 246, 244), "grey": (214, 215, 216), "black": (24, 24, 26)}
"""What the scanner sees where nothing lies, red-green-blue."""
_APART: Final = millimetres(6)
_FROM_THE_EDGE: Final = millimetres(4)
_TRIES: Final = 200
_SHADOW: Final = 40
"""Pixels around a thing within which its shadow falls."""
_ROUNDING: Final = millimetres(3)
_CERTIFICATE: Final = 0.86
"""Of A4: about the size of a birth certificate (giấy khai sinh)."""


@dataclass(frozen=True, slots=True)
class LyingThing:
    """A card or sheet on the glass."""

    kind: OutlineKind
    corners: Corners
    """From the corner at the top left of its print, clockwise."""
    texts: tuple[str, ...]
    """Lines of its print, from top to bottom."""


@dataclass(frozen=True, slots=True)
class GlassPage:
    """A scan of the whole glass."""

    name: str
    picture: Pixels
    """Red, green, blue."""
    dpi: float
    lid: str
    """One of `LIDS`."""
    things: tuple[LyingThing, ...]


def cards_on_glass(number: int, seed: int) -> GlassPage:
    """Page `number`, from 0: one card, two sides or two cards in turn, each at an angle of its own."""
    random = Random(f"{seed}/glass/card/{number}")  # noqa: S311 - invented people, no secrets
    lid = list(LIDS)[number % len(LIDS)]
    sides = [side for _ in range(2) for side in _card_sides(random)]
    chosen = (sides[:1], sides[:2], (sides[0], sides[2]), sides[1:2])[number % 4]
    glass = _glass(lid, random)
    things: list[LyingThing] = []
    for picture, texts in chosen:
        angle = random.uniform(-180, 180) if number % 3 else random.uniform(-12, 12)
        matrix = _place(picture.shape, angle, [thing.corners for thing in things], random)
        things.append(LyingThing(OutlineKind.CARD, _corners(picture.shape, matrix), texts))
        glass = _laid(glass, picture, matrix, _ROUNDING)
    return GlassPage(f"cards-{number:03d}", _scanned(glass, random), float(DPI), lid, tuple(things))


def sheet_on_glass(number: int, seed: int) -> GlassPage:
    """Page `number`, from 0: half an A4 or a certificate, free on the glass or laid into its corner."""
    random = Random(f"{seed}/glass/sheet/{number}")  # noqa: S311 - invented pages, no secrets
    lid = list(LIDS)[number % len(LIDS)]
    writer = Writer(random.choice(families()), number + 1)
    PAPERS[number % len(PAPERS)](writer, Prose(random))
    sheet = writer.finish(SPECIMEN)
    picture = np.asarray(scan(sheet, Look(), random))
    limit, scale = HEIGHT, _CERTIFICATE
    if number % 2:
        limit, scale = HEIGHT // 2, 1.0
    texts = tuple(
        " ".join(w.text for w in line.words) for line in sheet.lines if line.words[0].box.bottom < limit - 20
    )
    picture = np.asarray(cv2.resize(picture[:limit], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    if number % 2:
        picture = np.ascontiguousarray(np.rot90(picture))
    if number % 3 == 0:
        matrix = np.array([[1.0, 0, WIDTH - picture.shape[1]], [0, 1.0, 0]])
    else:
        most = 4.0 if number % 2 == 0 else 8.0
        matrix = _place(picture.shape, random.uniform(-most, most), [], random)
    corners = np.roll(_corners(picture.shape, matrix), 1 if number % 2 else 0, axis=0)
    thing = LyingThing(OutlineKind.SHEET, corners, texts)
    glass = _laid(_glass(lid, random), picture, matrix, 0)
    return GlassPage(f"sheet-{number:03d}", _scanned(glass, random), float(DPI), lid, (thing,))


def _card_sides(random: Random) -> Iterator[tuple[Pixels, tuple[str, ...]]]:
    """Front and back of a card, cut along its edges."""
    sheet = citizen_card(Village(random).invent(random.choice((MALE, FEMALE)), (1960, 2004))).sheets[0]
    pixels = np.asarray(sheet.picture)
    left = (WIDTH - CARD_WIDTH) // 2
    for top in (millimetres(48), millimetres(62) + CARD_HEIGHT):
        bottom = top + CARD_HEIGHT
        lines = [line for line in sheet.lines if top <= line.words[0].box.top < bottom]
        texts = tuple(" ".join(word.text for word in line.words) for line in lines)
        yield np.ascontiguousarray(pixels[top:bottom, left : left + CARD_WIDTH]), texts


def _glass(lid: str, random: Random) -> Pixels:
    """The lid seen through the glass, a little uneven."""
    fog = np.random.default_rng(random.getrandbits(32)).uniform(0.97, 1.0, (9, 7, 1)).astype(np.float32)
    tone = cv2.resize(fog, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)[:, :, None]
    return np.asarray((tone * np.array(LIDS[lid], np.float32)).clip(0, 255), np.uint8)


def _place(
    shape: tuple[int, ...], angle: float, others: list[Corners], random: Random
) -> npt.NDArray[np.float64]:
    """A turn and a shift that leave the thing on the glass and off the other things."""
    height, width = shape[:2]
    for _ in range(_TRIES):
        matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), np.float64)
        corners = _corners(shape, matrix)
        low, high = corners.min(axis=0) - _FROM_THE_EDGE, corners.max(axis=0) + _FROM_THE_EDGE
        room = np.array([WIDTH, HEIGHT]) - (high - low)
        if room.min() < 0:
            angle *= 0.8
            continue
        matrix[:, 2] += np.array([random.random(), random.random()]) * room - low
        placed = _corners(shape, matrix)
        if all(_are_apart(placed, other) for other in others):
            return matrix
    raise ValueError("no room on the glass")


def _are_apart(one: Corners, other: Corners) -> bool:
    reach = _APART / 2
    boxes = [(c.min(axis=0) - reach, c.max(axis=0) + reach) for c in (one, other)]
    return bool((boxes[0][1] < boxes[1][0]).any() or (boxes[1][1] < boxes[0][0]).any())


def _corners(shape: tuple[int, ...], matrix: npt.NDArray[np.float64]) -> Corners:
    height, width = shape[:2]
    flat = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64)
    return np.asarray(flat @ matrix.T, np.float64)


def _laid(glass: Pixels, picture: Pixels, matrix: npt.NDArray[np.float64], rounding: int) -> Pixels:
    """The glass with the thing on it, and the shadow that its thickness throws."""
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.float32)
    cv2.rectangle(mask, (rounding, 0), (width - 1 - rounding, height - 1), 1.0, -1)
    cv2.rectangle(mask, (0, rounding), (width - 1, height - 1 - rounding), 1.0, -1)
    for x in (rounding, width - 1 - rounding):
        for y in (rounding, height - 1 - rounding):
            cv2.circle(mask, (x, y), rounding, 1.0, -1)
    corners = _corners(picture.shape, matrix)
    left, top = np.maximum(corners.min(axis=0).astype(int) - _SHADOW, 0)
    right, bottom = np.minimum(corners.max(axis=0).astype(int) + _SHADOW, (WIDTH, HEIGHT))
    matrix = matrix - np.array([[0, 0, left], [0, 0, top]])
    size = int(right - left), int(bottom - top)
    seen = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    there = cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_LINEAR)
    thick = 7 if rounding else 3
    moved = cv2.warpAffine(there, np.array([[1.0, 0, thick // 2], [0, 1.0, thick]]), size)
    shade = cv2.GaussianBlur(moved, (0, 0), thick / 2)
    part = glass[top:bottom, left:right]
    dimmed = part * (1 - 0.22 * shade[:, :, None])
    laid = glass.copy()
    mixed = dimmed * (1 - there[:, :, None]) + seen * there[:, :, None]
    laid[top:bottom, left:right] = mixed.clip(0, 255).astype(np.uint8)
    return laid


def _scanned(glass: Pixels, random: Random) -> Pixels:
    """The sensor's softness and grain."""
    grain = np.random.default_rng(random.getrandbits(32)).normal(128, 1.6, (HEIGHT // 4, WIDTH // 4))
    tile = np.tile(grain.round().clip(0, 255).astype(np.uint8), (4, 4))
    soft = cv2.GaussianBlur(glass, (3, 3), 0.6)
    return np.asarray(cv2.addWeighted(soft, 1.0, cv2.merge((tile, tile, tile)), 1.0, -128.0), np.uint8)
