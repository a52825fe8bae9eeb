"""Rows of the tracking tables of those projects that agreed, with a column of links to their documents."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from clinft.pipeline import tracking
from clinft.pipeline.sinks.parcels import Due
from clinft.ports.sinks import Link, Rows

LINKS = "links"


def of_projects(
    projects: Path, agreed: Collection[str], links: Mapping[str, Sequence[Link]], run_id: str | None = None
) -> Iterator[Due]:
    """`links`: of each project, where documents were delivered. `run_id`: only that run's rows."""
    for table, (columns, rows) in tracking.tables(projects).items():
        project, run = columns.index("project"), columns.index("run_id")
        told = {name: " ".join(link.url for link in found) for name, found in links.items()}
        chosen = tuple(
            (*row, told.get(row[project], ""))
            for row in rows
            if row[project] in agreed and run_id in (None, row[run])
        )
        if chosen:
            yield Due(Rows(table, (*columns, LINKS), chosen))
