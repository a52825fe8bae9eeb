"""Every workflow and action as parsed YAML: the rules of docs and design that no linter knows.

What holds for the protected branch alone stands in test_workflows_on_main.py.
"""

import re
from pathlib import Path

import pytest
import typer.main

from clinft.cli.app import app
from clinft.stages.gate.pull_request import NEEDS
from tests.fakes.workflows import (
    ACTIONS,
    CHECKOUT,
    KEEP,
    SET_UP,
    SETUP,
    WORKFLOWS,
    jobs,
    parsed,
    steps,
    texts,
    triggers,
    using,
    workflow,
)

MOST_LINES = 80
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
VERSION = re.compile(r"# v\d+\.\d+\.\d+$")
# The one line of a workflow that is no verb: the template's own tests.
OWN_TESTS = (".ci/run",)
LOCAL = "./.github/"
# What other people wrote starts these with a token that may write.
FORBIDDEN_TRIGGERS = {"pull_request_target", "issue_comment"}
READS = {"contents", "pull-requests", "checks", "statuses"}
JOBS = ("detect", *NEEDS[1:], "gate", "publish")
OF_A_PULL_REQUEST = ("checks.yml", "publish.yml", "ci.yml")
HOSTED_MINUTES = 360


def test_there_is_something_to_look_at() -> None:
    assert {"checks.yml", "ci.yml", "publish.yml"} <= {file.name for file in WORKFLOWS}
    assert {file.parent.name for file in ACTIONS} >= {"setup", "keep"}


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_file_is_short_and_says_what_it_is_for(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert len(lines) <= MOST_LINES
    assert lines[0].startswith("# ") or parsed(file)["description"]


# Lines that run


def test_every_run_line_of_a_workflow_is_one_verb_of_clinft() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    seen = 0
    for found in steps():
        line = found.step.get("run")
        if line is None or not found.job or line in OWN_TESTS:
            continue
        seen += 1
        program, verb, *options = line.split(" ")
        assert (program, "\n" in line.strip()) == ("clinft", False), found
        assert verb in commands, f"{found}: clinft has no verb {verb}"
        known = {option for parameter in commands[verb].params for option in parameter.opts}
        assert {option for option in options if option.startswith("-")} <= known, found
        assert re.fullmatch(r"clinft [a-z]+(?: --?[a-z]+| [a-z0-9-]+)*", line), found
    assert seen >= len(JOBS)


def test_no_expression_stands_where_a_shell_would_read_it() -> None:
    for found in steps():
        assert "${{" not in found.step.get("run", ""), found
        assert not re.search(r"github-script", found.step.get("uses", "")), found


def test_every_run_line_has_a_shell_that_stops_at_an_error() -> None:
    for file in WORKFLOWS:
        content = parsed(file)
        if any("run" in step for job in content["jobs"].values() for step in job.get("steps", [])):
            assert content["defaults"]["run"]["shell"] == "bash", file.name
    for found in steps():
        if "run" in found.step and not found.job:
            assert found.step["shell"] == "bash", found


# Permissions and secrets


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_nothing_is_granted_that_no_line_explains(file: Path) -> None:
    content = parsed(file)
    assert content["permissions"] == {}
    lines = file.read_text().splitlines()
    for name, job in content["jobs"].items():
        grants = job["permissions"]
        assert isinstance(grants, dict), f"{name}: a word like write-all grants everything"
        assert set(grants.values()) <= {"read", "write"}
        for scope, level in grants.items():
            granting = [line for line in lines if f"{scope}: {level}" in line]
            assert granting, (name, scope)
            assert all(re.search(r"\}? # \S", line) for line in granting), f"{name}: why {scope}: {level}?"


def test_only_the_publish_job_may_write_and_no_job_of_a_pull_request_sees_a_secret() -> None:
    for name in OF_A_PULL_REQUEST:
        content = workflow(name)
        text = "\n".join(texts(content))
        assert "secrets." not in text, name
        assert "inherit" not in text, name
        for job_name, job in content["jobs"].items():
            assert "environment" not in job, job_name
            if "uses" not in job:
                assert job["runs-on"] == "ubuntu-latest", job_name
            if job_name != "publish":
                assert set(job["permissions"].values()) == {"read"}, job_name
                # The gate asks which workflow run of ours sealed the evidence of a run.
                more = {"actions"} if job_name == "gate" else set()
                assert set(job["permissions"]) <= READS | more, job_name


def test_the_token_is_given_to_single_steps_only() -> None:
    """Of these jobs, and never to a step that uses an action."""
    holders = []
    for found in steps():
        if any("github.token" in text for text in texts(found.step)):
            assert found.step["env"]["CLINFT_TOKEN"] == "${{ github.token }}", found
            assert "uses" not in found.step, found
            holders.append((found.file, found.job, found.step["run"]))
    assert holders == [
        ("assess.yml", "publish", "clinft publish --assessment"),
        ("checks.yml", "gate", "clinft gate --changed"),
        ("doctor.yml", "doctor", "clinft doctor"),
        ("notify.yml", "notify", "clinft notify"),
        ("prices.yml", "refresh", "clinft prices refresh --publish"),
        ("publish.yml", "publish", "clinft publish"),
        ("reconcile.yml", "reconcile", "clinft reconcile"),
        ("reconcile.yml", "sinks", "clinft notify"),
        ("report.yml", "report", "clinft report --started"),
        ("report.yml", "report", "clinft publish --results"),
        ("research.yml", "publish", "clinft research --named --publish"),
        ("run.yml", "train", "clinft train --started"),
        ("run.yml", "hosted", "clinft train --started"),
        ("run.yml", "hand-over", "clinft handover"),
        ("train.yml", "start", "clinft start"),
    ]
    # Not to a whole job or workflow, where every action would see it.
    for file in WORKFLOWS:
        content = parsed(file)
        assert "github.token" not in "".join(texts(content.get("env", {})))
        assert all(
            "github.token" not in "".join(texts(job.get("env", {}))) for job in content["jobs"].values()
        )


# What is used


def test_actions_of_others_are_pinned_with_their_version_and_one_version_each() -> None:
    pins: dict[str, set[str]] = {}
    for file in [*WORKFLOWS, *ACTIONS]:
        for line in file.read_text().splitlines():
            found = re.search(r"\buses: ([^\s,}]+)", line)
            if found is None or found[1].startswith(LOCAL):
                continue
            assert PINNED.fullmatch(found[1]), f"{file.name}: {line}"
            version = VERSION.search(line)
            assert version, f"{file.name}: {line}"
            action, _, sha = found[1].partition("@")
            pins.setdefault(action, set()).add(f"{sha} {version.group()}")
    assert {"actions/checkout", "actions/setup-python"} <= pins.keys()
    assert {action: found for action, found in pins.items() if len(found) > 1} == {}


def test_every_uses_is_found_by_the_line_search_above() -> None:
    """A `uses` that is folded or quoted would escape the pin's check."""
    for file in [*WORKFLOWS, *ACTIONS]:
        listed = re.findall(r"\buses: ([^\s,}]+)", file.read_text())
        content = parsed(file)
        used = [step["uses"] for step in content.get("runs", {}).get("steps", []) if "uses" in step]
        for job in content.get("jobs", {}).values():
            used += [job["uses"]] if "uses" in job else []
            used += [step["uses"] for step in job.get("steps", []) if "uses" in step]
        assert sorted(used) == sorted(listed), file


def test_no_checkout_leaves_a_token_behind() -> None:
    checkouts = [found for found in steps() if found.step.get("uses", "").startswith(CHECKOUT)]
    assert len(checkouts) >= len(JOBS)
    for found in checkouts:
        assert found.step["with"]["persist-credentials"] is False, found


# Jobs


def test_every_job_ends_and_every_workflow_says_what_happens_to_an_older_run() -> None:
    for file, name, job in jobs():
        if "uses" not in job:
            # A token lives for a day; a machine of the team may use all of it.
            most = 1440 if (file, name) == ("run.yml", "train") else HOSTED_MINUTES
            assert 0 < job["timeout-minutes"] <= most, (file, name)
    for file in WORKFLOWS:
        content = parsed(file)
        if "workflow_call" in triggers(content):
            continue  # it runs in its caller's group
        group = content["concurrency"]
        assert "${{" in group["group"], file.name
        assert isinstance(group["cancel-in-progress"], bool), file.name


def test_nothing_starts_with_a_writable_token_on_foreign_code() -> None:
    """`workflow_run` is looked at in test_workflows_on_main.py."""
    for file in WORKFLOWS:
        assert not triggers(parsed(file)).keys() & FORBIDDEN_TRIGGERS, file.name


def test_a_called_workflow_is_granted_what_its_jobs_ask_for() -> None:
    """GitHub starts it with less, and then not at all: "is requesting ..., but is only allowed ..."."""
    rank = {"none": 0, "read": 1, "write": 2}
    called = [(file, name, job) for file, name, job in jobs() if "uses" in job]
    assert {(file, job["uses"]) for file, _, job in called} == {
        ("checks.yml", f"{LOCAL}workflows/publish.yml"),
        ("train.yml", f"{LOCAL}workflows/run.yml"),
    }
    for file, name, job in called:
        for inner, theirs in workflow(Path(job["uses"]).name)["jobs"].items():
            for scope, level in theirs["permissions"].items():
                given = job["permissions"].get(scope, "none")
                assert rank[given] >= rank[level], (file, name, inner, scope)


def test_the_checks_always_start() -> None:
    """A required check that a filter keeps from starting blocks for ever; one that is skipped counts as passed."""
    # `edited` besides GitHub's own three: a pull request whose base changes is judged again.
    types = ["opened", "synchronize", "reopened", "edited"]
    assert triggers(workflow("checks.yml")) == {"pull_request": {"types": types}, "merge_group": {}}
    assert triggers(workflow("publish.yml")) == {"workflow_call": {}}


def test_a_newer_push_cancels_checks_of_the_same_pull_request_only() -> None:
    group = workflow("checks.yml")["concurrency"]
    assert group["cancel-in-progress"] is True
    # A merge group has no number: its ref is its own.
    assert "github.event.pull_request.number || github.ref" in group["group"]


def test_the_jobs_have_their_stable_names_and_the_gate_waits_for_all() -> None:
    found = workflow("checks.yml")["jobs"]
    assert tuple(found) == JOBS
    assert tuple(found["gate"]["needs"]) == NEEDS
    assert found["gate"]["if"] == "always()"
    assert all("name" not in job for job in found.values()), "a name would rename the required check"
    assert all("strategy" not in job for job in found.values()), "a matrix would rename the required check"
    assert all("if" not in job for name, job in found.items() if name not in ("gate", "publish"))
    assert all("continue-on-error" not in job for job in found.values())
    assert not [found for found in steps() if "continue-on-error" in found.step]
    order = {"detect": None, "spec": "detect", "prep": "spec", "hipaa-audit": "prep", "cost-estimate": "prep"}
    assert {name: found[name].get("needs") for name in order} == order


def test_the_gate_hears_of_every_need_and_keeps_its_report() -> None:
    gate = workflow("checks.yml")["jobs"]["gate"]
    (judging,) = [step for step in gate["steps"] if "run" in step]
    assert judging["env"]["CLINFT_NEEDS"] == "${{ toJSON(needs) }}"
    last = gate["steps"][-1]
    assert (last["uses"], last["if"]) == (KEEP, "always()")
    assert last["with"] == {"name": "report", "path": "checks/report.json"}


def test_a_check_keeps_its_results_whatever_it_says() -> None:
    found = workflow("checks.yml")["jobs"]
    for name in NEEDS[1:]:
        last = found[name]["steps"][-1]
        assert (last["uses"], last["if"]) == (KEEP, "always()"), name
        assert last["with"] == {"name": f"checks-{name}"}
    assert using(found["gate"], SETUP) == [{"results": "checks-*"}]


# The trees


def test_every_check_runs_the_bases_engine_on_the_tree_beside_it() -> None:
    content = workflow("checks.yml")
    base = content["env"]["BASE"]
    assert base == "${{ github.event.pull_request.base.sha || github.event.merge_group.base_sha }}"
    assert content["defaults"]["run"]["working-directory"] == "tree"
    for name in (*NEEDS, "gate"):
        first, second, *_ = content["jobs"][name]["steps"]
        assert first["uses"].startswith(CHECKOUT), name
        assert first["with"] == {"ref": "${{ env.BASE }}", "persist-credentials": False}, name
        assert second["uses"] == SETUP, name
    beside = [step for step in parsed(SET_UP)["runs"]["steps"] if "path" in step.get("with", {})]
    assert [step["with"]["path"] for step in beside] == ["tree", "checks"]


def test_the_publish_job_never_has_the_pull_requests_tree() -> None:
    (job,) = workflow("publish.yml")["jobs"].values()
    (checkout,) = using(job, CHECKOUT)
    assert checkout["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert using(job, SETUP) == [{"tree": "false", "results": "report"}]
    text = "".join(texts(workflow("publish.yml")))
    assert "head" not in text
    assert "github.sha" not in text
    caller = workflow("checks.yml")["jobs"]["publish"]
    assert caller["uses"] == "./.github/workflows/publish.yml"
    assert caller["permissions"] == job["permissions"]
    assert "secrets" not in caller
    assert "with" not in caller


def test_publishing_leaves_out_forks_and_dependabot() -> None:
    condition = workflow("checks.yml")["jobs"]["publish"]["if"].split(" && ")
    assert condition == [
        "always()",
        "github.event.pull_request.head.repo.full_name == github.repository",
        "github.event.pull_request.user.login != 'dependabot[bot]'",
    ]
