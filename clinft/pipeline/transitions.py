"""Which status of a run may follow which: the table, and what it says about a whole journal."""

from collections.abc import Mapping, Sequence

from clinft.artifacts.run_state import LIVE, OVER

ENDS = frozenset({"failed", "cancelled"})
# None: nothing was written yet. A live status may follow itself: another workflow run took the work over,
# or a provider gave its job a name. Only a model that exists can succeed.
FOLLOWS: Mapping[str | None, frozenset[str]] = {
    None: frozenset({"queued"}),
    "queued": LIVE | ENDS,
    "running": (LIVE - {"queued"}) | ENDS,
    "paused": (LIVE - {"queued"}) | ENDS,
    "trained": frozenset({"trained", "succeeded"}) | ENDS,
    "succeeded": frozenset({"deployed", "weights_deleted"}),
    "failed": frozenset({"weights_deleted"}),
    "cancelled": frozenset({"weights_deleted"}),
    # Deployed again, once a later run was rolled back. Which run is deployed now, deployment.yaml says:
    # one that a later run replaced stays `deployed` until its weights go.
    "deployed": frozenset({"deployed", "rolled_back", "weights_deleted"}),
    "rolled_back": frozenset({"deployed", "weights_deleted"}),
    "weights_deleted": frozenset(),
}
# Said once, at any time after the end; it does not change what may follow.
ASIDE = frozenset({"provider_files_deleted"})


def may_follow(statuses: Sequence[str], status: str) -> bool:
    if status in ASIDE:
        return status not in statuses and any(one in OVER for one in statuses)
    last = next((one for one in reversed(statuses) if one not in ASIDE), None)
    return status in FOLLOWS[last]


def first_illegal(statuses: Sequence[str]) -> int | None:
    """The number, from 1, of the first that may not follow those before it."""
    for at, status in enumerate(statuses):
        if not may_follow(statuses[:at], status):
            return at + 1
    return None
