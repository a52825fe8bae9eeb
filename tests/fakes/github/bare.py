"""The bare repository behind the server: what GitHub would read from git, and how it merges."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Neither the user's nor the system's settings reach the tests (signing, hooks, default branch).
CLEAN = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
SETTINGS = {
    "http.receivepack": "true",
    # GitHub serves any commit that a ref reaches; checkouts of a bare SHA need it.
    "uploadpack.allowAnySHA1InWant": "true",
    "gc.auto": "0",
}
FIELDS = ("%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B")
STATUSES = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}


class GitError(Exception):
    """What git said on stderr."""


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    at: str


@dataclass(frozen=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


@dataclass(frozen=True)
class ChangedFile:
    path: str
    status: str
    sha: str
    additions: int
    deletions: int
    previous: str | None = None


def run_git(
    folder: Path, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None
) -> bytes:
    scrubbed = {"PATH": os.environ["PATH"], "HOME": os.devnull, **CLEAN, **(env or {})}
    done = subprocess.run(
        ["git", *args], cwd=folder, env=scrubbed, input=stdin, capture_output=True, check=False
    )
    if done.returncode:
        raise GitError(f"git {' '.join(args)}: {done.stderr.decode().strip()} {done.stdout.decode().strip()}")
    return done.stdout


def identity(name: str, email: str | None = None, role: str = "AUTHOR") -> dict[str, str]:
    return {
        f"GIT_{role}_NAME": name,
        f"GIT_{role}_EMAIL": email or f"{name.replace(' ', '.')}@users.noreply.github.com",
    }


class BareRepository:
    def __init__(self, path: Path, default_branch: str = "main") -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", "--initial-branch", default_branch)
        with (path / "config").open("a") as config:
            for name, value in SETTINGS.items():
                section, _, key = name.partition(".")
                config.write(f"[{section}]\n\t{key} = {value}\n")

    def git(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        return run_git(self.path, *args, stdin=stdin, env=env).decode().strip()

    def commit(self, name: str) -> str | None:
        """The SHA of the commit that a branch, a full ref or a (short) SHA names."""
        for candidate in (f"refs/heads/{name}", name):
            try:
                return self.git("rev-parse", "--verify", "--quiet", f"{candidate}^{{commit}}")
            except GitError:
                continue
        return None

    def ref(self, name: str) -> str | None:
        """The value of exactly this ref; `name` starts with refs/."""
        return self.git("for-each-ref", "--format=%(objectname)", "--count=1", name) or None

    def refs(self) -> dict[str, str]:
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)

    def log(self, *revisions: str) -> list[Commit]:
        """As `git log`: newest first."""
        text = run_git(self.path, "log", "--format=" + "%x00".join(FIELDS) + "%x1e", *revisions).decode()
        return [_commit(record.lstrip("\n")) for record in text.split("\x1e") if record.strip()]

    def show(self, sha: str) -> Commit:
        return self.log("-1", sha, "--")[0]

    def merge_base(self, one: str, other: str) -> str:
        return self.git("merge-base", one, other)

    def contains(self, ancestor: str, descendant: str) -> bool:
        return self.git("rev-list", "--count", f"{descendant}..{ancestor}") == "0"

    def changed(self, before: str, after: str) -> list[ChangedFile]:
        """Between two trees; renames are found as GitHub finds them."""
        flags = ("--raw", "-z", "-M", "--no-abbrev")
        raw = self.git("diff-tree", "-r", *flags, before, after).split("\0")
        numbers = self.git("diff-tree", "-r", "--numstat", "-z", "--no-renames", before, after).split("\0")
        counts = {path: (added, gone) for added, gone, path in (line.split("\t") for line in numbers if line)}
        found = []
        while raw and raw[0]:
            *_, sha, status = raw.pop(0).split(" ")
            first = raw.pop(0)
            path = raw.pop(0) if status[0] in "RC" else first
            added, gone = (int(n) if n.isdigit() else 0 for n in counts.get(path, ("0", "0")))
            previous = first if path != first else None
            found.append(ChangedFile(path, STATUSES[status[0]], sha, added, gone, previous))
        return found

    def blob(self, revision: str, path: str) -> bytes | None:
        try:
            return run_git(self.path, "cat-file", "blob", f"{revision}:{path}")
        except GitError:
            return None

    def write_file(self, branch: str, path: str, content: bytes, message: str, env: Mapping[str, str]) -> str:
        """One commit on a branch, made without a work tree."""
        parent = str(self.commit(f"refs/heads/{branch}"))
        sha = self.commit_files(parent, {path: content}, (), message, env)
        self.git("update-ref", f"refs/heads/{branch}", sha)
        return sha

    def commit_files(
        self,
        parent: str,
        additions: Mapping[str, bytes],
        deletions: Sequence[str],
        message: str,
        env: Mapping[str, str],
    ) -> str:
        """A commit that no ref names yet."""
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            self.git("read-tree", f"{parent}^{{tree}}", env=index)
            files = [Path(scratch) / str(n) for n in range(len(additions))]
            for file, content in zip(files, additions.values(), strict=True):
                file.write_bytes(content)
            names = "\n".join(map(str, files)).encode()
            blobs = self.git("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=names).split()
            lines = [f"0 {'0' * 40}\t{path}\0" for path in deletions]
            lines += [f"100644 {blob}\t{path}\0" for blob, path in zip(blobs, additions, strict=True)]
            self.git("update-index", "-z", "--index-info", stdin="".join(lines).encode(), env=index)
            tree = self.git("write-tree", env=index)
        return self.git("commit-tree", tree, "-p", parent, "-m", message, env=env)

    def merge(self, base: str, head: str, method: str, message: str, env: Mapping[str, str]) -> str:
        """Merge `head` into the branch `base` as GitHub's three buttons do; the new tip."""
        with tempfile.TemporaryDirectory() as scratch:
            clone = Path(scratch)
            run_git(clone, "clone", "--quiet", "--shared", "--branch", base, str(self.path), ".")
            if method == "merge":
                run_git(clone, "merge", "--quiet", "--no-ff", "-m", message, head, env=env)
            elif method == "squash":
                run_git(clone, "merge", "--quiet", "--squash", head, env=env)
                run_git(clone, "commit", "--quiet", "--allow-empty", "-m", message, env=env)
            elif method == "rebase":
                run_git(clone, "checkout", "--quiet", "--detach", head)
                # GitHub writes new commits even where a fast-forward would do.
                run_git(clone, "rebase", "--quiet", "--force-rebase", base, env=env)
            else:
                raise ValueError(f"GitHub has no merge method {method}")
            run_git(clone, "push", "--quiet", "origin", f"HEAD:refs/heads/{base}")
            return run_git(clone, "rev-parse", "HEAD").decode().strip()


def _commit(record: str) -> Commit:
    sha, tree, parents, *people, message = record.split("\0")
    author, committer = Person(*people[:3]), Person(*people[3:])
    return Commit(sha, tree, tuple(parents.split()), author, committer, message.rstrip("\n"))
