"""What stands against the pull request: reasons, notes, and what could not be checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from clinft.artifacts.decision import GateDecision, Reason
from clinft.artifacts.pull_request import ProjectReport, PullRequestReport
from clinft.stages.report.markdown import document
from clinft.stages.report.numbers import count
from clinft.stages.report.pull_request.room import Room, Section

TRAINED = ("new", "plan changed")
FINISHED = ("success", "skipped")
REFUSED, WAITING, READY = range(3)


@dataclass(frozen=True)
class Stated:
    """A reason and the project it stands against; None: the pull request as a whole."""

    project: str | None
    reason: Reason

    def where(self, room: Room) -> str:
        return "the pull request" if self.project is None else room.code(self.project)


def stated(report: PullRequestReport) -> tuple[Stated, ...]:
    return (
        *(Stated(None, reason) for reason in report.reasons),
        *(
            Stated(project.name, reason)
            for project in report.projects
            if project.decision is not None
            for reason in project.decision.reasons
        ),
    )


def gate_decision(project: ProjectReport) -> GateDecision | None:
    """That on training; a deployment is decided without a plan, a cost or an audit of its own."""
    return project.decision if isinstance(project.decision, GateDecision) else None


def refusing(report: PullRequestReport) -> list[Stated]:
    return [found for found in stated(report) if found.reason.blocks and not found.reason.pending]


def pending(report: PullRequestReport) -> list[Stated]:
    return [found for found in stated(report) if found.reason.blocks and found.reason.pending]


def verdict(report: PullRequestReport) -> Literal["refused", "approvals missing", "ready"]:
    """Never better than the report's own: what could not be checked is not ready."""
    failed = any(need.result not in FINISHED for need in report.needs)
    refused = any(order(project) == REFUSED for project in report.projects)
    return "refused" if failed or refused else report.verdict


def order(project: ProjectReport) -> int:
    """Projects that are refused, or not understood, come first, then those that wait for people."""
    if project.problems or project.what == "invalid":
        return REFUSED
    if project.decision is None:
        return REFUSED if project.what in TRAINED else READY
    if project.decision.refused:
        return REFUSED
    return READY if project.decision.allowed else WAITING


def unchecked(report: PullRequestReport, room: Room) -> Iterable[str]:
    """What to do where something is missing, in a report whose reasons do not say so."""
    if refusing(report):
        return
    for need in report.needs:
        if need.result not in FINISHED:
            yield (
                f"The job {room.code(need.name)} ended with {room.code(need.result)}: "
                "read its log, correct the cause and run it again."
            )
    for project in report.projects:
        name = room.code(project.name)
        if project.problems:
            yield f"Correct {count(len(project.problems), 'problem')} in the files of {name}, listed below."
        elif project.what == "invalid" or (project.decision is None and project.what in TRAINED):
            yield f"The gate decided nothing about {name}: read the logs of the jobs and run them again."


def sections(report: PullRequestReport, room: Room) -> Iterable[Section]:
    blocking, waiting = refusing(report), pending(report)
    if blocking:
        yield Section(document(("### Reasons that block", _reasons(blocking, room))))
    if waiting:
        yield Section(document(("### Approvals that are missing", _reasons(waiting, room))))
    notes = [found for found in stated(report) if not found.reason.blocks]
    if notes:
        intro = "These do not stand in the way."
        yield Section(document(("### Notes", intro, _reasons(notes, room))), "notes")


def _reasons(found: list[Stated], room: Room) -> str:
    return room.listing(
        [
            f"**{each.reason.code}**, {each.where(room)}: {room.text(each.reason.message)} "
            f"**Way out:** {room.text(each.reason.way_out)}"
            for each in found
        ]
    )
