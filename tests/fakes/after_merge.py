"""A hospital after the merge: the verbs of train.yml, run.yml, report.yml and reconcile.yml in this process.

Each job is called as its workflow calls it: in a fresh clone, with GitHub Actions' environment, and with nothing
left from the job before but what GitHub keeps (artifacts) and what the machine keeps (CLINFT_CACHE).
"""

import itertools
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from clinft import wiring
from clinft.cli import merged
from clinft.cli.show import Screen, forget_surroundings
from clinft.pipeline.github import working
from tests.e2e.pull_requests import JOBS
from tests.e2e.repository import Edits, Event
from tests.fakes.cli import clinft
from tests.fakes.left import Left

BOT = "github-actions[bot]"
# For the policy: one of GitHub's machines takes checkpoints and weights with it.
OWN_MACHINE: dict[str, Any] = {"runners": {"local": {"labels": ["gpu-box"]}}}
# How the job on the machine that trains ends. lost: it never began. killed: it worked, and its bundle was not
# kept. cut: its time was up after the first step. cut and killed: the same, and its bundle was not kept.
Work = Literal["done", "lost", "cancelled", "killed", "cut", "cut and killed"]
# What GitHub tells of a job that did not come to its own end.
RESULT: Mapping[Work, str] = {
    "cancelled": "cancelled",
    "lost": "failure",
    "killed": "failure",
    "cut and killed": "failure",
}


@dataclass(frozen=True)
class Job:
    """One verb: what it said, and the outputs of its step."""

    exit_code: int
    output: str
    outputs: Mapping[str, str]
    folder: Path
    results: Path
    summary: str

    def evidence(self, name: str) -> str:
        """What the job that reports has sealed."""
        return (self.results / "evidence" / name).read_text()

    @property
    def said(self) -> str:
        """On one line, however the terminal broke it."""
        return " ".join(self.output.split())


@dataclass(frozen=True)
class Ran:
    """One workflow run. `jobs`: by name, in the order in which they ran."""

    run_id: int
    jobs: Mapping[str, Job]

    @property
    def ordered(self) -> list[dict[str, Any]]:
        """What `start` ordered."""
        found: list[dict[str, Any]] = json.loads(self.jobs["start"].outputs.get("runs", "[]"))
        return found

    @property
    def codes(self) -> dict[str, int]:
        return {name: job.exit_code for name, job in self.jobs.items()}

    @property
    def said(self) -> str:
        return "\n".join(job.said for job in self.jobs.values())


class AfterMerge(Left):
    """`before`: where main was before the last merge. `followed`: dispatches that were carried out."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.before = self.tip()
        self.followed = 0
        # Runs whose model the machine has made, each as often as that happened.
        self.trained: list[str] = []
        # Called with each job's name and clone.
        self.begins: Callable[[str, Path], object] = lambda job, folder: None
        self._runs = itertools.count(101)
        # Fewer requests a fetch, and no more threads than there is work for: a tenth of the time.
        self.git_settings = self.folder / "gitconfig"
        self.git_settings.write_text("[protocol]\nversion = 0\n[pack]\nthreads = 1\n")

    def checkout(self, ref: str, name: str) -> Path:
        """Nothing: every job here makes a clone of its own."""
        return self.folder / name

    # What people do

    def lands(self, number: int, edits: Edits, *people: str) -> str:
        """A pull request with green checks, approved by these people and merged; main's commit after it."""
        self.before = self.tip()
        return self.brought(number, edits, *people)

    def merges(self, number: int) -> str:
        """A person merges a pull request of ours, whose checks succeeded."""
        self.before = self.tip()
        self.checks(number)
        return self.merge(number)

    # What GitHub does

    def pushed(self, **how: Any) -> Ran:
        """train.yml after the push that moved main from `before`."""
        return self.train(self.push_event(self.before), **how)

    def dispatched(self, inputs: Mapping[str, str] | None = None, **how: Any) -> Ran:
        return self.train(self.dispatch_event(inputs or {}), **how)

    def follow(self, work: Work = "done", most: int = 8) -> list[Ran]:
        """The workflow runs that workflow runs started, until none is left."""
        ran: list[Ran] = []
        while self.followed < len(self.server.dispatches):
            asked = self.server.dispatches[self.followed]
            self.followed += 1
            ran.append(self.started(asked, work))
            assert len(ran) <= most, "workflows start each other without end"
        return ran

    def started(self, asked: Mapping[str, Any], work: Work = "done") -> Ran:
        event = self.dispatch_event(asked["inputs"], by=BOT)
        if asked["workflow_id"] == "train.yml":
            return self.train(event, work=work)
        assert asked["workflow_id"] == "report.yml"
        return self.report(asked["inputs"], event)

    # Workflows

    def train(
        self,
        event: Event,
        *,
        work: Work = "done",
        run_id: int | None = None,
        attempt: int = 1,
        ends: bool = True,
        between: Callable[[], object] = lambda: None,
    ) -> Ran:
        """train.yml. `between`: what happens after `start` and before the machine begins."""
        number = self.registered("train.yml", event, run_id, attempt)
        inputs = json.dumps(event["payload"].get("inputs"))
        jobs = {"start": self.verb("start", event, number, attempt, args=("start",), CLINFT_INPUTS=inputs)}
        between()
        for one in json.loads(jobs["start"].outputs.get("runs", "[]")):
            assert "train" not in jobs, "a push of several projects at once is for another harness"
            named = {f"CLINFT_{name.upper()}": one[name] for name in ("project", "run", "purpose")}
            result = RESULT.get(work)
            if work not in ("lost", "cancelled"):
                jobs["train"] = self.works(event, number, attempt, work, named)
                result = result or ("failure" if jobs["train"].exit_code else "success")
            # Of the two jobs that may work one is skipped.
            worked, skipped = ("hosted", "train") if one["hosted"] == "true" else ("train", "hosted")
            needs = {worked: {"result": result, "outputs": {}}, skipped: {"result": "skipped", "outputs": {}}}
            named["CLINFT_NEEDS"] = json.dumps(needs)
            jobs["hand-over"] = self.verb("hand-over", event, number, attempt, args=("handover",), **named)
        return self.ended(number, jobs) if ends else Ran(number, jobs)

    def works(self, event: Event, number: int, attempt: int, work: Work, named: Mapping[str, str]) -> Job:
        """The job `train` of run.yml, and what its machine leaves."""
        cut = work in ("cut", "cut and killed")
        args = () if cut else ("train", "--started")
        job = self.verb("train", event, number, attempt, args=args, **named)
        if work in ("done", "cut") and job.outputs.get("artifact"):
            self.kept(number, job, working.BUNDLE)
        return job

    def report(
        self,
        inputs: Mapping[str, str],
        event: Event | None = None,
        *,
        dies: bool = False,
        between: Callable[[], object] = lambda: None,
    ) -> Ran:
        """report.yml. `between`: what happens after the record was sealed and kept, before it is published.

        `dies`: its machine is lost before that, so what it sealed is not kept.
        """
        event = event or self.dispatch_event(inputs)
        number = self.registered("report.yml", event)
        step = {
            "CLINFT_PROJECT": inputs["project"],
            "CLINFT_RUN": inputs["run"],
            "CLINFT_WORKED": inputs.get("worked", ""),
            "CLINFT_RESULTS": str(self.folder / f"results-{number}"),
        }
        jobs = {"report": self.verb("report", event, number, 1, args=("report", "--started"), **step)}
        if jobs["report"].exit_code == 0 and not dies:
            if jobs["report"].outputs.get("artifact"):
                self.kept(number, jobs["report"], "evidence")
            between()
            jobs["publish"] = self.verb("report", event, number, 1, args=("publish", "--results"), **step)
        return self.ended(number, jobs, dies)

    def reconcile(self) -> Ran:
        event = self.dispatch_event({})
        number = self.registered("reconcile.yml", event)
        return self.ended(
            number, {"reconcile": self.verb("reconcile", event, number, 1, args=("reconcile",))}
        )

    def notified(self, keys: str) -> Job:
        """The job `sinks` of reconcile.yml. `keys`: its one secret."""
        event = self.dispatch_event({})
        number = self.registered("reconcile.yml", event)
        job = self.verb("sinks", event, number, 1, args=("notify",), CLINFT_SINK_KEYS=keys)
        self.ended(number, {"sinks": job})
        assert job.exit_code == 0, job.output
        return job

    def gated(self, number: int) -> Job:
        """The last job of checks.yml on a pull request of ours."""
        event = self.pull_request_event(number)
        needs = json.dumps({name: {"result": "success"} for name in JOBS[:5]})
        run = self.registered("checks.yml", event)
        return self.verb("gate", event, run, 1, args=("gate", "--changed"), CLINFT_NEEDS=needs)

    def registered(self, workflow: str, event: Event, run_id: int | None = None, attempt: int = 1) -> int:
        number = run_id or next(self._runs)
        self.server.add_workflow_run(
            number,
            path=f".github/workflows/{workflow}",
            event=event["event"],
            head_sha=event["sha"],
            status="in_progress",
            attempt=attempt,
        )
        return number

    def ended(self, number: int, jobs: Mapping[str, Job], dies: bool = False) -> Ran:
        failed = dies or any(job.exit_code for job in jobs.values())
        self.server.end_run(number, "failure" if failed else "success")
        return Ran(number, jobs)

    # Jobs

    def verb(
        self, job: str, event: Event, number: int, attempt: int, *, args: tuple[str, ...], **more: str
    ) -> Job:
        """One step. Without `args` it is `train --started` on a machine whose time is up after one step."""
        folder = self.clone_of_main(event["sha"])
        step = self.folder / f"step-{folder.name}"
        empty = dict.fromkeys(
            (
                "CLINFT_PROJECT",
                "CLINFT_RUN",
                "CLINFT_PURPOSE",
                "CLINFT_WORKED",
                "CLINFT_INPUTS",
                "CLINFT_NEEDS",
            ),
            "",
        )
        more = {
            **empty,
            "GITHUB_RUN_ID": str(number),
            "GITHUB_RUN_ATTEMPT": str(attempt),
            "GITHUB_JOB": job,
            "GITHUB_OUTPUT": f"{step}.output",
            "GITHUB_STEP_SUMMARY": f"{step}.summary",
            "CLINFT_RESULTS": str(folder / "checks"),
            "CLINFT_CACHE": str(self.cache),
            "NO_COLOR": "1",
            "GIT_CONFIG_GLOBAL": str(self.git_settings),
            **more,
        }
        before = Path.cwd()
        self.begins(job, folder)
        self.enter(folder, event, **more)
        try:
            done = clinft(*args) if args else None
            if done is None:
                one_step()
        finally:
            os.chdir(before)
        outputs = {}
        if Path(f"{step}.output").exists():
            lines = Path(f"{step}.output").read_text().splitlines()
            outputs = dict(line.split("=", 1) for line in lines)
        code, output = (0, "") if done is None else (done.exit_code, done.output)
        assert code != 70, output
        token = os.environ["CLINFT_TOKEN"]  # empty where a job has none
        assert not token or token not in output
        if "training: " in output:
            self.trained.append(more["CLINFT_RUN"])
        shown = Path(f"{step}.summary")
        summary = shown.read_text() if shown.exists() else ""
        return Job(code, output, outputs, folder, Path(more["CLINFT_RESULTS"]), summary)

    def kept(self, number: int, job: Job, name: str) -> None:
        """As actions/upload-artifact does: the folder's files, under the name that the step gave."""
        root = job.results / name
        files = {
            path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
        }
        assert files
        self.server.add_artifact(number, job.outputs["artifact"], files)


def one_step() -> None:
    """`clinft train --started` where the time of the segment is over after the first step."""
    forget_surroundings()
    job = merged.ordered_work(Screen(json=False))
    job.context.stop_after_seconds = 0
    worked = working.work(job, lambda outcome: None)
    wiring.output("artifact", worked.manifest.artifact)


Opened = Callable[..., AfterMerge]
