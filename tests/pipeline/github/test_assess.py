"""assess.yml on the server: one job measures without a token, the next brings what fits, and the gate lets it in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from clinft.artifacts.envelope import digest_content
from tests.conftest import REPOSITORY
from tests.e2e.permissions import permissions_check
from tests.e2e.repository import Event
from tests.fakes import specs
from tests.fakes.after_merge import AfterMerge, Job, Opened
from tests.fakes.github.bare import run_git
from tests.fakes.hospital import project, spec

FILE = "projects/demo/assess.json"
PROMPT = "projects/demo/prompt/prompt.md"
HOSTED = {"provider": "openai", "base_model": "gpt-4.1-mini-2025-04-14", "method": "supervised"}
Left = Callable[[Path], None]


@dataclass
class Assess:
    """One workflow run after the other, as assess.yml calls its verbs."""

    hospital: AfterMerge

    def measures(self, event: Event, name: str = "demo") -> Job:
        """Whatever opens weights is given no token."""
        return self._job("assess", event, ("assess", "--named"), name, CLINFT_TOKEN="")

    def brings(self, event: Event, measured: Job, name: str = "demo") -> Job:
        results = str(measured.folder / "checks")
        return self._job("publish", event, ("publish", "--assessment"), name, CLINFT_RESULTS=results)

    def both(self, branch: str = "main", left: Left = lambda folder: None) -> Job:
        """`left`: what happens to the artifact between the two jobs."""
        event = self.hospital.dispatch_event({}, branch=branch)
        measured = self.measures(event)
        assert (measured.exit_code, measured.outputs) == (0, {"assessed": "true"}), measured.output
        left(measured.folder / "checks")
        return self.brings(event, measured)

    def _job(self, job: str, event: Event, args: tuple[str, ...], name: str, **more: str) -> Job:
        return self.hospital.verb(job, event, 4712, 1, args=args, CLINFT_PROJECT=name, **more)

    @property
    def pulls(self) -> list[int]:
        return self.hospital.opened("clinft/assess/")

    def tip(self) -> str | None:
        return self.hospital.server.repo.ref("refs/heads/clinft/assess/demo")

    def gate(self, number: int) -> dict[str, Any]:
        """The gate's report on a pull request whose other checks succeeded."""
        done = self.hospital.gated(number)
        assert done.exit_code == 0, done.output
        report: dict[str, Any] = json.loads((done.folder / "checks" / "report.json").read_bytes())
        return report


def summary(job: Job) -> str:
    return Path(f"{job.folder.parent}/step-{job.folder.name}.summary").read_text()


def test_an_assessment_comes_as_a_pull_request_that_needs_no_role(opened: Opened) -> None:
    hospital = opened()
    assess, server = Assess(hospital), hospital.server
    hospital.lands(7, project(), "mila", "petra")
    before = len(server.log)
    event = hospital.dispatch_event({})
    measured = assess.measures(event)
    assert "Nothing to pay: the weights are local." in summary(measured)
    brought = assess.brings(event, measured)
    assert brought.exit_code == 0, brought.output
    calls = server.log[before:]
    permissions_check(calls, REPOSITORY / ".github/workflows/assess.yml")
    assert {call.job for call in calls} == {"publish"}

    (number,) = assess.pulls
    payload = json.loads(hospital.file("refs/heads/clinft/assess/demo", FILE))["payload"]
    verdict, best = payload["verdict"].replace("_", "-"), payload["rungs"][0]["score"]
    issue = server.issues[number]
    assert issue.title == "clinft: demo: assessment of the prompt"
    assert issue.body is not None
    assert f"**{verdict}" in issue.body
    assert f"| {best['n']} | {best['value']:.3f} [{best['low']:.3f}, {best['high']:.3f}] |" in issue.body
    assert f"on commit `{event['sha'][:12]}`" in issue.body
    head = server.head_sha(server.pulls[number])
    assert changes(hospital, head) == [FILE]

    report = assess.gate(number)
    assert [reason for reason in report["reasons"] if reason["blocks"]] == []
    assert [(one["name"], one["what"]) for one in report["projects"]] == [("demo", "evidence")]
    assert report["required_roles"] == []

    # A job that is repeated brings no second one, and no new commit that would void approvals.
    assert assess.both().exit_code == 0
    assert (assess.pulls, assess.tip()) == ([number], head)

    hospital.merges(number)
    again = assess.both()
    assert "says the same already" in again.said
    assert assess.pulls == [number]
    started = hospital.pushed()
    assert (started.codes, started.ordered) == ({"start": 0}, [])
    assert hospital.state().runs == ()


def changes(hospital: AfterMerge, head: str) -> list[str]:
    shown = run_git(hospital.server.bare, "diff", "--name-only", hospital.tip(), head)
    return shown.decode().split()


def unsealed(folder: Path) -> None:
    _edit(folder, seal=False, payload={"verdict": "PROMPT_SUFFICIENT"})


def of_another_prompt(folder: Path) -> None:
    _edit(folder, inputs={"prompt": "0" * 64})


def of_another_project(folder: Path) -> None:
    _edit(folder, project="other")


def of_another_stage(folder: Path) -> None:
    _edit(folder, stage="regress")


def on_other_records(folder: Path) -> None:
    _edit(folder, payload={"dev_sha256": "0" * 64})


def with_files(folder: Path) -> None:
    _edit(folder, files={"../../.github/clinft.yml": "0" * 64})


def lost(folder: Path) -> None:
    (folder / "assess.json").unlink()


def too_large(folder: Path) -> None:
    (folder / "assess.json").write_text(" " * 1_000_001)


def _edit(folder: Path, seal: bool = True, **changes: Any) -> None:
    path = folder / "assess.json"
    data = specs.merged(json.loads(path.read_bytes()), changes)
    if seal:
        data["digest"] = digest_content(data)
    path.write_text(json.dumps(data))


LEFT: dict[Left, tuple[int, str]] = {
    unsealed: (1, "digest does not belong"),
    of_another_prompt: (1, "is no assessment of demo as it stands"),
    of_another_project: (1, "is no assessment of demo as it stands"),
    of_another_stage: (1, "is no assessment of demo as it stands"),
    on_other_records: (1, "is no assessment of demo as it stands"),
    with_files: (1, "is no assessment of demo as it stands"),
    lost: (3, "left no assessment that could be brought"),
    too_large: (3, "left no assessment that could be brought"),
}


def test_what_does_not_fit_the_protected_branch_is_not_brought(opened: Opened) -> None:
    hospital = opened()
    assess = Assess(hospital)
    hospital.lands(7, {**project(), **hosted_project()}, "mila", "petra")
    event = hospital.dispatch_event({})
    measured = assess.measures(event)
    whole = (measured.folder / "checks/assess.json").read_bytes()
    for left, (code, says) in LEFT.items():
        (measured.folder / "checks/assess.json").write_bytes(whole)
        left(measured.folder / "checks")
        refused = assess.brings(event, measured)
        assert (refused.exit_code, says in refused.said) == (code, True), refused.output

    absent = assess.measures(event, "absent")
    assert absent.exit_code == 2
    (measured.folder / "checks/assess.json").write_bytes(whole)
    elsewhere = assess.brings(event, measured, "absent")
    assert (elsewhere.exit_code, "Name one of: demo, hosted" in elsewhere.said) == (2, True)

    hospital.branch("topic", {PROMPT: specs.PROMPT.replace("Answer", "Reply")})
    proposed = assess.both("topic")
    assert (proposed.exit_code, "another branch than main" in proposed.said) == (1, True)

    late = assess.both(left=lambda folder: _moves_on(hospital))
    assert (late.exit_code, "changed on main while it was measured" in late.said) == (1, True)

    hosted = assess.measures(hospital.dispatch_event({}), "hosted")
    assert (hosted.exit_code, hosted.outputs) == (0, {"assessed": "false"}), hosted.output
    assert "nothing paid. A hosted model may cost at most 50.00 USD" in summary(hosted)
    assert (assess.pulls, assess.tip()) == ([], None)


def hosted_project() -> dict[str, str]:
    files = project("hosted")
    text = yaml.safe_load(files["projects/hosted/project.yaml"])
    return {**files, "projects/hosted/project.yaml": yaml.safe_dump({**text, "training": HOSTED})}


def _moves_on(hospital: AfterMerge) -> None:
    hospital.lands(8, {"projects/demo/project.yaml": spec(revision=2)}, "mila", "petra")
