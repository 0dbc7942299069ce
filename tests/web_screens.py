"""Pictures of screens for the README, made where SOHOA_SCREENS is set; nothing happens otherwise."""

from __future__ import annotations

import io
import os

from PIL import Image
from playwright.sync_api import Page

from tests.conftest import REPOSITORY

SCREENS = REPOSITORY / "docs" / "screens"
MOST_BYTES = 120_000
WANTED = bool(os.environ.get("SOHOA_SCREENS"))


def shoot(page: Page, name: str) -> None:
    """The screen as it is, for the README."""
    if not WANTED:
        return
    SCREENS.mkdir(exist_ok=True)
    page.wait_for_timeout(1200)
    picture, file = Image.open(io.BytesIO(page.screenshot())).convert("RGB"), SCREENS / f"{name}.png"
    for colours in (48, 24, 12):
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
        if file.stat().st_size < MOST_BYTES:
            return
