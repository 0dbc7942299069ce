"""Drafts, events, notices, typed text at rest: sealed, in order, under new keys, forgotten with a dossier."""

from __future__ import annotations

import pytest

from dossier.errors import StorageError
from dossier.review import ReviewState
from storage.keyring import DataKey, Keyring
from storage.resealing import Resealer
from storage.review import SqlReviews
from storage.review_typed import SqlTyped
from tests.databases import everything_in

CODE, OTHER = "H42-261119-0001", "H42-261119-0002"
OLD, NEW = DataKey(b"o" * 32), DataKey(b"n" * 32)


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def test_events_only_grow_one_after_the_other(url: str) -> None:
    kept = SqlReviews(url, Keyring([OLD]))
    assert kept.stand(CODE) is None
    assert kept.save(CODE, b"read").version == 0
    assert kept.append(CODE, 1, 1, b"one")
    assert not kept.append(CODE, 1, 1, b"other"), "somebody was faster"
    assert not kept.append(CODE, 1, 3, b"three"), "none is left out"
    assert not kept.append(OTHER, 1, 1, b"one"), "no such draft"
    assert kept.append(CODE, 1, 2, b"two")
    assert (kept.events(CODE, 1), kept.events(CODE, 1, after=1)) == ((b"one", b"two"), (b"two",))
    assert not kept.move(CODE, 1, ReviewState.SEALING, version=1), "a newer version is there"
    assert kept.move(CODE, 1, ReviewState.SEALING, version=2)
    assert not kept.append(CODE, 1, 3, b"three"), "it takes no corrections any more"
    assert not kept.move(CODE, 1, ReviewState.SEALING, version=2), "somebody seals it already"
    assert kept.move(CODE, 1, ReviewState.SEALED, prefix="dossiers/a")
    assert not kept.move(CODE, 1, ReviewState.OPEN), "what is sealed is not opened again"
    again = kept.save(CODE, b"read again")
    assert (again.round, again.version, kept.waiting()) == (2, 0, (CODE,))
    assert [record.content for record in kept.everything()] == [b"read", b"read again"]
    kept.close()


def test_everything_is_sealed_goes_under_a_new_key_and_is_forgotten(url: str) -> None:
    keys = Keyring([OLD])
    kept, typed = SqlReviews(url, keys), SqlTyped(url, keys)
    for code in (CODE, OTHER):
        kept.save(code, "đã đọc 001190005678".encode())
        kept.append(code, 1, 1, "đã sửa 001190005678".encode())
        kept.note_notice(code, "đã in Trần Thị Mẫu".encode())
        typed.keep("lan", code, "number", "001190005678")
    both = Keyring([OLD, NEW])
    anew = Resealer(url, both, {})
    assert sum(anew.due().values()) == 8
    assert {step.outcome for step in anew.steps()} == {"sealed"}
    assert sum(anew.due().values()) == 0
    anew.close()
    kept.close()
    typed.close()
    kept, typed = SqlReviews(url, Keyring([NEW])), SqlTyped(url, Keyring([NEW]))
    assert kept.events(CODE, 1) == ("đã sửa 001190005678".encode(),)
    assert [content for _, content in kept.notices(CODE)] == ["đã in Trần Thị Mẫu".encode()]
    assert [each.text for each in typed.of("lan", CODE)] == ["001190005678"]
    kept.forget([CODE])
    typed.forget([CODE])
    assert (kept.find(CODE), kept.events(CODE, 1), kept.notices(CODE)) == (None, (), ())
    assert typed.of("lan", CODE) == ()
    assert kept.find(OTHER) is not None
    kept.close()
    typed.close()
    raw = everything_in(url)
    assert b"001190005678" not in raw
    with pytest.raises(StorageError):
        SqlReviews(url, Keyring([OLD])).find(OTHER)
