"""A run's dataset and scores for LangSmith: files whose digests a passed audit names, or made of those alone.

The data lie on the machine that prepared them. Whoever calls this gets nothing where a byte differs.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_bytes, digest_file, digest_json
from clinft.artifacts.data import PreparedDataset, Record
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import iter_models, write_lines
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.errors import DigestMismatch, PolicyViolation, SpecError
from clinft.pipeline.asked_before import OUTPUTS
from clinft.pipeline.context import SPLITS
from clinft.pipeline.sinks.parcels import Due
from clinft.ports.sinks import Dataset, Experiment
from clinft.spec.load import PROMPT_NAME
from clinft.spec.prompt import parse_prompt

ITEMS = "items.jsonl"
TEST = "test"


def of_run(run: Path, project: Path, scratch: Path) -> Iterator[Due]:
    """`run`: its committed evidence. `project`: the folder whose data/ holds the files. `scratch`: for ours.

    PolicyViolation where the audit did not pass; DigestMismatch where a file is not the audited one;
    SpecError where the data are not here.
    """
    prepared = _need(run, "prepare", PreparedDataset)
    audited = _need(run, "audit", AuditReport).payload
    if audited.verdict != "PASS":
        raise PolicyViolation(
            f"The data of {run.name} go nowhere: their audit says {audited.verdict}.",
            "Only what an audit has passed may leave.",
            "Correct the data, and audit them again.",
        )
    made: PreparedDataset = prepared.payload
    for split, summary in made.splits.items():
        _check(project, f"data/records/{split}.jsonl", audited, summary.sha256)
    splits = {split: _chat(split, project, audited, scratch) for split in SPLITS if split in made.splits}
    digest = digest_json({split: sha256 for split, (_, sha256) in splits.items()})
    records = sum(split.records for split in made.splits.values())
    name = project.name
    yield Due(
        Dataset(
            project=name,
            run_id=run.name,
            digest=digest,
            description=f"Synthetic data of {name}, audited: {records:,} records. Run {run.name}.",
            splits=splits,
            metadata={"prepare_digest": prepared.digest, "generator": made.generator},
        )
    )
    yield from _experiments(run, project, digest, scratch)


def keys_of(run: Path) -> Iterator[str]:
    """What `of_run` would give, without the data: to see whether all of it was sent before."""
    yield f"dataset/{run.name}"
    evaluated = run_folder.load(run, "evaluate", EvaluationReport)
    for result in () if evaluated is None else evaluated.payload.systems:
        yield f"experiment/{run.name}/{result.system}-{result.scoring}/{TEST}"


def _need(run: Path, stage: str, payload: type[Any]) -> Artifact[Any]:
    found = run_folder.load(run, stage, payload)
    if found is None:
        raise SpecError(
            f"{run.name} has no {stage}.json.", "The run did not come so far.", "Name another run."
        )
    return found


def _chat(split: str, project: Path, audited: AuditReport, scratch: Path) -> tuple[Path, str]:
    """The split as chat examples, made of audited records and the audited prompt.

    Training and validation must come out as the very bytes that the audit read and training got.
    """
    _check(project, PROMPT_NAME, audited)
    prompt = parse_prompt((project / PROMPT_NAME).read_text(encoding="utf-8"), PROMPT_NAME).prompt
    path = scratch / f"{split}.jsonl"
    records = iter_models(_records(project, split), Record)
    write_lines(path, training_lines(prompt, records))
    made, name = digest_file(path), f"data/formatted/{split}.jsonl"
    if name in audited.files_scanned and audited.files_scanned[name] != made:
        raise _not_audited(name, project)
    return path, made


def _records(project: Path, split: str) -> Path:
    return project / "data" / "records" / f"{split}.jsonl"


def _check(project: Path, name: str, audited: AuditReport, also: str | None = None) -> None:
    path, expected = project / name, audited.files_scanned.get(name)
    if not path.is_file():
        raise SpecError(
            f"{name} of {project.name} is not on this machine.",
            "Generated data are in no commit; they lie where they were prepared.",
            f"Run `clinft prepare {project}` here: the same spec gives the same bytes.",
        )
    if expected is None or digest_file(path) != expected or also not in (None, expected):
        raise _not_audited(name, project)


def _not_audited(name: str, project: Path) -> DigestMismatch:
    return DigestMismatch(
        f"{name} of {project.name} is not what the run's audit read.",
        "The spec, the prompt or the data changed since, or another run's data lie here.",
        "Check out the commit of the run, and run `clinft prepare` there.",
    )


def _experiments(run: Path, project: Path, dataset: str, scratch: Path) -> Iterator[Due]:
    evaluated = run_folder.load(run, "evaluate", EvaluationReport)
    record = run_folder.load_record(run)
    items = run / ITEMS
    if evaluated is None or record is None or not items.is_file():
        return
    if digest_file(items) != record.files.get(ITEMS):
        raise DigestMismatch(
            f"{ITEMS} of {run.name} is not the file that its record lists.",
            "It was changed by hand.",
            "Restore it from git.",
        )
    report: EvaluationReport = evaluated.payload
    rows = {row.id: number for number, row in enumerate(iter_models(_records(project, TEST), Record))}
    for result in report.systems:
        system = f"{result.system}-{result.scoring}"
        path = scratch / f"{system}.items.jsonl"
        kept = run / OUTPUTS / f"{result.system}.{result.scoring}.jsonl"
        write_lines(path, _scores(items, result.system, result.scoring, rows, _outputs(kept)))
        metadata = {
            "system": result.system,
            "scoring": result.scoring,
            "test_sha256": report.test_sha256,
            "items_sha256": digest_file(path),
        }
        yield Due(Experiment(project.name, run.name, system, dataset, TEST, path, metadata))


def _outputs(kept: Path) -> dict[str, str]:
    """Answers that passed the audit, by their digests; empty where they lie on another machine."""
    found = {}
    if kept.is_file():
        with kept.open("rb") as stream:
            for line in stream:
                try:
                    output = json.loads(line).get("output")
                except (ValueError, AttributeError):
                    continue
                if isinstance(output, str):
                    found[digest_bytes(output.encode("utf-8", "replace"))] = output
    return found


def _scores(
    items: Path, system: str, scoring: str, rows: dict[str, int], outputs: dict[str, str]
) -> Iterator[str]:
    for row in iter_models(items, ItemResult):
        if (row.system, row.scoring) != (system, scoring) or row.item not in rows:
            continue
        scores = {"score": row.points, "correct": float(row.correct), "parsed": float(row.was_parsed)}
        if row.answer_nll_nats is not None:
            scores["answer_nll_nats"] = row.answer_nll_nats
        output = None if row.output_sha256 is None else outputs.get(row.output_sha256)
        score = {"item": row.item, "example": rows[row.item], "output": output, "scores": scores}
        yield json.dumps(score, ensure_ascii=False)
