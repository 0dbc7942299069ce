"""A page gets its verdict from a process of its own."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dossier.errors import SourceUnreadable
from dossier.quality import Flaw, QualityVerdict
from flows.quality_desk import QualityDesk
from tests.printed import letter, scanned


def _encoded(picture: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])).save(out, "PNG")
    return out.getvalue()


def test_pages_are_judged_in_the_order_of_their_arrival(tmp_path: Path) -> None:
    good, low = letter(dpi=200), letter(dpi=100)
    desk = QualityDesk(tmp_path)
    try:
        desk.wait_ready()
        first = desk.arrive(scanned(good), _encoded(good))
        second = desk.arrive(scanned(low, dpi=100.0), _encoded(low))
        broken = desk.arrive(scanned(low), b"\x89PNG\r\n\x1a\nnothing")
        assert first.result().seen.inspection.frame.rotation_degrees == 0
        assert first.result().core_seconds > 0
        assert second.result().quality.verdict is QualityVerdict.RESCAN_NEEDED
        assert Flaw.RESOLUTION in {f.measure.flaw for f in second.result().quality.findings}
        with pytest.raises(SourceUnreadable):
            broken.result()
    finally:
        desk.close()
