"""Has the role engine agreed to what judges, as it stands on main? Told by content, not by the last change.

A state of the engine (everything outside projects/ that is no documentation) is vouched for when the role
engine, as named in the state before it, approved the pull request that made it, when that state was vouched
for itself, and when the merge made of both what git makes of them. A change that nobody approved therefore
cannot hide below a later, honest one, and cannot name its own approvers. It is undone by going back to the
last state that was vouched for, and to no earlier one: who was taken out of a role stays out. States from
before anybody held the role are the set-up: nobody could have approved them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from clinft.artifacts.decision import Reason
from clinft.artifacts.forge import PullRequest
from clinft.errors import ServiceError, SpecError
from clinft.pipeline.github.scopes import engine_digest, engine_scope
from clinft.pipeline.github.shape import before_merge
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History
from clinft.spec.policy import ENGINE, Policy, Role
from clinft.stages.gate import no
from clinft.stages.gate.engine import engine_required
from clinft.stages.gate.pull_request import unreadable
from clinft.stages.gate.reviews import count

REVERT = "Or go back to the last state that was agreed to; then a pull request that the role approves."


class Agreed:
    """What the role engine has agreed to on the branch that ends at `tip`."""

    def __init__(
        self, history: History, reader: ForgeReader, policy_of: Callable[[str], Policy], tip: str
    ) -> None:
        self._history, self._policy_of, self._tip = history, policy_of, tip
        self._walk = _Walk(history, reader, policy_of)
        for commit in history.outside(tip, "projects"):
            self._walk.step(commit)

    def reasons(self) -> Iterator[Reason]:
        """What speaks against what judges now; nothing where it is agreed to."""
        if len(self._history.roots(self._tip)) != 1:
            yield no(
                51,
                "The branch has several beginnings, so what judges could come from another history.",
                "Bring other histories by a squash; start again from one beginning.",
            )
        if self._walk.last != self._walk.digest(self._tip):
            other = no(51, "What judges is not what the role engine has agreed to.", REVERT)
            yield from self._walk.against or (other,)

    def policy(self, commit: str) -> Policy | None:
        """The policy at a commit of the branch; None where nobody had agreed to it.

        Who put themselves into the policy for a moment does not count, although it was reverted since.
        """
        changed = self._history.outside(commit, "projects")
        if not changed or not self._walk.agreed.get(changed[-1], False):
            return None
        return self._policy_of(commit)


@dataclass(frozen=True)
class _Change:
    """A pull request that changed what judges. `made`: what its merge left; `expected`: what git makes."""

    from_vouched: bool
    made: str
    expected: str | None
    reasons: tuple[Reason, ...]


@dataclass
class _Walk:
    """From the first change to the last. `last`: the newest state that is vouched for."""

    history: History
    reader: ForgeReader
    policy_of: Callable[[str], Policy]
    last: str = ""
    against: list[Reason] = field(default_factory=list)  # since then
    agreed: dict[str, bool] = field(default_factory=dict)  # after each change
    _ever_held: bool = False
    _pulls: dict[int, _Change] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def step(self, commit: str) -> None:
        made, parents = self.digest(commit), self.history.parents(commit)
        if parents and made == self.digest(parents[0]):
            self.agreed[commit] = made == self.last
            return
        if not parents or made == self.last or self._is_set_up(parents[0]):
            self._vouch(made)
        else:
            self._judge(commit, made)
        self.agreed[commit] = made == self.last
        self._ever_held = self._ever_held or bool(self._role(commit).people)

    def digest(self, commit: str) -> str:
        if commit not in self._digests:
            self._digests[commit] = engine_digest(self.history, commit)
        return self._digests[commit]

    def _vouch(self, state: str) -> None:
        self.last = state
        self.against.clear()

    def _judge(self, commit: str, made: str) -> None:
        try:
            number = self.reader.pull_request_of(commit)
            if number is None:
                text = f"Commit {commit[:12]} changed what judges without a pull request."
                self.against.append(no(51, text, f"A direct push cannot be approved. {REVERT}"))
                return
            if number not in self._pulls:
                self._pulls[number] = self._change(self.reader.pull_request(number))
        except ServiceError as error:
            self.against.append(unreadable(error.what.rstrip(".")))
            return
        change = self._pulls[number]
        if made != change.made:
            return  # on the way of a rebase: only what the pull request left can have been approved
        if change.from_vouched and made == change.expected and not change.reasons:
            self._vouch(made)
            return
        if not change.from_vouched and not change.reasons:
            return  # approved for itself; what stands against the state below it is told already
        other = no(
            51,
            f"What pull request {number} made of what judges is not what was approved.",
            REVERT,
        )
        self.against += change.reasons or (other,)

    def _is_set_up(self, before: str) -> bool:
        return not self._ever_held and not self._role(before).people

    def _role(self, commit: str) -> Role:
        policy = self._policy(commit)
        return Role() if policy is None else policy.role_of(ENGINE, None)

    def _policy(self, commit: str) -> Policy | None:
        try:
            return self.policy_of(commit)
        except SpecError:
            return None  # it names nobody

    def _change(self, pull: PullRequest) -> _Change:
        before = before_merge(self.history, self.reader, pull)
        head = self.history.fetch(pull.head_sha)
        if before is None or head is None or pull.merge_sha is None:
            text = f"Pull request {pull.number} was not merged the way GitHub merges."
            return _Change(False, self.digest(pull.merge_sha or ""), None, (no(51, text, REVERT),))
        tree = self.history.merged(before, head)
        return _Change(
            from_vouched=self.digest(before) == self.last,
            made=self.digest(pull.merge_sha),
            expected=None if tree is None else self.digest(tree),
            reasons=tuple(self._missing(pull, before)),
        )

    def _missing(self, pull: PullRequest, before: str) -> Iterator[Reason]:
        policy = self._policy(before)
        if policy is None:
            text = f"The policy before pull request {pull.number} cannot be read, so nobody could approve."
            yield no(51, text, REVERT)
            return
        roles, required = engine_required(policy, self._policy(str(pull.merge_sha)))
        counted = count(pull, engine_scope(self.history, pull), roles, required)
        if len(counted.approvals) >= sum(required.values()) and not any(r.blocks for r in counted.reasons):
            return
        yield from counted.reasons
        yield no(
            31,
            f"Pull request {pull.number} changed what judges without the approval that it needs.",
            "A person of the role engine, and the owner of each new waiver, approves it now, on the merged "
            f"pull request. {REVERT}",
            pending=True,
            role=ENGINE,
        )
