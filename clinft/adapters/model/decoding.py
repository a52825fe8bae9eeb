"""Answers token by token, by hand: `generate` of transformers cannot start from a shared prefix."""

from collections.abc import Sequence

import torch

from clinft.adapters.model.likelihood import numbers, padded
from clinft.adapters.model.prefix import Prefix, Trunk
from clinft.ports.models import Sampling


class Drawing:
    """The next token of each row: the likeliest, or one drawn with a generator of its own."""

    def __init__(self, sampling: Sampling | None) -> None:
        self._sampling = sampling
        # On the processor: generators of different devices draw differently from one seed.
        self._generator = torch.Generator(device="cpu")
        if sampling is not None:
            self._generator.manual_seed(sampling.seed)

    def choose(self, logits: torch.Tensor) -> torch.Tensor:
        best, chosen = logits.max(dim=-1)
        numbers(best)
        if self._sampling is None:
            return chosen
        shares = torch.softmax(logits.float().cpu() / self._sampling.temperature, dim=-1)
        return torch.multinomial(shares, 1, generator=self._generator)[:, 0].to(logits.device)


def answers(
    trunk: Trunk,
    rows: Sequence[Sequence[int]],
    prefix: Prefix,
    drawing: Drawing,
    longest: int,
    end: int,
    pad: int,
) -> list[list[int]]:
    """Token ids of each row's answer, without `end`; at most `longest`."""
    device = trunk.device
    lengths = torch.tensor([len(row) for row in rows], device=device)
    tokens = padded(rows, pad, device)
    own = torch.arange(tokens.shape[1], device=device) < lengths[:, None]
    mask = prefix.mask(own.long())
    cache = prefix.cache(len(rows), room=tokens.shape[1] + longest)
    position = torch.arange(tokens.shape[1], device=device).expand(len(rows), -1) + prefix.length
    last = lengths - 1
    said: list[list[int]] = [[] for _ in rows]
    # Whose answer stands at each place of the batch, and which of them go on.
    asked, going = list(range(len(rows))), set(range(len(rows)))
    for step in range(longest):
        hidden = trunk.decoder(
            input_ids=tokens,
            attention_mask=mask,
            position_ids=position,
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        chosen = drawing.choose(trunk.logits(hidden[torch.arange(len(asked), device=device), last]))
        for row, token in zip(asked, chosen.tolist(), strict=True):
            if row in going and token == end:
                going.discard(row)
            elif row in going:
                said[row].append(token)
        if not going:
            break
        if 2 * len(going) <= len(asked):
            # What has ended is not computed on; each time half or more, for the cache is copied.
            kept = torch.tensor([place for place, row in enumerate(asked) if row in going], device=device)
            asked = [row for row in asked if row in going]
            cache.batch_select_indices(kept)
            chosen, mask, lengths = chosen[kept], mask[kept], lengths[kept]
        tokens, last = chosen[:, None], torch.zeros_like(lengths)
        mask = torch.cat([mask, mask.new_ones(len(asked), 1)], dim=1)
        position = (prefix.length + lengths + step)[:, None]
    return said
