"""The change that a workflow run is about, from the event that started it and from git."""

import re
from collections.abc import Mapping
from typing import Any

from clinft.artifacts.pull_request import ChangeSet
from clinft.errors import ServiceError, SpecError
from clinft.ports.actions import Actions
from clinft.ports.history import History
from clinft.stages.gate.paths import changed_path

SHA = re.compile(r"[0-9a-f]{40}")
# refs/heads/gh-readonly-queue/main/pr-7-<sha>: GitHub's own name for an entry of the queue.
QUEUED = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-([0-9]+)-[0-9a-f]{40}")
EVENTS = ("pull_request", "merge_group")


def change_of(actions: Actions, history: History) -> ChangeSet:
    """The difference that a merge would make. Read from git, never from a list that an API shortens."""
    if actions.event_name == "pull_request":
        return _pull_request(actions, history)
    if actions.event_name == "merge_group":
        return _merge_group(actions, history)
    raise SpecError(
        "This verb works on the change of a pull request, and here is none.",
        "`--changed` is for the workflow checks.yml, on the events pull_request and merge_group.",
        "On a laptop, name the project's folder instead.",
    )


def _pull_request(actions: Actions, history: History) -> ChangeSet:
    pull = _at(actions.event, "pull_request")
    if history.resolve("HEAD") != actions.sha:
        raise ServiceError(
            "The tree that is checked out is not the commit of this run.",
            "The workflow checks out another ref.",
            "Compare checks.yml and .github/actions/setup with the template.",
        )
    head = _sha(pull, "head", "sha")
    parents = history.parents(actions.sha)
    if len(parents) != 2 or parents[1] != head:
        raise ServiceError(
            "The checked-out commit is not the merge of this pull request's head.",
            "The branch was pushed again, or conflicts with its base.",
            "The newer run decides; resolve conflicts with the base branch where there are any.",
        )
    source = (pull.get("head") or {}).get("repo") or {}
    return ChangeSet(
        event="pull_request",
        number=int(_at(pull, "number")),
        author=str(_at(pull, "user", "login")).lower(),
        from_fork=source.get("full_name") != actions.repository,
        base_sha=parents[0],
        head_sha=head,
        merge_sha=actions.sha,
        paths=tuple(map(changed_path, history.differences(parents[0], actions.sha))),
    )


def _merge_group(actions: Actions, history: History) -> ChangeSet:
    group = _at(actions.event, "merge_group")
    base, head = _sha(group, "base_sha"), _sha(group, "head_sha")
    queued = QUEUED.fullmatch(str(_at(group, "head_ref")))
    return ChangeSet(
        event="merge_group",
        number=int(queued[1]) if queued else None,
        author="",
        from_fork=False,
        base_sha=base,
        head_sha=head,
        merge_sha=head,
        paths=tuple(map(changed_path, history.differences(base, head))),
    )


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        if not isinstance(value, Mapping) or value.get(key) is None:
            raise ServiceError(
                f"GitHub's event lacks {'.'.join(keys)}.",
                "The event is of another kind, or its form has changed.",
                "Look at the workflow's `on:`; report it if nobody changed it.",
            )
        value = value[key]
    return value


def _sha(value: Any, *keys: str) -> str:
    found = str(_at(value, *keys))
    if not SHA.fullmatch(found):
        raise ServiceError(f"GitHub's event has no commit in {'.'.join(keys)}.", "", "Report it.")
    return found
