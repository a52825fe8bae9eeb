"""Actions and the machines that run it. Sources: research/gitops.md R10, R28."""

import re
from collections.abc import Iterator, Sequence

from clinft.artifacts.doctor import Finding
from clinft.artifacts.environments import WORKFLOW
from clinft.ports.settings import RegisteredRunner, Settings, Unknown
from clinft.spec.policy import Policy, Runner
from clinft.spec.project import ProjectSpec
from clinft.stages.doctor.findings import POLICY_FILE, bad, listed, note, ok, unseen

GENERAL = "Settings → Actions → General"
RUNNERS = "Settings → Actions → Runners"
GROUPS = "Organization settings → Actions → Runner groups"
# Where docs/runner.md installs .github/runner/guard.sh.
GUARD = "/etc/clinft/guard.sh --check"
DEFAULT_BOT = "github-actions[bot]"
# Labels of GitHub's own machines. Any other label may be a machine of the team.
OF_GITHUB = re.compile(r"(ubuntu|windows|macos)-")


def actions_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    rules = settings.actions
    if isinstance(rules, Unknown):
        yield unseen("actions", "which actions may run", rules, GENERAL, "only chosen actions run")
    else:
        if not rules.enabled:
            yield bad(
                "actions", "Actions are switched off: nothing checks, nothing trains.", f"{GENERAL}: allow."
            )
        yield _allowed(rules.allowed)
        if rules.sha_pinning is not None:
            yield _pinned(rules.sha_pinning)
    yield from _token(settings, policy)


def _allowed(allowed: str) -> Finding:
    rule = "only chosen actions run"
    if allowed == "local_only":
        return bad(
            "actions",
            "Only actions of this owner may run: the checks cannot check out the repository.",
            f"{GENERAL}: allow actions created by GitHub as well.",
            rule,
        )
    if allowed == "selected":
        return ok("actions", "Only selected actions may run.", rule)
    return note(
        "actions",
        "Any action of anybody may run. Ours are GitHub's only; a new one needs the role engine on main.",
        f"{GENERAL}: allow this owner's actions and those created by GitHub.",
        rule,
        "clinft",
    )


def _pinned(required: bool) -> Finding:
    rule = "actions are pinned to full commit SHAs"
    if required:
        return ok("actions", "GitHub refuses actions that are not pinned.", rule)
    step = f"{GENERAL}: tick “Require actions to be pinned to a full-length commit SHA”."
    return note(
        "actions", "The committed workflows are pinned; GitHub does not insist.", step, rule, "clinft"
    )


def _token(settings: Settings, policy: Policy) -> Iterator[Finding]:
    token, rule = settings.token, "a workflow's token reads only, unless a job says more"
    if isinstance(token, Unknown):
        yield unseen("actions", "what a workflow's token may by default", token, GENERAL, rule)
        yield unseen("actions", "whether workflows may open pull requests", token, GENERAL)
        return
    if token.default == "read":
        yield ok("actions", "A workflow's token reads by default.", rule)
    else:
        yield bad(
            "actions",
            "A workflow that says nothing gets a token that writes. Ours say what they need; others may not.",
            f"{GENERAL} → Workflow permissions: read repository contents.",
            rule,
        )
    yield _pulls(token.may_open_pulls, policy)


def _pulls(may: bool, policy: Policy) -> Finding:
    """One switch of GitHub lets workflows open pull requests and approve them."""
    switch = f"{GENERAL} → Workflow permissions: “Allow GitHub Actions to create and approve pull requests”"
    rule, needed = "no workflow's review counts", policy.commit_back.author == DEFAULT_BOT
    if not may and not needed:
        return ok("actions", "Workflows may neither open nor approve pull requests.", rule)
    if not may:
        return bad(
            "actions",
            f"Workflows may not open pull requests, so results cannot come back as {DEFAULT_BOT}.",
            f"{switch}.",
        )
    what = (
        "Workflows may open pull requests, and by the same switch approve them. "
        "clinft never counts the review of a bot; "
    )
    if needed:
        return note("actions", what + "GitHub's own count of approvals does.", "", rule, "clinft")
    return note("actions", what + "results do not need it here.", f"{switch}: switch it off.", rule, "clinft")


def own_machines(policy: Policy) -> dict[str, Runner]:
    """Runners of the policy that are no machines of GitHub; without labels it is whatever runs clinft."""
    return {
        name: runner
        for name, runner in policy.runners.items()
        if runner.labels and not all(OF_GITHUB.match(label) for label in runner.labels)
    }


def runner_findings(settings: Settings, policy: Policy, specs: Sequence[ProjectSpec]) -> Iterator[Finding]:
    own = own_machines(policy)
    yield from _visibility(settings, own)
    if not own:
        return
    for name, runner in own.items():
        users = [spec.name for spec in specs if spec.training.runner == name]
        yield _online(name, runner, users, settings)
    yield _reach(settings, own)
    branch = settings.repository.default_branch
    yield Finding(
        area="runners",
        state="unknown",
        rule=f"the training machine refuses every job but training from {branch}",
        what="Not visible to GitHub: whether the guard is installed on the training machine.",
        enforced_by="clinft",
        next_step=f"Whoever operates the machine runs {GUARD} on it.",
    )
    yield note(
        "runners",
        "What leaves the training machine over the network is limited by its firewall alone.",
        "Deny outgoing connections but those to GitHub and, where weights are fetched, to their hub.",
        "the training machine reaches nothing it does not need",
    )


def _visibility(settings: Settings, own: dict[str, Runner]) -> Iterator[Finding]:
    rule = "strangers cannot reach the training machine"
    registered = settings.runners
    some = bool(own) or (not isinstance(registered, Unknown) and bool(registered))
    if settings.repository.private:
        yield ok("repository", "The repository is not public.", rule)
    elif some:
        yield bad(
            "repository",
            "The repository is public and a machine of your own runs its jobs: "
            "anybody's pull request could reach it.",
            f"Make the repository private, or take the machine and its labels in {POLICY_FILE} away.",
            rule,
        )
    else:
        yield note(
            "repository",
            "The repository is public: everybody reads specs, evidence and logs. "
            "No machine of your own is named.",
            "Never register a machine of your own here.",
        )


def _online(name: str, runner: Runner, users: list[str], settings: Settings) -> Finding:
    labels = f"the labels {', '.join(runner.labels)} of the runner {name}"
    told = settings.runners
    if isinstance(told, Unknown):
        return unseen("runners", f"whether a machine with {labels} is online", told, RUNNERS)
    there = _answering(runner, told)
    if any(one.online for one in there):
        return ok("runners", f"A machine with {labels} is online.")
    waits = f" {listed(users)} would wait for it, 24 hours at most." if users else ""
    if not there and settings.repository.owned_by_organization:
        return Finding(
            area="runners",
            state="unknown",
            what=f"No machine of this repository has {labels}; one of the organization may.{waits}",
            enforced_by="github",
            next_step=f"An owner of the organization looks at {GROUPS}.",
        )
    found = "none is registered" if not there else "none of them is online"
    kept = all(one.ephemeral for one in there)
    scaled = " One that is registered for a single job shows only while it waits." if kept else ""
    step = f"Start the runner, or register one: {RUNNERS}."
    say = bad if users and not (there and kept) else note
    return say("runners", f"Machines with {labels}: {found}.{waits}{scaled}", step)


def _answering(runner: Runner, told: Sequence[RegisteredRunner]) -> list[RegisteredRunner]:
    """Actions gives a job to a machine that has all the labels asked for."""
    wanted = {label.lower() for label in runner.labels}
    return [one for one in told if wanted <= one.labels]


def _reach(settings: Settings, own: dict[str, Runner]) -> Finding:
    """Only an organization has runner groups, and only its owners see them."""
    rule, facts = "only the workflow that trains reaches the training machine", settings.repository
    told = settings.runners
    here = not isinstance(told, Unknown) and any(_answering(runner, told) for runner in own.values())
    workflow = f"{facts.full_name}/{WORKFLOW} at refs/heads/{facts.default_branch}"
    if here or not facts.owned_by_organization:
        return note(
            "runners",
            "A machine that is registered with a repository takes jobs of any workflow of any branch: "
            "only the guard on the machine says no.",
            f"Install the guard; in an organization use a runner group limited to {workflow}.",
            rule,
        )
    return Finding(
        area="runners",
        state="unknown",
        rule=rule,
        what="Not visible to a repository: whether a runner group limits the machine to one workflow.",
        enforced_by="github",
        next_step=f"An owner of the organization looks at {GROUPS}: selected workflows, {workflow}.",
    )
