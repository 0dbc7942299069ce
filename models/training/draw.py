"""A line on paper before anything happened to it: type, handwriting, neighbours, rules, frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.training.fonts import FontFile, Fonts
from models.training.hand import Ink, Pen
from models.training.texts import Look, Piece, Texts, truth

_NOTHING: Final = 0.03
"""Share of pictures that hold no text: the net must learn to be silent."""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """Black on white with room around it."""

    ink: Ink
    text: str
    """What the net shall say."""
    em: int
    """Size of the type, pixels."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of what is printed."""


class Drawer:
    """Draws lines."""

    def __init__(self, texts: Texts, fonts: Fonts, pen: Pen) -> None:
        self._texts, self._fonts, self._pen = texts, fonts, pen

    def draw(self, random: Random) -> DrawnLine:
        """The next line that could be drawn."""
        if random.random() < _NOTHING:
            return nothing(random)
        while True:
            pieces = self._texts.line(random)
            if not truth(pieces).strip():
                continue
            font = next((f for f in (self._fonts.draw(random) for _ in range(6)) if _has(f, pieces)), None)
            if font is not None and (drawn := self._drawn(pieces, font, random)):
                return drawn

    def _drawn(self, pieces: tuple[Piece, ...], font: FontFile, random: Random) -> DrawnLine | None:
        em = (
            round(math.exp(random.uniform(math.log(17), math.log(58))))
            if random.random() < 0.8
            else random.randint(30, 58)
        )
        opened = self._fonts.open(font, em)
        sheet = _Sheet(opened, em, random)
        for index, piece in enumerate(pieces):
            sheet.leave(opened.getlength(" ") * piece.gap if index else 0.0)
            if piece.look is Look.HAND:
                sheet.paste(self._pen.digits("".join(_digit(c) for c in piece.text), em, random), sits=True)
            elif piece.look is Look.PEN:
                sheet.paste(self._pen.strokes(em, random), sits=False)
            elif piece.look is Look.DOTS:
                sheet.dots()
            elif piece.look is Look.BOX:
                sheet.box()
            elif piece.look is Look.SMALL:
                sheet.print(
                    piece.text, self._fonts.open(font, max(10, round(em * random.uniform(0.5, 0.75))))
                )
            else:
                sheet.words(piece.text.split(" "), self._faces(font, opened, piece, random))
        return sheet.finish(truth(pieces), lambda length: self._neighbour(font, length, random))

    def _faces(
        self, font: FontFile, opened: ImageFont.FreeTypeFont, piece: Piece, random: Random
    ) -> list[ImageFont.FreeTypeFont]:
        """A face for each word: sometimes a part of a line is bold or italic."""
        count = piece.text.count(" ") + 1
        faces = [opened] * count
        if count > 2 and random.random() < 0.12:
            sister = self._fonts.sister(font, random)
            if _has(sister, (piece,)):
                other = self._fonts.open(sister, int(opened.size))
                place = random.randint(1, count - 1)
                faces = (
                    [other] * place + faces[place:]
                    if random.random() < 0.7
                    else faces[:place] + [other] * (count - place)
                )
        return faces

    def _neighbour(self, font: FontFile, length: int, random: Random) -> str:
        text = self._texts.print(random, length)
        return "".join(c for c in text if c not in font.lacking)


def nothing(random: Random) -> DrawnLine:
    """What may be taken for a line: bare paper, stains, pictures, codes, rules, rings of a seal."""
    em = random.randint(20, 50)
    size = (int(2.6 * em), int(em * random.uniform(2, 22)))
    noise = np.random.default_rng(random.getrandbits(32))
    kind = random.choice(("paper", "stains", "picture", "modules", "bars", "rules", "rings", "dots"))
    ink = np.zeros(size, np.float32)
    if kind in ("stains", "picture"):
        cell = em * random.uniform(0.05, 1.5)
        coarse = noise.random((max(2, int(size[0] / cell)), max(2, int(size[1] / cell))), np.float32)
        ink = np.asarray(cv2.resize(coarse, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), np.float32)
        threshold = random.uniform(0.5, 0.95)
        ink = np.clip((ink - threshold) * 8, 0, 1) if kind == "stains" else np.clip(ink, 0, 1)
    elif kind == "modules":
        side = max(2, int(em * random.uniform(0.08, 0.5)))
        coarse = (noise.random((size[0] // side + 1, size[1] // side + 1)) < 0.5).astype(np.float32)
        ink = np.kron(coarse, np.ones((side, side), np.float32))[: size[0], : size[1]]
    elif kind == "bars":
        widths = np.repeat(noise.random(size[1]) < 0.5, random.randint(2, 6))[: size[1]]
        ink[int(0.3 * size[0]) : int(0.9 * size[0])] = widths.astype(np.float32)
    elif kind == "rules":
        for _ in range(random.randint(1, 4)):
            ends = [(random.randint(0, size[1]), random.randint(0, size[0])) for _ in range(2)]
            straight = random.choice(
                ((ends[0], (ends[1][0], ends[0][1])), (ends[0], (ends[0][0], ends[1][1])), ends)
            )
            cv2.line(ink, straight[0], straight[1], 1.0, max(1, em // random.randint(8, 30)))
    elif kind == "dots":
        side, step = max(1, round(em * random.uniform(0.05, 0.14))), em * random.uniform(0.16, 0.5)
        for row in random.choice(((0.62,), (0.62,), (0.35, 0.7))):
            for x in np.arange(random.uniform(0, em), size[1], step):
                y = int(row * size[0])
                ink[y : y + side, int(x) : int(x) + side * random.choice((1, 1, 1, 3))] = 1.0
    elif kind == "rings":
        for _ in range(random.randint(1, 3)):
            centre = (random.randint(0, size[1]), random.randint(-em, 3 * em))
            cv2.circle(
                ink, centre, int(em * random.uniform(0.5, 4)), 1.0, max(1, em // random.randint(6, 20))
            )
    drawn: Ink = np.ascontiguousarray(ink, dtype=np.float32)
    return DrawnLine(drawn, "", em, (0.3 * em, 0.8 * em, size[1] - 0.3 * em, 1.8 * em))


def _has(font: FontFile, pieces: tuple[Piece, ...]) -> bool:
    return not any(
        c in font.lacking for piece in pieces if piece.look in (Look.PRINT, Look.SMALL) for c in piece.text
    )


def _digit(character: str) -> str:
    return str(ord(character) - 0xE030)


class _Sheet:
    """A strip of paper that is filled from left to right."""

    def __init__(self, font: ImageFont.FreeTypeFont, em: int, random: Random) -> None:
        self._font, self._em, self._random = font, em, random
        self._picture = Image.new("L", (90 * em, 4 * em), 0)
        self._pen = ImageDraw.Draw(self._picture)
        self._left = 1.2 * em
        self._x = self._left
        self._y = int(1.4 * em)
        ascent, _ = font.getmetrics()
        self._baseline = self._y + ascent
        self._gap = random.choice((1, 1, 1, random.uniform(0.75, 2.2)))
        self._track = random.choice([0.0] * 12 + [random.uniform(0.02, 0.12) * em])

    def leave(self, width: float) -> None:
        """White before the next piece."""
        self._x += width

    def words(self, texts: list[str], faces: list[ImageFont.FreeTypeFont]) -> None:
        """Print words with spaces between them."""
        for index, (text, face) in enumerate(zip(texts, faces, strict=True)):
            if index:
                self._x += self._font.getlength(" ") * self._gap
            self.print(text, face)

    def print(self, text: str, face: ImageFont.FreeTypeFont) -> None:
        """One word on the baseline."""
        y = self._baseline - face.getmetrics()[0]
        if self._track:
            for character in text:
                self._pen.text((self._x, y), character, font=face, fill=255)
                self._x += face.getlength(character) + self._track
            return
        self._pen.text((self._x, y), text, font=face, fill=255)
        self._x += face.getlength(text)

    def paste(self, ink: Ink, *, sits: bool) -> None:
        """Lay written ink onto the paper: digits sit near the baseline, strokes anywhere."""
        rows, columns = ink.shape
        lift = (
            self._random.gauss(0.0, 0.09) * self._em if sits else self._random.uniform(-1.0, 0.5) * self._em
        )
        top = int(self._baseline - (rows if sits else rows / 2) - lift + (0.08 * self._em if sits else 0))
        left = int(self._x)
        place = (left, max(0, top))
        data = Image.fromarray((ink * 255).astype(np.uint8))
        self._picture.paste(255, place, data)
        self._x += columns

    def box(self) -> None:
        """A box to tick; one in three is ticked."""
        random, em = self._random, self._em
        side, thickness = em * random.uniform(0.5, 0.95), max(1, round(em * random.uniform(0.03, 0.07)))
        foot = self._baseline + em * random.uniform(-0.02, 0.12)
        corners = [self._x, foot - side, self._x + side, foot]
        self._pen.rectangle(corners, outline=255, width=thickness)
        if random.random() < 0.33:
            near, far, low = self._x + 0.15 * side, self._x + 0.9 * side, foot - 0.15 * side
            if random.random() < 0.5:
                self._pen.line([(near, foot - 0.85 * side), (far, low)], fill=255, width=thickness + 1)
                self._pen.line([(near, low), (far, foot - 0.85 * side)], fill=255, width=thickness + 1)
            else:
                tick = [(near, foot - 0.5 * side), (self._x + 0.4 * side, low), (far, foot - 1.1 * side)]
                self._pen.line(tick, fill=255, width=thickness + 1)
        self._x += side

    def dots(self) -> None:
        """A dotted line of up to twelve ems, five dots at the least: three are an ellipsis, which is read."""
        random, em = self._random, self._em
        length = em * random.choice((random.uniform(0.4, 1.2), random.uniform(1, 12)))
        if random.random() < 0.5:
            step = self._font.getlength(".") * random.uniform(0.9, 1.4)
            length = max(length, 4.5 * step)
            while length > 0:
                self._pen.text((self._x, self._y), ".", font=self._font, fill=255)
                self._x += step
                length -= step
            return
        size, step = max(1, round(em * random.uniform(0.03, 0.07))), em * random.uniform(0.12, 0.3)
        y = self._baseline - size
        length = max(length, 4.5 * step)
        while length > 0:
            self._pen.ellipse([self._x, y, self._x + size, y + size], fill=255)
            self._x += step
            length -= step

    def finish(self, text: str, neighbour) -> DrawnLine | None:  # type: ignore[no-untyped-def]
        """Neighbouring lines, rules and frames added, cut to what is needed."""
        random, em = self._random, self._em
        width = int(self._x + 1.3 * em) + 4
        if width > self._picture.width:
            return None
        ink = np.asarray(self._picture)[:, :width]
        rows = np.flatnonzero((ink > 127).any(axis=1))
        if not rows.size:
            return None
        top = min(int(rows[0]), int(self._baseline - 0.72 * em))
        bottom = max(int(rows[-1]), int(self._baseline + 0.05 * em))
        top, bottom = max(top, int(self._baseline - 1.35 * em)), min(bottom, int(self._baseline + 0.6 * em))
        right = self._x
        if random.random() < 0.40:
            apart = random.uniform(1.12, 1.5) * em
            length = int(len(text) * 1.2) + 5
            if random.random() < 0.6:
                place = (self._left + random.uniform(-0.5, 0.3) * em, self._y - apart)
                self._pen.text(place, neighbour(length), font=self._font, fill=255)
            if random.random() < 0.6:
                place = (self._left + random.uniform(-0.8, 0.5) * em, self._y + apart)
                self._pen.text(place, neighbour(length), font=self._font, fill=255)
        bottom = self._rules(top, bottom, right)
        ink = np.asarray(np.asarray(self._picture)[:, :width] / 255, np.float32)
        first, last = max(0, int(top - 0.75 * em)), min(ink.shape[0], int(bottom + 0.75 * em))
        kept: Ink = ink[first:last]
        return DrawnLine(kept, text, em, (self._left, top - first, right, bottom - first))

    def _rules(self, top: int, bottom: int, right: float) -> int:
        """Underlining, dotted underlining, rules and frames of tables."""
        random, em, left = self._random, self._em, self._left
        thickness = max(1, int(em * random.uniform(0.02, 0.07)))
        if random.random() < 0.06:
            y = int(self._baseline + em * random.uniform(0.08, 0.28))
            ends = (left - random.uniform(-0.3, 0.5) * em, right + random.uniform(-0.3, 0.5) * em)
            self._pen.line([(ends[0], y), (ends[1], y)], fill=255, width=thickness)
            bottom = max(bottom, y)
        if random.random() < 0.09:
            y, x = int(self._baseline + em * random.uniform(-0.03, 0.2)), left - random.uniform(0, 1) * em
            dot, step = max(1, round(em * random.uniform(0.03, 0.1))), em * random.uniform(0.14, 0.45)
            while x < right + em:
                self._pen.ellipse([x, y, x + dot, y + dot], fill=255)
                x += step
        if random.random() < 0.08:
            above = random.random() < 0.5
            y = (
                int(top - em * random.uniform(0.12, 0.4))
                if above
                else int(bottom + em * random.uniform(0.1, 0.4))
            )
            self._pen.line([(0, y), (self._picture.width, y)], fill=255, width=thickness)
        for side in (left - em * random.uniform(0.1, 0.5), right + em * random.uniform(0.1, 0.5)):
            if random.random() < 0.04:
                self._pen.line([(side, 0), (side, self._picture.height)], fill=255, width=thickness)
        return bottom
