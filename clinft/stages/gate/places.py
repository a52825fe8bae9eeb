"""Reasons of place: may this provider be used, does its model still live, is the runner known?"""

from collections.abc import Iterable, Iterator
from datetime import date

from clinft.artifacts.decision import Reason
from clinft.spec.eligibility import Eligibility
from clinft.spec.evaluation_models import asked_as
from clinft.spec.policy import LifecyclePolicy, Policy
from clinft.spec.project import ProjectSpec
from clinft.spec.reached import AT_ENDPOINTS, endpoint_of, server_of
from clinft.spec.training import TrainingSpec
from clinft.spec.yaml import Loc
from clinft.stages.gate.inputs import GateInputs, Lifecycle, no, note

# Providers that run on machines of the team: nothing leaves them.
OWN_MACHINES = frozenset({"peft", "fake", "fake_hosted"})
OWNERS = "Choose one of .github/clinft.yml's {what} or ask its owners to add it."


def place_reasons(inputs: GateInputs) -> Iterable[Reason]:
    found = of_spec(inputs.spec, inputs.policy, inputs.today, inputs.lifecycle)
    return (reason for _, reason in found)


def of_spec(
    spec: ProjectSpec, policy: Policy, today: date, life: Lifecycle | None
) -> Iterator[tuple[Loc, Reason]]:
    """Each with the key of the spec that it is about."""
    training = spec.training
    for reason in _provider(policy, training, today):
        yield ("training", "provider"), reason
    if training.provider in policy.providers and training.provider not in OWN_MACHINES:
        for reason in _trained_there(policy, training, today):
            yield ("training", "provider"), reason
    if training.runner not in policy.runners:
        unlisted = f"The policy does not list the runner {training.runner}."
        yield ("training", "runner"), no(10, unlisted, OWNERS.format(what="runners"))
    for index, name in enumerate(spec.notify):
        for reason in _sink(policy, name, today):
            yield ("notify", index), reason
    judge = filter(None, (spec.evaluation.judge,))
    for name in dict.fromkeys((*spec.evaluation.also, *judge)):
        listed = name in spec.evaluation.also
        loc = ("evaluation", "also", spec.evaluation.also.index(name)) if listed else ("evaluation", "judge")
        for reason in evaluation_model_reasons(policy, training, name, today):
            yield loc, reason
    for reason in _lifecycle(training.base_model, policy.lifecycle, life, today):
        yield ("training", "base_model"), reason


def _sink(policy: Policy, name: str, today: date) -> Iterable[Reason]:
    if name not in policy.sinks:
        yield no(24, f"The policy does not list the sink {name}.", OWNERS.format(what="sinks"))
    else:
        yield from _eligibility(f"sink {name}", policy.sinks[name].eligibility, today, everywhere=True)


def evaluation_model_reasons(
    policy: Policy, training: TrainingSpec, name: str, today: date
) -> Iterable[Reason]:
    """What forbids to ask a model that evaluation.also or evaluation.judge names."""
    model = policy.evaluation_models.get(name)
    if model is None:
        yield no(
            75,
            f"The policy does not list the evaluation model {name}.",
            OWNERS.format(what="evaluation_models"),
        )
    else:
        yield from _provider(policy, asked_as(training, model), today)


def may_be_asked(
    policy: Policy, training: TrainingSpec, today: date, lifecycle: Lifecycle | None = None
) -> list[Reason]:
    """What forbids to send questions to the provider's models today; that none is trained is no matter."""
    ended = () if lifecycle is None else _ended(training.base_model, "be served", lifecycle, today)
    return [*_provider(policy, training, today), *ended]


def _provider(policy: Policy, training: TrainingSpec, today: date) -> Iterable[Reason]:
    """Whether data may go to the provider at all, and to where it is reached."""
    if training.provider not in policy.providers:
        yield no(
            9,
            f"The policy does not list the provider {training.provider}.",
            OWNERS.format(what="providers"),
        )
        return
    if training.provider in OWN_MACHINES:
        return
    place = endpoint_of(policy, training)
    at_endpoint = training.provider in AT_ENDPOINTS or place is not None
    nowhere = at_endpoint and place is None
    # A spec's author does not vouch for where an endpoint is: its entry in the policy says it, or nobody.
    region = training.region if place is None else place.region
    facts = policy.providers[training.provider].eligibility
    yield from _eligibility(
        training.provider, facts, today, region=region, everywhere=nowhere, at_endpoint=at_endpoint
    )
    if nowhere:
        yield no(
            67,
            f"The policy has no endpoint for {training.provider} that this spec could use.",
            "Name one of .github/clinft.yml's endpoints in training.endpoint, or ask its owners to add it.",
        )
    if place is not None:
        yield from _eligibility(
            "the endpoint", place.eligibility, today, region=place.region, at_endpoint=True
        )


def _trained_there(policy: Policy, training: TrainingSpec, today: date) -> Iterable[Reason]:
    """What speaks against training at the very endpoint or server, where the provider may be used."""
    endpoint, server = endpoint_of(policy, training), server_of(policy, training)
    if training.provider == "mcp" and server is None:
        yield no(
            67,
            f"The policy does not list the MCP server {training.server or 'that the spec should name'}.",
            OWNERS.format(what="mcp_servers"),
        )
    if training.provider in ("mcp", "manual") and endpoint is None:
        yield no(
            67,
            f"The policy has no endpoint for {training.provider}, where the trained model could be asked.",
            "Ask its owners to list one; where it is the only one the spec stays as it is.",
        )
    if endpoint is not None:
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
        if training.provider == "azure_openai" and (
            endpoint.azure is None or endpoint.azure.deployer is None
        ):
            yield no(
                72,
                "The trained model could never be asked: on Azure it must be deployed, and nobody may.",
                "Have azure.deployer set at the endpoint in .github/clinft.yml.",
            )
    if server is not None:
        yield from _eligibility(
            f"the MCP server {training.server}", server.eligibility, today, everywhere=True
        )


def _eligibility(
    what: str,
    facts: Eligibility | None,
    today: date,
    *,
    region: str | None = None,
    everywhere: bool = False,
    at_endpoint: bool = False,
) -> Iterable[Reason]:
    """`everywhere`: no region can be compared here. `at_endpoint`: the endpoint's entry says the region."""
    way_out = "The owners of .github/clinft.yml renew the facts after the privacy office has agreed."
    if facts is None:
        yield no(21, f"The policy lists {what} without the facts that make it eligible.", way_out)
    elif date.fromisoformat(facts.review_by) < today:
        yield no(21, f"The facts about {what} were to be reviewed by {facts.review_by}.", way_out)
    elif facts.regions and not everywhere and region not in facts.regions:
        where = "without a region" if region is None else f"in the region {region}"
        if at_endpoint and region is None:
            where = "at an endpoint whose region the policy does not say"
        choose = (
            "Have the endpoint's region written at it in .github/clinft.yml."
            if at_endpoint and region is None
            else "Name an endpoint whose region the facts list."
            if at_endpoint
            else "Choose a region that the policy lists."
        )
        yield no(21, f"{what} may not be used {where}.", choose)


def _lifecycle(model: str, policy: LifecyclePolicy, life: Lifecycle | None, today: date) -> Iterable[Reason]:
    if life is None:
        return
    for ends, what in ((life.training_until, "be trained"), (life.serving_until, "be served")):
        if ends is None:
            continue
        left = (ends - today).days
        if left < 0:
            yield from _ended(model, what, life, today)
        elif what == "be served" and left < policy.min_served_days:
            yield no(
                69,
                f"The base model {model} can be served for {left} more days; the policy asks for "
                f"{policy.min_served_days} {_told(life)}.",
                "Choose a base model that lives longer, or weights on your own machine.",
            )
        elif left <= policy.warn_days:
            yield note(
                23,
                f"The base model {model} can {what} until {ends} only, {left} more days {_told(life)}.",
                "Plan its successor before you rely on the result.",
            )


def _ended(model: str, what: str, life: Lifecycle, today: date) -> Iterable[Reason]:
    ends = life.serving_until if what == "be served" else life.training_until
    if ends is not None and ends < today:
        yield no(
            22,
            f"The base model {model} can no longer {what}: {ends} was the last day {_told(life)}.",
            "Choose a base model that is still offered, or weights on your own machine.",
        )


def _told(life: Lifecycle) -> str:
    return f"({life.source}, read {life.as_of})"
