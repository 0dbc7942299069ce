"""A word's box falls on its word, however the page is turned and however small it is drawn."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from dossier.errors import SourceUnreadable
from dossier.geometry import UprightFrame
from pipeline.screen_picture import WIDTHS, upright_jpeg, width_for


def page_with_patch(ending: str) -> tuple[bytes, tuple[float, float]]:
    """A white page of 1240 x 1754 with one black patch, and the middle of the patch."""
    pixels = np.full((1754, 1240, 3), 255, np.uint8)
    pixels[400:440, 800:900] = 0
    done, encoded = cv2.imencode(ending, pixels)
    assert done
    return encoded.tobytes(), (850.0, 420.0)


@pytest.mark.parametrize("ending", [".jpg", ".png"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("width", [120, 400, 900, 2600])
def test_what_is_drawn_stands_where_the_frame_says(ending: str, rotation: int, width: int) -> None:
    picture, middle = page_with_patch(ending)
    frame = UprightFrame(1240, 1754, rotation, 2.5)
    drawn = np.asarray(Image.open(io.BytesIO(upright_jpeg(picture, frame, width))).convert("L"))
    scale = min(1.0, width / frame.width)
    assert abs(drawn.shape[1] - frame.width * scale) <= 1
    rows, columns = np.nonzero(drawn < 110)
    x, y = frame.matrix.apply(*middle)
    assert abs(columns.mean() + 0.5 - x * scale) < 1.0
    assert abs(rows.mean() + 0.5 - y * scale) < 1.0


def test_widths_are_few_and_never_smaller_than_asked() -> None:
    assert [width_for(asked) for asked in (1, 120, 121, 1000, 99_999)] == [120, 120, 400, 1600, WIDTHS[-1]]


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(SourceUnreadable):
        upright_jpeg(b"<script>alert(1)</script>", UprightFrame(10, 10, 0, 0.0), 120)
