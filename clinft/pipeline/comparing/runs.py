"""One run as it is compared: spec, digests, report and rows, from its committed files alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.canonical import digest_bytes, digest_file
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.model import TrainedModel
from clinft.artifacts.results import EvaluationReport, ItemResult, MetricResult, RegressionVerdict
from clinft.errors import ClinftError, DigestMismatch, SpecError
from clinft.pipeline.comparing.form import Side
from clinft.pipeline.deployment import ITEMS
from clinft.spec import yaml
from clinft.spec.messages import validated
from clinft.spec.project import ProjectSpec
from clinft.stages.regress.pairing import CLOSED, GENERATED, TUNED

WRITTEN = {"project.yaml": "spec", "prompt.md": "prompt"}


@dataclass(frozen=True)
class Compared:
    """`written`: project.yaml as it was written; `spec`: read by this engine. None where it cannot be read.

    `report` is None where the run was not evaluated; `rows` are of the tuned model alone.
    """

    side: Side
    written: Mapping[str, Any] | None
    spec: ProjectSpec | None
    report: EvaluationReport | None
    rows: tuple[ItemResult, ...]


def read_compared(run: Path) -> Compared:
    """DigestMismatch where a file is not the one that the record lists: a comparison of it tells nothing."""
    record = run_folder.load_record(run)
    if record is None:
        raise SpecError(
            f"{run} has no record.", "It is no run, or was copied in part.", "Name a run's folder."
        )
    listed = {f"{stage.stage}.json": stage.file_sha256 for stage in record.stages} | record.files

    def path_of(name: str) -> Path | None:
        path = run / name
        if name not in listed or not path.is_file():
            return None
        if digest_file(path) != listed[name]:
            raise DigestMismatch(
                f"{path} is not the file that the run's record lists.",
                "It was changed after the run was reported.",
                "Restore it from git; `clinft verify` on the run says what differs.",
            )
        return path

    def load(stage: str, payload: type[Any]) -> Artifact[Any] | None:
        path = path_of(f"{stage}.json")
        return None if path is None else run_folder.parse(path, payload)

    prepared, trained = load("prepare", PreparedDataset), load("train", TrainedModel)
    evaluated, verdict = load("evaluate", EvaluationReport), load("regress", RegressionVerdict)
    report: EvaluationReport | None = None if evaluated is None else evaluated.payload
    items = path_of(ITEMS)
    written, spec = _spec(path_of("project.yaml"))
    digests = {name: listed[file] for file, name in WRITTEN.items() if file in listed}
    digests |= _digests(prepared, trained, report)
    scoring = _scoring(report)
    return Compared(
        side=Side(
            run_id=record.run_id,
            project=record.project,
            status=record.status,
            verdict=None if verdict is None else verdict.payload.status,
            evaluated_at=None if evaluated is None else evaluated.created_at,
            clinft_version=None if evaluated is None else evaluated.clinft_version,
            provider=None if trained is None else trained.payload.provider,
            base_model=None if trained is None else trained.payload.base_model.ref,
            digests={"plan": record.plan_digest, **digests},
            scoring=scoring,
            metrics=_metrics(report, scoring),
        ),
        written=written,
        spec=spec,
        report=report,
        rows=() if items is None else tuple(_tuned(items)),
    )


def _spec(path: Path | None) -> tuple[Mapping[str, Any] | None, ProjectSpec | None]:
    if path is None:
        return None, None
    try:
        value = yaml.parse(path.read_bytes(), path.name).value
    except ClinftError:
        return None, None
    if not isinstance(value, dict):
        return None, None
    return value, validated(ProjectSpec, value)[0]


def _digests(
    prepared: Artifact[Any] | None, trained: Artifact[Any] | None, report: EvaluationReport | None
) -> dict[str, str]:
    found: dict[str, str] = {}
    if prepared is not None:
        found |= {f"data: {name}": split.sha256 for name, split in prepared.payload.splits.items()}
    if trained is not None:
        found |= {
            "base model": trained.payload.base_model.digest,
            "training file": trained.payload.training_file,
            "validation file": trained.payload.validation_file,
        }
    if report is not None:
        found["items measured"] = report.test_sha256
    if report is not None and trained is not None and trained.payload.base_model.kind != "hosted":
        named = "transformers" if report.engine is None else str(report.engine)
        found["engine that answered"] = digest_bytes(named.encode())
    return found


def _scoring(report: EvaluationReport | None) -> str | None:
    """Free answers, as the model would be used; label scores where there are no others."""
    found = [] if report is None else [one.scoring for one in report.systems if one.system == TUNED]
    return next((scoring for scoring in (GENERATED, CLOSED) if scoring in found), None)


def _metrics(report: EvaluationReport | None, scoring: str | None) -> tuple[MetricResult, ...]:
    """Of the tuned model. What rests on likelihoods is known of label scores alone, and told of those."""
    systems = [] if report is None else [one for one in report.systems if one.system == TUNED]
    by_scoring: dict[str | None, dict[str, MetricResult]] = {
        one.scoring: {found.metric: found for found in one.metrics} for one in systems
    }
    told, of_scores = by_scoring.get(scoring, {}), by_scoring.get(CLOSED, {})
    return tuple(
        of_scores.get(name, found) if found.interval is None else found for name, found in told.items()
    )


def _tuned(items: Path) -> list[ItemResult]:
    return [row for row in iter_models(items, ItemResult) if row.system == TUNED]
