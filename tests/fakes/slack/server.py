"""A Slack for tests on 127.0.0.1: the Web API below /api, one incoming webhook; README.md says what a test decides."""

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.faults import Fault, Faults
from tests.fakes.listening import Handler, Listening, Reply
from tests.fakes.slack import spec
from tests.fakes.slack.operations import OPERATIONS, Refusal
from tests.fakes.slack.state import State

DROPPED, STALLED = 0, -1
STALL_SECONDS = 0.6


@dataclass(frozen=True)
class Request:
    method: str
    arguments: Any
    authorization: str
    data: bytes
    status: int


class SlackServer(Listening, State):
    """Use as a context manager."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []
        # Called with a method's name before it is done: another publisher may come in between.
        self.before: Callable[[str], None] | None = None
        self._faults = Faults()
        self._lock = threading.RLock()
        self.base = self.open_port(RequestHandler)
        self.url = f"{self.base}/api"

    @property
    def host(self) -> str:
        return self.base.removeprefix("http://")

    def fail_next(
        self,
        method: str,
        status: int,
        after_accepting: bool = False,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        """`method` may be `webhook`. `after_accepting`: the work is done, and the answer says otherwise."""
        self._faults.add(Fault(method, status, after_accepting, times, headers or {}, body))

    def rate_limit_next(self, method: str, times: int = 1, retry_after: str = "3") -> None:
        self.fail_next(method, 429, times=times, headers={"Retry-After": retry_after})

    def drop_next(self, method: str, after_accepting: bool = True, times: int = 1) -> None:
        """The connection is closed instead of an answer."""
        self.fail_next(method, DROPPED, after_accepting, times)

    def stall_next(self, method: str) -> None:
        """The work is done, and the answer comes later than anybody waits."""
        self.fail_next(method, STALLED, after_accepting=True)

    def refuse_next(self, method: str, code: str, after_accepting: bool = False) -> None:
        self.fail_next(method, 200, after_accepting, body={"ok": False, "error": code})

    def recover(self) -> None:
        self._faults.clear()

    @property
    def faults_to_come(self) -> list[str]:
        return self._faults.to_come

    @property
    def asked(self) -> list[str]:
        return [one.method for one in self.requests]

    def answer_to(self, path: str, headers: Mapping[str, str], data: bytes) -> Reply:
        if self.before:
            self.before(path.removeprefix("/api/"))
        with self._lock:
            if path.startswith("/api/"):
                method = path.removeprefix("/api/")
                arguments = self._arguments(method, headers, data)
                reply = self._web_api(method, arguments, headers.get("authorization", ""))
            else:
                method, arguments = "webhook", json.loads(data)
                reply = self._webhook(path, arguments)
            self.requests.append(
                Request(method, arguments, headers.get("authorization", ""), data, reply.status)
            )
            return reply

    def _web_api(self, method: str, arguments: Any, authorization: str) -> Reply:
        if method not in OPERATIONS:
            return self._violation(f"no such method: {method}")
        code = self.token_state or (None if authorization == f"Bearer {self.token}" else "invalid_auth")
        if code:
            return Reply(200, {"ok": False, "error": code})
        errors = spec.request_errors(method, arguments)
        if errors:
            return self._violation(f"request {method}: {errors}")
        return self._faults.around(method, lambda: self._perform(method, arguments), _reply_of)

    def _perform(self, method: str, arguments: Any) -> Reply:
        try:
            body = {"ok": True, **OPERATIONS[method](self, arguments)}
        except Refusal as refusal:
            body = refusal.body
        errors = spec.response_errors(method, body)
        if errors:
            return self._violation(f"response {method}: {errors}")
        return Reply(200, body, {"x-oauth-scopes": ",".join(sorted(self.scopes))})

    def _webhook(self, path: str, arguments: Any) -> Reply:
        if path != self.hook:
            return Reply(404, "no_service")
        if self.hook_state:
            return Reply(404 if self.hook_state == "no_service" else 403, self.hook_state)
        errors = spec.request_errors("webhook", arguments)
        if errors:
            self.violations.append(f"request webhook: {errors}")
            return Reply(400, "invalid_payload")

        def perform() -> Reply:
            self.hooked.append(arguments)
            return Reply(200, "ok")

        return self._faults.around("webhook", perform, _reply_of)

    def _arguments(self, method: str, headers: Mapping[str, str], data: bytes) -> Any:
        if headers.get("content-type", "").startswith("application/json"):
            return json.loads(data)
        form = dict(parse_qsl(data.decode(), keep_blank_values=True))
        return spec.typed(method, form) if method in OPERATIONS else form

    def _violation(self, text: str) -> Reply:
        self.violations.append(text)
        return Reply(200, {"ok": False, "error": "invalid_arguments"})


def _reply_of(fault: Fault) -> Reply:
    body = {"ok": False, "error": "ratelimited"} if fault.status == 429 else "upstream error"
    return Reply(fault.status, body if fault.body is None else fault.body, fault.headers)


class RequestHandler(Handler):
    def do_POST(self) -> None:  # noqa: N802  # http.server looks for this name
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply: Reply = self.owner.answer_to(self.path, headers, self.read_body())
        if reply.status == STALLED:
            time.sleep(STALL_SECONDS)
        if reply.status in (DROPPED, STALLED):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        text = isinstance(reply.body, str)
        body = reply.body.encode() if text else json.dumps(reply.body).encode()
        self.send(reply.status, body, "text/html" if text else "application/json", reply.headers)

    do_GET = do_POST  # noqa: N815  # what follows a redirection
