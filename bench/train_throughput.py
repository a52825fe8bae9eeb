"""LoRA training side by side: clinft, transformers' Trainer, TRL's SFTTrainer and LLaMA-Factory, same tokens.

Each trainer runs in a process of its own (peak memory is a process's), all of them in turn, several rounds.
LLaMA-Factory pins other versions, so it has an environment of its own, made at first use (6 GB); it adapts
all layers, so it has no part in the rows of the top ones. Needs the extras `train` and `benchmarks`; `make
bench` installs both.
"""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import metadata
from statistics import mean
from typing import Any

from train_workers import NAMES, TRAINERS, Wanted, in_process

TITLE, COMMAND = "LoRA training throughput", "bench/train_throughput.py --record"


def main() -> None:
    options = _options()
    rows = []
    for layers in options.layers:
        chosen = [name for name in options.trainers if name != "llama_factory" or not layers]
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in chosen}
        for turn in range(options.rounds):
            for name in chosen:
                found = in_process(Wanted(options.steps, options.batch_size, layers), name)
                results[name].append(found)
                print(
                    f"round {turn + 1}, {_layers(layers)}, {NAMES[name]}: {found}",
                    file=sys.stderr,
                    flush=True,
                )
        rows += [_row(name, layers, found) for name, found in results.items()]
    text = _section(rows, options)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=12, help="optimizer steps of each run")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2, help="how often each trainer runs, in turn")
    parser.add_argument(
        "--layers", type=int, nargs="+", default=[0, 10], help="adapt the top N layers; 0: all of them"
    )
    parser.add_argument("--trainers", choices=TRAINERS, nargs="+", default=list(TRAINERS))
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    return parser.parse_args()


def _layers(layers: int) -> str:
    return f"top {layers} layers" if layers else "all layers"


def _row(name: str, layers: int, found: list[dict[str, Any]]) -> str:
    speeds = [result["tokens_per_second"] for result in found]
    losses = found[0]["losses"]
    quarter = max(1, len(losses) // 4)
    return (
        f"| {NAMES[name]} | {_layers(layers)} | {mean(speeds):.0f} | {min(speeds):.0f}–{max(speeds):.0f} | "
        f"{max(result['peak_gib'] for result in found):.1f} | {mean(losses[:quarter]):.2f} | "
        f"{mean(losses[-quarter:]):.2f} |"
    )


def _section(rows: list[str], options: argparse.Namespace) -> str:
    from record import processor

    packages = ("torch", "transformers", "peft", *(["trl"] if "trl" in options.trainers else []))
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    setting = (
        f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}. "
        f"SmolLM2-135M, LoRA r = 16 on all linear layers, fp32, batch {options.batch_size}, "
        f"{options.steps} steps, the example project's samples, completion-only loss, like lengths batched "
        f"together; {options.rounds} rounds in turn. Tokens are those of whole samples, prompt and answer, "
        "without padding. Peak memory is that of the whole process (VmHWM). Losses, in nats per answer "
        "token, are means of the first and of the last quarter of the steps: each trainer draws its own "
        "batches and warms up in its own way, so they agree within noise and not in their digits."
    )
    if "llama_factory" in options.trainers:
        from llama_factory_peer import versions

        setting += f" LLaMA-Factory in an environment of its own: {versions()}."
    head = (
        "| trainer | adapted | tokens/s, mean | range | peak memory, GiB | loss at first | at last |\n"
        "|---|---|---|---|---|---|---|"
    )
    day = datetime.now(UTC).date().isoformat()
    return "\n".join([f"### {day}", "", setting, "", head, *rows, ""])


if __name__ == "__main__":
    main()
