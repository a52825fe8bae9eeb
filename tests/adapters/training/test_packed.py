"""Packed rows give the loss and the gradients of samples on their own; what needs a GPU is proven by numbers here."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from clinft.adapters.model.prefix import Trunk
from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training import accelerated, answer_loss, lora, lora_product, packed, packed_attention
from clinft.adapters.training.accelerated import Accelerated
from clinft.adapters.training.checkpoints import Checkpoints
from clinft.adapters.training.loop import Loop, shared_of
from clinft.adapters.training.padded import Padded
from clinft.adapters.training.samples import Data, Sample
from clinft.errors import ServiceError
from clinft.spec.training import Hyperparameters, LoraSpec
from tests.fakes import lora_request
from tests.fakes.progress import Quiet

LORA = LoraSpec(r=4, lora_alpha=8)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalModelStore:
    return lora_request.store(tmp_path_factory.mktemp("repository"))


def adapted(store: LocalModelStore, spec: LoraSpec = LORA) -> tuple[Trunk, dict[str, torch.nn.Parameter]]:
    """With an adapter that does something: PEFT begins with zeros."""
    model = store.load(store.identify("tiny", None))
    wrapped, trainable = lora.attach(model, spec, 0)
    wrapped.train()
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in trainable.values():
            parameter.normal_(std=0.1)
    return Trunk(model), trainable


def samples(lengths: tuple[int, ...], shared: int) -> list[Sample]:
    rng = random.Random(7)
    beginning = [rng.randrange(3, 250) for _ in range(shared)]
    rows = [beginning + [rng.randrange(3, 250) for _ in range(length)] for length in lengths]
    return [Sample(row, shared + max(1, (len(row) - shared) // 2)) for row in rows]


def gradients(
    loss: Callable[[list[Sample]], tuple[torch.Tensor, int]],
    batch: list[Sample],
    trainable: dict[str, torch.nn.Parameter],
) -> tuple[float, int, dict[str, torch.Tensor]]:
    for parameter in trainable.values():
        parameter.grad = None
    total, count = loss(batch)
    total.backward()
    found = {
        name: parameter.grad.clone() for name, parameter in trainable.items() if parameter.grad is not None
    }
    return total.item(), count, found


@pytest.mark.parametrize("shared", [0, 1, 9])
@pytest.mark.parametrize("lengths", [(5, 17, 40, 3), (32, 32, 32, 32), (70,)], ids=str)
def test_packed_rows_have_the_loss_and_gradients_of_padded_ones(
    store: LocalModelStore, lengths: tuple[int, ...], shared: int
) -> None:
    trunk, trainable = adapted(store)
    batch = samples(lengths, shared)
    expected = gradients(Padded(trunk, shared).loss, batch, trainable)
    alone = sum(Padded(trunk, 0).loss([sample])[0].item() for sample in batch)
    assert packed.prepare(trunk)
    lora_product.use(trunk.model)
    found = gradients(packed.Packed(trunk, shared, whole=True).loss, batch, trainable)
    assert found[0] == pytest.approx(expected[0], rel=1e-5)
    assert found[0] == pytest.approx(alone, rel=1e-5)
    assert found[1] == expected[1]
    assert found[2].keys() == expected[2].keys() == trainable.keys()
    for name, gradient in found[2].items():
        torch.testing.assert_close(gradient, expected[2][name], rtol=1e-3, atol=1e-4)


def test_a_neighbour_changes_nothing(store: LocalModelStore) -> None:
    trunk, _ = adapted(store)
    assert packed.prepare(trunk)
    mine, one, other = samples((20, 30, 11), 4)
    rows = packed.Packed(trunk, 4, whole=False)
    with torch.no_grad():
        first, _ = rows.hidden([mine, one])
        second, _ = rows.hidden([mine, other, one])
    answers = len(mine.ids) - mine.prompt
    torch.testing.assert_close(first[:answers], second[:answers], rtol=1e-5, atol=1e-6)


def test_the_kernels_borders_say_what_the_mask_says() -> None:
    """No GPU here: attention is computed from the borders as the kernel defines them, and compared."""
    torch.manual_seed(0)
    shared, lengths = 3, [4, 1, 6]
    query, key, value = (torch.randn(1, heads, 14, 8) for heads in (4, 2, 2))
    cpu = torch.device("cpu")
    masked = packed_attention.layout(shared, lengths, cpu, with_kernel=False)
    expected, _ = packed_attention.attend(torch.nn.Module(), query, key, value, None, layout=masked)
    borders = packed_attention.layout(shared, lengths, cpu, with_kernel=True)
    assert borders.keys is not None
    parts = []
    ends_q, ends_k = borders.ends_queries.tolist(), borders.ends_keys.tolist()
    for number in range(len(ends_q) - 1):
        mine = query[:, :, ends_q[number] : ends_q[number + 1]]
        places = borders.keys[ends_k[number] : ends_k[number + 1]]
        queries, keys = mine.shape[2], len(places)
        # FlashAttention 2.1 and later: the last query looks at all keys.
        mask = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
        parts.append(
            torch.nn.functional.scaled_dot_product_attention(
                mine, key[:, :, places], value[:, :, places], attn_mask=mask, enable_gqa=True
            )
        )
    torch.testing.assert_close(torch.cat(parts, dim=2).transpose(1, 2), expected)
    assert ends_q == [0, 3, 7, 8, 14]
    assert ends_k == [0, 3, 10, 14, 23]
    assert borders.longest == 16


def test_a_model_with_windows_is_left_as_it_is(store: LocalModelStore) -> None:
    trunk, _ = adapted(store)
    before = trunk.model.config._attn_implementation
    trunk.model.config.layer_types = ["full_attention", "sliding_attention"] * 2
    assert not packed.prepare(trunk)
    assert trunk.model.config._attn_implementation == before


def test_the_loss_in_parts_is_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(3)
    head = torch.nn.Linear(16, 50, bias=False)
    targets = torch.randint(0, 50, (23,))
    results = []
    for nbytes in (2**30, 4 * 50 * 5):
        monkeypatch.setattr(answer_loss, "LOGITS_BYTES", nbytes)
        torch.manual_seed(4)
        hidden = torch.randn(23, 16, requires_grad=True)
        loss = answer_loss.summed(head, hidden, targets, 50)
        (loss * 0.5).backward()
        assert hidden.grad is not None
        results.append((loss.item(), hidden.grad))
        plain = hidden.detach().clone().requires_grad_()
        expected = torch.nn.functional.cross_entropy(head(plain), targets, reduction="sum")
        (expected * 0.5).backward()
        assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
        torch.testing.assert_close(hidden.grad, plain.grad)
    with torch.no_grad():
        assert answer_loss.summed(head, hidden, targets, 50).item() == pytest.approx(results[0][0], rel=1e-6)


@pytest.mark.parametrize(("spec", "layers"), [(LORA, 28), (LoraSpec(lora_dropout=0.1), 0)])
def test_only_plain_layers_are_multiplied_in_the_models_precision(
    store: LocalModelStore, spec: LoraSpec, layers: int
) -> None:
    model = store.load(store.identify("tiny", None))
    wrapped, _ = lora.attach(model, spec, 0)
    assert lora_product.use(wrapped) == layers


class _Memory:
    """A card that holds so many tokens, or more with activations computed twice."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, plain: int, twice: int) -> None:
        self.tried: list[int] = []

        def loss(rows: Any, batch: list[Sample]) -> tuple[torch.Tensor, int]:
            tokens = sum(len(sample.ids) for sample in batch)
            self.tried.append(tokens)
            if tokens > (twice if self.reading.checkpointing else plain):
                raise torch.OutOfMemoryError
            return torch.zeros((), requires_grad=True) * 1.0, 1

        monkeypatch.setattr(packed.Packed, "loss", loss)

    reading: Accelerated


@pytest.mark.parametrize(
    ("plain", "twice", "tokens", "checkpointing"),
    [(400, 400, 400, False), (250, 400, 200, False), (100, 400, 100, False), (99, 250, 200, True)],
)
def test_as_much_goes_through_at_once_as_fits(
    store: LocalModelStore,
    monkeypatch: pytest.MonkeyPatch,
    plain: int,
    twice: int,
    tokens: int,
    checkpointing: bool,
) -> None:
    trunk, _ = adapted(store)
    memory = _Memory(monkeypatch, plain, twice)
    memory.reading = Accelerated(trunk, packed.Packed(trunk, 0, whole=True), Quiet(), compiled=False)
    memory.reading.fit(samples((100, 100, 100, 100), 0))
    assert (memory.reading.tokens, memory.reading.checkpointing) == (tokens, checkpointing)


def test_a_sample_that_does_not_fit_is_told(store: LocalModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    trunk, _ = adapted(store)
    memory = _Memory(monkeypatch, 10, 20)
    memory.reading = Accelerated(trunk, packed.Packed(trunk, 0, whole=True), Quiet(), compiled=False)
    with pytest.raises(ServiceError, match="100 tokens does not fit"):
        memory.reading.fit(samples((100, 100), 0))


@pytest.mark.parametrize("checkpointing", [False, True])
def test_the_loop_learns_the_same_in_packed_parts(
    store: LocalModelStore, tmp_path: Path, checkpointing: bool
) -> None:
    data = Data(samples((9, 30, 14, 22, 8, 41), 6), samples((12, 19), 6))
    spec = Hyperparameters(n_epochs=2, batch_size=4, learning_rate=0.01)
    ends = []
    for accelerate in (False, True):
        trunk, trainable = adapted(store)
        reading = None
        if accelerate:
            assert packed.prepare(trunk)
            lora_product.use(trunk.model)
            rows = packed.Packed(trunk, shared_of(data), whole=True)
            reading = Accelerated(trunk, rows, Quiet(), False, tokens=60, checkpointing=checkpointing)
        checkpoints = Checkpoints(tmp_path / str(accelerate))
        ends.append(Loop(trunk, trainable, data, spec, checkpoints, reading).run(Quiet()))
    assert ends[0].tokens == ends[1].tokens
    for plain, fast in zip(ends[0].loss, ends[1].loss, strict=True):
        for name in ("training_loss", "validation_loss"):
            expected = getattr(plain, name)
            assert getattr(fast, name) == (expected and pytest.approx(expected, rel=1e-4))


def test_a_machine_without_a_compiler_is_the_compilers_fault() -> None:
    said = RuntimeError("Failed to find C compiler. Please specify via CC environment variable.")
    assert accelerated._of_the_compiler(said)
    assert not accelerated._of_the_compiler(RuntimeError("CUDA error: an illegal memory access"))
