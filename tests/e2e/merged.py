"""A hospital after the merge: the real train, report and reconcile workflows on the protected branch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinft.artifacts.run_state import ProjectState
from clinft.stages.gate.merged import CHECKS
from tests.e2e.act import Run, run_workflow
from tests.e2e.permissions import permissions_check
from tests.e2e.pull_requests import (
    BOT,
    LIKE_GITHUB,
    Hospital,
    assert_no_command,
    assert_no_secret,
    compiled,
)
from tests.e2e.repository import Edits, Event
from tests.fakes.github.bare import run_git
from tests.fakes.github.state import MergeMethod


@dataclass(frozen=True)
class Ran:
    """One workflow run on the protected branch. `operations`: what its jobs asked of the API, in order."""

    run: Run
    run_id: int
    operations: list[tuple[str, str]]

    def wrote(self, *operation_ids: str) -> list[str]:
        return [one for _, one in self.operations if one in operation_ids]


class AfterMerge(Hospital):
    """`artifacts` holds those of all workflow runs, as GitHub does; `cache` outlives the jobs' checkouts."""

    def __init__(self, folder: Path, **policy: Any) -> None:
        super().__init__(folder, **policy)
        self.artifacts, self.cache = folder / "artifacts", folder / "cache"
        self.server.artifacts_folder = self.artifacts
        self.before = self.tip()
        self.followed = 0

    def tip(self) -> str:
        return str(self.server.repo.ref("refs/heads/main"))

    def brought(
        self, number: int, edits: Edits, *people: str, method: MergeMethod = "merge", author: str = "alice"
    ) -> str:
        """A pull request with green checks, approved by these people and merged; the merge's commit."""
        self.before = self.tip()
        self.open(number, f"branch-{number}", edits, author=author)
        self.checks_passed(number)
        for login in people:
            self.server.review(number, login, "APPROVED")
        return self.server.merge_pull(number, method)

    def checks_passed(self, number: int) -> None:
        head = self.server.head_sha(self.server.pulls[number])
        for name in CHECKS:
            self.server.check_run(head, name, "success")

    def merged(self, number: int) -> str:
        """A person merges a pull request of ours, whose checks succeeded."""
        self.before = self.tip()
        self.checks_passed(number)
        return self.server.merge_pull(number, "merge")

    def pushed(self, **env: str) -> Ran:
        """train.yml after the push that moved main from `before`."""
        return self._workflow("train.yml", self.repository.push_event(self.before), env)

    def train(self, inputs: Mapping[str, str] | None = None, **env: str) -> Ran:
        return self._workflow("train.yml", self.repository.dispatch_event(inputs or {}), env)

    def report(self, inputs: Mapping[str, str], **env: str) -> Ran:
        return self._workflow("report.yml", self.repository.dispatch_event(inputs), env)

    def follow(self, most: int = 6, **env: str) -> list[Ran]:
        """The workflows that were started by workflows, one after the other, until none is left."""
        ran: list[Ran] = []
        while self.followed < len(self.server.dispatches):
            asked = self.server.dispatches[self.followed]
            self.followed += 1
            event = self.repository.dispatch_event(asked["inputs"], by=BOT)
            ran.append(self._workflow(str(asked["workflow_id"]), event, env))
            assert len(ran) <= most, "workflows start each other without end"
        return ran

    def reconcile(self, **env: str) -> Ran:
        return self._workflow("reconcile.yml", self.repository.dispatch_event({}), env)

    def _workflow(self, workflow: str, event: Event, env: Mapping[str, str]) -> Ran:
        self.runs += 1
        run_id, seen, fetched = self.runs, len(self.server.log), len(self.server.git_log)
        self.server.add_workflow_run(
            run_id,
            path=f".github/workflows/{workflow}",
            event=event["event"],
            head_sha=event["sha"],
            head_branch="main",
            status="in_progress",
        )
        tmp = self.folder / f"act-{run_id}"
        tmp.mkdir()
        run = run_workflow(
            workflow=workflow,
            server=self.server,
            run_id=run_id,
            tmp=tmp,
            artifacts=self.artifacts,
            env={**LIKE_GITHUB, **compiled(), **self.pip, "CLINFT_CACHE": str(self.cache), **env},
            **event,
        )
        self.server.end_run(run_id, "success" if run.exit_code == 0 else "failure")
        asked, fetches = self.server.log[seen:], self.server.git_log[fetched:]
        assert self.server.violations == []
        permissions_check([*asked, *fetches], event["tree"] / ".github/workflows" / workflow)
        assert_no_secret(self.server, run)
        assert_no_command(run)
        return Ran(run, run_id, [(call.job, call.operation_id) for call in asked])

    # What lies there afterwards

    def state(self, project: str = "demo") -> ProjectState:
        data = run_git(self.server.bare, "show", f"refs/clinft/{project}:state.json")
        return ProjectState.model_validate_json(data)

    def file(self, ref: str, path: str) -> bytes:
        return run_git(self.server.bare, "show", f"{ref}:{path}")

    def files(self, ref: str, folder: str) -> list[str]:
        listed = run_git(self.server.bare, "ls-tree", "-r", "--name-only", ref, "--", folder)
        return listed.decode().split()

    def json(self, ref: str, path: str) -> Any:
        return json.loads(self.file(ref, path))

    def opened(self, branch: str) -> list[int]:
        """Numbers of the pull requests from a branch of ours."""
        return [number for number, pull in self.server.pulls.items() if pull.head_ref == branch]

    def notes(self) -> list[str]:
        """The tracking issues' comments, oldest first."""
        issues = {n for n in self.server.issues if n not in self.server.pulls}
        return [one.body for one in self.server.comments.values() if one.number in issues]

    def changed(self, branch: str) -> list[str]:
        """Paths in which a branch differs from main."""
        listed = run_git(self.server.bare, "diff", "--name-only", f"main...{branch}")
        return listed.decode().split()

    # The provider fake_hosted, whose service is a folder

    @property
    def service(self) -> Path:
        return self.cache / "clinft" / "fake-hosted"

    def at_provider(self, run_id: str, status: str) -> None:
        """The job has come that far while nobody asked."""
        path = self.service / run_id / "job.json"
        job = json.loads(path.read_bytes())
        path.write_text(json.dumps({**job, "status": status}))

    def submissions(self) -> list[str]:
        return (self.service / "submissions").read_text().split()

    def drifts(self, run_id: str) -> None:
        """The hosted model answers otherwise than it did when it was evaluated."""
        path = self.service / run_id / "word_counts.json"
        counts = json.loads(path.read_bytes())
        path.write_text(json.dumps({**counts, "circulatory": {"nothing": 1_000_000}}))
