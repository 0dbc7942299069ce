"""Times and terms as people write them here."""

from __future__ import annotations

import re

import pytest

from console.web.words import WORDS, words_of
from console.wording_rules import RULES
from console.wording_times import time_words
from dossier.finding import Rule
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("kept", "vietnamese"),
    [
        ("2026-11-24T09:12:00+07:00", "24/11/2026 09:12:00"),
        ("2026-11-24T02:12:00+00:00", "24/11/2026 09:12:00"),
        ("2026-11-24", "24/11/2026"),
        ("", ""),
        (None, ""),
    ],
)
def test_times_of_the_command_line(kept: str | None, vietnamese: str) -> None:
    assert time_words(kept, "vi") == vietnamese
    assert time_words(kept, "en") == (kept or "")


def test_decimals_have_a_comma_in_vietnamese() -> None:
    assert [words_of(language)("control_decimal") for language in ("vi", "en")] == [",", "."]


def test_one_thing_has_one_name() -> None:
    said = "\n".join(pair[0] for pair in WORDS.values()) + RULES[Rule.APOLOGY_MISSING]["vi"]
    for other in ("hàng chờ", "thư xin lỗi", "văn bản xin lỗi", "người quản trị"):
        assert other not in said.lower()
    assert WORDS["work.notice"][0] == "Phiếu yêu cầu bổ sung"
    for file in (REPOSITORY / "console").rglob("*.py"):
        assert not re.search("người quản trị|hàng chờ", file.read_text("utf-8"), re.IGNORECASE), file.name
