"""Who may end a quarantine? People of the role privacy, by a pull request that does nothing else."""

from collections.abc import Iterator

from clinft.artifacts.decision import Reason
from clinft.artifacts.forge import PullRequest
from clinft.pipeline.github.checks import Change
from clinft.pipeline.github.scopes import quarantine_scope
from clinft.spec.policy import PRIVACY
from clinft.stages.gate.inputs import no
from clinft.stages.gate.reviews import count


def lifting_reasons(change: Change, pull: PullRequest | None) -> Iterator[Reason]:
    """Beginning one needs nobody: stopping must be quick."""
    for path in change.changes.of("quarantine"):
        if path.status == "A":
            continue
        role = change.policy.role_of(PRIVACY, path.project)
        given: tuple[Reason, ...] = ()
        if pull is not None:
            scope = quarantine_scope(change.history, path.path, pull, change.changes.merge_sha)
            counted = count(pull, scope, {PRIVACY: role}, {PRIVACY: role.approvals})
            given = counted.reasons
            if sum(approval.role == PRIVACY for approval in counted.approvals) >= role.approvals:
                continue
        yield no(
            65,
            f"The quarantine of {path.project} would end: the role privacy must approve it.",
            "A person of that role reads incident/RECORD.md, looks whether all is done, and approves.",
            pending=True,
            role=PRIVACY,
        )
        yield from given
