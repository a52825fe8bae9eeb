"""Which sinks may hear of a project: those that its merged spec names and the policy of main lists."""

from collections.abc import Iterator
from datetime import date

from clinft.spec.eligibility import Eligibility
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.spec.reached import ELSEWHERE, endpoint_of, server_of
from clinft.spec.sinks import Sink


def is_current(facts: Eligibility, today: date) -> bool:
    return date.fromisoformat(facts.review_by) >= today


def allowed(policy: Policy, today: date) -> dict[str, Sink]:
    """Sinks of the policy whose facts are not out of date."""
    return {name: sink for name, sink in policy.sinks.items() if is_current(sink.eligibility, today)}


def agreed(spec: ProjectSpec, policy: Policy, today: date) -> frozenset[str]:
    """`spec`: as merged, never that of a pull request."""
    return frozenset(allowed(policy, today)) & frozenset(spec.notify)


def agreed_before_merge(policy: Policy, today: date) -> tuple[str, ...]:
    """The policy alone decides: no spec of a pull request is asked. Messages only, so nothing but Slack."""
    current = allowed(policy, today)
    early = (name for name in policy.consents.before_merge if name in current)
    return tuple(dict.fromkeys(name for name in early if current[name].kind == "slack"))


def out_of_date(spec: ProjectSpec, policy: Policy, today: date) -> tuple[tuple[str, str], ...]:
    """What the project uses whose facts were to be reviewed before today, and when."""
    facts = (each for each in _used(spec, policy) if not is_current(each[1], today))
    return tuple((what, eligibility.review_by) for what, eligibility in facts)


def _used(spec: ProjectSpec, policy: Policy) -> Iterator[tuple[str, Eligibility]]:
    training = spec.training
    if training.provider in ELSEWHERE:
        listed = policy.providers.get(training.provider)
        if listed is not None and listed.eligibility is not None:
            yield f"the provider {training.provider}", listed.eligibility
        endpoint, server = endpoint_of(policy, training), server_of(policy, training)
        if endpoint is not None:
            yield "its endpoint", endpoint.eligibility
        if server is not None:
            yield "its MCP server", server.eligibility
    for name in spec.notify:
        if name in policy.sinks:
            yield f"the sink {name}", policy.sinks[name].eligibility
