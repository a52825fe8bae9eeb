"""Evidence of runs as it lies in a repository, from plain values: artifacts, records and status entries."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.envelope import Artifact, digest_content
from clinft.artifacts.results import RunRecord, RunReport
from clinft.artifacts.run_state import StatusEntry
from clinft.pipeline import attempts
from clinft.spec.base import Strict
from tests.fakes import audit_reports, run_inputs, run_results

LIVED = ("queued", "running", "trained", "succeeded")


def payloads() -> dict[str, Strict]:
    return {
        "prepare": run_inputs.prepared(),
        "audit": audit_reports.audit(),
        "estimate": run_inputs.estimate(),
        "gate": run_inputs.decision(),
        "train": run_results.model(),
        "evaluate": run_results.evaluation(),
        "regress": run_results.regression(),
        "report": RunReport(headline="Deploy.", rendered={}),
    }


def sealed(stage: str, payload: Strict, at: str, **more: Any) -> Artifact[Any]:
    content: dict[str, Any] = {
        "stage": stage,
        "stage_version": 1,
        "project": "demo",
        "inputs": {},
        "files": {},
        "payload": payload,
        "created_at": at,
        "clinft_version": "0.1.0",
        **more,
    }
    dumped = Artifact[Any].model_construct(**content).model_dump(mode="json", warnings=False)
    return Artifact[type(payload)](**content, digest=digest_content({"schema_version": 1, **dumped}))  # type: ignore[misc]


def commit_run(
    projects: Path,
    name: str = "demo/aaaaaaaaaaaa-a1",
    at: str = "2026-11-03T08:00:00+00:00",
    status: str = "succeeded",
    measured: dict[str, float | int | str] | None = None,
    **changed: Strict | None,
) -> Path:
    """`name`: project/run. `changed`: payload by stage; None leaves the stage out. `measured`: of train."""
    project, run_id = name.split("/")
    folder = projects / project / "runs" / run_id
    for stage, payload in {**payloads(), **changed}.items():
        if payload is not None:
            more = {"measured": measured or {}} if stage == "train" else {}
            run_folder.save(folder, sealed(stage, payload, at, **more))
    (folder / "project.yaml").write_text("clinical_domain: general-medicine\n")
    seal(folder, project, run_id, status)
    return folder


def evaluate_again(
    run: Path, number: int = 1, at: str = "2026-12-01T08:00:00+00:00", **changed: Strict
) -> Path:
    folder = run / "again" / f"{number:02d}"
    made = payloads()
    for stage in ("evaluate", "regress", "report"):
        run_folder.save(folder, sealed(stage, changed.get(stage, made[stage]), at))
    seal(folder, run.parents[1].name, run.name, "succeeded")
    return folder


def seal(folder: Path, project: str, run_id: str, status: str) -> RunRecord:
    record = RunRecord.model_construct(
        run_id=run_id,
        project=project,
        plan_digest=run_id[:12].ljust(64, "0"),
        attempt=int(run_id.rpartition("-a")[2]),
        status=status,
        stages=(),
        files={},
        digest="",
    )
    made = attempts.with_evidence(record, folder)
    run_folder.save_record(folder, made)
    return made


def entries(
    run_id: str = "aaaaaaaaaaaa-a1",
    statuses: Sequence[str] = LIVED,
    record: str | None = None,
    day: str = "2026-11-04",
) -> tuple[StatusEntry, ...]:
    """A chain in which the entry that ends the attempt names `record`; one entry an hour."""
    made: list[StatusEntry] = []
    for number, status in enumerate(statuses, start=1):
        ends = status in ("succeeded", "failed", "cancelled")
        entry = {
            "number": number,
            "run_id": run_id,
            "status": status,
            "at": f"{day}T{number:02d}:00:00+00:00",
            "workflow_run": 4700 + number,
            "record": record if ends else None,
            "previous": made[-1].digest if made else None,
        }
        made.append(StatusEntry.model_validate(entry))
    return tuple(made)
