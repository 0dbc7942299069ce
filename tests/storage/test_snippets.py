"""Pieces of a text around the words that were found, by whole words."""

from __future__ import annotations

from dossier.words import sought_words
from storage.snippets import snippet

TEXT = "Cộng hòa xã hội chủ nghĩa Việt Nam độc lập tự do hạnh phúc thửa đất số 12 " + "tờ bản đồ " * 12


def test_each_word_is_shown_where_it_stands_first_with_whole_words_around_it() -> None:
    pieces = snippet(TEXT, sought_words("dat hoa"))
    assert pieces[1::2] == ("hòa", "đất")
    assert pieces[0] == "Cộng "
    assert pieces[2] == " xã hội chủ nghĩa Việt Nam độc lập tự do hạnh phúc thửa "
    assert pieces[4].startswith(" số 12 tờ bản đồ")
    assert pieces[4].endswith("tờ …")
    whole = {word for piece in pieces for word in piece.split()} - {"…"}
    assert whole <= set(TEXT.split())


def test_a_word_that_is_far_in_the_text_begins_with_dots() -> None:
    (before, word, _) = snippet(TEXT, sought_words("thửa"))
    assert word == "thửa"
    assert before.startswith("… ")
    assert before.removeprefix("… ").split()[0] in TEXT.split()


def test_what_is_not_there_has_no_snippet() -> None:
    assert snippet(TEXT, sought_words("vắng")) == ()
    assert snippet("", sought_words("đất")) == ()
