"""The connection: reads are repeated with patience, writes never; a credential leaves for its host alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from clinft.adapters.training.openai_api.access import Access
from clinft.adapters.training.openai_api.answers import Read, SdkPage, page_of
from clinft.adapters.training.openai_api.http import may_use_proxy, no_header_log, trust
from clinft.adapters.training.openai_api.problems import (
    Place,
    Unreadable,
    may_have_arrived,
    status_of,
    told,
    worth_another_try,
)

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

SECONDS = 60.0
UPLOAD_SECONDS = 600.0
CONNECT_SECONDS = 10.0
TRIES = 4
MOST_PAGES = 1000
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 120.0
# What is sent besides the credential. The SDK would add whatever OPENAI_CUSTOM_HEADERS, OPENAI_ORG_ID and
# others of this process's environment hold, to any host.
HEADERS = frozenset(
    [
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "content-type",
        "content-length",
        "transfer-encoding",
        "user-agent",
    ]
)
# What the SDK or our reading of it raises where an answer is not what the API describes.
NO_ANSWER = (Unreadable, AttributeError, LookupError, TypeError, ValueError)
Given = TypeVar("Given")


class Lost(Exception):
    """A write whose answer nobody knows: it may have arrived. `error` says what to tell people."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Service:
    def __init__(self, client: "OpenAI", access: Access, sleep: Callable[[float], None]) -> None:
        self.client, self._access, self.sleep = client, access, sleep

    @property
    def host(self) -> str:
        return self._access.host

    @property
    def place(self) -> Place:
        return self._access.place

    def shown(self, text: object, longest: int = 600) -> str:
        return self.place.shown(text, longest)

    def read(self, what: str, call: Callable[[], Given]) -> Given:
        """What may be asked twice: a GET, or a DELETE."""
        import openai

        renewed = False
        for left in reversed(range(TRIES)):
            try:
                return call()
            except (openai.OpenAIError, *NO_ANSWER) as error:
                if status_of(error) == 401 and self._access.entra and left and not renewed:
                    # The token ended before its time; a new one is asked for once.
                    renewed = True
                    self._access.renew()
                    continue
                if not left or not worth_another_try(error):
                    raise told(error, what, self.place) from None
                self.sleep(_pause(error, TRIES - 1 - left))
        raise AssertionError("the last try returns or raises")

    def find(self, what: str, call: Callable[[], Given]) -> Given | None:
        """As `read`; None where the service has no such thing."""
        import openai

        def asked() -> Given | None:
            try:
                return call()
            except openai.NotFoundError:
                return None

        return self.read(what, asked)

    def all(self, what: str, kind: type[Read], first: Callable[[], SdkPage]) -> list[Read]:
        """All pages, each thing once; it ends also where a service gives the same page again and again."""
        found: dict[str, Read] = {}
        call = first
        for _ in range(MOST_PAGES):
            items, following = self.read(what, partial(_page, kind, call))
            fresh = {one.id: one for one in items if one.id not in found}
            found.update(fresh)
            if not fresh or following is None:
                return [*found.values()]
            call = following
        raise told(Unreadable(), what, self.place)

    def write(self, what: str, call: Callable[[], Given]) -> Given:
        """Sent once. Raises Lost where it may have arrived, and what people need to know where it has not."""
        import openai

        try:
            return call()
        except (openai.OpenAIError, *NO_ANSWER) as error:
            problem = told(error, what, self.place)
            if may_have_arrived(error):
                raise Lost(problem) from None
            raise problem from None


def _page(kind: type[Read], call: Callable[[], SdkPage]) -> tuple[list[Read], Callable[[], SdkPage] | None]:
    return page_of(kind, call())


@contextmanager
def connected(access: Access, sleep: Callable[[float], None] = time.sleep) -> Iterator[Service]:
    import httpx2
    import openai

    no_header_log()
    own = httpx2.URL(access.url).netloc

    def bind(request: "httpx2.Request") -> None:
        """Runs before each request leaves; what the SDK made of the environment stays here."""
        if request.url.netloc != own:
            raise Unreadable
        for name in [*request.headers]:
            if name.lower() not in HEADERS and not name.lower().startswith("x-stainless-"):
                del request.headers[name]
        request.headers["Authorization"] = f"Bearer {access.credential()}"

    with openai.DefaultHttpx2Client(
        # A redirect would carry the credential, and the training data, to wherever it points.
        follow_redirects=False,
        verify=trust(),
        trust_env=may_use_proxy(access.url),
        timeout=openai.Timeout(SECONDS, connect=CONNECT_SECONDS),
        event_hooks={"request": [bind]},
    ) as http:
        client = openai.OpenAI(
            # `bind` sets the real one; the SDK never holds it, so no repr, log or error of it can.
            api_key="held-elsewhere",
            admin_api_key="",
            base_url=access.url.rstrip("/") + "/",
            max_retries=0,
            http_client=http,
        )
        yield Service(client, access, sleep)


def _pause(error: Exception, taken: int) -> float:
    """What the service asks for, within reason; else longer each time."""
    asked = ""
    if status_of(error) is not None:
        asked = error.response.headers.get("retry-after", "")  # type: ignore[attr-defined]  # a status error has one
    try:
        seconds = float(int(asked))
    except ValueError:
        seconds = FIRST_PAUSE_SECONDS * 2**taken
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS)
