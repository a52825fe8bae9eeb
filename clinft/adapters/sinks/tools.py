"""What a sink may use of the world, handed over by the wiring."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clinft.adapters.training.tools import pause


def _nothing(_: str) -> str | None:
    return None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class SinkTools:
    """`key_of`: the secret of CLINFT_SINK_KEYS for exactly this host, None without one.

    `id_token`: GitHub's OIDC token for an audience, None outside of a workflow that may ask for one.
    `repository`: such as `hospital/models`: two that share a folder leave each other's files alone.
    """

    key_of: Callable[[str], str | None] = _nothing
    id_token: Callable[[str], str | None] = _nothing
    now: Callable[[], datetime] = _now
    # Looked up when tools are handed out, so that tests need not wait.
    sleep: Callable[[float], None] = field(default_factory=lambda: pause)
    repository: str = ""
