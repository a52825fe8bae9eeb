"""A run's evidence → a proposal, and the text of project.yaml with it in. Nothing is written here."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import PreparedDataset, Record
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate, TrainingPlan
from clinft.artifacts.proposal import CurvePoint, Proposal
from clinft.artifacts.results import EvaluationReport, ItemResult, RegressionVerdict
from clinft.errors import ClinftError, SpecError
from clinft.pipeline.context import SPLITS, Context
from clinft.pipeline.deployment import ITEMS, deployed_run
from clinft.pipeline.prepared import make, own_pack
from clinft.spec import yaml
from clinft.spec.checks import sections, spec_findings
from clinft.spec.evaluation import LOWER_IS_BETTER, UNBOUNDED
from clinft.spec.load import SPEC_NAME
from clinft.spec.messages import validated
from clinft.spec.project import ProjectSpec
from clinft.stages.prepare import stage as prepare
from clinft.stages.propose import stage as propose
from clinft.stages.propose.applying import applied
from clinft.stages.propose.facts import ProposeFacts
from clinft.stages.propose.features import condition_names, features

# Records that are made once more to see whether the test split stays the same.
MOST_MADE = 50_000
# Of a plan: two runs whose plans agree here differ in their records alone.
RECIPE = ("project", "task", "recipe", "prompt", "base_model", "provider", "region")


@dataclass(frozen=True)
class Proposed:
    """`text`: of project.yaml with the changes in it; None: there is none, or people must write them."""

    proposal: Proposal
    before: str
    text: str | None
    why_not: str | None = None


def newest_run(runs: Path) -> Path | None:
    """The run that was compared last."""
    found = [
        (artifact.created_at, folder)
        for folder in sorted(runs.glob("*"))
        if (artifact := _artifact(folder, "regress", RegressionVerdict)) is not None
        and _artifact(folder, "evaluate", EvaluationReport) is not None
    ]
    return max(found, key=lambda pair: (pair[0], pair[1].name))[1] if found else None


def propose_after(context: Context, run: Path) -> Proposed:
    """`context`: of the project as it lies there now, whether or not its records are prepared. SpecError."""
    path = context.paths.root / SPEC_NAME
    before = path.read_bytes().decode()
    proposal = propose.propose(_facts(context, run))
    if not proposal.changes:
        return Proposed(proposal, before, None, "nothing was found that a setting of project.yaml reaches")
    text = applied(before, proposal.changes)
    if text is None:
        return Proposed(
            proposal, before, None, "the layout of project.yaml is one that lines are not edited in"
        )
    spec, why_not = _checked(text, context)
    if spec is None:
        return Proposed(proposal, before, None, why_not)
    kept = _test_kept(context, spec, run)
    return Proposed(proposal.model_copy(update={"test_kept": kept}), before, text)


def _facts(context: Context, run: Path) -> ProposeFacts:
    evaluation = run_folder.parse(run / "evaluate.json", EvaluationReport).payload
    prepared = run_folder.parse(run / "prepare.json", PreparedDataset).payload
    test = _test_records(context, evaluation.test_sha256)
    return ProposeFacts(
        spec=context.loaded.spec,
        spec_sha256=context.loaded.spec_sha256,
        run_id=run.name,
        evaluation=evaluation,
        regression=_payload(run, "regress", RegressionVerdict),
        rows=list(iter_models(run / ITEMS, ItemResult)),
        records={split: prepared.splits[split].records for split in SPLITS},
        features={record.id: features(record) for record in test},
        conditions=condition_names(test),
        points=tuple(curve_points(run)),
        estimate=_payload(run, "estimate", CostEstimate),
        baseline=deployed_run(context.paths.root) is not None,
    )


def _test_records(context: Context, sha256: str) -> list[Record]:
    """Those that the run was measured on, where they lie here; their gold facts say more than the rows do."""
    path = context.split_path("test")
    if not path.is_file() or digest_file(path) != sha256:
        return []
    return list(iter_models(path, Record))


def curve_points(run: Path) -> Iterator[CurvePoint]:
    """This run and those beside it that differ from it in their records alone."""
    mine = _payload(run, "estimate", CostEstimate)
    if mine is None:
        return
    for folder in sorted(run.parent.glob("*")):
        point = _point(folder, mine.plan)
        if point is not None:
            yield point


def _point(folder: Path, plan: TrainingPlan) -> CurvePoint | None:
    estimate = _payload(folder, "estimate", CostEstimate)
    model = _payload(folder, "train", TrainedModel)
    evaluation = _payload(folder, "evaluate", EvaluationReport)
    if estimate is None or model is None or evaluation is None:
        return None
    if any(getattr(estimate.plan, name) != getattr(plan, name) for name in RECIPE):
        return None
    metric = evaluation.main_metric
    if metric in UNBOUNDED or metric in LOWER_IS_BETTER:
        return None
    tuned = [system for system in evaluation.systems if system.system == "tuned"]
    free = [system for system in tuned if system.scoring == "generated_text"]
    for system in (free or tuned)[:1]:
        for found in system.metrics:
            if found.metric == metric and found.interval is not None:
                value = found.interval
                wrong = value.model_copy(
                    update={"value": 1.0 - value.value, "low": 1.0 - value.high, "high": 1.0 - value.low}
                )
                return CurvePoint(run_id=folder.name, records=model.samples, error=wrong)
    return None


def _checked(text: str, context: Context) -> tuple[ProjectSpec | None, str | None]:
    """The spec that the text would be, as every reader of the file checks it; else what speaks against it."""
    document = yaml.parse(text, SPEC_NAME)
    spec, errors = validated(ProjectSpec, document.value)
    value: Mapping[str, Any] = document.value if isinstance(document.value, dict) else {}
    against = [*errors, *spec_findings(sections(dict(value)))]
    if spec is None or against:
        return None, "project.yaml would not be valid with the changes"
    try:
        prepare.check(spec, own_pack(context.paths.root))
    except SpecError as error:
        return None, f"no records could be made with the changes: {error.what.rstrip('.')}"
    return spec, None


def _test_kept(context: Context, spec: ProjectSpec, run: Path) -> bool | None:
    """Whether the changed plan is measured on the same records; None: too many to make them here."""
    if spec.data.origin != "generated" or spec.data.records > MOST_MADE:
        return None
    changed = replace(context, loaded=replace(context.loaded, spec=spec))
    with tempfile.TemporaryDirectory(prefix="clinft-propose-") as folder:
        made = make(changed, Path(folder))
    was = run_folder.parse(run / "prepare.json", PreparedDataset).payload.splits["test"].sha256
    return made.splits["test"].sha256 == was


def _artifact(folder: Path, stage: str, payload: type[Any]) -> Any:
    try:
        return run_folder.load(folder, stage, payload)
    except ClinftError:
        return None  # damaged evidence proposes nothing; verify and the gate name it


def _payload(folder: Path, stage: str, payload: type[Any]) -> Any:
    found = _artifact(folder, stage, payload)
    return None if found is None else found.payload
