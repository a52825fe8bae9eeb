"""A Google for tests on 127.0.0.1: every message is judged by Google's own descriptions of its APIs.

Clients keep Google's addresses; `transport()` carries what they send to https://HOST/PATH to /HOST/PATH here.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.fakes.faults import Fault, Faults
from tests.fakes.google import drive_operations, login_operations, sheets_operations
from tests.fakes.google.calls import DROPPED, Call, Handler, Refused, Reply, Request, problem
from tests.fakes.google.discovery import Method, api_of
from tests.fakes.google.http_handler import RequestHandler
from tests.fakes.google.people import People
from tests.fakes.google.state import Token
from tests.fakes.google.transport import ToLoopback
from tests.fakes.listening import Listening

OPERATIONS: dict[str, Handler] = {
    **login_operations.OPERATIONS,
    **drive_operations.OPERATIONS,
    **sheets_operations.OPERATIONS,
}
# The connection is closed now, and the work is done when the test says so.
LATE = -1
TOKEN_FIELDS = ({"grant_type", "assertion"}, {"grant_type", "refresh_token", "client_id", "client_secret"})
CAMEL = {
    "grant_type": "grantType", "requested_token_type": "requestedTokenType", "subject_token": "subjectToken",
    "subject_token_type": "subjectTokenType", "audience": "audience", "scope": "scope", "options": "options",
}  # fmt: skip


class GoogleServer(Listening, People):
    """Use as a context manager. `violations` must be empty at the end of every test."""

    def __init__(self) -> None:
        super().__init__()
        self.violations: list[str] = []
        self.requests: list[Request] = []
        # Called with the request before the work is done, without any lock held.
        self.hooks: dict[str, Callable[[Request], None]] = {}
        self._faults = Faults()
        self._late: list[Callable[[], Reply]] = []
        self._lock = threading.RLock()
        self.base = self.open_port(RequestHandler)

    def transport(self) -> ToLoopback:
        return ToLoopback(self.base)

    def fail_next(
        self, operation_id: str, status: int, reason: str = "", after_accepting: bool = False, times: int = 1
    ) -> None:
        """`after_accepting`: the work is done, and the client is told that it failed (a lost answer)."""
        if operation_id not in OPERATIONS:
            raise KeyError(f"the server knows no operation {operation_id}")
        self._faults.add(Fault(operation_id, status, after_accepting, times, body=reason))

    def answer_next(self, operation_id: str, status: int, body: Any) -> None:
        """As something between clinft and Google would."""
        self._faults.add(Fault(operation_id, status, False, 1, {}, Reply(status, body)))

    def redirect_next(self, operation_id: str, address: str) -> None:
        self._faults.add(Fault(operation_id, 302, False, 1, {"Location": address}, ""))

    def drop_next(self, operation_id: str, after_accepting: bool = True, times: int = 1) -> None:
        self.fail_next(operation_id, DROPPED, "", after_accepting, times)

    def delay_next(self, operation_id: str) -> None:
        """No answer comes, and the work is only done in `work_off`."""
        self.fail_next(operation_id, LATE)

    def work_off(self) -> list[int]:
        with self._lock:
            late, self._late = self._late, []
            return [perform().status for perform in late]

    @property
    def faults_to_come(self) -> list[str]:
        return self._faults.to_come

    def asked(self, operation_id: str) -> list[Request]:
        return [one for one in self.requests if one.operation_id == operation_id]

    def answer_to(self, request: Request) -> Reply:
        found = self._found(request)
        if found is None:
            return self._violation(404, f"no such operation: {request.method} {request.host}{request.path}")
        operation_id, method, request = found
        if operation_id in self.hooks:
            self.hooks[operation_id](request)
        with self._lock:
            reply = self._answer(operation_id, method, request)
            self.requests.append(replace(request, operation_id=operation_id, status=reply.status))
            return reply

    def _found(self, request: Request) -> tuple[str, Method | None, Request] | None:
        if (request.host, request.path, request.method) == ("oauth2.googleapis.com", "/token", "POST"):
            return "oauth2.token", None, request
        api = api_of(request.host)
        method = api.match(request.method, request.path) if api is not None else None
        if method is None or method.id not in OPERATIONS:
            return None
        if method.id == "sts.token" and isinstance(request.body, dict):
            # RFC 8693 spells the names otherwise than the discovery document.
            request = replace(
                request, body={CAMEL.get(name, name): one for name, one in request.body.items()}
            )
        return method.id, method, request

    def _answer(self, operation_id: str, method: Method | None, request: Request) -> Reply:
        errors = self._request_errors(method, request)
        if errors:
            return self._violation(400, f"request {operation_id}: {errors}")
        try:
            token = self._authorised(method, request)
        except Refused as refusal:
            return refusal.reply
        call = Call(self, method.parts if method else {}, request.query, request.body, request.media, token)
        fault = self._faults.take(operation_id)
        if fault and fault.status == LATE:
            self._late.append(lambda: self._perform(operation_id, method, call))
            return Reply(DROPPED)
        if fault and not fault.after_accepting:
            return self._failed(fault, request)
        reply = self._perform(operation_id, method, call)
        return self._failed(fault, request) if fault else reply

    def _request_errors(self, method: Method | None, request: Request) -> list[str]:
        if method is None:
            fields = set(request.body or ())
            return (
                [] if any(fields - {"scope"} == one for one in TOKEN_FIELDS) else [f"fields {sorted(fields)}"]
            )
        return method.request_errors(dict(request.query), request.body)

    def _authorised(self, method: Method | None, request: Request) -> Token | None:
        if method is None or not method.scopes:
            return None
        text = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = self.tokens.get(text)
        if token is None or not token.alive:
            raise Refused(problem(401, "authError", f"Invalid Credentials: {text}", "UNAUTHENTICATED"))
        allowed = login_operations.IAM if token.federated else frozenset(method.scopes)
        if not token.scopes & allowed:
            text = "Request had insufficient authentication scopes."
            raise Refused(
                problem(403, "insufficientPermissions", text, detail="ACCESS_TOKEN_SCOPE_INSUFFICIENT")
            )
        return token

    def _perform(self, operation_id: str, method: Method | None, call: Call) -> Reply:
        try:
            reply = OPERATIONS[operation_id](call)
        except Refused as refusal:
            return refusal.reply
        except Exception as error:  # a bug of this server must fail the test, not hang its client
            return self._violation(500, f"handler {operation_id}: {error!r}")
        errors = method.response_errors(reply.body) if method and reply.status < 400 else []
        return self._violation(500, f"response {operation_id}: {errors}") if errors else reply

    def _failed(self, fault: Fault, request: Request) -> Reply:
        if isinstance(fault.body, Reply):
            return fault.body
        if fault.status == DROPPED:
            return Reply(DROPPED)
        # What must not end up in any message of ours: the token, and what was sent.
        said = f"fault: {request.headers.get('authorization', '')} {request.data.decode(errors='replace')}"
        detail = fault.body if fault.body.isupper() else ""
        told = problem(fault.status, fault.body or "backendError", said, detail=detail)
        return replace(told, headers=fault.headers)

    def _violation(self, status: int, text: str) -> Reply:
        self.violations.append(text)
        return problem(status, "violation", text)

    def read(self, file_id: str, title: str) -> list[list[Any]]:
        """The worksheet's rows, as a person sees them."""
        return next(one for one in self.files[file_id].sheets if one.title == title).values(formulas=False)
