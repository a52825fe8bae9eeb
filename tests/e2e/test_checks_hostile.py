"""Pull requests that attack: forks, changes of what judges them, names and texts that want to be obeyed, sheer size."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from tests.e2e.act import Run, assert_jobs
from tests.e2e.pull_requests import (
    CANARY,
    OBEYED,
    PASSED,
    WITHOUT_PUBLISH,
    Hospital,
    codes,
    demo,
    project,
)
from tests.fakes.specs import PROMPT

RAISES = "raise SystemExit('the tree of the pull request was run')\n"
FAILS = "{run: exit 66, shell: bash}"
SHELL = f"$(touch ${CANARY}) `touch ${CANARY}` ; touch ${CANARY} ;"
TEXT = f"{SHELL} ${{{{ github.token }}}} @everyone <img src=x onerror=alert(1)> a ::error::pwn ##[error]pwn"
NAMES = (f"$(touch ${CANARY})", "<img src=x onerror=alert(1)>", "@everyone", "${{ github.token }}", "--help")
COMMENT_LIMIT = 60_000


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    made = Hospital(tmp_path / "hospital")
    with made.server:
        yield made


def active(markdown: str) -> list[str]:
    """What GitHub would make alive outside of code: HTML of others, mentions, hidden or turning characters."""
    prose = re.sub(r"(`+).*?\1", "", re.sub(r"```.*?```", "", markdown, flags=re.DOTALL))
    return re.findall(
        r"<(?!/?(?:details|summary)>|!-- clinft pull-request)|@[a-z]|[\u202a-\u202e\u2066-\u2069]", prose
    )


def assert_dead(hospital: Hospital, run: Run) -> None:
    for text in [*run.summaries.values(), *(one.body for one in hospital.server.comments.values())]:
        assert active(text) == []


def test_a_fork_is_checked_and_nothing_is_written(hospital: Hospital) -> None:
    hospital.repository.fork_head(8, demo())
    hospital.server.open_pull(8, "patch-1", author="mallory", fork=True)
    hospital.server.readonly = True
    done = hospital.check(8)
    assert_jobs(done.run, WITHOUT_PUBLISH)
    assert {call.method for call in hospital.server.log} == {"GET"}
    assert (hospital.server.comments, hospital.server.statuses) == ({}, [])
    assert "from a fork" in done.run.summaries["gate"]
    assert "gets no comment" in done.run.summaries["gate"]
    assert done.codes("demo") == {"G011"}


def test_a_change_of_what_judges_is_judged_by_the_base(hospital: Hospital) -> None:
    read = hospital.repository.clone
    policy = (read / ".github/clinft.yml").read_text().replace("erik", "mallory").replace("petra", "mallory")
    checks = (read / ".github/workflows/checks.yml").read_text()
    keep = (read / ".github/actions/keep/action.yml").read_text()
    hospital.open(
        7,
        "engine",
        {
            "clinft/__init__.py": RAISES,
            "clinft/cli/__init__.py": RAISES,
            "sitecustomize.py": RAISES,
            "usercustomize.py": RAISES,
            "json.py": RAISES,
            ".github/actions/setup/bin/clinft": "#!/bin/sh\nexit 66\n",
            ".github/actions/keep/action.yml": keep.replace("steps:\n", f"steps:\n    - {FAILS}\n"),
            ".github/workflows/checks.yml": checks + "# harmless\n",
            ".github/clinft.yml": policy,
        },
    )
    done = hospital.check(7)
    assert_jobs(done.run, PASSED)
    assert "the tree of the pull request was run" not in done.run.log
    assert done.codes() == {"G031"}
    assert done.report["required_roles"] == ["engine"]
    assert done.report["people"] == {"engine": ["erik"]}
    (comment,) = hospital.comments(7)
    assert "## clinft: waiting for approvals" in comment
    queued = hospital.repository.merge_group_event(7)
    for person, code in (("mallory", 1), ("mila", 1), ("alice", 1), ("erik", 0)):
        hospital.server.review(7, person, "APPROVED")
        said, _ = hospital.gate(queued, None)
        assert said.exit_code == code, (person, said.output)


@pytest.mark.parametrize(
    "path",
    [
        "clinft/__init__.py",
        ".github/clinft.yml",
        ".github/workflows/checks.yml",
        "new-at-the-top.txt",
    ],
)
def test_what_judges_and_projects_never_change_together(hospital: Hospital, path: str) -> None:
    hospital.open(7, "mixed", {**demo(), path: "# changed\n"})
    said, place = hospital.gate(hospital.repository.pull_request_event(7), None)
    assert said.exit_code == 1
    assert "G030" in codes(json.loads((place / "checks/report.json").read_text()))


def test_texts_of_a_valid_project_are_only_texts(hospital: Hospital) -> None:
    texts = {"summary": TEXT, "intended_use": TEXT, "out_of_scope": [TEXT], "owners": ["@everyone"]}
    prompt = PROMPT.replace("# System\n", f"# System\n{TEXT}\n::stop-commands::pwn\n")
    branch = f"b;touch${{IFS}}${CANARY};$(touch${{IFS}}${CANARY})`id`"
    hospital.open(7, branch, project("demo", prompt=prompt, **texts), title=TEXT, body=TEXT)
    done = hospital.check(7)
    # `::e` looks like an address of a machine to the audit; whether it says so is not the matter here.
    assert set(done.run.jobs) == {*PASSED}
    assert {done.run.jobs[name] for name in ("detect", "spec", "prep", "publish")} == {"success"}
    assert_dead(hospital, done.run)
    (comment,) = hospital.comments(7)
    assert "everyone" in comment, "the summary is shown, as plain text"


def test_names_and_keys_are_only_texts_and_links_are_not_followed(hospital: Hospital) -> None:
    secret = hospital.folder / "secret.md"
    secret.write_text(PROMPT + "outside-of-the-tree\n")
    linked = hospital.repository.clone / "projects/linked/prompt"
    linked.mkdir(parents=True)
    (linked / "prompt.md").symlink_to(secret)
    spec = demo()["projects/demo/project.yaml"]
    files: dict[str, str | bytes | None] = {"projects/linked/project.yaml": spec.replace("demo", "linked")}
    for name in NAMES:
        files |= {f"projects/{name}/project.yaml": spec, f"projects/{name}/prompt/prompt.md": PROMPT}
    keys = [
        f'"{TEXT}": 1',
        '"::error::pwn": 1',
        '"a\\n::stop-commands::pwn": 1',
        "b: !!python/object:os.system x",
    ]
    files["projects/demo/project.yaml"] = "version: 1\nname: demo\n\u202e: x\n" + "\n".join(keys) + "\n"
    hospital.open(7, "names", files)
    done = hospital.check(7)
    stopped = {"detect": "success", "spec": "failure", "gate": "failure", "publish": "success"}
    assert_jobs(done.run, stopped)
    assert_dead(hospital, done.run)
    assert done.codes() == {"G044", "G039"}
    assert "outside-of-the-tree" not in done.run.log
    invalid = {one["name"] for one in done.report["projects"] if one["what"] == "invalid"}
    assert invalid == {*NAMES, "linked", "demo"}


@pytest.mark.parametrize(
    "name",
    ["a\n::error::pwn", "##[error]pwn", "##[add-mask]success"],
    ids=["newline", "old form", "old form, mask"],
)
def test_a_folders_name_is_no_command_to_the_runner(hospital: Hospital, name: str) -> None:
    """GitHub's runner obeys `##[name]` anywhere in a line; act does not, so its log cannot show this."""
    files = demo()
    hospital.open(
        7,
        "name",
        {
            f"projects/{name}/project.yaml": files["projects/demo/project.yaml"],
            f"projects/{name}/prompt/prompt.md": PROMPT,
        },
    )
    event = hospital.repository.pull_request_event(7)
    done, results = hospital.verbs(event)
    gate, _ = hospital.gate(event, results)
    with hospital.job("detect", event, 1, None):
        from tests.fakes.cli import clinft

        detect = clinft("detect")
    for job, said in {**done, "gate": gate, "detect": detect}.items():
        assert obeyed(said.output) == [], job


@pytest.mark.parametrize(
    "summary", ["::error file=a.py,line=1::pwn", "::warning title=clinft::pwn", "##[error]pwn"]
)
def test_a_projects_summary_is_no_command_to_the_runner(hospital: Hospital, summary: str) -> None:
    hospital.open(7, "summary", demo(summary=summary))
    event = hospital.repository.pull_request_event(7)
    done, results = hospital.verbs(event)
    gate, _ = hospital.gate(event, results)
    for job, said in {**done, "gate": gate}.items():
        assert obeyed(said.output) == [], job


def obeyed(output: str) -> list[str]:
    """Lines that the runner would obey. It tries the new form first, so a line of ours is ours to its end."""
    lines = [line for line in output.splitlines() if not line.startswith("::error title=clinft,")]
    return [line for line in lines if OBEYED.search(line)]


def test_a_thousand_findings_fit_into_the_comment(hospital: Hospital) -> None:
    cases = "".join(f"Case {number} lives at {number} Elm Street, alone.\n" for number in range(1000, 2100))
    prompt = PROMPT.replace("# System\n", f"# System\n{cases}")
    hospital.open(7, "many", project("demo", prompt=prompt, data={"records": 40}))
    event = hospital.repository.pull_request_event(7)
    done, results = hospital.verbs(event)
    needs = {name: "success" if one.exit_code == 0 else "failure" for name, one in done.items()}
    gate, place = hospital.gate(event, results, {**needs, "detect": "success"})
    assert gate.exit_code == 1
    assert (place / "checks/report.json").stat().st_size > 200_000
    said = hospital.publish(event, place / "checks", 1)
    assert said.exit_code == 0, said.output
    (comment,) = hospital.comments(7)
    assert 5_000 < len(comment) <= COMMENT_LIMIT
    assert "job summary" in comment
    assert "Elm Street" not in comment + (place / "summary.md").read_text()


def test_the_work_grows_with_the_number_of_projects_not_with_its_square(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of the template's own example touched everything; a domain pack may touch every project."""
    calls = []
    real = GitHistory._git
    monkeypatch.setattr(GitHistory, "_git", lambda self, *a, **k: calls.append(a) or real(self, *a, **k))
    counted = []
    for number, many in ((7, 8), (8, 16)):
        broken = {f"projects/p{n}/project.yaml": "version: 1\n" for n in range(many)}
        hospital.open(number, f"many-{many}", broken)
        calls.clear()
        said, _ = hospital.gate(hospital.repository.pull_request_event(number), None)
        assert said.exit_code == 1
        counted.append(len(calls))
    assert counted[1] < 2.5 * counted[0]
