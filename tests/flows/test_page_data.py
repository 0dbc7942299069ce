"""What `sohoa read --format json` says of a page."""

from __future__ import annotations

import json
from dataclasses import replace

from dossier.geometry import Box
from dossier.page import Handwriting, SecondReading, Writing
from flows.single import page_data
from storage.codec import decode, encode
from tests.pages import page


def test_handwriting_and_second_readings_are_told_and_print_is_the_rule() -> None:
    read = page("Số: 27/QĐ-UBND", "Hà Nội")
    first, *others = read.lines
    second = SecondReading("Số: 21/QĐ-UBND", 0.61234, False, "tesseract-vie")
    words = (first.words[0], replace(first.words[1], writing=Writing.HAND))
    told = replace(
        read,
        lines=(replace(first, words=words, second=second), *others),
        handwriting=(Handwriting(Box(1, 2, 3, 4), "", 0.0), Handwriting(Box(5, 6, 7, 8), "95", 0.31)),
    )
    data = json.loads(json.dumps(page_data(told), ensure_ascii=False))
    assert [w["writing"] for w in data["lines"][0]["words"]] == ["print", "hand"]
    assert data["lines"][0]["second"] == {
        "text": "Số: 21/QĐ-UBND",
        "confidence": 0.6123,
        "agrees": False,
        "engine": "tesseract-vie",
    }
    assert data["lines"][0]["text"] == "Số: 27/QĐ-UBND"
    assert data["lines"][1]["second"] is None
    assert [(h["text"], h["confidence"]) for h in data["handwriting"]] == [("", 0.0), ("95", 0.31)]
    assert "95" not in data["text"]


def test_a_page_with_handwriting_outlives_a_restart() -> None:
    told = replace(page("Hà Nội"), handwriting=(Handwriting(Box(1, 2, 3, 4), "95", 0.31),))
    assert decode(type(told), encode(told)) == told
