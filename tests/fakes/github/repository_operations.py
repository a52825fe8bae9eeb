"""Operations on the repository, its people, its rules and its runs."""

from typing import Any

from tests.fakes.github.operations import Call, Handler, Reply, no_access, not_found
from tests.fakes.github.state import Protection

LIMIT = {"limit": 15000, "remaining": 14999, "reset": 4102444800, "used": 1}


def get_repository(call: Call) -> Reply:
    return Reply(200, call.render.repository("full-repository"))


def get_rate_limit(call: Call) -> Reply:
    drafted = call.render.spec.draft("rate-limit-overview")
    return Reply(200, {"rate": LIMIT, "resources": {**dict.fromkeys(drafted["resources"], LIMIT)}})


def get_authenticated_user(call: Call) -> Reply:
    """The token of a workflow is no user: GitHub refuses to say who it is."""
    if call.state.token_login.endswith("[bot]"):
        raise no_access()
    return Reply(200, call.render.full_user(call.state.token_login))


def get_user(call: Call) -> Reply:
    if call.path["username"] not in call.state.users:
        raise not_found()
    return Reply(200, call.render.full_user(call.path["username"]))


def get_permission(call: Call) -> Reply:
    user = call.state.users.get(call.path["username"])
    if user is None:
        raise not_found()
    # The older of the two fields knows four levels; role_name tells maintain and triage apart.
    permission = {"maintain": "write", "triage": "read"}.get(user.permission, user.permission)
    levels = ("pull", "triage", "push", "maintain", "admin")
    rank = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}[user.permission]
    allowed = {level: place < rank for place, level in enumerate(levels)}
    who = {**call.render.user(user.login), "role_name": user.permission, "permissions": allowed}
    return Reply(200, {"permission": permission, "role_name": user.permission, "user": who})


def get_branch(call: Call) -> Reply:
    name = call.path["branch"]
    sha = call.state.repo.ref(f"refs/heads/{name}")
    if sha is None:
        raise not_found()
    url = f"{call.render.repo}/branches/{name}"
    drafted = call.render.spec.draft("branch-with-protection")
    commit = call.render.commit(call.state.repo.show(sha))
    facts = {"name": name, "commit": commit, "protected": name in call.state.protections}
    links = {"_links": {"self": url, "html": call.render.html}, "protection_url": f"{url}/protection"}
    return Reply(200, {**drafted, **facts, **links})


def get_branch_protection(call: Call) -> Reply:
    """Needs administration: read, which no workflow token can have."""
    if call.state.token_login.endswith("[bot]"):
        raise no_access()
    rule = call.state.protections.get(call.path["branch"])
    if rule is None or rule.ruleset:
        raise not_found()
    url = f"{call.render.repo}/branches/{rule.branch}/protection"
    checks = {"contexts": list(rule.checks), "checks": [_check(name, "app_id") for name in rule.checks]}
    reviews = {
        "url": f"{url}/required_pull_request_reviews",
        "dismiss_stale_reviews": False,
        "require_code_owner_reviews": False,
        "required_approving_review_count": rule.approvals,
    }
    return Reply(
        200, {"url": url, "required_status_checks": checks, "required_pull_request_reviews": reviews}
    )


def _check(name: str, field: str) -> dict[str, Any]:
    return {"context": name, field: None} if field == "app_id" else {"context": name}


def list_branch_rules(call: Call) -> Reply:
    rule = call.state.protections.get(call.path["branch"])
    return Reply(200, _rules(rule, call.state.full_name) if rule and rule.ruleset else [])


def _rules(rule: Protection, source: str) -> list[dict[str, Any]]:
    where = {"ruleset_source_type": "Repository", "ruleset_source": source, "ruleset_id": 1}
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
    return [{"type": kind, "parameters": parameters, **where} for kind, parameters in kinds.items()]


def list_rulesets(call: Call) -> Reply:
    facts = {"id": 1, "source": call.state.full_name, "source_type": "Repository", "target": "branch"}
    named = [one.branch for one in call.state.protections.values() if one.ruleset]
    return Reply(200, [{**facts, "name": branch, "enforcement": "active"} for branch in named])


def list_activities(call: Call) -> Reply:
    ref, actor = call.query.get("ref"), call.query.get("actor")
    kind = call.query.get("activity_type")
    wanted = [
        one
        for one in reversed(call.state.activities)
        if ref in (None, one.ref, one.ref.removeprefix("refs/heads/"))
        and actor in (None, one.login)
        and kind in (None, one.type)
    ]
    return Reply(200, [call.render.activity(one) for one in wanted])


def list_run_approvals(call: Call) -> Reply:
    return Reply(200, [])


def get_environment(call: Call) -> Reply:
    raise not_found()


def create_dispatch(call: Call) -> Reply:
    call.state.dispatches.append({**call.path, **call.body})
    return Reply(204)


OPERATIONS: dict[str, Handler] = {
    "repos/get": get_repository,
    "rate-limit/get": get_rate_limit,
    "users/get-authenticated": get_authenticated_user,
    "users/get-by-username": get_user,
    "repos/get-collaborator-permission-level": get_permission,
    "repos/get-branch": get_branch,
    "repos/get-branch-protection": get_branch_protection,
    "repos/get-branch-rules": list_branch_rules,
    "repos/get-repo-rulesets": list_rulesets,
    "repos/list-activities": list_activities,
    "actions/get-reviews-for-run": list_run_approvals,
    "actions/create-workflow-dispatch": create_dispatch,
    "repos/create-dispatch-event": create_dispatch,
    "repos/get-environment": get_environment,
}
