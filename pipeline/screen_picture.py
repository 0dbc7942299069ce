"""A page for the screen: upright, as wide as it is shown, and no larger than it has to be."""

from __future__ import annotations

import io
from typing import Final

import cv2
import numpy as np
from PIL import Image

from dossier.errors import SourceUnreadable
from dossier.geometry import UprightFrame
from pipeline.picture import decode

WIDTHS: Final = (120, 400, 900, 1600, 2600)
"""Columns that pictures are made with; one that is asked for with another width gets the next of these."""
_QUALITY: Final = 80
_PAPER: Final = (255, 255, 255)


def width_for(asked: int) -> int:
    """The smallest of `WIDTHS` that is at least as wide as asked, else the widest."""
    return next((width for width in WIDTHS if width >= asked), WIDTHS[-1])


def upright_jpeg(picture: bytes, frame: UprightFrame, width: int) -> bytes:
    """The page turned into its upright frame and drawn `width` columns wide at most, as JPEG.

    Boxes of the frame fall on their words when they are scaled by the width of the result over the frame's.

    Raises:
        SourceEmpty, SourceTooLarge, SourceUnreadable: the picture cannot be decoded.
    """
    scale = min(1.0, width / max(frame.width, 1))
    pixels = _decoded(picture, frame, scale)
    reduced = pixels.shape[1] / max(frame.scan_width, 1), pixels.shape[0] / max(frame.scan_height, 1)
    matrix = frame.matrix
    turn = np.array(
        [
            [scale * matrix.a / reduced[0], scale * matrix.c / reduced[1], scale * matrix.e],
            [scale * matrix.b / reduced[0], scale * matrix.d / reduced[1], scale * matrix.f],
        ]
    )
    # warpAffine counts from the middles of pixels, frames from their edges.
    turn[:, 2] += turn[:, 0] * 0.5 + turn[:, 1] * 0.5 - 0.5
    size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    drawn = cv2.warpAffine(pixels, turn, size, flags=cv2.INTER_LINEAR, borderValue=_PAPER)
    done, encoded = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise SourceUnreadable("picture", "cannot be drawn for the screen")
    return encoded.tobytes()


def _decoded(
    picture: bytes, frame: UprightFrame, scale: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Pixels with at least the detail that the screen shows; a JPEG is decoded small where that is enough."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.format == "JPEG" and opened.mode in ("RGB", "L") and scale <= 0.5:
                wanted = int(frame.scan_width * scale), int(frame.scan_height * scale)
                opened.draft(opened.mode, wanted)
                colour = np.asarray(opened.convert("RGB"), np.uint8)
                return _reduced(np.ascontiguousarray(colour[:, :, ::-1]), frame, scale)
    except (OSError, ValueError, SyntaxError):
        pass  # decode says what is wrong with it
    return _reduced(decode(picture), frame, scale)


def _reduced(
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], frame: UprightFrame, scale: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Averaged down to the size on the screen, so that thin strokes stay visible."""
    width, height = max(1, round(frame.scan_width * scale)), max(1, round(frame.scan_height * scale))
    if width >= pixels.shape[1]:
        return pixels
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
