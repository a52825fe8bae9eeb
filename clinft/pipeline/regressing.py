"""The stage that compares a run: with what is deployed, with the approved baseline, with all runs before."""

import json
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.results import EvaluationReport, RegressionVerdict
from clinft.errors import ClinftError, SpecError
from clinft.pipeline import summary
from clinft.pipeline.context import Context
from clinft.pipeline.deployment import (
    baseline_evaluation,
    baseline_name,
    baseline_run,
    deployed_run,
    rows_of,
)
from clinft.pipeline.driver import Produced, Stage
from clinft.stages.regress import stage as regress

EVALUATION, VERDICT = "evaluate.json", "regress.json"
CHANGED = (
    "Margins, thresholds or bounds were changed after this run was first judged: what is met now was not "
    "laid down before its figures were known."
)


def regress_stage() -> Stage:
    def inputs(context: Context) -> dict[str, str]:
        spec = context.loaded.spec
        read: dict[str, str] = {
            "evaluate": context.need("evaluate", EvaluationReport).digest,
            "spec.regression": digest_json(spec.regression.model_dump(mode="json")),
        }
        for name, folder in (("baseline", _baseline(context)), ("approved", approved_run(context))):
            if folder is not None:
                read[name] = run_folder.read_digest(folder / EVALUATION)
        history = {run_id: artifact.digest for run_id, artifact in _history(context)}
        if history:
            read["history"] = digest_json(history)
        if context.earlier is not None:
            read["earlier"] = digest_json(context.earlier)
        return read

    def execute(context: Context) -> Produced:
        found = context.need("evaluate", EvaluationReport)
        baseline, approved = _baseline(context), approved_run(context)
        history = _history(context)
        references = [folder for folder in (baseline, approved) if folder is not None]
        payload = regress.regress(
            context.loaded.spec,
            found.payload,
            rows_of(context.run_dir, found),
            context.run_dir.name,
            None if baseline is None else baseline_evaluation(baseline),
            deployed=deployed_run(context.paths.root) == context.run_dir.name,
            pending=context.pending,
            known=regress.Known(
                approved=None if approved is None else baseline_evaluation(approved),
                measured_on={baseline_name(folder): _day(folder) for folder in references},
                today=found.created_at[:10],
                history=tuple((run_id, artifact.payload) for run_id, artifact in history),
                earlier=context.earlier,
            ),
        )
        return Produced(_with_earlier_protocols(payload, context.run_dir / VERDICT))

    return Stage("regress", regress.STAGE_VERSION, RegressionVerdict, inputs, execute, summary.of_regress)


def _with_earlier_protocols(payload: RegressionVerdict, earlier: Path) -> RegressionVerdict:
    """Whoever moves a threshold once the figures are known has laid nothing down before: it is said."""
    try:
        before = RegressionVerdict.model_validate(json.loads(earlier.read_bytes())["payload"], strict=False)
    except (OSError, ValueError, KeyError, TypeError):
        return payload  # the first verdict, or a damaged one, which verify names
    known = (*before.protocols_before, before.protocol_sha256)
    changed = tuple(dict.fromkeys(one for one in known if one and one != payload.protocol_sha256))
    if not changed:
        return payload
    return payload.model_copy(
        update={
            "protocols_before": changed,
            "reason": f"{payload.reason} {CHANGED}",
            "caveats": (CHANGED, *payload.caveats),
        }
    )


def approved_run(context: Context) -> Path | None:
    """What `regression.approved_baseline` names; None where it is this run, or names none."""
    run_id = context.loaded.spec.regression.approved_baseline
    if run_id is None or (context.run is not None and run_id == context.run.name):
        return None
    folder = context.paths.run(run_id)
    if not (folder / EVALUATION).exists():
        raise SpecError(
            f"The approved baseline {run_id} has no evaluation in this repository.",
            "regression.approved_baseline names a run that was never committed, or is misspelt.",
            "Name a run that lies under runs/, or restore it from git.",
        )
    return folder


def _baseline(context: Context) -> Path | None:
    """Of a run that is evaluated once more, its earlier evaluation; else what deployment.yaml names."""
    return context.baseline or baseline_run(context, context.run_dir.name)


def _history(context: Context) -> list[tuple[str, Artifact[EvaluationReport]]]:
    """Runs that were evaluated before this one, the oldest first. What is damaged is no history."""
    own = context.need("evaluate", EvaluationReport)
    found = []
    for folder in sorted(context.paths.runs.glob("*-a*")):
        if folder.name == context.run_dir.name:
            continue
        try:
            artifact = run_folder.load(folder, "evaluate", EvaluationReport)
        except ClinftError:
            continue
        if artifact is not None and artifact.created_at < own.created_at:
            found.append((folder.name, artifact))
    return sorted(found, key=lambda one: (one[1].created_at, one[0]))


def _day(folder: Path) -> str:
    """UTC day of an evaluation; of recorded answers the verdict takes the day on which they came."""
    return str(json.loads((folder / EVALUATION).read_bytes()).get("created_at", ""))[:10]
