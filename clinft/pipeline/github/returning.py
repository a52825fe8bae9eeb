"""Bringing a run's results: the journal, a branch with the evidence, its pull request, the tracking issue.

Each step can be repeated, and the order is such that reconcile can go on wherever it was cut off: what is
sealed is noted first, then committed, then shown; the lock is given back last.
"""

import tempfile
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.results import RegressionVerdict
from clinft.artifacts.run_state import AT_HOME, ProjectState, RunState, RunStatus
from clinft.errors import ClinftError, PolicyViolation
from clinft.pipeline import status_files, tracking
from clinft.pipeline.deployment import FILE as DEPLOYMENT
from clinft.pipeline.github import state, telling
from clinft.pipeline.github.locks import LEASE, going_on, mine
from clinft.pipeline.github.merging import branch_of
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.reporting import EVIDENCE, LOST, Returned
from clinft.stages.report import stage as report
from clinft.stages.report.returned.results import results_body, results_title

# So often a run may lose its machine, or end in the same way, before it counts as failed.
MOST_LOST = 5


def publish(main: OnMain, returned: Returned) -> Iterator[str]:
    """Says what it did, line by line."""
    folder = main.actions.results / EVIDENCE
    _refuse_uncompared(main, returned, folder)
    run = _noted(main, returned)
    number: int | None = None
    if returned.record is not None:
        number = yield from _brought(main, returned, run, folder)
        main.softly("the tracking issue", lambda: telling.of_results(main, returned, run, folder, number))
    else:
        main.softly("the tracking issue", lambda: telling.of_entry(main, returned.project, run))
    released = state.update(main.store, returned.project, lambda here: state.release(here, main.claimant[0]))
    yield f"lock of {returned.project}: {'free' if released.holder is None else 'held by another'}"
    if run.status == "paused" and returned.status == "paused" and _got_on(run):
        main.runs.dispatch("train.yml", main.actions.default_branch, going_on(returned.project, run))
        yield f"train started again for {returned.project}: the next segment of {returned.run_id}"


def _refuse_uncompared(main: OnMain, returned: Returned, folder: Path) -> None:
    """Where a model is in use, a new one comes with a comparison or not at all."""
    if returned.status != "trained" or returned.record is None:
        return
    if run_folder.load(folder, "regress", RegressionVerdict) is not None:
        return
    place = f"projects/{returned.project}/{DEPLOYMENT}"
    if main.history.entries(main.tip, place):
        raise PolicyViolation(
            f"{returned.run_id} of {returned.project} was not compared with the model that is deployed.",
            "Its sealed evidence holds no regression result, and one is required where a baseline exists.",
            "Compare report.yml with the template, and start report again; nothing was published.",
        )


def _noted(main: OnMain, returned: Returned) -> RunState:
    """The journal with what happened; refuses where another workflow run holds the lock by now."""

    def change(here: ProjectState) -> ProjectState | None:
        if not mine(here, main.claimant, returned.run_id):
            raise PolicyViolation(
                f"The lock of {returned.project} is not held for {returned.run_id} by this workflow run.",
                "Another job took it over; what this one left is kept as an artifact.",
                "Nothing needs to be done: whoever holds the lock publishes.",
            )
        for status, message in _steps(here.run(returned.run_id), returned):
            here = state.note(
                here,
                returned.run_id,
                status,
                now=main.clock.now(),
                workflow_run=main.actions.run_id,
                message=message,
                job=returned.job,
                record=returned.record if status in ("succeeded", "failed", "cancelled") else None,
            )
        return here

    after = state.update(main.store, returned.project, change).run(returned.run_id)
    assert after is not None, "whoever holds the lock for a run has it"
    return after


def _still_ours(main: OnMain, returned: Returned) -> None:
    """A fresh lease right before the commit, which nobody else can have taken in between."""

    def change(here: ProjectState) -> ProjectState:
        workflow_run, attempt = main.claimant
        return state.renew(here, workflow_run, attempt, now=main.clock.now(), lease=LEASE)

    state.update(main.store, returned.project, change)


def _steps(run: RunState | None, returned: Returned) -> Iterator[tuple[RunStatus, str]]:
    assert run is not None, "whoever holds the lock for a run has it"
    if returned.record is not None and any(entry.record == returned.record for entry in run.history):
        return  # noted before; only publishing was cut short
    if returned.status == "trained":
        yield "trained", ""
        yield "succeeded", ""
    elif returned.status == "lost":
        lost = sum(entry.status == "paused" and entry.message == LOST for entry in run.history)
        yield ("failed" if lost + 1 >= MOST_LOST and not run.may_be_paid else "paused"), LOST
    elif returned.status == "paused" and not _paid(run, returned) and _stands_still(run, returned.message):
        yield "failed", f"it was cut off {MOST_LOST} times in the same way: {returned.message}"
    else:
        yield returned.status, returned.message


def _paid(run: RunState, returned: Returned) -> bool:
    """What a provider was paid for is not given up because it cannot be asked for hours."""
    job = returned.job
    here = run.provider not in AT_HOME and job is not None and job.may_have_model
    return here or run.may_be_paid


def _got_on(run: RunState) -> bool:
    """It has not ended like this before; what stands still waits for reconcile, which comes each hour."""
    last = run.history[-1]
    return sum((entry.status, entry.message) == ("paused", last.message) for entry in run.history) == 1


def _stands_still(run: RunState, message: str) -> bool:
    """Segments of a training say at which step they ended; what repeats itself word for word goes nowhere."""
    same = sum(entry.status == "paused" and entry.message == message for entry in run.history)
    return same + 1 >= MOST_LOST


def _brought(
    main: OnMain, returned: Returned, run: RunState, folder: Path
) -> Generator[str, None, int | None]:
    push = main.policy.commit_back.mode == "push"
    branch = main.actions.default_branch if push else branch_of(run)
    files = additions(main, returned, run, folder)
    title = results_title(returned.project, returned.run_id)
    _still_ours(main, returned)
    if not push and _holds_another(
        main, branch, f"projects/{returned.project}/runs/{returned.run_id}", files
    ):
        commit = main.publisher.rebuild(branch, main.tip, files, title)
    else:
        commit = main.publisher.commit(branch, main.tip, files, (), title)
    yield f"committed {len(files)} files to {branch} ({commit[:12]})"
    if push:
        return None
    facts = telling.results_facts(main, returned, folder, commit)
    body = results_body(facts, telling.links(main))
    number = main.publisher.open_pull(branch, main.actions.default_branch, title, body)
    yield f"results pull request {number}"
    state.update(main.store, returned.project, lambda here: state.set_results(here, returned.run_id, number))
    return number


def _holds_another(main: OnMain, branch: str, place: str, files: Mapping[str, bytes]) -> bool:
    """Whether the branch has files of the run that these neither repeat nor follow: of before the project's
    state was deleted, or of an evaluation that was closed."""
    head = main.history.fetch(f"refs/heads/{branch}")
    if head is None:
        return False
    merged = set(main.history.entries(main.tip, place))
    ours = {entry.path for entry in main.history.entries(head, place) if entry not in merged}
    with tempfile.TemporaryDirectory(prefix="clinft-before-") as folder:
        main.history.export(head, place, Path(folder))
        there = {path: Path(folder) / path for path in ours}
        return any(
            path not in files or not found.is_file() or found.read_bytes() != files[path]
            for path, found in there.items()
        )


def additions(main: OnMain, returned: Returned, run: RunState, folder: Path) -> dict[str, bytes]:
    """Everything that the results' branch holds besides the protected branch's tip, by path."""
    project, run_id = returned.project, returned.run_id
    with tempfile.TemporaryDirectory(prefix="clinft-results-") as place:
        root = Path(place)
        main.history.export(main.tip, "projects", root)
        projects = root / "projects"
        target = projects / project / "runs" / run_id
        if returned.purpose == "evaluate":
            target = next_again(target, returned.record)
        written: list[Path] = []
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                copy = target / path.relative_to(folder)
                run_folder.write_atomically(copy, path.read_bytes())
                written.append(copy)
        written += status_files.write_new(target, run.history)
        if returned.purpose == "train":
            written += _documents(target, projects / project)
        written += tracking.write(projects)
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in written}


def next_again(run: Path, sealed: str | None) -> Path:
    """The folder of the next evaluation of a run, or the one that holds the sealed record already."""
    before = status_files.again(run)
    for path in before:
        try:
            record = run_folder.load_record(path)
        except ClinftError:
            continue  # verify and the gate name it
        if record is not None and record.digest == sealed:
            return path
    return run / status_files.AGAIN / f"{max((int(path.name) for path in before), default=0) + 1:02d}"


def _documents(run: Path, project: Path) -> list[Path]:
    """The latest documents also lie where people look for them."""
    written = []
    for name in report.DOCUMENTS:
        if (run / name).exists():
            run_folder.write_atomically(project / name, (run / name).read_bytes())
            written.append(project / name)
    return written
