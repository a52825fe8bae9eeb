"""Runs a committed workflow file with act, offline and in a clean environment, and reads what happened.

What act does not do as GitHub does (event filters, concurrency, permissions, environments, timeouts of jobs) no test
here can show; permissions.py and the linters look at those."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.fakes.github.server import GitHubServer

STANDINS = Path(__file__).with_name("standins")
TIMEOUT_SECONDS = 180
SETUP = "/.github/actions/setup"
# Labels of runners that exist; a job with another label would be skipped without a word, see `assert_jobs`.
RUNNERS = ("ubuntu-latest", "ubuntu-24.04", "self-hosted")
NO_FILES = ("--env-file", "--secret-file", "--var-file", "--input-file")

Json = dict[str, Any]


class Step(NamedTuple):
    """A step that ran; a skipped one leaves no trace. `step` is its id, else its place in the job."""

    job: str
    step: str
    name: str
    result: str
    seconds: float


class Annotation(NamedTuple):
    job: str
    level: str
    message: str
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    jobs: dict[str, str]
    steps: list[Step]
    summaries: dict[str, str]
    annotations: list[Annotation]
    outputs: dict[str, dict[str, str]]
    log: str
    seconds: float
    seconds_installing: float
    exit_code: int
    artifacts: Path = field(repr=False)

    def step(self, job: str, step: str) -> Step:
        found = [one for one in self.steps if one.job == job and step in (one.step, one.name)]
        assert len(found) == 1, f"{len(found)} steps {step} ran in {job}: {self.steps}"
        return found[0]


def run_workflow(
    event: str,
    payload: Json,
    workflow: str,
    tree: Path,
    server: GitHubServer,
    *,
    ref: str,
    sha: str,
    run_id: int,
    actor: str,
    tmp: Path,
    artifacts: Path | None = None,
    secrets: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
) -> Run:
    """`tree` is what `ref` has checked out: GitHub takes the workflow file from there. `workflow` is its file name.

    `artifacts`: where those of all workflow runs lie, each below its run id; by default a folder of this run's own."""
    file = tree / ".github" / "workflows" / workflow
    event_file = tmp / f"event-{run_id}.json"
    event_file.write_text(json.dumps(payload))
    artifacts = artifacts or tmp / "artifacts"
    variables = {
        **_github(server, ref, sha, run_id),
        **_offline(tmp),
        "STANDIN_ARTIFACTS": str(artifacts),
        "STANDIN_PYTHON_BIN": str(Path(sys.executable).parent),
        **(env or {}),
    }
    command = [act_binary(), event, "--directory", str(tree), "--workflows", str(file)]
    command += ["--eventpath", str(event_file), "--actor", actor, "--json", "--no-skip-checkout"]
    command += ["--action-offline-mode", "--no-cache-server", "--action-cache-path", str(tmp / "act-cache")]
    for flag in NO_FILES:
        command += [flag, os.devnull]
    for label in RUNNERS:
        command += ["--platform", f"{label}=-self-hosted"]
    for name, value in {"GITHUB_TOKEN": server.token, **(secrets or {})}.items():
        command += ["--secret", f"{name}={value}"]
    for name, value in variables.items():
        command += ["--env", f"{name}={value}"]
    for name, folder in standins(tree).items():
        command += ["--local-repository", f"{name}={folder}"]
    started = time.monotonic()
    done = subprocess.run(
        command,
        env=_clean_environment(tmp),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    seconds = time.monotonic() - started
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return _read(lines, done, seconds, yaml.safe_load(file.read_text()), artifacts)


def assert_jobs(run: Run, expected: Mapping[str, str]) -> None:
    """Exactly these jobs ran, with these results: act exits 0 after it skipped a job silently."""
    missing = sorted(expected.keys() - run.jobs.keys())
    assert not missing, f"did not run at all: {missing}\n{run.log[-4000:]}"
    assert run.jobs == dict(expected), run.log[-8000:]


def act_binary() -> str:
    found = shutil.which("act", path=str(Path(sys.executable).parent))
    assert found, "act is missing: make .venv/.dev installs it (linux x86_64 only)"
    return found


def standins(tree: Path) -> dict[str, Path]:
    """For each action that workflows or composite actions of the tree use: the folder that stands for it."""
    found = {}
    for file in [*tree.glob(".github/workflows/*.y*ml"), *tree.glob(".github/actions/**/action.y*ml")]:
        for step in _uses(yaml.safe_load(file.read_text())):
            if step["uses"].startswith("./"):
                continue
            name = step["uses"].partition("@")[0]
            folder = STANDINS / name.partition("/")[2]
            assert (folder / "action.yml").is_file(), f"{file.name} uses {name}, which has no stand-in"
            known = yaml.safe_load((folder / "action.yml").read_text())["inputs"]
            unknown = sorted(step.get("with", {}).keys() - known.keys())
            assert not unknown, f"{file.name} gives {name} {unknown}, which its stand-in does not know"
            found[step["uses"]] = folder
    return found


def _uses(node: Any) -> list[Json]:
    if isinstance(node, list):
        return [found for item in node for found in _uses(item)]
    if not isinstance(node, dict):
        return []
    own = [node] if isinstance(node.get("uses"), str) else []
    return own + [found for value in node.values() for found in _uses(value)]


def _github(server: GitHubServer, ref: str, sha: str, run_id: int) -> dict[str, str]:
    return {
        "GITHUB_SERVER_URL": server.base,
        "GITHUB_API_URL": server.api,
        "GITHUB_GRAPHQL_URL": f"{server.base}/api/graphql",
        "GITHUB_REPOSITORY": server.full_name,
        "GITHUB_REPOSITORY_OWNER": server.owner,
        "GITHUB_REF": ref,
        "SHA_REF": sha,  # what act makes GITHUB_SHA of
        "GITHUB_RUN_ID": str(run_id),
    }


def _offline(tmp: Path) -> dict[str, str]:
    return {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # pip reads the negated option: 0 means "without isolation", which would fetch setuptools.
        "PIP_NO_BUILD_ISOLATION": "0",
        "HOME": str(tmp / "home"),
    }


def _clean_environment(tmp: Path) -> dict[str, str]:
    """act hands its own environment to every step, so nothing of the developer's may be in it."""
    (tmp / "home").mkdir(exist_ok=True)
    path = [one for one in os.environ["PATH"].split(":") if Path(one) != Path(sys.executable).parent]
    return {"PATH": ":".join(path), "HOME": str(tmp / "home"), "LANG": "C.UTF-8"}


def _read(
    lines: list[Json], done: subprocess.CompletedProcess[str], seconds: float, workflow: Json, artifacts: Path
) -> Run:
    jobs: dict[str, str] = {}
    steps: list[Step] = []
    summaries: dict[str, str] = {}
    outputs: dict[str, dict[str, str]] = {}
    annotations: list[Annotation] = []
    for line in lines:
        job, command = line.get("jobID", ""), line.get("command")
        if "jobResult" in line:
            # One leg of a matrix that failed is a job that failed.
            jobs[job] = "failure" if jobs.get(job) == "failure" else line["jobResult"]
        if "stepResult" in line and line.get("stage") == "Main" and len(line["stepID"]) == 1:
            took = line.get("executionTime", 0) / 1e9
            steps.append(Step(job, line["stepID"][0], line["step"], line["stepResult"], took))
        if command == "summary":
            summaries[job] = summaries.get(job, "") + line["content"]
        if command == "set-output" and len(line["stepID"]) == 1:
            outputs.setdefault(job, {})[line["name"]] = line["arg"]
        if command in ("error", "warning", "notice"):
            annotations.append(Annotation(job, command, line.get("arg", ""), line.get("kvPairs") or {}))
    setups = {(job, step) for job, one in workflow["jobs"].items() for step in _setup_steps(one)}
    installing = sum(one.seconds for one in steps if (one.job, one.step) in setups)
    log = "\n".join(f"{one.get('job', '')}| {str(one.get('msg', '')).rstrip()}" for one in lines)
    log = f"{log}\n{done.stderr}"
    return Run(
        jobs, steps, summaries, annotations, outputs, log, seconds, installing, done.returncode, artifacts
    )


def _setup_steps(job: Json) -> list[str]:
    return [
        str(step.get("id", place))
        for place, step in enumerate(job.get("steps", []))
        if re.search(rf"{re.escape(SETUP)}/?$", step.get("uses", ""))
    ]
