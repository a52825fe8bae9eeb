"""Risks, and everything that the merge will do: the list that whoever merges consents to."""

from collections.abc import Iterable

from clinft.artifacts.pull_request import Created, ProjectReport, PullRequestReport
from clinft.stages.report.markdown import document
from clinft.stages.report.pull_request.project import shown
from clinft.stages.report.pull_request.reasons import TRAINED, gate_decision, order
from clinft.stages.report.pull_request.room import UNKNOWN, Room, Section, duration, money


def sections(report: PullRequestReport, room: Room) -> Iterable[Section]:
    several = len(report.projects) > 1
    risks = [
        f"{room.code(project.name)}: {room.text(risk)}" if several else room.text(risk)
        for project in sorted(report.projects, key=order)
        for risk in project.risks
    ]
    if risks:
        yield Section(document(("### Risks", room.listing(risks))))
    yield Section(document(("### What the merge will do", *_merge(report, room))))


def _merge(report: PullRequestReport, room: Room) -> Iterable[str]:
    trained = [project for project in shown(report, room) if project.what in TRAINED]
    by_hand = report.changes.from_fork or not report.trains_on_merge
    if trained and by_hand:
        yield "The merge itself trains nothing. What training by hand would use:"
    if trained:
        yield room.listing([_training(project, room) for project in trained])
    created = [(project, made) for project in report.projects for made in project.creates]
    if not created:
        yield "The list of what the merge creates is empty. What is not on this list is not created."
        return
    several = len(report.projects) > 1
    headings = ("Kind", "Where", "What", "When")
    yield room.grid(
        ("Project", *headings) if several else headings,
        [
            (room.code(project.name), *_created(made, room)) if several else _created(made, room)
            for project, made in created
        ],
    )
    yield "Merging is the consent to this list. What is not on this list is not created."


def _training(project: ProjectReport, room: Room) -> str:
    name, estimate = room.code(project.name), project.estimate
    if estimate is None:
        return f"{name}: {UNKNOWN}, no plan was estimated."
    plan = estimate.plan
    recipe = room.inline(
        [f"{room.code(setting.name)} {room.text(setting.value)}" for setting in project.recipe]
    )
    decision = gate_decision(project)
    bound = UNKNOWN if decision is None else money(decision.cost_bound_usd)
    where = room.code(project.runner or plan.runner)
    region = "" if plan.region is None else f" in region {room.code(plan.region)}"
    return (
        f"{name}: provider {room.code(plan.provider)}{region}, runner {where}, "
        f"base model {room.code(plan.base_model.ref)}. "
        f"Recipe: {recipe or UNKNOWN}. "
        f"Time: {duration(estimate.minutes)}, at most {duration(estimate.minutes_upper)} "
        f"({room.text(estimate.throughput_basis)}). "
        f"Money: {money(estimate.cost_usd)}, at most {money(estimate.cost_usd_upper)}; "
        f"the gate allows no more than {bound} "
        f"(price: {room.text(estimate.price.source)}, as of {room.text(estimate.price.as_of)})."
    )


def _created(made: Created, room: Room) -> tuple[str, str, str, str]:
    return made.kind, room.text(made.where), room.text(made.what), room.text(made.when)
