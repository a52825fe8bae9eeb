"""For the doctor: is the token good, may it write, is the channel the right one. Reads only."""

from collections.abc import Iterator, Mapping
from typing import Any

from clinft.adapters.sinks.slack.calls import an_object
from clinft.adapters.sinks.slack.client import Api
from clinft.adapters.sinks.slack.errors import Refused, in_words
from clinft.errors import ClinftError
from clinft.ports.sinks import Reached

WRITE = "chat:write"
USED = frozenset(
    {WRITE, "chat:write.public", "channels:history", "groups:history", "channels:read", "groups:read"}
)
HISTORY = frozenset({"channels:history", "groups:history"})


def of_channel(api: Api, channel: str) -> Iterator[Reached]:
    problem = _problem(api, "auth.test", {})
    if problem is not None:
        yield Reached(False, problem.what, _advice(problem))
        return
    yield from _scopes(api.scopes)
    yield from _channel(api, channel)


def _scopes(scopes: frozenset[str]) -> Iterator[Reached]:
    if not scopes - {""}:
        yield Reached(True, "The token is good; Slack did not say what it may do.")
        return
    if WRITE not in scopes:
        yield Reached(
            False,
            f"The app lacks the scope {WRITE}.",
            "Add it under OAuth & Permissions, install the app anew and copy its bot token again.",
        )
    else:
        yield Reached(True, f"The token is good and has the scope {WRITE}.")
    if not scopes & HISTORY:
        yield Reached(
            True,
            "The app may not read the channel: a message whose answer is lost is never sent again.",
            "To have it looked for instead, add channels:history, for a private channel groups:history.",
        )
    if more := len(scopes - USED - {""}):
        yield Reached(
            False,
            f"The app has {more} scope{'s' if more > 1 else ''} that clinft does not need.",
            "Give clinft an app of its own with the scopes of docs/slack.md alone.",
        )


def _channel(api: Api, channel: str) -> Iterator[Reached]:
    try:
        found = an_object(api.call("conversations.info", {"channel": channel}).get("channel"))
    except Refused as refusal:
        if refusal.code == "missing_scope":
            yield Reached(
                True,
                "The channel was not looked at: the app lacks channels:read, for a private one groups:read.",
                "Optional: with it the doctor sees whether the channel exists and who shares it.",
            )
            return
        problem = in_words(refusal)
    except ClinftError as error:
        problem = error
    else:
        yield from _state(found.get("is_archived"), found.get("is_member"), _shared(found))
        return
    yield Reached(False, problem.what, _advice(problem))


def _state(archived: object, member: object, shared: bool) -> Iterator[Reached]:
    if archived:
        yield Reached(False, "The channel is archived.", "Reopen it or name another in the policy.")
    elif member is False:
        yield Reached(False, "The app is not in the channel.", "Invite it there: /invite @its-name.")
    else:
        yield Reached(True, "The channel is open and the app is in it.")
    if shared:
        yield Reached(
            False,
            "The channel is shared with another organisation, which reads every message.",
            "Name a channel of your own organisation alone.",
        )


def _shared(found: Mapping[str, Any]) -> bool:
    return any(found.get(name) for name in ("is_ext_shared", "is_pending_ext_shared"))


def _problem(api: Api, method: str, arguments: dict[str, str]) -> ClinftError | None:
    try:
        api.call(method, arguments)
    except Refused as refusal:
        return in_words(refusal)
    except ClinftError as error:
        return error
    return None


def _advice(problem: ClinftError) -> str:
    return f"{problem.cause} {problem.next_step}"
