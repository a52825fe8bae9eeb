"""The words that readers meet for the names that artifacts use, and which result speaks for the run."""

from clinft.artifacts.results import (
    EvaluationReport,
    LabelResult,
    MetricResult,
    PairedGain,
    SystemResult,
    ThresholdResult,
)

SYSTEMS = {
    "base_zero_shot": "base model, zero-shot",
    "base_prompt": "base model, with prompt",
    "tuned": "tuned model",
    "deployed": "deployed model",
}
SCORINGS = {
    "closed_labels": "likeliest label",
    "generated_text": "free answer",
    "generated_text_vs_closed_labels": "free answer against likeliest label",
}
METRICS = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "macro_precision": "macro precision",
    "macro_recall": "macro recall",
    "micro_f1": "micro-F1",
    "micro_precision": "micro precision",
    "micro_recall": "micro recall",
    "weighted_f1": "weighted F1",
    "score": "mean score",
    "exact_match": "exact match",
    "parse_failure_rate": "parse failures",
    "schema_validity": "answers valid by the schema",
    "perplexity": "perplexity",
    "bits_per_byte": "bits per byte",
    "brier": "Brier score",
    "log_loss": "log loss",
    "calibration_error": "calibration error (ECE)",
    "auroc": "AUROC",
    "rouge_1": "ROUGE-1 F",
    "rouge_2": "ROUGE-2 F",
    "rouge_l": "ROUGE-L F",
    "clinical_term_accuracy": "clinical term accuracy",
    "clinical_term_accuracy_relaxed": "clinical term accuracy, relaxed",
    "code_validity": "codes that exist",
    "category_credit": "codes, 3-character credit",
    "hallucination_rate": "hallucination rate",
    "hallucinated_share": "answers with any hallucination",
    "omission_rate": "omission rate",
    "critical_omission_rate": "critical omission rate",
    "critical_recall": "critical recall",
    "over_triage_rate": "over-triage",
    "refusal_rate": "refusals",
}
ERRORS = {
    "format": "the form of the answer",
    "negation_or_context": "negated, past or a relative's",
    "missing_facts": "facts left out",
    "numeric": "numbers, units, doses",
    "convention_or_terms": "convention or terms",
    "other": "no rule says what",
}
APPROVALS = {
    "review": "review of the pull request",
    "interactive": "answer at the terminal",
    "yes_flag": "`--yes` on the command line",
}
REGRESSION = {
    "FIRST": "first run, nothing is deployed to compare with",
    "PASS": "no worse than the baseline",
    "WARN": "neither shown to be as good as the baseline, nor shown to be worse",
    "FAIL": "worse than the baseline",
    "CRITICAL": "a danger to patients: it must not be used",
    "INCOMPARABLE": "cannot be compared with the baseline",
}
SAFETY = {
    "sentinels": "sentinel cases: none may be newly missed",
    "critical_recall": "recall of critical cases: its lower bound",
    "critical_flips": "critical cases that were right and are now wrong",
    "hallucination": "statements that the record does not hold",
    "critical_omission": "critical facts that are left out",
    "subgroup": "the worst subgroup",
}
REFERENCES = {
    "deployed": "deployed now",
    "approved": "approved once, and kept as the fixed point",
    "given": "given",
}


def system(name: str) -> str:
    return SYSTEMS.get(name, name)


def scoring(name: str) -> str:
    return SCORINGS.get(name, name)


def met(result: ThresholdResult) -> str:
    if not result.certifiable:
        return "**not certifiable at this n**"
    return {True: "yes", False: "**no**", None: "not measurable here"}[result.met]


def error(name: str) -> str:
    return ERRORS.get(name, name)


def metric(name: str) -> str:
    return METRICS.get(name, name)


def find_metric(result: SystemResult, name: str) -> MetricResult | None:
    return next((found for found in result.metrics if found.metric == name), None)


def primary(evaluation: EvaluationReport) -> SystemResult | None:
    """The tuned model as it would be used, answering freely; else however it was scored."""
    tuned = [result for result in evaluation.systems if result.system == "tuned"]
    free = [result for result in tuned if result.scoring == "generated_text"]
    return next(iter(free or tuned), None)


def smallest_gain(evaluation: EvaluationReport) -> PairedGain | None:
    """Against the strongest way of asking the base model: the fairest single number."""
    of_base = (gain for gain in evaluation.gains if gain.against.startswith("base_"))
    return min(of_base, key=lambda gain: gain.difference.value, default=None)


def weakest_label(result: SystemResult) -> LabelResult | None:
    """The class that is found least often: an average hides it."""
    return min(result.labels, key=lambda row: row.recall.value, default=None)
