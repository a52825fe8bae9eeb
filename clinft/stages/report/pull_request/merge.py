"""Risks, and everything that the merge will do: the list that whoever merges consents to."""

from collections.abc import Iterable

from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.pull_request import Created, ProjectReport, PullRequestReport
from clinft.stages.report import costs
from clinft.stages.report.markdown import document, table
from clinft.stages.report.numbers import count
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
        yield from (_training(project, room) for project in trained)
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
    if by_hand:
        yield "The merge itself creates none of this. What is not on this list is not created."
    else:
        yield "Merging is the consent to this list. What is not on this list is not created."


def _training(project: ProjectReport, room: Room) -> str:
    name, estimate = room.code(project.name), project.estimate
    if estimate is None:
        return f"{name}: {UNKNOWN}, no plan was estimated."
    plan, decision = estimate.plan, gate_decision(project)
    bound = UNKNOWN if decision is None else money(decision.cost_bound_usd)
    region = "" if plan.region is None else f", region {room.code(plan.region)}"
    price = f"price: {room.text(estimate.price.source)}, as of {room.text(estimate.price.as_of)}"
    rows = [
        ("provider", f"{room.code(plan.provider)}{region}"),
        ("runner", room.code(project.runner or plan.runner)),
        ("base model", room.code(plan.base_model.ref)),
        ("recipe", _recipe(project, room)),
        (
            "time",
            f"{duration(estimate.minutes)}, at most {duration(estimate.minutes_upper)} "
            f"({room.text(estimate.throughput_basis)})",
        ),
        (
            "money",
            f"{money(estimate.cost_usd)}, at most {money(estimate.cost_usd_upper)}; the gate allows no more "
            f"than {bound} ({price})",
        ),
        *_after(estimate, room),
    ]
    return table(("Training", name), rows)


def _after(estimate: CostEstimate, room: Room) -> Iterable[tuple[str, str]]:
    """Of what follows training only that which costs something, or nobody knows what."""
    for part in estimate.parts:
        if part.what != "training" and part.usd != 0:
            cost = UNKNOWN if part.usd is None else money(part.usd)
            yield part.what, f"{cost} ({room.text(part.formula)})"
    if estimate.parts:
        said = (*costs.basis(estimate), *(room.text(note) for note in estimate.notes))
        yield "total", room.inline((_total(estimate), *said), "; ")


def _total(estimate: CostEstimate) -> str:
    with_hosting = f"with {count(estimate.months, 'month')} of hosting"
    if estimate.total_usd is None or estimate.total_usd_upper is None:
        return f"{UNKNOWN} {with_hosting}: a part of it is unknown"
    return f"{money(estimate.total_usd)}, at most {money(estimate.total_usd_upper)}, {with_hosting}"


def _recipe(project: ProjectReport, room: Room) -> str:
    """What somebody chose; the rest is clinft's default and stands with the hyperparameters below."""
    chosen = [
        f"{room.code(setting.name)} {room.text(setting.value)}"
        for setting in project.recipe
        if setting.name == "method" or (setting.chosen and setting.name != "base_model")
    ]
    return room.inline(chosen) + "; everything else by default" if chosen else UNKNOWN


def _created(made: Created, room: Room) -> tuple[str, str, str, str]:
    return made.kind, room.text(made.where), room.text(made.what), room.text(made.when)
