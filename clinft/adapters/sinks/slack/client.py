"""Slack's own client, with what it may not do: print, log or raise anything of a request or an answer."""

import logging
import re
import urllib.request
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError, SlackClientError

from clinft.adapters.sinks.slack.errors import (
    BUSY,
    UNKNOWN,
    UNSURE,
    Lost,
    Refused,
    code_of,
    in_words,
    scopes_of,
    too_busy,
    unreachable,
)
from clinft.adapters.sinks.slack.keys import bad_path, bad_token, no_path, no_token
from clinft.adapters.sinks.slack.patience import Patience
from clinft.errors import ClinftError

TIMEOUT_SECONDS = 30
POST = "chat.postMessage"
WEBHOOK = "an incoming webhook"
# A bot's, also where tokens rotate; never that of a person.
BOT_TOKEN = re.compile(r"xox(e\.xox)?b-[\x21-\x7e]+")
HOOK = re.compile(r"/[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)+")
# The two last: of the SDK, where an answer is JSON and no object.
BROKEN = (OSError, ValueError, HTTPException, SlackClientError, AttributeError, TypeError)
# Of the SDK's, so that it belongs to no tree of loggers: it writes errors that hold what a server answered.
SILENT = logging.Logger("clinft.slack", logging.CRITICAL + 1)
Failure = Lost | Refused | ClinftError


class Api:
    """The Web API with a bot token. Refused: Slack said no. Lost: a message may be there or not."""

    def __init__(self, url: str, key: str | None, sleep: Callable[[float], None]) -> None:
        host = urlsplit(url).netloc
        if key is None:
            raise no_token(host)
        if not BOT_TOKEN.fullmatch(key):
            raise bad_token(host)
        self._posts = _web_client(url, key, Patience(sleep, repeatable=False))
        self._others = _web_client(url, key, Patience(sleep, repeatable=True))
        self.scopes: frozenset[str] = frozenset()  # known after the first answer

    def call(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        # Raised out of reach of what failed: no context of it holds a token or an answer.
        found = self._attempt(method, arguments)
        if isinstance(found, Exception):
            raise found
        return found

    def _attempt(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | Failure:
        client = self._posts if method == POST else self._others
        unsure: Failure = Lost() if method == POST else unreachable(method)
        try:
            response = getattr(client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            return _failure(method, error.response, unsure)
        except BROKEN:
            return unsure
        self.scopes = frozenset(str(response.headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
        data = response.data
        return data if isinstance(data, dict) else unsure


class Hook:
    """An incoming webhook: its path is the secret."""

    def __init__(self, base: str, key: str | None, sleep: Callable[[float], None]) -> None:
        host = urlsplit(base).netloc
        if key is None:
            raise no_path(host)
        path = key.removeprefix(base)
        if not HOOK.fullmatch(path):
            raise bad_path(host)
        self._client = WebhookClient(
            base + path, TIMEOUT_SECONDS, logger=SILENT, retry_handlers=[Patience(sleep, repeatable=False)]
        )

    def send(self, body: Mapping[str, Any]) -> None:
        failure = self._attempt(body)
        if failure is not None:
            raise failure

    def _attempt(self, body: Mapping[str, Any]) -> Failure | None:
        try:
            response = self._client.send_dict(dict(body))
        except BROKEN:
            return Lost()
        status, code = response.status_code, code_of(response.body)
        if status == HTTPStatus.OK:
            return None if response.body == "ok" else Lost()
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE) or code in BUSY:
            return too_busy(WEBHOOK)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Lost()
        return in_words(Refused(WEBHOOK, code))


class _Bound(WebClient):  # type: ignore[misc]  # the SDK is not followed by mypy
    """Its token belongs to one host: the SDK would carry it along when that host points to another."""

    def _perform_urllib_http_request_internal(self, url: str, req: urllib.request.Request) -> Any:
        token = req.headers.pop("Authorization", None)
        if token is not None:
            req.add_unredirected_header("Authorization", token)
        return super()._perform_urllib_http_request_internal(url, req)


def _web_client(url: str, key: str, patience: Patience) -> Any:
    return _Bound(token=key, base_url=url, timeout=TIMEOUT_SECONDS, logger=SILENT, retry_handlers=[patience])


def _failure(method: str, response: Any, unsure: Failure) -> Failure:
    status = response.status_code
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return too_busy(method)
    data = response.data
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not isinstance(data, dict):
        return unsure
    code = code_of(data.get("error"))
    # What is no code of Slack's was written by something in between.
    return (
        unsure if code in UNSURE or code == UNKNOWN else Refused(method, code, scopes_of(data.get("needed")))
    )
