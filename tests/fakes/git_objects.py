"""Commits of any files, names and modes, made from git's objects; and a program that leaves a mark when run."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.fakes.github.bare import identity, run_git

FILE, LINK, SUBMODULE = "100644", "120000", "160000"
WHO = {**identity("alice"), **identity("alice", role="COMMITTER")}
# Bytes are a regular file's; None says that the name is to be left out.
Content = bytes | tuple[str, bytes] | None


class Made:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        run_git(folder, "init", "--quiet", "--initial-branch", "main")
        self._numbers = itertools.count(1)

    def git(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        return run_git(self.folder, *args, stdin=stdin, env=env).decode().strip()

    def commit(self, files: Mapping[bytes, Content], *parents: str) -> str:
        """The whole tree is given; no branch moves."""
        lines = []
        for path, content in files.items():
            if content is None:
                continue
            mode, data = (FILE, content) if isinstance(content, bytes) else content
            name = data.decode() if mode == SUBMODULE else self._blob(data)
            lines.append(f"{mode} {name}\t".encode() + path + b"\0")
        index = {"GIT_INDEX_FILE": str(self.folder / f"index-{next(self._numbers)}")}
        self.git("update-index", "-z", "--index-info", stdin=b"".join(lines), env=index)
        return self._commit(self.git("write-tree", "--missing-ok", env=index), parents)

    def literal_commit(self, names: Sequence[str], data: bytes) -> str:
        """One file below folders that git itself would refuse to name."""
        entry, mode = self._blob(data), FILE
        for name in reversed(names):
            raw = f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(entry)
            entry = self.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)
            mode = "40000"
        return self._commit(entry, ())

    def _blob(self, data: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", "--no-filters", stdin=data)

    def _commit(self, tree: str, parents: Sequence[str]) -> str:
        flags = [flag for parent in parents for flag in ("-p", parent)]
        number = next(self._numbers)
        return self.git("commit-tree", tree, *flags, "-m", f"commit {number}", env=WHO)


def writes_mark(folder: Path, name: str) -> Path:
    """A program that says in `marks` that it ran, and fails."""
    program = folder / f"{name}.sh"
    program.write_text(f"#!/bin/sh\necho {name} >> '{folder}/marks'\nexit 1\n")
    program.chmod(0o755)
    return program


def marks(folder: Path) -> list[str]:
    path = folder / "marks"
    return sorted(set(path.read_text().split())) if path.exists() else []
