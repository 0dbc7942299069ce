"""The trained net as ONNX, proven to compute the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from models.training.characters import CHARACTERS
from models.training.net import LineNet, plain
from models.training.net_shape import HEIGHT

_TOLERANCE = 2e-3
"""Largest difference of a logit; logits reach 50."""


def export(net: LineNet, path: Path) -> float:
    """Write the net with its characters in the metadata key `character`; largest difference of a logit."""
    net = plain(net).eval()
    torch.onnx.export(
        net,
        (torch.rand(2, 1, HEIGHT, 320) * 2 - 1,),
        str(path),
        input_names=["x"],
        output_names=["logits"],
        dynamic_axes={"x": {0: "n", 3: "w"}, "logits": {0: "n", 1: "t"}},
        opset_version=17,
        dynamo=False,
    )
    graph = onnx.load(str(path))
    entry = graph.metadata_props.add()
    entry.key, entry.value = "character", "\n".join(CHARACTERS)
    onnx.save(graph, str(path))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for shape in ((1, 1, HEIGHT, 320), (3, 1, HEIGHT, 1216)):
        x = torch.rand(*shape) * 2 - 1
        with torch.no_grad():
            expected = net(x).numpy()
        worst = max(worst, float(np.abs(session.run(None, {"x": x.numpy()})[0] - expected).max()))
    if worst > _TOLERANCE:
        raise ValueError(f"the exported net differs by {worst}")
    return worst
