"""Graphics memory against points of QwenLM's README, and time against what is computed by hand."""

import pytest

from clinft.stages.estimate import Gpu, ModelShape
from clinft.stages.estimate.duration import Work, by_operations
from clinft.stages.estimate.machine import LOGITS_BYTES, Memory, lora_parameters, memory_notes, vram_gb

A100 = Gpu("A100-80", bf16_tflops=312, memory_gb=80, source="a test")


def qwen(parameters: float, layers: int, hidden: int, ffn: int) -> ModelShape:
    return ModelShape(
        int(parameters * 1e9), layers, hidden, ffn, 151_936, tied=False, source="its configuration"
    )


# Measured there with adapters of rank 64 on all linear layers, one sample of 2,048 tokens.
SEVEN, FOURTEEN, SEVENTY_TWO = (
    qwen(7.72, 32, 4096, 11_008),
    qwen(14.17, 40, 5120, 13_696),
    qwen(72.3, 80, 8192, 24_576),
)
POINTS = [(SEVEN, False, 24), (SEVEN, True, 14), (FOURTEEN, False, 37), (SEVENTY_TWO, True, 64)]
ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@pytest.mark.parametrize(("shape", "quantised", "measured"), POINTS)
def test_memory_is_within_the_band_of_what_was_measured(
    shape: ModelShape, quantised: bool, measured: float
) -> None:
    trained = lora_parameters(shape, 64, ALL_LINEAR)
    found = vram_gb(shape, trained, 2048, 1, quantised=quantised, logits_in_parts=False)
    assert found.gb_low <= measured <= found.gb_high
    assert found.gb == pytest.approx(measured, rel=0.10)


# 8B, rank 16 on all linear layers, 2,048 tokens a row, checkpointed: what the driver counted on an H200
# (docs/benchmarks.md, 2026-11-27).
@pytest.mark.parametrize(("rows", "used"), [(1, 20.49), (4, 23.09)])
def test_memory_is_not_below_what_our_own_loop_took_and_at_most_a_seventh_above(
    rows: int, used: float
) -> None:
    shape = ModelShape(8_030_261_248, 32, 4096, 14_336, 128_256, tied=False, source="a test")
    found = vram_gb(shape, lora_parameters(shape, 16, ALL_LINEAR), 2048, rows)
    assert used <= found.gb <= used * 1.15


def test_logits_in_parts_are_as_many_as_the_loop_holds_at_once() -> None:
    from clinft.adapters.training import answer_loss

    assert answer_loss.LOGITS_BYTES == LOGITS_BYTES
    more = vram_gb(SEVEN, 0, 2048, 2).gb - vram_gb(SEVEN, 0, 2048, 1).gb
    assert more == pytest.approx(2048 * (2 * 32 * 4096 + 34 * 4096 + 6 * 11_008) / 1e9)
    whole = vram_gb(SEVEN, 0, 2048, 1, logits_in_parts=False).gb - vram_gb(SEVEN, 0, 2048, 1).gb
    assert whole == pytest.approx((8 * 2048 * 151_936 - 3 * LOGITS_BYTES) / 1e9)
    short = vram_gb(SEVEN, 0, 10, 1).gb - vram_gb(SEVEN, 0, 0, 1).gb
    assert short == pytest.approx(10 * (2 * 32 * 4096 + 34 * 4096 + 6 * 11_008 + 12 * 151_936) / 1e9)


def test_the_embedding_is_never_quantised_and_counts_once_where_it_is_tied() -> None:
    tied = ModelShape(1_000, 1, 10, 20, 50, tied=True, source="")
    assert tied.embedding_parameters == 500
    assert ModelShape(1_000, 1, 10, 20, 50, tied=False, source="").embedding_parameters == 1_000
    whole, small = (vram_gb(SEVEN, 0, 1, 1, quantised=quantised).gb for quantised in (False, True))
    assert whole - small == pytest.approx(1.44 * (SEVEN.parameters - SEVEN.embedding_parameters) / 1e9)


def test_an_adapter_on_some_layers_is_smaller() -> None:
    # rank 8 × 4 layers × ((4096 + 4096) + (4096 + 11008))
    assert lora_parameters(SEVEN, 8, ("model.q_proj", "up_proj"), 4) == 8 * 4 * (8_192 + 15_104)
    assert lora_parameters(SEVEN, 8, ("q_proj",), 999) == lora_parameters(SEVEN, 8, ("q_proj",))


@pytest.mark.parametrize(
    ("gb", "said"),
    [(10.0, None), (24.0, "may not fit"), (27.0, "too little"), (19.0, None), (19.5, "may not fit")],
)
def test_a_card_that_is_too_small_is_said_before_it_is_paid_for(gb: float, said: str | None) -> None:
    card = Gpu("L4", 121, 24, "a test")
    notes = list(memory_notes(Memory(gb, gb / 1.1, gb / 0.73), card, 8, 1024))
    assert (said is None) is (notes == [])
    assert all(said in note and "L4 has 24 GB" in note for note in notes if said)


@pytest.mark.parametrize(
    ("parameters", "method", "card", "hours"),
    [
        # 4 × N × 1e7 / (TFLOP/s × share) / 3600
        (8e9, "lora", A100, 0.950),
        (8e9, "qlora", A100, 1.239),
        (8e9, "full", A100, 1.425),
        (8e9, "lora", Gpu("H100", 989, 80, "", mfu_lora=0.25, mfu_qlora=0.20), 0.360),
        (70e9, "qlora", Gpu("H100", 989, 80, "", mfu_lora=0.25, mfu_qlora=0.20), 3.932),
    ],
)
def test_time_is_operations_over_what_a_card_reaches(
    parameters: float, method: str, card: Gpu, hours: float
) -> None:
    shape = ModelShape(int(parameters), 1, 1, 1, 1, tied=True, source="")
    found = by_operations(Work(10_000_000, 2048, 10_500_000, 2150), shape, card, method)
    assert found.minutes / 60 == pytest.approx(hours, abs=0.001)
    assert found.minutes_upper == pytest.approx(found.minutes * 1.05 * 1.6)
    assert "computed, not measured" in found.basis


@pytest.mark.parametrize(("each", "slower"), [(2048, 1.0), (1024, 1.0), (768, 4 / 3), (512, 2.0), (10, 2.0)])
def test_short_samples_take_up_to_twice_as_long(each: float, slower: float) -> None:
    usual, found = (
        by_operations(Work(1_000_000, tokens, 1_000_000, tokens), SEVEN, A100, "lora")
        for tokens in (4096, each)
    )
    assert found.minutes / usual.minutes == pytest.approx(slower)
