"""Reasons of place: may this provider be used, does its model still live, is the runner known?"""

from collections.abc import Iterable
from datetime import date

from clinft.artifacts.decision import Reason
from clinft.spec.eligibility import Eligibility
from clinft.spec.reached import AT_ENDPOINTS, endpoint_of, server_of
from clinft.stages.gate.inputs import GateInputs, no, note

# Providers that run on machines of the team: nothing leaves them.
OWN_MACHINES = frozenset({"peft", "fake", "fake_hosted"})
OWNERS = "Choose one of .github/clinft.yml's {what} or ask its owners to add it."


def place_reasons(inputs: GateInputs) -> Iterable[Reason]:
    training, policy = inputs.spec.training, inputs.policy
    place = endpoint_of(policy, training)
    if training.provider not in policy.providers:
        yield no(
            9,
            f"The policy does not list the provider {training.provider}.",
            OWNERS.format(what="providers"),
        )
    elif training.provider not in OWN_MACHINES:
        eligibility = policy.providers[training.provider].eligibility
        region = training.region if place is None else place.region or training.region
        yield from _eligibility(training.provider, eligibility, inputs.today, region=region)
        yield from _place(inputs, region)
    if training.runner not in policy.runners:
        yield no(10, f"The policy does not list the runner {training.runner}.", OWNERS.format(what="runners"))
    for name in inputs.spec.notify:
        if name not in policy.sinks:
            yield no(24, f"The policy does not list the sink {name}.", OWNERS.format(what="sinks"))
        else:
            facts = policy.sinks[name].eligibility
            yield from _eligibility(f"sink {name}", facts, inputs.today, everywhere=True)
    yield from _lifecycle(inputs)


def _place(inputs: GateInputs, region: str | None) -> Iterable[Reason]:
    """Where exactly it is reached, and by which facts of its own."""
    training, policy, today = inputs.spec.training, inputs.policy, inputs.today
    endpoint, server = endpoint_of(policy, training), server_of(policy, training)
    if training.provider in AT_ENDPOINTS and endpoint is None:
        yield no(
            67,
            f"The policy has no endpoint for {training.provider} that this spec could use.",
            "Name one of .github/clinft.yml's endpoints in training.endpoint, or ask its owners to add it.",
        )
    if training.provider == "mcp" and server is None:
        yield no(
            67,
            f"The policy does not list the MCP server {training.server or 'that the spec should name'}.",
            OWNERS.format(what="mcp_servers"),
        )
    if endpoint is not None:
        yield from _eligibility("the endpoint", endpoint.eligibility, today, region=region)
        wanted = training.training_type or "standard"
        if training.provider == "azure_openai" and wanted not in endpoint.training_types:
            yield no(
                68,
                f"The policy does not allow the training type {wanted} at this endpoint.",
                f"Choose one of: {', '.join(endpoint.training_types)}; global and developer let the data "
                "leave the region.",
            )
        if training.region is not None and endpoint.region not in (None, training.region):
            yield no(
                67,
                f"The spec's region {training.region} is not that of the endpoint, {endpoint.region}.",
                "Choose the endpoint of that region, or leave training.region out.",
            )
    if server is not None:
        yield from _eligibility(
            f"the MCP server {training.server}", server.eligibility, today, everywhere=True
        )


def _eligibility(
    what: str, facts: Eligibility | None, today: date, *, region: str | None = None, everywhere: bool = False
) -> Iterable[Reason]:
    """`everywhere`: the spec cannot choose where this processes data."""
    way_out = "The owners of .github/clinft.yml renew the facts after the privacy office has agreed."
    if facts is None:
        yield no(21, f"The policy lists {what} without the facts that make it eligible.", way_out)
    elif date.fromisoformat(facts.review_by) < today:
        yield no(21, f"The facts about {what} were to be reviewed by {facts.review_by}.", way_out)
    elif facts.regions and not everywhere and region not in facts.regions:
        where = "without a region" if region is None else f"in the region {region}"
        yield no(21, f"{what} may not be used {where}.", "Choose a region that the policy lists.")


def _lifecycle(inputs: GateInputs) -> Iterable[Reason]:
    life, model, policy = inputs.lifecycle, inputs.spec.training.base_model, inputs.policy.lifecycle
    if life is None:
        return
    told = f"({life.source}, read {life.as_of})"
    for ends, what in ((life.training_until, "be trained"), (life.serving_until, "be served")):
        if ends is None:
            continue
        left = (ends - inputs.today).days
        if left < 0:
            yield no(
                22,
                f"The base model {model} can no longer {what}: {ends} was the last day {told}.",
                "Choose a base model that is still offered, or weights on your own machine.",
            )
        elif what == "be served" and left < policy.min_served_days:
            yield no(
                69,
                f"The base model {model} can be served for {left} more days; the policy asks for "
                f"{policy.min_served_days} {told}.",
                "Choose a base model that lives longer, or weights on your own machine.",
            )
        elif left <= policy.warn_days:
            yield note(
                23,
                f"The base model {model} can {what} until {ends} only, {left} more days {told}.",
                "Plan its successor before you rely on the result.",
            )
