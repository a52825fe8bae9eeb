"""Who must agree to a change of what judges: the role engine, and the owners of new waivers."""

from clinft.spec.policy import ENGINE, PRIVACY, Policy, Role


def engine_required(before: Policy, after: Policy | None) -> tuple[dict[str, Role], dict[str, int]]:
    """Roles and how many people of each, by the policy before the change.

    A waiver speaks in its owner's name, so its owner approves the change that brings it.
    """
    engine = before.role_of(ENGINE, None)
    roles, required = {ENGINE: engine}, {ENGINE: engine.approvals}
    old = set(before.waivers)
    owners = {waiver.owner.lower() for waiver in (after.waivers if after else ()) if waiver not in old}
    if owners and engine.people:
        roles[PRIVACY] = Role(people=tuple(sorted(owners)), approvals=min(len(owners), 10))
        required[PRIVACY] = len(owners)
    return roles, required
