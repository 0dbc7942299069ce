"""Pictures without print, and print that can hardly be read: drawn, seeded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from scanners.samples.degrade import Degradation, degrade
from tests.printed import LETTER, SERIF, letter, qr

Pixels: TypeAlias = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 1240, 1754
"""A4 at 150 dpi."""


def blank() -> Pixels:
    """Paper in its own tone, a little uneven, as a scanner sees it."""
    random = np.random.default_rng(1)
    fog = cv2.resize(random.uniform(242, 250, (9, 7)).astype(np.float32), (WIDTH, HEIGHT))
    grain = random.normal(0, 1.6, (HEIGHT, WIDTH))
    grey = np.clip(fog + grain, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.dstack([grey, grey, grey - 3]))


def worn_blank(kind: Degradation, strength: int) -> Callable[[], Pixels]:
    """Blank paper to which something happened."""
    return lambda: degrade(blank(), [(kind, strength)], Random(f"{kind}{strength}"), dpi=150.0).picture


def shining_through(strength: int) -> Callable[[], Pixels]:
    """A blank back, with the print of the front shining through, mirrored and faint."""

    def draw() -> Pixels:
        front = letter(LETTER, dpi=150)
        share = {1: 0.12, 2: 0.24, 3: 0.38}[strength]
        behind = cv2.GaussianBlur(front[:, ::-1], (0, 0), 1.5).astype(np.float32)
        back = cv2.resize(blank(), (front.shape[1], front.shape[0])).astype(np.float32)
        return np.clip(back * (1 - share * (1 - behind / 255)), 0, 255).astype(np.uint8)

    return draw


def photograph() -> Pixels:
    """A landscape: sky, hills, leaves, a lamp; textures of every scale and no print."""
    random = np.random.default_rng(7)
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for octave in range(2, 9):
        cells = random.uniform(-1, 1, (2**octave, 2**octave, 3)).astype(np.float32)
        picture += cv2.resize(cells, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC) * 130 / 2 ** (octave / 2)
    y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    picture += 120 + 90 * (1 - y) * np.array((0.6, 0.9, 1.3), np.float32)
    out = np.clip(picture, 0, 255).astype(np.uint8)
    for _ in range(260):
        x, top = int(random.integers(0, WIDTH)), int(random.integers(HEIGHT // 2, HEIGHT))
        shade = tuple(int(v) for v in random.integers(10, 120, 3))
        axes = (int(random.integers(6, 60)), int(random.integers(3, 18)))
        cv2.ellipse(out, (x, top), axes, float(random.uniform(0, 180)), 0, 360, shade, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(out, (0, 0), 1.0), np.uint8)


def codes() -> Pixels:
    """QR codes of several sizes, in rows."""
    page = blank()
    for number in range(12):
        side = (150, 210, 270)[number % 3]
        row, column = divmod(number, 3)
        code = qr(f"MẪU|{number:012d}|Xã Hòa Mẫu", side)
        top, left = 110 + 400 * row, 130 + 360 * column
        page[top : top + side, left : left + side] = code[:, :, None]
    return page


def contour_map() -> Pixels:
    """Contour lines, parcels, a river and a grid; symbols for trees, no letter."""
    random = np.random.default_rng(5)
    field = sum(
        cv2.resize(random.uniform(-1, 1, (2**k, 2**k)).astype(np.float32), (WIDTH, HEIGHT), interpolation=2)
        / 2**k
        for k in range(2, 6)
    )
    page = blank()
    field = np.asarray(field, np.float32)
    for level in np.linspace(float(field.min()), float(field.max()), 18):
        edges, _ = cv2.findContours((field > level).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(page, edges, -1, (120, 80, 40), 2, cv2.LINE_AA)
    for _ in range(60):
        x, y = int(random.integers(100, WIDTH - 200)), int(random.integers(100, HEIGHT - 200))
        corners = np.array([(x, y), (x + 120, y + 14), (x + 96, y + 130), (x - 20, y + 100)])
        cv2.polylines(page, [corners + random.integers(-14, 14, (4, 2))], True, (40, 40, 40), 2, cv2.LINE_AA)
    for _ in range(180):
        x, y = int(random.integers(60, WIDTH - 60)), int(random.integers(60, HEIGHT - 60))
        cv2.circle(page, (x, y), 7, (30, 110, 50), 2, cv2.LINE_AA)
        cv2.line(page, (x, y + 7), (x, y + 18), (30, 110, 50), 2, cv2.LINE_AA)
    return page


def two_pixels_high() -> Pixels:
    """A page of print reduced until its letters are two pixels high."""
    page = letter(LETTER * 2, dpi=200)
    return np.asarray(cv2.resize(page, None, fx=0.085, fy=0.085, interpolation=cv2.INTER_AREA), np.uint8)


def two_pixels_on_a_page() -> Pixels:
    """The same on a page of its own size: grey threads where lines were."""
    small, page = two_pixels_high(), blank()
    for row in range(6):
        page[150 + 240 * row : 150 + 240 * row + small.shape[0], 300 : 300 + small.shape[1]] = small
    return page


LONG_LINE = " ".join(f"{n} hộ dân thôn Quỳnh Lưu đã ký nhận đủ tiền hỗ trợ" for n in range(101, 107))


def long_line() -> Pixels:
    """One line of five thousand pixels."""
    font = ImageFont.truetype(SERIF, 36)
    picture = Image.new("RGB", (5000, 120), (250, 250, 248))
    ImageDraw.Draw(picture).text((40, 30), LONG_LINE, font=font, fill=(20, 20, 20))
    return np.asarray(picture)


def vertical() -> Pixels:
    """A page of print, and words that stand on their side along its edge."""
    page = np.ascontiguousarray(letter(dpi=200))
    side = Image.new("RGB", (900, 60), (250, 250, 250))
    font = ImageFont.truetype(SERIF, 36)
    ImageDraw.Draw(side).text((10, 10), "Lưu trữ tại kho số 3", font=font, fill=(20, 20, 20))
    page[900:1800, 40:100] = np.rot90(np.asarray(side))
    return page


def stacked() -> Pixels:
    """Capitals one below the other, as on shop signs."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (250, 250, 248))
    font = ImageFont.truetype(SERIF, 60)
    for row, character in enumerate("ỦYBANNHÂNDÂNXÃHÒAMẪU"):
        ImageDraw.Draw(picture).text((600, 60 + 82 * row), character, font=font, fill=(20, 20, 20))
    return np.asarray(picture)


ENGLISH = (
    "This certificate is issued to the holder for all purposes",
    "allowed by law. The authority accepts no responsibility for",
    "any change made after the date of issue, whether by hand or",
    "by machine. Keep it in a dry place and do not fold the page.",
)


def english() -> Pixels:
    """Four lines of English."""
    return letter(ENGLISH, dpi=200)


CHINESE_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)


def chinese(font: str) -> Pixels:
    """Six lines of Chinese."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (250, 250, 248))
    face = ImageFont.truetype(font, 44)
    for row in range(6):
        text = "本证明书由主管机关签发持有人应妥善保管不得涂改或转借他人使用"[row:][:20]
        ImageDraw.Draw(picture).text((180, 200 + 110 * row), text, font=face, fill=(20, 20, 20))
    return np.asarray(picture)


EMPTY: dict[str, Callable[[], Pixels]] = {
    "blank": blank,
    "photograph": photograph,
    "codes": codes,
    "map": contour_map,
    "noise": worn_blank(Degradation.NOISE, 3),
    "streaks": worn_blank(Degradation.STREAKS, 3),
    "punch_holes": worn_blank(Degradation.PUNCH_HOLES, 2),
    "fold": worn_blank(Degradation.FOLD, 3),
    "uneven_light": worn_blank(Degradation.UNEVEN_LIGHT, 3),
    "shining_through_2": shining_through(2),
    "shining_through_3": shining_through(3),
}
"""Not one word stands on any of these."""
INKED = ("photograph", "codes", "map")
"""Those of them on which something was printed or drawn."""
HARD: dict[str, Callable[[], Pixels]] = {
    "two_pixels_high": two_pixels_high,
    "two_pixels_on_a_page": two_pixels_on_a_page,
    "long_line": long_line,
    "vertical": vertical,
    "stacked": stacked,
    "english": english,
}
