"""Can the people whom the policy names give the approvals that it asks for?

One person fills one role, and nobody approves their own change (DESIGN.md section 5).
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from clinft.artifacts.doctor import Enforcer, Finding
from clinft.ports.settings import Person, Settings, Unknown
from clinft.spec.policy import CLINICAL, ENGINE, PRIVACY, Policy, Role
from clinft.stages.doctor.findings import POLICY_FILE, bad, listed, note, ok

Trouble = Literal["unknown to GitHub", "an organization", "a bot", "unable to read this repository"]
PEOPLE = f"Name people in {POLICY_FILE}."
# A login that nobody has can be registered by anybody, who would then hold its roles.
STEPS: Mapping[Trouble, tuple[str, Enforcer]] = {
    "unknown to GitHub": (f"Correct it in {POLICY_FILE}: anybody could register a free login.", "nobody"),
    "an organization": (PEOPLE, "clinft"),
    "a bot": (PEOPLE, "clinft"),
    "unable to read this repository": ("Invite them: Settings → Collaborators and teams.", "clinft"),
}


@dataclass(frozen=True)
class Decision:
    """Something that people decide, and the roles that must agree. `blocks`: no work gets done without."""

    what: str
    roles: Mapping[str, Role]
    blocks: bool
    rule: str = ""


def named_people(policy: Policy) -> list[str]:
    """Every login of the policy, in lower case as GitHub compares them, once."""
    roles = [*policy.roles.values()]
    for project in policy.projects.values():
        roles += project.roles.values()
    named = [person.lower() for role in roles for person in role.people]
    named += [waiver.owner.lower() for waiver in policy.waivers]
    return [*dict.fromkeys(named)]


def people_findings(settings: Settings, policy: Policy) -> Iterator[Finding]:
    yield from _logins(settings, policy)
    useless = {person for person in named_people(policy) if _trouble(settings, person)}
    said: set[str] = set()
    for decision in decisions(policy):
        for finding in _decision(decision, useless):
            if finding.what not in said:
                yield finding
            said.add(finding.what)


def decisions(policy: Policy) -> Iterator[Decision]:
    yield Decision("a training", _roles(policy, policy.required_roles, None), blocks=True)
    for name, project in policy.projects.items():
        if project.roles or project.required_roles:
            roles = _roles(policy, policy.required_for(name), name)
            yield Decision(f"a training of {name}", roles, blocks=True)
    yield Decision(
        "a change of clinft, its workflows or the policy",
        _roles(policy, (ENGINE,), None),
        blocks=True,
        rule="the role engine approves every change of what judges",
    )
    yield Decision("a deployment", _roles(policy, (PRIVACY, CLINICAL), None), blocks=False)


def _roles(policy: Policy, names: Sequence[str], project: str | None) -> dict[str, Role]:
    return {name: policy.role_of(name, project) for name in names}


def _trouble(settings: Settings, login: str) -> Trouble | None:
    """None as well where GitHub does not tell: that is said apart."""
    person = settings.people.get(login, Unknown(""))
    if isinstance(person, Unknown):
        return None
    if person is None:
        return "unknown to GitHub"
    if person.kind == "Organization":
        return "an organization"
    if person.kind == "Bot":
        return "a bot"
    return "unable to read this repository" if person.permission == "none" else None


def _logins(settings: Settings, policy: Policy) -> Iterator[Finding]:
    named = named_people(policy)
    for trouble, (step, by) in STEPS.items():
        them = [login for login in named if _trouble(settings, login) == trouble]
        if them:
            yield bad("policy", f"The policy names who is {trouble}: {listed(them)}.", step, by=by)
    readers = [login for login in named if _only_reads(settings, login)]
    if readers:
        yield note(
            "policy",
            f"May only read this repository: {listed(readers)}. clinft counts their approvals, GitHub's own "
            "count does not.",
            "Give them the role Write if the branch's rules shall count them.",
            by="clinft",
        )
    hidden = [login for login in named if isinstance(settings.people.get(login, Unknown("")), Unknown)]
    if hidden:
        yield Finding(
            area="policy",
            state="unknown",
            what=f"Whether these may read the repository cannot be told: {listed(hidden)}.",
            enforced_by="clinft",
            next_step="Call clinft doctor with a token of somebody who may write here.",
        )


def _only_reads(settings: Settings, login: str) -> bool:
    """GitHub's own count takes the reviews of those only who may write."""
    person = settings.people.get(login)
    return isinstance(person, Person) and person.kind == "User" and person.permission == "read"


def _decision(decision: Decision, useless: Set[str]) -> Iterator[Finding]:
    holders = {
        name: [person.lower() for person in role.people if person.lower() not in useless]
        for name, role in decision.roles.items()
    }
    wanted = {name: role.approvals for name, role in decision.roles.items()}
    problem = next(_open(decision, holders, wanted), None)
    if problem is not None:
        # Where nobody holds the role engine, the judge itself is free for all: README, set-up.
        free = not any(decision.roles[name].people for name in decision.roles if name == ENGINE)
        by: Enforcer = "nobody" if ENGINE in decision.roles and free else "clinft"
        say = bad if decision.blocks else note
        yield say("policy", *problem, decision.rule, by)
        return
    alone = [person for person in _everybody(holders) if not _fits(holders, wanted, without=person)]
    if alone:
        yield note(
            "policy",
            f"When {listed(alone, 5)} opens the pull request, {decision.what} has not enough people left: "
            "nobody approves their own change.",
            f"Name one more person in {POLICY_FILE}.",
            decision.rule,
            "clinft",
        )
    else:
        what = f"{decision.what[0].upper()}{decision.what[1:]} has enough people."
        yield ok("policy", what, decision.rule, "clinft")


def _open(
    decision: Decision, holders: Mapping[str, Sequence[str]], wanted: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """What stands against it and the way out, the simplest first."""
    empty = [name for name in decision.roles if not holders[name]]
    if empty:
        gone = (
            " whom GitHub knows and lets read" if any(decision.roles[name].people for name in empty) else ""
        )
        free = (
            " Until somebody does, whoever may write can change what judges, and name themselves."
            if ENGINE in empty and not gone
            else ""
        )
        yield (
            f"Nobody{gone} holds the role{'s' if len(empty) > 1 else ''} {' and '.join(empty)}, "
            f"needed for {decision.what}.{free}",
            f"Name people under roles in {POLICY_FILE}.",
        )
    for name in decision.roles:
        if len(holders[name]) < wanted[name]:
            yield (
                f"The role {name} asks for {wanted[name]} approvals; "
                f"{len(holders[name])} of its people could give one.",
                f"Name more people under roles.{name} in {POLICY_FILE}, or lower approvals.",
            )
    if not _fits(holders, wanted, without=None):
        roles, people = " and ".join(wanted), _everybody(holders)
        yield (
            f"The roles {roles} need {sum(wanted.values())} different people, one role each; "
            f"{listed(people)} cannot fill them.",
            f"Name somebody who holds only one of these roles in {POLICY_FILE}.",
        )


def _everybody(holders: Mapping[str, Sequence[str]]) -> list[str]:
    return sorted({person for people in holders.values() for person in people})


def _fits(holders: Mapping[str, Sequence[str]], wanted: Mapping[str, int], without: str | None) -> bool:
    """Whether every approval has a person of its own: a matching by augmenting paths."""
    slots = [name for name, count in wanted.items() for _ in range(count)]
    taken: dict[str, int] = {}

    def place(slot: int, tried: set[str]) -> bool:
        for person in holders[slots[slot]]:
            if person == without or person in tried:
                continue
            tried.add(person)
            if person not in taken or place(taken[person], tried):
                taken[person] = slot
                return True
        return False

    return all(place(slot, set()) for slot in range(len(slots)))
