"""The checks of a pull request: each runs one stage on every changed project and leaves its results.

A check never stops at the first project that says no: everybody learns everything at once.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.pull_request import ChangeSet, Previous, Sample, SpecProblem
from clinft.errors import ClinftError, Problem, SpecError
from clinft.pipeline.before_training import audit_stage, estimate_stage, prepare_stage
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Outcome, run_stage
from clinft.pipeline.github.plans import Plans
from clinft.pipeline.github.samples import clean_samples
from clinft.pipeline.ledger import spent_in_month
from clinft.pipeline.problems import written_problems
from clinft.ports.actions import Actions
from clinft.ports.history import History
from clinft.ports.services import Services
from clinft.spec.policy import Policy
from clinft.stages.gate.money import bounds
from clinft.stages.gate.paths import LINKS
from clinft.stages.gate.waivers import judge

PROBLEMS, PREVIOUS, SAMPLES = "problems", "previous", "samples"
# Which files of a project a job leaves, by the job's name.
FILES = {"spec": PROBLEMS, "prep": "prepare", "hipaa-audit": "audit", "cost-estimate": "estimate"}
MAX_BYTES = 50_000_000
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True)
class Change:
    """A pull request at work: the tree of its merge, the policy of its base, where results go."""

    actions: Actions
    changes: ChangeSet
    history: History
    tree: Path
    policy: Policy
    policy_sha256: str
    services: Services
    plans: Plans
    policy_of: Callable[[str], Policy]
    open_project: Callable[[Path], Context]

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """Projects whose plan may change, and that are still there."""
        names = self.changes.projects("plan")
        return tuple(name for name in names if self.plans.key(self.changes.merge_sha, name) is not None)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        return tuple(name for name in self.changes.projects("plan") if name not in self.projects)

    def folder(self, project: str) -> Path:
        return self.tree / "projects" / project

    def results(self, project: str) -> Path:
        # Uploads refuse some characters of file names; a folder called so is no valid project anyway.
        name = project if SLUG.fullmatch(project) else digest_bytes(project.encode())[:16]
        return self.actions.results / "projects" / name


@dataclass(frozen=True)
class Checked:
    """One project under one check. `outcomes`: what stages said; `error`: why there is none."""

    project: str
    ok: bool
    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: ClinftError | None = None
    text: str = ""


def check_spec(change: Change) -> Iterator[Checked]:
    for project in change.projects:
        problems = tuple(written_problems(change.folder(project)))
        _write(change, project, PROBLEMS, [_problem(found) for found in problems])
        yield Checked(project, not problems, problems=problems)


def check_prep(change: Change) -> Iterator[Checked]:
    yield from _each(change, lambda context: (run_stage(prepare_stage(), context),))


def check_audit(change: Change) -> Iterator[Checked]:
    def run(context: Context) -> tuple[Outcome, ...]:
        run_stage(prepare_stage(), context)
        outcome = run_stage(audit_stage(), context)
        samples = [sample.model_dump(mode="json") for sample in clean_samples(context, _payload(outcome))]
        _write(change, context.name, SAMPLES, samples)
        return (outcome,)

    def ok(context: Context, outcome: Outcome) -> str:
        report: AuditReport = _payload(outcome)
        found = judge(report, change.policy, context.name, context.services.clock.now().date())
        return (
            f"The audit said {report.verdict}; what it says above names the places." if found.blocks else ""
        )

    yield from _each(change, run, ok)


def check_estimate(change: Change) -> Iterator[Checked]:
    def run(context: Context) -> tuple[Outcome, ...]:
        run_stage(prepare_stage(), context)
        before = change.plans.estimate(change.changes.base_sha, context.name)
        _write(change, context.name, PREVIOUS, None if before is None else _previous(before))
        return (run_stage(estimate_stage(), context),)

    def ok(context: Context, outcome: Outcome) -> str:
        estimate: CostEstimate = _payload(outcome)
        before = change.plans.estimate(change.changes.base_sha, context.name)
        reasons = bounds(
            estimate,
            context.loaded.spec,
            change.policy,
            spent_in_month(change.tree / "projects", context.services.clock.now(), estimate.plan_digest),
            None if before is None else before.cost_usd_upper,
        )
        return " ".join(f"{reason.code}: {reason.message} {reason.way_out}" for reason in reasons)

    yield from _each(change, run, ok)


def load_problems(change: Change, project: str) -> tuple[SpecProblem, ...] | None:
    found = _read(change, project, PROBLEMS)
    return None if found is None else tuple(SpecProblem.model_validate(item) for item in found)


def load_previous(change: Change, project: str) -> Previous | None:
    found = _read(change, project, PREVIOUS)
    return None if found is None else Previous.model_validate(found, strict=False)


def load_samples(change: Change, project: str) -> tuple[Sample, ...]:
    return tuple(Sample.model_validate(item) for item in _read(change, project, SAMPLES) or ())


def load_result(change: Change, project: str, stage: str, payload: type[Any]) -> Artifact[Any] | None:
    """What a job left; its digest belongs to its content, or DigestMismatch."""
    return run_folder.load(change.results(project), stage, payload)


def found_results(change: Change) -> dict[str, set[str]]:
    """By job, the projects of which it left a result."""
    return {
        job: {name for name in change.projects if (change.results(name) / f"{file}.json").is_file()}
        for job, file in FILES.items()
    }


def _each(
    change: Change,
    run: Callable[[Context], tuple[Outcome, ...]],
    against: Callable[[Context, Outcome], str] = lambda context, outcome: "",
) -> Iterator[Checked]:
    for project in change.projects:
        try:
            _refuse_links(change, project)
            context = change.open_project(change.folder(project))
            outcomes = run(context)
        except ClinftError as error:
            problems = error.problems if isinstance(error, SpecError) else ()
            yield Checked(project, False, problems=problems, error=error)
            continue
        for outcome in outcomes:
            if outcome.artifact is not None:
                run_folder.save(change.results(project), outcome.artifact)
        text = against(context, outcomes[-1])
        yield Checked(project, not text, outcomes=outcomes, text=text)


def _refuse_links(change: Change, project: str) -> None:
    """A linked data folder would be written through."""
    entries = change.history.entries(change.changes.merge_sha, f"projects/{project}")
    if any(entry.mode in LINKS for entry in entries):
        raise SpecError(
            f"The folder of {project} holds a symbolic link or a submodule.",
            "What it points to could lie outside the repository, so none is followed.",
            "Put the files themselves there.",
        )


def _payload(outcome: Outcome) -> Any:
    assert outcome.artifact is not None, "these stages always run"
    return outcome.artifact.payload


def _previous(estimate: CostEstimate) -> dict[str, Any]:
    return Previous(
        plan_digest=estimate.plan_digest,
        cost_usd=estimate.cost_usd,
        cost_usd_upper=estimate.cost_usd_upper,
        minutes=estimate.minutes,
    ).model_dump(mode="json")


def _problem(found: Problem) -> dict[str, Any]:
    return SpecProblem(
        path=found.path,
        line=found.line,
        column=found.column,
        message=found.message,
        cause=found.cause,
        next_step=found.next_step,
    ).model_dump(mode="json")


def _write(change: Change, project: str, name: str, value: Any) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    run_folder.write_atomically(change.results(project) / f"{name}.json", data)


def _read(change: Change, project: str, name: str) -> Any:
    path = change.results(project) / f"{name}.json"
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    return json.loads(path.read_bytes())
