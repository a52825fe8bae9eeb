"""GitHub's two kinds of branch rules as one value: rulesets, and the older branch protection."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from clinft.ports.settings import BranchRules, RequiredCheck, Told, Unknown

Rule = dict[str, Any]
# The rules whose bypass matters here.
GUARDING = ("pull_request", "required_status_checks", "non_fast_forward")
ROLES = {5: "administrators", 4: "everybody who may write", 2: "maintainers"}
ACTORS = {
    "Integration": "an app",
    "OrganizationAdmin": "owners of the organization",
    "Team": "a team",
    "DeployKey": "deploy keys",
    "User": "a person",
}


def ruleset_rules(rules: Sequence[Rule], bypass: Callable[[int], Told[list[Rule]]]) -> BranchRules:
    """`rules`: all that are active on the branch, whichever ruleset they come from."""
    pulls = [rule["parameters"] for rule in rules if rule["type"] == "pull_request"]
    checks = [
        RequiredCheck(check["context"], check.get("integration_id"))
        for rule in rules
        if rule["type"] == "required_status_checks"
        for check in rule["parameters"]["required_status_checks"]
    ]
    kinds = {rule["type"] for rule in rules}
    return BranchRules(
        pull_request=bool(pulls),
        approvals=max((pull["required_approving_review_count"] for pull in pulls), default=0),
        stale_dismissed=any(pull["dismiss_stale_reviews_on_push"] for pull in pulls),
        last_push_approved=any(pull["require_last_push_approval"] for pull in pulls),
        force_push_blocked="non_fast_forward" in kinds,
        merge_queue="merge_queue" in kinds,
        checks=tuple(checks),
        bypass=_bypass(rules, bypass),
    )


def _bypass(rules: Sequence[Rule], bypass: Callable[[int], Told[list[Rule]]]) -> Told[tuple[str, ...]]:
    """A rule is passed by those only who may pass every ruleset that has it."""
    rulesets = {rule["ruleset_id"] for rule in rules if rule["type"] in GUARDING}
    told = {number: bypass(number) for number in sorted(rulesets)}
    who: dict[str, None] = {}
    hidden: Unknown | None = None
    for kind in GUARDING:
        lists = [
            told[number] for number in sorted({one["ruleset_id"] for one in rules if one["type"] == kind})
        ]
        if not lists or any(actors == [] for actors in lists):
            continue
        for actors in lists:
            if isinstance(actors, Unknown):
                hidden = actors
            else:
                who |= dict.fromkeys(map(_actor, actors))
    return hidden or tuple(who)


def _actor(actor: Rule) -> str:
    kind, number = actor["actor_type"], actor.get("actor_id")
    if kind == "RepositoryRole":
        name = ROLES.get(number or 0, f"a role ({number})")
    else:
        name = ACTORS.get(kind, "somebody")
        name += f" ({number})" if kind in ("Integration", "Team", "User") else ""
    return f"{name}, by pull request" if actor.get("bypass_mode") == "pull_request" else name


def protection_rules(told: Rule) -> BranchRules:
    reviews, checks = told.get("required_pull_request_reviews"), told.get("required_status_checks")
    return BranchRules(
        pull_request=reviews is not None,
        approvals=(reviews or {}).get("required_approving_review_count", 0),
        stale_dismissed=bool((reviews or {}).get("dismiss_stale_reviews")),
        last_push_approved=bool((reviews or {}).get("require_last_push_approval")),
        force_push_blocked=not _enabled(told.get("allow_force_pushes")),
        merge_queue=False,
        checks=tuple(
            RequiredCheck(one["context"], one.get("app_id")) for one in (checks or {}).get("checks") or ()
        ),
        bypass=tuple(_exempt(told, reviews or {})),
    )


def _exempt(told: Rule, reviews: Rule) -> Iterable[str]:
    if not _enabled(told.get("enforce_admins")):
        yield "administrators"
    allowed = reviews.get("bypass_pull_request_allowances") or {}
    for kind, name in (("users", "people"), ("teams", "teams"), ("apps", "apps")):
        if allowed.get(kind):
            yield f"{len(allowed[kind])} {name}"


def _enabled(switch: Rule | None) -> bool:
    return bool(switch and switch.get("enabled"))
