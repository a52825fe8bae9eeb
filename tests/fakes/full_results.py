"""What a hand-made run gave where every part of evaluation and gate had its say, and for tasks without labels."""

from clinft.artifacts.results import (
    ErrorGroup,
    EvaluationReport,
    Memorised,
    MetricChange,
    MetricResult,
    OutputsAudit,
    PairedGain,
    Reference,
    RegressionVerdict,
    ReliabilityBin,
    SafetyCheck,
    SliceResult,
    SubgroupChange,
    SystemResult,
)
from clinft.spec.evaluation import LOWER_IS_BETTER
from tests.fakes.run_inputs import LABELS, digest
from tests.fakes.run_results import bootstrap, evaluation, failed_regression, wilson


def full_evaluation(labels: tuple[str, ...] = LABELS) -> EvaluationReport:
    """With all that a later evaluation tells: subgroups, one of them too small, memory, outputs, looks."""
    made = evaluation(labels)
    slices = (
        SliceResult(
            slice="age_band", value="65-79", n=24, metric="accuracy", interval=wilson(0.667, 0.467, 0.82, 24)
        ),
        SliceResult(
            slice="sex", value="female", n=31, metric="accuracy", interval=wilson(0.774, 0.602, 0.886, 31)
        ),
        SliceResult(
            slice="age_band",
            value="90-plus",
            n=3,
            metric="accuracy",
            interval=None,
            missing="3 items, fewer than the 20 that a figure needs",
        ),
        SliceResult(
            slice="sex", value="female", n=31, metric="critical_recall", interval=wilson(0.8, 0.49, 0.943, 10)
        ),
    )
    brier = MetricResult(
        metric="brier",
        higher_is_better=False,
        interval=bootstrap(0.214, 0.171, 0.263),
        note="a model that always answers the most frequent class reaches 0.667",
    )
    bins = tuple(
        ReliabilityBin(
            low=low, high=low + 0.1, n=20, confidence=low + 0.05, right=wilson(low, low - 0.2, low + 0.15, 20)
        )
        for low in (0.5, 0.7, 0.8)
    )
    more: dict[tuple[str, str], dict[str, object]] = {
        ("tuned", "generated_text"): {"slices": slices},
        ("tuned", "closed_labels"): {"reliability": bins},
    }
    systems = tuple(
        result.model_copy(
            update={
                **more.get((result.system, result.scoring), {}),
                **({"metrics": (*result.metrics, brier)} if result.system == "tuned" else {}),
            }
        )
        for result in made.systems
    )
    return made.model_copy(
        update={
            "systems": systems,
            "looks": 4,
            "absent": {"deployed": "its weights are not on this machine"},
            "caveats": ("Item test-0031 has no likelihood of the right answer.",),
            "errors": (
                ErrorGroup(
                    category="convention_or_terms",
                    n=13,
                    share=wilson(0.813, 0.57, 0.934, 16),
                    critical=3,
                    items=("test-0007",),
                ),
                ErrorGroup(category="no_label", n=3, share=wilson(0.188, 0.066, 0.43, 16)),
            ),
            "memorised": Memorised(
                probed=32,
                continued=wilson(0.031, 0.006, 0.157, 32),
                held_out=wilson(0.0, 0.0, 0.107, 32),
                planted=5,
                planted_back=0,
                detail="Prefixes of 24 tokens, continued greedily by 16 tokens.",
            ),
            "outputs": OutputsAudit(outputs=360, by_severity={"HIGH": 2, "INFO": 7}, withheld=2),
        }
    )


def of_kind(kind: str) -> EvaluationReport:
    """A task without labels: scores between 0 and 1, no classes, no confusion."""
    metrics = {
        "score": bootstrap(0.612, 0.571, 0.655),
        "rouge_l": bootstrap(0.447, 0.402, 0.488),
        "hallucination_rate": wilson(0.05, 0.017, 0.137),
        "omission_rate": bootstrap(0.118, 0.087, 0.151),
        "critical_omission_rate": wilson(0.083, 0.023, 0.258, 24),
        "clinical_term_accuracy": bootstrap(0.703, 0.655, 0.748),
        "schema_validity": wilson(1.0, 0.94, 1.0),
    }
    systems = tuple(
        SystemResult(
            system=system,
            scoring="generated_text",
            metrics=tuple(
                MetricResult(metric=name, higher_is_better=name not in LOWER_IS_BETTER, interval=found)
                for name, found in metrics.items()
            ),
            labels=(),
            confusion={},
            items_sha256=digest("f"),
        )
        for system in ("base_prompt", "tuned", "gpt-somewhere")
    )
    gain = PairedGain(
        against="base_prompt",
        scoring="generated_text",
        difference=bootstrap(0.071, 0.022, 0.119),
        p_value=0.0048,
        intervals_overlap=True,
        metric="score",
    )
    made = evaluation()
    return made.model_copy(
        update={"systems": systems, "gains": (gain,), "thresholds": (), "kind": kind, "main_metric": "score"}
    )


def critical_regression() -> RegressionVerdict:
    """A sentinel was missed: CRITICAL, with everything that the gate of today tells."""
    made = failed_regression()
    approved = Reference(
        role="approved",
        run_id="cccccccccccc-a1",
        status="WARN",
        metrics=(
            MetricChange(
                metric="accuracy",
                baseline=0.75,
                candidate=0.733,
                difference=bootstrap(-0.017, -0.1, 0.067),
                margin=0.02,
                status="WARN",
                detail="inconclusive, about 1,480 more cases needed",
            ),
        ),
        reason="inconclusive",
    )
    return made.model_copy(
        update={
            "status": "CRITICAL",
            "recommendation": "rollback",
            "reason": "A sentinel case is missed that the baseline had right.",
            "keep": "aaaaaaaaaaaa-a1",
            "protocol_sha256": digest("b"),
            "looks": 4,
            "caveats": ("The baseline was measured 41 days before.", "6 discordant pairs decide."),
            "references": (approved,),
            "safety": (
                SafetyCheck(
                    rule="sentinels", status="CRITICAL", detail="1 of 12 missed", items=("test-0007",), n=12
                ),
                SafetyCheck(
                    rule="critical_recall",
                    status="NOT_CERTIFIABLE",
                    detail="29 critical cases are needed for 0.9, there are 20",
                    n=20,
                    measured=wilson(0.85, 0.64, 0.948, 20),
                ),
                SafetyCheck(
                    rule="hallucination", status="NOT_MEASURED", detail="the metric is not asked for"
                ),
            ),
            "subgroups": (
                SubgroupChange(
                    slice="sex",
                    value="female",
                    n=31,
                    metric="accuracy",
                    difference=bootstrap(-0.097, -0.226, 0.032, 31),
                    p_value=0.094,
                    p_adjusted=0.188,
                ),
            ),
        }
    )
