"""Every flaw, verdict and likeness has its sentence in both languages."""

from __future__ import annotations

import pytest

from console.wording_quality import FLAWS, LIKENESS, VERDICTS
from dossier.page_print import Likeness
from dossier.quality import Flaw, QualityVerdict


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_is_left_unsaid(language: str) -> None:
    assert (set(FLAWS), set(VERDICTS), set(LIKENESS)) == (set(Flaw), set(QualityVerdict), set(Likeness))
    for sentence in FLAWS.values():
        assert len(sentence[language].format(value=1.0, limit=2.0)) > 20  # type: ignore[index]
    for sentence in LIKENESS.values():
        assert "a.jpg p.1" in sentence[language].format(other="a.jpg p.1")  # type: ignore[index]
    assert all(sentence[language] for sentence in VERDICTS.values())  # type: ignore[index]
