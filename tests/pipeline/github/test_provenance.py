"""Who left it? A run counts that GitHub itself puts on the protected branch, and no lookalike of one."""

import os
from collections.abc import Callable

import pytest

from clinft.adapters.git import GitHistory
from clinft.adapters.github.client import Address
from clinft.adapters.github.runs import GitHubRuns
from clinft.artifacts.bundle import evidence_artifact
from clinft.errors import ServiceError
from clinft.pipeline.github.provenance import origin, vouched
from clinft.ports.runs import WorkflowRun
from tests.fakes.github.bare import run_git
from tests.fakes.github.state import MergeMethod
from tests.fakes.hospital import ENGINE_FILE, Hospital, project

RUN = 11
NAME = evidence_artifact("0123456789ab-a1", "a" * 64, "train")
TRAIN = ".github/workflows/train.yml"
METHODS: list[MergeMethod] = ["merge", "squash", "rebase"]
EVIL = {TRAIN: "jobs: {leave: {}}\n"}
# What is said, by what is wrong.
UNKNOWN, ELSEWHERE = "GitHub knows no workflow run 11", "the code of another repository"
WORKFLOW, EVENT = "of another workflow than train.yml", "started by an event"
COMMIT, NOTHING = "a commit that the protected branch itself never was at", "left no artifact of this name"

Asked = Callable[[], str | None]


@pytest.fixture
def asked(hospital: Hospital) -> Asked:
    """As a job asks that checked main out as it is now."""

    def ask() -> str | None:
        history = GitHistory(hospital.clone_of_main(), os.environ)
        server = hospital.server
        runs = GitHubRuns(Address(server.api, "hosp/clinft", server.token, "report"), pause_seconds=0)
        return vouched(runs, history, "Hosp/clinft", hospital.tip(), RUN, NAME, "train.yml")

    return ask


def left(hospital: Hospital, name: str = NAME, **facts: str) -> None:
    """The workflow run, with one artifact; of main's tip unless told otherwise."""
    hospital.server.add_workflow_run(RUN, **facts)  # type: ignore[arg-type]
    hospital.server.add_artifact(RUN, name, {"record.json": b"{}"})


def stands(said: str | None, sentence: str) -> bool:
    return said is not None and sentence in said and "\n" not in said and "@" not in said


def test_ours_on_the_tip_of_main(hospital: Hospital, asked: Asked) -> None:
    left(hospital)
    assert asked() is None


def test_ours_when_main_moved_on(hospital: Hospital, asked: Asked) -> None:
    left(hospital, path=f"{TRAIN}@refs/heads/main")
    for number, method in enumerate(METHODS, start=7):
        hospital.brought(number, project(f"demo{number}"), method=method)
    assert asked() is None


@pytest.mark.parametrize("method", METHODS)
def test_ours_on_what_a_merge_made(hospital: Hospital, asked: Asked, method: MergeMethod) -> None:
    made = hospital.brought(7, project(), method=method)
    hospital.commit("main", {"README.md": "later\n"})
    left(hospital, head_sha=made)
    assert asked() is None


def test_what_is_kept_no_more_still_counts(hospital: Hospital, asked: Asked) -> None:
    hospital.server.add_workflow_run(RUN, status="completed", conclusion="failure")
    hospital.server.add_artifact(RUN, NAME, {"record.json": b"{}"}, expired=True)
    assert asked() is None


def test_the_name_may_stand_on_any_page(hospital: Hospital, asked: Asked) -> None:
    left(hospital)
    for place in range(120):
        hospital.server.add_artifact(RUN, f"other{place}", {"a": b"1"})
    assert asked() is None


@pytest.mark.parametrize("method", METHODS)
def test_a_branch_with_a_changed_workflow_does_not_count_before_or_after_its_merge(
    hospital: Hospital, asked: Asked, method: MergeMethod
) -> None:
    """The workflow file of the branch ran, whatever its path says; merging it later proves nothing of then."""
    head = hospital.pull(7, EVIL)
    left(hospital, head_sha=head, head_branch="main")
    assert stands(asked(), COMMIT)
    made = hospital.merge(7, method)
    assert hospital.tip() == made
    if method == "merge":
        assert run_git(hospital.server.bare, "rev-list", made).decode().split().count(head) == 1
    assert stands(asked(), COMMIT)


def test_a_branch_that_took_main_in_before_its_merge(hospital: Hospital, asked: Asked) -> None:
    hospital.pull(7, EVIL)
    hospital.commit("main", {"README.md": "later\n"})
    run_git(hospital.clone, "fetch", "--quiet", "origin", "main", "branch-7")
    run_git(hospital.clone, "checkout", "--quiet", "--detach", "origin/branch-7")
    run_git(hospital.clone, "-c", "user.name=a", "-c", "user.email=a@b", "merge", "--quiet", "origin/main")
    run_git(hospital.clone, "push", "--quiet", "origin", "HEAD:refs/heads/branch-7")
    left(hospital, head_sha=str(hospital.server.repo.ref("refs/heads/branch-7")))
    hospital.merge(7)
    assert stands(asked(), COMMIT)


def test_a_tag_or_a_branch_called_main_is_not_main(hospital: Hospital, asked: Asked) -> None:
    evil = hospital.branch("elsewhere", EVIL)
    for ref in ("refs/tags/main", "refs/heads/refs/heads/main", "refs/tags/refs/heads/main"):
        hospital.server.repo.git("update-ref", ref, evil)
    left(hospital, head_sha=evil, head_branch="main", event="workflow_dispatch", path=f"{TRAIN}@main")
    assert stands(asked(), COMMIT)


def test_a_commit_that_nobody_can_see_any_more(hospital: Hospital, asked: Asked) -> None:
    left(hospital, head_sha="1" * 40)
    assert stands(asked(), COMMIT)


def test_a_commit_that_was_forced_off_main(hospital: Hospital, asked: Asked) -> None:
    before, evil = hospital.tip(), hospital.commit("main", {ENGINE_FILE: "evil\n"})
    left(hospital, head_sha=evil)
    hospital.server.repo.git("update-ref", "refs/heads/main", before)
    assert stands(asked(), COMMIT)


def test_a_fork_at_our_own_commit(hospital: Hospital, asked: Asked) -> None:
    left(hospital, repository="mallory/clinft")
    assert stands(asked(), ELSEWHERE)


def test_a_pull_request_at_our_own_commit(hospital: Hospital, asked: Asked) -> None:
    """Its event is the difference: what ran was a merge that somebody proposed."""
    left(hospital, event="pull_request")
    assert stands(asked(), EVENT)


def test_another_workflow_of_ours(hospital: Hospital, asked: Asked) -> None:
    left(hospital, path=".github/workflows/checks.yml")
    assert stands(asked(), WORKFLOW)


def test_an_artifact_of_another_record(hospital: Hospital, asked: Asked) -> None:
    hospital.server.add_workflow_run(RUN)
    others = [
        "bundle-0123456789ab-a1-" + "a" * 64,
        evidence_artifact("0123456789ab-a2", "a" * 64, "train"),
        evidence_artifact("0123456789ab-a1", "b" * 64, "train"),
        evidence_artifact("0123456789ab-a1", "A" * 64, "train"),
        NAME[:-1],
        f"{NAME}0",
        f" {NAME}",
    ]
    for name in others:
        hospital.server.add_artifact(RUN, name, {"record.json": b"{}"})
    assert stands(asked(), NOTHING)
    hospital.server.add_artifact(RUN, NAME, {"record.json": b"{}"})
    assert asked() is None


def test_an_artifact_of_another_run(hospital: Hospital, asked: Asked) -> None:
    """Mallory names an honest run, and leaves the artifact in her own."""
    hospital.server.add_workflow_run(RUN)
    assert stands(asked(), NOTHING)
    hospital.server.add_workflow_run(12, head_sha=hospital.branch("evil", EVIL))
    hospital.server.add_artifact(12, NAME, {"record.json": b"{}"})
    assert stands(asked(), NOTHING)


def test_a_run_that_github_does_not_know(asked: Asked) -> None:
    assert stands(asked(), UNKNOWN)


def test_no_answer_is_no_yes_and_no_no(hospital: Hospital, asked: Asked) -> None:
    left(hospital)
    for operation in ("actions/get-workflow-run", "actions/list-workflow-run-artifacts"):
        hospital.server.fail_next(operation, 403)
        with pytest.raises(ServiceError, match="it answered 403"):
            asked()
    assert asked() is None


def run(**changes: str) -> WorkflowRun:
    facts = {"path": TRAIN, "event": "push", "repository": "hosp/clinft", "head_branch": "main"}
    return WorkflowRun(
        id=RUN,
        attempt=1,
        head_sha="1" * 40,
        status="completed",
        conclusion="success",
        url="",
        **{**facts, **changes},
    )


@pytest.mark.parametrize(
    "path",
    [TRAIN, f"{TRAIN}@main", f"{TRAIN}@refs/heads/main", f"{TRAIN}@refs/tags/v1@2", f"{TRAIN}@{'1' * 40}"],
)
def test_paths_of_ours(path: str) -> None:
    assert origin(run(path=path), "HOSP/clinft", "train.yml") is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        "train.yml",
        "@main",
        TRAIN.upper(),
        f"{TRAIN}.yml",
        f"{TRAIN}@",
        f"{TRAIN}@x.yml",  # a file of this name
        f"{TRAIN}@main/x.yaml",
        f"{TRAIN}\n",
        f"x/{TRAIN}",
        f"mallory/x/{TRAIN}@main",
        f"./{TRAIN}",
        ".github/workflows/train.yaml",
        ".github/workflows/sub/train.yml",
        ".github/workflows/../workflows/train.yml",
        ".github/workflows/trainXyml",
        ".github/workflows/retrain.yml",
        ".github/workflows/run.yml",  # called by train.yml, whose run it then is
        ".github/workflows/report.yml",  # leaves what is sealed, and no bundle
        ".github/workflows/checks.yml@train.yml",
        "dynamic/pages/pages-build-deployment",
    ],
)
def test_paths_of_others(path: str) -> None:
    assert stands(origin(run(path=path), "hosp/clinft", "train.yml"), WORKFLOW)


@pytest.mark.parametrize("repository", ["", "hosp", "clinft", "hosp/clinft/", "hosp/clinft ", "hosp/Сlinft"])
def test_repositories_of_others(repository: str) -> None:
    """The empty one is that of a fork that was deleted; the last begins with a Cyrillic letter."""
    assert stands(origin(run(repository=repository), "hosp/clinft", "train.yml"), ELSEWHERE)


@pytest.mark.parametrize("event", ["push", "workflow_dispatch", "schedule", "workflow_run"])
def test_events_that_run_what_lies_on_the_branch(event: str) -> None:
    assert origin(run(event=event), "hosp/clinft", "train.yml") is None


@pytest.mark.parametrize(
    "event",
    [
        "",
        "Push",
        "pull_request",
        "pull_request_target",
        "merge_group",
        "issue_comment",
        "repository_dispatch",
        "@x",
    ],
)
def test_events_that_run_what_somebody_proposes(event: str) -> None:
    """merge_group: its commit becomes main's when the queue succeeds, and it ran before anybody knew."""
    assert stands(origin(run(event=event), "hosp/clinft", "train.yml"), EVENT)
