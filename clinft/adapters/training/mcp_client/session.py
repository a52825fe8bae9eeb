"""One call of one tool: connect, look at the tools, call, close; and in plain words what went wrong."""

import io
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TextIO
from urllib.parse import urlsplit

from pydantic import JsonValue

from clinft.adapters.training.mcp_client.plain import plain
from clinft.adapters.training.openai_api.http import may_use_proxy
from clinft.errors import ClinftError, MissingExtra, ServiceError, SpecError
from clinft.spec.mcp import McpServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp import Client

MOST_PAGES = 50
LAST_LINES = 3
# They would show what a server sent, with a traceback, between our own lines.
LOUD = ("mcp", "client", "httpx2", "httpcore2")


@dataclass(frozen=True)
class Limits:
    """Of one call. Nothing is left running when they are over."""

    connect_seconds: float = 60.0
    call_seconds: float = 300.0


@dataclass(frozen=True)
class Place:
    """A server of the policy, its name there, and its secret if it has one."""

    name: str
    server: McpServer
    secret: str | None = field(repr=False)
    limits: Limits

    def __str__(self) -> str:
        return f"the MCP server {self.name}"


@dataclass(frozen=True)
class Offer:
    """What a server says it can do: the protocol's version and each tool's input schema."""

    protocol: str
    tools: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Reply:
    failed: bool
    structured: object
    texts: tuple[str, ...]


class AnswerLost(ServiceError):
    """The call was sent; whether the server has done what it asks for is not known."""


@dataclass
class _Seen:
    """How far it came: kept outside of the call, so that trouble while closing loses nothing."""

    step: Literal["connect", "tools", "call"] = "connect"
    offer: Offer | None = None
    reply: Reply | None = None
    refused: ClinftError | None = None
    bad_status: list[int] = field(default_factory=list)


def host_of(url: str) -> str:
    """As it is written in CLINFT_KEYS: with its port, where that is no usual one."""
    parts = urlsplit(url)
    return parts.netloc.removesuffix({"https": ":443", "http": ":80"}[parts.scheme])


def look(place: Place) -> Offer:
    """What the server offers, without calling any tool."""
    offer = _through(place, "", None).offer
    assert offer is not None  # whatever kept it from being read was raised
    return offer


def call(place: Place, tool: str, prepare: Callable[[Offer], dict[str, JsonValue]]) -> Reply:
    """`prepare` sees the tools and gives the arguments; what it raises keeps the call from being made."""
    reply = _through(place, tool, prepare).reply
    assert reply is not None  # whatever kept it from coming was raised
    return reply


def _through(place: Place, tool: str, prepare: Callable[[Offer], dict[str, JsonValue]] | None) -> _Seen:
    try:
        import anyio
        import mcp  # noqa: F401  # here, so that its absence has one message
    except ImportError:
        raise MissingExtra("mcp", "Training through an MCP server") from None
    seen = _Seen()
    with _errlog() as errlog, _silence():
        failure: Exception | None = None
        try:
            anyio.run(_exchange, place, tool, prepare, errlog, seen)
        except Exception as raised:
            # Whatever the SDK, its transports and their task groups raise: none of them documents all of it.
            failure = raised
        if seen.refused is not None:
            raise seen.refused
        whole = seen.reply is not None or (prepare is None and seen.offer is not None)
        if not whole:
            raise _trouble(place, seen, failure, errlog) from None
    return seen


async def _exchange(
    place: Place,
    tool: str,
    prepare: Callable[[Offer], dict[str, JsonValue]] | None,
    errlog: TextIO,
    seen: _Seen,
) -> None:
    import anyio

    # One scope around everything: its deadline moves, it swallows its own end, the SDK bounds the closing.
    with anyio.CancelScope(deadline=anyio.current_time() + place.limits.connect_seconds) as scope:
        async with _client(place, errlog, seen) as client:
            scope.deadline = anyio.current_time() + place.limits.call_seconds
            seen.step = "tools"
            seen.offer = offer = await _offer(client)
            if prepare is None:
                return
            try:
                arguments = prepare(offer)
            except ClinftError as refused:
                # Raised outside, where no task group wraps it.
                seen.refused = refused
                return
            seen.step = "call"
            answer = await client.call_tool(tool, arguments)
            texts = tuple(block.text for block in answer.content if block.type == "text")
            seen.reply = Reply(answer.is_error, answer.structured_content, texts)


@asynccontextmanager
async def _client(place: Place, errlog: TextIO, seen: _Seen) -> "AsyncIterator[Client]":
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = place.server
    if server.url is None:
        # The child gets PATH, HOME and the like from the SDK, and this one variable: no other secret.
        secret = {server.secret: place.secret} if server.secret and place.secret else {}
        process = StdioServerParameters(command=server.command[0], args=list(server.command[1:]), env=secret)
        async with Client(stdio_client(process, errlog=errlog), cache=None) as client:
            yield client
        return

    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    async def note(response: httpx2.Response) -> None:
        if response.status_code >= 400:
            seen.bad_status.append(response.status_code)

    limits = place.limits
    async with (
        httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {place.secret}"} if place.secret else {},
            timeout=httpx2.Timeout(limits.connect_seconds, read=limits.call_seconds),
            event_hooks={"response": [note]},
            trust_env=may_use_proxy(server.url),
        ) as http,
        Client(streamable_http_client(server.url, http_client=http), cache=None) as client,
    ):
        yield client


async def _offer(client: "Client") -> Offer:
    tools: dict[str, Mapping[str, Any]] = {}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools |= {tool.name: tool.input_schema for tool in page.tools}
        cursor = page.next_cursor
        if not cursor:
            break
    return Offer(str(client.protocol_version), tools)


def _errlog() -> TextIO:
    """Of a child process: a real file, for it is written to by its number."""
    return io.TextIOWrapper(tempfile.TemporaryFile(), encoding="utf-8", errors="replace")


@contextmanager
def _silence() -> Iterator[None]:
    before = {name: logging.getLogger(name).level for name in LOUD}
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _trouble(
    place: Place, seen: _Seen, failure: Exception | None, errlog: TextIO
) -> ServiceError | SpecError:
    cause = _cause(place, seen, failure)
    if seen.step == "call":
        return AnswerLost(
            f"The answer of {place} to a call did not arrive: {cause}.",
            "The connection broke, or the server took too long; it may have done what it was asked.",
            "Call again: a job is looked for by its run before anything is submitted.",
        )
    if seen.step == "tools":
        return ServiceError(
            f"The tools of {place} could not be listed: {cause}.",
            "It was reached, and nothing was asked of it yet.",
            "Look into the server's own log.",
        )
    said = _last_lines(place, errlog)
    where = place.server.url or place.server.command[0]
    return ServiceError(
        f"No connection to {place} ({plain(where)}): {cause}.{said}",
        "It is not running or not reachable from here, or it does not take the key.",
        "Start it or correct its entry in .github/clinft.yml; nothing was submitted.",
    )


def _cause(place: Place, seen: _Seen, failure: Exception | None) -> str:
    if failure is None:
        limits = place.limits
        seconds = limits.connect_seconds if seen.step == "connect" else limits.call_seconds
        return f"nothing came within {seconds:g} seconds"
    first = next(_leaves(failure))
    if isinstance(first, FileNotFoundError | PermissionError):
        return "the command cannot be started on this machine"
    text = plain(str(first), place.secret) or type(first).__name__
    if not seen.bad_status:
        return text
    status = seen.bad_status[-1]
    unsigned = status in (401, 403) and place.server.url is not None and place.secret is None
    missing = (
        f"CLINFT_KEYS has no line for {host_of(place.server.url)}" if unsigned and place.server.url else text
    )
    return f"HTTP {status}; {missing}"


def _leaves(failure: BaseException) -> Iterator[BaseException]:
    if isinstance(failure, BaseExceptionGroup):
        for one in failure.exceptions:
            yield from _leaves(one)
    else:
        yield failure


def _last_lines(place: Place, errlog: TextIO) -> str:
    """Only of a process that never came up: later, records may stand in what a server logs."""
    errlog.seek(0)
    lines = [line for line in errlog.read()[-4000:].splitlines() if line.strip()][-LAST_LINES:]
    said = plain(" / ".join(lines), place.secret)
    return f" Its last lines: {said}" if said else ""
