"""The loss of a batch in rows of like length, behind the keys and values of what all samples begin with.

What clinft does on a processor, where nothing is gained by packing (docs/benchmarks.md).
"""

from collections.abc import Sequence

import torch
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from clinft.adapters.model.prefix import Prefix, Trunk
from clinft.adapters.training import answer_loss
from clinft.adapters.training.samples import Sample


class Padded:
    """`shared`: tokens that all samples begin with."""

    def __init__(self, trunk: Trunk, shared: int) -> None:
        self._trunk, self._shared = trunk, shared
        head = trunk.model.get_output_embeddings().weight
        self._vocabulary, self._frozen = head.shape[0], not head.requires_grad

    def fit(self, batch: Sequence[Sample]) -> None:
        """Memory of the machine is the system's to give: nothing is tried."""

    def parts(self, batch: Sequence[Sample]) -> list[Sequence[Sample]]:
        return [batch]

    def loss(self, batch: Sequence[Sample]) -> tuple[torch.Tensor, int]:
        """Summed negative log-likelihood (nats) of the answers, and their number of tokens."""
        device, shared = self._trunk.device, self._shared
        prefix: Prefix = self._trunk.prefix(batch[0].ids[:shared])
        rows = [torch.tensor(sample.ids[shared:], device=device) for sample in batch]
        tokens = pad_sequence(rows, batch_first=True, padding_value=0)
        lengths = torch.tensor([len(row) for row in rows], device=device)
        own = torch.arange(tokens.shape[1], device=device) < lengths[:, None]
        hidden = self._trunk.decoder(
            input_ids=tokens,
            attention_mask=prefix.mask(own.long()),
            past_key_values=prefix.cache(len(rows)),
            use_cache=True,
        ).last_hidden_state
        # The logits that matter stand just before each answer token: a few of hundreds of positions.
        starts = torch.tensor([sample.prompt - shared for sample in batch], device=device)
        answered = own & (torch.arange(tokens.shape[1], device=device) >= starts[:, None])
        before = hidden[:, :-1][answered[:, 1:]]
        targets = tokens[:, 1:][answered[:, 1:]]
        if device.type == "cuda":
            # Memory is what lacks there; elsewhere nothing may change the last bit.
            found = answer_loss.summed(
                self._trunk.logits, before, targets, self._vocabulary, frozen=self._frozen
            )
            return found, int(targets.numel())
        return cross_entropy(self._trunk.logits(before), targets, reduction="sum"), int(targets.numel())
