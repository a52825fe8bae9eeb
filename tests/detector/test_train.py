"""Training: targets that follow the spans, the same weights for a seed, and that it learns at all."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
import torch
from torch.nn import functional

from clinft.stages.audit.detector.features import (
    FLAG,
    LISTED,
    MARK,
    PIECES,
    PREFIX,
    SHAPE,
    SUFFIX,
    UNCASED,
    features,
)
from clinft.stages.audit.detector.network import LABELS, Network
from detector import generate, train
from detector.draw import Draw
from detector.network import GAP
from detector.network import Network as Trained
from detector.sample import Sample, Span
from detector.train import Weights, digest, encoded, next_batch
from tests.detector.standin import samples

STEPS = 25


@pytest.fixture(scope="module", autouse=True)
def _torch_as_it_was() -> Iterator[None]:
    """Training sets what holds for the whole process."""
    threads, before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(before)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return train.train(samples(1), 1, STEPS)


def test_same_seed_gives_the_same_weights_bit_by_bit(weights: Weights) -> None:
    torch.rand(7)  # what was drawn before does not matter
    again = train.train(samples(1), 1, STEPS)
    assert {name: value.tobytes() for name, value in again.items()} == {
        name: value.tobytes() for name, value in weights.items()
    }
    assert digest(again) == digest(weights)


def test_same_seed_gives_the_same_weights_on_the_texts_of_training() -> None:
    one, two = (train.train(generate.samples(4), 4, 3) for _ in range(2))
    assert digest(one) == digest(two)


@pytest.mark.parametrize(("texts", "seed"), [(2, 1), (1, 2)])
def test_other_texts_or_another_seed_give_other_weights(texts: int, seed: int) -> None:
    assert digest(train.train(samples(texts), seed, 2)) != digest(train.train(samples(1), 1, 2))


def test_digest_is_of_names_and_numbers_in_any_order() -> None:
    one, two = np.ones(2, np.float32), np.zeros(2, np.float32)
    assert digest({"a": one, "b": two}) == digest({"b": two, "a": one})
    assert digest({"a": one, "b": two}) != digest({"a": two, "b": one})


def test_weights_are_compared_with_those_that_ship(capsys: pytest.CaptureFixture[str]) -> None:
    shipped = Network()._weights
    assert train._compared(shipped) == 0
    other = shipped | {"labels.bias": shipped["labels.bias"] + np.float32(0.5)}
    assert train._compared(other) == 1
    assert "largest difference of two numbers is 0.5" in capsys.readouterr().out


def test_weights_are_those_that_run_time_reads(weights: Weights) -> None:
    shipped = {name: value.shape for name, value in Network()._weights.items()}
    assert {name: value.shape for name, value in weights.items()} == shipped
    assert all(value.dtype == np.float32 and np.isfinite(value).all() for value in weights.values())


def loss(weights: Weights) -> float:
    network = Trained().eval()
    network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    batch = next_batch(samples(99))
    with torch.no_grad():
        logits = network(batch.words, batch.real)
    return functional.cross_entropy(logits, batch.targets, ignore_index=-100).item()


def test_few_steps_already_teach_something(weights: Weights) -> None:
    assert loss(weights) < 0.9 * loss(train.train(samples(1), 1, 1))


def test_labels_follow_the_spans() -> None:
    sample = Sample("Ada Quill, KX-44", (Span(0, 9, "NAME"), Span(11, 16, "ID")))
    name, none, free = (LABELS.index(label) for label in ("NAME", "O", "ID"))
    assert encoded(sample)[1] == [name, name, none, free, free, free]


def test_words_are_encoded_as_run_time_reads_them() -> None:
    rows, _ = encoded(Sample("Ada left\nbp ok", ()))
    assert rows == [features(word) for word in ("Ada", "left", "\n", MARK + "bp", MARK + "ok")]


def test_only_words_that_are_no_identifier_are_varied() -> None:
    sample = Sample("Ada Quill came with fever and pain today", (Span(0, 9, "NAME"),))
    plain, labels = encoded(sample)
    changed = set()
    for seed in range(40):
        varied, same = encoded(sample, Draw("vary", seed))
        assert same == labels
        changed |= {place for place, row in enumerate(varied) if row != plain[place]}
    assert changed == set(range(2, 8))


def test_varied_words_keep_the_mark_of_their_line() -> None:
    for seed in range(40):
        rows, _ = encoded(Sample("came with fever and pain", ()), Draw("vary", seed))
        assert all(row[FLAG] & UNCASED for row in rows)


def test_a_batch_is_whole_texts_with_gaps_that_count_for_nothing() -> None:
    batch = next_batch(samples(1))
    assert len(batch.words) == len(batch.real) == len(batch.targets) >= train.ROWS
    assert torch.equal(batch.targets == -100, batch.real[:, 0] == 0)
    assert not batch.words[batch.real[:, 0] == 0].any()
    texts = list(islice(samples(1), 1000))
    expected = [label for text in texts for label in [*encoded(text)[1], *[-100] * GAP]]
    assert batch.targets.tolist() == expected[: len(batch.targets)]


def test_weakened_words_lose_parts_and_nothing_else() -> None:
    torch.manual_seed(1)
    row = features("Smith")
    assert row[FLAG] & LISTED
    weak = train._weakened(torch.tensor([row] * 4000))
    expected = {
        (PREFIX,): (0,),
        (SUFFIX,): (0,),
        (SHAPE,): (0,),
        tuple(range(PIECES)): (0,) * PIECES,
        (FLAG,): (row[FLAG] & ~LISTED,),
    }
    for columns, lost in expected.items():
        kept = tuple(row[column] for column in columns)
        found = {tuple(one) for one in weak[:, list(columns)].tolist()}
        assert found == {kept, lost}
    share = (weak[:, PREFIX] == 0).float().mean().item()
    assert share == pytest.approx(train.AFFIXES_LOST, abs=0.02)
    assert torch.equal(weak[:, PREFIX] == 0, weak[:, SUFFIX] == 0)


def test_training_weakens_words(monkeypatch: pytest.MonkeyPatch) -> None:
    weakened = digest(train.train(samples(1), 1, 2))
    monkeypatch.setattr(train, "_weakened", lambda words: words)
    assert digest(train.train(samples(1), 1, 2)) != weakened


def test_rate_rises_and_falls() -> None:
    rates = [train._rate(step, 1000) for step in range(1001)]
    assert max(rates) == rates[train.WARM_UP - 1] < 1
    assert rates[0] == pytest.approx(1 / train.WARM_UP)
    assert rates[-1] == pytest.approx(0.01)
