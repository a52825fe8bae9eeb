"""Messages about what came before training, kept in the project's journal: the files lie in no commit yet.

The job that decides on the protected branch writes them beside the run it takes, in the same way as it takes
the lock; what the results bring later replaces them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from clinft.artifacts.run_state import ProjectState, RunState
from clinft.artifacts.told import Told, ToldThreshold
from clinft.pipeline.sinks.parcels import Due, moment
from clinft.ports.sinks import Link, Milestone, Threshold


def with_told(state: ProjectState, run_id: str, dues: Iterable[Due]) -> ProjectState | None:
    """None where the run is not under way, or says so already: nothing is to be written then."""
    told = tuple(_told(due.parcel, due) for due in dues if isinstance(due.parcel, Milestone))
    run = state.run(run_id)
    if run is None or run.told == told:
        return None
    changed = run.model_copy(update={"told": told})
    runs = tuple(changed if one.run_id == run_id else one for one in state.runs)
    return state.model_copy(update={"runs": runs})


def _told(milestone: Milestone, due: Due) -> Told:
    return Told(
        kind=milestone.kind,
        key=milestone.key,
        tone=milestone.tone,
        title=milestone.title,
        lines=tuple(milestone.lines),
        thresholds=tuple(ToldThreshold(text=one.text, state=one.state) for one in milestone.thresholds),
        at=None if due.at is None else due.at.isoformat(timespec="seconds"),
    )


def milestones_of(
    project: str, run: RunState, links: tuple[Link, ...]
) -> Iterator[tuple[Milestone, datetime | None]]:
    thread = f"{project}/{run.plan_digest[:12]}"
    for told in run.told:
        if not told.key.startswith(f"{thread}/"):
            continue  # of another plan: not written by clinft
        thresholds = tuple(Threshold(one.text, one.state) for one in told.thresholds)
        milestone = Milestone(
            project, thread, told.kind, told.key, told.tone, told.title, told.lines, thresholds, links
        )
        yield milestone, moment(told.at)
