"""Which reviews count: given to this very plan, by a person who may, and who did not write it.

Sources: research/gitops.md R9-R11. GitHub's own "approved" means any user with write access, on any
earlier commit; so the gate reads the reviews and decides by itself.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from clinft.artifacts.decision import Approval, Reason
from clinft.artifacts.forge import PullRequest, Review
from clinft.spec.policy import Role
from clinft.stages.gate.inputs import no, note

ML = "ml"
DECIDING = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})


@dataclass(frozen=True)
class Scope:
    """What is approved: a plan, a deployment, or the engine, by the sha256 that names it.

    `of_commit`: the same digest at every commit that was reviewed, None where it cannot be made (a broken
    spec, a commit that GitHub has lost). `written_in`: the pull request's commits that changed it.
    """

    what: str
    digest: str
    of_commit: Mapping[str, str | None]
    written_in: Set[str]


@dataclass(frozen=True)
class Counted:
    approvals: tuple[Approval, ...]
    reasons: tuple[Reason, ...]


def count(pull: PullRequest, scope: Scope, roles: Mapping[str, Role], required: Mapping[str, int]) -> Counted:
    """`roles` and `required` are those of the policy before the merge."""
    writers, reasons = _writers(pull, scope)
    holders = {role: {person.lower() for person in roles[role].people} for role in required}
    may: dict[str, tuple[Review, list[str]]] = {}
    for review in _latest(pull.reviews):
        held = [role for role in required if review.person in holders[role]]
        if review.state == "CHANGES_REQUESTED" and held:
            reasons.append(_rejected(review, held[0]))
        elif review.state == "APPROVED":
            why = _void(review, pull, scope, writers, held)
            if why is None:
                may[review.person] = (review, held)
            else:
                reasons.append(why)
    held_by = {person: may[person][1] for person in sorted(may)}
    filled = _assign(held_by, required, [person for person in held_by if may[person][0].has_text])
    approvals = [
        _approval(may[person][0], role, scope) for role, people in filled.items() for person in people
    ]
    reasons += _shared(filled, may, required)
    return Counted(tuple(approvals), tuple(reasons))


def _latest(reviews: Sequence[Review]) -> list[Review]:
    """Each person's last word. A comment changes no earlier word."""
    last: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda review: (review.at, review.id)):
        if review.state in DECIDING:
            last[review.person] = review
    return [last[person] for person in sorted(last)]


def _writers(pull: PullRequest, scope: Scope) -> tuple[set[str], list[Reason]]:
    """The author, and whoever wrote or committed a change of the scope."""
    writers, reasons = {pull.author}, []
    for commit in pull.commits:
        if commit.sha not in scope.written_in:
            continue
        writers.update(commit.people)
        if commit.unknown or not commit.people:
            reasons.append(
                no(
                    48,
                    f"Commit {commit.sha[:12]} changes the {scope.what}; its author has no account here.",
                    "The author adds the commit's e-mail address to their account, or commits again.",
                )
            )
    return writers, reasons


def _void(
    review: Review, pull: PullRequest, scope: Scope, writers: set[str], held: Sequence[str]
) -> Reason | None:
    """Why an approval does not count; None where it does."""
    who = f"The approval by {review.person} does not count"
    if review.is_bot:
        return note(47, f"{who}: it is a bot.", "A person approves.")
    if review.person in writers:
        wrote = "opened the pull request" if review.person == pull.author else f"changed the {scope.what}"
        return note(28, f"{who}: this person {wrote}.", "Another person approves.")
    if not held:
        return note(
            29,
            f"{who}: the policy names this person in none of the roles that are needed.",
            "A person whom .github/clinft.yml names approves.",
        )
    if review.commit is None or scope.of_commit.get(review.commit) != scope.digest:
        return note(
            13,
            f"{who}: the {scope.what} changed after it was given.",
            "Look at what changed and approve again.",
            role=held[0],
        )
    return None


def _rejected(review: Review, role: str) -> Reason:
    return no(
        27,
        f"{review.person} asked for changes.",
        f"{review.person} approves, or the review is dismissed on the pull request.",
        pending=True,
        role=role,
    )


def _assign(
    held: Mapping[str, Sequence[str]], required: Mapping[str, int], reasoned: Sequence[str]
) -> dict[str, list[str]]:
    """The most roles that can be filled with one role a person. Where that costs no role, a person who
    gave a reason stands for the role ml: it is asked for one (G025)."""
    slots = [role for role, wanted in required.items() for _ in range(wanted)]
    best = _matched(held, slots, {})
    for person in reasoned:
        if ML in held[person] and best.count(None) == (
            pinned := _matched(held, slots, {slots.index(ML): person})
        ).count(None):
            best = pinned
            break
    filled: dict[str, list[str]] = {role: [] for role in required}
    for role, person_or_none in zip(slots, best, strict=True):
        if person_or_none is not None:
            filled[role].append(person_or_none)
    return filled


def _matched(
    held: Mapping[str, Sequence[str]], slots: Sequence[str], pinned: Mapping[int, str]
) -> list[str | None]:
    """Who takes which slot: a maximum matching by augmenting paths, with the pinned people in place."""
    taken = [pinned.get(index) for index in range(len(slots))]

    def place(person: str, tried: set[int]) -> bool:
        for index, role in enumerate(slots):
            if role not in held[person] or index in tried:
                continue
            tried.add(index)
            other = taken[index]
            if other is None or place(other, tried):
                taken[index] = person
                return True
        return False

    for person in held:
        if person not in pinned.values():
            place(person, {*pinned})
    return taken


def _shared(
    filled: Mapping[str, Sequence[str]],
    may: Mapping[str, tuple[Review, list[str]]],
    required: Mapping[str, int],
) -> list[Reason]:
    """Says so where a role stays open although one of its people approved, in another role."""
    used = {person: role for role, people in filled.items() for person in people}
    return [
        note(
            16,
            f"{person} holds the roles {used[person]} and {role}; one person fills one role.",
            f"A second person approves in the role {role}.",
            role=role,
        )
        for role, wanted in required.items()
        if len(filled[role]) < wanted
        for person in sorted(used)
        if used[person] != role and role in may[person][1]
    ]


def _approval(review: Review, role: str, scope: Scope) -> Approval:
    return Approval(
        role=role,
        person=review.person,
        at=review.at,
        plan_digest=scope.digest,
        kind="review",
        review_id=review.id,
        commit=review.commit,
        has_reason=review.has_text,
    )
