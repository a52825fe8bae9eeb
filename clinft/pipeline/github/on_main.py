"""A job on the protected branch at work: what it may ask, and the little it may change."""

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.results import RunRecord
from clinft.errors import ClinftError, ServiceError
from clinft.pipeline.context import Context
from clinft.ports.actions import Actions
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History
from clinft.ports.publishing import Publisher
from clinft.ports.runs import WorkflowRuns
from clinft.ports.services import Clock
from clinft.ports.state import StateStore
from clinft.spec.policy import Policy
from clinft.stages.gate.paths import plan_paths

RUN_ID = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")


@dataclass(frozen=True)
class OnMain:
    """`tip`: the branch's newest commit now. `policy`: as it stands there. `open_project`: with reviews."""

    actions: Actions
    history: History
    tip: str
    policy: Policy
    store: StateStore
    runs: WorkflowRuns
    reader: ForgeReader
    publisher: Publisher
    clock: Clock
    open_project: Callable[[Path], Context]
    say: Callable[[str], None]

    @property
    def repository(self) -> str:
        return self.actions.repository

    @property
    def claimant(self) -> tuple[int, int]:
        return self.actions.run_id, self.actions.run_attempt

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """Names of the projects that the tip holds."""
        entries = self.history.entries(self.tip, "projects")
        split = [entry.path.split("/") for entry in entries]
        return tuple(sorted(parts[1] for parts in split if parts[2:] == ["project.yaml"]))

    def now(self) -> "OnMain":
        """The same job with the branch as it is at this moment."""
        tip = self.history.fetch(f"refs/heads/{self.actions.default_branch}")
        if tip is None:
            raise ServiceError(f"{self.actions.default_branch} cannot be fetched.", "", "Run this job again.")
        return self if tip == self.tip else replace(self, tip=tip)

    def statuses(self, project: str) -> Mapping[str, str]:
        """How each attempt on the branch ended; one whose record cannot be read is there too."""
        place = f"projects/{project}/runs/"
        entries = self.history.entries(self.tip, place.rstrip("/"))
        there = {entry.path.removeprefix(place).split("/")[0] for entry in entries}
        ended = {name: record.status for name, record in self.records(project).items()}
        return {name: ended.get(name, "unreadable") for name in there if RUN_ID.fullmatch(name)}

    def records(self, project: str) -> Mapping[str, RunRecord]:
        """What the branch's tip says of finished attempts, by run id; damaged ones are left out."""
        place = f"projects/{project}/runs/"
        found = {}
        with tempfile.TemporaryDirectory(prefix="clinft-records-") as folder:
            for entry in self.history.entries(self.tip, place.rstrip("/")):
                run_id, _, name = entry.path.removeprefix(place).partition("/")
                if name != run_folder.RECORD:
                    continue
                self.history.export(self.tip, entry.path, Path(folder))
                try:
                    record = run_folder.load_record(Path(folder) / place / run_id)
                except ClinftError:
                    continue  # verify and the gate name it
                if record is not None and record.run_id == run_id:
                    found[run_id] = record
        return found

    def same_plan_files(self, project: str, commit: str) -> bool:
        """Whether the files that make the project's plan are those of the tip."""
        entries = self.history.entries
        return entries(commit, *plan_paths(project)) == entries(self.tip, *plan_paths(project))

    def was_proposed(self, project: str) -> bool:
        """Whether a merged pull request last touched the plan's files: else nobody has approved it."""
        commit = self.history.newest(self.tip, plan_paths(project))
        return commit is not None and self.reader.pull_request_of(commit) is not None

    def is_over(self, workflow_run: int) -> bool:
        """Nobody works in that workflow run any more. Our own is never over."""
        if workflow_run == self.actions.run_id:
            return False
        found = self.runs.run(workflow_run)
        return found is None or found.over

    def softly(self, what: str, do: Callable[[], object]) -> None:
        """For what only tells people: a failure is said and never fatal."""
        try:
            do()
        except ClinftError as error:
            # Also a project that is gone from the branch by now: what was made must still be published.
            self.say(f"{what}: {error.what}")
