"""Writes that are safe to repeat: look, write what is missing, and look again where the answer was lost."""

import time
from collections.abc import Callable
from typing import TypeVar

from clinft.adapters.github.client import asked_for
from clinft.errors import ServiceError

TRIES = 4
PAUSE_SECONDS = 1.0
Found = TypeVar("Found")


class Again(Exception):
    """What was looked at is not so any more, or nobody knows whether the write arrived. Says why."""


def until_known(what: str, attempt: Callable[[], Found], pause_seconds: float) -> Found:
    """`attempt` looks first and writes only what is missing, so a write whose answer was lost is found.

    It is tried again where the write may have arrived (a server error, a cut connection), never where GitHub
    said no.
    """
    import github
    import requests

    why = ""
    for left in reversed(range(TRIES)):
        with asked_for(what):
            try:
                return attempt()
            except Again as again:
                why = str(again)
            except (github.GithubException, requests.RequestException) as error:
                if not left or not _may_have_arrived(error):
                    raise
        if left:
            time.sleep(pause_seconds)
    raise ServiceError(
        f"GitHub did not settle {what} in {TRIES} tries: {why}.",
        "Somebody else writes at the same moment, or GitHub is in trouble.",
        "Run the job again: what was written is found then, and not written twice.",
    )


def _may_have_arrived(error: Exception) -> bool:
    import github

    return not isinstance(error, github.GithubException) or bool(error.status >= 500)
