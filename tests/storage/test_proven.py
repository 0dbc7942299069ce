"""Nothing is put into a store before it has been proven fit."""

from __future__ import annotations

import pytest

from dossier.errors import StoreUnfit, StoreUnreachable
from storage.memory import MemoryArchive
from storage.proven import ProvenArchive


class Moody(MemoryArchive):
    """A store whose probe fails in the ways it is told, then passes."""

    def __init__(self, *troubles: Exception) -> None:
        super().__init__()
        self.troubles = list(troubles)
        self.probes = 0

    def probe(self) -> None:
        self.probes += 1
        if self.troubles:
            raise self.troubles.pop(0)


def test_a_store_that_was_down_is_probed_again_before_the_first_put() -> None:
    store = Moody(StoreUnreachable("store"), StoreUnfit("store", "lacks object lock"))
    archive = ProvenArchive(store)
    with pytest.raises(StoreUnreachable):
        archive.probe()
    with pytest.raises(StoreUnfit):
        archive.put("a/1", b"x", "text/plain")
    assert archive.list("a/") == (), "nothing reached the unfit store"
    archive.put("a/1", b"x", "text/plain")
    archive.put("a/2", b"y", "text/plain")
    assert archive.get("a/1") == b"x"
    assert archive.describe("a/2").size_bytes == 1
    assert store.probes == 3, "proven once is proven"
