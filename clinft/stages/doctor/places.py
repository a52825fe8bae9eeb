"""Environments, secrets, variables and labels. Names only: no value is kept."""

import re
from collections.abc import Iterator

from clinft.artifacts.doctor import Finding
from clinft.artifacts.environments import ENVIRONMENTS as WANTED
from clinft.artifacts.environments import KEYS, PROVIDERS, SINK_KEYS, SINKS
from clinft.artifacts.labels import LABELS
from clinft.ports.settings import EnvironmentFacts, Settings, Told, Unknown
from clinft.spec.policy import Policy
from clinft.stages.doctor.findings import bad, listed, note, ok, unseen

ENVIRONMENTS = "Settings → Environments"
SECRETS = "Settings → Secrets and variables → Actions"
ORGANIZATION = "Organization settings → Secrets and variables → Actions"
ISSUE_LABELS = "Issues → Labels"
SECRETISH = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)


def environment_findings(settings: Settings) -> Iterator[Finding]:
    branch, told = settings.repository.default_branch, settings.environments
    for name in WANTED:
        rule = f"environment {name} serves {branch} only"
        if isinstance(told, Unknown):
            yield unseen("environments", f"whether the {rule}", told, ENVIRONMENTS, rule)
            continue
        found = next((one for one in told if one.name.lower() == name), None)
        if found is None:
            yield bad(
                "environments",
                f"There is no environment {name}: the first job that names it makes one for every branch.",
                f"clinft doctor --fix, or {by_hand_environment(name, branch)}",
                rule,
                fixable=True,
            )
            continue
        yield _limited(found, branch, rule)
        if found.reviewed:
            yield note(
                "environments",
                f"Jobs of the environment {name} wait for a reviewer, 30 days at most; one suffices.",
                by="github",
            )


def by_hand_environment(name: str, branch: str) -> str:
    return (
        f"{ENVIRONMENTS} → New environment “{name}” → Deployment branches and tags → "
        f"Selected branches and tags → Add rule “{branch}”."
    )


def _limited(found: EnvironmentFacts, branch: str, rule: str) -> Finding:
    step = f"{ENVIRONMENTS} → {found.name} → Deployment branches and tags: selected, {branch} alone."
    if isinstance(found.branches, Unknown):
        return unseen(
            "environments", f"which branches {found.name} serves", found.branches, ENVIRONMENTS, rule
        )
    if found.only(branch):
        return ok("environments", f"The environment {found.name} serves {branch} only.", rule)
    if found.open_to == "any branch":
        return bad("environments", f"Any branch may use the environment {found.name}.", step, rule)
    if found.open_to == "protected branches":
        # docs.github.com, "Managing environments": without any branch protection rule all branches may;
        # rulesets are none.
        what = (
            f"Every branch that has a protection rule may use {found.name}; where no branch has one, all may."
        )
        return bad("environments", what, step, rule)
    if not found.branches:
        what = f"No branch may use the environment {found.name}, so its jobs cannot start."
        return bad("environments", what, f"clinft doctor --fix, or {step}", rule, fixable=True)
    names = [f"{one.name} ({one.kind})" for one in found.branches]
    return bad("environments", f"The environment {found.name} serves {listed(names)}.", step, rule)


def secret_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    yield _everywhere(
        settings.repository_secrets,
        "no secret lies at repository level",
        "At repository level, where a workflow edited in any branch reads them, lie",
        f"{SECRETS}: move each into the environment whose jobs need it, then delete it there and renew it.",
        SECRETS,
    )
    yield _everywhere(
        settings.organization_secrets,
        "no secret of an organization is open to this repository",
        "An organization opens to this repository",
        f"{ORGANIZATION}: take this repository off each secret's list.",
        ORGANIZATION,
    )
    if not isinstance(settings.environments, Unknown):
        for environment in settings.environments:
            yield from _inside(environment, settings.repository.default_branch, WANTED)
            yield from _keys(environment, policy)


def _everywhere(told: Told[tuple[str, ...]], rule: str, what: str, step: str, where: str) -> Finding:
    if isinstance(told, Unknown):
        return unseen("secrets", f"whether {rule}", told, where, rule)
    if told:
        return bad("secrets", f"{what}: {listed(told)}.", step, rule)
    return ok("secrets", f"{rule[0].upper()}{rule[1:]}.", rule)


def _inside(environment: EnvironmentFacts, branch: str, ours: tuple[str, ...]) -> Iterator[Finding]:
    name, told = environment.name, environment.secrets
    only = environment.only(branch)
    if isinstance(told, Unknown):
        yield unseen("secrets", f"which secrets the environment {name} holds", told, ENVIRONMENTS)
    elif told and only is False:
        yield bad(
            "secrets",
            f"Not {branch} alone may use the environment {name}, which holds {listed(told)}.",
            f"{ENVIRONMENTS} → {name}: limit it to {branch}, or delete its secrets.",
            f"the secrets of {name} are for {branch} only",
        )
    elif told and only is None:
        yield note(
            "secrets", f"The environment {name} holds {listed(told)}.", "See which branches it serves."
        )
    elif told:
        yield ok("secrets", f"The environment {name} holds {listed(told)}.")
    elif name.lower() in ours:
        yield ok("secrets", f"The environment {name} holds no secret.")


def _keys(environment: EnvironmentFacts, policy: Policy) -> Iterator[Finding]:
    """Whoever is asked or told with a key needs a line in the one secret of the environment of its job."""
    place = environment.name.lower()
    secret, wanted, cannot = {
        PROVIDERS: (KEYS, _asked_with_a_key(policy), "be asked"),
        SINKS: (SINK_KEYS, _told_with_a_key(policy), "be told"),
    }.get(place, ("", [], ""))
    if not wanted or isinstance(environment.secrets, Unknown):
        return
    if secret in environment.secrets:
        yield ok("secrets", f"{place} holds {secret}, which {listed(sorted(wanted))} of the policy need.")
    else:
        yield bad(
            "secrets",
            f"{place} holds no secret {secret}: {listed(sorted(wanted))} of the policy cannot {cannot}.",
            f"{ENVIRONMENTS} → {environment.name} → Add secret {secret}, with a line `host key` for each.",
        )


def _asked_with_a_key(policy: Policy) -> list[str]:
    wanted = [name for name, one in policy.endpoints.items() if one.login == "key"]
    return wanted + [name for name, server in policy.mcp_servers.items() if server.url or server.secret]


def _told_with_a_key(policy: Policy) -> list[str]:
    """All but those that log in to Google by GitHub's word."""
    return [
        name
        for name, sink in policy.sinks.items()
        if sink.login is None or sink.login.workload_identity_provider is None
    ]


def variable_findings(settings: Settings) -> Iterator[Finding]:
    """A variable is masked nowhere."""
    places = [("the repository", settings.repository_variables, SECRETS)]
    if not isinstance(settings.environments, Unknown):
        places += [
            (f"the environment {one.name}", one.variables, ENVIRONMENTS) for one in settings.environments
        ]
    for place, told, where in places:
        if isinstance(told, Unknown):
            yield unseen("variables", f"which variables {place} has", told, where)
            continue
        doubtful = [name for name in told if SECRETISH.search(name)]
        if doubtful:
            yield note(
                "variables",
                f"By their names these variables of {place} may be secrets: {listed(doubtful)}. "
                "GitHub shows variables in pages and logs.",
                "If one is, make it a secret of an environment and renew it.",
            )
        plain = [name for name in told if name not in doubtful]
        if plain:
            yield ok("variables", f"Variables of {place}: {listed(plain)}.")


def missing_labels(settings: Settings) -> list[str]:
    if isinstance(settings.labels, Unknown):
        return []
    there = {name.lower() for name in settings.labels}
    return [label.name for label in LABELS if label.name.lower() not in there]


def label_findings(settings: Settings) -> Iterator[Finding]:
    if isinstance(settings.labels, Unknown):
        yield unseen("labels", "which labels there are", settings.labels, ISSUE_LABELS)
        return
    missing = missing_labels(settings)
    if missing:
        yield note(
            "labels",
            f"Labels that are missing: {listed(missing)}. They are made when the first issue needs them.",
            f"clinft doctor --fix, or {ISSUE_LABELS} → New label.",
            fixable=True,
        )
    else:
        yield ok("labels", "All labels are there.")
