"""Samples side by side in one row: which tokens each may look at, and an attention that keeps to it.

A row holds what all samples begin with, once, and then each sample's own tokens. A token looks back along
its own sample and at the shared beginning, never at a neighbour. On CUDA flash attention gets the borders;
elsewhere a mask says the same, slower.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch.nn.functional import scaled_dot_product_attention

NAME = "clinft_packed"


class Layout(NamedTuple):
    """`ends_*`: where each sample's queries and keys end, from 0 on. `keys`: the place of each key, where the
    shared beginning stands before each sample; None where nothing is shared. `equal`: how many samples of one
    length make up the whole row; 0 where they differ. `mask`: for devices without the kernel.
    """

    ends_queries: torch.Tensor
    ends_keys: torch.Tensor
    longest: int
    keys: torch.Tensor | None
    equal: int
    mask: torch.Tensor | None


def layout(shared: int, lengths: Sequence[int], device: torch.device, with_kernel: bool) -> Layout:
    """Of a row of `shared` tokens, then so many of each sample. `with_kernel`: flash attention is there."""
    segments = [*([shared] if shared else []), *lengths]
    reach = [*([shared] if shared else []), *(shared + length for length in lengths)]
    equal = len(lengths) if not shared and len(set(lengths)) == 1 else 0
    mask = None if with_kernel or equal else _mask(shared, lengths, device)
    keys = None
    if shared and with_kernel:
        places = torch.arange(shared + sum(lengths))
        beginning, own = places[:shared], places[shared:].split(list(lengths))
        keys = torch.cat([beginning, *(part for one in own for part in (beginning, one))]).to(device)
    # A power of two: one more length must not mean one more compiled kernel.
    longest = 1 << (max(reach) - 1).bit_length()
    return Layout(_ends(segments, device), _ends(reach, device), longest, keys, equal, mask)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    layout: Layout | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """As transformers calls an attention: [1, heads, tokens, width] in, [1, tokens, heads, width] out."""
    if layout is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        found: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return found
    if layout.equal:
        return _of_equal_lengths(query, key, value, scaling, layout.equal), None
    if layout.mask is not None:
        looked = scaled_dot_product_attention(
            query, key, value, attn_mask=layout.mask, scale=scaling, enable_gqa=True
        )
        return looked.transpose(1, 2), None
    # Under autocast rotary positions leave queries and keys in float32, which the kernel does not take.
    queries, keys, values = (part.transpose(1, 2)[0].to(value.dtype) for part in (query, key, value))
    if layout.keys is not None:
        keys, values = _before_each(keys, layout.keys), _before_each(values, layout.keys)
    out = torch.ops.aten._flash_attention_forward(
        queries,
        keys,
        values,
        layout.ends_queries,
        layout.ends_keys,
        layout.longest,
        layout.longest,
        0.0,
        True,
        False,
        scale=scaling,
    )[0]
    return out[None], None


def register() -> None:
    """Makes the attention known to transformers by NAME. It asks for no mask: its layout says it all."""
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register(NAME, attend)


def _of_equal_lengths(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float | None, rows: int
) -> torch.Tensor:
    """The row cut into samples again: plain causal attention."""
    queries, keys, values = (
        part.transpose(1, 2).unflatten(1, (rows, -1))[0].transpose(1, 2) for part in (query, key, value)
    )
    out = scaled_dot_product_attention(queries, keys, values, is_causal=True, scale=scaling, enable_gqa=True)
    return out.transpose(1, 2).flatten(0, 1)[None]


def _before_each(states: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """In float32, because the gradients of the shared beginning are a sum over all samples."""
    return states.float().index_select(0, places).to(states.dtype)


def _ends(lengths: Sequence[int], device: torch.device) -> torch.Tensor:
    return torch.tensor([0, *lengths]).cumsum(0).to(device=device, dtype=torch.int32)


def _mask(shared: int, lengths: Sequence[int], device: torch.device) -> torch.Tensor:
    """[tokens, tokens]: True where a token may look."""
    numbers = torch.tensor([shared, *lengths])
    owners = torch.arange(len(numbers)).repeat_interleave(numbers).to(device)
    places = torch.arange(len(owners), device=device)
    mine = (owners[:, None] == owners[None, :]) | (owners[None, :] == 0)
    return mine & (places[None, :] <= places[:, None])
