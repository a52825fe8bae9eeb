"""Several processes train one model: each reads its share of every batch, and all make the same step.

A batch's loss is summed over all processes and divided by the number of answer tokens of the whole batch, so
that it is the loss of one process up to rounding, however many there are.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import torch

    from clinft.adapters.training.samples import Sample

Item = TypeVar("Item")
# Numbers of one message between processes: bounds what is copied beside the gradients.
NUMBERS_AT_ONCE = 2**25


class Ranks:
    """One of `world` processes; number 0, the first, alone writes files.

    `sharded`: each card holds a part of the layers' weights, and all go through the model equally often.
    """

    def __init__(self, rank: int = 0, world: int = 1, sharded: bool = False) -> None:
        self.rank, self.world, self.sharded = rank, world, sharded

    @property
    def first(self) -> bool:
        return self.rank == 0

    @property
    def salt(self) -> list[int]:
        """What this process adds to the seed of a step: each drops other inputs than the others."""
        return [self.rank] if self.rank else []

    def share(self, batch: Sequence[Item]) -> Sequence[Item]:
        """Of a batch in order of length every process gets short ones and long ones."""
        return batch[self.rank :: self.world] if self.world > 1 else batch

    def parts(
        self,
        batch: Sequence["Sample"],
        cut: Callable[[Sequence["Sample"]], list[Sequence["Sample"]]],
    ) -> list[tuple[Sequence["Sample"], bool]]:
        """What this process reads of `batch`, and whether it counts: some read a sample for company alone."""
        mine = self.share(batch)
        parts = [(part, True) for part in (cut(mine) if mine else [])]
        if self.sharded:
            most = int(max(self._of_all(float(len(parts)))))
            parts += [(batch[:1], False)] * (most - len(parts))
        return parts

    def sums(self, *values: float) -> list[float]:
        """Of all processes, in the order of their numbers: the same bits in each of them."""
        if self.world == 1:
            return list(values)
        found = self._of_all(*values)
        return [sum(found[place :: len(values)]) for place in range(len(values))]

    def least(self, value: float) -> float:
        return min(self._of_all(value))

    def any(self, flag: bool) -> bool:
        return any(self._of_all(float(flag)))

    def sum_gradients(self, parameters: Sequence["torch.nn.Parameter"]) -> None:
        """A parameter that had none here counts as zero. Those in shards were summed on the way back."""
        if self.world == 1:
            return
        import torch
        from torch import distributed

        whole = [parameter for parameter in parameters if not in_shards(parameter)]
        for parameter in whole:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        for bundle in _bundles([parameter.grad for parameter in whole if parameter.grad is not None]):
            flat = torch.cat([gradient.flatten() for gradient in bundle])
            distributed.all_reduce(flat)
            start = 0
            for gradient in bundle:
                gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
                start += gradient.numel()

    def told(self, message: bytes | None) -> bytes:
        """What the first process says; only there `message` counts."""
        if self.world == 1:
            assert message is not None
            return message
        import torch
        from torch import distributed

        size = torch.tensor([len(message or b"") if self.first else 0], device=_device())
        distributed.broadcast(size, 0)
        if self.first and message:
            data = torch.frombuffer(bytearray(message), dtype=torch.uint8).to(_device())
        else:
            data = torch.empty(int(size), dtype=torch.uint8, device=_device())
        if len(data):
            distributed.broadcast(data, 0)
        return data.cpu().numpy().tobytes()

    def from_first(self, tensor: "torch.Tensor | None", like: "torch.Tensor") -> "torch.Tensor":
        """The first process's `tensor`, in its own precision; its shape and its place are those of `like`."""
        if self.world == 1:
            assert tensor is not None
            return tensor
        import torch
        from torch import distributed

        precision = self.told(None if tensor is None else str(tensor.dtype).encode()).decode()
        dtype = getattr(torch, precision.removeprefix("torch."))
        if tensor is None:
            tensor = torch.empty(like.shape, dtype=dtype)
        found = tensor.to(_device()).contiguous()
        distributed.broadcast(found, 0)
        return found.to(like.device)

    def _of_all(self, *values: float) -> list[float]:
        """The values of all processes, one process after the other."""
        if self.world == 1:
            return list(values)
        import torch
        from torch import distributed

        mine = torch.tensor(values, dtype=torch.float64, device=_device())
        found = [torch.empty_like(mine) for _ in range(self.world)]
        distributed.all_gather(found, mine)
        return [float(value) for value in torch.cat(found).tolist()]


ALONE = Ranks()


def in_shards(tensor: Any) -> bool:
    """Whether this process holds a part of it only."""
    return hasattr(tensor, "full_tensor")


def _device() -> "torch.device":
    """Where what is told between processes has to lie."""
    import torch
    from torch import distributed

    if distributed.get_backend() == "nccl":
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("cpu")


def _bundles(gradients: Sequence["torch.Tensor"]) -> list[list["torch.Tensor"]]:
    """Of one precision each, for few large messages instead of many small ones."""
    cut: list[list[torch.Tensor]] = []
    numbers = 0
    for gradient in gradients:
        numbers += gradient.numel()
        if not cut or cut[-1][0].dtype != gradient.dtype or numbers > NUMBERS_AT_ONCE:
            cut.append([])
            numbers = gradient.numel()
        cut[-1].append(gradient)
    return cut
