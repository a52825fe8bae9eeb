"""The tokens that all conversations begin with are computed once per batch, not once per row.

Every conversation of a project starts with the same system prompt. Causal attention never looks ahead, so
its keys and values are the same in every row; sharing them changes no result and, with the example project's
prompt, halves the work.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer

from clinft.errors import SpecError


def shared_length(rows: Sequence[list[int]]) -> int:
    """Length of the common prefix; each row keeps at least one token of its own."""
    if not rows:
        return 0
    # What the smallest and the largest row share, all rows between them share.
    pairs = zip(min(rows), max(rows), strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return min(common, min(len(row) for row in rows) - 1)


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
        expected = self.model(probe).logits.float()
        found = self.logits(self.decoder(probe).last_hidden_state)
        if not torch.allclose(found, expected, atol=1e-2, rtol=1e-3):
            raise SpecError(
                f"clinft does not know how the architecture {self._config.model_type} computes its answers.",
                "Its head does more than a matrix product and the usual scalings.",
                "Choose another model; this architecture is not supported yet.",
            )


class Prefix:
    """Keys and values of shared tokens: [1, heads, length, width] per layer. Gradients flow through."""

    def __init__(self, trunk: Trunk, ids: Sequence[int]) -> None:
        self._trunk = trunk
        self._pairs: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.length = 0
        if ids:
            tokens = torch.tensor([list(ids)], device=trunk.device)
            layers = trunk.decoder(input_ids=tokens, use_cache=True).past_key_values.layers
            if any(type(layer) is not DynamicLayer for layer in layers):
                raise SpecError(
                    "This model keeps only a window or a summary of what it has read.",
                    "Sliding-window and state-space layers cannot share the system prompt between rows.",
                    "Choose a model with full attention; others are not supported yet.",
                )
            self._pairs = [(layer.keys, layer.values) for layer in layers]
            self.length = len(ids)

    def cache(self, rows: int) -> DynamicCache:
        """A cache of its own for each call: models write into the one they are given."""
        if not self._pairs:
            return DynamicCache(config=self._trunk.model.config)
        return DynamicCache(
            [(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1)) for keys, values in self._pairs]
        )

    def mask(self, own: torch.Tensor) -> torch.Tensor:
        """[rows, length + own] from the mask of the rows' own tokens."""
        return torch.cat([own.new_ones(own.shape[0], self.length), own], dim=1)
