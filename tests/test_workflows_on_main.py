"""Workflows of the protected branch: what starts them, what each may write, and what reaches the machine that trains.

The tables are whole: a workflow, a grant or an expression that is new fails here until somebody has thought of it.
"""

import re

import pytest

from tests.fakes.workflows import (
    CHECKOUT,
    EXPRESSION,
    KEEP,
    SET_UP,
    SETUP,
    WORKFLOWS,
    Json,
    expressions,
    jobs,
    parsed,
    steps,
    texts,
    triggers,
    using,
    workflow,
)

MAIN = {"branches": ["main"]}
# What starts each. A dispatch and a schedule have their inputs and times looked at by actionlint.
STARTS: dict[str, dict[str, Json]] = {
    "assess.yml": {"workflow_dispatch": {}},
    "doctor.yml": {"schedule": {}, "workflow_dispatch": {}},
    "notify.yml": {"workflow_run": {"workflows": ["checks"], "types": ["completed"]}},
    "pages.yml": {"push": {**MAIN, "paths": ["projects/**", ".github/clinft.yml"]}, "workflow_dispatch": {}},
    "reconcile.yml": {
        "schedule": {},
        "workflow_dispatch": {},
        # Of a branch that is called main: what it does is the same as at any other time.
        "workflow_run": {"workflows": ["train", "report"], "types": ["completed"], **MAIN},
    },
    "prices.yml": {"schedule": {}, "workflow_dispatch": {}},
    "report.yml": {"workflow_dispatch": {}},
    "research.yml": {"workflow_dispatch": {}},
    "run.yml": {"workflow_call": {}},
    "train.yml": {"push": MAIN, "workflow_dispatch": {}},
}
FREE = ("workflow_dispatch", "workflow_call", "schedule")  # how they look is another test's
OF_A_PULL_REQUEST = {"checks.yml", "publish.yml", "ci.yml"}
# Who may write, and what. Everybody else may read at most.
WRITES = {
    ("assess.yml", "publish"): {"contents", "pull-requests"},
    ("checks.yml", "publish"): {"pull-requests", "statuses"},
    ("publish.yml", "publish"): {"pull-requests", "statuses"},
    ("notify.yml", "notify"): {"contents", "issues", "id-token"},
    ("pages.yml", "publish"): {"pages", "id-token"},
    ("prices.yml", "refresh"): {"contents", "pull-requests"},
    ("reconcile.yml", "reconcile"): {"contents", "actions", "pull-requests", "issues", "id-token"},
    ("reconcile.yml", "sinks"): {"contents", "issues", "id-token"},
    ("report.yml", "report"): {"contents", "actions", "pull-requests", "issues"},
    ("research.yml", "publish"): {"contents", "pull-requests"},
    ("run.yml", "hand-over"): {"actions", "contents"},
    ("run.yml", "hosted"): {"id-token"},  # to Azure; it writes nothing here
    ("train.yml", "start"): {"contents", "issues"},
    # For hand-over and hosted; the job that trains asks for less.
    ("train.yml", "run"): {"actions", "contents", "id-token"},
}
# All that is filled in at run time. None of it is read by a shell: each is a value of `with`, `env` or the like.
EXPRESSIONS = {
    "assess.yml": {
        "github.token",
        "github.workspace",
        "inputs.packages",
        "inputs.project",
        "needs.assess.outputs.assessed == 'true'",
        "steps.assess.outputs.assessed",
        "steps.assess.outputs.assessed == 'true'",
    },
    "doctor.yml": {"github.repository", "github.token"},
    "notify.yml": {
        "github.event.workflow_run.event == 'pull_request'",
        "github.event.workflow_run.id",  # a number that GitHub gives
        "github.event.workflow_run.head_branch",  # within a name of a concurrency group, in quotes
        "github.event.workflow_run.head_repository.id",
        "github.token",
        "secrets.CLINFT_SINK_KEYS",
    },
    "pages.yml": {
        "github.repository",
        "needs.pages.outputs.publish == 'true'",
        "steps.draw.outputs.publish",
        "steps.draw.outputs.publish == 'true'",
    },
    "prices.yml": {"github.repository", "github.token"},
    "reconcile.yml": {
        "!cancelled() && needs.reconcile.outputs.sinks == 'true'",
        "github.repository",
        "github.token",
        "secrets.CLINFT_KEYS",
        "secrets.CLINFT_SINK_KEYS",
        "steps.reconcile.outputs.sinks",
    },
    "report.yml": {
        "github.token",
        "github.workspace",
        "inputs.project",
        "inputs.run",
        "inputs.worked",
        "steps.report.outputs.artifact",
        "steps.report.outputs.artifact != ''",
    },
    "research.yml": {
        "github.token",
        "github.workspace",
        "inputs.project",
        "needs.research.outputs.researched == 'true'",
        "steps.research.outputs.researched",
        "steps.research.outputs.researched == 'true'",
    },
    "run.yml": {
        "always() && steps.train.outputs.artifact != ''",
        "fromJSON(inputs.runs_on)",
        "github.token",
        "github.workspace",
        "inputs.packages",
        "inputs.project",
        "inputs.purpose",
        "inputs.run",
        "secrets.CLINFT_KEYS",
        "steps.train.outputs.artifact",
        "toJSON(needs)",
    },
    "train.yml": {
        "!cancelled() && needs.start.outputs.runs != '' && needs.start.outputs.runs != '[]'",
        "fromJSON(needs.start.outputs.runs)",
        "github.run_id",
        "github.token",
        "matrix.hosted",
        "matrix.packages",
        "matrix.project",
        "matrix.purpose",
        "matrix.run",
        "steps.start.outputs.runs",
        "toJSON(inputs)",
        "toJSON(matrix.runs_on)",
    },
}
# Text that whoever starts a workflow wrote goes to clinft as one of these, and to no action.
TOLD = {"CLINFT_PROJECT", "CLINFT_RUN", "CLINFT_PURPOSE", "CLINFT_WORKED", "CLINFT_INPUTS"}
on_main = pytest.mark.parametrize("name", sorted(STARTS))


def test_every_workflow_is_one_of_the_pull_request_or_of_the_protected_branch() -> None:
    assert {file.name for file in WORKFLOWS} == {*STARTS, *OF_A_PULL_REQUEST}
    assert EXPRESSIONS.keys() == STARTS.keys()


@on_main
def test_it_starts_on_the_protected_branch_only(name: str) -> None:
    found = triggers(workflow(name))
    assert {event: {} if event in FREE else how for event, how in found.items()} == STARTS[name]


@on_main
def test_what_is_filled_in_is_on_the_list(name: str) -> None:
    content = workflow(name)
    assert expressions(content) == EXPRESSIONS[name]
    # One expression that is not closed, or closed twice, would not be found above.
    text = "\n".join(texts(content))
    assert text.count("${{") == len(EXPRESSION.findall(text))


@on_main
def test_text_of_whoever_started_it_goes_to_clinft_alone(name: str) -> None:
    content = workflow(name)
    places = [content.get("env", {})]
    for job in content["jobs"].values():
        places += [job.get("env", {}), *(step.get("env", {}) for step in job.get("steps", []))]
        for step in job.get("steps", []):
            # The set of packages is a choice, and run.yml's comes from the spec by a table.
            given = {key: value for key, value in step.get("with", {}).items() if key != "packages"}
            assert not re.search(r"inputs\.|matrix\.", "".join(texts(given))), name
    for env in places:
        named = {key for key, value in env.items() if "inputs" in str(value) or "needs." in str(value)}
        assert named <= TOLD, name


@on_main
def test_it_checks_out_the_commit_that_started_it_and_no_other_tree(name: str) -> None:
    """Without `ref`: a branch's own tip. Beside it lies no tree that only somebody proposes."""
    for job_name, job in workflow(name)["jobs"].items():
        if "uses" in job or (name, job_name) == ("pages.yml", "publish"):
            continue  # the latter checks out nothing: another test says what it does
        (checkout,) = using(job, CHECKOUT)
        assert not checkout.keys() - {"fetch-depth", "persist-credentials"}, job_name
        (set_up,) = using(job, SETUP)
        assert set_up["tree"] == "false", job_name


@on_main
def test_no_run_on_main_is_cancelled_by_a_newer_one(name: str) -> None:
    content = workflow(name)
    groups = [one["concurrency"] for one in (content, *content["jobs"].values()) if "concurrency" in one]
    assert groups
    assert all(group["cancel-in-progress"] is False for group in groups)


def test_where_a_provider_trains_no_machine_of_the_team_is_asked() -> None:
    found = workflow("run.yml")["jobs"]
    assert (found["train"]["if"], found["hosted"]["if"]) == (
        "inputs.hosted != 'true'",
        "inputs.hosted == 'true'",
    )
    assert [step.get("run") for step in found["train"]["steps"]] == [
        step.get("run") for step in found["hosted"]["steps"]
    ]
    assert found["train"]["concurrency"] == found["hosted"]["concurrency"]
    assert found["hand-over"]["needs"] == ["train", "hosted"]


def test_who_may_write_what() -> None:
    found = {}
    for file, name, job in jobs():
        granted = {scope for scope, level in job["permissions"].items() if level == "write"}
        if granted:
            found[file, name] = granted
    assert found == WRITES


def test_all_but_the_training_runs_on_githubs_machines() -> None:
    other = {
        (file, name): (job["runs-on"], job.get("environment"))
        for file, name, job in jobs()
        if "uses" not in job and (job["runs-on"] != "ubuntu-latest" or "environment" in job)
    }
    assert other == {
        ("run.yml", "train"): ("${{ fromJSON(inputs.runs_on) }}", "train"),
        ("run.yml", "hosted"): ("ubuntu-latest", "providers"),
        ("reconcile.yml", "reconcile"): ("ubuntu-latest", "providers"),
        ("reconcile.yml", "sinks"): ("ubuntu-latest", "sinks"),
        ("notify.yml", "notify"): ("ubuntu-latest", "sinks"),
        ("pages.yml", "publish"): ("ubuntu-latest", "github-pages"),
    }


# The machine that trains


def test_the_machine_comes_from_the_policy_by_way_of_start() -> None:
    """What the job `start` answers comes from the policy of the protected branch; no input names a machine."""
    content = workflow("train.yml")
    inputs = triggers(content)["workflow_dispatch"]["inputs"]
    assert inputs.keys() == {"project", "run", "evaluate"}
    start, run = content["jobs"]["start"], content["jobs"]["run"]
    assert start["outputs"] == {"runs": "${{ steps.start.outputs.runs }}"}
    assert [step["run"] for step in start["steps"] if step.get("id") == "start"] == ["clinft start"]
    assert run["needs"] == "start"
    strategy = run["strategy"]
    assert strategy == {
        "fail-fast": False,
        "matrix": {"include": "${{ fromJSON(needs.start.outputs.runs) }}"},
    }
    assert run["with"]["runs_on"] == "${{ toJSON(matrix.runs_on) }}"
    # Nobody else calls it: whoever does chooses the machine.
    callers = [(file, name) for file, name, job in jobs() if job.get("uses", "").endswith("/run.yml")]
    assert callers == [("train.yml", "run")]


@pytest.mark.parametrize("name", ["train", "hosted"])
def test_the_job_that_trains_writes_nothing_and_leaves_a_bundle(name: str) -> None:
    job = workflow("run.yml")["jobs"][name]
    assert {scope for scope, level in job["permissions"].items() if level != "read"} <= {"id-token"}
    assert ("id-token" in job["permissions"]) is (name == "hosted")
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [action.split("@")[0] for action in used] == [CHECKOUT[:-1], SETUP, KEEP]
    assert using(job, SETUP) == [{"tree": "false", "packages": "${{ inputs.packages }}"}]
    assert job["concurrency"]["group"] == "clinft-train-${{ inputs.project }}"


def test_a_machine_of_the_team_downloads_no_package_and_restores_no_cache() -> None:
    """What another job put into a cache would run there, beside weights and whatever the machine reaches."""
    loading = []
    for step in parsed(SET_UP)["runs"]["steps"]:
        if "pip install" in step.get("run", "") or step.get("uses", "").startswith("actions/setup-python"):
            assert "runner.environment != 'self-hosted'" in step["if"].split(" && "), step["name"]
            loading.append(step["name"])
    assert loading == [
        "Python",
        "The light set",
        "The training set",
        "The client of MCP servers",
        "The clients of sinks",
        "The charts of the dashboard",
    ]
    caches = [found for found in steps() if "cache" in "".join(texts(found.step.get("with", {}))).lower()]
    assert [found.step["name"] for found in caches] == ["Python"]
    used = [found.step["uses"] for found in steps() if "uses" in found.step]
    assert not [action for action in used if action.startswith("actions/cache")]
