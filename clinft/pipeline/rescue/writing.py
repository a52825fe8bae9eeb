"""The project's files, once every answer is there: each whole or not at all, project.yaml last."""

from collections.abc import Sequence
from decimal import Decimal

from clinft import run_folder
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.planning import Interval
from clinft.artifacts.results import EvaluationReport, RecordedSource
from clinft.pipeline.rescue import baseline, cost, old_model, project_files
from clinft.pipeline.rescue.desk import Prepared, Rescued
from clinft.pipeline.rescue.journal import Answer, Journal
from clinft.ports.services import Services
from clinft.run_folder import ProjectPaths
from clinft.spec.load import PROMPT_NAME, SPEC_NAME
from clinft.spec.statement import FILE as STATEMENTS


def write(
    paths: ProjectPaths, prepared: Prepared, journal: Journal, services: Services, asked: int
) -> Rescued:
    """Before project.yaml is there, there is no project, and another call may write all of it again."""
    data = prepared.data
    answers = {row.text: answer for row in data.test if (answer := journal.of(row.text)) is not None}
    records = project_files.data_files(data.divided.records)
    test_sha256 = digest_bytes(records["synthetic/test.jsonl"])
    report, items = baseline.recorded(
        prepared.loaded.spec,
        prepared.loaded.prompt,
        data.test,
        test_sha256,
        {text: answer.answer for text, answer in answers.items()},
        _source(prepared, [*answers.values()]),
        services.progress,
    )
    measured = _measured(prepared, [*answers.values()])
    inputs = {
        "test": test_sha256,
        "prompt": prepared.loaded.prompt_sha256,
        "training_file": data.training_sha256,
    }
    if data.test_sha256 is not None:
        inputs["test_file"] = data.test_sha256
    files = {
        **records,
        **baseline.files_of(report, items, paths.root.name, inputs, measured, services.git_sha),
        PROMPT_NAME: prepared.prompt_text.encode(),
        SPEC_NAME: prepared.spec_text.encode(),
    }
    for name, content in files.items():
        run_folder.write_atomically(paths.root / name, content)
    return Rescued(
        project=paths.root.name,
        model=prepared.model.name,
        host=report.source.host,
        records={split: len(rows) for split, rows in data.divided.records.items()},
        asked=asked,
        cost_usd=_paid(prepared, [*answers.values()]),
        accuracy=_accuracy(report),
        not_a_label=sum(item.prediction is None for item in items),
        seen_in_training=report.source.seen_in_training,
        files={name: digest_bytes(content) for name, content in files.items()},
    )


def _source(prepared: Prepared, answers: Sequence[Answer]) -> RecordedSource:
    moments = sorted(answer.asked_at for answer in answers)
    return RecordedSource(
        model=prepared.model.name,
        provider=old_model.PROVIDER,
        host=old_model.host_of(prepared.endpoint),
        asked_from=moments[0],
        asked_until=moments[-1],
        seen_in_training=prepared.data.test_sha256 is None,
        training_file_sha256=prepared.data.training_sha256,
        test_file_sha256=prepared.data.test_sha256,
    )


def _tokens(answers: Sequence[Answer]) -> tuple[int, int]:
    """As the provider counted them, over all calls."""
    return sum(one.prompt_tokens for one in answers), sum(one.completion_tokens for one in answers)


def _paid(prepared: Prepared, answers: Sequence[Answer]) -> Decimal | None:
    return cost.paid(prepared.model, *_tokens(answers))


def _measured(prepared: Prepared, answers: Sequence[Answer]) -> dict[str, float | int | str]:
    prompt, completion = _tokens(answers)
    counted: dict[str, float | int | str] = {"prompt_tokens": prompt, "completion_tokens": completion}
    paid = _paid(prepared, answers)
    return counted if paid is None else {**counted, "cost_usd": str(paid)}


def _accuracy(report: EvaluationReport) -> Interval | None:
    metrics = (one for system in report.systems for one in system.metrics)
    return next((one.interval for one in metrics if one.metric == "accuracy"), None)


def statements(rescued: Rescued) -> Sequence[str]:
    """What synthetic/statements.yaml must hold, with the places that two people fill."""
    lines = [f"# projects/{rescued.project}/synthetic/{STATEMENTS}", "statements:"]
    for name, sha256 in rescued.files.items():
        if name.startswith("synthetic/"):
            lines += [
                f"  # {name}",
                f"  - file_sha256: {sha256}",
                "    how_made: HOW THE FILE WAS MADE, AND THAT NO PATIENT'S RECORD WAS READ",
                "    author: LOGIN",
                "    reviewer: LOGIN OF SOMEBODY ELSE, OF THE ROLE PRIVACY",
                '    date: "YYYY-MM-DD"',
            ]
    return lines
