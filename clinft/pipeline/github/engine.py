"""Has the role engine agreed to what judges, as it stands on main? Told by content, not by the last change.

A state of the engine (everything outside projects/ that is no documentation) is vouched for when the role
engine, as named in a state that is vouched for itself, approved the pull request that made it from such a
state; or when it was there before. So a change that nobody approved cannot hide below a later, honest one,
cannot name its own approvers, and is undone by a plain revert. States from before anybody held the role
are the set-up: nobody could have approved them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from clinft.artifacts.decision import Reason
from clinft.errors import SpecError
from clinft.pipeline.github.scopes import engine_digest, engine_scope
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History
from clinft.spec.policy import ENGINE, Policy, Role
from clinft.stages.gate import no
from clinft.stages.gate.engine import engine_required
from clinft.stages.gate.paths import classify
from clinft.stages.gate.reviews import count

REVERT = "Or revert it, which brings back what counted before; then a pull request that the role approves."


def engine_reasons(
    history: History, reader: ForgeReader, policy_of: Callable[[str], Policy], tip: str
) -> Iterator[Reason]:
    """What speaks against the engine at `tip`; nothing where it is vouched for."""
    walk = _Walk(history, reader, policy_of)
    for commit in reversed([*_changes(history, tip)]):
        walk.step(commit)
    if engine_digest(history, tip) not in walk.vouched:
        yield from walk.against


@dataclass
class _Walk:
    """From the first change to the last."""

    history: History
    reader: ForgeReader
    policy_of: Callable[[str], Policy]
    vouched: set[str] = field(default_factory=set)
    against: list[Reason] = field(default_factory=list)  # since the last state that is vouched for
    _ever_held: bool = False
    _policies: dict[int, Policy | None] = field(default_factory=dict)  # before each pull request

    def step(self, commit: str) -> None:
        made = engine_digest(self.history, commit)
        parents = self.history.parents(commit)
        if made in self.vouched or not parents or self._is_set_up(parents[0]):
            self._vouch(made)
        else:
            from_vouched = engine_digest(self.history, parents[0]) in self.vouched
            reasons = self._against(commit, parents[0])
            if from_vouched and not reasons:
                self._vouch(made)
            self.against += reasons
        self._ever_held = self._ever_held or bool(self._role(commit).people)

    def _vouch(self, state: str) -> None:
        self.vouched.add(state)
        self.against.clear()

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

    def _against(self, commit: str, before: str) -> list[Reason]:
        """Why this change is not approved; empty where it is."""
        number = self.reader.pull_request_of(commit)
        if number is None:
            text = f"Commit {commit[:12]} changed clinft, its workflows or its policy without a pull request."
            return [no(51, text, f"A direct push cannot be approved. {REVERT}")]
        pull = self.reader.pull_request(number)
        # A rebase leaves several commits: the policy before the first of them counts for all.
        policy = self._policies.setdefault(number, self._policy(before))
        if policy is None:
            text = f"The policy before pull request {number} cannot be read, so nobody could approve."
            return [no(51, text, REVERT)]
        roles, required = engine_required(policy, self._policy(commit))
        counted = count(pull, engine_scope(self.history, pull), roles, required)
        enough = len(counted.approvals) >= sum(required.values())
        if enough and not any(reason.blocks for reason in counted.reasons):
            return []
        missing = no(
            31,
            f"Pull request {number} changed what judges without the approval that it needs.",
            "A person of the role engine, and the owner of each new waiver, approves it now, on the merged "
            f"pull request. {REVERT}",
            pending=True,
            role=ENGINE,
        )
        return [*counted.reasons, missing]


def _changes(history: History, tip: str) -> Iterator[str]:
    """Commits of the branch that changed what judges, the newest first."""
    names = {entry.path.split("/")[0] for entry in history.entries(tip)}
    at: str | None = tip
    while at is not None:
        commit = history.newest(at, sorted(name for name in names if _may_judge(name)))
        if commit is None:
            return
        yield commit
        parents = history.parents(commit)
        at = parents[0] if parents else None
        if at is not None:
            # What a change removed altogether was there before it.
            names |= {entry.path.split("/")[0] for entry in history.entries(at)}


def _may_judge(name: str) -> bool:
    """Whether anything with this name at the top, or below it, can be engine."""
    if name == "projects":
        return False
    return "neutral" not in (classify(name)[0], classify(f"{name}/x")[0])
