"""Operations on settings: rules, environments, secrets by name, runners, Actions, OIDC.

Whoever is no administrator is answered as on GitHub: an app by 403, a person by 404.
"""

from collections.abc import Sequence
from typing import Any

from tests.fakes.github.operations import Call, Handler, Refused, Reply, no_access, not_found
from tests.fakes.github.settings_state import EnvironmentState, RulesetState
from tests.fakes.github.state import Protection

AT = "2026-01-01T00:00:00Z"


def administration(call: Call) -> None:
    login = call.state.token_login
    if login.endswith("[bot]"):
        raise no_access()
    if call.state.user(login).permission != "admin":
        raise not_found()


# Rules


def paid(call: Call) -> None:
    """Whoever asks. The words are GitHub's, for an organization; for a person's account it says Pro."""
    if call.state.settings.rules_are_paid:
        raise Refused(403, "Upgrade to GitHub Team or make this repository public to enable this feature.")


def get_branch_protection(call: Call) -> Reply:
    paid(call)
    administration(call)
    rule = call.state.protections.get(call.path["branch"])
    if rule is None or rule.ruleset:
        raise Refused(404, "Branch not protected")
    url = f"{call.render.repo}/branches/{rule.branch}/protection"
    checks = {"contexts": list(rule.checks), "checks": [_check(name, "app_id") for name in rule.checks]}
    reviews = {
        "url": f"{url}/required_pull_request_reviews",
        "dismiss_stale_reviews": False,
        "require_code_owner_reviews": False,
        "required_approving_review_count": rule.approvals,
    }
    found = {"url": url, "required_status_checks": checks, "required_pull_request_reviews": reviews}
    return Reply(200, {**found, **call.state.settings.protection})


def _check(name: str, field: str) -> dict[str, Any]:
    return {"context": name, field: None} if field == "app_id" else {"context": name}


def list_branch_rules(call: Call) -> Reply:
    paid(call)
    rules = []
    for ruleset in _rulesets(call):
        where = {
            "ruleset_source_type": "Organization" if ruleset.of_organization else "Repository",
            "ruleset_source": call.state.owner if ruleset.of_organization else call.state.full_name,
            "ruleset_id": ruleset.id,
        }
        rules += [{**rule, **where} for rule in ruleset.rules if ruleset.name == call.path["branch"]]
    return Reply(200, rules)


def _rulesets(call: Call) -> list[RulesetState]:
    old = [_of_protection(one) for one in call.state.protections.values() if one.ruleset]
    return [*old, *call.state.settings.rulesets]


def _of_protection(rule: Protection) -> RulesetState:
    reviews = {
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": rule.approvals,
        "required_review_thread_resolution": False,
    }
    checks = {
        "required_status_checks": [_check(name, "integration_id") for name in rule.checks],
        "strict_required_status_checks_policy": False,
    }
    kinds = {"pull_request": reviews, "required_status_checks": checks}
    rules = [{"type": kind, "parameters": parameters} for kind, parameters in kinds.items()]
    return RulesetState(1, rule.branch, rules)


def list_rulesets(call: Call) -> Reply:
    return Reply(200, [_ruleset(call, one) for one in _rulesets(call)])


def get_ruleset(call: Call) -> Reply:
    """Who may bypass it is left out for whoever may not change it."""
    wanted = int(call.path["ruleset_id"])
    found = next((one for one in _rulesets(call) if one.id == wanted), None)
    if found is None:
        raise not_found()
    login = call.state.token_login
    admin = not login.endswith("[bot]") and call.state.user(login).permission == "admin"
    shown = {"bypass_actors": found.bypass} if admin else {}
    return Reply(200, {**_ruleset(call, found), "rules": found.rules, **shown})


def _ruleset(call: Call, ruleset: RulesetState) -> dict[str, Any]:
    source = "Organization" if ruleset.of_organization else "Repository"
    facts = {"id": ruleset.id, "source": call.state.full_name, "source_type": source, "target": "branch"}
    return {**facts, "name": ruleset.name, "enforcement": "active"}


# Environments


def list_environments(call: Call) -> Reply:
    found = [_environment(call, one) for one in call.state.settings.environments.values()]
    return Reply(200, {"total_count": len(found), "environments": found})


def get_environment(call: Call) -> Reply:
    return Reply(200, _environment(call, _named(call)))


def _named(call: Call) -> EnvironmentState:
    found = call.state.settings.environments.get(call.path["environment_name"].lower())
    if found is None:
        raise not_found()
    return found


def _environment(call: Call, environment: EnvironmentState) -> dict[str, Any]:
    policy = environment.policy
    chosen = isinstance(policy, list)
    rules: list[dict[str, Any]] = []
    if policy is not None:
        rules.append({"id": 1, "node_id": "r", "type": "branch_policy"})
    if environment.reviewed:
        rules.append(
            {
                "id": 2,
                "node_id": "r",
                "type": "required_reviewers",
                "prevent_self_review": True,
                "reviewers": [],
            }
        )
    return {
        **call.render.spec.draft("environment"),
        "name": environment.name,
        "url": f"{call.render.repo}/environments/{environment.name}",
        "protection_rules": rules,
        "deployment_branch_policy": None
        if policy is None
        else {"protected_branches": not chosen, "custom_branch_policies": chosen},
    }


def put_environment(call: Call) -> Reply:
    """What the body leaves out goes back to nothing, as on GitHub."""
    administration(call)
    if call.state.settings.environments_are_paid:
        raise Refused(422, "Failed to create the environment. Please ensure the billing plan supports it.")
    asked = (call.body or {}).get("deployment_branch_policy")
    name = call.path["environment_name"]
    kept = call.state.settings.environments.setdefault(name.lower(), EnvironmentState(name))
    kept.reviewed = False
    kept.policy = None if asked is None else [] if asked["custom_branch_policies"] else "protected"
    return Reply(200, _environment(call, kept))


def list_branch_policies(call: Call) -> Reply:
    policy = _named(call).policy
    found = _policies(policy if isinstance(policy, list) else [])
    return Reply(200, {"total_count": len(found), "branch_policies": found})


def _policies(patterns: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"id": number, "node_id": "p", "name": name, "type": kind}
        for number, (name, kind) in enumerate(patterns, start=1)
    ]


def create_branch_policy(call: Call) -> Reply:
    administration(call)
    policy, made = _named(call).policy, (call.body["name"], call.body.get("type", "branch"))
    if not isinstance(policy, list):
        raise not_found()
    if made in policy:
        return Reply(303)
    policy.append(made)
    return Reply(200, _policies(policy)[-1])


# Secrets and variables


def _secrets(names: Sequence[str]) -> Reply:
    listed = [{"name": name, "created_at": AT, "updated_at": AT} for name in names]
    return Reply(200, {"total_count": len(listed), "secrets": listed})


def _variables(names: Sequence[str]) -> Reply:
    listed = [{"name": name, "value": "a value", "created_at": AT, "updated_at": AT} for name in names]
    return Reply(200, {"total_count": len(listed), "variables": listed})


def list_environment_secrets(call: Call) -> Reply:
    administration(call)
    return _secrets(_named(call).secrets)


def list_environment_variables(call: Call) -> Reply:
    administration(call)
    return _variables(_named(call).variables)


def list_secrets(call: Call) -> Reply:
    administration(call)
    return _secrets(call.state.settings.secrets)


def list_organization_secrets(call: Call) -> Reply:
    administration(call)
    return _secrets(call.state.settings.organization_secrets)


def list_variables(call: Call) -> Reply:
    administration(call)
    return _variables(call.state.settings.variables)


# Actions


def get_permissions(call: Call) -> Reply:
    administration(call)
    return Reply(200, call.state.settings.actions)


def get_workflow_permissions(call: Call) -> Reply:
    administration(call)
    told = {
        "default_workflow_permissions": call.state.settings.workflow_permissions,
        "can_approve_pull_request_reviews": call.state.actions_may_open_pulls,
    }
    return Reply(200, told)


def list_runners(call: Call) -> Reply:
    administration(call)
    found = [
        {
            "id": number,
            "name": one.name,
            "os": "linux",
            "status": one.status,
            "busy": False,
            "ephemeral": one.ephemeral,
            "labels": [{"name": label, "type": "custom"} for label in one.labels],
        }
        for number, one in enumerate(call.state.settings.runners, start=1)
    ]
    return Reply(200, {"total_count": len(found), "runners": found})


def get_subject(call: Call) -> Reply:
    return Reply(200, call.state.settings.subject)


OPERATIONS: dict[str, Handler] = {
    "repos/get-branch-protection": get_branch_protection,
    "repos/get-branch-rules": list_branch_rules,
    "repos/get-repo-rulesets": list_rulesets,
    "repos/get-repo-ruleset": get_ruleset,
    "repos/get-all-environments": list_environments,
    "repos/get-environment": get_environment,
    "repos/create-or-update-environment": put_environment,
    "repos/list-deployment-branch-policies": list_branch_policies,
    "repos/create-deployment-branch-policy": create_branch_policy,
    "actions/list-environment-secrets": list_environment_secrets,
    "actions/list-environment-variables": list_environment_variables,
    "actions/list-repo-secrets": list_secrets,
    "actions/list-repo-organization-secrets": list_organization_secrets,
    "actions/list-repo-variables": list_variables,
    "actions/get-github-actions-permissions-repository": get_permissions,
    "actions/get-github-actions-default-workflow-permissions-repository": get_workflow_permissions,
    "actions/list-self-hosted-runners-for-repo": list_runners,
    "actions/get-custom-oidc-sub-claim-for-repo": get_subject,
}
