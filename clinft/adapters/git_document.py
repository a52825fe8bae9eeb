"""One document per ref of a remote, changed by compare-and-swap; each version is a commit on the former one.

So the ref's log is the document's history. Nothing of a checkout is read or changed.
"""

import re
import subprocess
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from clinft.adapters.git_process import call, quiet, token_header
from clinft.errors import ServiceError

LARGEST_BYTES = 5_000_000
SECONDS = 120
READS = 3
Answer = subprocess.CompletedProcess[bytes]
SHA = re.compile(r"[0-9a-f]{40}")
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


class Found(NamedTuple):
    data: bytes
    token: str


@dataclass(frozen=True)
class Kind:
    """What these documents are. `refs`: the prefix of their refs. `fetched`: where the remote's version lies
    in this clone; not below `refs`, where another document could have its name."""

    refs: str
    fetched: str
    file: str
    what: str  # e.g. `project's state`
    not_ours: Callable[[str], ServiceError]
    ambiguous: Callable[[str], ServiceError]


class GitDocuments:
    """`folder`: any clone; nothing of it is read, objects and one ref are added.

    The token stays in git's environment; it goes to the remote's host only.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], remote: str, token: str | None, kind: Kind
    ) -> None:
        self._folder = folder
        self._remote = remote
        self._kind = kind
        self._environment = quiet(environment)
        self._secret = token_header(remote, token) if token else {}
        # What a commit holds never changes, and a verb reads one document several times: by ref.
        self._known: dict[str, Found] = {}

    def names(self) -> tuple[str, ...]:
        """What follows `refs`, whatever it is."""
        refs = self._kind.refs
        return tuple(ref.removeprefix(refs) for ref in self._listed(f"{refs}*") if ref.startswith(refs))

    def read(self, ref: str) -> Found | None:
        for _ in range(READS):
            tip = self._tip(ref)
            if tip is None:
                return None
            known = self._known.get(ref)
            if known is not None and known.token == tip:
                return known
            if self._bring(ref, tip):
                self._known[ref] = Found(self._document(ref, tip), tip)
                return self._known[ref]
        raise _astray(ref)

    def swap(self, ref: str, token: str | None, data: bytes, subject: str) -> bool:
        """False where somebody else was faster. An answer that was lost is found out by reading."""
        commit = self._commit(token, data, subject)
        try:
            done = self._git(
                "push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags",
                "--no-recurse-submodules", f"--force-with-lease={ref}:{token or ''}",
                "--end-of-options", self._remote, f"{commit}:{ref}", online=True,
            )  # fmt: skip
        except ServiceError:
            done = None
        if done is not None and done.returncode == 0:
            return True
        if done is not None and STALE in done.stdout:
            return False
        return self._found_out(ref, token, commit, done)

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
            raise self._kind.ambiguous(ref)
        return listed.get(ref)

    def _listed(self, pattern: str) -> dict[str, str]:
        """All refs whose names end with the pattern, so more than those below `refs`."""
        done = self._git("ls-remote", "--refs", "--end-of-options", self._remote, pattern, online=True)
        if done.returncode != 0:
            raise _failed(f"{pattern} cannot be read.", done.stderr)
        pairs = [line.split("\t", 1) for line in done.stdout.decode("utf-8", "replace").split("\n") if line]
        return {name: sha for sha, name in pairs}

    def _bring(self, ref: str, tip: str) -> bool:
        """Whether the object is here now. False where the ref was changed by force since it was listed."""
        if not SHA.fullmatch(tip):
            raise self._kind.not_ours(ref)
        if self._git("cat-file", "-e", tip).returncode == 0:
            return True
        kept = self._kind.fetched + ref.removeprefix(self._kind.refs)
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

    def _document(self, ref: str, tip: str) -> bytes:
        if self._git("cat-file", "-t", tip).stdout.strip() != b"commit":
            raise self._kind.not_ours(ref)
        listed = self._git("ls-tree", "-z", "-l", "--full-tree", tip)
        only = re.fullmatch(
            rb"100644 blob ([0-9a-f]{40}) +([0-9]+)\t" + re.escape(self._kind.file.encode()) + rb"\0",
            listed.stdout,
        )
        if listed.returncode != 0 or only is None or int(only[2]) > LARGEST_BYTES:
            raise self._kind.not_ours(ref)
        return self._own("cat-file", "blob", only[1].decode())

    def _commit(self, parent: str | None, data: bytes, subject: str) -> str:
        blob = self._own("hash-object", "-w", "-t", "blob", "--no-filters", "--stdin", stdin=data)
        listing = f"100644 blob {blob.decode().strip()}\t{self._kind.file}\0".encode()
        tree = self._own("mktree", "-z", stdin=listing).decode().strip()
        parents = ("-p", parent) if parent else ()
        # Two workers may write the same in the same second: only one of the two commits may be the winner's.
        message = f"{subject}\n\n{uuid.uuid4().hex}\n"
        commit = self._own("commit-tree", tree, *parents, stdin=message.encode())
        return commit.decode().strip()

    def _contains(self, tip: str, commit: str) -> bool:
        return self._git("merge-base", "--is-ancestor", commit, tip).returncode == 0

    def _own(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What only this clone is asked; that it fails is never the remote's fault."""
        done = self._git(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise _broken(self._kind.what, f"git {arguments[0]} ended with {done.returncode}")
        return done.stdout

    def _git(self, *arguments: str, stdin: bytes = b"", online: bool = False) -> Answer:
        environment = {**self._environment, **IDENTITY, **(self._secret if online else {})}
        try:
            return call(self._folder, environment, *arguments, seconds=SECONDS, stdin=stdin)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _broken(self._kind.what, type(error).__name__) from None


def _reason(said: bytes) -> tuple[str, str] | None:
    found = (row for row in REASONS if re.search(row[0], said, re.IGNORECASE))
    return next(((cause, next_step) for _, cause, next_step in found), None)


def _failed(what: str, said: bytes, permission: str = "read") -> ServiceError:
    cause, next_step = _reason(said) or (
        "The remote did not answer, or gave up half-way.",
        "Start the job again: nothing is done twice.",
    )
    return ServiceError(what, cause, next_step.format(permission=permission))


def _astray(ref: str) -> ServiceError:
    return ServiceError(
        f"{ref} was replaced again and again while it was read.",
        "Somebody pushes to it by force.",
        "Find out who writes to it besides clinft, and start the job again.",
    )


def _broken(what: str, why: str) -> ServiceError:
    return ServiceError(
        f"The {what} cannot be handled: {why}.",
        "Git is not installed, the clone is damaged, or the remote does not answer.",
        "Check out the repository anew, and start the job again.",
    )
