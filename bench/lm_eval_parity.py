"""Same predictions, same numbers: our accuracy and standard error against lm-eval's, on real benchmark files.

    python bench/lm_eval_parity.py FOLDER [--model builtin:smollm2-135m --items 100] [--record]

FOLDER holds PubMedQA's ori_pqal.json and test_ground_truth.json (docs/benchmarks-public.md), and MEDEC's
test file where you have it. Three models with fixed predictions answer each benchmark, as scored labels and
as free answers; `--model` adds a real one on the first items by digest. Exits with 1 where a number differs
by more than 1e-9. Needs the extra `benchmarks`.
"""

import argparse
import math
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import record

if TYPE_CHECKING:
    from clinft.adapters.benchmarks import Benchmark, Item
    from clinft.ports.models import LabelScore, LanguageModel

SLUGS = ("pubmedqa", "medec")
TOLERANCE = 1e-9
# Predictions are a draw, not a secret.
SEED = 20261126


class Fixed:
    """A model whose prediction for each question is given; its free answer is that word in a frame."""

    used = (0, 0)

    def __init__(self, predictions: dict[str, str], has_logprobs: bool) -> None:
        self._predictions, self.has_logprobs = predictions, has_logprobs

    def score_labels(self, conversations: Any, labels: Sequence[str], task: Any) -> "list[list[LabelScore]]":
        from clinft.ports.models import LabelScore

        said = [self._predictions[turns[-1].content] for turns in conversations]
        return [[LabelScore(-0.5 if label == one else -2.0, 1) for label in labels] for one in said]

    def generate(self, conversations: Any, longest: int, task: Any, sampling: Any = None) -> list[str]:
        return [f"**{self._predictions[turns[-1].content].title()}**." for turns in conversations]

    def count_tokens(self, conversations: Any) -> list[int]:
        return [sum(len(turn.content.split()) for turn in turns) for turns in conversations]


@dataclass(frozen=True)
class Row:
    benchmark: str
    model: str
    read: str
    n: int
    accuracy: float
    low: float
    high: float
    theirs: float
    error: float
    their_error: float

    @property
    def furthest(self) -> float:
        """Infinite where one is no number: that is not equal."""
        apart = (abs(self.accuracy - self.theirs), abs(self.error - self.their_error))
        return max(math.inf if math.isnan(one) else one for one in apart)


def fixed_models(items: "Sequence[Item]") -> dict[str, Callable[[bool], "LanguageModel"]]:
    """By name. The right answer in 70 % of the items at random; one label always; a label at random."""
    rng = random.Random(SEED)
    seventy = {one.question: one.gold if rng.random() < 0.7 else rng.choice(one.choices) for one in items}
    first = {one.question: one.choices[0] for one in items}
    chance = {one.question: rng.choice(one.choices) for one in items}
    tables = {"right in 70 %, else at random": seventy, "always the first label": first, "random": chance}

    def of(table: dict[str, str]) -> Callable[[bool], "LanguageModel"]:
        return lambda scored: Fixed(table, scored)

    return {name: of(table) for name, table in tables.items()}


def measured(benchmark: "Benchmark", items: "Sequence[Item]", name: str, model: "LanguageModel") -> Row:
    from clinft.adapters.benchmarks.harness import run
    from clinft.adapters.progress import LineProgress
    from clinft.stages.benchmark.stage import main_values, metrics_of, standard_error

    made = run(benchmark, items, model, "base", LineProgress(lambda text: None))
    accuracy = metrics_of(made.rows, benchmark.labels, made.scoring, 0.95)[0].interval
    error = standard_error(main_values(made.rows))
    assert accuracy is not None
    assert error is not None
    return Row(
        benchmark.slug,
        name,
        made.scoring,
        len(made.rows),
        accuracy.value,
        accuracy.low,
        accuracy.high,
        made.peer["acc"],
        error,
        made.peer.get("acc_stderr", math.nan),
    )


def of_real(benchmark: "Benchmark", items: "Sequence[Item]", ref: str, count: int) -> Row:
    from clinft import wiring
    from clinft.adapters.model.store import LocalModelStore
    from clinft.adapters.progress import LineProgress

    store = LocalModelStore(
        Path.cwd(), wiring.surroundings().cache / "models", LineProgress(lambda text: None)
    )
    asked = sorted(items, key=lambda item: item.sha256)[:count]
    return measured(benchmark, asked, ref, store.open(store.identify(ref, None)))


def table(rows: Sequence[Row]) -> str:
    lines = [
        "| benchmark | model | read as | n | accuracy, ours | 95 % Wilson | lm-eval | standard error, ours "
        "| lm-eval | largest difference |",
        "|---|---|---|---:|---:|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.benchmark} | {row.model} | {row.read} | {row.n} | {row.accuracy:.6f} "
        f"| {row.low:.3f}–{row.high:.3f} | {row.theirs:.6f} | {row.error:.9f} | {row.their_error:.9f} "
        f"| {row.furthest:.1e} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", help="a model of this machine, e.g. builtin:smollm2-135m")
    parser.add_argument("--items", type=int, default=40, help="how many items the model is asked")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    arguments = parser.parse_args()

    from importlib.metadata import version

    from clinft.adapters.benchmarks import TABLE, files
    from clinft.errors import SpecError

    rows = []
    for slug in SLUGS:
        benchmark = TABLE[slug]
        try:
            items = benchmark.read(files.located(slug, benchmark.files, arguments.folder, "see docs"))
        except SpecError as error:
            if slug == SLUGS[0]:
                raise SystemExit(str(error)) from None
            print(f"{slug} is left out: its file is not there.")
            continue
        for name, model in fixed_models(items).items():
            rows += [measured(benchmark, items, name, model(scored)) for scored in (True, False)]
        if arguments.model:
            rows.append(of_real(benchmark, items, arguments.model, arguments.items))
    text = table(rows)
    print(text)
    worst = max(row.furthest for row in rows)
    same = worst <= TOLERANCE
    print(f"largest difference {worst:.1e}: {'the same' if same else 'NOT the same'}")
    if arguments.record:
        record.append(
            "Public benchmarks: the same numbers as lm-eval",
            "bench/lm_eval_parity.py FOLDER --model builtin:smollm2-135m --record",
            f"{datetime.now(UTC).date()}, {record.processor()}, lm-eval {version('lm-eval')}. "
            f"Tolerance {TOLERANCE:.0e}; largest difference {worst:.1e}.\n\n{text}",
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
