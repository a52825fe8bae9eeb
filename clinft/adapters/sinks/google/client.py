"""Asks Google: its own client over `requests`, which knows the proxy and the certificates of the house."""

import logging
from collections.abc import Collection
from functools import cache, cached_property
from typing import Any

from clinft.adapters.sinks.google.login import Login
from clinft.adapters.sinks.google.refusal import NO_ANSWER, Refusal, explained, of_answer, of_login
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import ClinftError, MissingExtra

SECONDS = 60
# Quotas are counted by the minute: together a little more than one.
PAUSES = (1, 2, 4, 8, 16, 32)


class Google:
    """`doing`, `place` of a call: words for its error. `transport`: a test's way to its own server."""

    def __init__(
        self, login: Login, tools: SinkTools, scopes: Collection[str], transport: Any | None = None
    ) -> None:
        self.login, self.tools = login, tools
        self._scopes, self._transport = scopes, transport

    @property
    def files(self) -> Any:
        return _methods("drive", "v3", "files")

    @property
    def about(self) -> Any:
        return _methods("drive", "v3", "about")

    @property
    def spreadsheets(self) -> Any:
        return _methods("sheets", "v4", "spreadsheets")

    @property
    def values(self) -> Any:
        return _methods("sheets", "v4", "spreadsheets", "values")

    def ask(self, request: Any, doing: str, place: str) -> Any:
        """For what may be asked again without harm: it is, until an answer comes. Raises what was refused."""
        for pause in (*PAUSES, None):
            answer = self.once(request)
            if not isinstance(answer, Refusal):
                return answer
            if not answer.passing or pause is None:
                break
            self.tools.sleep(pause)
        raise self.problem(answer, doing, place)

    def once(self, request: Any) -> Any:
        """The answer, or a Refusal. What is raised inside holds whole answers: none of it gets out."""
        from google.auth import exceptions
        from googleapiclient.errors import HttpError

        try:
            answer = request.execute(http=self._wire, num_retries=0)
        except HttpError as error:
            return of_answer(int(error.status_code), error.content)
        except exceptions.TransportError:
            return Refusal(NO_ANSWER, at="login")
        except exceptions.OAuthError as error:  # raised where GitHub's token is exchanged, and only there
            return of_login(error, "exchange")
        except exceptions.GoogleAuthError as error:
            return of_login(error, "login")
        except (OSError, ValueError, TypeError, LookupError):
            # None in time, says `requests`; or one that is not Google's, over which its client stumbles.
            return Refusal(NO_ANSWER)
        return answer if isinstance(answer, dict) else Refusal(NO_ANSWER)

    def problem(self, refusal: Refusal, doing: str, place: str) -> ClinftError:
        return explained(refusal, doing, place, self.login.account)

    @cached_property
    def _wire(self) -> "Wire":
        return Wire(self.login.credentials(self._scopes), self._transport)


@cache
def _methods(api: str, version: str, *names: str) -> Any:
    """Of the description that came with Google's client. Kept: each time it would write their documentation.

    They are bound to nobody: who asks, and by which way, is said with every call.
    """
    try:
        from googleapiclient import discovery_cache
        from googleapiclient.discovery import build_from_document
    except ImportError:
        raise MissingExtra("google", "writing to Google") from None
    # It would write addresses and whole answers to the log.
    logging.getLogger("googleapiclient").setLevel(logging.CRITICAL)
    found = build_from_document(discovery_cache.get_static_doc(api, version), http=object())
    for name in names:
        found = getattr(found, name)()
    return found


class Wire:
    """What Google's client expects of httplib2: that one knows no proxy without a further package."""

    def __init__(self, credentials: Any, transport: Any | None) -> None:
        try:
            import requests
            from google.auth.transport.requests import AuthorizedSession, Request
        except ImportError:
            raise MissingExtra("google", "writing to Google") from None
        for_tokens = requests.Session()
        self._session = AuthorizedSession(credentials, auth_request=Request(for_tokens))
        for_tokens.max_redirects = 0
        for session in (for_tokens, self._session):
            # A login in ~/.netrc would replace Google's token.
            session.auth = _unchanged
            if transport is not None:
                session.mount("https://", transport)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        **_: Any,
    ) -> tuple[Any, bytes]:
        import httplib2

        data = body.encode() if isinstance(body, str) else body
        # A redirect would carry what is sent to another host.
        answer = self._session.request(
            method, uri, data=data, headers=headers, timeout=SECONDS, allow_redirects=False
        )
        return httplib2.Response({**answer.headers, "status": answer.status_code}), answer.content


def _unchanged(request: Any) -> Any:
    return request
