"""The loss of each step, by clinft and by its peers, on the same batches at the same learning rates.

SmolLM2-135M and LoRA on all linear layers, the example project's samples in clinft's order, one process after
another. What a trainer differs from clinft by stands beside what clinft differs from itself by, where the
adapter begins with other random weights. LLaMA-Factory makes its own first weights, from the same seed, in an
environment of its own (bench/train_throughput.py). Needs the extras `train` and
`benchmarks`; `make bench` installs both.
"""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from train_workers import NAMES, TRAINERS, Wanted, in_process

TITLE, COMMAND = "Loss of each training step", "bench/loss_curves.py --record"
AGAIN = "clinft, other first weights"


def main() -> None:
    options = _options()
    losses: dict[str, list[float]] = {}
    for name, trainer, seed in [("clinft", "clinft", 0), (AGAIN, "clinft", 1), *_peers(options)]:
        wanted = Wanted(options.steps, options.batch_size, same_batches=True, seed=seed)
        losses[name] = in_process(wanted, trainer)["losses"]
        print(f"{name}: {losses[name]}", file=sys.stderr, flush=True)
    text = _section(losses, options)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=24, help="optimizer steps, at most one epoch of them")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--peers", choices=TRAINERS[1:], nargs="+", default=list(TRAINERS[1:]))
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    return parser.parse_args()


def _peers(options: argparse.Namespace) -> list[tuple[str, str, int]]:
    return [(NAMES[trainer], trainer, 0) for trainer in options.peers]


def _section(losses: dict[str, list[float]], options: argparse.Namespace) -> str:
    from record import processor

    packages = ["torch", "transformers", "peft", *(["trl"] if "trl" in options.peers else [])]
    setting = (
        f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{', '.join(f'{name} {metadata.version(name)}' for name in packages)}. SmolLM2-135M, LoRA r = 16 on "
        f"all linear layers, fp32, {options.steps} steps of {options.batch_size} samples of the example "
        "project, completion-only loss in nats per answer token. Differences: from the first row, by step."
    )
    if "llama_factory" in options.peers:
        from llama_factory_peer import versions

        setting += f" LLaMA-Factory in an environment of its own: {versions()}."
    shown = sorted({0, 1, options.steps // 4, options.steps // 2, options.steps - 1})
    head = (
        f"| trainer | {' | '.join(f'step {step + 1}' for step in shown)} | difference, mean | largest |\n"
        f"|---|{'---|' * (len(shown) + 2)}"
    )
    rows = [_row(name, found, losses["clinft"], shown) for name, found in losses.items()]
    day = datetime.now(UTC).date().isoformat()
    return "\n".join([f"### {day}", "", setting, "", head, *rows, ""])


def _row(name: str, found: list[float], first: list[float], shown: list[int]) -> str:
    cells: list[Any] = [f"{found[step]:.3f}" for step in shown]
    gaps = [abs(a - b) for a, b in zip(found, first, strict=True)]
    cells += ["–", "–"] if found is first else [f"{sum(gaps) / len(gaps):.4f}", f"{max(gaps):.4f}"]
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
