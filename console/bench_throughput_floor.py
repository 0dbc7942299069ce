"""What no reader and archive can do without: the floor under the figures of `sohoa bench throughput`.

Every picture is decoded once, the net runs once over every line that was read, and the bytes that are kept
are written once: no preparation, finding, second readers, judging, sealing or orchestration.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnxruntime

from dossier.page import RecognisedPage
from models.line_net import HEIGHT, WEIGHTS
from models.raster import resized
from pipeline.picture import decode
from pipeline.prepare import line_picture, prepare

if TYPE_CHECKING:
    from dossier.ports import Colour, Grey

_COPIES: Final = 2
"""A scan is kept as it came, and once more inside its PDF/A."""


def floor(pages: Sequence[tuple[RecognisedPage, bytes]], work: Path) -> dict[str, float]:
    """Core-seconds of this process over all pages, by what was done.

    Args:
        pages: each as it was read, beside its picture's bytes.
        work: a folder to write to.
    """
    session = _opened()
    found = {"decoding": 0.0, "net over the lines": 0.0, "writing": 0.0}
    for page, picture in pages:
        with _charged(found, "decoding"):
            pixels = decode(picture)
        lines = _inputs(page, pixels)
        with _charged(found, "net over the lines"):
            for line in lines:
                session.run(None, {"x": line})
        with _charged(found, "writing"):
            _write(work / "written", picture * _COPIES)
    (work / "written").unlink(missing_ok=True)
    return found


@contextmanager
def _charged(found: dict[str, float], name: str) -> Iterator[None]:
    """What the body costs this process is added under this name."""
    before = time.process_time()
    yield
    found[name] += time.process_time() - before


def _opened() -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(WEIGHTS), options, providers=["CPUExecutionProvider"])


def _inputs(page: RecognisedPage, pixels: Colour) -> list[Any]:
    """The page's lines as the net takes them, shape (1, 1, HEIGHT, width)."""
    prepared = prepare(pixels)
    return [_input(line_picture(prepared, page.frame, line.box)) for line in page.lines]


def _input(line: Grey) -> Any:
    width = max(16, round(line.shape[1] * HEIGHT / line.shape[0]))
    scaled = resized(line, width, HEIGHT).astype(np.float32)
    return (scaled / 127.5 - 1)[None, None]


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as output:
        output.write(data)
        output.flush()
        os.fsync(output.fileno())
