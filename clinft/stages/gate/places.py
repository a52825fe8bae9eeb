"""Reasons of place: may this provider be used, does its model still live, is the runner known?"""

from collections.abc import Iterable
from datetime import date, timedelta

from clinft.artifacts.decision import Reason
from clinft.spec.eligibility import Eligibility
from clinft.stages.gate.inputs import GateInputs, no, note

# Providers that run on machines of the team: nothing leaves them.
OWN_MACHINES = frozenset({"peft", "fake", "fake_hosted"})
ENDS_SOON = timedelta(days=90)
OWNERS = "Choose one of .github/clinft.yml's {what} or ask its owners to add it."


def place_reasons(inputs: GateInputs) -> Iterable[Reason]:
    training, policy = inputs.spec.training, inputs.policy
    if training.provider not in policy.providers:
        yield no(
            9,
            f"The policy does not list the provider {training.provider}.",
            OWNERS.format(what="providers"),
        )
    elif training.provider not in OWN_MACHINES:
        eligibility = policy.providers[training.provider].eligibility
        yield from _eligibility(training.provider, eligibility, inputs.today, region=training.region)
    if training.runner not in policy.runners:
        yield no(10, f"The policy does not list the runner {training.runner}.", OWNERS.format(what="runners"))
    for name in inputs.spec.notify:
        if name not in policy.sinks:
            yield no(24, f"The policy does not list the sink {name}.", OWNERS.format(what="sinks"))
        else:
            facts = policy.sinks[name].eligibility
            yield from _eligibility(f"sink {name}", facts, inputs.today, everywhere=True)
    yield from _lifecycle(inputs)


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
    life, model = inputs.lifecycle, inputs.spec.training.base_model
    if life is None:
        return
    told = f"({life.source}, read {life.as_of})"
    for ends, what in ((life.training_until, "be trained"), (life.serving_until, "be served")):
        if ends is None:
            continue
        if ends < inputs.today:
            yield no(
                22,
                f"The base model {model} can no longer {what}: {ends} was the last day {told}.",
                "Choose a base model that is still offered, or weights on your own machine.",
            )
        elif ends - inputs.today <= ENDS_SOON:
            yield note(
                23,
                f"The base model {model} can {what} until {ends} only {told}.",
                "Plan its successor before you rely on the result.",
            )
