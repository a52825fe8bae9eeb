"""What a hand-made run gave: model, evaluation, regression and the prompt assessment, as plain values."""

from clinft.artifacts.model import LossPoint, TrainedModel
from clinft.artifacts.planning import Interval
from clinft.artifacts.prompt_assessment import PromptAssessment, StrategyResult
from clinft.artifacts.results import (
    CriticalFlip,
    EvaluationReport,
    LabelResult,
    MetricChange,
    MetricResult,
    PairedGain,
    RegressionVerdict,
    SystemResult,
    ThresholdResult,
)
from tests.fakes.run_inputs import LABELS, base_model, digest, estimate, run_id


def wilson(value: float, low: float, high: float, n: int = 60) -> Interval:
    return Interval(value=value, low=low, high=high, n=n, confidence=0.95, method="Wilson score")


def bootstrap(value: float, low: float, high: float, n: int = 60) -> Interval:
    method = "bootstrap over items, 2,000 resamples"
    return Interval(value=value, low=low, high=high, n=n, confidence=0.95, method=method)


def model() -> TrainedModel:
    return TrainedModel(
        provider="peft",
        base_model=base_model(),
        fine_tuned_model="adapter",
        steps=12,
        samples=180,
        answer_tokens=900,
        trainable_parameters=4_884_480,
        loss=(
            LossPoint(step=0, tokens=0, validation_loss=4.1),
            LossPoint(step=2, tokens=150, training_loss=3.2),
            LossPoint(step=4, tokens=300, training_loss=1.9),
            LossPoint(step=6, tokens=450, training_loss=1.1, validation_loss=1.0),
            LossPoint(step=9, tokens=675, training_loss=0.6),
            LossPoint(step=12, tokens=900, training_loss=0.4, validation_loss=0.7),
        ),
        plan_digest=estimate().plan_digest,
        training_file=digest("5"),
        validation_file=digest("9"),
        weights={"adapter_model.safetensors": digest("e")},
    )


def evaluation(labels: tuple[str, ...] = LABELS, text: str | None = None) -> EvaluationReport:
    first, second, third = labels
    tuned_confusion = {
        first: {first: 17, second: 2, third: 1},
        second: {second: 13, first: 4, "": 3},
        third: {third: 14, first: 6},
    }
    return EvaluationReport(
        test_sha256=digest("4"),
        n=60,
        systems=(
            _system("base_zero_shot", "closed_labels", wilson(0.35, 0.242, 0.476), 0.29, 9.75),
            _system(
                "base_zero_shot", "generated_text", wilson(0.0, 0.0, 0.06), 0.0, None, parse_failure_rate=1.0
            ),
            _system("base_prompt", "closed_labels", wilson(0.417, 0.301, 0.543), 0.38, 6.2),
            _system(
                "base_prompt",
                "generated_text",
                wilson(0.3, 0.199, 0.425),
                0.27,
                None,
                parse_failure_rate=0.217,
            ),
            _system("tuned", "closed_labels", wilson(0.767, 0.646, 0.856), 0.766, 1.42),
            _system(
                "tuned",
                "generated_text",
                wilson(0.733, 0.61, 0.829),
                0.748,
                None,
                confusion=tuned_confusion,
                parse_failure_rate=0.05,
                labels=(
                    LabelResult(
                        label=first,
                        support=20,
                        precision=0.63,
                        recall=wilson(0.85, 0.64, 0.948, 20),
                        f1=0.723,
                    ),
                    LabelResult(
                        label=second,
                        support=20,
                        precision=0.867,
                        recall=wilson(0.65, 0.433, 0.819, 20),
                        f1=0.743,
                    ),
                    LabelResult(
                        label=third, support=20, precision=None, recall=wilson(0.7, 0.481, 0.855, 20), f1=None
                    ),
                ),
            ),
        ),
        gains=(
            PairedGain(
                against="base_zero_shot",
                scoring="closed_labels",
                difference=bootstrap(0.417, 0.267, 0.567),
                p_value=0.00002,
                intervals_overlap=False,
            ),
            PairedGain(
                against="base_prompt",
                scoring="closed_labels",
                difference=bootstrap(0.35, 0.2, 0.5),
                p_value=0.0004,
                intervals_overlap=False,
            ),
        ),
        thresholds=(
            ThresholdResult(
                metric="accuracy", bound="at least 0.6", met=True, detail=text or "lower bound 0.610"
            ),
            ThresholdResult(
                metric="parse_failure_rate",
                bound="at most 0.05",
                met=True,
                detail=text or "upper bound 0.050",
            ),
        ),
        thresholds_met=True,
    )


def _system(
    system: str,
    scoring: str,
    accuracy: Interval,
    macro_f1: float,
    perplexity: float | None,
    *,
    confusion: dict[str, dict[str, int]] | None = None,
    parse_failure_rate: float | None = None,
    labels: tuple[LabelResult, ...] = (),
) -> SystemResult:
    def metric(name: str, higher: bool, found: Interval | None, missing: str | None = None) -> MetricResult:
        return MetricResult(metric=name, higher_is_better=higher, interval=found, missing=missing)

    spread = 0.08
    parse = None if parse_failure_rate is None else wilson(parse_failure_rate, parse_failure_rate, 1.0)
    return SystemResult.model_validate(
        {
            "system": system,
            "scoring": scoring,
            "metrics": (
                metric("accuracy", True, accuracy),
                metric("macro_f1", True, bootstrap(macro_f1, max(0.0, macro_f1 - spread), macro_f1 + spread)),
                metric(
                    "parse_failure_rate", False, parse, None if parse else "labels are scored, not parsed"
                ),
                metric(
                    "perplexity",
                    False,
                    bootstrap(perplexity, perplexity * 0.9, perplexity * 1.1) if perplexity else None,
                    None if perplexity else "measured on the right answer, see likeliest label",
                ),
                metric("critical_recall", True, wilson(0.85, 0.64, 0.948, 20)),
            ),
            "labels": labels,
            "confusion": confusion or {},
            "items_sha256": digest("f"),
        }
    )


def regression(text: str | None = None) -> RegressionVerdict:
    return RegressionVerdict(
        status="FIRST",
        baseline_run_id=None,
        candidate_run_id=run_id(),
        metrics=(),
        critical_flips=(),
        recommendation="deploy",
        reason=text or "Nothing is deployed yet and every threshold is met.",
    )


def failed_regression(labels: tuple[str, ...] = LABELS, text: str | None = None) -> RegressionVerdict:
    """Against a baseline, with a metric that lost too much and one critical case that flipped."""
    return RegressionVerdict(
        status="FAIL",
        baseline_run_id="aaaaaaaaaaaa-a1",
        candidate_run_id=run_id(),
        metrics=(
            MetricChange(
                metric="accuracy",
                baseline=0.8,
                candidate=0.733,
                difference=bootstrap(-0.067, -0.15, 0.017),
                margin=0.02,
                status="FAIL",
                detail=text or "the loss may exceed the margin",
            ),
            MetricChange(
                metric="macro_f1",
                baseline=None,
                candidate=0.748,
                difference=None,
                margin=0.03,
                status="NOT_COMPARABLE",
                detail="the baseline did not measure it",
            ),
        ),
        critical_flips=(CriticalFlip(item="test-0007", target=labels[0], prediction=None),),
        recommendation="iterate",
        reason=text or "Accuracy fell by more than its margin.",
    )


def assessment(text: str | None = None) -> PromptAssessment:
    return PromptAssessment(
        verdict="FINE_TUNE",
        reason=text or "No prompt reaches the target on the dev split.",
        target=0.6,
        target_metric="accuracy",
        strategies=(
            StrategyResult(
                strategy="zero_shot, closed_labels",
                accuracy=wilson(0.333, 0.192, 0.512, 30),
                parse_failures=None,
                prompt_tokens_mean=118.4,
            ),
            StrategyResult(
                strategy=text or "few_shot, generated_text",
                accuracy=wilson(0.267, 0.142, 0.444, 30),
                parse_failures=8,
                prompt_tokens_mean=402.0,
            ),
        ),
        recommended="zero_shot",
        dev_sha256=digest("3"),
    )
