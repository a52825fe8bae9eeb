"""Which metrics are for which kind of task, and what is measured where a spec does not say."""

from collections.abc import Mapping
from typing import get_args

from clinft.spec.evaluation import EvaluationSpec, Margin, MetricName, RegressionSpec

CLASSIFICATION, CODING, EXTRACTION, NER = "classification", "coding", "extraction", "ner"
QUESTION_ANSWERING = "question_answering"
TEXTS = ("summarization", "dialogue_to_note")
# What gains, subgroups and summaries are told in.
MAIN_METRIC: Mapping[str, MetricName] = {
    CLASSIFICATION: "accuracy",
    CODING: "score",
    EXTRACTION: "score",
    NER: "score",
    QUESTION_ANSWERING: "score",
    "summarization": "score",
    "dialogue_to_note": "score",
    "generation": "score",
}
DEFAULT_METRICS: Mapping[str, tuple[MetricName, ...]] = {
    CLASSIFICATION: ("accuracy", "macro_f1", "parse_failure_rate", "perplexity"),
    CODING: (
        "score", "micro_f1", "exact_match", "code_validity", "category_credit", "parse_failure_rate",
        "refusal_rate",
    ),
    EXTRACTION: (
        "score", "micro_f1", "exact_match", "schema_validity", "hallucination_rate", "parse_failure_rate",
        "refusal_rate",
    ),
    NER: (
        "score", "micro_f1", "exact_match", "clinical_term_accuracy", "hallucination_rate",
        "parse_failure_rate", "refusal_rate",
    ),
    QUESTION_ANSWERING: (
        "score", "exact_match", "hallucination_rate", "parse_failure_rate", "refusal_rate",
    ),
    **dict.fromkeys(
        TEXTS,
        (
            "score", "clinical_term_accuracy", "omission_rate", "critical_omission_rate",
            "hallucination_rate", "hallucinated_share", "rouge_1", "rouge_l", "parse_failure_rate",
            "refusal_rate",
        ),
    ),
}  # fmt: skip
_UNITS = frozenset({CLASSIFICATION, CODING, EXTRACTION, NER})
_WORDS = frozenset({QUESTION_ANSWERING, *TEXTS})
_CLAIMS = _WORDS | {EXTRACTION, NER}
# A metric that is not here is for every kind. As the metrics themselves say it (a test compares).
ONLY_FOR: Mapping[MetricName, frozenset[str]] = {
    **dict.fromkeys(
        (
            "macro_f1", "macro_precision", "macro_recall", "weighted_f1", "over_triage_rate", "brier",
            "log_loss", "calibration_error", "auroc",
        ),
        frozenset({CLASSIFICATION}),
    ),
    **dict.fromkeys(("micro_f1", "micro_precision", "micro_recall"), _UNITS),
    "exact_match": _UNITS | {QUESTION_ANSWERING},
    "schema_validity": frozenset({EXTRACTION, NER}),
    **dict.fromkeys(("rouge_1", "rouge_2", "rouge_l"), _WORDS),
    **dict.fromkeys(("clinical_term_accuracy", "clinical_term_accuracy_relaxed"), _CLAIMS | {CODING}),
    **dict.fromkeys(("code_validity", "category_credit"), frozenset({CODING})),
    **dict.fromkeys(
        ("hallucination_rate", "hallucinated_share", "omission_rate", "critical_omission_rate"), _CLAIMS
    ),
}  # fmt: skip
# The loss that still counts as no worse, where a spec does not say.
DEFAULT_MARGIN = 0.02


def is_for(metric: MetricName, kind: str) -> bool:
    return metric not in ONLY_FOR or kind in ONLY_FOR[metric]


def metrics_for(kind: str) -> tuple[MetricName, ...]:
    return tuple(name for name in get_args(MetricName) if is_for(name, kind))


def evaluation_of(kind: str, evaluation: EvaluationSpec) -> EvaluationSpec:
    """With the metrics of this kind of task, where the section names none."""
    if "metrics" in evaluation.model_fields_set or kind not in DEFAULT_METRICS or kind == CLASSIFICATION:
        return evaluation
    return evaluation.model_copy(update={"metrics": DEFAULT_METRICS[kind]})


def regression_of(kind: str, regression: RegressionSpec) -> RegressionSpec:
    """With a margin of this kind's main metric, where the section names none."""
    if "margins" in regression.model_fields_set or kind not in MAIN_METRIC or kind == CLASSIFICATION:
        return regression
    margin = Margin(metric=MAIN_METRIC[kind], margin=DEFAULT_MARGIN)
    return regression.model_copy(update={"margins": (margin,)})
