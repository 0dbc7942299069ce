"""Sheets as a phone photographs them: from an angle, on a table, in uneven light; with their true corners."""

from __future__ import annotations

import io
from dataclasses import dataclass
from random import Random
from typing import Final

import cv2
import numpy as np
from PIL import Image

from scanners.samples.degrade import Pixels
from scanners.samples.layout import SPECIMEN
from scanners.samples.on_glass import Corners
from scanners.samples.prose import Prose
from scanners.samples.reading_layout import Writer
from scanners.samples.reading_papers import PAPERS
from scanners.samples.scan import Look, scan
from scanners.samples.typefaces import families

SIZE: Final = (3120, 4160)
"""Columns and rows of a phone's sensor of 13 million pixels."""
_TABLES: Final = ((92, 66, 46), (58, 60, 66), (148, 122, 92), (40, 66, 84))
_TILT: Final = 0.07
"""How far a corner may be from where it would lie seen from the front, share of the picture's side."""
_CURL: Final = 0.012
"""How far the middle of a curled sheet is lifted, share of its height."""
_MAKE, _MODEL, _EXPOSURE = 0x010F, 0x0110, 0x829A
_EXIF: Final = 0x8769


@dataclass(frozen=True, slots=True)
class PhotographedPage:
    """A photograph of an A4 sheet."""

    name: str
    picture: Pixels
    """Red, green, blue."""
    corners: Corners
    """Of the sheet, from the top left of its print, clockwise; pixels."""
    is_curled: bool
    texts: tuple[str, ...]
    """Lines of its print."""

    def jpeg(self) -> bytes:
        """The file as a phone writes it, 72 dots per inch and all."""
        tags = Image.Exif()
        tags[_MAKE], tags[_MODEL] = "MẪU".encode(), "Invented phone"
        tags.get_ifd(_EXIF)[_EXPOSURE] = 0.02
        out = io.BytesIO()
        Image.fromarray(self.picture).save(out, "JPEG", quality=88, dpi=(72, 72), exif=tags)
        return out.getvalue()


def photographed_page(number: int, seed: int) -> PhotographedPage:
    """Photograph `number`, from 0; every third sheet is curled."""
    random = Random(f"{seed}/photograph/{number}")  # noqa: S311 - invented pages, no secrets
    writer = Writer(random.choice(families()), number + 1)
    PAPERS[number % len(PAPERS)](writer, Prose(random))
    sheet = writer.finish(SPECIMEN)
    texts = tuple(" ".join(word.text for word in line.words) for line in sheet.lines)
    flat = np.asarray(scan(sheet, Look(), random))
    is_curled = number % 3 == 2
    picture, corners = photographed(flat, random, SIZE, curl=_CURL if is_curled else 0.0)
    return PhotographedPage(f"photograph-{number:03d}", picture, corners, is_curled, texts)


def photographed(
    sheet: Pixels, random: Random, size: tuple[int, int], *, curl: float = 0.0
) -> tuple[Pixels, Corners]:
    """A sheet on a table, seen from an angle; red-green-blue.

    Args:
        sheet: as it is, seen from the front.
        size: columns and rows of the photograph.
        curl: how far its middle is lifted, share of its height.
    """
    width, height = size
    rows, columns = sheet.shape[:2]
    scale = 0.86 * min(width / columns, height / rows)
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([columns, rows]) * scale / 2
    shift = np.array([[random.uniform(-_TILT, _TILT) for _ in range(2)] for _ in range(4)]) * min(size)
    corners = (half + shift * 0.9 + np.array([width, height]) / 2).clip(12, np.array(size) - 12)
    flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    back = cv2.getPerspectiveTransform(corners.astype(np.float32), flat)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) + 0.5, np.arange(height, dtype=np.float32) + 0.5)
    w = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    u, v = (
        (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / w,
        (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / w,
    )
    v = v + curl * rows * np.sin(np.pi * np.clip(u / columns, 0, 1))
    seen = cv2.remap(sheet, (u - 0.5).astype(np.float32), (v - 0.5).astype(np.float32), cv2.INTER_AREA)
    there = ((u >= 0) & (u < columns) & (v >= 0) & (v < rows)).astype(np.float32)
    there = cv2.GaussianBlur(there, (0, 0), 0.8)[:, :, None]
    table = _table(random, size)
    shade = cv2.GaussianBlur(np.roll(there[:, :, 0], (14, 10), (0, 1)), (0, 0), 9)[:, :, None]
    lit = (table * (1 - 0.4 * shade)) * (1 - there) + seen * there
    angle = random.uniform(0, 2 * np.pi)
    fall = 0.82 + 0.18 * (np.cos(angle) * (2 * x / width - 1) + np.sin(angle) * (2 * y / height - 1))
    noise = np.random.default_rng(random.getrandbits(32)).normal(0, 3.0, (height // 2, width // 2, 1))
    grain = np.repeat(np.repeat(noise, 2, 0), 2, 1)
    picture = cv2.GaussianBlur((lit * fall[:, :, None]).astype(np.float32), (0, 0), 0.7) + grain
    return np.asarray(picture.clip(0, 255), np.uint8), np.asarray(corners, np.float64)


def _table(random: Random, size: tuple[int, int]) -> Pixels:
    """Grain of wood in one of some colours."""
    height = size[1]
    noise = np.random.default_rng(random.getrandbits(32)).uniform(0.75, 1.25, (24, 6)).astype(np.float32)
    fine = (
        np.random.default_rng(random.getrandbits(32)).uniform(0.9, 1.1, (height // 4, 40)).astype(np.float32)
    )
    grain = cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC) * cv2.resize(fine, size)
    colour = np.array(random.choice(_TABLES), np.float32)
    return np.asarray((grain[:, :, None] * colour).clip(0, 255), np.uint8)
