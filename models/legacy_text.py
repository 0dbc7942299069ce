"""Vietnamese text in encodings from before Unicode: told apart, and put right where that is certain."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from dossier.text import LETTERS, nfc

_TCVN3: Final = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
)
"""TCVN 5712:1993, VN3, as Latin-1 shows it; capitals with tones were small letters in another face."""
_VNI_ALONE: Final = {"ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_TONES: Final = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_TONE_MARKS: Final = frozenset(_TONES.values())
_TONES_BEFORE_A_STOP: Final = ("\u0301", "\u0323")
"""Sắc and nặng: nothing else stands before c, ch, p, t."""
_VNI_MARKS: Final = {
    **_TONES,
    "â": _CIRCUMFLEX,
    "à": _CIRCUMFLEX + "\u0300",
    "á": _CIRCUMFLEX + "\u0301",
    "å": _CIRCUMFLEX + "\u0309",
    "ã": _CIRCUMFLEX + "\u0303",
    "ä": _CIRCUMFLEX + "\u0323",
    "ê": _BREVE,
    "è": _BREVE + "\u0300",
    "é": _BREVE + "\u0301",
    "ú": _BREVE + "\u0309",
    "ü": _BREVE + "\u0303",
    "ë": _BREVE + "\u0323",
}
_SYLLABLE: Final = re.compile(
    "(?:ngh|ng|nh|kh|gh|gi|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
    "(?:oai|oay|oeo|oao|uao|iêu|yêu|uây|uôi|uya|uyê|uyu|ươi|ươu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|oo"
    "|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy])(?:ch|ng|nh|[cmnpt])?"
)
"""A syllable without its tone."""
_ALLOWED: Final = (
    frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '’.,/()-\n") | LETTERS
)


def from_legacy(text: str) -> tuple[str, str]:
    """The text in Unicode, and which encoding it was in: empty where it was sound.

    "utf-8-twice", "tcvn3" or "vni" where exactly one of them makes syllables of it. Names of other peoples
    are no Vietnamese syllables and stay as they are. "unknown", with no text, where there are letters that
    nobody's name has and no encoding explains them: what cannot be told is not guessed.
    """
    whole = nfc(text)
    if is_vietnamese(whole):
        return whole, ""
    readings = {
        name: nfc(read)
        for name, read in (("utf-8-twice", _twice(text)), ("tcvn3", _tcvn3(text)), ("vni", _vni(text)))
        if read and read != text and is_vietnamese(nfc(read))
    }
    if len(readings) == 1:
        ((name, read),) = readings.items()
        return read, name
    return (whole, "") if not readings and _may_be_a_name(whole) else ("", "unknown")


def is_vietnamese(text: str) -> bool:
    """Whether it is nothing but Vietnamese syllables, numbers and punctuation."""
    return _may_be_a_name(text) and all(_is_syllable(word) for word in re.findall(r"[^\W\d_]+", text))


def _may_be_a_name(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return set(text) <= _ALLOWED and all(
        word[1:] == word[1:].lower() or word == word.upper() for word in words
    )


def _is_syllable(word: str) -> bool:
    letters = unicodedata.normalize("NFD", word.lower())
    toneless = "".join(c for c in letters if c not in _TONE_MARKS)
    tones = [c for c in letters if c in _TONE_MARKS]
    is_stopped = toneless.endswith(("c", "ch", "p", "t"))
    if len(tones) > 1 or (is_stopped and tones and tones[0] not in _TONES_BEFORE_A_STOP):
        return False
    return _SYLLABLE.fullmatch(nfc(toneless)) is not None


def _twice(text: str) -> str:
    for codec in ("latin-1", "cp1252"):
        try:
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return ""


def _tcvn3(text: str) -> str:
    return "\n".join(_as_loud(line, line.translate(_TCVN3)) for line in text.split("\n"))


def _vni(text: str) -> str:
    return "\n".join(_as_loud(line, _vni_line(line)) for line in text.split("\n"))


def _vni_line(text: str) -> str:
    found: list[str] = []
    for character in text:
        small, before = character.lower(), found[-1] if found else ""
        if small in _VNI_MARKS and before[:1].lower() in _VNI_BASES and len(before) == 1:
            found[-1] = before + _VNI_MARKS[small]
        elif small in _VNI_ALONE:
            single = _VNI_ALONE[small]
            found.append(single.upper() if character.isupper() else single)
        else:
            found.append(character)
    return unicodedata.normalize("NFC", "".join(found))


_VNI_BASES: Final = frozenset("aeouyơư")


def _as_loud(before: str, after: str) -> str:
    """Text that was in capitals stays so: the old faces had capitals at the places of small letters."""
    words = [plain for word in before.split() if len(plain := re.sub("[^A-Za-z]", "", word)) > 1]
    return after.upper() if words and all(word.isupper() for word in words) else after
