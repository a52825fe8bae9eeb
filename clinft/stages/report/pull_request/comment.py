"""The comment and the job summary: all parts in order, and what is left out when they grow too long."""

from collections.abc import Callable, Iterable, Sequence

from clinft.artifacts.pull_request import PullRequestReport
from clinft.stages.report.pull_request import audit, details, head, merge, project, reasons
from clinft.stages.report.pull_request.room import LEAST_IMPORTANT_FIRST, Part, Room, Section

MARKER_CHARACTERS = 300
# Nothing of a comment that fits is cut by these; they only spare the work of rendering what cannot fit.
WHOLE_COMMENT = (6_000, 60_000, 1_000)
WHOLE_SUMMARY = (100_000, 1_000_000, 10_000)
SUMMARY_BYTES = 1_000_000
# Rows of a list, characters of one text, projects: each step is taken only where the one before is too
# long although everything that may be left out is left out.
STEPS = (
    (500, 10_000, 300),
    (200, 4_000, 100),
    (100, 1_500, 40),
    (50, 800, 20),
    (25, 500, 12),
    (12, 300, 6),
    (6, 200, 3),
    (3, 100, 1),
    (1, 60, 1),
)


def comment(report: PullRequestReport, limit: int = 60_000) -> str:
    """At most `limit` characters together with a marker line of MARKER_CHARACTERS."""
    rooms = [Room(*step, elsewhere="the job summary") for step in (WHOLE_COMMENT, *STEPS)]
    where = f"The job summary of the `gate` job has everything: {details.run_link(report)}."
    return _fitting(report, rooms, len, limit - MARKER_CHARACTERS, where)


def summary(report: PullRequestReport) -> str:
    """Everything, as far as the megabyte that GitHub shows of a job summary reaches."""
    rooms = [Room(*step, elsewhere="the report of the run") for step in (WHOLE_SUMMARY, *STEPS)]
    where = f"The report that the run keeps has everything: {details.run_link(report)}."
    return _fitting(report, rooms, lambda text: len(text.encode()), SUMMARY_BYTES - 1, where)


def _fitting(
    report: PullRequestReport, rooms: Sequence[Room], size: Callable[[str], int], limit: int, where: str
) -> str:
    for index, room in enumerate(rooms):
        sections = [*_sections(report, room)]
        present = [part for part in LEAST_IMPORTANT_FIRST if any(each.part == part for each in sections)]
        for dropped in range(len(present) + 1):
            text = _assembled(sections, present[:dropped], index > 0, where)
            if size(text) <= limit:
                return text
    return f"{head.heading(report)}\n\nThere is no room for more here. {where}\n"


def _sections(report: PullRequestReport, room: Room) -> Iterable[Section]:
    yield from head.sections(report, room)
    yield from project.sections(report, room)
    yield from reasons.sections(report, room)
    several = len(report.projects) > 1
    for each in project.shown(report, room):
        yield from audit.blocking(each, each.name if several else None, room)
    yield from merge.sections(report, room)
    yield from details.sections(report, room)


def _assembled(sections: Sequence[Section], dropped: Sequence[Part], shortened: bool, where: str) -> str:
    kept = [section.text for section in sections if section.part is None or section.part not in dropped]
    notes = []
    if dropped:
        notes.append(f"Left out here for their length: {', '.join(reversed(dropped))}.")
    if shortened:
        notes.append("Long lists and texts are shortened.")
    if notes:
        kept.append(f"*{' '.join(notes)}* {where}\n")
    return "\n".join(kept)
