"""Tasks for lm-eval, made here from our definitions: no YAML of others is read, so none can run code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from clinft.adapters.benchmarks.benchmark import Benchmark, Item
from clinft.artifacts.answers import parse_answer

if TYPE_CHECKING:
    from lm_eval.api.task import ConfigurableTask

ACCURACY = "acc"
ROUGE = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeLsum"}


def task_of(benchmark: Benchmark, items: Sequence[Item], scored: bool, longest: int) -> "ConfigurableTask":
    """`scored`: the likeliest of the choices, as lm-eval finds it; else free answers, read by our parser."""
    import datasets
    from lm_eval.api.task import ConfigurableTask

    rows = [
        {"id": one.id, "question": one.question, "gold": one.gold, "choices": list(one.choices)}
        for one in items
    ]
    split = datasets.Dataset.from_list(rows)
    names = list(ROUGE) if benchmark.judged == "rouge" else [ACCURACY]
    config: dict[str, Any] = {
        "task": f"clinft-{benchmark.slug}",
        "custom_dataset": lambda **_: {"test": split},
        "test_split": "test",
        "description": benchmark.instruction,
        "doc_to_text": lambda row: row["question"],
        "num_fewshot": 0,
        "metric_list": [{"metric": name, "aggregation": "mean", "higher_is_better": True} for name in names],
    }
    if scored:
        config |= {
            "output_type": "multiple_choice",
            "doc_to_choice": lambda row: row["choices"],
            "doc_to_target": lambda row: row["choices"].index(row["gold"]),
        }
    else:
        config |= {
            "output_type": "generate_until",
            "generation_kwargs": {"until": [], "do_sample": False, "max_gen_toks": longest},
            "doc_to_target": lambda row: row["gold"],
            "process_results": _rouge if benchmark.judged == "rouge" else _right,
        }
    return ConfigurableTask(config=config)


def _right(row: dict[str, Any], answers: Sequence[str]) -> dict[str, float]:
    """An answer that is none of the choices is wrong, never left out."""
    return {ACCURACY: float(parse_answer(answers[0], row["choices"]) == row["gold"])}


def _rouge(row: dict[str, Any], answers: Sequence[str]) -> dict[str, float]:
    """F1 of words, pairs and longest common subsequence by sentence: Lin 2004, with Porter's stemmer."""
    from rouge_score.rouge_scorer import RougeScorer

    scores = RougeScorer(list(ROUGE.values()), use_stemmer=True).score(row["gold"], answers[0])
    return {ours: scores[theirs].fmeasure for ours, theirs in ROUGE.items()}
