"""At train time on main: what attackers laid there, or merged in their own way, and is refused."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.artifacts.envelope import digest_content
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import iter_models, write_lines
from clinft.cli.show import forget_surroundings
from clinft.ports.history import Difference
from clinft.spec.load import load_project, validate_files
from clinft.stages.gate.paths import changed_path
from clinft.stages.gate.pull_request import path_reasons
from tests.fakes.cli import clinft
from tests.fakes.github.bare import identity, run_git
from tests.fakes.hospital import ENGINE_FILE, POLICY_FILE, Hospital, policy, project, spec
from tests.fakes.pull_request_parts import changes

BOTH = ("mila", "petra")
SPEC, DEMO = "projects/demo/project.yaml", "projects/demo"
SSN = "123-45-6789"
PATIENT = f"Patient John Smith, MRN 00123456, SSN {SSN}, born 03/14/1961."
ALICE = {**identity("alice"), **identity("alice", role="COMMITTER")}
Files = dict[str, str | bytes | None]


def sealed(path: Path, changed: Mapping[str, Any]) -> str:
    """Writes an artifact again with a digest that belongs to its new content; the digest."""
    content = {**json.loads(path.read_bytes()), **changed}
    content["digest"] = digest_content(content)
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return str(content["digest"])


def below(folder: Path, root: Path) -> Files:
    """All files of a folder as edits of the repository that lies at `root`."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def forged_data(hospital: Hospital) -> Files:
    """Records with a patient in them, and an audit of these very bytes that found nothing."""
    clone = hospital.clone_of_main(at=hospital.server.head_sha(hospital.server.pulls[7]))
    for verb in ("prepare", "audit"):
        assert hospital.call(verb, DEMO, folder=clone).exit_code == 0
    root = clone / DEMO
    work, train, formatted = root / "data/work", root / "data/records/train.jsonl", root / "data/formatted"
    first, *others = train.read_text().splitlines()
    train.write_text("\n".join([json.dumps({**json.loads(first), "text": PATIENT}), *others]) + "\n")
    lines = training_lines(load_project(root).prompt, list(iter_models(train, Record)))
    write_lines(formatted / "train.jsonl", lines)
    new = {
        "data/records/train.jsonl": digest_file(train),
        "data/formatted/train.jsonl": digest_file(formatted / "train.jsonl"),
    }
    prepared, audited = (json.loads((work / f"{name}.json").read_bytes()) for name in ("prepare", "audit"))
    prepared["files"]["data/records/train.jsonl"] = new["data/records/train.jsonl"]
    prepared["payload"]["splits"]["train"]["sha256"] = new["data/records/train.jsonl"]
    audited["inputs"]["prepare"] = sealed(work / "prepare.json", prepared)
    audited["files"]["data/formatted/train.jsonl"] = new["data/formatted/train.jsonl"]
    audited["payload"]["files_scanned"] |= new
    sealed(work / "audit.json", audited)
    made = below(root / "data", clone)
    assert any(SSN.encode() in data for data in made.values() if isinstance(data, bytes))
    return made


@pytest.mark.parametrize("way", ["pushed before", "pushed after", "own pull request", "same pull request"])
def test_data_with_a_forged_audit_is_committed(hospital: Hospital, way: str) -> None:
    """A later stage would take records and audit that lie there for what was made in this job."""
    hospital.commit("main", {"README.md": "ours, too\n"})
    hospital.pull(7, project())
    forged = forged_data(hospital)
    if way == "pushed before":
        hospital.commit("main", forged, author="mallory")
    if way == "same pull request":
        hospital.push(7, forged, author="mallory")
    hospital.approve(7, *BOTH)
    hospital.merge(7)
    if way == "pushed after":
        hospital.commit("main", forged, author="mallory")
    if way == "own pull request":
        hospital.brought(8, forged, *BOTH)
    gated = hospital.gate()
    assert gated.against == {"040"}
    data = gated.folder / DEMO / "data"
    for name in ("records/train.jsonl", "formatted/train.jsonl"):
        assert SSN not in (data / name).read_text(), "the committed records were taken"


def test_a_project_is_called_tracking(hospital: Hospital) -> None:
    """Files below projects/tracking/ belong to nobody, so nobody would be asked."""
    hospital.brought(7, project("tracking"), *BOTH)
    gated = hospital.gate("tracking")
    assert (gated.exit_code, gated.decision) == (2, None)
    assert "projects/tracking/ holds clinft's own tables" in " ".join(gated.output.split())


@pytest.mark.parametrize(
    "model", ["projects/weights/m", "PROJECTS/weights/m", "./projects/weights/m", "models/../projects/m"]
)
def test_a_base_model_lies_below_projects(tmp_path: Path, model: str) -> None:
    """Its weights would be a document that anybody may change."""
    for path, text in project(training={"provider": "peft", "base_model": model}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert any("training.base_model" in one.message for one in validate_files([tmp_path / DEMO]))


def test_weights_below_projects_are_not_trained_on_main(hospital: Hospital) -> None:
    """The spec was merged with approvals; the weights may change after it without any."""
    files = project(training={"provider": "peft", "base_model": "projects/weights/m"})
    weights = {"projects/weights/m/config.json": "{}", "projects/weights/m/model.safetensors": "good"}
    hospital.brought(7, {**files, **weights}, *BOTH)
    gated = hospital.gate()
    assert (gated.exit_code, gated.decision) == (2, None)
    assert "does not lie below projects/" in " ".join(gated.output.split())


@pytest.fixture
def laptop_run(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Pull request 7 is merged without approval, and alice trained its plan at home with --yes."""
    hospital.brought(7, project())
    assert hospital.gate().against == {"011"}
    laptop = hospital.clone_of_main()
    with monkeypatch.context() as home:
        for name in [name for name in os.environ if name.startswith("GITHUB_") or name == "CLINFT_TOKEN"]:
            home.delenv(name)
        home.chdir(laptop)
        assert clinft("run", DEMO, "--yes").exit_code == 0
    forget_surroundings()
    (run,) = (laptop / DEMO / "runs").iterdir()
    assert json.loads((run / "gate.json").read_bytes())["payload"]["mode"] == "local"
    return below(run, laptop)


def test_a_run_of_a_laptop_is_planted(hospital: Hospital, laptop_run: Files) -> None:
    """Main would take the run for its own training of this plan, and not train at all."""
    planted = {path: data for path, data in laptop_run.items() if "/data/" not in path}
    hospital.brought(8, planted)
    assert hospital.gate().against == {"011", "054"}
    hospital.approve(7, *BOTH)
    assert hospital.gate().against == {"054"}, "the plan was approved, its evidence was not"
    hospital.approve(8, "mila")
    assert hospital.gate().against == {"054"}
    hospital.approve(8, "petra")
    assert hospital.gate().allowed


def test_a_run_of_a_laptop_is_pushed(hospital: Hospital, laptop_run: Files) -> None:
    """As before, past every pull request: no review can ever cover it."""
    planted = {path: data for path, data in laptop_run.items() if "/data/" not in path}
    hospital.commit("main", planted)
    hospital.approve(7, *BOTH)
    assert hospital.gate().against == {"054"}


def test_an_adapter_is_planted(hospital: Hospital, laptop_run: Files) -> None:
    """Other weights in a run that seems to be interrupted: main would go on with them."""
    adapter = [path for path in laptop_run if "/data/adapter/" in path]
    assert adapter
    planted = {path: b"evil\n" if path in adapter else data for path, data in laptop_run.items()}
    hospital.brought(8, planted, *BOTH)
    hospital.approve(7, *BOTH)
    assert hospital.gate().against == {"040"}
    trained = hospital.call("run", DEMO)
    assert trained.exit_code == 1
    assert "✓ train" not in trained.output


def test_a_foxtrot_merge_chooses_the_commit_before(hospital: Hospital) -> None:
    """Main is the second parent; in the first one the attacker's policy names mallory alone."""
    start = hospital.tip()
    mallory_alone = policy(required_roles=["ml"], roles={"ml": {"people": ["mallory"]}})
    hospital.commit("main", {"README.md": "moved\n"})
    main = hospital.tip()
    first = hospital.branch("branch-7", {}, "alice")
    hospital.server.repo.git("update-ref", "refs/heads/branch-7", start, first)
    evil = hospital.commit("branch-7", {**project(), POLICY_FILE: mallory_alone})
    run_git(hospital.clone, "fetch", "--quiet", "origin", "main")
    run_git(hospital.clone, "merge", "--quiet", "--no-commit", "--no-ff", main, env=ALICE)
    run_git(hospital.clone, "checkout", main, "--", POLICY_FILE)
    run_git(hospital.clone, "commit", "--quiet", "-m", "Merge main", env=ALICE)
    head = run_git(hospital.clone, "rev-parse", "HEAD").decode().strip()
    run_git(hospital.clone, "push", "--quiet", "origin", "HEAD:refs/heads/branch-7")
    hospital.server.open_pull(7, "branch-7")
    hospital.checks(7)
    hospital.approve(7, "mallory")
    # The head is pushed to main as a fast-forward, and GitHub calls the pull request merged.
    pull, issue = hospital.server.pulls[7], hospital.server.issues[7]
    hospital.server.close_pull(7)
    hospital.server.repo.git("update-ref", "refs/heads/main", head)
    pull.merged_at, pull.merged_by, pull.merge_commit_sha = issue.closed_at, "alice", head
    pull.landed = (head, evil)
    gated = hospital.gate()
    assert gated.against == {"056", "011"}
    assert gated.people == {}


def test_a_typo_covers_a_plan_that_was_pushed(hospital: Hospital) -> None:
    """The later pull request says "plan unchanged", so its reviewers approve no plan."""
    hospital.commit("main", project(data={"seed": 99}), author="petra")
    assert hospital.gate().against == {"032", "011"}
    hospital.brought(8, {SPEC: spec(data={"seed": 99}, summary="A typo less")}, *BOTH)
    gated = hospital.gate()
    assert gated.against == {"032", "011"}
    assert gated.people == {}


def test_dependabot_brings_a_plan(hospital: Hospital) -> None:
    """Whoever steers the bot writes a plan that is nobody's intention."""
    hospital.pull(7, project(), author="dependabot[bot]")
    hospital.approve(7, *BOTH)
    hospital.merge(7)
    assert hospital.gate().against == {"055"}


def test_damaged_evidence_of_another_project_stops_nobody(hospital: Hospital) -> None:
    """Two broken files in a project of one's own must not close every gate."""
    hospital.brought(7, project(), *BOTH)
    run = "projects/other/runs/000000000000-a1"
    hospital.brought(8, {f"{run}/record.json": "{}\n", f"{run}/estimate.json": "{}\n"})
    assert hospital.gate().allowed
    hospital.commit("main", {f"{run}/record.json": b"\xff", f"{run}/estimate.json": "["})
    assert hospital.gate().allowed


HIDDEN = {
    f"{DEMO}/.github/clinft.yml": policy(budgets={"per_run_usd": 9999}),
    f"{DEMO}/.gitattributes": "prompt/prompt.md text eol=crlf\n",
    f"{DEMO}/prompt/.gitattributes": "prompt.md text eol=crlf\n",
}


@pytest.mark.parametrize("path", HIDDEN)
def test_a_hidden_file_changes_how_a_project_is_read(hospital: Hospital, path: str) -> None:
    """A policy of the project's own, or git's rules of how its texts are written out."""
    hospital.brought(7, project(), *BOTH)
    hospital.brought(8, {path: HIDDEN[path]}, *BOTH)
    assert hospital.gate().against == {"040"}
    hospital.brought(9, {path: None})
    assert hospital.gate().allowed


@pytest.mark.parametrize("path", HIDDEN)
def test_a_pull_request_with_a_hidden_file_is_refused(path: str) -> None:
    """The same, told before the merge; taking such a file away is no attack."""
    for status, codes in (("A", ["CLINFT-G057"]), ("M", ["CLINFT-G057"]), ("D", [])):
        change_set = changes(paths=(changed_path(Difference(path, status, "100644")),))
        assert [reason.code for reason in path_reasons(change_set)] == codes


def test_a_policy_in_a_project_opens_no_set_up(hospital: Hospital) -> None:
    """Nobody holds the role engine by the nested policy, so what judges would be free again."""
    nobody = policy(roles={"engine": {"people": []}})
    hospital.brought(7, project(), *BOTH)
    hospital.brought(8, {f"{DEMO}/.github/clinft.yml": nobody}, *BOTH)
    hospital.commit("main", {ENGINE_FILE: "evil\n"}, author="mallory")
    assert hospital.gate().against == {"040", "051"}
