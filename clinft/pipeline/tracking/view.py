"""The six tables as a view over the committed evidence of all runs, made as a whole each time.

Every row has an id of its own and stays what it is: more evidence only adds rows. They stand by project, then
by when their run began, so that new ones may come between old ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clinft import run_folder
from clinft.pipeline.tracking import costs, datasets, decisions, evaluations, regressions, runs
from clinft.pipeline.tracking.cells import Row, Sheet, Texts, cell, to_csv
from clinft.pipeline.tracking.read import TrackedRun, found_runs
from clinft.stages.gate.paths import TRACKING

ROW_ID = "row_id"
KEY = (ROW_ID, "project", "run_id")


@dataclass(frozen=True)
class Table:
    """`rows`: of one run; the first cell names the row within its run, the others are of `columns`."""

    columns: Texts
    rows: Callable[[TrackedRun], Iterator[Row]]


TABLES: dict[str, Table] = {
    "datasets": Table(datasets.COLUMNS, datasets.rows),
    "runs": Table(runs.COLUMNS, runs.rows),
    "evaluations": Table(evaluations.COLUMNS, evaluations.rows),
    "regressions": Table(regressions.COLUMNS, regressions.rows),
    "costs": Table(costs.COLUMNS, costs.rows),
    "decisions": Table(decisions.COLUMNS, decisions.rows),
}


def tables(projects: Path) -> dict[str, Sheet]:
    """Columns and rows of every table, by name without suffix, as the files have them.

    Depends on the files below `projects` and nothing else.
    """
    found = tuple(found_runs(projects))
    by_run = [of_run(folder, run) for folder, run in found]
    made = {name: tuple(row for one in by_run for row in one[name]) for name in TABLES}
    made["decisions"] += tuple(_keyed(project, "", row) for project, row in decisions.of_projects(projects))
    return {name: (columns(name), _unique(rows)) for name, rows in made.items()}


def columns(name: str) -> Texts:
    return (*KEY, *TABLES[name].columns)


def of_run(folder: Path, run: TrackedRun | None) -> dict[str, tuple[Texts, ...]]:
    """The rows of one run, by table. None: of evidence that nobody can read."""
    project, run_id = folder.parents[1].name, folder.name
    if run is None:
        said = {"runs": (_keyed(project, run_id, runs.unreadable()),)}
        return {name: said.get(name, ()) for name in TABLES}
    return {
        name: _unique(tuple(_keyed(project, run_id, row) for row in table.rows(run)))
        for name, table in TABLES.items()
    }


def rows(projects: Path) -> dict[str, bytes]:
    """The bytes of every table, by file name."""
    return {f"{name}.csv": to_csv((head, *lines)) for name, (head, lines) in tables(projects).items()}


def write(projects: Path) -> list[Path]:
    """Brings the tables up to date; the files that were not."""
    folder, made = projects / TRACKING, rows(projects)
    changed = [folder / name for name, data in made.items() if not _is(folder / name, data)]
    for path in changed:
        run_folder.write_atomically(path, made[path.name])
    return changed


def stale(projects: Path) -> tuple[str, ...]:
    """Tables that are not the view of what lies here, and files that would pass for one."""
    folder, made = projects / TRACKING, rows(projects)
    foreign = {path.name for path in folder.glob("*.csv")} - made.keys()
    return (*(name for name, data in made.items() if not _is(folder / name, data)), *sorted(foreign))


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _keyed(project: str, run_id: str, row: Row) -> Texts:
    what, *cells = row
    row_id = "/".join(filter(None, (project, run_id, str(what))))
    return tuple(cell(value) for value in (row_id, project, run_id, *cells))


def _unique(rows: tuple[Texts, ...]) -> tuple[Texts, ...]:
    """Where two things of a run have one name, as only in evidence made by hand, the later is numbered.

    Names that differ in case alone are one name: people and spreadsheets take them for it.
    """
    seen: set[str] = set()
    made = []
    for row_id, *cells in rows:
        name, number = row_id, 1
        while name.casefold() in seen:
            number += 1
            name = f"{row_id}~{number}"
        seen.add(name.casefold())
        made.append((name, *cells))
    return tuple(made)
