"""What a proposal is made from: one run's evidence, the plan it was of, and the project's earlier runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.proposal import CurvePoint
from clinft.artifacts.results import EvaluationReport, ItemResult, RegressionVerdict
from clinft.spec.project import ProjectSpec

# Its held-out records do not change where only the training split grows; those of other generators do.
STEADY = "diagnosis-notes"
# Makes records by label, condition and noise, as the spec asks.
STEERED = "clinical-notes"


@dataclass(frozen=True)
class ProposeFacts:
    """`rows`: of all systems. `features`: by item; empty where its records were not at hand.

    `conditions`: as rows name them -> as the pack calls them. `points`: this run and earlier ones of the same
    recipe. `records`: of each split of the run. `baseline`: there is a model to be compared with.
    """

    spec: ProjectSpec
    spec_sha256: str
    run_id: str
    evaluation: EvaluationReport
    regression: RegressionVerdict | None
    rows: Sequence[ItemResult]
    records: Mapping[str, int]
    features: Mapping[str, Mapping[str, str]]
    conditions: Mapping[str, str]
    points: Sequence[CurvePoint]
    estimate: CostEstimate | None
    baseline: bool

    @property
    def tuned(self) -> list[ItemResult]:
        """The tuned model as it would be used, answering freely; else however it was scored."""
        mine = [row for row in self.rows if row.system == "tuned"]
        free = [row for row in mine if row.scoring == "generated_text"]
        return free or mine

    @property
    def generated(self) -> bool:
        return self.spec.data.origin == "generated"
