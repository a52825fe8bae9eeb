"""Rows of the tracking tables of those projects that agreed, with a column of links to their documents."""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from clinft.pipeline import tracking
from clinft.pipeline.sinks.parcels import Due, Left, not_made
from clinft.ports.sinks import Link, Rows

LINKS = "links"


def of_projects(
    projects: Path,
    agreed: Collection[str],
    links: Mapping[str, Sequence[Link]],
    run_id: str | None,
    left: Left,
) -> Iterator[Due]:
    """`links`: of each project, where documents were delivered. `run_id`: only that run's rows."""
    made: dict[str, list[tuple[str, ...]]] = {}
    heads: dict[str, tuple[str, ...]] = {}
    for name in sorted(agreed):
        told = " ".join(link.url for link in links.get(name, ()))
        try:
            found = _of_project(projects, name)
        except Exception as error:  # one project's evidence keeps no other's rows back
            left(name, not_made(error))
            continue
        for table, (columns, rows) in found.items():
            run = columns.index("run_id")
            heads[table] = (*columns, LINKS)
            chosen = [(*row, told) for row in rows if run_id in (None, row[run])]
            made.setdefault(table, []).extend(chosen)
    for table, chosen in made.items():
        if chosen:
            yield Due(Rows(table, heads[table], tuple(chosen)))


def _of_project(projects: Path, name: str) -> dict[str, tracking.Sheet]:
    """As the view has them, in a tree that holds this project alone."""
    with tempfile.TemporaryDirectory(prefix="clinft-tables-") as place:
        (Path(place) / name).symlink_to((projects / name).resolve(), target_is_directory=True)
        return tracking.tables(Path(place))
