"""LangSmith's own client, told everything: no address, workspace or option comes from the environment.

Its conveniences that look around are not used: `evaluate` uploads who last committed, tracing uploads the
platform and LANGSMITH_* variables, and a background thread swallows failures.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit

from langsmith import Client
from langsmith import schemas as ls
from langsmith.utils import LangSmithError, get_host_url
from requests import RequestException, Session
from requests.exceptions import InvalidJSONError
from urllib3.util import Retry

from clinft.adapters.sinks.langsmith.errors import Trouble, contradiction, in_words, no_key, of_status

Found = TypeVar("Found")
ATTEMPTS = 4
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 60.0
TIMEOUT_MS = (10_000, 60_000)
PAGE = 100


class Failed(Exception):
    """A call that ended in `trouble`. Stays within this package; holds no text of the call or its answer."""

    def __init__(self, trouble: Trouble, doing: str) -> None:
        super().__init__(trouble.kind, doing)
        self.trouble, self.doing = trouble, doing


class Api:
    """Every call is safe to make twice: ids are ours, and what is there is looked up first."""

    def __init__(
        self, url: str, key: str | None, workspace: str | None, sleep: Callable[[float], None]
    ) -> None:
        if not key:
            raise no_key(urlsplit(url).netloc)
        self._url, self._key, self._workspace, self._sleep = url, key, workspace, sleep
        # Where people look at what this address keeps.
        self.app = str(get_host_url(None, url))

    def version(self) -> str:
        return str(self.client.info.version or "")

    @cached_property
    def client(self) -> Any:
        """Asks what the service can do once, by itself: the client would log a failure with its text."""
        first = self._made(info=None)
        found = self.once(
            "to see what it can do",
            lambda: ls.LangSmithInfo(**first.request_with_retries("GET", "/info").json()),
            repeat_lost=True,
        )
        return self._made(info=found)

    def _made(self, info: Any) -> Any:
        session = Session()
        # A redirect would take the key and the data to another host.
        session.max_redirects = 0
        options = {
            "api_url": self._url,
            "api_key": self._key,
            # Empty, not absent: else the environment's.
            "workspace_id": self._workspace or "",
            "profile_config_path": os.devnull,
            "session": session,
            "info": info,
            "auto_batch_tracing": False,
            "omit_traced_runtime_info": True,
            "tracing_mode": "langsmith",
            "hide_inputs": False,
            "hide_outputs": False,
            "hide_metadata": False,
            "disable_prompt_cache": True,
            # We wait, with a clock that tests need not wait for.
            "retry_config": Retry(0),
            "timeout_ms": TIMEOUT_MS,
        }
        try:
            return Client(**options)
        except LangSmithError:
            pass
        raise contradiction()

    def wait(self, attempt: int) -> None:
        self._sleep(FIRST_PAUSE_SECONDS * 2**attempt)

    def get(self, doing: str, path: str, params: Mapping[str, Any]) -> list[Any]:
        """A list, asked for again also where the answer was lost."""

        def ask() -> list[Any]:
            found = self.client.request_with_retries("GET", path, params=dict(params)).json()
            if not isinstance(found, list):
                raise ValueError("not a list")
            return found

        return self.once(doing, ask, repeat_lost=True)

    def pages(self, doing: str, path: str, params: Mapping[str, Any]) -> Iterator[Any]:
        offset = 0
        while found := self.get(doing, path, {**params, "offset": offset, "limit": PAGE}):
            yield from found
            offset += len(found)
            if len(found) < PAGE:
                return

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.client.request_with_retries("POST", path, data=json.dumps(body)).json()

    def post_parts(self, doing: str, path: str, parts: Sequence[tuple[str, bytes]]) -> None:
        """Named JSON parts, each with its length, as the service's description asks for."""
        files = [
            (name, (None, data, "application/json", {"Content-Length": str(len(data))}))
            for name, data in parts
        ]
        self.once(
            doing, lambda: self.client.request_with_retries("POST", path, request_kwargs={"files": files})
        )

    def once(self, doing: str, action: Callable[[], Found], *, repeat_lost: bool = False) -> Found:
        """Asked again while the service is busy; Failed where what happened is for the caller to judge.

        ClinftError where a person must mend a setting.
        """
        for attempt in range(ATTEMPTS):
            found, trouble = _tried(action)
            if trouble is None:
                return found  # type: ignore[return-value]  # an action may return None
            pause = trouble.retry_after or FIRST_PAUSE_SECONDS * 2**attempt
            waits = trouble.kind == "busy" or (repeat_lost and trouble.kind == "lost")
            if not waits or attempt == ATTEMPTS - 1 or pause > LONGEST_PAUSE_SECONDS:
                break
            self._sleep(pause)
        assert trouble is not None, "there is at least one attempt"
        if repeat_lost or trouble.kind in ("busy", "unread", "refused"):
            raise in_words(trouble, doing)
        raise Failed(trouble, doing)

    def settled(
        self, doing: str, look: Callable[[], Found | None], make: Callable[[], Found]
    ) -> tuple[Found, bool]:
        """What is there, else what `make` makes; True where it was made. After a lost answer: looks again."""
        made = False
        for attempt in range(ATTEMPTS):
            there = look()
            if there is not None:
                return there, made
            try:
                return self.once(doing, make), True
            except Failed as failed:
                trouble = failed.trouble
            if trouble.kind not in ("lost", "conflict"):
                break
            made = made or trouble.kind == "lost"
            self.wait(attempt)
        raise in_words(trouble, doing)


def _tried(action: Callable[[], Found]) -> tuple[Found | None, Trouble | None]:
    try:
        return action(), None
    except InvalidJSONError:
        return None, Trouble("unread")
    except (LangSmithError, RequestException) as error:
        return None, _trouble(error)
    except (ValueError, TypeError, KeyError, AttributeError):  # pydantic's error is a ValueError
        return None, Trouble("unread")


def _trouble(error: BaseException) -> Trouble:
    """The client wraps the answer several times; its status is all that is taken from it."""
    looking: BaseException | None = error
    while looking is not None:
        response = getattr(looking, "response", None)
        if response is not None:
            return of_status(int(response.status_code), response.headers.get("Retry-After"))
        looking = looking.__cause__ or looking.__context__
    return Trouble("lost")
