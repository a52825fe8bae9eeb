"""Tables that somebody changed, and evidence that would go away, are found and named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinft.pipeline.tracking import lost, run_link, table_links, unsupported, write
from clinft.pipeline.tracking.differences import compared
from clinft.pipeline.verify import Link
from tests.fakes.committed_runs import commit_run, evaluate_again

FIRST, SECOND = "demo/aaaaaaaaaaaa-a1", "demo/bbbbbbbbbbbb-a1"


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    commit_run(tmp_path, FIRST)
    commit_run(tmp_path, SECOND, "2026-11-04T08:00:00+00:00")
    write(tmp_path)
    return tmp_path


def different(links: list[Link]) -> dict[str, str]:
    return {link.name: link.detail for link in links if link.status == "different"}


def told(projects: Path, name: str = FIRST) -> Link:
    link = run_link(projects / name.replace("/", "/runs/"))
    assert link is not None
    return link


def edit(projects: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    path = projects / "tracking" / f"{name}.csv"
    path.write_bytes(change(path.read_bytes()))


def first_row_out(data: bytes) -> bytes:
    head, _, *rest = data.splitlines(keepends=True)
    return b"".join((head, *rest))


def swapped(data: bytes) -> bytes:
    head, one, two, *rest = data.splitlines(keepends=True)
    return b"".join((head, two, one, *rest))


def test_what_was_rebuilt_is_the_view(projects: Path) -> None:
    assert different(table_links(projects)) == {}
    assert len(table_links(projects)) == 6
    assert told(projects).status == "same"
    assert unsupported(projects) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda data: data.replace(b"18000", b"18001", 1),
            "rows that say something else: demo/aaaaaaaaaaaa-a1/training (tokens_estimated); ",
        ),
        (lambda data: data + b"demo/cccccccccccc-a1/training,demo\n", "no evidence gives: demo/cccccccccccc-a1/"),
        (first_row_out, "rows that are missing: demo/aaaaaaaaaaaa-a1/training"),
        (swapped, "other bytes, or another order"),
        (lambda data: data + b"\n", "rows that no evidence gives: an empty line"),
        (lambda data: data.replace(b"row_id", b"id", 1), "has other columns"),
        (lambda data: b"\xff", "has other columns"),
        (lambda data: b"", "has other columns"),
    ],
)  # fmt: skip
def test_a_changed_table_is_named_with_what_is_wrong(
    projects: Path, change: Callable[[bytes], bytes], says: str
) -> None:
    edit(projects, "costs", change)
    (name,) = found = different(table_links(projects))
    assert name == "tracking/costs.csv"
    assert says in found[name]


def test_a_changed_row_is_one_row_with_the_columns_that_differ_and_no_value(projects: Path) -> None:
    edit(projects, "decisions", lambda data: data.replace(b",no reason is recorded,", b",SECRET,", 1))
    says = different(table_links(projects))["tracking/decisions.csv"]
    assert says.startswith("rows that say something else: demo/aaaaaaaaaaaa-a1/")
    assert "(why); " in says
    assert "SECRET" not in says
    assert "no evidence gives" not in says
    assert "missing" not in says
    # A rebuild corrects it: no row goes away.
    assert unsupported(projects) == ()


def test_of_rows_that_share_an_id_one_was_changed_and_the_other_is_forged() -> None:
    found = compared(("row_id", "a"), [("x", "2"), ("x", "3"), ("y",)], [("x", "1"), ("z", "1")])
    assert found.changed == (("x", ("a",)),)
    assert found.forged == (("x", "3"), ("y",))
    assert found.missing == (("z", "1"),)


def test_a_table_that_is_missing_and_one_that_is_none_are_named(projects: Path) -> None:
    (projects / "tracking" / "runs.csv").unlink()
    (projects / "tracking" / "approved.csv").write_text("row_id\n")
    found = different(table_links(projects))
    assert found["tracking/runs.csv"].startswith("missing")
    assert found["tracking/approved.csv"] == "is none of the tables"


def test_a_run_knows_whether_its_own_rows_are_true(projects: Path) -> None:
    edit(projects, "costs", lambda data: data.replace(b"18000", b"18001", 1))
    assert told(projects).status == "different"
    assert "costs" in told(projects).detail
    assert told(projects, SECOND).status == "same"
    edit(projects, "runs", first_row_out)
    assert "its rows in runs, costs are not what it says" in told(projects).detail


def test_a_run_without_rows_yet_and_tables_of_another_clinft_are_not_checked(projects: Path) -> None:
    commit_run(projects, "demo/cccccccccccc-a1")
    assert told(projects, "demo/cccccccccccc-a1").status == "not_regenerable"
    edit(projects, "runs", lambda data: data.replace(b"row_id", b"id", 1))
    assert told(projects).status == "not_regenerable"
    shutil.rmtree(projects / "tracking")
    assert run_link(projects / "demo" / "runs" / "aaaaaaaaaaaa-a1") is None


def test_rows_of_runs_that_do_not_lie_here_are_named_before_they_go(projects: Path) -> None:
    shutil.rmtree(projects / "demo" / "runs" / "bbbbbbbbbbbb-a1")
    told = unsupported(projects)
    assert {one.split(" ")[0] for one in told} == {
        "datasets.csv", "runs.csv", "evaluations.csv", "regressions.csv", "costs.csv", "decisions.csv",
    }  # fmt: skip


def copied(projects: Path, to: Path) -> Path:
    return Path(shutil.copytree(projects, to / "after"))


def test_more_evidence_loses_nothing_and_less_is_named(
    projects: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    after = copied(projects, tmp_path_factory.mktemp("more"))
    evaluate_again(after / "demo" / "runs" / "aaaaaaaaaaaa-a1")
    commit_run(after, "other/dddddddddddd-a1")
    assert lost(projects, after) == ()
    gone = lost(after, projects)
    assert "costs: demo/aaaaaaaaaaaa-a1/evaluation-1" in gone
    assert "runs: other/dddddddddddd-a1/ended" in gone


def test_evidence_that_becomes_unreadable_is_named_and_what_was_is_not(
    projects: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    after = copied(projects, tmp_path_factory.mktemp("broken"))
    (after / "demo" / "runs" / "aaaaaaaaaaaa-a1" / "train.json").write_text("{}")
    assert lost(projects, after) == ("runs: demo/aaaaaaaaaaaa-a1, whose evidence can be read no more",)
    assert lost(after, projects) == ()


def test_a_further_evaluation_that_cannot_be_read_takes_no_rows_away_unseen(
    projects: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    after = copied(projects, tmp_path_factory.mktemp("added"))
    again = after / "demo" / "runs" / "aaaaaaaaaaaa-a1" / "again" / "01"
    again.mkdir(parents=True)
    (again / "record.json").write_text("{}")
    assert any("demo/aaaaaaaaaaaa-a1" in row for row in lost(projects, after))


def test_a_forged_row_of_the_base_may_be_corrected(
    projects: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    after = copied(projects, tmp_path_factory.mktemp("corrected"))
    edit(projects, "costs", lambda data: data.replace(b"18000", b"1", 1))
    assert lost(projects, after) == ()
