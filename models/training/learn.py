"""The training itself: two processes of one thread each, which average their gradients.

Two such processes learn 1.4 times as fast as one with two threads. The learning rate rises, stays, and falls.
Then the net's activations are changed for cheap ones, and a second, shorter part of the run with a lower rate
lets it get used to them.
"""

from __future__ import annotations

import copy
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein
from torch import distributed, nn

from models.training import shards
from models.training.characters import CHARACTERS
from models.training.course import Course
from models.training.net import LineNet, cheap, scale
from models.training.net_shape import HEIGHT
from models.training.origin import ours, started
from models.training.shards import Sample

log = logging.getLogger(__name__)

PROCESSES: Final = 2
_COLUMNS: Final = 8192
"""Columns of a batch: about twelve lines in each process."""
_BUCKET: Final = 64
_PAPER: Final = 245
_HEAD_SHARDS: Final = 1
"""Shards over which only the last layers learn."""
_HEAD_RATE: Final = 2e-3
_RATE: Final = 2.2e-4
"""5e-4 and 1.2e-3 were worse after as many lines."""
_LAST_RATE: Final = 2e-6
_RISE: Final = 0.5
"""Shards over which the rate rises."""
_FALL: Final = 0.35
"""Share of the first part over which it falls."""
LATE_SHARDS: Final = 16
"""Shards of the second part."""
_LATE_RATE: Final = 1.5e-4
"""Rate of the second part, which falls all along it."""
_MORE_RATE: Final = 1.2e-4
"""Rate of a run that goes on from a net of ours, which falls all along it."""
_AVERAGE: Final = 0.998
_LATE: Final = ("narrow", "classes", "context")
"""Layers that are new, and learn at twice the rate."""


@dataclass(frozen=True, slots=True)
class Run:
    """A training run."""

    folder: Path
    """Everything the run writes."""
    shards: int
    """How many shards of lines are seen."""
    seed: int
    share: tuple[Path, Path]
    """The two sets of lines on which progress is measured: fonts seen, fonts never seen."""
    start: Path | None = None
    """One of our own nets as ONNX, from which it goes on; without one from the published weights."""

    @property
    def plan(self) -> tuple[tuple[Course, int], ...]:
        """The parts of the run, each with its number of shards."""
        if self.start is not None:
            return ((Course.EVEN, self.shards),)
        late = min(LATE_SHARDS, self.shards)
        return ((Course.PLAIN, self.shards - late), (Course.STRICT, late))


def learn(rank: int, run: Run) -> None:
    """One of the processes of a run; continues where the last checkpoint stands."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", filename=run.folder / "log.txt")
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo", init_method=f"file://{run.folder / 'meeting'}", rank=rank, world_size=PROCESSES
    )
    state = _State(run)
    while state.shard < run.shards:
        samples = shards.wait_for(run.folder / "lines", state.shard)
        loss = state.learn_from(samples, rank)
        state.shard += 1
        if rank == 0:
            state.save()
            shards.forget(run.folder / "lines", state.shard - 1)
            seen, unseen = (error_rate(state.average, shards.load(path)) for path in run.share)
            log.info(
                "shard %d loss %.4f rate %.2e cer %.2f new fonts %.2f",
                state.shard,
                loss,
                state.rate,
                seen,
                unseen,
            )
        distributed.barrier()
    distributed.destroy_process_group()


def checkpoint(folder: Path) -> Path:
    """Where a run keeps its state."""
    return folder / "state.pt"


def trained(folder: Path) -> LineNet:
    """The averaged net of a run's last checkpoint."""
    net = scale(LineNet(len(CHARACTERS) + 1), None)
    net.load_state_dict(torch.load(checkpoint(folder), map_location="cpu", weights_only=True)["average"])
    net.activate(cheap)
    return net


class _State:
    """Net, optimiser and how far they are."""

    def __init__(self, run: Run) -> None:
        self.run, self.shard, self.step, self.rate = run, 0, 0, 0.0
        torch.manual_seed(run.seed)
        path = checkpoint(run.folder)
        kept = torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None
        if kept is None:
            first = [_pictures(batch) for batch in _batches(shards.wait_for(run.folder / "lines", 0)[:400])]
            self.net = scale(started(run.seed) if run.start is None else ours(run.start), first)
        else:
            self.net = scale(LineNet(len(CHARACTERS) + 1), None)
            self.net.load_state_dict(kept["net"])
        self.net = self.net.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net)
        self.optimiser = torch.optim.AdamW(_groups(self.net), betas=(0.9, 0.98))
        if kept is not None:
            self.average.load_state_dict(kept["average"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.shard, self.step = kept["shard"], kept["step"]

        elif run.start is not None:
            torch.save({"average": self.average.state_dict()}, run.folder / "start.pt")

    def save(self) -> None:
        """Keep everything, whole or not at all."""
        path = checkpoint(self.run.folder)
        parts: dict[str, Any] = {
            name: getattr(self, name).state_dict() for name in ("net", "average", "optimiser")
        }
        torch.save({**parts, "shard": self.shard, "step": self.step}, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)
        if self.shard % 10 == 0:
            torch.save({"average": self.average.state_dict()}, path.with_name(f"average-{self.shard:04d}.pt"))

    def learn_from(self, samples: Sequence[Sample], rank: int) -> float:
        """One pass over a shard; mean loss a character."""
        batches = _batches(samples)
        Random(f"{self.run.seed}/{self.shard}").shuffle(batches)
        pairs = [batches[i : i + PROCESSES] for i in range(0, len(batches) - PROCESSES + 1, PROCESSES)]
        losses = []
        self.net.train()
        if self.run.start is not None or self.shard >= self.run.shards - LATE_SHARDS:
            self.net.activate(cheap)
            self.average.activate(cheap)
        parent = os.getppid()
        for index, pair in enumerate(pairs):
            if os.getppid() != parent:  # whoever started this run is gone
                sys.exit(1)
            self._set_rate(self.shard + index / len(pairs))
            losses.append(self._step(pair[rank]))
        return float(np.mean(losses))

    def _set_rate(self, done: float) -> None:
        only_head = self.run.start is None and done < _HEAD_SHARDS
        first = self.run.shards - LATE_SHARDS - _HEAD_SHARDS
        since = done - _HEAD_SHARDS
        if self.run.start is not None:
            self.rate = _between(min(done / _RISE, 1 - done / self.run.shards), _MORE_RATE)
        elif only_head:
            self.rate = _HEAD_RATE
        elif since < first:
            self.rate = _between(min(since / _RISE, (first - since) / max(1e-9, _FALL * first)), _RATE)
        else:
            late = since - first
            self.rate = _between(min(late / _RISE, 1 - late / LATE_SHARDS), _LATE_RATE)
        for group in self.optimiser.param_groups:
            group["lr"] = (
                (0.0 if only_head else self.rate)
                if not group["late"]
                else self.rate * (1 if only_head else 2)
            )
            for parameter in group["params"]:
                parameter.requires_grad_(group["late"] or not only_head)

    def _step(self, batch: Sequence[Sample]) -> float:
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.net(_pictures(batch))
        likely = logits.float().log_softmax(-1).transpose(0, 1)
        texts = [torch.tensor([CHARACTERS.index(c) + 1 for c in sample.text]) for sample in batch]
        lengths = torch.tensor([len(text) for text in texts])
        steps = torch.full((len(batch),), likely.shape[0])
        lost = nn.functional.ctc_loss(
            likely, torch.cat(texts), steps, lengths, reduction="none", zero_infinity=True
        )
        loss = (lost / lengths.clamp(min=4)).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        parameters = [p for p in self.net.parameters() if p.grad is not None]
        told = torch.cat(
            [*(p.grad.reshape(-1) for p in parameters if p.grad is not None), loss.detach().reshape(1)]
        )
        distributed.all_reduce(told)
        told /= PROCESSES
        start = 0
        for parameter in parameters:
            parameter.grad = told[start : start + parameter.numel()].view_as(parameter)
            start += parameter.numel()
        norm = nn.utils.clip_grad_norm_(parameters, 1.0)
        if torch.isfinite(norm):
            self.optimiser.step()
        self.step += 1
        with torch.no_grad():
            keep = min(_AVERAGE, (1 + self.step) / (20 + self.step))
            for old, new in zip(self.average.parameters(), self.net.parameters(), strict=True):
                old.lerp_(new, 1 - keep)
        return float(told[-1])


def _between(share: float, highest: float) -> float:
    """From the last rate to the highest, by a share that may be above 1."""
    return _LAST_RATE + (highest - _LAST_RATE) * min(1.0, share)


def _groups(net: LineNet) -> list[dict[str, Any]]:
    """Late and early layers, matrices with decay and vectors without."""
    found: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in net.named_parameters():
        found.setdefault((name.startswith(_LATE), parameter.ndim > 1), []).append(parameter)
    return [
        {"params": parameters, "late": late, "weight_decay": 0.01 if matrix else 0.0, "lr": 0.0}
        for (late, matrix), parameters in sorted(found.items(), key=lambda item: item[0])
    ]


def _batches(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Lines of like width together, each batch of about as many columns."""
    batches: list[list[Sample]] = []
    batch: list[Sample] = []
    for sample in sorted(samples, key=lambda s: s.picture.shape[1]):
        width = -(-sample.picture.shape[1] // _BUCKET) * _BUCKET
        if (batch and (len(batch) + 1) * width > max(_COLUMNS, 6 * width)) or len(batch) >= 48:
            batches.append(batch)
            batch = []
        batch.append(sample)
    return [*batches, batch] if batch else batches


def _pictures(batch: Sequence[Sample]) -> torch.Tensor:
    width = -(-max(sample.picture.shape[1] for sample in batch) // _BUCKET) * _BUCKET
    pixels = np.full((len(batch), HEIGHT, width), _PAPER, np.uint8)
    for row, sample in zip(pixels, batch, strict=True):
        row[:, : sample.picture.shape[1]] = sample.picture
    x = torch.from_numpy(pixels).float() / 127.5 - 1
    return x.unsqueeze(1).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def error_rate(net: LineNet, samples: Sequence[Sample]) -> float:
    """Character errors in percent, most likely character at each step."""
    net.eval()
    edits = characters = 0
    for batch in _batches(samples):
        with torch.autocast("cpu", torch.bfloat16):
            best = net(_pictures(batch)).argmax(-1).numpy()
        for row, sample in zip(best, batch, strict=True):
            changes = [i for i, before in zip(row, [0, *row[:-1]], strict=True) if i and i != before]
            edits += Levenshtein.distance("".join(CHARACTERS[i - 1] for i in changes), sample.text)
            characters += len(sample.text)
    return 100 * edits / max(1, characters)
