"""A repository's history through git's plumbing: no shell, no checkout, nothing of the tree is run."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from clinft.adapters.git_process import call, quiet, token_header
from clinft.errors import ServiceError
from clinft.ports.history import Difference, Entry

SHA = re.compile(r"[0-9a-f]{40}")
REGULAR = frozenset({"100644", "100755"})
SECONDS = 600


class GitHistory:
    """`remote`: where `fetch` asks. The token stays in git's environment, never on its command line.

    `environment`: what the caller's has; only what git needs of it is passed on.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        remote: str | None = None,
        token: str | None = None,
    ) -> None:
        self._folder = folder
        self._remote = remote
        self._environment = quiet(environment)
        self._secret = token_header(remote, token) if remote and token else {}
        self._complete = False
        # What a commit holds never changes: by full name and prefixes.
        self._entries: dict[tuple[str, ...], list[Entry]] = {}

    def resolve(self, revision: str) -> str | None:
        done = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        found = done.stdout.decode().strip()
        return found if done.returncode == 0 and SHA.fullmatch(found) else None

    def fetch(self, revision: str) -> str | None:
        if SHA.fullmatch(revision) and (here := self.resolve(revision)):
            return here
        if self._remote is None:
            return self.resolve(revision)
        done = self._git(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
            "--end-of-options", self._remote, f"+{revision}:refs/clinft/fetched", more=self._secret,
        )  # fmt: skip
        return self.resolve("refs/clinft/fetched") if done.returncode == 0 else None

    def parents(self, commit: str) -> tuple[str, ...]:
        self._refuse_shallow()
        raw = self._read("rev-list", "--parents", "--max-count=1", "--end-of-options", commit)
        return tuple(raw.decode().split()[1:])

    def differences(self, before: str, after: str) -> list[Difference]:
        raw = self._read(
            "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--no-textconv",
            "--ignore-submodules=none",  # .gitmodules or a setting may ask to leave them out
            "--end-of-options", before, after,
        )  # fmt: skip
        fields = raw.split(b"\0")[:-1]
        found = []
        for head, path in zip(fields[::2], fields[1::2], strict=True):
            # ":old-mode new-mode old-object new-object status"
            _, mode, _, _, status = head.decode().split(" ")
            found.append(Difference(_name(path), status[0], mode))
        return found

    def entries(self, commit: str, *prefixes: str) -> list[Entry]:
        if not SHA.fullmatch(commit):
            return self._listed(commit, *prefixes)
        if (asked := (commit, *prefixes)) not in self._entries:
            self._entries[asked] = self._listed(*asked)
        return list(self._entries[asked])

    def _listed(self, commit: str, *prefixes: str) -> list[Entry]:
        raw = self._read("ls-tree", "-r", "-z", "--full-tree", commit, "--", *prefixes)
        found = []
        for line in raw.split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            mode, _, name = head.decode().split(" ")
            found.append(Entry(_name(path), mode, name))
        return found

    def export(self, commit: str, prefix: str, root: Path) -> None:
        wanted = [entry for entry in self.entries(commit, prefix) if entry.mode in REGULAR]
        asked = "".join(f"{entry.object}\n" for entry in wanted).encode()
        raw = self._read("cat-file", "--batch", stdin=asked)
        at = 0
        for entry in wanted:
            end = raw.index(b"\n", at)
            _, kind, *size_told = raw[at:end].split(b" ")
            if kind != b"blob":  # "<object> missing"
                raise _refused("an object is missing")
            size = int(size_told[0])
            target = root / entry.path
            if not target.resolve().is_relative_to(root.resolve()):
                raise _refused("a path leads out of the folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw[end + 1 : end + 1 + size])
            at = end + 1 + size + 1

    def outside(self, tip: str, folder: str) -> list[str]:
        self._refuse_shallow()
        raw = self._read(
            "rev-list", "--first-parent", "--reverse", "--end-of-options", tip, "--",
            ":(top)", f":(top,exclude,literal){folder}", literal=False,
        )  # fmt: skip
        return raw.decode().split()

    def unpushed(self, tip: str) -> list[str]:
        raw = self._read("rev-list", "--reverse", "--not", "--remotes", "--not", "--end-of-options", tip)
        return raw.decode().split()

    def roots(self, tip: str) -> list[str]:
        self._refuse_shallow()
        return self._read("rev-list", "--max-parents=0", "--end-of-options", tip).decode().split()

    def merged(self, one: str, other: str) -> str | None:
        done = self._git("merge-tree", "--write-tree", "--end-of-options", one, other)
        tree = done.stdout.split(b"\n", 1)[0].decode()
        return tree if done.returncode == 0 and SHA.fullmatch(tree) else None

    def on_line(self, tip: str, commit: str) -> bool:
        self._refuse_shallow()
        # All of them, compared as text: the commit need not be here, and no other name of it counts.
        return commit in self._read("rev-list", "--first-parent", "--end-of-options", tip).decode().split()

    def newest(self, tip: str, paths: Sequence[str]) -> str | None:
        self._refuse_shallow()
        raw = self._read("rev-list", "--first-parent", "--max-count=1", "--end-of-options", tip, "--", *paths)
        return raw.decode().strip() or None

    def _refuse_shallow(self) -> None:
        """Where a history was cut, git answers as if it began there: that commit would have brought all."""
        if self._complete:
            return
        if self._read("rev-parse", "--is-shallow-repository").strip() != b"false":
            raise _refused("the checkout is shallow")
        self._complete = True

    def _read(self, *arguments: str, stdin: bytes = b"", literal: bool = True) -> bytes:
        done = self._git(*arguments, stdin=stdin, literal=literal)
        if done.returncode != 0:
            raise _refused(f"git {arguments[0]} ended with {done.returncode}")
        return done.stdout

    def _git(
        self,
        *arguments: str,
        stdin: bytes = b"",
        more: Mapping[str, str] | None = None,
        literal: bool = True,
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {**self._environment, **(more or {})}
        try:
            return call(self._folder, environment, *arguments, seconds=SECONDS, stdin=stdin, literal=literal)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _refused(type(error).__name__) from None


def _name(path: bytes) -> str:
    """Names that are not UTF-8 can be shown; such a file is none that clinft looks for."""
    return path.decode("utf-8", "backslashreplace")


def _refused(why: str) -> ServiceError:
    return ServiceError(
        f"The repository's history cannot be read: {why}.",
        "The checkout is shallow, a commit is missing, or git is not installed.",
        "Check out with fetch-depth: 0, and call again.",
    )
