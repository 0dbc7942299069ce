"""The page job without store and resident process: what the benchmark measures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flows.settings import Settings
from flows.single import recognised_pages
from flows.wiring import VIETNAM, open_signing_identity
from models.kinds import group_pages
from pipeline.rendition import DocumentAbout, PagePicture, render_document
from pipeline.seal import mark_on, seal


def sealed_pdfs(settings: Settings, files: Sequence[Path]) -> list[bytes]:
    """Take files in, read them, sort them into papers, render and seal each paper."""
    identity = open_signing_identity(settings)
    now = datetime.now(VIETNAM)
    pictures = {}
    pages = []
    for file in files:
        for recognised, picture in recognised_pages(settings, file):
            pictures[recognised.page.picture.sha256] = picture
            pages.append(recognised)
    sealed = []
    for document in group_pages(pages):
        pdf = render_document(
            [
                PagePicture(r, pictures[r.page.picture.sha256], r.page.picture.media_type)
                for r in document.pages
            ],
            DocumentAbout(document.kind.title, "BENCH", document.kind.code, now, "Số Hóa"),
        )
        mark = mark_on(document.pages[0], settings.officer, now, now)
        sealed.append(seal(pdf, identity, mark))
    return sealed
