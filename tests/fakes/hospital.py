"""A hospital's repository on the test server, and the gate at train time as train.yml calls it on main."""

import copy
import itertools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from clinft.artifacts.decision import GateDecision
from clinft.stages.gate.merged import CHECKS, status_text
from tests.e2e.repository import PEOPLE, Edits, Event, Repository
from tests.fakes import specs
from tests.fakes.cli import clinft
from tests.fakes.github.bare import run_git
from tests.fakes.github.state import MergeMethod
from tests.fakes.second_page import SecondPage

POLICY_FILE, ENGINE_FILE = ".github/clinft.yml", "clinft/engine.py"
POLICY: dict[str, Any] = specs.merged(
    specs.POLICY, {"roles": {role: {"people": people} for role, people in PEOPLE.items()}}
)
RECORDS = 40  # the fewest that a spec may ask for


def policy(**changes: Any) -> str:
    return yaml.safe_dump(specs.merged(POLICY, changes))


def policy_without(section: str, key: str) -> str:
    made = copy.deepcopy(POLICY)
    del made[section][key]
    return yaml.safe_dump(made)


def spec(name: str = "demo", **changes: Any) -> str:
    small = specs.merged(specs.SPEC, {"name": name, "data": {"records": RECORDS}})
    return yaml.safe_dump(specs.merged(small, changes), sort_keys=False)


def project(name: str = "demo", **changes: Any) -> dict[str, str]:
    """The files of a project."""
    return {
        f"projects/{name}/project.yaml": spec(name, **changes),
        f"projects/{name}/prompt/prompt.md": specs.PROMPT,
    }


@dataclass(frozen=True)
class Gated:
    """What the command said, and what it left."""

    exit_code: int
    output: str
    folder: Path
    decision: GateDecision | None
    approvals: Mapping[str, Any]

    @property
    def allowed(self) -> bool:
        return self.exit_code == 0 and self.decision is not None and self.decision.allowed

    @property
    def against(self) -> set[str]:
        """Codes that block, as numbers."""
        assert self.decision is not None, self.output
        return {reason.code[-3:] for reason in self.decision.reasons if reason.blocks}

    @property
    def notes(self) -> set[str]:
        assert self.decision is not None, self.output
        return {reason.code[-3:] for reason in self.decision.reasons if not reason.blocks}

    @property
    def people(self) -> dict[str, str]:
        return {one["role"]: one["person"] for one in self.approvals["approvals"]}


class Hospital(Repository):
    """People do things on the server; `gate` is called in a clone of main, as the job does."""

    def __init__(
        self, server: SecondPage, folder: Path, patch: pytest.MonkeyPatch, first_policy: str
    ) -> None:
        first = {POLICY_FILE: first_policy, ENGINE_FILE: "VERSION = 1\n", "README.md": "ours\n"}
        super().__init__(server, folder, files=first)
        self.server: SecondPage = server
        self.patch = patch
        self._numbers = itertools.count(1)
        self.start = self.tip()

    def tip(self) -> str:
        return str(self.server.repo.ref("refs/heads/main"))

    def pull(self, number: int, edits: Edits, author: str = "alice", checked: bool = True) -> str:
        """A branch with one commit and its pull request, whose checks succeeded; the head."""
        head = self.branch(f"branch-{number}", edits, author)
        self.server.open_pull(number, f"branch-{number}", author=author)
        if checked:
            self.checks(number)
        return head

    def push(self, number: int, edits: Edits, author: str = "alice") -> str:
        head = self.commit(f"branch-{number}", edits, author)
        self.checks(number)
        return head

    def checks(self, number: int) -> None:
        head = self.server.head_sha(self.server.pulls[number])
        for name in CHECKS:
            self.server.check_run(head, name, "success")

    def approve(self, number: int, *logins: str, body: str = "") -> None:
        for login in logins:
            self.server.review(number, login, "APPROVED", body=body)

    def merge(self, number: int, method: MergeMethod = "merge") -> str:
        return self.server.merge_pull(number, method)

    def brought(self, number: int, edits: Edits, *logins: str, method: MergeMethod = "merge") -> str:
        """A whole pull request, approved and merged; the merge's commit."""
        self.pull(number, edits)
        self.approve(number, *logins)
        return self.merge(number, method)

    def show(
        self, number: int, plan: str, usd: str = "0.00", name: str = "demo", login: str | None = None
    ) -> None:
        """The status that the checks leave on the head."""
        head = self.server.head_sha(self.server.pulls[number])
        text = plan if len(plan) != 64 else status_text(plan, Decimal(usd))
        given = {} if login is None else {"login": login}
        self.server.status(head, f"clinft/plan/{name}", "success", text, **given)

    def clone_of_main(self, at: str | None = None) -> Path:
        target = self.folder / f"job-{next(self._numbers)}"
        # Without the sample hooks that every clone would get.
        run_git(
            self.folder, "clone", "--quiet", "--shared", "--template=", str(self.server.bare), str(target)
        )
        run_git(target, "checkout", "--quiet", "--detach", at or self.tip())
        return target

    def gate(
        self, name: str = "demo", *flags: str, at: str | None = None, folder: Path | None = None
    ) -> Gated:
        return self.call("run", f"projects/{name}", "--until", "gate", *flags, at=at, folder=folder)

    def call(self, *args: str, at: str | None = None, folder: Path | None = None) -> Gated:
        """Any verb on a project, which is its second word."""
        clone = folder or self.clone_of_main(at)
        self.enter(clone, self.push_event(self.start))
        return self.again(*args)

    def again(self, *args: str) -> Gated:
        """In the environment that was entered last."""
        clone = Path.cwd()
        done = clinft(*args)
        work = clone / args[1] / "data" / "work"
        said = work / "gate.json"
        payload = json.loads(said.read_bytes())["payload"] if said.exists() else None
        return Gated(
            exit_code=done.exit_code,
            output=done.output,
            folder=clone,
            decision=None if payload is None else GateDecision.model_validate_json(json.dumps(payload)),
            approvals=json.loads((work / "approvals.json").read_bytes()) if said.exists() else {},
        )

    def enter(self, folder: Path, event: Event, token: str | None = None, **more: str) -> None:
        """GitHub Actions' environment of a job; `folder` is the current one."""
        path = self.folder / f"event-{next(self._numbers)}.json"
        path.write_text(json.dumps(event["payload"]))
        set_to = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_EVENT_NAME": event["event"],
            "GITHUB_REPOSITORY": "hosp/clinft",
            "GITHUB_API_URL": self.server.api,
            "GITHUB_SERVER_URL": self.server.base,
            "GITHUB_RUN_ID": "4711",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_JOB": "gate",
            "GITHUB_SHA": event["sha"],
            "CLINFT_TOKEN": self.server.token if token is None else token,
            "CLINFT_CACHE": str(self.folder / "cache"),
            "HOME": str(self.folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **more,
        }
        for name, value in set_to.items():
            self.patch.setenv(name, value)
        self.patch.chdir(folder)
