"""What the reading tools say of a project, its runs and its plan; and whose word they rest on."""

import shutil
from pathlib import Path

import pytest

from clinft.pipeline.assistant.refusals import PAGE
from clinft.pipeline.assistant.specs import Section
from tests.fakes.assistant import OTHER, RUN, files
from tests.fakes.cli import clinft
from tests.fakes.committed_runs import commit_run, entries
from tests.fakes.github.bare import run_git
from tests.pipeline.assistant.conftest import Tell

SPEC = "projects/demo/project.yaml"


def change(root: Path, before: str, after: str) -> None:
    path = root / SPEC
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def test_every_section_of_a_spec_is_explained(tell: Tell) -> None:
    for section in Section.__args__:  # type: ignore[attr-defined]  # of Literal
        told = tell("describe_spec", section=section)
        assert told["keys"]
        unexplained = [one["key"] for one in told["keys"] if not one["about"] and section != "whole"]
        assert unexplained == []
    assert (
        "{{labels}}" in tell("describe_spec")["example"] or "{{answer}}" in tell("describe_spec")["example"]
    )


def test_the_plan_and_the_estimate_are_those_of_the_verbs(tell: Tell, root: Path) -> None:
    plan, price = tell("plan", project="demo"), tell("estimate", project="demo")
    assert clinft("run", root / "projects" / "demo", "--until", "prepare").exit_code == 0
    said = clinft("estimate", root / "projects" / "demo", "--json").stdout
    assert plan["plan_digest"] == price["plan_digest"]
    assert f'"plan_digest":"{plan["plan_digest"]}"' in said.replace(" ", "")


def test_a_plan_is_held_against_the_protected_branch(tell: Tell, root: Path) -> None:
    same = tell("plan", project="demo")
    assert (same["state"], same["spec_changes"], same["prompt_changed"]) == ("same", [], False)
    change(root, "seed: 7", "seed: 8")
    changed = tell("plan", project="demo")
    assert (changed["state"], changed["plan_digest_there"]) == ("changed", same["plan_digest"])
    assert changed["spec_changes"] == [{"field": "data.seed", "before": "7", "after": "8"}]
    # What does not determine the weights is no other plan.
    change(root, "seed: 8", "seed: 7")
    change(root, "summary: ICD-10 chapter", "summary: Chapter")
    assert tell("plan", project="demo")["state"] == "same"


def test_what_the_branch_has_and_nobody_can_read_is_unknown_not_new(tell: Tell, root: Path) -> None:
    change(root, "version: 1", "version: 2")
    run_git(root, "commit", "-qam", "broken")
    run_git(root, "update-ref", "refs/heads/main", "HEAD")
    change(root, "version: 2", "version: 1")
    assert tell("plan", project="demo")["state"] == "unknown"


def test_the_policy_is_that_of_the_protected_branch(tell: Tell, root: Path) -> None:
    """As for the gate: what a draft says about who approves does not count."""
    path = root / ".github" / "clinft.yml"
    path.write_text(path.read_text() + "required_roles: [ml]\n")
    assert tell("next_step", project="demo")["required_roles"] == ["ml", "privacy"]
    run_git(root, "update-ref", "-d", "refs/heads/main")
    assert tell("next_step", project="demo")["required_roles"] == ["ml"]


def test_validate_says_what_the_verb_says_of_project_and_policy(tell: Tell, root: Path) -> None:
    def by_verb() -> str:
        return " ".join(clinft("validate", root / "projects" / "demo").output.split())

    assert tell("validate", project="demo") == {"valid": True, "problems": [], "awaited": []}
    change(root, "provider: fake\n", "provider: fake_hosted\n")
    told = tell("validate", project="demo")
    (waits,) = told["awaited"]
    assert (told["valid"], waits["file"]) == (True, SPEC)
    assert "(CLINFT-G009)" in waits["message"]
    assert waits["message"] in by_verb()

    change(root, "summary: ICD-10 chapter", "notify: [nowhere]\nsummary: ICD-10 chapter")
    told = tell("validate", project="demo")
    (found,) = told["problems"]
    assert (told["valid"], told["awaited"], found["file"]) == (False, [], SPEC)
    assert "nowhere. (CLINFT-G024)" in found["message"]
    assert found["message"] in by_verb()

    policy = root / ".github" / "clinft.yml"
    policy.write_text(policy.read_text() + "sinks: {channel: {kind: slakc}}\n")
    problems = tell("validate", project="demo")["problems"]
    assert {one["file"] for one in problems} == {".github/clinft.yml"}
    policy.unlink()
    assert tell("validate", project="demo") == {"valid": True, "problems": [], "awaited": []}


def test_nothing_of_what_is_computed_is_left_in_the_repository(tell: Tell, root: Path) -> None:
    before = files(root)
    for name in ("preview_data", "plan", "estimate"):
        tell(name, project="demo")
    assert files(root) == before


def test_a_preview_counts_and_shows_no_record(tell: Tell) -> None:
    made = tell("preview_data", project="demo")
    assert sum(split["records"] for split in made["splits"].values()) == 40
    assert made["shared_scenarios"] == 0
    assert set(made["splits"]["train"]) == {"records", "scenarios", "by_label", "by_style", "sha256"}


def test_codes_of_the_gate_are_explained_however_they_are_written(tell: Tell, refused: Tell) -> None:
    told = [tell("explain_refusal", code=code) for code in ("CLINFT-G012", "G012", "12", "G12")]
    assert told == [told[0]] * 4
    assert (told[0]["code"], told[0]["page"]) == ("CLINFT-G012", PAGE)
    assert "lists all of them" in refused("explain_refusal", code="999")
    assert "code (string_pattern_mismatch)" in refused("explain_refusal", code="CLINFT-G012; rm")


def test_every_code_of_the_page_is_found(tell: Tell, root: Path) -> None:
    codes = {
        line.split("|")[1].strip() for line in (root / PAGE).read_text().splitlines() if "| CLINFT-G" in line
    }
    assert len(codes) > 60
    for code in codes:
        told = tell("explain_refusal", code=code)
        assert told["meaning"], code
        assert told["way_out"], code


def test_runs_are_listed_with_what_was_measured(tell: Tell) -> None:
    found = tell("list_runs", project="demo")
    assert {one["run_id"] for one in found["runs"]} == {RUN, OTHER}
    one = found["runs"][0]
    assert (one["main_metric"], one["value"], one["n"]) == ("accuracy", 0.767, 60)
    assert one["low"] < one["value"] < one["high"]


def test_runs_are_listed_newest_first_with_their_dates(tell: Tell, root: Path) -> None:
    """Names say nothing of age, and one project's runs lie between another's."""
    projects = root / "projects"
    shutil.copytree(projects / "demo", projects / "other", ignore=lambda *_: ["runs", "data"])
    commit_run(projects, "other/ffffffffffff-a1", "2026-10-01T08:00:00+00:00")
    commit_run(projects, "other/000000000000-a1", "2026-11-20T08:00:00+00:00")
    commit_run(projects, "demo/111111111111-a1", "2026-11-10T08:00:00+00:00", "failed")
    (projects / "demo" / "runs" / OTHER / "train.json").write_text("{}")
    found = tell("list_runs")["runs"]
    assert [(one["run_id"], one["status"]) for one in found] == [
        ("000000000000-a1", "succeeded"),
        ("111111111111-a1", "failed"),
        (RUN, "succeeded"),
        ("ffffffffffff-a1", "succeeded"),
        (OTHER, "unreadable"),
    ]
    assert [(one["started_at"] or "")[:10] for one in found] == [
        "2026-11-20", "2026-11-10", "2026-11-03", "2026-10-01", "",
    ]  # fmt: skip
    assert found[0]["ended_at"] == "2026-11-20T08:00:00+00:00"
    assert (found[-1]["started_at"], found[-1]["value"]) == (None, None)


def test_the_oldest_runs_are_those_that_are_left_out(
    tell: Tell, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_run(root / "projects", "demo/000000000000-a1", "2026-11-20T08:00:00+00:00")
    monkeypatch.setattr("clinft.pipeline.assistant.listing.MOST_RUNS", 1)
    found = tell("list_runs")
    assert ([one["run_id"] for one in found["runs"]], found["left_out"]) == (["000000000000-a1"], 2)


def test_the_record_can_be_read_by_project(tell: Tell, refused: Tell) -> None:
    every, mine = tell("read_tracking", table="runs"), tell("read_tracking", table="runs", project="demo")
    assert (mine["total"], mine["rows"]) == (every["total"], every["rows"])
    at = mine["columns"].index("project")
    assert {row[at] for row in mine["rows"]} == {"demo"}
    assert tell("read_tracking", table="runs", project="other")["rows"] == []
    assert "table (literal_error)" in refused("read_tracking", table="secrets")


def test_runs_are_compared_without_a_text(tell: Tell, refused: Tell) -> None:
    named = [{"project": "demo", "run": run} for run in (RUN, OTHER)]
    found = tell("compare_runs", runs=named)
    assert [side["run_id"] for side in found["sides"]] == [RUN, OTHER]
    assert "each once" in refused("compare_runs", runs=[named[0], named[0]])


def state(tell: Tell) -> str:
    return str(tell("next_step", project="demo")["state"])


def test_the_next_step_follows_the_project(tell: Tell, root: Path) -> None:
    project = root / "projects" / "demo"
    assert state(tell) == "run_reported"
    (project / "deployment.yaml").write_text(f"run_id: {OTHER}\n")
    assert state(tell) == "deployed"
    change(root, "seed: 7", "seed: 8")
    found = tell("next_step", project="demo")
    assert (found["state"], found["differs"]) == ("not_merged", [SPEC])
    change(root, "provider: fake", "provider: fakes")
    found = tell("next_step", project="demo")
    assert (found["state"], found["problems"][0]["file"]) == ("not_valid", SPEC)
    assert all(act["who"] for act in found["acts"])


@pytest.mark.parametrize(
    ("lived", "told"), [(("queued", "running"), "run_under_way"), (("queued", "failed"), "run_ended")]
)
def test_a_run_that_has_not_ended_well_is_told_apart(
    tell: Tell, root: Path, lived: tuple[str, ...], told: str
) -> None:
    from clinft.pipeline import status_files
    from clinft.run_folder import load_record, to_bytes

    run = root / "projects" / "demo" / "runs" / OTHER
    record = load_record(run)
    assert record is not None
    (run / "status").mkdir()
    for entry in entries(OTHER, lived, record.digest, "2026-12-01"):
        (run / "status" / status_files.file_name(entry)).write_bytes(to_bytes(entry))
    found = tell("next_step", project="demo")
    assert (found["run"], found["run_status"], found["state"]) == (OTHER, lived[-1], told)


def test_a_plan_without_a_run_waits_for_people(tell: Tell, root: Path) -> None:
    run_git(root, "rm", "-rqf", "projects/demo/runs")
    found = tell("next_step", project="demo")
    assert found["state"] == "merged_without_run"
    assert found["acts"][0]["who"] == "required roles"


def test_it_works_without_a_protected_branch_that_is_known_here(tell: Tell, root: Path) -> None:
    run_git(root, "update-ref", "-d", "refs/heads/main")
    assert (tell("plan", project="demo")["state"], state(tell)) == ("new", "not_merged")


def test_a_base_model_of_the_repository_needs_no_revision(tell: Tell, root: Path) -> None:
    (root / "models" / "tiny").mkdir(parents=True)
    (root / "models" / "tiny" / "config.json").write_text("{}")
    text = (root / SPEC).read_text().replace("provider: fake", "provider: peft")
    for reference, valid in {"models/tiny": True, "models/absent": False}.items():
        spec = text.replace("builtin:fake", reference)
        assert tell("draft_spec", project="demo", spec=spec, write=False)["valid"] is valid
    assert [path.name for path in (root / "models" / "tiny").iterdir()] == ["config.json"]
