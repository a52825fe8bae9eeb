"""The rules of the default branch, whichever of GitHub's two kinds of rules asks for them.

Sources: research/gitops.md R7, R8, R10.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from clinft.artifacts.doctor import Enforcer, Finding
from clinft.ports.settings import BranchRules, RequiredCheck, Settings, Unknown
from clinft.spec.policy import Policy
from clinft.stages.doctor.findings import bad, listed, note, ok, unseen

GATE = "gate"
RULESET = "Settings → Rules → Rulesets → the ruleset for {branch}"
BOTH_PAGES = "Settings → Rules → Rulesets and Settings → Branches"


@dataclass(frozen=True)
class Switch:
    """One setting. `without`: who sees to it where GitHub does not."""

    rule: str
    holds: Callable[[BranchRules], bool]
    on: str
    off: str
    name: str
    state: Literal["bad", "note"] = "bad"
    without: Enforcer = "nobody"


SWITCHES = (
    Switch(
        "{branch} changes by pull request only",
        lambda rules: rules.pull_request,
        "A change needs a pull request.",
        "Whoever may write can push to {branch} without a pull request.",
        "Require a pull request before merging",
    ),
    Switch(
        "nobody rewrites the history of {branch}",
        lambda rules: rules.force_push_blocked,
        "Force pushes are blocked.",
        "Whoever may write can force-push: evidence, spending and approvals could be made to vanish.",
        "Block force pushes",
    ),
    Switch(
        "a newer push voids older approvals",
        lambda rules: rules.stale_dismissed,
        "Stale approvals are dismissed.",
        "GitHub keeps approvals after a push. For plans clinft counts an approval only for the plan it was "
        "given to; for everything else the reviewers have to look.",
        "Dismiss stale pull request approvals when new commits are pushed",
        "note",
        "clinft",
    ),
    Switch(
        "somebody else approves the most recent push",
        lambda rules: rules.last_push_approved,
        "The most recent push needs an approval by somebody else.",
        "GitHub takes an approval by whoever pushed last. clinft refuses approvals of those whose commits "
        "changed the plan; who pushes under another name is told by this rule alone.",
        "Require approval of the most recent reviewable push",
        "note",
        "clinft",
    ),
)


def branch_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    for switch in SWITCHES:
        yield _switch(switch, settings)
    yield _required_check(settings)
    yield _approvals(settings, policy)
    yield _roles_before_the_merge(settings)
    yield from _bypass(settings, policy)


def _known(settings: Settings) -> list[BranchRules]:
    return [rules for rules in (settings.rulesets, settings.protection) if isinstance(rules, BranchRules)]


def _unknown(settings: Settings) -> Unknown | None:
    both = (settings.rulesets, settings.protection)
    return next((rules for rules in both if isinstance(rules, Unknown)), None)


def _ruleset(settings: Settings) -> str:
    page = RULESET.format(branch=settings.repository.default_branch)
    if any(not rules.offered for rules in _known(settings)):
        return f"GitHub's plan here has no rules for private repositories. With one that has: {page}"
    return page


def _switch(switch: Switch, settings: Settings) -> Finding:
    branch = settings.repository.default_branch
    rule = switch.rule.format(branch=branch)
    if any(switch.holds(rules) for rules in _known(settings)):
        return ok("branch", switch.on, rule)
    hidden = _unknown(settings)
    if hidden is not None:
        return unseen("branch", f"whether {rule}", hidden, BOTH_PAGES, rule)
    found = bad if switch.state == "bad" else note
    step = f"{_ruleset(settings)}: tick “{switch.name}”."
    return found("branch", switch.off.format(branch=branch), step, rule, switch.without)


def _required_check(settings: Settings) -> Finding:
    rule = f"a merge needs the check {GATE} of GitHub Actions"
    checks = [check for rules in _known(settings) for check in rules.checks]
    named = [check for check in checks if check.name == GATE]
    app = settings.repository.actions_app
    if any(check.app is not None and check.app == app for check in named):
        return ok("branch", f"The check {GATE} is required, from GitHub Actions.", rule)
    if app is None and any(check.app is not None for check in named):
        return note(
            "branch",
            f"The check {GATE} is required from one app; this server does not tell whether it is Actions.",
            f"{_ruleset(settings)}: the source of {GATE} reads GitHub Actions.",
            rule,
            "github",
        )
    hidden = _unknown(settings)
    if hidden is not None:
        return unseen("branch", f"whether {rule}", hidden, BOTH_PAGES, rule)
    return _other_check(settings, rule, checks, named)


def _other_check(
    settings: Settings, rule: str, checks: list[RequiredCheck], named: list[RequiredCheck]
) -> Finding:
    page = _ruleset(settings)
    if named:
        return bad(
            "branch",
            f"The check {GATE} is required, but not from GitHub Actions: whoever may write can post one.",
            f"{page}: require {GATE} from the source GitHub Actions.",
            rule,
        )
    step = f"{page}: require {GATE}, from the source GitHub Actions. GitHub offers it once it has run."
    alike = [check.name for check in checks if GATE in check.name.lower()]
    if alike:
        return bad(
            "branch",
            f"A check is required that is called {listed(alike)}; ours is called {GATE}, exactly so.",
            step,
            rule,
        )
    return bad(
        "branch", f"The check {GATE} is not required: a red gate keeps nobody from merging.", step, rule
    )


def _approvals(settings: Settings, policy: Policy) -> Finding:
    """Roles are clinft's; GitHub can only count."""
    wanted = sum(policy.role_of(role, None).approvals for role in policy.required_roles)
    rule = f"GitHub asks for {wanted} approvals, as many as the roles of a run"
    most = max((rules.approvals for rules in _known(settings)), default=0)
    if most >= wanted:
        return ok("branch", f"GitHub asks for {most} approvals.", rule)
    hidden = _unknown(settings)
    if hidden is not None:
        return unseen("branch", "how many approvals GitHub asks for", hidden, BOTH_PAGES, rule)
    return note(
        "branch",
        f"GitHub asks for {most} approvals; a run needs {wanted}. Training still waits for all of them.",
        f"{_ruleset(settings)}: raise “Required approvals” to {wanted}.",
        rule,
        "clinft",
    )


def _roles_before_the_merge(settings: Settings) -> Finding:
    rule = "the roles of the policy approve before the merge"
    if any(rules.merge_queue for rules in _known(settings)):
        return ok(
            "branch", f"A merge queue asks {GATE} again, which then insists on the roles.", rule, "clinft"
        )
    if isinstance(settings.rulesets, Unknown):
        return unseen("branch", "whether there is a merge queue", settings.rulesets, BOTH_PAGES, rule)
    return note(
        "branch",
        "GitHub counts approvals, not roles, and the gate is green while only approvals of a training are "
        "missing. A merge without the roles trains nothing: they are asked for before training. For a "
        "deployment the gate fails until the roles are there.",
        "Where your plan of GitHub has merge queues, one closes this.",
        rule,
    )


def _bypass(settings: Settings, policy: Policy) -> Iterator[Finding]:
    """Who may pass the rules that ask for a pull request."""
    rule = "nobody may bypass the rules"
    asking = [rules for rules in _known(settings) if rules.pull_request]
    told = [rules.bypass for rules in asking]
    if any(bypass == () for bypass in told):
        yield ok("branch", "The list of who may bypass the rules is empty.", rule)
        return
    hidden = next((bypass for bypass in told if isinstance(bypass, Unknown)), None)
    hidden = hidden or (None if told else _unknown(settings))
    if hidden is not None:
        yield unseen("branch", "who may bypass the rules", hidden, BOTH_PAGES, rule)
        return
    who = [name for bypass in told if not isinstance(bypass, Unknown) for name in bypass]
    if who and policy.commit_back.mode == "push":
        step = "The policy lets results be pushed: only the app that pushes them belongs on this list."
        yield note("branch", f"May bypass the rules: {listed(who)}.", step, rule)
    elif who:
        step = f"{_ruleset(settings)}: empty the bypass list."
        yield bad("branch", f"May bypass the rules: {listed(who)}.", step, rule)
