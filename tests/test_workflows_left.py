"""What workflows of the protected branch leave for each other, and what of others' they get to see."""

import re

import pytest

from tests.fakes.workflows import (
    ACTIONS,
    KEEP,
    SETUP,
    WORKFLOWS,
    jobs,
    steps,
    texts,
    triggers,
    using,
    workflow,
)
from tests.test_workflows_on_main import STARTS


def test_report_is_a_workflow_run_of_its_own() -> None:
    """Evidence counts by the workflow that left it: where another could call it, that could be the trainer's."""
    assert not [name for file, name, job in jobs() if "report.yml" in job.get("uses", "")]
    assert triggers(workflow("report.yml")).keys() == {"workflow_dispatch"}


def test_who_leaves_what() -> None:
    """Names that something rests on are made in one place each, and all go through one action."""
    left = {
        (file, name): (kept["name"], kept.get("path"), kept.get("days"))
        for file, name, job in jobs()
        for kept in using(job, KEEP)
        if file in STARTS
    }
    assert left == {
        ("assess.yml", "assess"): ("assessment", "checks/assess.json", None),
        # Nothing rests on it: people open it.
        ("pages.yml", "pages"): ("dashboard", "site", None),
        ("report.yml", "report"): ("${{ steps.report.outputs.artifact }}", "checks/evidence", "90"),
        ("research.yml", "research"): ("brief", "checks/research.json", None),
        ("run.yml", "train"): ("${{ steps.train.outputs.artifact }}", "checks/bundle", "90"),
        ("run.yml", "hosted"): ("${{ steps.train.outputs.artifact }}", "checks/bundle", "90"),
    }
    uploads = [found.file for found in steps() if "upload-artifact" in found.step.get("uses", "")]
    assert uploads == ["keep/action.yml"]
    downloads = [found.file for found in steps() if "download-artifact" in found.step.get("uses", "")]
    assert downloads == ["setup/action.yml"]
    # Of the same workflow run only: an id of another one would be somebody's text.
    assert all("run-id" not in found.step.get("with", {}) for found in steps())


def test_what_seals_is_kept_before_it_is_published() -> None:
    """The order is the proof: a published record whose artifact was never kept could not be told from a forged one."""
    lines = [step.get("run") or step["uses"] for step in workflow("report.yml")["jobs"]["report"]["steps"]]
    assert lines[-3:] == ["clinft report --started", KEEP, "clinft publish --results"]


@pytest.mark.parametrize(("name", "left"), [("assess", "assessment"), ("research", "brief")])
def test_reading_and_bringing_are_two_jobs(name: str, left: str) -> None:
    """What opens weights, or reads what strangers answer, never sees a token that may write."""
    found = workflow(f"{name}.yml")["jobs"]
    assert list(found) == [name, "publish"]
    assert found[name]["permissions"] == {"contents": "read"}
    assert "github.token" not in "".join(texts(found[name]))
    assert found["publish"]["needs"] == name
    assert using(found["publish"], SETUP) == [{"tree": "false", "results": left}]


def test_an_assessment_chooses_its_packages_from_a_list() -> None:
    choice = triggers(workflow("assess.yml"))["workflow_dispatch"]["inputs"]["packages"]
    assert (choice["type"], choice["options"]) == ("choice", ["train", "light"])


def test_the_dashboard_is_drawn_by_whoever_may_only_read_and_published_by_whoever_draws_nothing() -> None:
    found = workflow("pages.yml")["jobs"]
    draw, publish = found["pages"], found["publish"]
    assert draw["permissions"] == {"contents": "read"}
    assert using(draw, SETUP) == [{"tree": "false", "packages": "pages"}]
    assert "github.token" not in "".join(texts(found))
    (step,) = publish["steps"]
    assert {*step} == {"uses"}
    # Only where the policy of the protected branch says so.
    assert publish["if"] == "${{ needs.pages.outputs.publish == 'true' }}"
    (held,) = [step for step in draw["steps"] if "upload-pages-artifact" in step.get("uses", "")]
    assert held["if"] == "${{ steps.draw.outputs.publish == 'true' }}"


@pytest.mark.parametrize(
    ("file", "name", "group"),
    [
        (
            "notify.yml",
            "notify",
            "clinft-before-merge-${{ github.event.workflow_run.head_repository.id }}"
            "-${{ github.event.workflow_run.head_branch }}",
        ),
        ("reconcile.yml", "sinks", "clinft-sinks-${{ github.repository }}"),
    ],
)
def test_whoever_speaks_to_people_lays_out_no_tree_and_no_artifact(file: str, name: str, group: str) -> None:
    """Nothing that whoever opened a pull request wrote lies where it runs: clinft asks for what it may read."""
    job = workflow(file)["jobs"][name]
    assert using(job, SETUP) == [{"tree": "false", "packages": "sinks"}]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["clinft notify"]
    # What was merged is told by one job at a time; a pull request's job throws away no other's.
    assert job["concurrency"]["group"] == group


def test_a_trigger_that_linters_warn_of_says_why_on_its_line() -> None:
    told = {}
    for file in [*WORKFLOWS, *ACTIONS]:
        for line in file.read_text().splitlines():
            if "zizmor: ignore" in line:
                rule = re.search(r"zizmor: ignore\[([a-z-]+)\] \S+ \S+", line)
                assert rule, f"{file.name}: {line}"
                told.setdefault(rule[1], []).append(file.parent.name + "/" + file.name)
    assert told == {
        "dangerous-triggers": ["workflows/notify.yml", "workflows/reconcile.yml"],
        "github-env": ["setup/action.yml"],
        "secrets-inherit": ["workflows/train.yml"],
    }
