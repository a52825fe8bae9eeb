"""What a training provider may use of the world, handed over by the wiring."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.spread_team import Team


def _nothing(_: str) -> str | None:
    return None


def pause(seconds: float) -> None:
    time.sleep(seconds)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Tools:
    """`key_of`: the secret for exactly this host (with its port, where it has one), None without one.

    `secret_of`: the same for an MCP server on stdio, by the server's name in the policy.
    `id_token`: GitHub's OIDC token for an audience, None outside of a workflow that may ask for one.
    `team`: the processes that train together on this machine's cards, or on several machines'.
    """

    models: LocalModelStore
    cache: Path
    key_of: Callable[[str], str | None] = _nothing
    secret_of: Callable[[str], str | None] = _nothing
    id_token: Callable[[str], str | None] = _nothing
    team: Team = field(default_factory=Team)
    now: Callable[[], datetime] = _now
    # Looked up when tools are handed out, so that tests need not wait.
    sleep: Callable[[float], None] = field(default_factory=lambda: pause)
