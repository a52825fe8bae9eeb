"""How often and how long Slack is asked again, within what its SDK lets one decide."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 1.0
# Who asks for more is asked again by the next run.
LONGEST_PAUSE_SECONDS = 60.0
# Refused before anything was done.
REFUSED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Patience(RetryHandler):  # type: ignore[misc]  # the SDK is not followed by mypy
    """`repeatable`: a call that may be made twice, so that a lost answer is no reason to stop."""

    def __init__(self, sleep: Callable[[float], None], repeatable: bool) -> None:
        super().__init__(max_retry_count=ATTEMPTS - 1)
        self._sleep, self._repeatable = sleep, repeatable

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None:
            return self._repeatable and isinstance(error, OSError)
        if _asked_pause(response.headers) > LONGEST_PAUSE_SECONDS:
            return False
        status: int = response.status_code
        return status in REFUSED or (self._repeatable and status >= HTTPStatus.INTERNAL_SERVER_ERROR)

    def prepare_for_next_attempt(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        asked = _asked_pause(response.headers) if response is not None else 0.0
        state.next_attempt_requested = True
        self._sleep(asked or pause_after(state.current_attempt))
        state.increment_current_attempt()


def pause_after(attempt: int) -> float:
    return float(FIRST_PAUSE_SECONDS * 2**attempt)


def _asked_pause(headers: Mapping[str, Sequence[str] | Any]) -> float:
    """Seconds of Retry-After, 0 without one that can be read."""
    for name, values in headers.items():
        if name.lower() == "retry-after":
            value = str(values[0] if isinstance(values, list) and values else values)
            if value.isascii() and value.isdigit():
                return float(value)
    return 0.0
