"""The whole mapping against the live server, before an attempt is taken: no tool is called."""

from typing import get_args

from clinft.adapters.training.mcp_client import session
from clinft.adapters.training.mcp_client.arguments import holding, render
from clinft.adapters.training.mcp_client.calls import found_wrong, no_value, refuse
from clinft.adapters.training.mcp_client.plain import plain
from clinft.adapters.training.mcp_client.reading import compiled
from clinft.adapters.training.mcp_client.session import Place
from clinft.ports.training import TrainingRequest
from clinft.spec.mcp import JOB_ID, PATHS, TEXTS, McpOperation, Operation

UNMAPPED = {
    "events": "what it says of a job is not recorded",
    "cancel": "a job can be stopped at the server alone",
    "dispose": "what was sent stays at the server until somebody deletes it there",
}


def lines_of(place: Place, request: TrainingRequest) -> list[str]:
    """What was looked at, a line each; all problems at once as one SpecError."""
    offer = session.look(place)
    mapped = place.server.mapped
    problems: list[str] = []
    unsure = _not_here(request) | {JOB_ID}
    for operation, one in mapped.items():
        problems += _broken_paths(operation, one)
        later = holding(one.arguments, unsure)
        now = {name: value for name, value in one.arguments.items() if name not in later}
        rendered = render(now, request)
        problems += no_value(operation, rendered.missing)
        arguments = rendered.arguments | dict.fromkeys(later)
        problems += found_wrong(operation, one, offer, arguments, later)
    refuse(place, problems)
    pairs = ", ".join(f"{operation} by {one.tool}" for operation, one in mapped.items())
    lines = [
        f"{place} answers (protocol {plain(offer.protocol, longest=40)}, {len(offer.tools)} tools)",
        f"the arguments of each call fit its tool's schema: {pairs}",
    ]
    unchecked = [one.tool for one in mapped.values() if "properties" not in offer.tools[one.tool]]
    if unchecked:
        lines.append(
            f"the schema of {', '.join(unchecked)} lists no arguments: a misspelt one goes unnoticed"
        )
    absent = [operation for operation in get_args(Operation) if operation not in mapped]
    lines += [f"{operation} is not mapped: {UNMAPPED[operation]}" for operation in absent]
    return lines


def _not_here(request: TrainingRequest) -> set[str]:
    """Files are looked into where they lie on this machine, and only then."""
    named = zip((*PATHS, *TEXTS), (request.training_file, request.validation_file) * 2, strict=True)
    return {name for name, path in named if not path.exists()}


def _broken_paths(operation: Operation, one: McpOperation) -> list[str]:
    problems = []
    for name, path in [("items", one.items or "@"), *one.paths.items()]:
        try:
            compiled(path)
        except ValueError as broken:
            problems.append(f"{operation}: the JMESPath of {name} is broken ({broken})")
    return problems
