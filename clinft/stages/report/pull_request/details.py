"""The collapsed parts: data, samples, terminology, hyperparameters, assessment, and how the checks ran."""

import re
from collections.abc import Iterable

from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.pull_request import ProjectReport, PullRequestReport
from clinft.stages.report import assessment, numbers, run_evidence
from clinft.stages.report.markdown import bullets, code_block, table
from clinft.stages.report.pull_request import audit
from clinft.stages.report.pull_request.project import CHECKED, shown
from clinft.stages.report.pull_request.reasons import gate_decision
from clinft.stages.report.pull_request.room import UNKNOWN, Room, Section, collapsed, sha

STATUS = {"A": "added", "M": "changed", "D": "deleted", "T": "type changed"}
# The address of an Actions run, on github.com or a GitHub Enterprise host; anything else makes no link.
RUN_URL = re.compile(
    r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9_.-]+){2}/actions/runs/[0-9]+(/attempts/[0-9]+)?"
)


def run_link(report: PullRequestReport) -> str:
    text = f"run {report.run_id}, attempt {report.run_attempt}"
    address = report.run_url
    return f"[{text}]({address})" if len(address) <= 300 and RUN_URL.fullmatch(address) else text


def sections(report: PullRequestReport, room: Room) -> Iterable[Section]:
    several = len(report.projects) > 1
    for project in shown(report, room):
        yield from _of_project(project, project.name if several else None, room)
    if report.changes.paths:
        yield collapsed("Changed paths", "changed paths", None, _paths(report, room))
    yield collapsed("How the checks ran", "how the checks ran", None, *_run(report, room))


def _of_project(project: ProjectReport, name: str | None, room: Room) -> Iterable[Section]:
    yield from audit.collapsed_parts(project, name, room)
    if project.assessment is not None:
        blocks = assessment.strategies(project.assessment.payload, room)
        yield collapsed("Prompt assessment", "prompt assessment", name, *blocks)
    if project.prepared is not None:
        yield collapsed("Data plan", "data plan", name, *_data(project.prepared, room))
    if project.samples:
        yield collapsed("Sample synthetic records", "sample records", name, *_samples(project, room))
    if project.prepared is not None:
        yield collapsed("Terminology and labels", "terminology", name, *_labels(project.prepared, room))
    if project.recipe:
        yield collapsed("Hyperparameters, and why", "hyperparameters", name, _recipe(project, room))


def _data(prepared: PreparedDataset, room: Room) -> Iterable[str]:
    yield (
        f"Synthetic, from generator {room.code(prepared.generator)} version {prepared.generator_version}, "
        f"seed {prepared.seed}."
    )
    yield room.grid(
        ("Split", "Records", "Scenarios", "Note styles", "sha256"),
        [
            (
                room.text(name),
                f"{split.records:,}",
                f"{split.scenarios:,}",
                room.inline([room.code(style) for style in sorted(split.by_style)]),
                numbers.short(split.sha256),
            )
            for name, split in prepared.splits.items()
        ],
        numeric={1, 2},
    )
    yield run_evidence.disjointness(prepared)
    yield room.grid(
        ("Field", "Type", "Meaning", "Example"),
        [
            (room.code(field.name), room.text(field.type), room.text(field.meaning), room.code(field.example))
            for field in prepared.fields
        ],
    )


def _samples(project: ProjectReport, room: Room) -> Iterable[str]:
    yield "Synthetic records of the training split in which the audit found nothing."
    for sample in project.samples[: room.rows]:
        yield f"Record {room.code(sample.id)}, answer {room.code(sample.target)}:"
        yield code_block(room.clip(sample.text), "text")
    yield room.more(len(project.samples))


def _labels(prepared: PreparedDataset, room: Room) -> Iterable[str]:
    yield f"Release: {room.text(prepared.terminology_release)}."
    splits = [*prepared.splits.items()][: room.rows]
    labels = sorted({label for split in prepared.splits.values() for label in split.by_label})
    yield room.grid(
        ("Label", *(room.text(name) for name, _ in splits)),
        [
            (
                room.code(label),
                *(numbers.share(split.by_label.get(label, 0), split.records) for _, split in splits),
            )
            for label in labels
        ],
        numeric=range(1, len(splits) + 1),
    )
    yield room.more(len(prepared.splits))


def _recipe(project: ProjectReport, room: Room) -> str:
    return room.grid(
        ("Name", "Value", "Chosen or default", "What it does"),
        [
            (
                room.code(setting.name),
                room.text(setting.value),
                "chosen" if setting.chosen else "default",
                room.text(setting.meaning),
            )
            for setting in project.recipe
        ],
    )


def _paths(report: PullRequestReport, room: Room) -> str:
    return room.grid(
        ("Path", "Change", "Counts as"),
        [
            (
                room.code(path.path) + (", a link" if path.link else ""),
                STATUS[path.status],
                path.kind,
            )
            for path in report.changes.paths
        ],
    )


def _run(report: PullRequestReport, room: Room) -> Iterable[str]:
    changes = report.changes
    yield (
        "The engine and the policy are those of the base branch; the files of the pull request were read as "
        "data only."
    )
    yield bullets(
        (
            f"Run: {run_link(report)}, checked at {room.text(report.checked_at)}",
            f"Engine: commit {sha(report.engine_sha)}; policy: sha256 {numbers.short(report.policy_sha256)}",
            f"Base {sha(changes.base_sha)}, head {sha(changes.head_sha)}, "
            f"checked tree {sha(changes.merge_sha)}",
        )
    )
    yield room.grid(
        ("Job", "Result"), [(room.code(need.name), room.code(need.result)) for need in report.needs]
    )
    plans = [(project, _plan(project)) for project in report.projects]
    if plans:
        yield table(
            ("Project", "Plan"),
            [(room.code(project.name), plan) for project, plan in plans[: room.rows]],
        )
        yield room.more(len(plans))


def _plan(project: ProjectReport) -> str:
    if project.what not in CHECKED:
        return "none of its own"
    if decision := gate_decision(project):
        return f"`{decision.plan_digest}`"
    return UNKNOWN if project.estimate is None else f"`{project.estimate.plan_digest}`"
