"""History read as data: whatever a repository holds, nothing of it is run, followed, changed or missed."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from clinft.errors import ServiceError
from clinft.ports.history import Difference
from tests.fakes.git_objects import FILE, LINK, Made, marks, writes_mark
from tests.fakes.github.bare import GitError, run_git

PROGRAM, SUBMODULE = "100755", "160000"
NOWHERE = "1" * 40
HOSTILE_NAMES = [
    b"with space",
    b"with\nnewline",
    b"with\"quotes'",
    b"not-utf8-\xff",
    b"-leading",
    b"--output=x",
    b":(exclude)b",
    b":!b",
    b"*",
    b"tab\there",
    b"back\\slash",
    "übung".encode(),
]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "repository")


def history(made: Made, **environment: str) -> GitHistory:
    return GitHistory(made.folder, {**os.environ, "HOME": os.devnull, **environment})


def test_differences_say_what_became_of_each_file(made: Made) -> None:
    before = made.commit(
        {
            b"same": b"1",
            b"changed": b"1",
            b"gone": b"1",
            b"old/name": b"moved" * 50,
            b"turned": b"1",
            b"run": b"1",
        }
    )
    after = made.commit(
        {
            b"same": b"1",
            b"changed": b"2",
            b"new": b"1",
            b"new/": None,
            b"other/name": b"moved" * 50,
            b"turned": (LINK, b"/etc/passwd"),
            b"run": (PROGRAM, b"1"),
            b"sub": (SUBMODULE, NOWHERE.encode()),
        },
        before,
    )
    assert history(made).differences(before, after) == [
        Difference("changed", "M", FILE),
        Difference("gone", "D", "000000"),
        Difference("new", "A", FILE),
        Difference("old/name", "D", "000000"),
        Difference("other/name", "A", FILE),
        Difference("run", "M", PROGRAM),
        Difference("sub", "A", SUBMODULE),
        Difference("turned", "T", LINK),
    ]
    assert history(made).differences(after, after) == []


def test_a_submodule_cannot_ask_to_be_ignored(made: Made) -> None:
    before = made.commit({b"a": b"1"})
    hidden = b'[submodule "x"]\n\tpath = clinft/x\n\turl = ./x\n\tignore = all\n'
    after = made.commit(
        {b"a": b"1", b".gitmodules": hidden, b"clinft/x": (SUBMODULE, NOWHERE.encode())}, before
    )
    (made.folder / ".gitmodules").write_bytes(hidden)
    # As git itself shows it where nobody asks twice:
    assert b"clinft/x" not in run_git(made.folder, "diff-tree", "-r", "--raw", before, after)
    assert [one.path for one in history(made).differences(before, after)] == [".gitmodules", "clinft/x"]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_is_a_name(made: Made, tmp_path: Path, name: bytes) -> None:
    before = made.commit({b"b": b"1", b"dir/c": b"1"})
    after = made.commit({b"b": b"1", b"dir/c": b"1", name: b"content", b"dir/" + name: b"deep"}, before)
    shown = name.decode("utf-8", "backslashreplace")
    reader = history(made)
    assert {one.path for one in reader.differences(before, after)} == {shown, f"dir/{shown}"}
    assert {one.path for one in reader.entries(after)} == {"b", "dir/c", shown, f"dir/{shown}"}
    if name.isascii():
        assert [one.path for one in reader.entries(after, shown)] == [shown]
        assert reader.newest(after, [shown]) == after
        assert reader.newest(before, [shown]) is None
    reader.export(after, "dir", tmp_path / "out")
    found = {
        path.relative_to(tmp_path / "out").as_posix()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert found == {"dir/c", f"dir/{shown}"}
    assert (tmp_path / "out" / "dir" / shown).read_bytes() == b"deep"


def test_entries_are_those_below_the_prefixes(made: Made) -> None:
    files = {b"a/b/c": b"1", b"a/bb": b"2", b"d": (PROGRAM, b"3"), b"l": (LINK, b"d")}
    commit = made.commit(files)
    reader = history(made)
    assert [one.path for one in reader.entries(commit, "a/b", "l")] == ["a/b/c", "l"]
    assert [(one.path, one.mode) for one in reader.entries(commit, "d", "l")] == [("d", PROGRAM), ("l", LINK)]
    assert reader.entries(commit, "nothing") == []
    assert reader.entries(commit, "a/*") == []
    blob = made.git("rev-parse", f"{commit}:d")
    assert reader.entries(commit, "d")[0].object == blob


def test_export_writes_regular_files_only_and_none_outside(made: Made, tmp_path: Path) -> None:
    commit = made.commit(
        {
            b"p/a": b"\0binary\r\n",
            b"p/empty": b"",
            b"p/run": (PROGRAM, b"#!/bin/sh\n"),
            b"p/link": (LINK, b"/etc/passwd"),
            b"p/sub": (SUBMODULE, NOWHERE.encode()),
            b"pp": b"not below p",
        }
    )
    root = tmp_path / "out"
    history(made).export(commit, "p", root)
    assert {path.name: path.read_bytes() for path in (root / "p").iterdir()} == {
        "a": b"\0binary\r\n",
        "empty": b"",
        "run": b"#!/bin/sh\n",
    }
    assert not os.access(root / "p" / "run", os.X_OK)
    assert sorted(path.name for path in root.iterdir()) == ["p"]


@pytest.mark.parametrize("name", ["..", "../..", "up/../../.."])
def test_a_tree_that_climbs_out_is_refused(made: Made, tmp_path: Path, name: str) -> None:
    commit = made.literal_commit([*name.split("/"), "evil"], b"evil")
    root = tmp_path / "deep" / "er" / "out"
    root.mkdir(parents=True)
    with pytest.raises(ServiceError, match="leads out of the folder"):
        history(made).export(commit, ".", root)
    with pytest.raises(ServiceError):
        history(made).export(commit, name.split("/", maxsplit=1)[0], root)
    assert list(tmp_path.rglob("evil")) == []


def test_a_folder_that_is_a_link_outside_is_not_followed(made: Made, tmp_path: Path) -> None:
    """Two entries of one name: a link and a folder. Git would not make it; a pushed pack may hold it."""
    outside, root = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    root.mkdir()
    (root / "p").symlink_to(outside)
    commit = made.commit({b"p/evil": b"evil"})
    with pytest.raises(ServiceError, match="leads out of the folder"):
        history(made).export(commit, "p", root)
    assert list(outside.iterdir()) == []


def test_filters_and_attributes_of_the_repository_do_nothing(made: Made, tmp_path: Path) -> None:
    text = b"one\r\ntwo\n$Id$ $Format:%H$\n"
    attributes = (
        b"* filter=evil text=auto eol=crlf ident export-subst diff=evil working-tree-encoding=UTF-16\n"
    )
    mark = writes_mark(tmp_path, "filter")
    for name in ("smudge", "clean", "process"):
        made.git("config", f"filter.evil.{name}", str(mark))
    made.git("config", "diff.evil.textconv", str(mark))
    made.git("config", "diff.evil.command", str(mark))
    made.git("config", "diff.external", str(mark))
    made.git("config", "core.autocrlf", "true")
    first = made.commit({b".gitattributes": attributes, b"p/a": text})
    second = made.commit({b".gitattributes": attributes, b"p/a": text + b"more\n"}, first)
    (made.folder / ".gitattributes").write_bytes(attributes)
    (made.folder / ".git" / "info" / "attributes").write_bytes(attributes)
    reader = history(made)
    reader.export(second, "p", tmp_path / "out")
    assert (tmp_path / "out" / "p" / "a").read_bytes() == text + b"more\n"
    assert reader.differences(first, second) == [Difference("p/a", "M", FILE)]
    assert marks(tmp_path) == []
    # The same files through git's own way out of the repository: the filter runs.
    with suppress(GitError):  # it fails, as the filter does
        run_git(made.folder, "checkout", "--force", second, "--", "p")
    assert marks(tmp_path) == ["filter"]


def test_hooks_pagers_and_aliases_do_not_run(made: Made, tmp_path: Path) -> None:
    mark = writes_mark(tmp_path, "mark")
    hooks = made.folder / ".git" / "hooks"
    for name in ("reference-transaction", "post-checkout", "post-merge", "pre-auto-gc", "fsmonitor-watchman"):
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(mark)
    home = tmp_path / "home"
    home.mkdir()
    verbs = ("rev-parse", "rev-list", "diff-tree", "ls-tree", "cat-file", "fetch")
    lines = [f"[core]\n\tpager = {mark}\n\tfsmonitor = {mark}\n\thooksPath = {hooks}\n\tquotePath = true\n"]
    lines += [f"[alias]\n\t{verb} = !{mark}\n[pager]\n\t{verb} = true\n" for verb in verbs]
    lines += ["[diff]\n\tignoreSubmodules = all\n\trenames = copies\n", f"[diff]\n\texternal = {mark}\n"]
    (home / ".gitconfig").write_text("".join(lines))
    first = made.commit({b"a b": b"1"})
    second = made.commit({b"a b": b"2", b"sub": (SUBMODULE, NOWHERE.encode())}, first)
    made.git("-c", "core.hooksPath=/dev/null", "update-ref", "refs/heads/main", second)
    (tmp_path / "marks").unlink(missing_ok=True)
    reader = GitHistory(made.folder, {**os.environ, "HOME": str(home)}, remote=str(made.folder))
    assert reader.resolve("main") == reader.fetch("refs/heads/main") == second
    assert reader.parents(second) == (first,)
    assert reader.outside(second, "projects") == [first, second]
    assert reader.newest(second, ["a b"]) == second
    assert [one.path for one in reader.differences(first, second)] == ["a b", "sub"]
    assert [one.path for one in reader.entries(second)] == ["a b", "sub"]
    reader.export(second, "a b", tmp_path / "out")
    assert marks(tmp_path) == []
    # The hook itself is in order: git's own way of setting a ref runs it.
    with pytest.raises(GitError, match="aborted by hook"):
        run_git(made.folder, "update-ref", "refs/heads/other", first)
    assert "mark" in marks(tmp_path)


def test_outside_and_newest_follow_the_branch_not_what_it_merged(made: Made) -> None:
    root = made.commit({b"a": b"1"})
    side = made.commit({b"a": b"1", b"b": b"side"}, root)
    again = made.commit({b"a": b"1", b"b": b"side2"}, side)
    main = made.commit({b"a": b"2"}, root)
    merge = made.commit({b"a": b"2", b"b": b"side2"}, main, again)
    last = made.commit({b"a": b"3", b"b": b"side2"}, merge)
    reader = history(made)
    assert reader.parents(merge) == (main, again)
    assert reader.parents(root) == ()
    assert reader.outside(last, "projects") == [root, main, merge, last]
    assert reader.outside(last, "b") == [root, main, last]
    assert reader.newest(last, ["b"]) == merge
    assert reader.newest(last, ["a"]) == last
    assert reader.newest(last, ["c"]) is None
    assert reader.newest(merge, ["a", "b"]) == merge


def test_what_is_deleted_altogether_lies_outside_too(made: Made) -> None:
    root = made.commit({b"projects/a": b"1", b"gone/x": b"1"})
    deleted = made.commit({b"projects/a": b"1"}, root)
    inside = made.commit({b"projects/a": b"2"}, deleted)
    odd = made.commit({b"projects/a": b"2", b"projects2": b"1", b":(exclude)projects": b"1"}, inside)
    assert history(made).outside(odd, "projects") == [root, deleted, odd]


def test_all_beginnings_are_found(made: Made) -> None:
    root, other = made.commit({b"a": b"1"}), made.commit({b"b": b"1"})
    merge = made.commit({b"a": b"1", b"b": b"1"}, other, root)
    assert sorted(history(made).roots(merge)) == sorted([root, other])
    assert history(made).roots(root) == [root]


def test_a_merge_is_made_again_or_conflicts(made: Made) -> None:
    root = made.commit({b"a": b"1\n"})
    one, other = made.commit({b"a": b"1\n", b"b": b"1"}, root), made.commit({b"a": b"2\n"}, root)
    reader = history(made)
    tree = reader.merged(one, other)
    assert tree is not None
    assert [entry.path for entry in reader.entries(tree)] == ["a", "b"]
    assert reader.merged(other, made.commit({b"a": b"3\n"}, root)) is None


REVISIONS = [
    "--output=x", "-h", "--help", "--all", "-", "--", "", " ", "\n", "HEAD~", "HEAD..HEAD", "^HEAD", "a:b", "@{u}",
    ":/first", "--git-dir", "--show-toplevel", "$(touch x)", "main\n", "*", "refs/heads/*", NOWHERE, "-" * 40,
]  # fmt: skip


def said_no(call: Callable[[], object]) -> bool:
    """Nothing, or a refusal with a next step."""
    try:
        return call() in ((), [], None)
    except ServiceError as refused:
        return bool(refused.cause and refused.next_step)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_hostile_revision_names_nothing(made: Made, tmp_path: Path, revision: str) -> None:
    commit = made.commit({b"a": b"1"})
    made.git("update-ref", "refs/heads/main", commit)
    reader = GitHistory(made.folder, {**os.environ, "HOME": os.devnull}, remote=str(made.folder))
    assert reader.resolve(revision) is None
    for call in (
        lambda: reader.parents(revision),
        lambda: reader.outside(revision, "projects"),
        lambda: reader.roots(revision),
        lambda: reader.newest(revision, ["a"]),
        lambda: reader.differences(revision, commit),
        lambda: reader.entries(revision),
        lambda: reader.export(revision, "a", tmp_path / "out"),
    ):
        assert said_no(call)
    assert not (tmp_path / "out").exists()
    assert not (made.folder / "x").exists()


def test_a_replaced_commit_is_not_believed(made: Made) -> None:
    good, evil = made.commit({b"a": b"good"}), made.commit({b"a": b"evil"})
    made.git("replace", good, evil)
    entry = history(made).entries(good)[0]
    assert entry.object == made.git("hash-object", "--stdin", stdin=b"good")


def test_a_lost_object_is_said(made: Made, tmp_path: Path) -> None:
    commit = made.commit({b"p/a": b"first", b"p/b": b"lost"})
    blob = made.git("rev-parse", f"{commit}:p/b")
    (made.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(ServiceError, match="an object is missing"):
        history(made).export(commit, "p", tmp_path / "out")


def test_without_git_it_is_said(made: Made, tmp_path: Path) -> None:
    reader = GitHistory(made.folder, {"PATH": str(tmp_path)})
    with pytest.raises(ServiceError, match="git is not installed"):
        reader.resolve("HEAD")
