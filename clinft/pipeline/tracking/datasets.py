"""datasets.csv: the records that a run was trained and measured on, and what their audit found."""

from collections.abc import Iterator

from clinft.artifacts.audit import SEVERITIES, AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.planning import CostEstimate
from clinft.pipeline.context import SPLITS
from clinft.pipeline.tracking.cells import Row
from clinft.pipeline.tracking.read import TrackedRun

COLUMNS = (
    "name", "domain", "records", *(f"{split}_n" for split in SPLITS), "format", "provider_target",
    "created_at", "digest", "generator", "generator_version", *(f"{split}_sha256" for split in SPLITS),
    "audit_status", "audited_at", *(f"findings_{severity.lower()}" for severity in SEVERITIES),
)  # fmt: skip
CHAT, PAIRS = "chat messages, JSON Lines", "preference pairs, JSON Lines"


def rows(run: TrackedRun) -> Iterator[Row]:
    stages = run.own.stages
    prepared, audited, estimated = (stages.get(name) for name in ("prepare", "audit", "estimate"))
    if prepared is None or not run.is_over:
        return
    made: PreparedDataset = prepared.payload
    report: AuditReport | None = None if audited is None else audited.payload
    costs: CostEstimate | None = None if estimated is None else estimated.payload
    splits = [made.splits.get(split) for split in SPLITS]
    yield (
        "dataset",
        # The same data have the same name in every run.
        f"{run.own.record.project}-{prepared.digest[:12]}",
        run.domain,
        sum(split.records for split in made.splits.values()),
        *(split.records if split else None for split in splits),
        None if costs is None else PAIRS if costs.plan.recipe.get("method") == "dpo" else CHAT,
        None if costs is None else costs.plan.provider,
        prepared.created_at,
        prepared.digest,
        made.generator,
        made.generator_version,
        *(split.sha256 if split else None for split in splits),
        None if report is None else report.verdict,
        None if audited is None else audited.created_at,
        *(None if report is None else report.by_severity.get(severity) for severity in SEVERITIES),
    )
