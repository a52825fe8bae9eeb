"""The tables of projects/tracking/: their columns, and what one run's evidence says in each.

A cell holds a number as its artifact has it; what was not measured or does not apply stays empty. No text of
records, prompts or people's reasons is in any of them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.audit import SEVERITIES, AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.results import EvaluationReport, RegressionVerdict, RunRecord, RunReport
from clinft.artifacts.run_state import LIVE, OVER, StatusEntry
from clinft.errors import ClinftError, DigestMismatch
from clinft.pipeline import status_files
from clinft.pipeline.context import SPLITS
from clinft.pipeline.status_chain import ending
from clinft.spec import yaml

Cell = str | int | float | Decimal | bool | None
Row = tuple[Cell, ...]
PAYLOADS: dict[str, type[Any]] = {
    "prepare": PreparedDataset,
    "audit": AuditReport,
    "estimate": CostEstimate,
    "gate": GateDecision,
    "train": TrainedModel,
    "evaluate": EvaluationReport,
    "regress": RegressionVerdict,
    "report": RunReport,
}
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True)
class Evidence:
    """A record and the artifacts it covers. `again`: number of the folder; None: the run's own."""

    record: RunRecord
    stages: dict[str, Artifact[Any]]
    again: int | None = None


@dataclass(frozen=True)
class TrackedRun:
    own: Evidence
    again: tuple[Evidence, ...]
    status: tuple[StatusEntry, ...]
    domain: str | None

    @property
    def key(self) -> tuple[Cell, Cell]:
        return self.own.record.project, self.own.record.run_id

    @property
    def started_at(self) -> str | None:
        """When the attempt was taken; on a laptop, when it was permitted."""
        if self.status:
            return self.status[0].at
        permitted = self.own.stages.get("gate")
        return None if permitted is None else permitted.created_at

    @property
    def ended_at(self) -> str | None:
        ended, reported = ending(self.status), self.own.stages.get("report")
        if ended is not None:
            return ended.at
        return reported.created_at if reported and self.own.record.status in OVER else None


def read_run(folder: Path) -> TrackedRun:
    """DigestMismatch or SpecError where what lies here is not what the record covers, byte for byte."""
    own = _evidence(folder, folder.name)
    if own.record.project != folder.parents[1].name:
        raise _not_covered(folder / run_folder.RECORD)
    further = sorted((folder / status_files.AGAIN).glob(f"[0-9][0-9]/{run_folder.RECORD}"))
    return TrackedRun(
        own=own,
        again=tuple(_evidence(path.parent, folder.name, int(path.parent.name)) for path in further),
        status=status_files.read(folder),
        domain=_domain(folder, own.record),
    )


def _evidence(folder: Path, run_id: str, again: int | None = None) -> Evidence:
    record = run_folder.load_record(folder)
    if record is None or record.run_id != run_id:
        raise _not_covered(folder / run_folder.RECORD)
    stages = {}
    for stage in record.stages:
        path = folder / f"{stage.stage}.json"
        if not path.is_file() or digest_file(path) != stage.file_sha256:
            raise _not_covered(path)
        if stage.stage in PAYLOADS:
            stages[stage.stage] = run_folder.parse(path, PAYLOADS[stage.stage])
    return Evidence(record, stages, again)


def _domain(folder: Path, record: RunRecord) -> str | None:
    path = folder / "project.yaml"
    if not path.is_file() or digest_file(path) != record.files.get(path.name):
        return None
    try:
        spec = yaml.parse(path.read_bytes(), path.name).value
    except ClinftError:
        return None
    domain = spec.get("clinical_domain") if isinstance(spec, dict) else None
    return domain if isinstance(domain, str) and SLUG.fullmatch(domain) else None


def _not_covered(path: Path) -> DigestMismatch:
    return DigestMismatch(
        f"{path} is not what the run's record covers.",
        "A file was changed, removed or brought from elsewhere.",
        "Restore it from git; `clinft verify` on the run says what differs.",
    )


def _datasets(run: TrackedRun) -> Iterator[Row]:
    prepared, audited = run.own.stages.get("prepare"), run.own.stages.get("audit")
    if prepared is None:
        return
    made: PreparedDataset = prepared.payload
    report: AuditReport | None = None if audited is None else audited.payload
    splits = [made.splits.get(split) for split in SPLITS]
    yield (
        *run.key,
        prepared.created_at,
        made.generator,
        made.generator_version,
        run.domain,
        sum(split.records for split in made.splits.values()),
        *(split.records if split else None for split in splits),
        *(split.sha256 if split else None for split in splits),
        None if report is None else report.verdict,
        *(None if report is None else report.by_severity.get(severity) for severity in SEVERITIES),
    )


def _runs(run: TrackedRun) -> Iterator[Row]:
    record, stages = run.own.record, run.own.stages
    plan = stages["estimate"].payload.plan if "estimate" in stages else None
    measured = stages["train"].measured if "train" in stages else {}
    yield (
        *run.key,
        record.plan_digest,
        record.attempt,
        record.status,
        *((plan.provider, plan.base_model.ref, _text(plan.recipe.get("method"))) if plan else (None,) * 3),
        plan.runner if plan else None,
        run.started_at,
        run.ended_at,
        *(measured.get(name) for name in ("seconds", "training_seconds", "gpu_seconds")),
        next((entry.workflow_run for entry in run.status if entry.workflow_run is not None), None),
        stages["gate"].payload.source.pull_request if "gate" in stages else None,
        record.digest,
    )


def _evaluations(run: TrackedRun) -> Iterator[Row]:
    for evidence in (run.own, *run.again):
        artifact = evidence.stages.get("evaluate")
        report: EvaluationReport | None = None if artifact is None else artifact.payload
        for system in report.systems if report else ():
            for metric in system.metrics:
                found = metric.interval
                yield (
                    *run.key,
                    evidence.again,
                    artifact.created_at if artifact else None,
                    system.system,
                    system.scoring,
                    metric.metric,
                    metric.higher_is_better,
                    *((found.value, found.low, found.high, found.n) if found else (None,) * 4),
                    *((found.confidence, found.method) if found else (None,) * 2),
                    metric.missing,
                    report.test_sha256 if report else None,
                )


def _regressions(run: TrackedRun) -> Iterator[Row]:
    for evidence in (run.own, *run.again):
        artifact = evidence.stages.get("regress")
        if artifact is None:
            continue
        verdict: RegressionVerdict = artifact.payload
        yield (
            *run.key,
            evidence.again,
            artifact.created_at,
            verdict.status,
            verdict.baseline_run_id,
            verdict.recommendation,
            len(verdict.critical_flips),
        )


def _costs(run: TrackedRun) -> Iterator[Row]:
    """`actual`: what training was measured to cost; the fixed costs of a machine of one's own are in none."""
    estimated, trained = run.own.stages.get("estimate"), run.own.stages.get("train")
    if estimated is None:
        return
    costs: CostEstimate = estimated.payload
    yield (
        *run.key,
        costs.plan.provider,
        costs.plan.base_model.ref,
        costs.cost_usd,
        costs.cost_usd_upper,
        None if trained is None else trained.measured.get("cost_usd"),
        "USD",
        costs.price.as_of,
        costs.billed_tokens,
    )


def _decisions(run: TrackedRun) -> Iterator[Row]:
    """The gate's permission, then what became of the run after its attempt had ended."""
    gated = run.own.stages.get("gate")
    if gated is not None:
        decision: GateDecision = gated.payload
        yield (
            *run.key,
            "gate",
            gated.created_at,
            decision.allowed,
            decision.mode,
            "; ".join(f"{approval.role}: {approval.person}" for approval in decision.approvals),
            " ".join(decision.waived),
            decision.source.pull_request,
            None,
        )
    for entry in run.status:
        if entry.status not in LIVE | OVER:
            yield (*run.key, entry.status, entry.at, None, None, None, None, None, entry.workflow_run)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Table:
    columns: tuple[str, ...]
    rows: Callable[[TrackedRun], Iterator[Row]]


KEY = ("project", "run_id")
RUN_COLUMNS = (
    *KEY, "plan_digest", "attempt", "status", "provider", "base_model", "method", "runner", "started_at",
    "ended_at", "train_wall_seconds", "training_seconds", "gpu_seconds", "workflow_run", "pull_request",
    "record_digest",
)  # fmt: skip
TABLES: dict[str, Table] = {
    "datasets": Table(
        (
            *KEY, "prepared_at", "generator", "generator_version", "domain", "records",
            *(f"{split}_n" for split in SPLITS), *(f"{split}_sha256" for split in SPLITS), "audit_verdict",
            *(f"findings_{severity.lower()}" for severity in SEVERITIES),
        ),
        _datasets,
    ),
    "runs": Table(RUN_COLUMNS, _runs),
    "evaluations": Table(
        (
            *KEY, "again", "evaluated_at", "system", "scoring", "metric", "higher_is_better", "value", "low",
            "high", "n", "confidence", "method", "missing", "test_sha256",
        ),
        _evaluations,
    ),
    "regressions": Table(
        (*KEY, "again", "compared_at", "status", "baseline_run_id", "recommendation", "critical_flips"),
        _regressions,
    ),
    "costs": Table(
        (
            *KEY, "provider", "base_model", "estimate", "upper_bound", "actual", "currency", "price_as_of",
            "billed_tokens",
        ),
        _costs,
    ),
    "decisions": Table(
        (
            *KEY, "decision", "at", "allowed", "mode", "approvers", "waived_findings", "pull_request",
            "workflow_run",
        ),
        _decisions,
    ),
}  # fmt: skip
