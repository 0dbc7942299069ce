"""A word's confidence is the share of such words that are right."""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.confidence import (
    FILE,
    MEASURES,
    Calibration,
    calibration_for,
    expected_error,
    fitted,
    measures_of,
)
from models.line_net import VietnameseLineReader
from models.word_choice import Seen
from tests.printed import line, readers


def word(text: str, *likelihoods: float) -> list[Seen]:
    sure = [*likelihoods, *[0.999] * len(text)]
    return [Seen(c, 4.0 * n, p) for n, (c, p) in enumerate(zip(text, sure, strict=False))]


def test_the_shipped_calibration_belongs_to_the_shipped_weights() -> None:
    assert calibration_for(readers().reader.engine.weights_sha256) is not None


def test_the_shipped_calibration_is_true_to_three_in_a_hundred() -> None:
    kept = json.loads(FILE.read_text("utf-8"))
    assert kept["measures"] == list(MEASURES)
    assert kept["fitted_on_words"] > 5_000
    for wear in ("clean", "middle", "worst", "all"):
        assert kept["checked_on_other_pages"][wear]["expected_error"] <= 0.03


def test_other_weights_are_not_calibrated(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert calibration_for("0" * 64) is None
    assert "scripts/calibrate" in caplog.text
    assert calibration_for("0" * 64, tmp_path / "none.json") is None


def test_a_calibration_of_other_measures_is_not_used(tmp_path: Path) -> None:
    kept = json.loads(FILE.read_text("utf-8"))
    kept["measures"] = kept["measures"][:-1]
    file = tmp_path / "confidence.json"
    file.write_text(json.dumps(kept), "utf-8")
    assert calibration_for(kept["weights_sha256"], FILE) is not None
    assert calibration_for(kept["weights_sha256"], file) is None


def test_a_regression_finds_what_is_true() -> None:
    random = np.random.default_rng(3)
    measures = random.normal(0, 1, (20_000, len(MEASURES)))
    truth = 1 / (1 + np.exp(-(2 * measures[:, 0] - measures[:, 3] + 1.5)))
    right = (random.random(20_000) < truth).astype(float)
    told = fitted(measures, right, "0" * 64).probabilities(measures)
    assert expected_error(told, right.astype(bool).tolist()) < 0.01
    assert float(np.abs(np.array(told) - truth).mean()) < 0.02


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_what_was_always_right_or_never_stays_within_bounds(right: float) -> None:
    measures = np.random.default_rng(3).normal(0, 1, (200, len(MEASURES)))
    told = fitted(measures, np.full(200, right), "0" * 64).probabilities(measures)
    assert all(0.0 < share < 1.0 and math.isfinite(share) for share in told)


def test_expected_error_of_the_sure_and_wrong() -> None:
    assert expected_error([0.9] * 100, [True] * 90 + [False] * 10, bins=1) == pytest.approx(0.0)
    assert expected_error([1.0] * 100, [True] * 50 + [False] * 50, bins=1) == pytest.approx(0.5)
    assert expected_error([], []) == 0.0


def test_measures_tell_words_apart() -> None:
    rows = measures_of(
        [word("Nguyễn"), word("Xqz"), word("2026"), word("a1"), word("–"), word("họ", 0.4)], 48
    )
    sorts = [MEASURES[4 + int(row[4:10].argmax())] for row in rows]
    assert sorts == [
        "all syllables in use",
        "no syllable",
        "number",
        "letters and digits",
        "signs only",
        "all syllables in use",
    ]
    assert rows[5][0] < rows[0][0]
    assert rows[4][3] == pytest.approx(0.4)


@pytest.mark.parametrize("likelihood", [0.0, 1e-30, 1.0])
def test_letters_of_no_and_of_all_certainty_have_finite_measures(likelihood: float) -> None:
    assert np.isfinite(measures_of([word("a", likelihood)], 1)).all()
    assert measures_of([], 48).shape == (0, len(MEASURES))


def test_a_calibration_without_a_word_answers_nothing() -> None:
    zeros = (0.0,) * len(MEASURES)
    flat = Calibration("0" * 64, zeros, (1.0,) * len(MEASURES), zeros, 0.0)
    assert flat.probabilities(measures_of([], 48)) == []
    assert flat.probabilities(measures_of([word("a")], 48)) == [0.5]


def test_blurred_print_is_less_sure_than_clear_print() -> None:
    clear = line("Đề nghị cơ quan đăng ký khai sinh cho người dưới đây", size=30)
    blurred = cv2.GaussianBlur(clear, (0, 0), 4.5)
    one, other = readers().reader.read([clear, np.asarray(blurred)])
    assert min(w.confidence for w in one.words) > 0.9
    assert np.mean([w.confidence for w in other.words]) < np.mean([w.confidence for w in one.words]) - 0.1


def test_without_a_calibration_the_least_certain_letter_speaks() -> None:
    reader = VietnameseLineReader()
    picture = line("Số định danh cá nhân")
    (told,) = reader.read([picture])
    reader.use(None)
    (own,) = reader.read([picture])
    assert [w.least for w in told.words] == [w.least for w in own.words] == [w.confidence for w in own.words]
    assert [w.confidence for w in told.words] != [w.confidence for w in own.words]
