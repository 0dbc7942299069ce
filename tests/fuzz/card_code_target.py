"""Fuzzed: the payload of a QR code, from the code reader to what a dossier is told about its people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import zxingcpp

from dossier.masking import mask_numbers
from dossier.text import nfc
from models.card import card_code_trouble, is_like_a_card, parse_card_qr
from models.codes import ZxingCodeReader
from models.kinds import group_pages
from storage.codec import decode, encode
from tests.pages import card, page
from validators.identity import identities_of
from validators.identity_findings import check_identities

_READER: Final = ZxingCodeReader()
_LONGEST: Final = 600
"""Bytes that are drawn as a code and read again; a card's code has about 150."""


def open_target(folder: Path) -> Callable[[bytes], None]:
    """What reads one payload."""
    return feed


def feed(data: bytes) -> None:
    """The first byte says whether the payload is drawn and read as a picture; the rest is the payload."""
    if not data:
        return
    payload = data[1:]
    text = _as_picture(payload) if data[0] % 16 == 0 and 0 < len(payload) <= _LONGEST else ""
    _judge(text or nfc(payload.decode("utf-8", "replace")))


def _as_picture(payload: bytes) -> str:
    made = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode)
    picture = np.array(zxingcpp.write_barcode_to_image(made, scale=3))
    found = _READER.read(picture)
    assert len(found) == 1, "a clean code is read"
    return found[0].text


def _judge(text: str) -> None:
    record, trouble = parse_card_qr(text), card_code_trouble(text)
    if record is not None:
        assert len(record.personal_number) == 12
        assert record.personal_number.isascii()
        assert record.personal_number.isdigit()
        assert is_like_a_card(text)
        assert trouble in ("", "dates") or trouble.startswith("encoding ")
        assert decode(type(record), encode(record)) == record
    else:
        assert trouble in ("other_scheme", "number", "truncated")
    pages = [
        card("001190005678", "Trần Thị Mẫu", code=text),
        page("^TỜ KHAI", "Số định danh cá nhân: 001190005678", codes=[text]),
    ]
    documents = group_pages(pages)
    identities = identities_of(documents)
    for finding in check_identities([(identity, None) for identity in identities], documents):
        said = f"{finding.subject} {finding.detail}"
        assert mask_numbers(said) == said, "a finding shows a whole number"
