"""Asking a public service: politely paced, patient, of one host, and never for more than fits."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from clinft.adapters.literature.access import Access, Pace
from clinft.adapters.training.openai_api.http import plain_client
from clinft.errors import ServiceError

SECONDS = 30.0
TRIES = 4
LONGEST_WAIT = 60.0
MOST_BYTES = 10_000_000
AGENT = "clinft (literature research before a fine-tuning project)"
Parameters = Mapping[str, str] | Sequence[tuple[str, str]]


class Service:
    """One service at one address. `every`: seconds between two requests, by its own rules."""

    def __init__(self, url: str, every: float, access: Access) -> None:
        self.url, self._access = url.rstrip("/"), access
        self._pace = Pace(every, access, self.host)
        # At INFO it writes down whole addresses, in one service a key too.
        logging.getLogger("httpx2").setLevel(logging.WARNING)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def get(self, path: str, parameters: Parameters) -> bytes:
        """The body of an answer 200. Raises ServiceError for every other end."""
        status: int | None = None
        for taken in range(TRIES):
            self._pace.wait()
            status, after, body = self._ask(f"{self.url}{path}", parameters)
            if status == 200:
                return body
            if status is not None and status < 500 and status != 429:
                break
            if taken < TRIES - 1:
                self._access.sleep(2.0**taken if after is None else min(after, LONGEST_WAIT))
        raise self._refused(status)

    def get_json(self, path: str, parameters: Parameters) -> tuple[dict[str, Any], bytes]:
        body = self.get(path, parameters)
        try:
            # NCBI now and then leaves a control character in a text.
            answer = json.loads(body, strict=False)
        except (ValueError, RecursionError):
            raise self.strange("it is no JSON") from None
        if not isinstance(answer, dict):
            raise self.strange("it is no JSON object")
        return answer, body

    def strange(self, why: str) -> ServiceError:
        return ServiceError(
            f"What {self.host} answered cannot be read: {why}.",
            "A proxy answers instead of the service, or the service changed.",
            "Open the service in a browser and compare; call again later.",
        )

    def _ask(self, url: str, parameters: Parameters) -> tuple[int | None, float | None, bytes]:
        """Status, seconds to wait, body. A body that does not end is cut off and refused."""
        import httpx2

        listed = [*parameters.items()] if isinstance(parameters, Mapping) else [*parameters]
        given: list[tuple[str, str | int | float | bool | None]] = [*listed]
        headers = {"User-Agent": AGENT, "Accept": "*/*"}
        try:
            with (
                plain_client(SECONDS, url) as client,
                client.stream("GET", url, params=given, headers=headers) as response,
            ):
                body = b""
                for part in response.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise self.strange(f"it is longer than {MOST_BYTES} bytes")
                return response.status_code, _seconds(response.headers.get("retry-after")), body
        except httpx2.HTTPError:
            return None, None, b""

    def _refused(self, status: int | None) -> ServiceError:
        if status is not None and 300 <= status < 400:
            said, cause = (
                f"sends to another address ({status})",
                "The service moved, or a proxy asks for a login.",
            )
        elif status is None:
            said, cause = "did not answer", "There is no network here, a proxy is down, or the service is."
        elif status == 429 or status >= 500:
            said, cause = f"answered {status}", "The service is down, or limits this address."
        else:
            said, cause = (
                f"answered {status}",
                "The service moved, or no longer understands what it is asked.",
            )
        return ServiceError(
            f"{self.host} {said} when it was asked for literature.", cause, "Call again later."
        )


def _seconds(text: str | None) -> float | None:
    """A date there is as good as nothing: the pauses are short."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else None
