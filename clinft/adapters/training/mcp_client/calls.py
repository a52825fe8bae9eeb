"""One operation of the mapping: its arguments filled and checked, its tool called, its answer read."""

from collections.abc import Callable
from typing import Any

from pydantic import JsonValue

from clinft.adapters.training.mcp_client import session
from clinft.adapters.training.mcp_client.arguments import render
from clinft.adapters.training.mcp_client.checking import problems_of, with_integers
from clinft.adapters.training.mcp_client.plain import plain
from clinft.adapters.training.mcp_client.reading import read
from clinft.adapters.training.mcp_client.session import Limits, Offer, Place
from clinft.adapters.training.tools import Tools
from clinft.errors import SpecError
from clinft.ports.training import TrainingRequest
from clinft.spec.mcp import NEEDED, McpOperation, Operation

POLICY = ".github/clinft.yml"


def place_of(request: TrainingRequest, tools: Tools, limits: Limits) -> Place:
    """The policy's entry and its secret; refused where one of them is missing."""
    name, server = request.spec.server, request.server
    if name is None or server is None:
        raise SpecError(
            "The MCP server of this spec is not in the policy.",
            "`training.server` names an entry of mcp_servers, and there is none of this name.",
            f"Add it to {POLICY}, or name another one.",
        )
    if any(operation not in server.mapped for operation in NEEDED):
        raise SpecError(
            f"The MCP server {name} is listed in the policy, and none of its tools is mapped.",
            "Training needs find, submit, poll and result.",
            f"Map them in {POLICY}; docs/mcp.md has an example.",
        )
    if server.url is not None:
        return Place(name, server, tools.key_of(session.host_of(server.url)), limits)
    secret = tools.secret_of(name) if server.secret is not None else None
    if server.secret is not None and secret is None:
        raise SpecError(
            f"The secret of the MCP server {name} is not here.",
            f"Its process expects one in {server.secret}, and CLINFT_KEYS has no line for it.",
            f"Add the line `mcp:{name} ...` to the secret CLINFT_KEYS.",
        )
    return Place(name, server, secret, limits)


def ask(
    place: Place,
    operation: Operation,
    request: TrainingRequest,
    job_id: str | None = None,
    before: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """What the server told, by our names: one answer, or one for each job of a list.

    `before`: done once nothing keeps the tool from being called any more.
    """
    one = place.server.mapped[operation]
    prepare = _prepared(place, operation, request, job_id)

    def prepared(offer: Offer) -> dict[str, JsonValue]:
        arguments = prepare(offer)
        before()
        return arguments

    return read(place, operation, one, session.call(place, one.tool, prepared))


def found_wrong(
    operation: Operation,
    one: McpOperation,
    offer: Offer,
    arguments: dict[str, JsonValue],
    unsure: frozenset[str] = frozenset(),
) -> list[str]:
    """All that keeps this call from being made, a sentence each."""
    schema = offer.tools.get(one.tool)
    if schema is None:
        known = plain(", ".join(sorted(offer.tools))) or "none"
        return [f"{operation}: the server has no tool {one.tool}; it has {known}"]
    return [f"{operation}: {problem}" for problem in problems_of(one.tool, schema, arguments, unsure)]


def refuse(place: Place, problems: list[str]) -> None:
    """All at once."""
    if problems:
        raise SpecError(
            f"The mapping of {place} does not fit its tools: {'; '.join(problems)}.",
            "The server changed, or a name in the mapping is misspelt; servers accept that in silence.",
            f"Correct mcp_servers.{place.name}.operations in {POLICY}.",
        )


def no_value(operation: Operation, missing: tuple[str, ...]) -> list[str]:
    return [f"{operation}: a text holds ${{{name}}}, and the spec has no value for it" for name in missing]


def _prepared(
    place: Place, operation: Operation, request: TrainingRequest, job_id: str | None
) -> Callable[[Offer], dict[str, JsonValue]]:
    one = place.server.mapped[operation]

    def prepare(offer: Offer) -> dict[str, JsonValue]:
        rendered = render(one.arguments, request, job_id)
        arguments = with_integers(rendered.arguments, one.arguments, offer.tools.get(one.tool, {}))
        refuse(place, no_value(operation, rendered.missing) + found_wrong(operation, one, offer, arguments))
        return arguments

    return prepare
