"""Two states of one training run as one net: their weights averaged (Izmailov et al. 2018, arXiv:1803.05407).

    python -m models.training.blend EARLIER LATER --share 0.7 --out sohoa-vi-tiny.onnx

A run that went on learns what is new and unlearns a little of what it knew; between the two lies a net that
reads both. Only states of the same run will do, both with the cheap activations.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from models.training.characters import CHARACTERS
from models.training.export import export
from models.training.net import LineNet, cheap, scale


def main() -> None:
    """Average, and write the net as ONNX."""
    parser = argparse.ArgumentParser(description="Average two states of a training run.")
    parser.add_argument("earlier", type=Path, help="state.pt")
    parser.add_argument("later", type=Path, help="state.pt of the same run, later")
    parser.add_argument("--share", type=float, default=0.7, help="of the later one, 0.0 to 1.0")
    parser.add_argument("--out", type=Path, required=True, help="the net, ONNX")
    arguments = parser.parse_args()
    export(blended(arguments.earlier, arguments.later, arguments.share), arguments.out)


def blended(earlier: Path, later: Path, share: float) -> LineNet:
    """The net between two states.

    Args:
        share: of the later one, 0.0 to 1.0.
    """
    before, after = (
        torch.load(path, map_location="cpu", weights_only=True)["average"] for path in (earlier, later)
    )
    net = scale(LineNet(len(CHARACTERS) + 1), None)
    net.load_state_dict(
        {
            name: torch.lerp(before[name], value, share) if value.is_floating_point() else value
            for name, value in after.items()
        }
    )
    net.activate(cheap)
    return net


if __name__ == "__main__":
    main()
