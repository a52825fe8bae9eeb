"""The checks of a pull request: every project is reported, by the base's rules, with what was found."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.data import PreparedDataset
from clinft.artifacts.planning import CostEstimate
from tests.fakes.cli import clinft
from tests.fakes.github.bare import run_git
from tests.fakes.hospital import POLICY_FILE, Hospital, policy, project, spec
from tests.fakes.specs import PROMPT

VERBS = {"validate": "problems", "prepare": "prepare", "audit": "audit", "estimate": "estimate"}
ELIGIBLE = {"eligibility": {"owner": "Privacy Office", "review_by": "2030-01-01"}}
HOSTED: dict[str, Any] = {
    "provider": "openai",
    "base_model": "gpt-4.1-mini-2025-04-14",
    "method": "supervised",
}
IDENTIFIERS = PROMPT.replace("Chest pain", "John Quimby of 12 Maple Street, since 2023-03-14: chest pain")


@dataclass(frozen=True)
class Said:
    exit_code: int
    output: str
    tree: Path
    results: Path

    def json(self, project: str, name: str) -> Any:
        return json.loads((self.results / "projects" / project / f"{name}.json").read_bytes())

    @property
    def words(self) -> str:
        return " ".join(self.output.split())

    @property
    def files(self) -> set[str]:
        return {
            path.relative_to(self.results).as_posix() for path in self.results.rglob("*") if path.is_file()
        }


def check(hospital: Hospital, verb: str, number: int = 7) -> Said:
    event = hospital.pull_request_event(number)
    results = hospital.folder / f"results-{event['sha'][:12]}-{verb}"
    hospital.enter(event["tree"], event, CLINFT_RESULTS=str(results), GITHUB_JOB=verb)
    done = clinft(verb, "--changed")
    return Said(done.exit_code, done.output, event["tree"], results)


def hosted(name: str = "demo", **changes: Any) -> dict[str, str]:
    made = project(name, training=HOSTED, **changes)
    return {path: text.replace("    learning_rate: 0.001\n", "") for path, text in made.items()}


@pytest.mark.parametrize("verb", VERBS)
def test_one_broken_project_hides_no_other(hospital: Hospital, verb: str) -> None:
    broken = {"projects/broken/project.yaml": spec("broken", data={"seed": "seven"})}
    hospital.pull(7, {**project("alpha"), **broken, **project("zeta")})
    said = check(hospital, verb)
    assert said.exit_code == 2
    assert "projects/broken/project.yaml:" in said.words
    for name in ("alpha", "zeta"):
        assert name in said.output
        assert f"projects/{name}/{VERBS[verb]}.json" in said.files
    if verb == "validate":
        assert said.json("alpha", "problems") == []
        problems = said.json("broken", "problems")
        assert {one["path"] for one in problems} <= {
            "projects/broken/project.yaml",
            "projects/broken/prompt/prompt.md",
        }
        assert all(one["message"] and one["next_step"] for one in problems)
    else:
        assert not any(path.startswith("projects/broken/") for path in said.files)
    tracked = run_git(said.tree, "status", "--porcelain", "--untracked-files=no")
    assert tracked == b""


def test_what_each_check_leaves_can_be_read_back(hospital: Hospital) -> None:
    hospital.pull(7, project())
    payloads = {"prepare": PreparedDataset, "audit": AuditReport, "estimate": CostEstimate}
    for verb, payload in payloads.items():
        said = check(hospital, verb)
        assert said.exit_code == 0, said.output
        folder = said.results / "projects" / "demo"
        assert run_folder.load(folder, verb, payload) is not None
        assert not any(name.endswith(".jsonl") for name in said.files)
    samples = check(hospital, "audit").json("demo", "samples")
    assert len({one["target"] for one in samples}) == len(samples) == 3
    assert check(hospital, "estimate").json("demo", "previous") is None


@pytest.mark.parametrize("verb", VERBS)
def test_where_no_plan_changes_nothing_is_done(hospital: Hospital, verb: str) -> None:
    hospital.brought(6, project(), "mila", "petra")
    hospital.pull(7, {"projects/demo/NOTES.md": "n\n", "README.md": "r\n"})
    said = check(hospital, verb)
    assert (said.exit_code, said.files) == (0, set())
    assert "nothing to check" in said.words


def test_a_removed_project_is_not_checked(hospital: Hospital) -> None:
    hospital.brought(6, {**project(), **project("second")}, "mila", "petra")
    hospital.pull(7, {**dict.fromkeys(project()), "projects/second/project.yaml": spec("second", revision=2)})
    said = check(hospital, "prepare")
    assert (said.exit_code, said.files) == (0, {"projects/second/prepare.json"})


def test_identifiers_fail_the_audit_and_show_nothing_of_the_data(hospital: Hospital) -> None:
    hospital.pull(7, {**project("alpha"), **project("beta"), "projects/alpha/prompt/prompt.md": IDENTIFIERS})
    said = check(hospital, "audit")
    assert said.exit_code == 1
    assert said.json("alpha", "audit")["payload"]["verdict"] == "FAIL"
    assert said.json("beta", "audit")["payload"]["verdict"] == "PASS"
    assert said.json("alpha", "samples") == []
    assert len(said.json("beta", "samples")) == 3
    everything = said.output + "".join((said.results / name).read_text() for name in said.files)
    assert "Maple" not in everything
    assert "Quimby" not in everything
    assert "2023-03-14" not in everything
    assert "The audit said FAIL" in said.words
    # The next job's own view of the same commit is the same.
    assert check(hospital, "estimate").exit_code == 0


def test_the_policy_is_the_base_branchs(hospital: Hospital) -> None:
    """The pull request raises its own budget; neither its file nor a broken one is asked."""
    hospital.brought(
        5, {POLICY_FILE: policy(providers={"openai": ELIGIBLE}, budgets={"per_run_usd": 0})}, "erik"
    )
    hospital.pull(7, {**hosted(), POLICY_FILE: policy(budgets={"per_run_usd": 1000})})
    said = check(hospital, "estimate")
    assert said.exit_code == 1
    assert "CLINFT-G007" in said.words
    hospital.push(7, {POLICY_FILE: "roles: [\n"})
    assert "CLINFT-G007" in check(hospital, "estimate").words
    hospital.push(7, {POLICY_FILE: None})
    assert "CLINFT-G007" in check(hospital, "estimate").words
    # With the base's consent it passes.
    hospital.brought(6, {POLICY_FILE: policy(providers={"openai": ELIGIBLE})}, "erik")
    hospital.pull(8, hosted())
    assert check(hospital, "estimate", 8).exit_code == 0


def test_a_price_is_compared_with_that_of_the_base(hospital: Hospital) -> None:
    capped = policy(providers={"openai": ELIGIBLE}, budgets={"max_increase_percent": 50})
    hospital.brought(5, {POLICY_FILE: capped}, "erik")
    hospital.brought(6, {**hosted(), **hosted("second")}, "mila", "petra")
    more = hosted(data={"records": 400})
    hospital.pull(
        7,
        {
            **more,
            "projects/second/project.yaml": hosted("second", revision=2)["projects/second/project.yaml"],
        },
    )
    said = check(hospital, "estimate")
    assert said.exit_code == 1
    assert said.words.count("CLINFT-G019") == 1
    before, now = said.json("demo", "previous"), said.json("demo", "estimate")["payload"]
    assert float(before["cost_usd_upper"]) * 1.5 < float(now["cost_usd_upper"])
    assert before["plan_digest"] != now["plan_digest"]
    same, again = said.json("second", "previous"), said.json("second", "estimate")["payload"]
    assert same["cost_usd_upper"] == again["cost_usd_upper"]


def test_a_budget_of_the_spec_is_one_of_the_checks(hospital: Hospital) -> None:
    hospital.brought(5, {POLICY_FILE: policy(providers={"openai": ELIGIBLE})}, "erik")
    hospital.pull(7, {**hosted("alpha", budget={"max_usd": 0}), **project("beta")})
    said = check(hospital, "estimate")
    assert said.exit_code == 1
    assert "CLINFT-G006" in said.words
    assert {"projects/alpha/estimate.json", "projects/beta/estimate.json"} <= said.files


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "$(touch x)",
        "@all",
        "-rf",
        "<img src=x>",
        "a\nb",
        "Demo",
        "übung",
        ":(exclude)",
        "x" * 61,
        "a:b",
    ],
)
def test_a_hostile_folder_is_a_broken_project_beside_a_good_one(hospital: Hospital, name: str) -> None:
    hostile = {path.replace("projects/demo/", f"projects/{name}/"): text for path, text in project().items()}
    hospital.pull(7, {**hostile, **project("good")})
    validated = check(hospital, "validate")
    assert validated.exit_code == 2
    assert validated.json("good", "problems") == []
    folders = {path.split("/")[1] for path in validated.files}
    assert len(folders) == 2
    assert all(folder.isascii() and folder.isalnum() for folder in folders)
    prepared = check(hospital, "prepare")
    assert prepared.exit_code == 2
    assert prepared.files == {"projects/good/prepare.json"}
    assert not list(hospital.folder.rglob("x"))


def test_a_link_out_of_the_tree_is_not_followed(hospital: Hospital) -> None:
    secret = hospital.folder / "secret"
    secret.write_text("# System\nthe runner's own file\n")
    hospital.branch("branch-7", {**project(), **project("good")})
    (hospital.clone / "projects/demo/prompt/prompt.md").unlink()
    (hospital.clone / "projects/demo/prompt/prompt.md").symlink_to(secret)
    hospital.server.open_pull(7, "branch-7")
    run_git(hospital.clone, "commit", "--quiet", "--all", "-m", "link", env={
        "GIT_AUTHOR_NAME": "alice", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "alice", "GIT_COMMITTER_EMAIL": "a@b.c"})  # fmt: skip
    run_git(hospital.clone, "push", "--quiet", "origin", "HEAD:refs/heads/branch-7")
    for verb, file in VERBS.items():
        said = check(hospital, verb)
        assert said.exit_code != 0
        everything = said.output + "".join((said.results / name).read_text() for name in said.files)
        assert "the runner's own file" not in everything
        assert f"projects/good/{file}.json" in said.files
