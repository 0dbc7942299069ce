"""What tells papers in the archive from others of their kind and person, as the tables keep it.

It is ciphertext of hashes: without the key nobody compares anything, and a rotation seals it anew, which a
hash under the old key would not allow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from dossier.errors import StorageError
from dossier.paper_mark import PaperMark
from storage.keyring import Keyring


def seal_marks(keys: Keyring, place: str, marks: Sequence[PaperMark]) -> str:
    """What a row keeps of these papers."""
    said = [{"numbers": mark.numbers, "days": mark.days} for mark in marks]
    return keys.seal_text(json.dumps(said, separators=(",", ":")), place)


def open_marks(keys: Keyring, place: str, sealed: str) -> tuple[PaperMark, ...]:
    """The marks of a row; none where an earlier release kept the papers. Raises KeyMissing, StorageError."""
    if not sealed:
        return ()
    try:
        said = json.loads(keys.open_text(sealed, place))
        return tuple(PaperMark(tuple(each["numbers"]), tuple(each["days"])) for each in said)
    except (ValueError, KeyError, TypeError) as e:
        raise StorageError(place, "damaged: it is no mark of a paper") from e


def marks_place(dossier: str, kind: str) -> str:
    """Where marks are sealed for."""
    return f"kept_papers {dossier} {kind}"
