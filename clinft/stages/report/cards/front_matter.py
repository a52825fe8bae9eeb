"""The YAML that Hugging Face reads at the head of a model card, with the tuned model's results.

Source: huggingface.co/docs/hub/model-cards, read 2026-11. `license` is left out: nobody stated one.
"""

from collections.abc import Iterable, Mapping

import yaml

from clinft.artifacts.fact_sheet import FactSheet, Result
from clinft.stages.report import words
from clinft.stages.report.cards.facts.model import WEIGHT_METHODS
from clinft.stages.report.markdown import sanitise

# Hugging Face's names (huggingface.co/metrics, huggingface.co/tasks); what has none keeps its own.
METRICS: Mapping[str, str] = {
    **dict.fromkeys(("macro_f1", "micro_f1", "weighted_f1"), "f1"),
    **dict.fromkeys(("macro_precision", "micro_precision"), "precision"),
    **dict.fromkeys(("macro_recall", "micro_recall"), "recall"),
    **dict.fromkeys(("rouge_1", "rouge_2", "rouge_l"), "rouge"),
    "auroc": "roc_auc",
    "brier": "brier_score",
}
TASKS: Mapping[str, str] = {
    "classification": "text-classification",
    "ner": "token-classification",
    "question_answering": "question-answering",
    "summarization": "summarization",
}


def front_matter(sheet: FactSheet, library: str | None = None) -> str:
    """YAML between `---` lines; `safe_dump` quotes what would be read as anything but text.

    `library`: what loads it, where that is not what training wrote the weights for.
    """
    model = sheet.model
    library = library or ("peft" if model.method in WEIGHT_METHODS else "transformers")
    data: dict[str, object] = {
        "language": ["en"],
        **({} if model.base_kind == "hosted" else {"library_name": library}),
        "pipeline_tag": "text-generation",
        "tags": ["clinical", "synthetic-data", "clinft", model.method],
    }
    if model.base_kind == "hub":
        data["base_model"] = sanitise(model.base_model)
    data["model-index"] = [{"name": sheet.project, "results": list(_results(sheet))}]
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---"


def _results(sheet: FactSheet) -> Iterable[dict[str, object]]:
    evaluation = sheet.evaluation
    tuned = [row for row in evaluation.results if row.system == "tuned"]
    for scoring in dict.fromkeys(row.scoring for row in tuned):
        metrics = [_metric(row) for row in tuned if row.scoring == scoring and row.figure.interval]
        if metrics:
            yield {
                "task": {"type": TASKS.get(evaluation.kind, "text-generation")},
                "dataset": {
                    "name": f"{sheet.project}, synthetic test split",
                    "type": sheet.data.generator,
                    "split": "test",
                    "revision": evaluation.test_sha256,
                },
                "metrics": metrics,
            }


def _metric(row: Result) -> dict[str, object]:
    found = row.figure.interval
    assert found is not None
    return {
        "type": METRICS.get(row.metric, row.metric),
        "name": f"{row.name}, {words.scoring(row.scoring)}: {row.figure.shown}, {row.level} interval, "
        f"n = {found.n:,}",
        "value": found.value,
    }
