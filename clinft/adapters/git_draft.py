"""A draft's commit through git's plumbing: an index of its own, one new commit, one branch moved forward."""

import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from clinft.adapters.git_process import call, quiet
from clinft.errors import ServiceError, SpecError
from clinft.ports.drafts import Drafted

SHA = re.compile(r"[0-9a-f]{40}")
HEADS = "refs/heads/"
REMOTE_HEAD = "refs/remotes/origin/HEAD"
# The README asks for this name; a clone may know another one.
USUAL = "main"
NOTHING = "0" * 40
SECONDS = 120


class GitDrafts:
    """`environment`: what the caller's has; only what git needs of it is passed on."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = quiet(environment)

    def branch(self) -> str | None:
        name = self._line("symbolic-ref", "--quiet", "HEAD")
        return name.removeprefix(HEADS) if name is not None and name.startswith(HEADS) else None

    def protected(self) -> str:
        prefix = REMOTE_HEAD.removesuffix("HEAD")
        name = self._line("symbolic-ref", "--quiet", REMOTE_HEAD)
        return name.removeprefix(prefix) if name is not None and name.startswith(prefix) else USUAL

    def base(self) -> str | None:
        name = self.protected()
        return self._tip(f"refs/remotes/origin/{name}") or self._tip(f"{HEADS}{name}")

    def commit(self, branch: str, files: Mapping[str, bytes], message: str) -> Drafted:
        ref = f"{HEADS}{branch}"
        tip, base = self._tip(ref), self.base() or self._tip("HEAD")
        if base is None:
            raise SpecError(
                "There is no commit to draft on top of.",
                "This is no clone of git, or nothing was committed in it yet.",
                "Work in a clone of the repository on GitHub.",
            )
        if self._line("for-each-ref", "--format=%(worktreepath)", ref):
            raise SpecError(
                f"The branch {branch} is checked out.",
                "Its files are being worked on, so that a commit from elsewhere would confuse whoever does.",
                f"Commit there by hand, or switch to another branch: git switch {self.protected()}",
            )
        parent = base if tip is None or self._is_in(tip, base) else tip
        with tempfile.TemporaryDirectory(prefix="clinft-draft-") as scratch:
            tree = self._tree(parent, files, {"GIT_INDEX_FILE": str(Path(scratch) / "index")})
        if tree == self._line("rev-parse", "--verify", f"{parent}^{{tree}}"):
            raise SpecError(
                "There is nothing to draft.",
                f"The files say the same as {branch if parent == tip else self.protected()} does.",
                "Change project.yaml or the prompt first.",
            )
        commit = self._commit(tree, parent, message)
        self._read("update-ref", "-m", "clinft mcp: draft", ref, commit, tip or NOTHING)
        return Drafted(branch, commit, parent)

    def _tree(self, parent: str, files: Mapping[str, bytes], index: Mapping[str, str]) -> str:
        self._read("read-tree", parent, more=index)
        for path, data in sorted(files.items()):
            name = self._read("hash-object", "-w", "--stdin", stdin=data).strip().decode()
            self._read("update-index", "--add", "--cacheinfo", f"100644,{name},{path}", more=index)
        return self._read("write-tree", more=index).strip().decode()

    def _commit(self, tree: str, parent: str, message: str) -> str:
        done = self._git("commit-tree", tree, "-p", parent, stdin=message.encode())
        made = done.stdout.strip().decode()
        if done.returncode != 0 or not SHA.fullmatch(made):
            raise SpecError(
                "git cannot write the commit.",
                "Mostly it does not know whose it is.",
                'Run: git config user.name "Your Name"; git config user.email you@example.org',
            )
        return made

    def _is_in(self, commit: str, tip: str) -> bool:
        return self._git("merge-base", "--is-ancestor", commit, tip).returncode == 0

    def _tip(self, name: str) -> str | None:
        found = self._line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return found if found is not None and SHA.fullmatch(found) else None

    def _line(self, *arguments: str) -> str | None:
        done = self._git(*arguments)
        return done.stdout.decode("utf-8", "replace").strip() or None if done.returncode == 0 else None

    def _read(self, *arguments: str, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
        done = self._git(*arguments, stdin=stdin, more=more)
        if done.returncode != 0:
            raise _refused(f"git {arguments[0]} ended with {done.returncode}")
        return done.stdout

    def _git(
        self, *arguments: str, stdin: bytes = b"", more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**self._environment, **(more or {})}
        try:
            return call(self._folder, environment, *arguments, seconds=SECONDS, stdin=stdin)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _refused(type(error).__name__) from None


def _refused(why: str) -> ServiceError:
    return ServiceError(
        f"The draft cannot be committed: {why}.",
        "The disk is full, another git holds a lock, or git is not installed.",
        "Look with git status, and call again; no branch was moved.",
    )
