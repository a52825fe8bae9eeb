"""Which change a workflow run is about: from the event and from git, and nothing where they disagree."""

import os
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.git import GitHistory
from clinft.artifacts.pull_request import ChangeSet
from clinft.errors import ServiceError, SpecError
from clinft.pipeline.github.event import change_of
from clinft.ports.actions import Actions
from tests.e2e.repository import Event
from tests.fakes.hospital import ENGINE_FILE, Hospital, project, spec


def actions(of: Event, **changes: Any) -> Actions:
    told = {"event_name": of["event"], "event": of["payload"], "sha": of["sha"], **changes}
    return Actions(
        repository="hosp/clinft",
        api_url="http://127.0.0.1/api/v3",
        server_url="http://127.0.0.1",
        run_id=1,
        run_attempt=1,
        job="detect",
        results=Path("checks"),
        **told,
    )


def change(of: Event, **changes: Any) -> ChangeSet:
    history = GitHistory(of["tree"], {**os.environ, "HOME": os.devnull})
    return change_of(actions(of, **changes), history)


def without(payload: Any, path: str) -> Any:
    head, _, rest = path.partition(".")
    if not rest:
        return {key: value for key, value in payload.items() if key != head}
    return {**payload, head: without(payload[head], rest)}


def test_a_pull_request_is_what_its_merge_would_change(hospital: Hospital) -> None:
    head = hospital.pull(7, {**project(), ENGINE_FILE: None}, author="Alice")
    hospital.commit("main", {"docs/meanwhile.md": "on main\n", "README.md": "on main\n"})
    event = hospital.pull_request_event(7)
    found = change(event)
    assert (found.event, found.number, found.author, found.from_fork) == ("pull_request", 7, "alice", False)
    assert (found.base_sha, found.head_sha, found.merge_sha) == (hospital.tip(), head, event["sha"])
    # What main did meanwhile is no change of this pull request.
    assert [(one.path, one.status, one.kind, one.project) for one in found.paths] == [
        (ENGINE_FILE, "D", "engine", None),
        ("projects/demo/project.yaml", "A", "plan", "demo"),
        ("projects/demo/prompt/prompt.md", "A", "plan", "demo"),
    ]


def test_the_base_is_what_was_merged_with_not_what_the_event_remembers(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.commit("main", {"README.md": "later\n"})
    event = hospital.pull_request_event(7)
    assert event["payload"]["pull_request"]["base"]["sha"] == hospital.start
    assert change(event).base_sha == hospital.tip() != hospital.start


def test_a_fork_is_told(hospital: Hospital) -> None:
    hospital.fork_head(8, project(), author="mallory")
    hospital.server.open_pull(8, "main", author="mallory", fork=True)
    event = hospital.pull_request_event(8)
    found = change(event)
    assert (found.from_fork, found.author) == (True, "mallory")
    event["payload"]["pull_request"]["head"]["repo"] = None
    assert change(event).from_fork


def test_a_merge_of_an_older_head_is_refused(hospital: Hospital) -> None:
    hospital.pull(7, project())
    event = hospital.pull_request_event(7)
    newer = hospital.push(7, {"projects/demo/project.yaml": spec(revision=2)})
    event["payload"]["pull_request"]["head"]["sha"] = newer
    with pytest.raises(ServiceError, match="not the merge of this pull request's head"):
        change(event)


def test_another_tree_than_the_run_is_about_is_refused(hospital: Hospital) -> None:
    hospital.pull(7, project())
    event = hospital.pull_request_event(7)
    event["tree"] = hospital.checkout("main", "another")
    with pytest.raises(ServiceError, match="not the commit of this run"):
        change(event)
    # The head itself, checked out instead of its merge, is refused too.
    head = event["payload"]["pull_request"]["head"]["sha"]
    event["tree"] = hospital.checkout(head, "head")
    with pytest.raises(ServiceError, match="not the merge"):
        change(event, sha=head)


PULL_KEYS = ["pull_request", "pull_request.number", "pull_request.head", "pull_request.head.sha", "pull_request.user",
             "pull_request.user.login"]  # fmt: skip
GROUP_KEYS = ["merge_group", "merge_group.base_sha", "merge_group.head_sha", "merge_group.head_ref"]


def test_a_missing_part_is_named(hospital: Hospital) -> None:
    hospital.pull(7, project())
    for event, keys in (
        (hospital.pull_request_event(7), PULL_KEYS),
        (hospital.merge_group_event(7), GROUP_KEYS),
    ):
        for key in keys:
            with pytest.raises(ServiceError, match=f"lacks .*{key.rpartition('.')[2]}"):
                change(event, event=without(event["payload"], key))


@pytest.mark.parametrize("sha", ["main", "", "1" * 39, "A" * 40, "--output=x", None, 7, "1" * 40 + "\n"])
def test_what_is_no_commit_is_refused(hospital: Hospital, sha: object) -> None:
    hospital.pull(7, project())
    event = hospital.pull_request_event(7)
    event["payload"]["pull_request"]["head"]["sha"] = sha
    with pytest.raises(ServiceError) as refused:
        change(event)
    assert "head.sha" in refused.value.what
    group = hospital.merge_group_event(7)
    group["payload"]["merge_group"]["base_sha"] = sha
    with pytest.raises(ServiceError):
        change(group)


def test_an_entry_of_the_queue(hospital: Hospital) -> None:
    hospital.pull(7, project())
    hospital.commit("main", {"README.md": "later\n"})
    event = hospital.merge_group_event(7)
    found = change(event)
    assert (found.event, found.number, found.from_fork) == ("merge_group", 7, False)
    assert (found.base_sha, found.merge_sha) == (hospital.tip(), event["sha"])
    assert found.projects("plan") == ("demo",)
    assert len(found.paths) == 2
    for ref in ("refs/heads/main", f"refs/heads/gh-readonly-queue/main/pr-x-{'1' * 40}", "refs/heads/pr-7"):
        event["payload"]["merge_group"]["head_ref"] = ref
        assert change(event).number is None


def test_the_queue_may_serve_a_branch_with_slashes(hospital: Hospital) -> None:
    hospital.pull(7, project())
    event = hospital.merge_group_event(7)
    event["payload"]["merge_group"]["head_ref"] = f"refs/heads/gh-readonly-queue/a/pr-3-x/pr-12-{'1' * 40}"
    assert change(event).number == 12


@pytest.mark.parametrize("name", ["push", "pull_request_target", "workflow_dispatch", "issue_comment", ""])
def test_other_events_have_no_change(hospital: Hospital, name: str) -> None:
    hospital.pull(7, project())
    with pytest.raises(SpecError, match="works on the change of a pull request"):
        change(hospital.pull_request_event(7), event_name=name)


def test_links_and_hostile_names_are_listed_as_they_are(hospital: Hospital) -> None:
    name = 'projects/a b\n"<!--/@all`x`.md'
    hospital.pull(7, {name: "x\n"})
    (hospital.clone / "link").symlink_to("/etc/passwd")
    hospital.commit("branch-7", {})
    found = change(hospital.pull_request_event(7))
    assert [(one.path, one.link) for one in found.paths] == [("link", True), (name, False)]
