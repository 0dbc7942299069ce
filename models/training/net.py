"""The net: PP-OCRv6 tiny's recogniser with one grey channel, twice the time steps and context blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import torch
from torch import nn
from torch.nn import functional

CONTEXT_BLOCKS: Final = 3
CONTEXT_WIDTH: Final = 11
"""Time steps that a context block sees: 44 columns, two or three letters."""
NECK: Final = 160
HEAD: Final = 80
BEND: Final = 1.8
"""How steep the cheap activation is; its largest difference from GELU is 0.07."""

Activation: TypeAlias = Callable[[torch.Tensor], torch.Tensor]

_BLOCKS: Final = (
    (48, 96, 48, 1, 12, True),
    (48, 96, 48, 1, 0, True),
    (48, 96, 96, (2, 1), 0, False),
    (96, 192, 96, 1, 24, True),
    (96, 192, 96, 1, 0, True),
    (96, 192, 160, (2, 1), 0, False),
    (160, 320, 160, 1, 40, True),
    (160, 320, 160, 1, 0, True),
    (160, 320, 160, 1, 0, True),
)
"""Channels in, between and out, stride, channels of the squeeze (0: none), whether the input is added."""


def cheap(x: torch.Tensor) -> torch.Tensor:
    """GELU of straight lines and a parabola, which costs a quarter of the real one where a page is read."""
    return functional.hardswish(BEND * x) / BEND


class Squeeze(nn.Module):
    """Weighs the channels by what the whole line shows."""

    def __init__(self, channels: int, reduced: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, reduced, 1)
        self.expand = nn.Conv2d(reduced, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (n, channels, rows, columns), unchanged."""
        mean = x.mean((2, 3), keepdim=True)
        return x * functional.hardsigmoid(self.expand(functional.relu(self.reduce(mean))))


class Block(nn.Module):
    """Depthwise 3x3, squeeze, two 1x1 convolutions."""

    def __init__(self, shape: tuple[int, int, int, int | tuple[int, int], int, bool]) -> None:
        super().__init__()
        inner, between, outer, stride, squeezed, self.adds = shape
        self.depthwise = nn.Conv2d(inner, inner, 3, stride, 1, groups=inner)
        self.squeeze = Squeeze(inner, squeezed) if squeezed else None
        self.widen = nn.Conv2d(inner, between, 1)
        self.narrow = nn.Conv2d(between, outer, 1)
        self.activation: Activation = functional.gelu

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (n, inner, rows, columns) to (n, outer, rows / stride, columns)."""
        x = self.depthwise(x)
        if self.squeeze is not None:
            x = self.squeeze(x)
        y = self.narrow(self.activation(self.widen(x)))
        return x + y if self.adds else y


class Context(nn.Module):
    """Lets each time step see its neighbours; begins as the identity."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, (1, width), padding=(0, width // 2), groups=channels)
        self.widen = nn.Conv2d(channels, 2 * channels, 1)
        self.narrow = nn.Conv2d(2 * channels, channels, 1)
        nn.init.zeros_(self.narrow.weight)
        nn.init.zeros_(self.narrow.bias)
        self.activation: Activation = functional.gelu

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (n, channels, 1, steps), unchanged."""
        return x + self.narrow(self.activation(self.widen(self.depthwise(x))))


class LineNet(nn.Module):
    """Pictures of lines to logits of characters.

    Input (n, 1, 48, w), grey / 127.5 - 1; output (n, w / 4, classes). The original averages 3x2 pixels with a
    stride of 2 in time and then convolves with width 5; here the stride is 1 and the convolution dilated by
    2, which gives the same values at every second step and new ones between them.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 24, 3, 2, 1)
        self.stem2 = nn.Conv2d(24, 48, 3, 2, 1)
        self.blocks = nn.Sequential(*[Block(shape) for shape in _BLOCKS])
        self.neck = nn.Conv2d(NECK, NECK, (1, 5), padding=(0, 4), dilation=(1, 2), groups=NECK)
        self.neck2 = nn.Conv2d(NECK, NECK, 1)
        self.context = nn.Sequential(*[Context(NECK, CONTEXT_WIDTH) for _ in range(CONTEXT_BLOCKS)])
        self.narrow = nn.Linear(NECK, HEAD)
        self.classes = nn.Linear(HEAD, classes)
        self.activation: Activation = functional.gelu

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of each time step."""
        x = self.stem2(self.activation(self.stem(x)))
        x = functional.avg_pool2d(self.blocks(x), (3, 2), (3, 1))
        x = functional.hardswish(self.neck(x))
        x = self.context(functional.hardswish(self.neck2(x)))
        return self.classes(self.narrow(x[:, :, 0].transpose(1, 2)))

    def activate(self, activation: Activation) -> None:
        """Bend everything that the original bends by GELU by this instead."""
        for module in self.modules():
            if hasattr(module, "activation"):
                module.activation = activation

    def around_activations(self) -> list[tuple[nn.Conv2d, nn.Conv2d]]:
        """The convolutions before and after each activation; only of a plain net."""
        pairs = [(block.widen, block.narrow) for part in (self.blocks, self.context) for block in part]
        return [(self.stem, self.stem2), *pairs]

    def scaled_convolutions(self) -> list[tuple[nn.Module, str]]:
        """Where the convolutions stand whose outputs the original normalised: owner and attribute."""
        found: list[tuple[nn.Module, str]] = [(self, name) for name in ("stem", "stem2", "neck", "neck2")]
        for block in self.blocks:
            found += [(block, name) for name in ("depthwise", "widen", "narrow")]
        return found + [(block, "depthwise") for block in self.context]


class ScaledConvolution(nn.Module):
    """A convolution whose weights are scaled channel by channel, so that Adam's steps fit.

    The published weights have their normalisation folded in and reach 123; trained as they are, they diverge.
    Here `y = conv(x, weight * scale) + bias`, the weight such that its output has deviation 1.
    """

    def __init__(self, plain: nn.Conv2d, deviation: torch.Tensor) -> None:
        super().__init__()
        assert plain.bias is not None
        self.weight = nn.Parameter(plain.weight.detach() / deviation.view(-1, 1, 1, 1))
        self.scale = nn.Parameter(deviation.clone())
        self.bias = nn.Parameter(plain.bias.detach().clone())
        self.how = (plain.stride, plain.padding, plain.dilation, plain.groups)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """As the convolution it came from."""
        return functional.conv2d(x, self.weight * self.scale.view(-1, 1, 1, 1), self.bias, *self.how)

    def plain(self) -> nn.Conv2d:
        """The convolution without the scale."""
        stride, padding, dilation, groups = self.how
        channels, inner, *kernel = self.weight.shape
        conv = nn.Conv2d(
            inner * groups,
            channels,
            tuple(kernel),
            stride,
            padding,
            dilation,
            groups,  # type: ignore[arg-type]
        )
        conv.weight.data.copy_(self.weight * self.scale.view(-1, 1, 1, 1))
        conv.bias.data.copy_(self.bias)
        return conv


@torch.no_grad()
def scale(net: LineNet, pictures: list[torch.Tensor] | None) -> LineNet:
    """Rewrite the net's convolutions as scaled ones; its function stays what it was.

    Args:
        pictures: batches of lines from which the deviations are taken; without them all are 1 and the weights
            are about to be loaded.
    """
    places = net.scaled_convolutions()
    sums: dict[int, list[torch.Tensor]] = {}

    def seen(index: int, output: torch.Tensor) -> None:
        values = output.double()
        count = torch.tensor(float(values.numel() / values.shape[1]))
        now = [count, values.sum((0, 2, 3)), values.square().sum((0, 2, 3))]
        sums[index] = [a + b for a, b in zip(sums[index], now, strict=True)] if index in sums else now

    hooks = [
        getattr(owner, name).register_forward_hook(lambda _m, _i, out, index=index: seen(index, out))
        for index, (owner, name) in enumerate(places)
    ]
    net.eval()
    for batch in pictures or []:
        net(batch)
    for hook in hooks:
        hook.remove()
    for index, (owner, name) in enumerate(places):
        plain: nn.Conv2d = getattr(owner, name)
        deviation = torch.ones(plain.out_channels)
        if index in sums:
            count, first, second = sums[index]
            spread = (second / count - (first / count).square()).clamp(min=0).sqrt().float()
            deviation = spread.clamp(min=1e-3 * float(spread.mean()) + 1e-8)
        setattr(owner, name, ScaledConvolution(plain, deviation))
    return net


@torch.no_grad()
def plain(net: LineNet) -> LineNet:
    """The scaled convolutions as plain ones again, the two last layers as one: what is exported.

    The activation's steepness goes into the convolutions around it.
    """
    for owner, name in net.scaled_convolutions():
        setattr(owner, name, getattr(owner, name).plain())
    for before, after in net.around_activations():
        assert before.bias is not None
        before.weight.mul_(BEND)
        before.bias.mul_(BEND)
        after.weight.div_(BEND)
    net.activate(functional.hardswish)
    whole = nn.Linear(NECK, net.classes.out_features)
    whole.weight.copy_(net.classes.weight @ net.narrow.weight)
    whole.bias.copy_(net.classes.weight @ net.narrow.bias + net.classes.bias)
    net.narrow, net.classes = nn.Identity(), whole  # type: ignore[assignment]
    return net
