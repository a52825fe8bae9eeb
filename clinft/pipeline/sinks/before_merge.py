"""Messages about a pull request that is not merged, to sinks that the policy agreed to beforehand.

The report was written by a job that read the pull request. It counts where that job ran the protected
branch's own workflow, in this repository, on the head that GitHub shows now; it is validated strictly, and
put into words by this code. Nothing of the pull request's tree is read.
"""

from collections.abc import Iterator

from pydantic import ValidationError

from clinft.artifacts.pull_request import ProjectReport, PullRequestReport
from clinft.errors import DigestMismatch, PolicyViolation
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.unpacking import only_file
from clinft.pipeline.sinks.parcels import Due
from clinft.ports.runs import WorkflowRun
from clinft.spec.quarantine import FILE as QUARANTINE
from clinft.stages.report import milestones
from clinft.stages.report.milestones import About, Places
from clinft.stages.report.pull_request.room import FOLDER_NAME

CHECKS = ".github/workflows/checks.yml"
# What decides how the report comes about.
JUDGING = (".github/workflows", ".github/actions")
# Stopped in between, the checks may not have judged what they left. A red gate is a conclusion, too.
CONCLUDED = ("success", "failure")
MOST_PROJECTS = 20
ARTIFACT, FILE = "report", "report.json"
MOST_BYTES = 20_000_000
NEXT_STEP = "Nothing is to be done: the pull request's own comment tells the same."


def report_of(main: OnMain, workflow_run: int) -> PullRequestReport | None:
    """None where the checks left none. PolicyViolation or DigestMismatch where it does not count."""
    run = main.runs.run(workflow_run)
    if run is None or run.path.partition("@")[0] != CHECKS or run.event != "pull_request":
        return None
    if run.conclusion not in CONCLUDED:
        return None
    _refuse_foreign(main, run)
    left = [one for one in main.runs.artifacts(run.id) if one.name == ARTIFACT and not one.expired]
    if not left:
        return None
    data = only_file(main.runs.download(left[-1], MOST_BYTES), FILE, MOST_BYTES)
    try:
        report = PullRequestReport.model_validate_json(data)
    except ValidationError:
        raise _foreign("it is no report of clinft") from None
    changes = report.changes
    if changes.number is None or (report.run_id, changes.head_sha) != (run.id, run.head_sha):
        raise _foreign("it is about another commit or run")
    pull = main.reader.pull_request(changes.number)
    if pull.head_sha != run.head_sha or pull.from_fork or pull.base_ref != main.actions.default_branch:
        raise _foreign("GitHub shows another head of this pull request by now")
    _refuse_another_base(main, report)
    return None if pull.merged else report


def told_of(main: OnMain, report: PullRequestReport) -> PullRequestReport:
    """Without what nobody is to hear of here: names that are no project, projects in quarantine on the
    protected branch, and plans that the branch or a journal knows, whose messages follow their runs."""
    real = {*main.projects, *(path.project for path in report.changes.paths)}
    named = [one for one in report.projects if FOLDER_NAME.fullmatch(one.name) and one.name in real]
    kept = tuple(one for one in named[:MOST_PROJECTS] if _is_news(main, one))
    return report.model_copy(update={"projects": kept})


def _is_news(main: OnMain, project: ProjectReport) -> bool:
    if main.history.entries(main.tip, f"projects/{project.name}/{QUARANTINE}"):
        return False
    if project.estimate is None:
        return True
    journal = main.store.read(project.name).state.runs
    known = {record.plan_digest for record in main.records(project.name).values()}
    return project.estimate.plan_digest not in known.union(run.plan_digest for run in journal)


def _refuse_another_base(main: OnMain, report: PullRequestReport) -> None:
    """GitHub runs the workflows of base and head together: the base's, too, must be those of the tip."""
    base, history = report.changes.base_sha, main.history
    if report.engine_sha != base or not history.on_line(main.tip, base):
        raise _foreign("it was judged by what the protected branch never was")
    if history.entries(base, *JUDGING) != history.entries(main.tip, *JUDGING):
        raise _foreign("the protected branch has changed its workflows since")


def _refuse_foreign(main: OnMain, run: WorkflowRun) -> None:
    """Whoever opens a pull request may change the workflow that checks it: then nothing it left counts."""
    if run.repository.lower() != main.repository.lower():
        raise PolicyViolation(
            "The pull request comes from a fork: nobody is told of it before its merge.",
            "Its checks ran what the fork holds.",
            NEXT_STEP,
        )
    head = main.history.fetch(run.head_sha)
    entries = main.history.entries
    if head is None or entries(head, *JUDGING) != entries(main.tip, *JUDGING):
        raise PolicyViolation(
            "The pull request's workflows are not those of the protected branch: nobody is told of it.",
            "It changes them, or the protected branch has changed them since.",
            f"Bring it up to date where it changes none. {NEXT_STEP}",
        )


def of_report(report: PullRequestReport, places: Places) -> Iterator[Due]:
    links = places.pull(report.changes.number)
    for project in (one for one in report.projects if FOLDER_NAME.fullmatch(one.name)):
        plan = report.changes.head_sha if project.estimate is None else project.estimate.plan_digest
        yield from _of_project(About(project.name, plan, links=links), project)


def _of_project(about: About, project: ProjectReport) -> Iterator[Due]:
    if project.prepared is not None:
        yield Due(milestones.data_plan(about, project.prepared))
    if project.audit is not None:
        yield Due(milestones.audit(about, project.audit, len(getattr(project.decision, "waived", ()))))
        if (concern := milestones.critical_findings(about, project.audit)) is not None:
            yield Due(concern)
    if project.estimate is not None:
        yield Due(milestones.cost(about, project.estimate, project.budget_usd))


def _foreign(why: str) -> DigestMismatch:
    return DigestMismatch(
        f"The report of the pull request's checks does not count: {why}.",
        "Its artifact was changed, or the pull request was pushed to meanwhile.",
        NEXT_STEP,
    )
