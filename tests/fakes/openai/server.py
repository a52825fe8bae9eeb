"""An OpenAI for tests on 127.0.0.1, below /v1; every message is judged by OpenAI's own description of its API."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.faults import Fault, Faults
from tests.fakes.listening import Listening
from tests.fakes.openai import file_operations, job_operations, lifecycle, model_operations
from tests.fakes.openai.calls import DROPPED, Call, Handler, Refused, Reply, Request, problem
from tests.fakes.openai.http_handler import RequestHandler
from tests.fakes.openai.spec import Spec, openai_spec
from tests.fakes.openai.state import State
from tests.fakes.openapi_description import Operation

KEY = "sk-test-0123456789abcdefghij"
OPERATIONS: dict[str, Handler] = {
    **file_operations.OPERATIONS,
    **job_operations.OPERATIONS,
    **model_operations.OPERATIONS,
}


@dataclass(frozen=True)
class Surface:
    """One API: where it lies, what describes it, who does the work, whom it lets in."""

    prefix: str
    spec: Spec
    operations: Mapping[str, Handler]
    authorise: Callable[[Request, str], None]  # with the operation's id; raises Refused
    problem: Callable[..., Reply] = field(default=problem)

    def match(self, request: Request) -> tuple[Operation, dict[str, str]] | None:
        if not request.path.startswith(f"{self.prefix}/"):
            return None
        hit = self.spec.match(request.method, request.path.removeprefix(self.prefix))
        # Described and not built is not there either: what nobody built cannot prove anything.
        return hit if hit and hit[0].id in self.operations else None


class OpenAIServer(Listening, State):
    """Use as a context manager. `violations` must be empty at the end of every test."""

    prefix = "/v1"

    def __init__(self, key: str = KEY) -> None:
        super().__init__()
        self.key = key
        self.violations: list[str] = []
        self._faults = Faults()
        self._lock = threading.RLock()
        self.base = self.open_port(RequestHandler)
        self.url = f"{self.base}{self.prefix}"
        self.surfaces = self._surfaces()

    def _surfaces(self) -> Sequence[Surface]:
        return (Surface(self.prefix, openai_spec(), OPERATIONS, self._authorise),)

    def advance(self, job_id: str | None = None, steps: int = 1) -> None:
        """As polls would, of one job or of all."""
        with self._lock:
            for _ in range(steps):
                for job in [self.jobs[job_id]] if job_id else list(self.jobs.values()):
                    lifecycle.advance(self, job)

    def fail_next(
        self,
        operation_id: str,
        status: int,
        after_accepting: bool = False,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        """`after_accepting`: the work is done, and the client is told that it failed (a lost answer)."""
        if not any(operation_id in one.operations for one in self.surfaces):
            raise KeyError(f"the server knows no operation {operation_id}")
        self._faults.add(Fault(operation_id, status, after_accepting, times, headers or {}, body))

    def rate_limit_next(self, operation_id: str, times: int = 1, retry_after: str = "1") -> None:
        self.fail_next(operation_id, 429, times=times, headers={"retry-after": retry_after})

    def drop_next(self, operation_id: str, after_accepting: bool = True, times: int = 1) -> None:
        """The connection is closed instead of an answer."""
        self.fail_next(operation_id, DROPPED, after_accepting, times)

    def recover(self) -> None:
        """Nothing fails any more, whatever was asked for."""
        self._faults.clear()

    @property
    def faults_to_come(self) -> list[str]:
        """Operations of which fewer failed than a test asked for."""
        return self._faults.to_come

    def asked(self, operation_id: str) -> list[Request]:
        return [one for one in self.requests if one.operation_id == operation_id]

    def answer_to(self, request: Request) -> Reply:
        with self._lock:
            self.tick()
            found = next(((one, hit) for one in self.surfaces if (hit := one.match(request))), None)
            if found is None:
                reply = self._violation(
                    self.surfaces[0], 404, f"no such operation: {request.method} {request.path}"
                )
                operation_id = ""
            else:
                surface, (operation, parts) = found
                operation_id = operation.id
                reply = self._answer(surface, operation, parts, request)
            self.requests.append(replace(request, operation_id=operation_id, status=reply.status))
            return replace(reply, headers={"x-request-id": f"req_{len(self.requests):08d}", **reply.headers})

    def _answer(
        self, surface: Surface, operation: Operation, parts: dict[str, str], request: Request
    ) -> Reply:
        try:
            surface.authorise(request, operation.id)
        except Refused as refusal:
            return refusal.reply
        errors = surface.spec.request_errors(operation, parts, request.query, request.body)
        if errors:
            return self._violation(surface, 400, f"request {operation.id}: {errors}")
        call = Call(self, parts, request.query, request.body, request.upload, request.headers)
        return self._faults.around(
            operation.id,
            lambda: self._perform(surface, operation, call),
            lambda fault: self._fault_reply(surface, fault),
        )

    def _perform(self, surface: Surface, operation: Operation, call: Call) -> Reply:
        try:
            reply = surface.operations[operation.id](call)
        except Refused as refusal:
            reply = refusal.reply
        except Exception as error:  # a bug of this server must fail the test, not hang its client
            return self._violation(surface, 500, f"handler {operation.id}: {error!r}")
        errors = surface.spec.response_errors(operation, reply.status, reply.body)
        if errors:
            return self._violation(surface, 500, f"response {operation.id} {reply.status}: {errors}")
        return replace(reply, body=self._reworded(reply.body))

    def _reworded(self, body: Any) -> Any:
        """With the words of a job's outcome, after the answer was judged: no description knows them."""
        if not isinstance(body, dict):
            return body
        if isinstance(body.get("data"), list):
            return {**body, "data": [self._reworded(one) for one in body["data"]]}
        job = self.jobs.get(body.get("id", ""))
        word = job.outcome.words.get(job.status) if job else None
        return {**body, "status": word} if word else body

    def _fault_reply(self, surface: Surface, fault: Fault) -> Reply:
        if fault.status == DROPPED:
            return Reply(DROPPED)
        if fault.body is not None:
            return Reply(fault.status, fault.body, fault.headers)
        kind, code = ("requests", "rate_limit_exceeded") if fault.status == 429 else ("server_error", None)
        message = f"fault injected by the test: {fault.status}"
        return surface.problem(fault.status, message, code, kind=kind, headers=fault.headers)

    def _violation(self, surface: Surface, status: int, text: str) -> Reply:
        self.violations.append(text)
        return surface.problem(status, text)

    def _authorise(self, request: Request, operation_id: str) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or key != self.key:
            # OpenAI repeats some of the key; this is what a message must not end up in.
            shown = f"{key[:8]}{'*' * 8}{key[-4:]}"
            raise Refused(problem(401, f"Incorrect API key provided: {shown}.", "invalid_api_key"))
