"""Our own net for Vietnamese lines: `weights/sohoa-vi-tiny.onnx`, described in `weights/MODEL_CARD.md`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnxruntime

from dossier.errors import PartMissing
from dossier.page import Engine
from dossier.ports import ReadLine, ReadWord
from dossier.text import nfc
from models.gaps import cut_columns, ink_columns, widest_gap
from models.line_decoder import STEP, LineDecoder, Logits
from models.raster import resized
from models.syllables import usage
from models.word_choice import Seen

if TYPE_CHECKING:
    from dossier.ports import Grey

WEIGHTS: Final = Path(__file__).parent / "weights" / "sohoa-vi-tiny.onnx"
HEIGHT: Final = 48
"""Rows of a line as the net reads it."""
_WIDEST: Final = 1600
"""Columns up to which the net was trained; a wider line is read in parts, never squeezed."""
_MULTIPLE: Final = 32
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
        self._engine = Engine("sohoa-vi-tiny", "1", hashlib.sha256(weights.read_bytes()).hexdigest())

    @property
    def engine(self) -> Engine:
        """Who reads."""
        return self._engine

    @property
    def alphabet(self) -> str:
        """Every character that the reader can return."""
        return "".join(self._characters)

    def read(self, lines: Sequence[Grey]) -> tuple[ReadLine, ...]:
        """One result for each picture, in the same order.

        Lines go through the net one by one: on one thread a batch is slower, because it pads to the widest.
        """
        return tuple(self._read_line(line) for line in lines)

    def _read_line(self, line: Grey) -> ReadLine:
        if line.size == 0 or min(line.shape[:2]) < 1:
            return ReadLine(())
        scaled = _scale(line)
        width = scaled.shape[1]
        words: list[ReadWord] = []
        for start, stop in _parts(scaled):
            part = self._read_part(scaled[:, start:stop])
            share = (stop - start) / width
            first = start / width
            words += [
                replace(word, left=first + word.left * share, right=first + word.right * share)
                for word in part
            ]
        return ReadLine(tuple(words))

    def _read_part(self, part: Grey) -> list[ReadWord]:
        width = part.shape[1]
        padded = np.full((1, 1, HEIGHT, -(-width // _MULTIPLE) * _MULTIPLE), _PAPER, np.float32)
        padded[0, 0, :, :width] = part
        padded /= 127.5
        padded -= 1
        logits: Logits = self._session.run(None, {"x": padded})[0][0]
        return _words(self._decoder.decode(logits[: max(1, (width + 7) // STEP)]), part)


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


def _words(read: Sequence[Seen], part: Grey) -> list[ReadWord]:
    """Characters to words: text from the net, edges from the ink.

    The net says at which column each character peaks; the white gap between two words lies between the peaks
    on either side of the space, and its edges are the words' edges.
    """
    width = part.shape[1]
    groups: list[list[Seen]] = [[]]
    for character in read:
        if character.text.isspace():
            groups.append([])
        else:
            groups[-1].append(character)
    groups = [group for group in groups if group]
    if not groups:
        return []
    ink = ink_columns(part)
    inked = np.flatnonzero(ink)
    edges: list[float] = [float(min(inked[0], groups[0][0].column)) if inked.size else 0.0]
    for before, after in pairwise(groups):
        edges += widest_gap(ink, before[-1].column, after[0].column)
    edges.append(float(max(inked[-1] + 1, groups[-1][-1].column)) if inked.size else float(width))
    return [
        ReadWord(
            nfc("".join(c.text for c in group)),
            min(1.0, left / width),
            min(1.0, max(right, left + 1) / width),
            min(c.likelihood for c in group),
        )
        for group, left, right in zip(groups, edges[::2], edges[1::2], strict=True)
    ]
