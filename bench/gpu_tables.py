"""The JSON lines of the GPU benchmark as a dated entry of docs/benchmarks.md."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import record as benchmarks
from gpu_setup import PEAK, SHAPES, VOCABULARY, WARM

from clinft.spec.training import ALL_LINEAR
from clinft.stages.estimate.machine import ModelShape, lora_parameters, vram_gb

TITLE = "LoRA training throughput on a GPU"
COMMAND = "bench/gpu_throughput.py, there; bench/gpu_throughput.py --record FILE... --date DAY, here"
NAMES = {"trainer": "transformers Trainer", "trl": "TRL SFTTrainer", "trl-qlora": "TRL SFTTrainer, NF4"}
SPEEDS = ("ours", "trainer", "trl", "qlora", "trl-qlora")
Line = dict[str, Any]


def record(files: Sequence[Path], day: str) -> None:
    lines = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    benchmarks.append(TITLE, COMMAND, "\n".join(_entry(lines, day)))


def _entry(lines: Sequence[Line], day: str) -> Iterator[str]:
    machines = [line for line in lines if "matmul_tflops" in line]
    if len({(m["gpu"], m["python"], str(m["versions"])) for m in machines}) != 1:
        raise SystemExit("The files are of different machines or versions; record each on its own.")
    yield f"### {day}"
    yield ""
    yield from _setting(machines)
    yield ""
    yield from _speeds(lines)
    yield from _mixed(_of(lines, "short"))
    yield from _memory([line for line in lines if "estimate_gb" in line])
    yield from _exact([line for line in lines if "way" in line])
    yield from _failed(lines)


def _setting(machines: Sequence[Line]) -> Iterator[str]:
    known = machines[0]
    versions = ", ".join(f"{name} {version}" for name, version in known["versions"].items() if version)
    peak = next(value for key, value in PEAK.items() if key in known["gpu"]) / 1e12
    reached = " and ".join(f"{m['matmul_tflops']:g}" for m in machines)
    yield (
        f"One {known['gpu']} ({known['memory_gb']:g} GB), Python {known['python']}, {versions}. Random "
        "weights in the shapes of Llama 3.1 8B and Llama 3.2 1B, bf16, LoRA r = 16 on all linear layers, "
        "AdamW. Samples of 2,048 random tokens, all but the first taught, so that packing and shared "
        f"prompts give clinft nothing. tokens/s: the median of the steps after the first {WARM}. Each row "
        "is **one run**: how much they vary from run to run was not measured."
    )
    yield ""
    yield (
        "MFU: floating-point operations of the model, none counted twice, over the datasheet's dense bf16 "
        f"peak ({peak:g} TFLOP/s). Per token: 4 for each weight of a matrix product (2 forward, 2 for the "
        "gradient of its input; with the head, without the input embedding), 6 for each adapter weight, "
        "and 6 · layers · width · length for causal attention. What gradient checkpointing computes again "
        f"does not count. A plain product of 8,192 × 8,192 matrices reached {reached} TFLOP/s on this "
        "card."
    )


def _speeds(lines: Sequence[Line]) -> Iterator[str]:
    yield "| model | trainer | rows at once | checkpointing | tokens/s | MFU | allocated, GB |"
    yield "|---|---|---|---|---|---|---|"
    timed = [
        line for part in SPEEDS for line in _of(lines, part) if "rows" in line and "estimate_gb" not in line
    ]
    for line in sorted(timed, key=lambda line: line["part"].rpartition("-")[2] != "8b"):
        part, _, shape = line["part"].rpartition("-")
        name = NAMES.get(part, line["trainer"]) + (", compiled" if line.get("compiled") else "")
        name += ", padded" if line.get("reading") == "Padded" else ""
        again = "yes" if line["checkpointing"] else "no"
        row = f"| {shape.upper()} | {name} | {line['rows']} | {again} |"
        if "tokens_per_s" not in line:
            yield f"{row} {'out of memory' if line.get('out_of_memory') else 'failed'} | | |"
            continue
        yield f"{row} {line['tokens_per_s']:,.0f} | {line['mfu']:.1%} | {line['allocated_gb']:.1f} |"
    yield ""
    first = ", ".join(
        f"{line['part']} {line['before_first_step_s']:g} s" for line in timed if "before_first_step_s" in line
    )
    yield (
        "The peers ran as they come, at the rows listed and no others (more might be faster): attention by "
        "SDPA, no torch.compile, no Liger kernels (installed, not tried), no packing. clinft compiles "
        "layers, multiplies adapters in bf16 and counts logits in parts; what it does before the first step "
        f"(a trial of the longest batch, compiling) is not in these figures: {first}. Not tried: Unsloth, "
        "LLaMA-Factory, other lengths, several cards."
    )
    yield ""


def _mixed(lines: Sequence[Line]) -> Iterator[str]:
    """No MFU: what all samples share is computed once and counted with each, so it would flatter."""
    if not lines:
        return
    yield (
        "Samples of mixed length behind one shared beginning, 32 a step, a quarter of each sample's own "
        "tokens taught, model 1B. Tokens are those of whole samples: the shared beginning counts with "
        "each, though it is computed once. Batches of new lengths compile new kernels, which the slowest "
        "step shows."
    )
    yield ""
    yield "| way | tokens/s, median | slowest step, s | allocated, GB |"
    yield "|---|---|---|---|"
    for line in lines:
        slowest = f"{max(line['step_s']):.1f}"
        yield f"| {line['trainer']} | {line['tokens_per_s']:,.0f} | {slowest} | {line['allocated_gb']:.1f} |"
    yield ""


def _memory(lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        return
    yield (
        "Memory with gradient checkpointing, not compiled, model 8B, 2,048 tokens a row. Used: what the "
        "driver counts for the whole process at the end, fragmentation included. Estimate: the formula of "
        "`clinft/stages/estimate/machine.py` as it is when this is written. Its term for logits was "
        "changed after the two 16-bit rows were seen, so they are no independent check of it."
    )
    yield ""
    yield "| weights | rows at once | estimate, GB | used, GB | reserved | allocated | estimate / used |"
    yield "|---|---|---|---|---|---|---|"
    for line in lines:
        narrow = "NF4" in line["trainer"]
        guess, used = _estimate(line["rows"], quantised=narrow), line["device_used_gb"]
        yield (
            f"| {'NF4' if narrow else 'bf16'} | {line['rows']} | {guess:.1f} | {used:.1f} | "
            f"{line['reserved_gb']:.1f} | {line['allocated_gb']:.1f} | {guess / used:.2f} |"
        )
    yield ""


def _estimate(rows: int, *, quantised: bool) -> float:
    shape = SHAPES["8b"]
    hidden, ffn, layers = (shape[name] for name in ("hidden_size", "intermediate_size", "num_hidden_layers"))
    # 8 of 32 heads have keys and values of their own.
    layer = 2 * hidden * hidden + 2 * hidden * hidden // 4 + 3 * hidden * ffn + 2 * hidden
    parameters = 2 * VOCABULARY * hidden + layers * layer + hidden
    known = ModelShape(parameters, layers, hidden, ffn, VOCABULARY, tied=False, source="bench")
    return vram_gb(known, lora_parameters(known, 16, ALL_LINEAR), 2048, rows, quantised=quantised).gb


def _exact(lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        return
    yield (
        "Loss and gradients of six samples against one sample at a time in float32 (a Llama of 4 layers "
        "and width 512, adapters not zero). The first row is the yardstick: the plain way in bf16. Off: "
        "the relative difference; twice: whether a second pass has the same bits."
    )
    yield ""
    yield "| way | loss off | gradient off | twice |"
    yield "|---|---|---|---|"
    for line in lines:
        again = {True: "same bits", False: "other bits"}.get(line.get("repeats_bit_for_bit"), "–")
        yield f"| {line['way']} | {line['loss_off']:.1e} | {line['gradient_off']:.3f} | {again} |"
    yield ""


def _failed(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        if "packed_rows_off" in line:
            off = line["packed_rows_off"]
            told = ", ".join(f"{name.replace('_', ' ')} tokens {value:.4f}" for name, value in off.items())
            yield f"NF4, packed rows against rows on their own, padded to: {told} (relative)."
        elif line.get("error"):
            last = line["error"].strip().splitlines()[-1][:160]
            yield f"{line['part']} ended early: {last}"
        elif line.get("skipped"):
            yield f"{line['part']} was skipped: {line['skipped']}."


def _of(lines: Sequence[Line], part: str) -> list[Line]:
    return [line for line in lines if line["part"].rpartition("-")[0] == part and "wall_s" not in line]
