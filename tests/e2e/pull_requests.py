"""A hospital that uses the template: its pull requests under the real workflow files, or one verb of them in this process."""

import atexit
import base64
import json
import os
import py_compile
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import yaml
from typer.testing import Result

from tests.conftest import REPOSITORY
from tests.e2e.act import Run, run_workflow
from tests.e2e.permissions import permissions_check
from tests.e2e.repository import Edits, Event, Repository
from tests.fakes.cli import clinft
from tests.fakes.github.server import GitHubServer
from tests.fakes.specs import PROMPT, SPEC, merged

JOBS = ("detect", "spec", "prep", "hipaa-audit", "cost-estimate", "gate", "publish")
PASSED = dict.fromkeys(JOBS, "success")
WITHOUT_PUBLISH = {name: "success" for name in JOBS if name != "publish"}
BOT = "github-actions[bot]"
# On GitHub a step's output is no terminal; act gives it one, and rich then wraps and colours.
LIKE_GITHUB = {
    "TTY_COMPATIBLE": "0",
    "NO_COLOR": "1",
    "COLUMNS": "80",
    # What an earlier audit of these tests has worked out; on GitHub each job works it out itself.
    "CLINFT_AUDIT_CACHE": os.environ["CLINFT_AUDIT_CACHE"],
}


@cache
def compiled() -> dict[str, str]:
    """Else every job would compile all modules of its fresh checkout, for half a second."""
    folder = Path(tempfile.mkdtemp(prefix="clinft-compiled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for source in sorted((REPOSITORY / "clinft").rglob("*.py")):
        name = Path(cache_from_source(str(source))).relative_to(REPOSITORY / "clinft")
        py_compile.compile(
            str(source), str(folder / name), doraise=True, invalidation_mode=PycInvalidationMode.CHECKED_HASH
        )
    packages = sorted(str(one.parent.relative_to(folder)) for one in folder.rglob("__pycache__"))
    (folder / "packages").write_text("".join(f"{name}\n" for name in packages))
    return {"STANDIN_COMPILED": str(folder)}


# Every package lies there already, and pip takes a second in every job to find that out.
NO_PIP = {"STANDIN_PIP": "none"}
# Hostile texts try to make this file.
CANARY = "CANARY"
# What GitHub's runner obeys when a step prints it: `::name ...::` at the start of a line, `##[name ...]` anywhere.
# Source: actions/runner, src/Runner.Common/ActionCommand.cs, read 2026-11-25.
COMMANDS = "add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state|set-env|set-output|stop-commands|warning"
OBEYED = re.compile(rf"^\s*::(?:{COMMANDS})(?: [^:]*)?::|##\[(?:{COMMANDS})(?: [^\]]*)?\]", re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """One run of checks.yml. `operations`: what its jobs asked of the API, in order."""

    run: Run
    event: Event
    run_id: int
    operations: list[tuple[str, str]]

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report" / "report.json").read_text())
        return found

    @property
    def folder(self) -> Path:
        """The run's artifacts, each a folder."""
        return self.run.artifacts / str(self.run_id)

    def codes(self, project: str | None = None) -> set[str]:
        return codes(self.report, project)


def codes(report: dict[str, Any], project: str | None = None) -> set[str]:
    """Codes of the reasons that block: those of one project, or of the pull request as a whole."""
    of = {each["name"]: each["decision"]["reasons"] for each in report["projects"] if each["decision"]}
    reasons = report["reasons"] if project is None else of[project]
    return {reason["code"].removeprefix("CLINFT-") for reason in reasons if reason["blocks"]}


class Hospital:
    """`policy`: changes of the template's policy, in which the provider `fake` is allowed already."""

    def __init__(self, folder: Path, **policy: Any) -> None:
        self.folder, self.canary = folder, folder / "executed"
        self.server = GitHubServer(folder / "server")
        rules = {"providers": {"fake": {}}, **policy}
        self.repository = Repository(self.server, folder / "repository", rules=rules)
        self.runs = 100
        self.pip: Mapping[str, str] = NO_PIP

    def open(self, number: int, branch: str, edits: Edits, **pull: Any) -> None:
        self.repository.branch(branch, edits)
        self.server.open_pull(number, branch, **pull)

    def check(self, number: int, action: str = "opened") -> Checked:
        return self._run(self.repository.pull_request_event(number, action))

    def queue(self, number: int) -> Checked:
        return self._run(self.repository.merge_group_event(number))

    def comments(self, number: int) -> list[str]:
        """By us, oldest first."""
        return [one.body for one in self.server.comments.values() if (one.number, one.login) == (number, BOT)]

    def _run(self, event: Event) -> Checked:
        self.runs += 1
        seen, fetched = len(self.server.log), len(self.server.git_log)
        tmp = self.folder / f"act-{self.runs}"
        tmp.mkdir()
        run = run_workflow(
            workflow="checks.yml",
            server=self.server,
            run_id=self.runs,
            tmp=tmp,
            env={**LIKE_GITHUB, **compiled(), **self.pip, CANARY: str(self.canary)},
            **event,
        )
        asked, fetches = self.server.log[seen:], self.server.git_log[fetched:]
        assert self.server.violations == []
        permissions_check([*asked, *fetches], event["tree"] / ".github/workflows/checks.yml")
        assert {call.job for call in asked if call.method != "GET"} <= {"publish"}
        assert {call.operation_id for call in fetches} == {"git/upload-pack"}
        assert_no_secret(self.server, run)
        assert_no_command(run)
        assert not self.canary.exists()
        operations = [(call.job, call.operation_id) for call in asked]
        return Checked(run, event, self.runs, operations)

    @contextmanager
    def job(self, name: str, event: Event, run_id: int, results: Path | None, **env: str) -> Iterator[Path]:
        """What one job of checks.yml has around it, in this process: a fresh tree, results, environment."""
        self.runs += 1
        place = self.folder / f"job-{self.runs}"
        place.mkdir()
        tree = self.repository.checkout(event["sha"], f"job-{self.runs}")
        kept = place / "checks"
        if results is not None:
            shutil.copytree(results, kept)
        (place / "event.json").write_text(json.dumps(event["payload"]))
        before, here = dict(os.environ), Path.cwd()
        os.environ.update(
            GITHUB_ACTIONS="true",
            GITHUB_EVENT_NAME=event["event"],
            GITHUB_EVENT_PATH=str(place / "event.json"),
            GITHUB_REPOSITORY=self.server.full_name,
            GITHUB_API_URL=self.server.api,
            GITHUB_SERVER_URL=self.server.base,
            GITHUB_RUN_ID=str(run_id),
            GITHUB_JOB=name,
            GITHUB_SHA=event["sha"],
            GITHUB_STEP_SUMMARY=str(place / "summary.md"),
            CLINFT_RESULTS=str(kept),
            CLINFT_TOKEN=self.server.token,
            NO_COLOR="1",
            **env,
        )
        os.chdir(tree)
        try:
            yield place
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)

    def verbs(self, event: Event, run_id: int = 1) -> tuple[dict[str, Result], Path]:
        """All jobs before the gate in this process, each in its own tree; and the results they left."""
        results = self.folder / f"results-{self.runs}"
        results.mkdir()
        done = {}
        for name, verb in (
            ("spec", "validate"),
            ("prep", "prepare"),
            ("hipaa-audit", "audit"),
            ("cost-estimate", "estimate"),
        ):
            with self.job(name, event, run_id, None) as place:
                done[name] = clinft(verb, "--changed")
                if (place / "checks").is_dir():
                    shutil.copytree(place / "checks", results, dirs_exist_ok=True)
        return done, results

    def gate(
        self, event: Event, results: Path | None, needs: Mapping[str, str] | None = None, run_id: int = 1
    ) -> tuple[Result, Path]:
        """The gate's answer, and a folder with the job's summary.md and checks/report.json."""
        given = dict.fromkeys(JOBS[:5], "success") if needs is None else needs
        said = json.dumps({name: {"result": result, "outputs": {}} for name, result in given.items()})
        with self.job("gate", event, run_id, results, CLINFT_NEEDS=said) as place:
            return clinft("gate", "--changed"), place

    def publish(self, event: Event, report: Path, run_id: int) -> Result:
        """`report`: the folder that holds report.json."""
        with self.job("publish", event, run_id, report):
            return clinft("publish")


def demo(**changes: Any) -> dict[str, str]:
    """The files of a small valid project."""
    return project("demo", **changes)


def project(name: str, prompt: str = PROMPT, **changes: Any) -> dict[str, str]:
    spec = merged(SPEC, {"name": name, **changes})
    return {
        f"projects/{name}/project.yaml": yaml.safe_dump(spec, sort_keys=False, allow_unicode=True),
        f"projects/{name}/prompt/prompt.md": prompt,
    }


def everything(server: GitHubServer, run: Run) -> dict[str, str]:
    """All that a run said anywhere: log, summaries, comments, statuses, artifacts."""
    said = {"log": run.log, **{f"summary of {job}": text for job, text in run.summaries.items()}}
    said |= {f"comment {one.id}": one.body for one in server.comments.values()}
    said |= {f"status {one.context}": one.description or "" for one in server.statuses}
    files = (path for path in run.artifacts.rglob("*") if path.is_file())
    return said | {str(path): path.read_bytes().decode("utf-8", "replace") for path in files}


def assert_no_secret(server: GitHubServer, run: Run) -> None:
    encoded = base64.b64encode(f"x-access-token:{server.token}".encode()).decode()
    for place, text in everything(server, run).items():
        assert server.token not in text, place
        assert encoded not in text, place
        # act hides the token behind these; nothing of ours may print it.
        assert "***" not in text, place


def assert_no_command(run: Run) -> None:
    """No text of others is obeyed by the runner: annotations are ours, other commands come from set-up alone."""
    foreign = [one for one in run.annotations if one.properties.get("title") != "clinft"]
    assert foreign == []
    for line in run.log.splitlines():
        said = line.partition("| ")[2]
        assert not OBEYED.search(said), line
        if said.strip().startswith("⚙  ::"):
            assert re.match(r"⚙  ::(set-output|add-path):: ", said.strip()), line
            assert "/.github/actions/" in said or "=" in said or "/bin" in said, line
