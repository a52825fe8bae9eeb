"""What training will cost, and that it has begun, goes on or has ended."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from clinft.artifacts.decision import GateDecision
from clinft.artifacts.planning import CostEstimate
from clinft.artifacts.run_state import DISPOSALS
from clinft.ports.sinks import Milestone, Threshold, Tone
from clinft.stages.report import numbers
from clinft.stages.report.milestones.form import About, must, standing, worst
from clinft.stages.report.numbers import usd

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SAID: dict[str, tuple[str, Tone]] = {
    "queued": ("job initiated", "neutral"),
    "running": ("job running", "neutral"),
    "paused": ("job paused, it goes on from its checkpoint", "neutral"),
    "trained": ("model trained, its evaluation is under way", "neutral"),
    "succeeded": ("job ended well", "good"),
    "failed": ("job failed", "bad"),
    "cancelled": ("job cancelled", "warning"),
    "deployed": ("deployed", "good"),
    "rolled_back": ("taken back from use", "warning"),
}


def cost(about: About, estimate: CostEstimate, bound_usd: Decimal | None) -> Milestone:
    """`bound_usd`: the lowest of all budgets; None: not known here."""
    upper = f"training and evaluation: at most {usd(estimate.cost_usd_upper)}"
    thresholds = [
        Threshold(f"{upper}; the budget was not read", "missing")
        if bound_usd is None
        else must(f"{upper}; the budget is {usd(bound_usd)}", estimate.cost_usd_upper <= bound_usd)
    ]
    unknown = len(estimate.unknown)
    if unknown:
        thresholds.append(Threshold(f"parts without a price or an answer: {unknown}", "missing"))
    return about.says(
        "cost",
        "cost",
        worst(thresholds),
        f"cost estimate {usd(estimate.cost_usd)}, at most {usd(estimate.cost_usd_upper)}",
        _costs(estimate),
        thresholds,
    )


def _costs(estimate: CostEstimate) -> Iterator[str]:
    yield f"provider {estimate.plan.provider}: {estimate.billed_tokens:,} tokens of training are billed"
    if estimate.minutes is not None:
        yield f"about {numbers.count(round(estimate.minutes), 'minute')} of training"
    if estimate.hosting_usd_month is not None:
        yield f"hosting: {usd(estimate.hosting_usd_month)} a month"
    if DAY.fullmatch(estimate.price.as_of):
        yield f"prices as of {estimate.price.as_of}"


def job(
    about: About,
    provider: str,
    runner: str,
    history: Sequence[tuple[str, str]],
    permitted: Sequence[Threshold] = (),
) -> Milestone:
    """`history`: status and time of all that was said of the attempt, not empty.

    `permitted`: what the gate asked for before it could begin.
    """
    told = [entry for entry in history if entry[0] not in DISPOSALS] or list(history)
    status, at = told[-1]
    title, tone = SAID.get(status, (f"now {status}", "neutral"))
    return about.says(
        "job",
        f"job/{about.run_id}",
        tone,
        f"{title} ({about.run_id})",
        (
            f"provider {provider}, runner {runner}",
            f"begun {history[0][1]}",
            f"{status} since {at}" if len(told) > 1 else "",
            f"the gate: {standing(permitted)}" if permitted else "",
        ),
        permitted,
    )


def permitted(decision: GateDecision) -> tuple[Threshold, ...]:
    return tuple(_asked(decision))


def _asked(decision: GateDecision) -> Iterator[Threshold]:
    given = {each.role for each in decision.approvals if each.plan_digest == decision.plan_digest}
    for role in decision.required_roles if decision.mode != "local" else ():
        yield must(f"approval by the role {role}", role in given)
    if decision.mode == "local":
        yield must("one person's word on a machine, no reviews of a pull request", decision.allowed)
    yield must(f"may cost at most {usd(decision.cost_bound_usd)}", decision.allowed)
