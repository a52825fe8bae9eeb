"""What the policy and the specs say that cannot work, or will soon stop to."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from clinft.artifacts.doctor import Finding
from clinft.spec.eligibility import Eligibility
from clinft.spec.policy import PRIVACY, Policy
from clinft.spec.project import ProjectSpec
from clinft.spec.reached import ELSEWHERE
from clinft.stages.doctor.findings import POLICY_FILE, bad, listed, note

SOON = timedelta(days=30)
RENEW = f"The owners of {POLICY_FILE} renew the facts after the privacy office has agreed."


def policy_findings(policy: Policy, specs: Sequence[ProjectSpec], today: date) -> Iterator[Finding]:
    yield from _waivers(policy, specs, today)
    for what, facts in _places(policy):
        yield from _reviewed(what, facts, today)
    for provider in ELSEWHERE:
        if provider in policy.providers and policy.providers[provider].eligibility is None:
            yield bad(
                "policy",
                f"The provider {provider} has no facts that make it eligible: the gate refuses it.",
                f"Add its eligibility to {POLICY_FILE}, or take it off the list.",
                by="clinft",
            )
    yield from _unused(policy, specs)


def _waivers(policy: Policy, specs: Sequence[ProjectSpec], today: date) -> Iterator[Finding]:
    names = {spec.name for spec in specs}
    for waiver in policy.waivers:
        told = f"The waiver of finding {waiver.finding} in {waiver.project}"
        ends = date.fromisoformat(waiver.expires)
        holders = {person.lower() for person in policy.role_of(PRIVACY, waiver.project).people}
        if ends < today:
            yield note(
                "policy",
                f"{told} expired on {waiver.expires}: the finding blocks again.",
                f"Look at the finding again; renew the waiver in {POLICY_FILE}, or remove it.",
                by="clinft",
            )
        elif ends - today <= SOON:
            yield note(
                "policy",
                f"{told} ends on {waiver.expires}.",
                "Correct the data, or renew it in time.",
                by="clinft",
            )
        if waiver.owner.lower() not in holders:
            yield note(
                "policy",
                f"{told} does not count: {waiver.owner} does not hold the role {PRIVACY}.",
                "A person of that role takes it over, or it goes.",
                by="clinft",
            )
        if waiver.project not in names:
            yield note("policy", f"{told} belongs to no project here.", "Remove it.", by="clinft")


def _places(policy: Policy) -> Iterator[tuple[str, Eligibility]]:
    for provider, listed_provider in policy.providers.items():
        if listed_provider.eligibility is not None:
            yield f"the provider {provider}", listed_provider.eligibility
    for name, endpoint in policy.endpoints.items():
        yield f"the endpoint {name}", endpoint.eligibility
    for name, server in policy.mcp_servers.items():
        yield f"the MCP server {name}", server.eligibility
    for name, sink in policy.sinks.items():
        yield f"the sink {name}", sink.eligibility


def _reviewed(what: str, facts: Eligibility, today: date) -> Iterator[Finding]:
    until = date.fromisoformat(facts.review_by)
    if until < today:
        what = f"The facts about {what} were to be reviewed by {facts.review_by}: the gate refuses it."
        yield bad("policy", what, f"{facts.owner}: {RENEW}", by="clinft")
    elif until - today <= SOON:
        what = f"The facts about {what} are to be reviewed by {facts.review_by}."
        yield note("policy", what, f"{facts.owner}: {RENEW}", by="clinft")


def _unused(policy: Policy, specs: Sequence[ProjectSpec]) -> Iterator[Finding]:
    """What nobody uses is still allowed."""
    used = {spec.training.provider for spec in specs}
    providers = [provider for provider in policy.providers if provider not in used]
    told = {sink for spec in specs for sink in spec.notify}
    sinks = [name for name in policy.sinks if name not in told and name not in policy.consents.before_merge]
    for kind, names in (("providers", providers), ("sinks", sinks)):
        if names:
            yield note(
                "policy",
                f"No spec uses these {kind}: {listed(names)}.",
                f"Take them out of {POLICY_FILE} until one does: each is a place that data may go to.",
                by="clinft",
            )


def project_findings(
    policy: Policy, specs: Sequence[ProjectSpec], broken: Sequence[str]
) -> Iterator[Finding]:
    """`broken`: folders whose spec or prompt does not validate."""
    if broken:
        yield bad(
            "projects",
            f"These projects do not validate: {listed(broken)}.",
            "Call clinft validate projects/*/ and correct what it says.",
            by="clinft",
        )
    for spec in specs:
        for what, name in _unknown(policy, spec):
            yield bad(
                "projects",
                f"{spec.name} names the {what} {name}, which the policy does not list: the gate refuses it.",
                f"Choose a listed one in projects/{spec.name}/project.yaml, or add it to {POLICY_FILE}.",
                by="clinft",
            )
        most = policy.per_run_usd(spec.name)
        if spec.budget.max_usd > most:
            yield note(
                "projects",
                f"{spec.name} has a budget of {spec.budget.max_usd} USD; the policy allows {most} USD "
                "per run, and the lower bound counts.",
                f"Lower budget.max_usd, or ask the owners of {POLICY_FILE}.",
                by="clinft",
            )


def _unknown(policy: Policy, spec: ProjectSpec) -> Iterator[tuple[str, str]]:
    if spec.training.provider not in policy.providers:
        yield "provider", spec.training.provider
    if spec.training.runner not in policy.runners:
        yield "runner", spec.training.runner
    for name in spec.notify:
        if name not in policy.sinks:
            yield "sink", name
