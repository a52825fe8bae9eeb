"""A GitHub for tests on 127.0.0.1: REST API below /api/v3 and one git repository, all of it judged by GitHub's rules."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.faults import Fault, Faults
from tests.fakes.github import (
    actions_operations,
    commit_operations,
    graphql_operations,
    pull_operations,
    repository_operations,
    settings_operations,
)
from tests.fakes.github.http_handler import RequestHandler
from tests.fakes.github.operations import Call as OperationCall
from tests.fakes.github.operations import Handler, Refused, Reply, no_access
from tests.fakes.github.pages import one_page
from tests.fakes.github.render import Renderer
from tests.fakes.github.spec import github_spec
from tests.fakes.github.state import State
from tests.fakes.listening import Listening
from tests.fakes.openapi_description import Operation

# A short token would mask every such letter in act's log.
TOKEN = "ghs_0123456789testtoken9876543210abcdef"
FAR_FUTURE = 4102444800  # 2100-01-01
OPERATIONS: dict[str, Handler] = {
    **pull_operations.OPERATIONS,
    **commit_operations.OPERATIONS,
    **repository_operations.OPERATIONS,
    **actions_operations.OPERATIONS,
    **settings_operations.OPERATIONS,
}
# Not of the API: the bytes of an artifact, where the download leads.
STORE_OPERATION = "artifact-store/get"


@dataclass(frozen=True)
class Call:
    """One request as logged; `job` is what the client's user agent says after clinft/."""

    method: str
    path: str
    query: Mapping[str, str]
    operation_id: str
    job: str
    status: int


class GitHubServer(Listening, State):
    """Use as a context manager. `violations` must be empty at the end of every test."""

    def __init__(
        self, folder: Path, owner: str = "hosp", repository: str = "clinft", token: str = TOKEN
    ) -> None:
        super().__init__(folder, owner, repository)
        self.folder, self.token = folder, token
        self.operations = dict(OPERATIONS)
        self.readonly = False
        self.rate_limited = False
        self.log: list[Call] = []
        # Fetches and pushes, apart: operation ids git/upload-pack and git/receive-pack.
        self.git_log: list[Call] = []
        self.store_log: list[Call] = []
        self.violations: list[str] = []
        self._faults = Faults()
        self._lock = threading.RLock()
        self.base = self.open_port(RequestHandler)
        self.api = f"{self.base}/api/v3"
        self.spec = github_spec()
        self.renderer = Renderer(self, self.spec, self.base)

    def fail_next(
        self,
        operation_id: str,
        status: int,
        after_accepting: bool = False,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`after_accepting`: the write happens, and the client is told that it failed (a lost answer)."""
        if operation_id not in (*self.operations, *graphql_operations.IDS, STORE_OPERATION):
            raise KeyError(f"the server knows no operation {operation_id}")
        self._faults.add(Fault(operation_id, status, after_accepting, times, headers or {}))

    @property
    def faults_to_come(self) -> list[str]:
        """Operations of which fewer failed than a test asked for."""
        return self._faults.to_come

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any, agent: str) -> Reply:
        """One request whose token is right."""
        hit = self.spec.match(method, path)
        operation_id = hit[0].id if hit else ""
        graphql = path == graphql_operations.PATH
        if graphql:
            operation_id = graphql_operations.operation_id(body)
        with self._lock:
            reply = (
                self._graphql(operation_id, body) if graphql else self._answer(hit, method, path, query, body)
            )
            self.log.append(Call(method, path, query, operation_id, job_of(agent), reply.status))
        limits = {
            "x-ratelimit-limit": "15000",
            "x-ratelimit-remaining": "0" if self.rate_limited else "14999",
        }
        return Reply(
            reply.status, reply.body, {**limits, "x-ratelimit-reset": str(FAR_FUTURE), **reply.headers}
        )

    def _answer(
        self,
        hit: tuple[Operation, dict[str, str]] | None,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any,
    ) -> Reply:
        if self.rate_limited:
            return Reply(403, {"message": "API rate limit exceeded for installation."})
        # Described and not built is not there either: what nobody built cannot prove anything.
        if hit is None or hit[0].id not in self.operations:
            return self._violation(404, f"no such operation: {method} {path}")
        operation, parts = hit
        if (parts.pop("owner", self.owner), parts.pop("repo", self.repository)) != (
            self.owner,
            self.repository,
        ):
            return Reply(404, {"message": "Not Found"})
        if operation.id in ("issues/add-labels", "issues/set-labels") and isinstance(body, list):
            body = {"labels": body}  # PyGithub sends the bare list, which GitHub takes and does not describe
        errors = self.spec.request_errors(operation, parts, query, body)
        if errors:
            return self._violation(422, f"request {operation.id}: {errors}")
        if self.readonly and method != "GET":
            return no_access().reply
        call = OperationCall(self, self.renderer, parts, query, body)
        return self._faults.around(operation.id, lambda: self._perform(operation, path, call), _failed)

    def _graphql(self, operation_id: str, body: Any) -> Reply:
        def perform() -> Reply:
            done = graphql_operations.answer(self, self.readonly, self.rate_limited, body)
            self.violations += done.violations
            return done.reply

        return self._faults.around(operation_id, perform, _failed)

    def _perform(self, operation: Operation, path: str, call: OperationCall) -> Reply:
        try:
            reply = self.operations[operation.id](call)
        except Refused as refused:
            return refused.reply
        except Exception as error:  # a bug of this server must fail the test, not hang its client
            return self._violation(500, f"handler {operation.id}: {error!r}")
        if call.query.get("per_page") == "0":
            return Reply(422, {"message": "per_page must be positive"})
        if operation.method == "GET":
            reply = one_page(reply, operation.id, f"{self.api}{path}", call.query)
        errors = self.spec.response_errors(operation, reply.status, reply.body)
        if errors:
            return self._violation(500, f"response {operation.id} {reply.status}: {errors}")
        return reply

    def stored(self, path: str, query: Mapping[str, str], authorization: str | None, agent: str) -> Reply:
        """The bytes of an artifact. The store's own host refuses a token that is none of its own."""
        number = path.removeprefix(f"{actions_operations.STORE}/")
        with self._lock:
            found = self.artifact(int(number)) if number.isdigit() else None
            if authorization is not None:
                self._violation(403, "GitHub's token was sent to the artifact store")
                reply = Reply(403, b"")
            elif fault := self._faults.take(STORE_OPERATION):
                reply = Reply(fault.status, b"", fault.headers)
            elif found is None or query.get("sig") != self.signature(found.id):
                reply = Reply(403, b"")
            else:
                reply = Reply(200, found.data)
            self.store_log.append(Call("GET", path, query, STORE_OPERATION, job_of(agent), reply.status))
        return reply

    def _violation(self, status: int, text: str) -> Reply:
        self.violations.append(text)
        return Reply(status, {"message": text})


def _failed(fault: Fault) -> Reply:
    return Reply(fault.status, {"message": f"fault injected by the test: {fault.status}"}, fault.headers)


def job_of(agent: str) -> str:
    found = re.search(r"clinft/(\S+)", agent)
    return found.group(1) if found else ""
