"""Our own net for Vietnamese lines: `weights/sohoa-vi-tiny.onnx`, described in `weights/MODEL_CARD.md`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnxruntime

from dossier.errors import PartMissing
from dossier.page import Engine, Writing
from dossier.ports import ReadLine, ReadWord
from dossier.text import nfc
from models.confidence import Calibration, calibration_for, measures_of
from models.gaps import cut_columns, ink_columns, widest_gaps
from models.handwriting import PEN, is_private
from models.line_decoder import STEP, LineDecoder, Logits
from models.raster import resized
from models.syllables import usage
from models.word_choice import Seen, is_by_hand, text_of

if TYPE_CHECKING:
    from dossier.ports import Grey

WEIGHTS: Final = Path(__file__).parent / "weights" / "sohoa-vi-tiny.onnx"
HEIGHT: Final = 48
"""Rows of a line as the net reads it."""
_WIDEST: Final = 1600
"""Columns up to which the net was trained; a wider line is read in parts, never squeezed."""
_MULTIPLE: Final = 32
_AFTER: Final = 16
"""Columns of paper behind a line at least, as the lines had from which the net learnt: without them it misses
full stops at the end."""
_PAPER: Final = 245
"""Grey of paper after background division."""


class VietnameseLineReader:
    """Reads lines of Vietnamese print; its alphabet has all 134 marked letters."""

    def __init__(self, weights: Path = WEIGHTS, *, greedy: bool = False) -> None:
        """Open the net.

        Args:
            greedy: take what the net finds likeliest, without the language's help where it leaves a choice.

        Raises:
            PartMissing: the weights are not there.
        """
        if not weights.is_file():
            raise PartMissing(weights.name, "the weights of the line reader are not there")
        self._session = _open(weights)
        characters = self._session.get_modelmeta().custom_metadata_map["character"]
        self._characters = ["", *characters.split("\n")]
        self._decoder = LineDecoder(self._characters, None if greedy else usage())
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        self._engine = Engine("sohoa-vi-tiny", "7", digest)
        self._calibration = calibration_for(digest)

    @property
    def engine(self) -> Engine:
        """Who reads."""
        return self._engine

    @property
    def alphabet(self) -> str:
        """Every character that the reader can return."""
        return "".join(c for c in self._characters if not is_private(c))

    def use(self, calibration: Calibration | None) -> None:
        """Take confidences from another calibration; without one they are the least certain letter's."""
        self._calibration = calibration

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """One result for each picture, in the same order.

        Lines go through the net one by one: on one thread a batch is slower, because it pads to the widest.
        """
        return tuple(self._read_line(line) for line in lines)

    def _read_line(self, line: Grey) -> ReadLine:
        if line.size == 0 or min(line.shape[:2]) < 1:
            return ReadLine(())
        scaled = _scale(line)
        found = [word for start, stop in _parts(scaled) for word in self._read_part(scaled, start, stop)]
        words = [word for word in found if word.characters]
        width = scaled.shape[1]
        strokes = tuple((w.left / width, min(1.0, w.right / width)) for w in found if not w.characters)
        if not words:
            return ReadLine((), strokes)
        least = [min(c.likelihood for c in word.characters) for word in words]
        sure = least
        if self._calibration is not None:
            measures = measures_of([word.characters for word in words], line.shape[0])
            sure = self._calibration.probabilities(measures)
        return ReadLine(
            tuple(
                ReadWord(
                    nfc(text_of(word.characters)),
                    min(1.0, word.left / width),
                    min(1.0, max(word.right, word.left + 1) / width),
                    confidence,
                    low,
                    Writing.HAND if is_by_hand(word.characters) else Writing.PRINT,
                )
                for word, confidence, low in zip(words, sure, least, strict=True)
            ),
            strokes,
        )

    def _read_part(self, scaled: Grey, start: int, stop: int) -> list[_Word]:
        part = scaled[:, start:stop]
        width = part.shape[1]
        padded = np.full((1, 1, HEIGHT, -(-(width + _AFTER) // _MULTIPLE) * _MULTIPLE), _PAPER, np.float32)
        padded[0, 0, :, :width] = part
        padded /= 127.5
        padded -= 1
        logits: Logits = self._session.run(None, {"x": padded})[0][0]
        return _words(self._decoder.decode(logits[: (width + _AFTER) // STEP]), part, start)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word within a line as the net reads it."""

    characters: Sequence[Seen]
    """None where a pen left strokes that are no letters."""
    left: float
    """Column of the scaled line."""
    right: float


def _open(weights: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False  # every line has a width of its own
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def _scale(line: Grey) -> Grey:
    height, width = line.shape[:2]
    wanted = max(16, round(width * HEIGHT / height))
    return resized(line, wanted, HEIGHT)


def _parts(scaled: Grey) -> list[tuple[int, int]]:
    """Spans of columns that the net can take, cut where there is the most white."""
    cuts = [0, *cut_columns(scaled, _WIDEST), scaled.shape[1]]
    return list(pairwise(cuts))


def _words(read: Sequence[Seen], part: Grey, start: int = 0) -> list[_Word]:
    """Characters to words: text from the net, edges from the ink.

    The net says at which column each character peaks; the white gap between two words lies between the peaks
    on either side of the space, and its edges are the words' edges.

    Args:
        start: column of the line at which the part begins.
    """
    width = part.shape[1]
    groups = [group for word in _split(read) for group in _without_strokes(word)]
    if not groups:
        return []
    ink = ink_columns(part)
    inked = np.flatnonzero(ink)
    edges: list[float] = [float(min(inked[0], groups[0][0].column)) if inked.size else 0.0]
    between = [(before[-1].column, after[0].column) for before, after in pairwise(groups)]
    edges += chain.from_iterable(widest_gaps(ink, between))
    edges.append(float(max(inked[-1] + 1, groups[-1][-1].column)) if inked.size else float(width))
    return [
        _Word([c for c in group if c.text != PEN], start + left, start + right)
        for group, left, right in zip(groups, edges[::2], edges[1::2], strict=True)
    ]


def _split(read: Sequence[Seen]) -> list[list[Seen]]:
    """The characters between spaces."""
    groups: list[list[Seen]] = [[]]
    for character in read:
        if character.text.isspace():
            groups.append([])
        else:
            groups[-1].append(character)
    return [group for group in groups if group]


def _without_strokes(word: Sequence[Seen]) -> list[list[Seen]]:
    """A word and the pen strokes before and behind it; strokes through its middle are let go."""
    letters = [place for place, c in enumerate(word) if c.text != PEN]
    if not letters:
        return [list(word)]
    first, last = letters[0], letters[-1] + 1
    parts = [list(word[:first]), [c for c in word[first:last] if c.text != PEN], list(word[last:])]
    return [part for part in parts if part]
