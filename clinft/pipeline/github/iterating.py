"""After a run that is not deployed: a pull request with a few changed lines of project.yaml, and why.

A bot's pull request trains nothing when it is merged (CLINFT-G055): a person makes the plan theirs first. One
that people closed is not opened again, and none is opened where somebody has changed the plan since, or while
a run of the project is under way.
"""

from collections.abc import Iterator
from pathlib import Path

from clinft import pipeline, run_folder
from clinft.artifacts.results import RegressionVerdict
from clinft.pipeline.github import telling
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.proposing import propose_after
from clinft.pipeline.standing import Standing
from clinft.spec.load import SPEC_NAME
from clinft.stages.report.returned import steps
from clinft.stages.report.returned.iteration import IterationFacts, iteration_body, iteration_title

ITERATE = "clinft/iterate/"
# An incomparable run says nothing of its model; what harms is looked at by people first.
STATUSES = ("FIRST", "WARN", "FAIL")


def iterate(main: OnMain, standing: Standing) -> Iterator[str]:
    """`standing`: the project as the branch's tip has it."""
    found = _newest(main, standing)
    if found is None:
        return
    run, verdict = found
    branch = f"{ITERATE}{run.name}"
    if main.publisher.proposed(branch) is not None or not _still_its_plan(main, standing, run):
        return
    context = main.open_project(Path("projects") / standing.project)
    # The gold facts of the test records lie in no evidence: they are made once more.
    list(pipeline.run(context, ("prepare",)))
    proposed = propose_after(context, run)
    if proposed.text is None:
        yield f"{run.name} is not deployed, and no change of its plan is proposed: {proposed.why_not}."
        return
    path = f"projects/{standing.project}/{SPEC_NAME}"
    title = iteration_title(standing.project, run.name)
    main.publisher.commit(branch, main.tip, {path: proposed.text.encode()}, (), title)
    body = iteration_body(IterationFacts(proposed.proposal, verdict), telling.links(main))
    number = main.publisher.open_pull(branch, main.actions.default_branch, title, body)
    main.softly(
        "the tracking issue",
        lambda: telling.tell(
            main, telling.spec_of(main, standing.project), steps.IterationOpened(run.name, number)
        ),
    )
    yield f"{run.name} is not deployed: pull request {number} proposes another try."


def _newest(main: OnMain, standing: Standing) -> tuple[Path, RegressionVerdict] | None:
    """The run that was compared last, where its verdict asks for another try."""
    found = []
    for run_id, record in main.records(standing.project).items():
        run = standing.run(run_id)
        verdict = standing.load(run, "regress", RegressionVerdict)
        if record.status == "succeeded" and verdict is not None:
            artifact = run_folder.load(run, "regress", RegressionVerdict)
            found.append((artifact.created_at if artifact else "", run_id, verdict))
    if not found:
        return None
    _, run_id, verdict = max(found, key=lambda one: one[:2])
    # A run that was compared with nothing is FIRST also where a rule of safety found harm in it.
    asks = verdict.recommendation == "iterate" and verdict.status in STATUSES and not verdict.is_critical
    return (standing.run(run_id), verdict) if asks else None


def _still_its_plan(main: OnMain, standing: Standing, run: Path) -> bool:
    """The branch's project.yaml is the one that the run was trained with, and this job's checkout has it."""
    here = standing.root / "projects" / standing.project / SPEC_NAME
    its = run / SPEC_NAME
    if not (its.is_file() and here.is_file() and its.read_bytes() == here.read_bytes()):
        return False
    if any(one.live for one in main.store.read(standing.project).state.runs):
        return False
    return main.same_plan_files(standing.project, main.actions.sha)
