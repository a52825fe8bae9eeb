"""Training on a GPU: packed rows, compiled layers, and as many tokens at once as its memory holds."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from clinft.adapters.model.prefix import Trunk
from clinft.adapters.training import lora_product, packed, spread_cards
from clinft.adapters.training.samples import Sample
from clinft.adapters.training.spread import ALONE, Ranks
from clinft.errors import ServiceError
from clinft.ports.progress import Progress

# In what Triton says where it finds none; it raises a plain RuntimeError.
NO_COMPILER = "C compiler"


class Accelerated:
    """`compiled`: layers go through torch.compile; where that fails they run as they are.

    `tokens`: the most that go through at once; None: what fits is found before the first step, and whether
    activations are kept or, with `checkpointing`, computed twice. `ranks`: each finds what fits for itself,
    but in shards, where all go through the model together.
    """

    def __init__(
        self,
        trunk: Trunk,
        rows: packed.Packed,
        progress: Progress,
        compiled: bool = True,
        tokens: int | None = None,
        checkpointing: bool = False,
        ranks: Ranks = ALONE,
    ) -> None:
        self._ranks = ranks
        self._trunk, self._rows, self._progress = trunk, rows, progress
        self._compiled, self.tokens, self.checkpointing = compiled, tokens, checkpointing
        self._layers = list(trunk.decoder.layers)
        self._plain = [layer.forward for layer in self._layers]
        self._autocast = lowers(trunk)

    def fit(self, batch: Sequence[Sample]) -> None:
        """Try `batch`, the longest there is: whole, then in parts, then with activations computed twice."""
        whole = self.tokens or sum(len(sample.ids) for sample in batch)
        # A sample is never cut, so no part is smaller than the longest one.
        least = max(len(sample.ids) for sample in batch)
        if self._ranks.sharded:
            self._fit_in_shards(batch, whole, least)
            return
        for twice in (True,) if self.checkpointing else (False, True):
            self.checkpointing = twice
            self._arrange()
            self.tokens = whole
            while not self._fits(batch):
                if self.tokens <= least:
                    break
                self.tokens = max(least, self.tokens // 2)
            else:
                self._tell(whole)
                return
        raise _too_long(least)

    def _fit_in_shards(self, batch: Sequence[Sample], whole: int, least: int) -> None:
        """A pass that fails on one card would leave the others waiting: only the longest sample is tried, and
        from what it took follows how many tokens there is memory for. The same number on all cards.
        """
        self.checkpointing, self.tokens = True, least
        self._arrange()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        longest = max(batch, key=lambda sample: len(sample.ids))
        if not self._fits([longest]):
            raise _too_long(least)
        taken = torch.cuda.max_memory_allocated() - before
        free = torch.cuda.mem_get_info()[0] + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        found = spread_cards.tokens_at_once(least, whole, taken, free)
        self.tokens = int(self._ranks.least(found))
        self._tell(whole)

    def parts(self, batch: Sequence[Sample]) -> list[Sequence[Sample]]:
        """In the order of the batch; what is shared counts with each sample, for its keys are there too."""
        cut: list[list[Sample]] = []
        taken = 0
        for sample in batch:
            taken += len(sample.ids)
            if not cut or (self.tokens is not None and taken > self.tokens):
                cut.append([])
                taken = len(sample.ids)
            cut[-1].append(sample)
        return list(cut)

    def loss(self, batch: Sequence[Sample]) -> tuple[torch.Tensor, int]:
        # A second set of kernels, for a pass without gradients, takes longer to compile than it saves.
        eager = self._compiled and not torch.is_grad_enabled()
        stance: Any = torch.compiler.set_stance("force_eager") if eager else nullcontext()
        with stance, torch.autocast(self._trunk.device.type, torch.bfloat16, enabled=self._autocast):
            return self._rows.loss(batch)

    def _fits(self, batch: Sequence[Sample]) -> bool:
        """A pass forth and back whose gradients are thrown away."""
        try:
            for part in self.parts(batch):
                self.loss(part)[0].backward()
        except torch.OutOfMemoryError:
            self._clear()
            return False
        except Exception as error:
            if not self._compiled or not _of_the_compiler(error):
                raise
            cause = "there is no C compiler, e.g. gcc" if NO_COMPILER in str(error) else type(error).__name__
            self._progress.note(f"torch.compile failed ({cause}); layers run uncompiled, more slowly.")
            self._compiled = False
            self._arrange()
            return self._fits(batch)
        finally:
            self._trunk.model.zero_grad(set_to_none=True)
        return True

    def _clear(self) -> None:
        self._trunk.model.zero_grad(set_to_none=True)
        if self._trunk.device.type == "cuda":
            torch.cuda.empty_cache()

    def _tell(self, whole: int) -> None:
        ways = [f"{self.tokens:,} tokens at once"]
        if self.checkpointing:
            ways.append("activations computed twice (gradient checkpointing)")
        if self.tokens != whole:
            ways.append("a batch in parts, with the same gradients")
        self._progress.note("Fits into the GPU's memory: " + ", ".join(ways) + ".")

    def _arrange(self) -> None:
        for layer, plain in zip(self._layers, self._plain, strict=True):
            forward = torch.compile(plain) if self._compiled else plain
            layer.forward = _twice(layer, forward) if self.checkpointing else forward


def _too_long(tokens: int) -> ServiceError:
    return ServiceError(
        f"A sample of {tokens:,} tokens does not fit into the memory of this GPU.",
        "The model is too large for it, or another process holds part of its memory.",
        "Free the card, shorten the samples, or take one with more memory (clinft train --explain).",
    )


def reading(
    trunk: Trunk, shared: int, whole: bool, progress: Progress, ranks: Ranks = ALONE
) -> Accelerated | None:
    """None where packed rows are not for this machine or this model; padded rows are."""
    if trunk.device.type != "cuda":
        return None
    # Compared as it will be computed. An adapter that does nothing yet is compared without it.
    with torch.autocast("cuda", torch.bfloat16, enabled=_all_trained(trunk) and lowers(trunk)):
        if not packed.prepare(trunk):
            progress.note("This model cannot read packed samples here; they are padded instead.")
            return None
        rows = packed.Packed(trunk, shared, whole)
    lora_product.use(trunk.model)
    torch.backends.cuda.matmul.allow_tf32 = True
    return Accelerated(trunk, rows, progress, ranks=ranks)


def lowers(trunk: Trunk) -> bool:
    """Whether weights that the optimizer has in float32, an adapter's or all, are multiplied in bfloat16."""
    return _card_has_bfloat16(trunk) and (_all_trained(trunk) or _float32_adapters(trunk))


def _card_has_bfloat16(trunk: Trunk) -> bool:
    return trunk.device.type == "cuda" and torch.cuda.is_bf16_supported()


def _all_trained(trunk: Trunk) -> bool:
    head: torch.Tensor = trunk.model.get_output_embeddings().weight
    return head.requires_grad and head.dtype == torch.float32


def _twice(layer: torch.nn.Module, forward: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        if layer.training and torch.is_grad_enabled():
            return checkpoint(forward, *args, use_reentrant=False, **kwargs)
        return forward(*args, **kwargs)

    return run


def _float32_adapters(trunk: Trunk) -> bool:
    """Layers of PEFT's own, which multiply in their parameters' precision: autocast lowers it."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    layers = [module for module in trunk.model.modules() if isinstance(module, BaseTunerLayer)]
    return any(not isinstance(layer, lora_product.Adapted) for layer in layers)


def _of_the_compiler(error: BaseException) -> bool:
    named = type(error).__module__.startswith(("torch._dynamo", "torch._inductor", "triton"))
    return named or NO_COMPILER in str(error)
