"""Every parcel that should be with one sink by now, whether or not it was sent before."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from clinft.pipeline.sinks import documents, steps, tables
from clinft.pipeline.sinks.consent import agreed
from clinft.pipeline.sinks.parcels import Due, Left, not_made
from clinft.pipeline.sinks.seen import Seen, SeenProject
from clinft.ports.sinks import Link

RUN = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")
# Datasets and scores of a project for a sink of this name; raises where its files are not here.
Data = Callable[[SeenProject, str], Iterator[Due]]


@dataclass(frozen=True)
class Wanted:
    """What one call is about. `data`: None where no files of data are at hand. `run_id`: of that run only.

    `delivered`: links to the documents of each project, where they were delivered.
    """

    run_id: str | None = None
    data: Data | None = None
    delivered: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)


def due(seen: Seen, name: str, kind: str, wanted: Wanted, left: Left) -> Iterator[Due]:
    told = [one for one in seen.projects if one.spec and name in agreed(one.spec, seen.policy, seen.today)]
    if kind == "google_sheets":
        # Of a project in quarantine nothing new is told; what the tables have of it stays in git.
        names = {one.name for one in told if not one.quarantined}
        try:
            yield from tables.of_projects(seen.projects_folder, names, wanted.delivered, wanted.run_id, left)
        except Exception as error:
            left("the tables", not_made(error))
        return
    for project in told:
        try:
            yield from _of_project(seen, project, name, kind, wanted, left)
        except Exception as error:  # one project's evidence keeps no other from being told of
            left(project.name, not_made(error))


def _of_project(
    seen: Seen, project: SeenProject, name: str, kind: str, wanted: Wanted, left: Left
) -> Iterator[Due]:
    if kind == "slack":
        found = steps.of_project(seen, project, wanted.delivered.get(project.name, ()))
        yield from (each for each in found if _is_of(each, wanted.run_id))
    elif kind == "google_docs":
        yield from documents.of_project(seen, project, left)
    elif kind == "langsmith" and wanted.data is not None and not project.quarantined:
        yield from wanted.data(project, name)


def _is_of(found: Due, run_id: str | None) -> bool:
    """A message of the run, or of its plan as a whole; of no other attempt at that plan."""
    if run_id is None:
        return True
    parts = str(getattr(found.parcel, "key", "")).split("/")
    attempts = [part for part in parts if RUN.fullmatch(part)]
    return parts[1:2] == [run_id[:12]] and attempts in ([], [run_id])
