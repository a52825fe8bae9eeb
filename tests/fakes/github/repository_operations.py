"""Operations on the repository, its people, its rules and its runs."""

from tests.fakes.github.operations import Call, Handler, Reply, no_access, not_found

LIMIT = {"limit": 15000, "remaining": 14999, "reset": 4102444800, "used": 1}


def get_repository(call: Call) -> Reply:
    settings = call.state.settings
    shown = {
        "private": settings.private,
        "visibility": "private" if settings.private else "public",
        "created_at": settings.created_at,
    }
    return Reply(200, {**call.render.repository("full-repository"), **shown})


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
    rule = call.state.protections.get(name)
    facts = {
        "name": name,
        "commit": commit,
        "protected": rule is not None,
        # Everybody learns whether the older kind of protection is on, and not what it asks for.
        "protection": {"enabled": rule is not None and not rule.ruleset},
    }
    links = {"_links": {"self": url, "html": call.render.html}, "protection_url": f"{url}/protection"}
    return Reply(200, {**drafted, **facts, **links})


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
    "repos/list-activities": list_activities,
    "actions/get-reviews-for-run": list_run_approvals,
    "actions/create-workflow-dispatch": create_dispatch,
    "repos/create-dispatch-event": create_dispatch,
}
