"""Reasons of money and time: every bound holds by itself. A time nobody measured is told as a risk."""

from collections.abc import Iterable
from decimal import Decimal

from clinft.artifacts.decision import Reason
from clinft.artifacts.planning import CostEstimate
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.stages.gate.inputs import GateInputs, no

HOSTED_BY_THE_HOUR = frozenset({"azure_openai"})


def money_reasons(inputs: GateInputs) -> Iterable[Reason]:
    if inputs.estimate.plan_digest != inputs.plan_digest:
        yield no(5, "The cost estimate belongs to another plan.", "Run `clinft estimate` again.")
    yield from _hosting(inputs)
    yield from bounds(
        inputs.estimate, inputs.spec, inputs.policy, inputs.spent_this_month_usd, inputs.previous_usd
    )
    upper, shown = inputs.estimate.cost_usd_upper, inputs.shown_usd
    if shown is not None and upper > shown:
        yield no(
            26,
            f"The upper estimate is now {upper} USD; the pull request showed at most {shown} USD.",
            "Raise `revision` in project.yaml by one in a new pull request; the new price is approved there.",
        )


def _hosting(inputs: GateInputs) -> Iterable[Reason]:
    """Before the training is paid: a model that may not be hosted is of no use."""
    if inputs.spec.training.provider not in HOSTED_BY_THE_HOUR:
        return
    fee, most = inputs.estimate.hosting_usd_month, inputs.policy.budgets.hosting_per_month_usd
    if fee is None:
        yield no(
            71,
            "What hosting the trained model costs is not known, and unknown is not free.",
            "Have price.hosting_usd_per_hour set at the endpoint, or add a row to tables/prices.yaml.",
        )
    elif fee > most:
        yield no(
            70,
            f"Hosting the trained model costs {fee} USD a month, asked or not; the policy allows {most} USD.",
            "Train an open-weight model, or ask the owners of .github/clinft.yml to raise "
            "budgets.hosting_per_month_usd.",
        )


def bounds(
    estimate: CostEstimate,
    spec: ProjectSpec,
    policy: Policy,
    spent_this_month: Decimal,
    previous: Decimal | None,
) -> Iterable[Reason]:
    """What spec and policy say about the upper estimate. `previous`: that of the plan on the base."""
    upper, per_run = estimate.cost_usd_upper, policy.per_run_usd(spec.name)
    if upper > spec.budget.max_usd:
        yield no(
            6,
            f"The upper estimate of {upper} USD is above the spec's budget of {spec.budget.max_usd} USD.",
            "Train on less, choose a cheaper model, or raise budget.max_usd for approval.",
        )
    if upper > per_run:
        yield no(
            7,
            f"The upper estimate of {upper} USD is above the policy's {per_run} USD per run.",
            "Ask the owners of .github/clinft.yml to raise budgets.per_run_usd.",
        )
    if estimate.minutes_upper is not None and estimate.minutes_upper > spec.budget.max_hours * 60:
        yield no(
            8,
            f"The upper estimate of {estimate.minutes_upper:.0f} minutes is above budget.max_hours.",
            "Train fewer steps or raise budget.max_hours for approval.",
        )
    month = policy.budgets.per_month_usd
    if spent_this_month + upper > month:
        yield no(
            18,
            f"This month's runs cost at most {spent_this_month} USD so far; with {upper} USD more they "
            f"would pass the policy's {month} USD per month.",
            "Wait for next month, or ask the owners of .github/clinft.yml to raise budgets.per_month_usd.",
        )
    limit = policy.budgets.max_increase_percent
    # From zero every increase is infinite; the absolute bounds above judge it.
    if limit is not None and previous and upper > previous * (100 + limit) / 100:
        yield no(
            19,
            f"The upper estimate rises from {previous} to {upper} USD, more than the policy's {limit} %.",
            "Train on less, or ask the owners of .github/clinft.yml to raise budgets.max_increase_percent.",
        )
