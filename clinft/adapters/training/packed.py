"""The loss of a batch whose samples lie side by side in one row: no padding, what they share only once."""

from collections.abc import Sequence
from typing import Any

import torch

from clinft.adapters.model.prefix import Trunk, dropping_nothing
from clinft.adapters.training import answer_loss, packed_attention
from clinft.adapters.training.samples import Sample

# Few different lengths of rows, so that few kernels are compiled.
MULTIPLE = 128
# bfloat16 has 8 bits of mantissa; a wrong mask moves hidden states by far more.
TOLERANCE = {torch.bfloat16: 5e-2, torch.float16: 1e-2, torch.float32: 1e-4}
PROBE = (Sample([1, 2, 3, 4, 5, 6, 7], 3), Sample([1, 2, 3, 9, 8], 4), Sample([1, 2, 3, 7, 7, 1], 4))


class Packed:
    """`shared`: tokens that all samples begin with. `whole`: all layers are adapted, so that gradients reach
    the lowest; layers are then alike, and are compiled once.
    """

    def __init__(self, trunk: Trunk, shared: int, whole: bool) -> None:
        self._trunk, self._shared, self._whole = trunk, shared, whole
        self._embed = trunk.model.get_input_embeddings()
        head = trunk.model.get_output_embeddings().weight
        self._vocabulary, self._frozen = head.shape[0], not head.requires_grad
        self._kernel = _has_kernel(trunk)

    def loss(self, batch: Sequence[Sample]) -> tuple[torch.Tensor, int]:
        """Summed negative log-likelihood (nats) of the answers, and their number of tokens."""
        hidden, targets = self.hidden(batch)
        found = answer_loss.summed(self._trunk.logits, hidden, targets, self._vocabulary, frozen=self._frozen)
        return found, int(targets.numel())

    def hidden(self, batch: Sequence[Sample]) -> tuple[torch.Tensor, torch.Tensor]:
        """Hidden states just before each answer token, and these tokens, sample by sample."""
        shared, device = self._shared, self._trunk.device
        tokens, places = list(batch[0].ids[:shared]), list(range(shared))
        before: list[int] = []
        targets: list[int] = []
        for sample in batch:
            start = len(tokens) - shared
            before += range(start + sample.prompt - 1, start + len(sample.ids) - 1)
            targets += sample.ids[sample.prompt :]
            tokens += sample.ids[shared:]
            places += range(shared, len(sample.ids))
        lengths = [len(sample.ids) - shared for sample in batch]
        if padding := -len(tokens) % MULTIPLE:
            # One more sample that nobody asks about.
            lengths.append(padding)
            tokens += [0] * padding
            places += range(shared, shared + padding)
        whole = torch.tensor([tokens, places], device=device)
        embedded = self._embed(whole[:1])
        if self._whole and torch.is_grad_enabled():
            embedded.requires_grad_()
        hidden = self._trunk.decoder(
            inputs_embeds=embedded,
            position_ids=whole[1:],
            layout=packed_attention.layout(shared, lengths, device, self._kernel),
            use_cache=False,
        ).last_hidden_state[0]
        return hidden[torch.tensor(before, device=device)], torch.tensor(targets, device=device)


def prepare(trunk: Trunk) -> bool:
    """Give the model the attention for packed rows, and compare. False: it stays as it was."""
    config = trunk.model.config.get_text_config(decoder=True)
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    if kinds != {"full_attention"} or getattr(config, "attn_logit_softcapping", None):
        return False
    before = config._attn_implementation
    try:
        if difference(trunk) < TOLERANCE[_precision(trunk)]:
            return True
    except (KeyError, RuntimeError, TypeError, ValueError):
        # An architecture that calls its attention in another way, or a kernel that this card lacks.
        pass
    trunk.model.set_attn_implementation(before)
    return False


@torch.no_grad()
def difference(trunk: Trunk, length: int = MULTIPLE) -> float:
    """Of packed rows from rows on their own, relative, at worst of with and without a shared beginning.

    Each row is padded to `length`: as long as the packed one, so that the same kernels multiply. For few
    rows bitsandbytes takes others for four-bit weights, which round in another way. The model has the
    attention for packed rows afterwards.
    """
    packed_attention.register()
    worst = 0.0
    with dropping_nothing(trunk.model):
        expected = _one_by_one(trunk, length)
        trunk.model.set_attn_implementation(packed_attention.NAME)
        for shared in (0, 2):
            found = Packed(trunk, shared, whole=False).hidden(PROBE)[0].float()
            away = (found - expected).norm() / expected.norm()
            # Not a number must not pass for small.
            worst = max(worst, float(away.nan_to_num(nan=torch.inf)))
    return worst


def _one_by_one(trunk: Trunk, length: int) -> torch.Tensor:
    """Causal attention never looks at the padding, which follows."""
    parts = []
    for sample in PROBE:
        tokens = torch.tensor([sample.ids + [0] * (length - len(sample.ids))], device=trunk.device)
        hidden = trunk.decoder(input_ids=tokens, use_cache=False).last_hidden_state
        parts.append(hidden[0, sample.prompt - 1 : len(sample.ids) - 1])
    return torch.cat(parts).float()


def _precision(trunk: Trunk) -> torch.dtype:
    """In which products are made: under autocast not that of the weights."""
    kind = trunk.device.type
    if torch.is_autocast_enabled(kind):
        return torch.get_autocast_dtype(kind)
    found: torch.dtype = next(trunk.model.parameters()).dtype
    return found


def _has_kernel(trunk: Trunk) -> bool:
    config: Any = trunk.model.config.get_text_config(decoder=True)
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    weight = trunk.model.get_output_embeddings().weight
    if weight.device.type != "cuda" or _precision(trunk) not in (torch.bfloat16, torch.float16):
        return False
    # FlashAttention 2 needs Ampere, and heads of at most 256.
    return torch.cuda.get_device_capability(weight.device)[0] >= 8 and width <= 256
