"""A project's state in the remote's ref `refs/clinft/<project>`: one document, changed by compare-and-swap.

Each version is a commit on top of the former one, so the ref's log is the history of the lock.
"""

import json
import re
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from clinft.adapters.git_process import call, quiet, token_header
from clinft.artifacts.run_state import ProjectState
from clinft.errors import ServiceError, SpecError
from clinft.ports.state import NoState, Version
from clinft.run_folder import to_bytes
from clinft.spec.base import Slug

REFS = "refs/clinft/"
# Where the remote's version lies in this clone; not below refs/clinft/, where a project could have its name.
FETCHED = "refs/clinft-state/"
DOCUMENT = "state.json"
LARGEST_BYTES = 5_000_000
SECONDS = 120
READS = 3
Answer = subprocess.CompletedProcess[bytes]
SHA = re.compile(r"[0-9a-f]{40}")
ONLY_FILE = re.compile(rb"100644 blob ([0-9a-f]{40}) +([0-9]+)\t" + DOCUMENT.encode() + rb"\0")
# Git compared before it sent anything.
STALE = b"(stale info)"
# What a server says to the slower of two pushes, or while the faster one holds the ref.
RACE = re.compile(rb"failed to update ref|cannot lock ref|incorrect old value|reference already exists")
# No address that GitHub could take for somebody's.
IDENTITY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "clinft"), ("EMAIL", "noreply@clinft.invalid"))
}
SLUG = TypeAdapter(Slug)
# What git or the server said, what it mostly means, what to do. Nothing of it is quoted.
REASONS = (
    (
        rb"error: 401|Authentication failed|could not read (Username|Password)",
        "The token is missing, wrong or no longer valid.",
        "Hand the job's token (GITHUB_TOKEN) to the step, or start the job again for a fresh one.",
    ),
    (
        rb"error: 403|Permission[^\n]*denied|insufficient permission",
        "The token may not do that.",
        "Give the job the permission `contents: {permission}`.",
    ),
    (
        rb"hook declined|GH0[0-9][0-9]|protected",
        "A rule of the repository forbids it.",
        "Let the rulesets of the repository leave refs/clinft/ to GitHub Actions.",
    ),
    (
        rb"error: 404|not found|does not appear to be a git repository",
        "There is no such repository, or the token may not see it.",
        "Check the remote's address, and that the job has the permission `contents: {permission}`.",
    ),
)


class GitStateStore:
    """`folder`: any clone; nothing of it is read, objects and one ref are added.

    The token stays in git's environment; it goes to the remote's host only.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], remote: str, token: str | None) -> None:
        self._folder = folder
        self._remote = remote
        self._environment = quiet(environment)
        self._secret = token_header(remote, token) if token else {}

    def projects(self) -> tuple[str, ...]:
        names = [ref.removeprefix(REFS) for ref in self._listed(f"{REFS}*") if ref.startswith(REFS)]
        return tuple(sorted(name for name in names if _is_slug(name)))

    def read(self, project: str) -> Version:
        ref = _ref(project)
        for _ in range(READS):
            tip = self._tip(ref)
            if tip is None:
                return Version(ProjectState(project=project), None)
            if self._bring(ref, tip):
                return Version(self._document(project, tip), tip)
        raise _astray(ref)

    def swap(self, before: Version, after: ProjectState) -> bool:
        ref = _ref(after.project)
        commit = self._commit(before.token, after)
        try:
            done = self._git(
                "push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags",
                "--no-recurse-submodules", f"--force-with-lease={ref}:{before.token or ''}",
                "--end-of-options", self._remote, f"{commit}:{ref}", online=True,
            )  # fmt: skip
        except ServiceError:
            done = None
        if done is not None and done.returncode == 0:
            return True
        if done is not None and STALE in done.stdout:
            return False
        return self._found_out(ref, before.token, commit, done)

    def _found_out(self, ref: str, token: str | None, commit: str, done: Answer | None) -> bool:
        """What became of a push that has no answer, or one that says it failed."""
        said = b"" if done is None else done.stdout + done.stderr
        try:
            tip = self._tip(ref)
        except ServiceError:
            known = _reason(said) is not None
            what = f"{ref} cannot be written." if known else f"Nobody knows whether {ref} was written."
            raise _failed(what, said, "write") from None
        if tip is not None and tip != token:
            return self._bring(ref, tip) and self._contains(tip, commit)
        if tip != token or RACE.search(said):
            return False
        raise _failed(f"{ref} cannot be written.", said, "write")

    def _tip(self, ref: str) -> str | None:
        """The remote's, asked each time."""
        listed = self._listed(ref)
        # Git would push to these where it is told to push to `ref`.
        if any(f"refs/{kind}{ref}" in listed for kind in ("", "heads/", "tags/", "remotes/")):
            raise _ambiguous(ref)
        return listed.get(ref)

    def _listed(self, pattern: str) -> dict[str, str]:
        """All refs whose names end with the pattern, so more than those below REFS."""
        done = self._git("ls-remote", "--refs", "--end-of-options", self._remote, pattern, online=True)
        if done.returncode != 0:
            raise _failed(f"{pattern} cannot be read.", done.stderr)
        pairs = [line.split("\t", 1) for line in done.stdout.decode("utf-8", "replace").split("\n") if line]
        return {name: sha for sha, name in pairs}

    def _bring(self, ref: str, tip: str) -> bool:
        """Whether the object is here now. False where the ref was changed by force since it was listed."""
        if not SHA.fullmatch(tip):
            raise _not_ours(ref)
        if self._git("cat-file", "-e", tip).returncode == 0:
            return True
        kept = FETCHED + ref.removeprefix(REFS)
        done = self._git(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
            "--no-auto-maintenance", "--end-of-options", self._remote, f"+{ref}:{kept}", online=True,
        )  # fmt: skip
        # Another fetch in this clone may hold the local ref's lock: the objects have come all the same.
        if self._git("cat-file", "-e", tip).returncode == 0:
            return True
        if done.returncode != 0 and self._tip(ref) == tip:
            raise _failed(f"{ref} cannot be read.", done.stderr)
        return False

    def _document(self, project: str, tip: str) -> ProjectState:
        ref = REFS + project
        if self._git("cat-file", "-t", tip).stdout.strip() != b"commit":
            raise _not_ours(ref)
        listed = self._git("ls-tree", "-z", "-l", "--full-tree", tip)
        only = ONLY_FILE.fullmatch(listed.stdout)
        if listed.returncode != 0 or only is None or int(only[2]) > LARGEST_BYTES:
            raise _not_ours(ref)
        data = self._own("cat-file", "blob", only[1].decode())
        try:
            state = ProjectState.model_validate_json(data)
        except ValidationError:
            raise (_newer(ref) if _is_newer(data) else _not_ours(ref)) from None
        if state.project != project:
            raise _not_ours(ref)
        return state

    def _commit(self, parent: str | None, state: ProjectState) -> str:
        data = to_bytes(state)
        if len(data) > LARGEST_BYTES:
            raise _too_large(state.project)
        blob = self._own("hash-object", "-w", "-t", "blob", "--no-filters", "--stdin", stdin=data)
        listing = f"100644 blob {blob.decode().strip()}\t{DOCUMENT}\0".encode()
        tree = self._own("mktree", "-z", stdin=listing).decode().strip()
        parents = ("-p", parent) if parent else ()
        # Two workers may write the same in the same second: only one of the two commits may be the winner's.
        message = f"State of {state.project}\n\n{uuid.uuid4().hex}\n"
        commit = self._own("commit-tree", tree, *parents, stdin=message.encode())
        return commit.decode().strip()

    def _contains(self, tip: str, commit: str) -> bool:
        return self._git("merge-base", "--is-ancestor", commit, tip).returncode == 0

    def _own(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What only this clone is asked; that it fails is never the remote's fault."""
        done = self._git(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise _broken(f"git {arguments[0]} ended with {done.returncode}")
        return done.stdout

    def _git(self, *arguments: str, stdin: bytes = b"", online: bool = False) -> Answer:
        environment = {**self._environment, **IDENTITY, **(self._secret if online else {})}
        try:
            return call(self._folder, environment, *arguments, seconds=SECONDS, stdin=stdin)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _broken(type(error).__name__) from None


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


def _reason(said: bytes) -> tuple[str, str] | None:
    found = (row for row in REASONS if re.search(row[0], said, re.IGNORECASE))
    return next(((cause, next_step) for _, cause, next_step in found), None)


def _failed(what: str, said: bytes, permission: str = "read") -> ServiceError:
    cause, next_step = _reason(said) or (
        "The remote did not answer, or gave up half-way.",
        "Start the job again: nothing is done twice.",
    )
    return ServiceError(what, cause, next_step.format(permission=permission))


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


def _astray(ref: str) -> ServiceError:
    return ServiceError(
        f"{ref} was replaced again and again while it was read.",
        "Somebody pushes to it by force.",
        "Find out who writes to it besides clinft, and start the job again.",
    )


def _too_large(project: str) -> ServiceError:
    return ServiceError(
        f"The state of {project} is too large to be written.",
        "The results of many runs were never merged.",
        "Merge or close the open results pull requests, and start reconcile.",
    )


def _broken(why: str) -> ServiceError:
    return ServiceError(
        f"The project's state cannot be handled: {why}.",
        "Git is not installed, the clone is damaged, or the remote does not answer.",
        "Check out the repository anew, and start the job again.",
    )
