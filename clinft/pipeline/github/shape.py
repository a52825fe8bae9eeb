"""What a merge left on the branch, told by its shape: only what GitHub's own buttons make is believed."""

from clinft.artifacts.forge import PullRequest
from clinft.ports.forge import ForgeReader
from clinft.ports.history import History


def before_merge(history: History, reader: ForgeReader, pull: PullRequest) -> str | None:
    """The branch's commit before the pull request; None where the merge has a shape of its own.

    A merge commit has the branch first and the pull request's head second. A squash leaves one commit. A
    rebase leaves several, each with one parent: the walk back ends where the pull request's commits end.
    """
    at = pull.merge_sha
    if at is None or at == pull.head_sha or history.resolve(at) is None:
        return None
    for _ in range(len(pull.commits) + 1):
        parents = history.parents(at)
        if len(parents) == 2 and at == pull.merge_sha:
            return parents[0] if parents[1] == pull.head_sha else None
        if len(parents) != 1:
            return None
        if reader.pull_request_of(parents[0]) != pull.number:
            return parents[0]
        at = parents[0]
    return None
