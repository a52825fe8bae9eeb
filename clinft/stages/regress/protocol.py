"""What was laid down before the comparison: margins, critical cases, bounds. Its digest is in the verdict."""

from dataclasses import dataclass

from clinft.artifacts.canonical import digest_json
from clinft.metrics.metric import Question
from clinft.spec.evaluation import Margin
from clinft.spec.project import ProjectSpec

DEFAULT_HARM_ALPHA = 0.10
DEFAULT_MIN_SUBGROUP = 20


@dataclass(frozen=True)
class Protocol:
    """`sha256`: of the sections of the spec, or of the call, that it comes from.

    `sentinels_pinned`: they need the digest of their item. A list beside two files names ids of just these.
    """

    margins: tuple[Margin, ...]
    confidence: float
    sha256: str
    labels: tuple[str, ...] = ()
    critical_labels: tuple[str, ...] = ()
    sentinels: tuple[str, ...] = ()
    sentinels_pinned: bool = False
    critical_recall_min: float | None = None
    harm_alpha: float = DEFAULT_HARM_ALPHA
    min_subgroup: int = DEFAULT_MIN_SUBGROUP
    kind: str = "classification"
    main_metric: str = "accuracy"

    def question(self, scoring: str) -> Question:
        return Question(
            labels=self.labels,
            critical_labels=self.critical_labels,
            scoring=scoring,
            confidence=self.confidence,
            kind=self.kind,
        )


def protocol_of(spec: ProjectSpec, main_metric: str) -> Protocol:
    regression = spec.regression
    return Protocol(
        margins=regression.margins,
        confidence=spec.evaluation.confidence,
        sha256=digest_json(
            {
                "regression": regression.model_dump(mode="json"),
                "confidence": spec.evaluation.confidence,
                "min_subgroup": spec.evaluation.min_subgroup,
                "thresholds": [one.model_dump(mode="json") for one in spec.evaluation.thresholds],
            }
        ),
        labels=spec.task.labels,
        critical_labels=regression.critical_labels,
        sentinels=regression.sentinels,
        sentinels_pinned=True,
        critical_recall_min=regression.critical_recall_min,
        harm_alpha=regression.harm_alpha,
        min_subgroup=spec.evaluation.min_subgroup,
        kind=spec.task.kind,
        main_metric=main_metric,
    )
