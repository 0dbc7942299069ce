"""Generated pages read whole: the text in the order of a person, blocks as printed, boxes on the print."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO

import edlib
import numpy as np
import pytest
from PIL import Image

from dossier.blocks import BlockKind
from dossier.geometry import Box
from dossier.page import RecognisedPage
from pipeline.picture import decode
from pipeline.reading import read_page
from scanners.samples.reading_pages import BenchmarkPage, Wear, benchmark_page
from tests.printed import readers, scanned

PLACES = {"decision": 0, "form": 1, "report": 2, "register": 3, "minutes": 4}
SEED = 11


@cache
def _page(paper: str) -> tuple[BenchmarkPage, RecognisedPage]:
    drawn = benchmark_page(Wear.CLEAN, PLACES[paper], SEED)
    assert drawn.paper == paper
    file = BytesIO()
    Image.fromarray(drawn.picture).save(file, "jpeg", quality=92)
    pixels = decode(file.getvalue())
    return drawn, read_page(scanned(pixels, drawn.dpi), pixels, readers())


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _order_error(drawn: BenchmarkPage, read: RecognisedPage) -> float:
    """Edits of the whole text against the nearest order in which people read the page."""
    truths = [_flat("\n".join(order)) for order in drawn.orders]
    edits = [int(edlib.align(truth, _flat(read.text))["editDistance"]) for truth in truths]
    return min(edits) / len(truths[0])


@pytest.mark.parametrize("paper", ["decision", "form", "register"])
def test_the_whole_page_is_read_in_the_order_of_a_person(paper: str) -> None:
    """A head, a foot or a row read out of order costs several per cent."""
    assert _order_error(*_page(paper)) < 0.012


@pytest.mark.parametrize("paper", ["decision", "form", "register"])
def test_every_word_lies_in_the_box_of_a_line(paper: str) -> None:
    """No word is cut off, its topmost marks included; the page is upright, so both frames are one."""
    drawn, read = _page(paper)
    assert (read.frame.rotation_degrees, read.frame.angle_degrees) == (0, 0.0)
    outside = [
        word.text for word in drawn.words if not any(_holds(line.box, word.box) for line in read.lines)
    ]
    assert len(outside) <= 0.01 * len(drawn.words), outside


def _holds(line: Box, word: Box) -> bool:
    """With the white that a typeface leaves beside a narrow digit."""
    across, down = 0.4 * line.height, 0.25 * line.height
    beside = line.left - across <= word.left and word.right <= line.right + across
    return beside and line.top - down <= word.top and word.bottom <= line.bottom + down


def test_a_decision_has_head_columns_paragraphs_and_foot_columns() -> None:
    _, read = _page("decision")
    kinds = [block.kind for block in read.blocks]
    assert kinds[:2] == [BlockKind.HEAD_COLUMN] * 2
    assert kinds.count(BlockKind.FOOT_COLUMN) == 2
    texts = ["\n".join(read.lines[n].text for n in block.lines) for block in read.blocks]
    assert "CỘNG HÒA" not in texts[0]
    assert texts[1].startswith("CỘNG HÒA")
    recipients, signature = (t for t, k in zip(texts, kinds, strict=True) if k is BlockKind.FOOT_COLUMN)
    assert recipients.startswith("Nơi nhận")
    assert "Lưu" in recipients
    assert "Nơi nhận" not in signature
    articles = [text for text in texts if re.match(r"Điều \d", text)]
    assert len(articles) == sum(line.startswith("Điều") for line in read.text.splitlines())


def test_a_register_has_a_table_whose_cells_are_those_printed() -> None:
    drawn, read = _page("register")
    (table,) = (block for block in read.blocks if block.kind is BlockKind.TABLE)
    cells = [[" ".join(read.lines[n].text for n in cell) for cell in row] for row in table.rows]
    assert [name for name in cells[0] if name][:2] == ["STT", "Họ và tên"]
    counted = [row[0] for row in cells[1:]]
    assert counted == [str(n + 1) for n in range(len(counted))]
    printed = set(drawn.lines)
    named = [row[1] in printed for row in cells[1:]]
    assert np.mean(named) > 0.9
