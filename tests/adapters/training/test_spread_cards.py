"""Which model one card holds, and how much of it goes through at once in shards."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from clinft.adapters.training import spread_cards
from clinft.adapters.training.spread import ALONE, Ranks
from clinft.adapters.training.spread_cards import fits, tokens_at_once

GB = 10**9


@pytest.mark.parametrize(
    ("billions", "method", "memory_gb", "fit"),
    [
        (8, "lora", 80, True),
        (27, "lora", 80, True),  # 54 GB of weights, 56 may be
        (34, "lora", 80, False),
        (70, "lora", 141, False),
        (70, "qlora", 80, True),
        (1, "full", 80, True),
        (8, "full", 80, False),
    ],
)
def test_what_one_card_holds(billions: int, method: str, memory_gb: int, fit: bool) -> None:
    assert fits(billions * GB, method, memory_gb * GB) is fit


def test_parameters_are_counted_over_all_files_whatever_their_precision(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(3, 5), "b": torch.zeros(2)}, tmp_path / "model-1.safetensors")
    save_file({"c": torch.zeros(4, dtype=torch.bfloat16)}, tmp_path / "model-2.safetensors")
    assert spread_cards.parameters(tmp_path) == 21


def test_without_a_card_nothing_is_spread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert spread_cards.holds(tmp_path, "full")
    assert spread_cards.count() == 1


@pytest.mark.parametrize(
    ("taken", "free", "tokens"),
    [
        (1 * GB, 10 * GB, 8 * 2048),
        (1 * GB, 3 * GB, 2 * 2048),
        (4 * GB, 3 * GB, 2048),
        (1, 100 * GB, 16 * 2048),
    ],
)
def test_tokens_follow_from_what_one_sample_took(taken: int, free: int, tokens: int) -> None:
    assert tokens_at_once(2048, 16 * 2048, taken, free) == tokens


def test_shares_are_disjoint_whole_and_of_like_lengths() -> None:
    batch = list(range(10))
    shares = [Ranks(rank, 4).share(batch) for rank in range(4)]
    assert sorted(place for share in shares for place in share) == batch
    assert [len(share) for share in shares] == [3, 3, 2, 2]
    assert ALONE.share(batch) is batch
    # A seed of its own, so that each process drops other inputs; the first one's is that of a single process.
    assert [Ranks(rank, 3).salt for rank in range(3)] == [[], [1], [2]]
