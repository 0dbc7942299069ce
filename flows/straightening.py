"""Photographs at intake: the page is the sheet seen from the front, the photograph is kept as it came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2

from dossier.page import Extraction
from flows.looking import open_looking
from pipeline.photographs import from_the_front, tells_as_much
from pipeline.picture import decode
from scanners.delivery import DeliveredPage

_QUALITY: Final = 95
"""JPEG quality of the straightened page; nothing that is read is lost at it."""


def straight_page(page: DeliveredPage, cache_folder: Path) -> DeliveredPage:
    """A photographed page as seen from the front; as it came where that cannot be told or tells less."""
    if page.extraction is not Extraction.PHOTOGRAPHED:
        return page
    picture = decode(page.picture)
    front = from_the_front(picture)
    if front is None:
        return page
    readers = open_looking(cache_folder)
    if not tells_as_much(front, picture, readers.finder, readers.reader):
        return page
    is_made, encoded = cv2.imencode(".jpg", front.picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not is_made:
        return page
    height, width = front.picture.shape[:2]
    return replace(
        page,
        picture=encoded.tobytes(),
        media_type="image/jpeg",
        extraction=Extraction.STRAIGHTENED,
        width=width,
        height=height,
        dpi=front.dpi,
    )
