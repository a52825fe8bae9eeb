"""The tokens that all conversations begin with are computed once, not once per row or batch.

Every conversation of a project starts with the same system prompt. Causal attention never looks ahead, so
its keys and values are the same in every row; sharing them changes no result and, with the example project's
prompt, halves the work.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer

from clinft.errors import SpecError

Pair = tuple[torch.Tensor, torch.Tensor]


def shared_length(rows: Sequence[list[int]]) -> int:
    """Length of the common prefix; each row keeps at least one token of its own."""
    if not rows:
        return 0
    # What the smallest and the largest row share, all rows between them share.
    return min(_common(min(rows), max(rows)), min(len(row) for row in rows) - 1)


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@contextmanager
def dropping_nothing(model: Any) -> Iterator[None]:
    """Evaluation mode, for a comparison of two passes; afterwards each module is as it was."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


class Trunk:
    """A decoder without its head, and the head apart: logits are computed only where they are asked for."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.decoder = model.get_decoder()
        self._head = model.get_output_embeddings()
        self._config = model.config.get_text_config(decoder=True)
        self._check_head()

    @property
    def device(self) -> torch.device:
        found: torch.device = self._head.weight.device
        return found

    @property
    def context(self) -> int | None:
        """Tokens that the model was built to read; None where its configuration does not tell."""
        found: int | None = getattr(self._config, "max_position_embeddings", None)
        return found

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """float32 logits of hidden states, with the scaling that some architectures add."""
        logits: torch.Tensor = self._head(hidden)
        config = self._config
        if scaling := getattr(config, "logits_scaling", None):
            logits = logits / scaling
        if scale := getattr(config, "logit_scale", None):
            logits = logits * scale
        if cap := getattr(config, "final_logit_softcapping", None):
            logits = torch.tanh(logits / cap) * cap
        return logits.float()

    def prefix(self, ids: Sequence[int]) -> "Prefix":
        return Prefix(self, ids)

    @torch.no_grad()
    def _check_head(self) -> None:
        """An architecture whose logits are more than that must not be scored wrongly in silence."""
        probe = torch.tensor([[1, 2, 3, 4]], device=self.device)
        # An adapter that is trained drops other inputs in each pass.
        with dropping_nothing(self.model):
            expected = self.model(probe).logits.float()
            found = self.logits(self.decoder(probe).last_hidden_state)
        if not torch.allclose(found, expected, atol=1e-2, rtol=1e-3):
            raise SpecError(
                f"clinft does not know how the architecture {self._config.model_type} computes its answers.",
                "Its head does more than a matrix product and the usual scalings.",
                "Choose another model; this architecture is not supported yet.",
            )


class Prefix:
    """Keys and values of shared tokens: [1, heads, length, width] per layer. Gradients flow through.

    `begun`: another prefix; what both begin with is taken from it instead of computed.
    """

    def __init__(self, trunk: Trunk, ids: Sequence[int], begun: "Prefix | None" = None) -> None:
        self._trunk, self._ids = trunk, tuple(ids)
        self._pairs: list[Pair] = []
        self.length = len(self._ids)
        known = 0 if begun is None else _common(begun._ids, self._ids)
        if begun is not None and known:
            self._pairs = [(keys[:, :, :known], values[:, :, :known]) for keys, values in begun._pairs]
        if known < self.length:
            self._compute(self._ids[known:])

    def is_of(self, ids: Sequence[int]) -> bool:
        return self._ids == tuple(ids)

    def cache(self, rows: int, room: int | None = None) -> DynamicCache:
        """A cache of its own for each call: models write into the one they are given.

        `room`: tokens that will be written; with it nothing is copied again when one more is.
        """
        if not self._pairs:
            cache = DynamicCache(config=self._trunk.model.config)
            full = all(type(layer) is DynamicLayer for layer in cache.layers)
            if room is not None and full:
                cache.layers = [_Roomy(room) for _ in cache.layers]
            return cache
        if room is None:
            return DynamicCache(self._rows(rows))
        return _cache_of([_Roomy(self.length + room, pair) for pair in self._rows(rows)])

    def read_once(self, rows: int) -> dict[str, Any]:
        """Arguments for a pass after which nothing follows: no layer's keys and values outlive it."""
        if not self._pairs:
            return {"use_cache": False}
        passing = [_Passing(pair) for pair in self._rows(rows)]
        return {"past_key_values": _cache_of(passing), "use_cache": True}

    def mask(self, own: torch.Tensor) -> torch.Tensor:
        """[rows, length + own] from the mask of the rows' own tokens."""
        return torch.cat([own.new_ones(own.shape[0], self.length), own], dim=1)

    def _rows(self, rows: int) -> list[Pair]:
        """[rows, heads, length, width] of each layer; every row is the same memory."""
        return [
            (keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1)) for keys, values in self._pairs
        ]

    def _compute(self, ids: Sequence[int]) -> None:
        """Continue by these tokens."""
        tokens = torch.tensor([list(ids)], device=self._trunk.device)
        past = DynamicCache(self._pairs) if self._pairs else None
        layers = self._trunk.decoder(
            input_ids=tokens, past_key_values=past, use_cache=True
        ).past_key_values.layers
        if any(type(layer) is not DynamicLayer for layer in layers):
            raise SpecError(
                "This model keeps only a window or a summary of what it has read.",
                "Sliding-window and state-space layers cannot share the system prompt between rows.",
                "Choose a model with full attention; others are not supported yet.",
            )
        self._pairs = [(layer.keys, layer.values) for layer in layers]


def _cache_of(layers: Sequence[DynamicLayer]) -> DynamicCache:
    cache = DynamicCache()
    cache.layers = list(layers)
    return cache


class _Passing(DynamicLayer):
    """Shows a layer's keys and values once, together with the prefix's, and keeps the prefix's alone."""

    def __init__(self, prefix: Pair) -> None:
        super().__init__()
        self.lazy_initialization(*prefix)
        self.keys, self.values = prefix

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any) -> Pair:
        return torch.cat([self.keys, key_states], dim=-2), torch.cat([self.values, value_states], dim=-2)


class _Roomy(DynamicLayer):
    """Written in place; DynamicLayer copies all that it holds for each token that is added."""

    def __init__(self, room: int, begun: Pair | None = None) -> None:
        super().__init__()
        self._room = room
        self._space: Pair | None = None
        if begun is not None:
            self.update(*begun)

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any) -> Pair:
        if self._space is None:
            self.lazy_initialization(key_states, value_states)
            self._space = (self._empty(key_states), self._empty(value_states))
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        keys, values = self._space
        keys[:, :, start:end], values[:, :, start:end] = key_states, value_states
        self.keys, self.values = keys[:, :, :end], values[:, :, :end]
        return self.keys, self.values

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        if self._space is not None:
            end = self.get_seq_length()
            keys, values = (space[indices] for space in self._space)
            self._space = (keys, values)
            self.keys, self.values = keys[:, :, :end], values[:, :, :end]

    def _empty(self, like: torch.Tensor) -> torch.Tensor:
        rows, heads, _, width = like.shape
        return like.new_empty(rows, heads, self._room, width)
