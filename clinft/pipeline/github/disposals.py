"""Recording what was deleted after its date: an entry of the run's status, by a pull request that waits.

What a machine says it deleted is recorded only where the rules of retention allow it. Nothing is lost where a
job is cut off: machines tell it again, and what lies on the branch already is taken over.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from clinft.artifacts.bundle import Disposed
from clinft.artifacts.run_state import DISPOSALS, ProjectState, RunStatus, StatusEntry
from clinft.errors import ClinftError, ServiceError
from clinft.pipeline import status_files, tracking
from clinft.pipeline.github import state, telling
from clinft.pipeline.github.journal import entry_after
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.github.retention import Known, KnownRun, ended_at, moment, states_of
from clinft.pipeline.transitions import may_follow
from clinft.ports.publishing import OpenPull
from clinft.stages.report.returned import steps

BRANCH, TITLE = "clinft/disposals", "clinft: record what retention deleted"
STATUS_FILE = re.compile(rf"projects/([a-z0-9-]+)/runs/({tracking.RUN.pattern})/status/[0-9]{{2}}\.json")
# The only words that are taken over from a branch that others may have pushed to.
COUNTED = re.compile(r"[0-9]{1,13} files, [0-9]{1,16} bytes")
MOST_LISTED = 200
WHAT: Mapping[str, str] = {
    "weights_deleted": "weights and checkpoints on the machine that trained",
    "provider_files_deleted": "files that were uploaded to the provider",
}


class Told(NamedTuple):
    """`failed`: a person must look."""

    project: str
    what: str
    failed: bool = False


@dataclass(frozen=True)
class Disposal:
    project: str
    run_id: str
    status: RunStatus
    at: datetime
    workflow_run: int | None
    message: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.project, self.run_id, self.status


def known_now(main: OnMain) -> Known:
    return Known(main.history, main.tip, states_of(main.store), main.policy.retention, main.clock.now())


def take_over(main: OnMain, disposed: Sequence[Disposed]) -> Iterator[Told]:
    """What a working job's machine says it deleted of earlier runs. It cannot say so of whatever it likes."""
    if not disposed:
        return
    known, new = known_now(main), []
    for one in {(one.project, one.run_id): one for one in disposed}.values():
        try:
            run = known.runs(one.project).get(one.run_id)
        except ClinftError as error:
            yield Told(one.project, str(error), failed=True)
            continue
        if run is not None and run.says("weights_deleted"):
            continue
        against = "no such run is known" if run is None else known.kept(run, "weights_deleted")
        if run is None or against is not None:
            what = f"the machine that worked says it deleted the weights of {one.run_id}"
            yield Told(one.project, f"{what}, which is not recorded: {against}. Look at that machine.", True)
        elif run.merged:
            new.append(_disposal(main, known, run, one))
        else:
            note(main, _disposal(main, known, run, one))
            yield Told(one.project, f"{one.run_id}: its state notes that its weights are deleted.")
    yield from record(main, known, new, main.publisher.pulls())


def _disposal(main: OnMain, known: Known, run: KnownRun, told: Disposed) -> Disposal:
    """With the machine's word on when, where that can be."""
    at, ended = moment(told.at), ended_at(run)
    if at is None or ended is None or not ended <= at <= known.now:
        at = known.now
    said = f"{told.files} files, {told.size_bytes} bytes"
    return Disposal(run.project, run.run_id, "weights_deleted", at, main.actions.run_id, said)


def note(main: OnMain, one: Disposal) -> None:
    """In the project's state, where the run's results were never merged."""

    def change(here: ProjectState) -> ProjectState | None:
        run = here.run(one.run_id)
        if run is None or any(entry.status == one.status for entry in run.history):
            return None
        return state.note(
            here, one.run_id, one.status, now=one.at, workflow_run=one.workflow_run, message=one.message
        )

    state.update(main.store, one.project, change)


def record(
    main: OnMain, known: Known, new: Sequence[Disposal], opened: tuple[OpenPull, ...]
) -> Iterator[Told]:
    """The pull request with these and with what it holds already, on the protected branch's newest commit.

    `new`: of runs whose records lie there. Nothing is written where the pull request holds just this.
    """
    pull = pull_of(opened)
    if pull is None and not new:
        return
    there = () if pull is None else waiting(main, pull)
    # What waits comes last and stays as it is: nobody has to look at the same again.
    wanted = {one.key: one for one in (*new, *there) if _may_be_said(known, one)}
    files, added = _files(main, tuple(wanted.values()))
    if not added:
        if pull is not None:
            main.publisher.close_pull(pull.number, "There is nothing left to record.")
            main.publisher.delete_branch(BRANCH)
        return
    if pull is not None and _holds(main, pull.head_sha, files):
        yield Told("retention", f"pull request {pull.number}, which records what was deleted, waits.")
        return
    if main.policy.commit_back.mode == "push":
        branch = main.actions.default_branch
        commit = main.publisher.commit(branch, main.tip, files, (), TITLE)
        yield Told("retention", f"what was deleted is recorded on {branch} ({commit[:12]}).")
    else:
        main.publisher.rebuild(BRANCH, main.tip, files, TITLE)
        number = main.publisher.open_pull(BRANCH, main.actions.default_branch, TITLE, _body(added))
        yield Told("retention", f"pull request {number} records what was deleted, {len(added)} entries.")
    for one in new:
        if (entry := added.get(one.key)) is not None and one.project in main.projects:
            main.softly("the tracking issue", partial(_tell, main, one.project, entry))


def pull_of(opened: tuple[OpenPull, ...]) -> OpenPull | None:
    return next((pull for pull in opened if pull.head_ref == BRANCH), None)


def waiting(main: OnMain, pull: OpenPull) -> tuple[Disposal, ...]:
    """What it adds to runs' status. Anybody who may push may have added to it: no text of it counts."""
    head = main.history.fetch(pull.head_sha)
    if head is None:
        raise ServiceError(
            f"The branch of pull request {pull.number} cannot be fetched.",
            "It was pushed or deleted a moment ago, or GitHub does not answer.",
            "Nothing needs to be done: reconcile looks again.",
        )
    known = set(main.history.entries(main.tip, "projects"))
    found = []
    with tempfile.TemporaryDirectory(prefix="clinft-waiting-") as place:
        for listed in main.history.entries(head, "projects"):
            match = STATUS_FILE.fullmatch(listed.path)
            if match is None or listed in known:
                continue
            main.history.export(head, listed.path, Path(place))
            try:
                entry = status_files.read_one(Path(place) / listed.path)
            except ClinftError:
                continue
            at = moment(entry.at)
            if entry.status in DISPOSALS and entry.run_id == match[2] and at is not None:
                said = entry.message if COUNTED.fullmatch(entry.message) else ""
                found.append(Disposal(match[1], entry.run_id, entry.status, at, entry.workflow_run, said))
    return tuple(found)


def _may_be_said(known: Known, one: Disposal) -> bool:
    try:
        run = known.runs(one.project).get(one.run_id)
    except ClinftError:
        return False
    if run is None or not run.merged or known.kept(run, one.status) is not None:
        return False
    return may_follow([entry.status for entry in run.history], one.status)


def _files(
    main: OnMain, wanted: Sequence[Disposal]
) -> tuple[dict[str, bytes], dict[tuple[str, str, str], StatusEntry]]:
    """All that the branch holds besides the protected branch's tip, by path; and the entries among it."""
    added = {}
    with tempfile.TemporaryDirectory(prefix="clinft-disposals-") as place:
        root = Path(place)
        main.history.export(main.tip, "projects", root)
        written: list[Path] = []
        for one in sorted(wanted, key=lambda one: one.key):
            run = root / "projects" / one.project / "runs" / one.run_id
            before = status_files.read(run)
            entry = entry_after(one.run_id, before, one.status, one.at, one.workflow_run, one.message)
            written += status_files.write_new(run, (*before, entry))
            added[one.key] = entry
        written += tracking.write(root / "projects") if written else []
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in written}, added


def _holds(main: OnMain, head_sha: str, files: Mapping[str, bytes]) -> bool:
    """Whether the branch changes these files, to just this, and nothing else."""
    head = main.history.fetch(head_sha)
    parents = () if head is None else main.history.parents(head)
    if head is None or not parents:
        return False
    if {difference.path for difference in main.history.differences(parents[0], head)} != files.keys():
        return False
    with tempfile.TemporaryDirectory(prefix="clinft-held-") as place:
        main.history.export(head, "projects", Path(place))
        held = {path: Path(place) / path for path in files}
        return all(held[path].is_file() and held[path].read_bytes() == data for path, data in files.items())


def _body(added: Mapping[tuple[str, str, str], StatusEntry]) -> str:
    lines = [f"- `{project}` `{run_id}`: {WHAT[status]}" for project, run_id, status in sorted(added)]
    more = len(lines) - MOST_LISTED
    listed = "\n".join([*lines[:MOST_LISTED], *([f"- and {more} more"] if more > 0 else [])])
    return (
        "The policy's `retention` says how long what lies outside git is kept. Past its date clinft deleted:"
        f"\n\n{listed}\n\n"
        "Each run's status gets an entry that says so, and `projects/tracking/` follows. The evidence stays. "
        "Merging this deletes nothing more, and not merging it brings nothing back."
    )


def _tell(main: OnMain, project: str, entry: StatusEntry) -> None:
    telling.tell(main, telling.spec_of(main, project), steps.Later(entry))
