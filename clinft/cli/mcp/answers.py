"""One call of a tool: arguments checked, answer as JSON, and whatever goes wrong said in three sentences."""

import json
import sys
from typing import Any

from clinft.artifacts.canonical import digest_bytes
from clinft.cli.boundary import file_error, place_of
from clinft.errors import ClinftError, Problem, SpecError
from clinft.pipeline.assistant.desk import Desk, visible
from clinft.pipeline.assistant.form import Tool
from clinft.pipeline.assistant.table import TOOLS
from clinft.spec.messages import dotted, validated
from clinft.wiring.keyless import Barred

LARGEST_ANSWER = 1_000_000
SHOWN_PROBLEMS = 40


def called(desk: Desk, name: str, given: dict[str, Any]) -> tuple[dict[str, Any] | None, str | None]:
    """The answer, or why there is none. Nothing that was given is repeated, and no traceback is shown."""
    try:
        answer = _called(desk, name, given)
    except Exception as error:  # the one boundary of the server, as cli.boundary is that of the verbs
        return None, said(desk, error)
    return answer, None


def _called(desk: Desk, name: str, given: dict[str, Any]) -> dict[str, Any]:
    tool = TOOLS.get(name)
    if tool is None:
        raise SpecError(
            "There is no such tool.",
            "These tools read and draft; approving, merging, training and sending are done by people.",
            f"Call one of: {', '.join(TOOLS)}.",
        )
    answer = tool.call(desk, _arguments(name, tool, given)).model_dump(mode="json")
    if len(json.dumps(answer, ensure_ascii=False)) > LARGEST_ANSWER:
        raise SpecError(
            "The answer is too long for a conversation.",
            "So much of it is better read where it lies.",
            "Ask for less, or open the file in an editor.",
        )
    _log(name, answer)
    return answer


def _arguments(name: str, tool: Tool, given: dict[str, Any]) -> Any:
    """Unknown ones are refused too: a misspelt argument that is left out would answer another question."""
    arguments, errors = validated(tool.arguments, given)
    if arguments is None:
        wrong = ", ".join(
            dict.fromkeys(f"{dotted(tool.arguments, one['loc']) or '#'} ({one['type']})" for one in errors)
        )
        known = ", ".join(tool.arguments.model_fields) or "none"
        raise SpecError(
            f"{name} was called with other arguments than it takes: {wrong}.",
            "One is missing, misspelt, or not in the form that the tool's input schema says.",
            f"Its arguments: {known}.",
        )
    return arguments


def said(desk: Desk, error: Exception) -> str:
    """What, usual cause, next step; for a spec every problem with its place."""
    if isinstance(error, Barred):
        error = error.refusal
    if isinstance(error, ClinftError):
        problems = error.problems if isinstance(error, SpecError) else ()
        return desk.words("\n".join([*_lines(error), *_listed(problems)]))
    if isinstance(error, OSError):
        return desk.words("\n".join(_lines(file_error(error))))
    # Only type and place: a foreign exception's text may quote data.
    return "\n".join(
        (
            f"A bug in clinft: {type(error).__name__} at {place_of(error)}.",
            "Nothing that was asked should cause this; nothing was written.",
            "Report the line above.",
        )
    )


def _lines(error: ClinftError) -> list[str]:
    return [part for part in (error.what, error.cause, error.next_step) if part]


def _listed(problems: tuple[Problem, ...]) -> list[str]:
    shown = [f"- {one}" for one in problems[:SHOWN_PROBLEMS]]
    left = len(problems) - len(shown)
    return [*shown, *([f"- and {left} more"] if left else [])]


def _log(name: str, answer: dict[str, Any]) -> None:
    """For a person who looks afterwards: which tool gave which answer, by digest; never what was in it."""
    digest = digest_bytes(json.dumps(answer, sort_keys=True).encode())[:12]
    print(visible(f"clinft mcp: {name} answered {digest}"), file=sys.stderr, flush=True)  # noqa: T201  # the log is stderr
