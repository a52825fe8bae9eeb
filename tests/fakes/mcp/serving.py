"""The same MCP server on stdio, or over HTTP behind a bearer token; nothing here is of one SDK."""

import os
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

SECRET_VARIABLE = "TRAINER_TOKEN"
App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


def token_of(folder: Path) -> str | None:
    """What the server expects; None: it asks for nothing."""
    path = folder / "token"
    return path.read_text() if path.exists() else None


def knows_the_secret(folder: Path) -> bool:
    """On stdio, where a tool looks into its environment; over HTTP the header was seen before."""
    return "http" in sys.argv or token_of(folder) in (None, os.environ.get(SECRET_VARIABLE))


def behind_a_token(app: App, folder: Path) -> App:
    async def guarded(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        token = token_of(folder)
        if scope["type"] == "http" and token is not None:
            given = dict(scope["headers"]).get(b"authorization", b"").decode()
            if given != f"Bearer {token}":
                start = {"type": "http.response.start", "status": 401, "headers": []}
                await send(start)
                await send({"type": "http.response.body", "body": b"who are you"})
                return
        await app(scope, receive, send)

    return guarded


def over_http(app: App, folder: Path) -> None:
    """On a free port of this machine, which is printed."""
    import uvicorn

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    # Before anybody is told the port: whoever comes earlier than uvicorn waits instead of being refused.
    listening.listen()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(behind_a_token(app, folder), log_level="critical", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listening])
