"""Where work is spread over processes: this machine's own, or Ray's."""

import os
import secrets

from clinft.errors import SpecError
from clinft.ports.workers import Workers

ENGINES = ("local", "ray")


def workers_of(engine: str, count: int | None) -> Workers | None:
    """None: the stage's own processes. `count`: how many workers; None for every processor."""
    if engine not in ENGINES:
        raise SpecError(
            "There is no such engine.", f"The engines are {' and '.join(ENGINES)}.", "Name one of them."
        )
    return _ray(count) if engine == "ray" else None


def _ray(count: int | None) -> Workers:
    """Ray reads these when it is imported; it tells nobody that it is used, nor on what data."""
    from clinft.adapters.ray_engine.workers import RayWorkers

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # Its own remarks; what concerns the caller is raised.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    address = os.environ.get("RAY_ADDRESS")
    if not address or address == "local":
        _behind_closed_doors()
        return RayWorkers(None, count)
    return RayWorkers(address, count)


def _behind_closed_doors() -> None:
    """Whoever reaches a Ray can run code as its user: ours listens on the loopback address, and asks for a
    token that only its own processes know, which else would be written into the user's home.
    """
    os.environ.pop("RAY_ADDRESS", None)
    # Its name is of the systems where this is the default.
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
