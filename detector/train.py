"""Trains the detector on generated texts: the same seed gives the same weights on the same kind of CPU."""

import argparse
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from clinft.stages.audit.detector.features import (
    FLAG,
    LISTED,
    PIECES,
    PREFIX,
    SHAPE,
    SUFFIX,
    Features,
    features,
    tokens,
    words_of,
)
from clinft.stages.audit.detector.files import folder
from clinft.stages.audit.detector.network import LABELS
from detector import vary
from detector.draw import Draw
from detector.network import GAP, Network, layout
from detector.sample import Sample

Weights = dict[str, npt.NDArray[np.float32]]

ROWS = 2048
# Of two seeds that were tried the one that finds more in general sentences.
SEED, STEPS = 2, 16_000
RATE, WARM_UP, DECAY = 2e-3, 100, 1e-2
# From this part of the training on, weights are averaged: it steadies what one seed gives.
AVERAGED = 0.8
# A miss costs more than a false alarm.
COSTS = {"O": 1.0, "NAME": 1.3, "PLACE": 1.3, "ORGANISATION": 1.0, "ID": 1.0}
# How often a word loses what it is, so that form and context must do.
WORD_LOST, LISTS_LOST, AFFIXES_LOST, SHAPE_LOST = 0.08, 0.35, 0.10, 0.05


@dataclass(frozen=True)
class Batch:
    words: Tensor
    real: Tensor
    targets: Tensor


def main() -> None:
    from detector.generate import CLEAN, samples  # tests of `train` bring their own texts

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--out", type=Path, help="where to write the weights")
    parser.add_argument(
        "--without", nargs="*", default=[], choices=sorted(CLEAN), help="sources of clean text to leave out"
    )
    parser.add_argument("--compare", action="store_true", help="fail unless they are those that ship")
    given = parser.parse_args()

    texts = samples(given.seed, frozenset(given.without))
    weights = train(texts, given.seed, given.steps, report=True)
    if given.out:
        np.savez(given.out, **weights)  # type: ignore[arg-type]
    print(f"weights {digest(weights)}")
    if given.compare:
        raise SystemExit(_compared(weights))


def _compared(weights: Weights) -> int:
    """0 if they are the same numbers, 1 if not."""
    shipped = np.load(folder() / "weights.npz")
    if digest({name: shipped[name] for name in shipped}) == digest(weights):
        print("These are the weights that ship.")
        return 0
    most = max(float(np.abs(shipped[name] - weights[name]).max()) for name in weights)
    print(
        f"The weights that ship are others; the largest difference of two numbers is {most:.2g}. Processors "
        "of another kind round otherwise, which adds up. On the same kind, the code or the lists have "
        "changed: train with --out, choose the operating point anew (python -m detector.operate) and say so "
        "in docs/detector.md."
    )
    return 1


def train(texts: Iterator[Sample], seed: int, steps: int, *, report: bool = False) -> Weights:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    network = Network().train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    draw = Draw("vary", seed)
    costs = torch.tensor([COSTS[label] for label in LABELS])
    average: dict[str, Tensor] = {}
    averaged, shown, started = 0, 0.0, time.process_time()
    for step in range(1, steps + 1):
        batch = next_batch(texts, draw)
        logits = network(_weakened(batch.words), batch.real)
        loss = functional.cross_entropy(logits, batch.targets, weight=costs, ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        shown += loss.item()
        if step > AVERAGED * steps:
            averaged += 1
            _average(average, network, averaged)
        if report and step % 250 == 0:
            print(step, round(time.process_time() - started), round(shown / 250, 5), flush=True)
            shown = 0.0
    return {name: value.numpy() for name, value in average.items()}


def next_batch(texts: Iterator[Sample], draw: Draw | None = None) -> Batch:
    rows: list[list[Features]] = []
    targets: list[int] = []
    while len(targets) < ROWS:
        found, labels = encoded(next(texts), draw)
        rows.append(found)
        targets += [*labels, *[-100] * GAP]
    return Batch(*layout(rows), torch.tensor(targets))


def encoded(sample: Sample, draw: Draw | None = None) -> tuple[list[Features], list[int]]:
    """The features of the words of one text, and the number of the label of each.

    `draw` puts other words in the place of some that are no identifier.
    """
    rows: list[Features] = []
    labels: list[int] = []
    spans = iter(sample.spans)
    span = next(spans, None)
    marked = words_of(sample.text)
    for (start, end, word), seen in zip(tokens(sample.text), marked, strict=True):
        while span is not None and span.end <= start:
            span = next(spans, None)
        label = LABELS.index(span.label) if span is not None and span.start < end else 0
        if draw is not None and not label and draw.share() < vary.SHARE:
            rows.append(features(seen.removesuffix(word) + vary.other(word, draw)))
        else:
            rows.append(features(seen))
        labels.append(label)
    return rows, labels


def digest(weights: Mapping[str, npt.NDArray[np.float32]]) -> str:
    content = hashlib.sha256()
    for name in sorted(weights):
        content.update(name.encode() + weights[name].tobytes())
    return content.hexdigest()


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / WARM_UP) * max(0.01, 1 - step / steps)


def _average(average: dict[str, Tensor], network: Network, count: int) -> None:
    for name, value in network.state_dict().items():
        if count == 1:
            average[name] = value.clone()
        else:
            average[name] += (value - average[name]) / count


def _weakened(words: Tensor) -> Tensor:
    """Some words without their pieces, their place in lists, their affixes or their shape."""
    words = words.clone()
    lost = torch.rand(len(words), 4) < torch.tensor((WORD_LOST, LISTS_LOST, AFFIXES_LOST, SHAPE_LOST))
    words[:, :PIECES].masked_fill_(lost[:, :1], 0)
    words[:, FLAG].bitwise_and_(torch.where(lost[:, 1], ~LISTED, -1))
    for column, number in ((PREFIX, 2), (SUFFIX, 2), (SHAPE, 3)):
        words[:, column].masked_fill_(lost[:, number], 0)
    return words


if __name__ == "__main__":
    main()
