"""The network: a vector for each word, then convolutions over the words around it.

Texts lie one after the other, with rows of zeros between them, so that no text sees another and no row is
wasted on padding. `clinft.stages.audit.detector.network` computes the same with NumPy.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from clinft.stages.audit.detector import features, vectors
from clinft.stages.audit.detector.network import DILATIONS, LABELS

CHANNELS, HIDDEN = 64, 128
# Rows between two texts: as many as a convolution looks to one side.
GAP = max(DILATIONS)
SHAPE_WIDTH, AFFIX_WIDTH = 12, 20
WORD_WIDTH = 2 * vectors.WIDTH + SHAPE_WIDTH + 2 * AFFIX_WIDTH + features.FLAGS
DROPOUT = 0.15


class Words(nn.Module):  # type: ignore[misc]
    """Features of words, one row each → their vectors."""

    bits: Tensor
    pieces: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("pieces", torch.from_numpy(vectors.read()), persistent=False)
        self.register_buffer("bits", 1 << torch.arange(features.FLAGS), persistent=False)
        self.shape = nn.Embedding(features.SHAPES + 1, SHAPE_WIDTH, padding_idx=0)
        self.prefix = nn.Embedding(features.PREFIXES + 1, AFFIX_WIDTH, padding_idx=0)
        self.suffix = nn.Embedding(features.SUFFIXES + 1, AFFIX_WIDTH, padding_idx=0)
        self.inner = nn.Linear(WORD_WIDTH, HIDDEN)
        self.outer = nn.Linear(HIDDEN, CHANNELS)

    def forward(self, words: Tensor) -> Tensor:
        numbers = words[:, : features.PIECES]
        count = (numbers > 0).sum(1, keepdim=True).clamp(min=1)
        parts = (
            self.pieces[numbers].sum(1) / count,
            self.pieces[numbers[:, 0]],
            self.shape(words[:, features.SHAPE]),
            self.prefix(words[:, features.PREFIX]),
            self.suffix(words[:, features.SUFFIX]),
            (words[:, features.FLAG, None] & self.bits > 0).float(),
        )
        hidden = functional.relu(self.inner(torch.cat(parts, 1)))
        return functional.relu(self.outer(hidden))


class Network(nn.Module):  # type: ignore[misc]
    """Rows of features → a logit for each label; `real` is 0 in rows between texts and 1 elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Words()
        self.convolutions = nn.ModuleList(nn.Linear(3 * CHANNELS, CHANNELS) for _ in DILATIONS)
        self.labels = nn.Linear(CHANNELS, len(LABELS))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, words: Tensor, real: Tensor) -> Tensor:
        rows = self.dropout(self.words(words)) * real
        for dilation, convolution in zip(DILATIONS, self.convolutions, strict=True):
            near = convolution(neighbours(rows, dilation))
            rows = (rows + self.dropout(functional.relu(near))) * real
        return self.labels(rows)


def neighbours(rows: Tensor, dilation: int) -> Tensor:
    """Each row beside those `dilation` before and behind it."""
    padded = functional.pad(rows, (0, 0, dilation, dilation))
    return torch.cat((padded[: -2 * dilation], rows, padded[2 * dilation :]), 1)


def layout(texts: Sequence[Sequence[features.Features]]) -> tuple[Tensor, Tensor]:
    """The rows of several texts, and which of them are real."""
    rows: list[features.Features] = []
    real: list[float] = []
    for text in texts:
        rows += [*text, *[features.NOTHING] * GAP]
        real += [1.0] * len(text) + [0.0] * GAP
    return torch.tensor(rows, dtype=torch.long).reshape(-1, len(features.NOTHING)), torch.tensor(real)[
        :, None
    ]
