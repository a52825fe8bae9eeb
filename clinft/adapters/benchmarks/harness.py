"""One benchmark and one model through lm-eval: a row per item, and what lm-eval itself makes of the whole."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from clinft.adapters.benchmarks.benchmark import Benchmark, Item
from clinft.adapters.benchmarks.language_model import as_harness_model
from clinft.adapters.benchmarks.tasks import task_of
from clinft.artifacts.answers import likeliest, most_new_tokens, parse_answer
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.data import Message
from clinft.artifacts.results import ItemResult
from clinft.errors import MissingExtra
from clinft.ports.models import LanguageModel
from clinft.ports.progress import Progress

PACKAGE = "lm-eval"
CLOSED, GENERATED = "closed_labels", "generated_text"
# What lm-eval calls its own results where no filter has a name of its own.
UNFILTERED = ",none"


@dataclass(frozen=True)
class Harnessed:
    """`peer`: lm-eval's own aggregates by its names, e.g. acc and acc_stderr; those that it has no number
    for are left out."""

    scoring: str
    rows: tuple[ItemResult, ...]
    peer: dict[str, float]
    version: str


def longest_answer(benchmark: Benchmark, items: Sequence[Item], model: LanguageModel) -> int:
    """Tokens that a free answer may have."""
    if benchmark.judged == "rouge":
        return benchmark.longest
    choices = sorted({choice for item in items for choice in item.choices})
    said = [[Message(role="assistant", content=choice)] for choice in choices]
    return most_new_tokens(model.count_tokens(said))


def run(
    benchmark: Benchmark, items: Sequence[Item], model: LanguageModel, system: str, progress: Progress
) -> Harnessed:
    """Labels are scored where the model tells their probability; else it answers freely.

    Raises MissingExtra without lm-eval, ServiceError where the model's numbers are none.
    """
    scored = benchmark.judged == "choice" and model.has_logprobs
    longest = 0 if scored else longest_answer(benchmark, items, model)
    with _quiet() as evaluator:
        task = task_of(benchmark, items, scored, longest)
        name = task.config.task
        found = evaluator.evaluate(
            lm=as_harness_model(model, f"{benchmark.slug}, {system}", progress),
            task_dict={"tasks": {name: task}, "groups": {}, "group_map": {}},
            # Of a mean lm-eval knows the standard error; nothing is resampled.
            bootstrap_iters=1,
            log_samples=True,
            apply_chat_template=True,
            fewshot_as_multiturn=True,
        )
    by_id = {item.id: item for item in items}
    scoring = CLOSED if scored else GENERATED
    rows = [
        _row(benchmark, by_id[sample["doc"]["id"]], sample, system, scoring)
        for sample in sorted(found["samples"][name], key=lambda sample: str(sample["doc"]["id"]))
    ]
    return Harnessed(scoring, tuple(rows), _peer(found["results"][name]), version(PACKAGE))


def _row(benchmark: Benchmark, item: Item, sample: dict[str, Any], system: str, scoring: str) -> ItemResult:
    """Neither the question nor what was answered: ids, one of the choices, numbers, a digest."""
    base: dict[str, Any] = {
        "item": f"{benchmark.slug}/{item.id}",
        "item_sha256": item.sha256,
        "system": system,
        "scoring": scoring,
        "answer_nll_nats": None,
        "answer_tokens": None,
    }
    if scoring == CLOSED:
        said = likeliest(item.choices, [score for score, _ in sample["filtered_resps"]])
        return ItemResult(**base, target=item.gold, prediction=said, correct=said == item.gold)
    answer = sample["filtered_resps"][0]
    digest = digest_bytes(answer.encode(errors="replace"))
    if benchmark.judged == "choice":
        read = parse_answer(answer, item.choices)
        return ItemResult(
            **base, target=item.gold, prediction=read, correct=read == item.gold, output_sha256=digest
        )
    values = {name: float(sample[name]) for name in sample["metrics"]}
    return ItemResult(
        **base,
        target=None,
        prediction=None,
        correct=False,
        parsed=bool(answer.strip()),
        score=values["rouge_l"],
        values=values,
        output_sha256=digest,
    )


def _peer(results: dict[str, Any]) -> dict[str, float]:
    return {
        name.removesuffix(UNFILTERED): float(value)
        for name, value in sorted(results.items())
        if name.endswith(UNFILTERED) and isinstance(value, int | float)
    }


@contextmanager
def _quiet() -> Iterator[Any]:
    """lm_eval's evaluator; inside, its log and its bars are silent: the log is ours to write."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from lm_eval import evaluator
            from lm_eval.api import task as tasks
    except ImportError:
        raise MissingExtra("benchmarks", "A public benchmark") from None
    logger, bar = logging.getLogger("lm_eval"), tasks.tqdm
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    tasks.tqdm = lambda rows, *_, **__: rows
    try:
        yield evaluator
    finally:
        tasks.tqdm = bar
        logger.setLevel(level)
