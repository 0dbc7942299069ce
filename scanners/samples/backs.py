"""Backs of sheets: empty ones through which the front shines, and ones that bear a little ink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw

from dossier.geometry import Box
from scanners.samples.damage import Hit, fold, jpeg, punch_holes, stamp, streaks
from scanners.samples.degrade import Pixels
from scanners.samples.faces import Face, font
from scanners.samples.marks import round_seal, scribble

WIDTH: Final = 1748
"""A5 at 300 dots per inch."""
HEIGHT: Final = 2480


@dataclass(frozen=True, slots=True)
class Back:
    """The back of a sheet as scanned."""

    name: str
    ink: str
    """What was put on it; empty where nothing was."""
    shines_through: float
    """How much of the front's darkness shows, 0.0 to 0.38."""
    picture: Pixels
    """Red, green, blue, of A5 at 300 dpi."""


def back(number: int, seed: int, front: Pixels) -> Back:
    """Back `number`, from 0: even numbers are empty, odd ones bear one of several inks.

    Args:
        front: the other side, red-green-blue, as large or larger; it shines through on three of four backs.
    """
    random = Random(f"{seed}/back/{number}")  # noqa: S311 - invented pages, no secrets
    share = (0.0, 0.12, 0.24, 0.38)[(number // 2) % 4] * random.uniform(0.8, 1.0)
    picture = _paper(random)
    if share:
        picture = _through(picture, front, share, random)
    ink = ""
    if number % 2:
        ink = list(INKS)[(number // 2) % len(INKS)]
        picture = INKS[ink](picture, random)
    return Back(f"back-{number:03d}", ink, share, _scanned(picture, random))


def _paper(random: Random) -> Pixels:
    tint = (random.randint(238, 252), random.randint(236, 250), random.randint(224, 246))
    fog = _chance(random).uniform(0.95, 1.0, (9, 7)).astype(np.float32)
    tone = cv2.resize(fog, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.merge([(tone * level).astype(np.uint8) for level in tint]), np.uint8)


def _through(picture: Pixels, front: Pixels, share: float, random: Random) -> Pixels:
    """The front mirrored, softened by the paper, shifted as duplex scanners shift."""
    top, left = (random.randint(0, 30) for _ in range(2))
    part = np.ascontiguousarray(front[top : top + HEIGHT, left : left + WIDTH][:, ::-1])
    behind = cv2.GaussianBlur(part, (0, 0), random.uniform(1.9, 3.2))
    light = cv2.addWeighted(behind, share, np.full_like(behind, 255), 1 - share, 0)
    return np.asarray(cv2.multiply(picture, light, scale=1 / 255), np.uint8)


def _scanned(picture: Pixels, random: Random) -> Pixels:
    """Optics, grain, now and then dust, holes, a fold, streaks or a hard-pressed JPEG."""
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.5, 0.9)), np.uint8)
    hit = Hit(1.0, Box(WIDTH * 0.4, HEIGHT * 0.4, WIDTH * 0.6, HEIGHT * 0.6), _chance(random))
    tile = hit.chance.normal(128.0, random.uniform(1.0, 4.0), (256, 256)).astype(np.uint8)
    grain = np.tile(tile, (HEIGHT // 256 + 1, WIDTH // 256 + 1))[:HEIGHT, :WIDTH]
    picture = np.asarray(cv2.addWeighted(picture, 1, cv2.merge((grain, grain, grain)), 1, -128), np.uint8)
    if random.random() < 0.3:
        for _ in range(random.randint(1, 4)):
            place = (random.randrange(WIDTH), random.randrange(HEIGHT))
            cv2.circle(picture, place, random.randint(1, 2), (90, 88, 84), -1, cv2.LINE_AA)
    extra = random.choice((None, None, punch_holes, fold, streaks, None))
    if extra is not None:
        picture = extra(picture, 1, hit)
    return jpeg(picture, 1, hit) if random.random() < 0.3 else picture


def _pencil(picture: Pixels, random: Random) -> Pixels:
    """A number and a word jotted down with a pencil."""
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    draw = ImageDraw.Draw(mask)
    x, y = random.randint(200, 1000), random.randint(200, 2200)
    for _ in range(random.randint(4, 9)):
        points = [(x + random.randint(0, 46), y + random.randint(-50, 50)) for _ in range(4)]
        draw.line(points, fill=255, width=random.randint(3, 5), joint="curve")
        x += random.randint(50, 70)
    return _inked(picture, mask, (96, 96, 100), random.uniform(0.35, 0.6))


def _pale_stamp(picture: Pixels, random: Random) -> Pixels:
    """A seal pressed with hardly any ink left."""
    hit = Hit(1.0, Box(600, 700, 1100, 1700), _chance(random))
    full, share = stamp(picture, random.choice((1, 2, 3)), hit), random.uniform(0.22, 0.4)
    return np.asarray(cv2.addWeighted(full, share, picture, 1 - share, 0), np.uint8)


def _seal(picture: Pixels, random: Random) -> Pixels:
    sheet = Image.fromarray(picture)
    round_seal(sheet, (random.randint(400, 1300), random.randint(400, 2000)), "XÃ HÒA MẪU", random)
    return np.asarray(sheet)


def _signature(picture: Pixels, random: Random) -> Pixels:
    sheet = Image.fromarray(picture)
    scribble(sheet, (random.randint(400, 1300), random.randint(400, 2000)), random)
    return np.asarray(sheet)


def _page_number(picture: Pixels, random: Random) -> Pixels:
    """A printed "2" in the foot: the least that a side can bear."""
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    kind = font(Face.SERIF, 54)
    ImageDraw.Draw(mask).text((WIDTH / 2, HEIGHT - 240), random.choice(("2", "2/3")), font=kind, fill=255)
    return _inked(picture, mask, (30, 30, 32), 0.9)


def _line(picture: Pixels, random: Random) -> Pixels:
    """One printed line, pale."""
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    at = (random.randint(150, 500), random.randint(200, 2200))
    ImageDraw.Draw(mask).text(at, "Ngày nhận: 12/11 (MẪU)", font=font(Face.SANS, 46), fill=255)
    return _inked(picture, mask, (40, 42, 48), random.uniform(0.3, 0.6))


def _inked(picture: Pixels, mask: Image.Image, ink: tuple[int, int, int], strength: float) -> Pixels:
    left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
    cover = np.asarray(mask, np.float32)[top:bottom, left:right, None] / 255 * strength
    under = picture[top:bottom, left:right].astype(np.float32)
    out = picture.copy()
    out[top:bottom, left:right] = under * (1 - cover) + np.array(ink, np.float32) * cover
    return out


def _chance(random: Random) -> np.random.Generator:
    return np.random.default_rng(random.getrandbits(32))


INKS: Final[dict[str, Callable[[Pixels, Random], Pixels]]] = {
    "pencil": _pencil,
    "pale_stamp": _pale_stamp,
    "seal": _seal,
    "signature": _signature,
    "page_number": _page_number,
    "pale_line": _line,
}
"""What a clerk would not want to lose."""
