"""A project's state in the remote's ref `refs/clinft/<project>`: one document, changed by compare-and-swap.

The ref's log is the history of the lock.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from clinft.adapters.git_document import LARGEST_BYTES, GitDocuments, Kind
from clinft.artifacts.run_state import ProjectState
from clinft.errors import ServiceError, SpecError
from clinft.ports.state import NoState, Version
from clinft.run_folder import to_bytes
from clinft.spec.base import Slug

REFS = "refs/clinft/"
SLUG = TypeAdapter(Slug)


class GitStateStore:
    """`folder`: any clone; nothing of it is read, objects and one ref are added."""

    def __init__(self, folder: Path, environment: Mapping[str, str], remote: str, token: str | None) -> None:
        self._documents = GitDocuments(folder, environment, remote, token, STATES)

    def projects(self) -> tuple[str, ...]:
        return tuple(sorted(name for name in self._documents.names() if _is_slug(name)))

    def read(self, project: str) -> Version:
        ref = _ref(project)
        found = self._documents.read(ref)
        if found is None:
            return Version(ProjectState(project=project), None)
        try:
            state = ProjectState.model_validate_json(found.data)
        except ValidationError:
            raise (_newer(ref) if _is_newer(found.data) else _not_ours(ref)) from None
        if state.project != project:
            raise _not_ours(ref)
        return Version(state, found.token)

    def swap(self, before: Version, after: ProjectState) -> bool:
        data = to_bytes(after)
        if len(data) > LARGEST_BYTES:
            raise _too_large(after.project)
        ref = _ref(after.project)
        return self._documents.swap(ref, before.token, data, f"State of {after.project}")


def _is_slug(name: str) -> bool:
    try:
        SLUG.validate_python(name)
    except ValidationError:
        return False
    return True


def _ref(project: str) -> str:
    if not _is_slug(project):
        raise SpecError(
            "The state of a project was asked for, by something that is no project's name.",
            "Names are lower-case letters, digits and hyphens.",
            "Name a folder below projects/.",
        )
    return REFS + project


def _is_newer(data: bytes) -> bool:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    version = document.get("schema_version") if isinstance(document, dict) else None
    return isinstance(version, int) and version > ProjectState.model_fields["schema_version"].default


def _newer(ref: str) -> NoState:
    return NoState(
        f"{ref} was written by a later version of clinft.",
        "Another job of this repository already runs it.",
        "Start the job again from the present protected branch.",
    )


def _not_ours(ref: str) -> NoState:
    return NoState(
        f"{ref} does not hold a state of clinft.",
        "Something other than clinft was pushed there.",
        f"Look at what it is, then delete it: git push origin --delete {ref}. What was under way is "
        "forgotten with it, and reconcile starts what is missing.",
    )


def _ambiguous(ref: str) -> NoState:
    return NoState(
        f"A branch or a tag is called {ref}, as the project's state is.",
        "Somebody pushed the state to a wrong place, or wants to be in its way.",
        f"Delete it: git push origin --delete refs/heads/{ref}, for a tag refs/tags/{ref}.",
    )


def _too_large(project: str) -> ServiceError:
    return ServiceError(
        f"The state of {project} is too large to be written.",
        "The results of many runs were never merged.",
        "Merge or close the open results pull requests, and start reconcile.",
    )


STATES = Kind(REFS, "refs/clinft-state/", "state.json", "project's state", _not_ours, _ambiguous)
