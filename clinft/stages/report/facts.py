"""Everything that is known about a finished run: the only source of what the documents say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.spec.policy import Waiver
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt


@dataclass(frozen=True)
class RunFacts:
    """`measured` and `digests` are by stage; `versions` by program.

    `waivers`: those of the policy that decided; none where it has changed since. `created` and `commits`:
    when the artifact of a stage was made, and at which commit. `notified`: kinds of the sinks that the spec
    names, as the policy lists them.
    """

    spec: ProjectSpec
    prompt: Prompt
    run_id: str
    prepared: PreparedDataset
    assessment: PromptAssessment | None
    audit: AuditReport
    estimate: CostEstimate
    decision: GateDecision
    model: TrainedModel
    measured: Mapping[str, Mapping[str, float | int | str]]
    evaluation: EvaluationReport
    regression: RegressionVerdict
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    waivers: tuple[Waiver, ...] = ()
    created: Mapping[str, str] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)
    notified: frozenset[str] = frozenset()

    @property
    def run_folder(self) -> str:
        """As a reader types it from the repository's root."""
        return f"projects/{self.spec.name}/runs/{self.run_id}"
