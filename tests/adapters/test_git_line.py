"""Which commits were the branch's own: its first parents, whatever else it contains or is called."""

import os
from pathlib import Path

import pytest

from clinft.adapters.git import GitHistory
from clinft.errors import ServiceError
from tests.fakes.git_objects import Made
from tests.fakes.github.bare import run_git

NOWHERE = "1" * 40


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "repository")


def history(folder: Path) -> GitHistory:
    return GitHistory(folder, {**os.environ, "HOME": os.devnull})


def test_the_branch_is_its_first_parents_and_nothing_that_was_merged(made: Made) -> None:
    root = made.commit({b"a": b"1"})
    side = made.commit({b"a": b"1", b"b": b"1"}, root)
    again = made.commit({b"a": b"1", b"b": b"2"}, side)
    main = made.commit({b"a": b"2"}, root)
    merge = made.commit({b"a": b"2", b"b": b"2"}, main, again)
    last = made.commit({b"a": b"3", b"b": b"2"}, merge)
    other = made.commit({b"c": b"1"}, last)
    reader = history(made.folder)
    assert [one for one in (root, side, again, main, merge, last, other) if reader.on_line(last, one)] == [
        root,
        main,
        merge,
        last,
    ]
    assert reader.on_line(main, root)
    assert not reader.on_line(main, merge)


def test_a_branch_that_took_main_in_does_not_bring_its_own_commits(made: Made) -> None:
    """GitHub's merge of a branch that merged main before: the branch stays the second parent."""
    root = made.commit({b"a": b"1"})
    main = made.commit({b"a": b"2"}, root)
    side = made.commit({b"b": b"1"}, root)
    took = made.commit({b"a": b"2", b"b": b"1"}, side, main)
    merge = made.commit({b"a": b"2", b"b": b"1"}, main, took)
    reader = history(made.folder)
    assert not reader.on_line(merge, took)
    assert not reader.on_line(merge, side)
    assert reader.on_line(merge, main)


@pytest.mark.parametrize(
    "named",
    ["", "main", "HEAD", "refs/heads/main", "refs/tags/main", "HEAD~0", "--all", NOWHERE, "short", "upper"],
)
def test_only_the_whole_name_of_a_commit_counts(made: Made, named: str) -> None:
    root = made.commit({b"a": b"1"})
    tip = made.commit({b"a": b"abc"}, root)
    for ref in ("refs/heads/main", "refs/tags/main", "HEAD"):
        made.git("update-ref", ref, tip)
    spelt = {"short": tip[:39], "upper": tip.upper() + "A"}
    assert history(made.folder).on_line(tip, tip)
    assert not history(made.folder).on_line(tip, spelt.get(named, named))


def test_a_commit_that_is_not_here_is_not_on_it(made: Made, tmp_path: Path) -> None:
    """A branch that was deleted: its commits are asked for by name, and nothing is fetched."""
    tip = made.commit({b"a": b"1"})
    made.git("update-ref", "refs/heads/main", tip)
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "--quiet", str(made.folder), str(clone))
    gone = made.commit({b"a": b"2"}, tip)
    assert history(clone).resolve(gone) is None
    assert not history(clone).on_line(tip, gone)
    assert history(clone).on_line(tip, tip)


def test_a_tip_that_is_not_here_is_said(made: Made) -> None:
    made.commit({b"a": b"1"})
    for tip in (NOWHERE, "nothing", "--all", "--output=x"):
        with pytest.raises(ServiceError, match="git rev-list ended with 128"):
            history(made.folder).on_line(tip, NOWHERE)
    assert not (made.folder / "x").exists()


def test_a_shallow_checkout_is_refused(made: Made, tmp_path: Path) -> None:
    """It cannot show what lies before the cut; nothing may hang on how deep it happens to be."""
    root = made.commit({b"a": b"1"})
    tip = made.commit({b"a": b"2"}, root)
    made.git("update-ref", "refs/heads/main", tip)
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "--quiet", "--depth", "1", made.folder.as_uri(), str(clone))
    for commit in (tip, root):
        with pytest.raises(ServiceError, match="the checkout is shallow"):
            history(clone).on_line(tip, commit)


def test_a_replaced_parent_is_not_believed(made: Made) -> None:
    root = made.commit({b"a": b"1"})
    evil = made.commit({b"a": b"evil"})
    tip = made.commit({b"a": b"2"}, root)
    made.git("replace", tip, made.commit({b"a": b"2"}, evil))
    assert history(made.folder).on_line(tip, root)
    assert not history(made.folder).on_line(tip, evil)
