"""A LangSmith for tests on 127.0.0.1; README.md says what it holds requests against."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.fakes.faults import Fault, Faults
from tests.fakes.langsmith import spec
from tests.fakes.langsmith.state import State
from tests.fakes.listening import Handler, Listening, Reply

KEY = "lsv2_pt_test_key_of_nobody"
DROPPED = 0


@dataclass(frozen=True)
class Request:
    operation: str
    path: str
    headers: Mapping[str, str]
    data: bytes
    status: int


class LangSmithServer(Listening, State):
    """Use as a context manager."""

    def __init__(self) -> None:
        State.__init__(self)
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.multipart = True
        self.key = KEY
        self._faults = Faults()
        self._lock = threading.RLock()
        self.url = self.open_port(RequestHandler)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    @property
    def asked(self) -> list[str]:
        return [one.operation for one in self.requests]

    @property
    def traffic(self) -> bytes:
        """All that was sent: addresses, headers and bodies."""
        return b"\n".join(
            b"\n".join((one.path.encode(), repr(dict(one.headers)).encode(), one.data))
            for one in self.requests
        )

    @property
    def faults_to_come(self) -> list[str]:
        return self._faults.to_come

    def fail_next(
        self,
        operation: str,
        status: int,
        after_accepting: bool = False,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        self._faults.add(Fault(operation, status, after_accepting, times, headers or {}, body))

    def drop_next(self, operation: str, after_accepting: bool = True, times: int = 1) -> None:
        self.fail_next(operation, DROPPED, after_accepting, times)

    def recover(self) -> None:
        self._faults.clear()

    def answer_to(self, method: str, target: str, headers: Mapping[str, str], data: bytes) -> Reply:
        split = urlsplit(target)
        operation, known = self._operation(method, split.path)
        with self._lock:
            if headers.get("x-api-key") != self.key:
                reply = Reply(401, {"detail": "Invalid token"})
            else:
                query = parse_qs(split.query)
                reply = self._faults.around(
                    operation, lambda: self._perform(operation, known, query, headers, data), _failed
                )
            self.requests.append(Request(operation, target, headers, data, reply.status))
        return reply

    def _operation(self, method: str, path: str) -> tuple[str, str]:
        parts = path.strip("/").split("/")
        if parts[:3] == ["v1", "platform", "datasets"] and parts[4:] == ["examples"]:
            return f"{method} examples multipart", parts[3]
        if len(parts) == 2 and parts[0] in ("sessions", "datasets", "feedback"):
            return f"{method} {parts[0]}/id", parts[1]
        return f"{method} {'/'.join(parts)}", ""

    def _perform(
        self, operation: str, known: str, query: dict[str, list[str]], headers: Mapping[str, str], data: bytes
    ) -> Reply:
        kind = headers.get("content-type", "")
        answers: dict[str, Callable[[], Reply]] = {
            "GET info": self._info,
            "GET datasets": lambda: self._page(self.datasets.values(), query, "dataset"),
            "GET sessions": lambda: self._page(self.sessions.values(), query, "session"),
            "GET examples": lambda: self._page(
                self._of("dataset_id", self.examples, query["dataset"]), query
            ),
            "GET feedback": lambda: self._page(self._of("run_id", self.feedback, query["run"]), query),
            "POST datasets": lambda: self._make_dataset(json.loads(data)),
            "POST sessions": lambda: self._make_session(json.loads(data)),
            "PATCH sessions/id": lambda: self._change_session(known, json.loads(data)),
            "POST examples multipart": lambda: self._add_parts(known, kind, data),
            "POST examples/bulk": lambda: self._add_examples(json.loads(data)),
            "POST runs/multipart": lambda: self._add_runs(kind, data),
            "POST feedback": lambda: self._add_feedback(json.loads(data)),
            "POST runs/query": lambda: self._runs_of(json.loads(data)),
        }
        if operation in answers:
            return answers[operation]()
        self.violations.append(f"no such operation: {operation}")
        return Reply(404, {"detail": "Not Found"})

    def _info(self) -> Reply:
        flags = {"dataset_examples_multipart_enabled": self.multipart}
        return self._told("info", {"version": "0.12.3", "instance_flags": flags})

    def _runs_of(self, asked: Any) -> Reply:
        found = self._of("session_id", self.runs, asked["session"])
        return Reply(200, {"runs": found, "cursors": {}})

    def _of(self, name: str, kept: dict[str, Any], wanted: list[str]) -> list[Any]:
        return [one for one in kept.values() if one[name] in wanted]

    def _told(self, kind: str, body: Any, status: int = 200) -> Reply:
        self.violations += spec.answer_errors(kind, body)
        return Reply(status, body)

    def _page(self, found: Any, query: dict[str, list[str]], kind: str = "") -> Reply:
        names = query.get("name")
        listed = [one for one in found if names is None or one["name"] in names]
        start, most = (
            int(query.get(name, [usual])[0]) for name, usual in (("offset", "0"), ("limit", "100"))
        )
        if most > 100:
            self.violations.append("a page of more than 100")
        shown = listed[start : start + most]
        for one in shown if kind else ():
            self.violations += spec.answer_errors(kind, one)
        return Reply(200, shown)

    def _make_dataset(self, body: Any) -> Reply:
        self.violations += spec.errors("dataset", body)
        if any(one["name"] == body["name"] for one in self.datasets.values()):
            return Reply(409, {"detail": "Dataset with this name already exists."})
        return self._told("dataset", self.add_dataset(body))

    def _make_session(self, body: Any) -> Reply:
        self.violations += spec.errors("session", body)
        if any(one["name"] == body["name"] for one in self.sessions.values()):
            return Reply(409, {"detail": "Session already exists."})
        if body.get("reference_dataset_id") not in (None, *self.datasets):
            return Reply(404, {"detail": "Dataset not found."})
        return self._told("session", self.add_session(body))

    def _change_session(self, known: str, body: Any) -> Reply:
        self.violations += spec.errors("session_update", body)
        if known not in self.sessions:
            return Reply(404, {"detail": "Session not found."})
        self.sessions[known].update({name: value for name, value in body.items() if value is not None})
        return self._told("session", self.sessions[known])

    def _add_parts(self, dataset: str, content_type: str, data: bytes) -> Reply:
        parts, wrong = spec.parts_of(content_type, data)
        self.violations += wrong
        made: dict[str, dict[str, Any]] = {}
        for name, content in parts:
            known, _, part = name.partition(".")
            if part not in ("", "inputs", "outputs"):
                self.violations.append(f"example part {part}")
            body = made.setdefault(known, {"id": known, "dataset_id": dataset})
            body.update({part: json.loads(content)} if part else json.loads(content))
        return self._add_examples(list(made.values()), wrapped=True)

    def _add_examples(self, bodies: list[dict[str, Any]], wrapped: bool = False) -> Reply:
        for body in bodies:
            self.violations += spec.errors("example", body)
            if body["dataset_id"] not in self.datasets:
                return Reply(404, {"detail": "Dataset not found."})
        if any(body["id"] in self.examples for body in bodies):
            return Reply(409, {"detail": "Example ids exist."})
        added = [self.add_example(body) for body in bodies]
        ids = [one["id"] for one in added]
        return Reply(201, {"example_ids": ids, "count": len(ids), "as_of": None} if wrapped else added)

    def _add_runs(self, content_type: str, data: bytes) -> Reply:
        parts, wrong = spec.parts_of(content_type, data)
        self.violations += wrong
        if not spec.has_length(content_type, data):
            self.violations.append("part without its length")
        runs: dict[str, dict[str, Any]] = {}
        for name, content in parts:
            event, known, *rest = name.split(".")
            body = json.loads(content)
            if event == "feedback":
                self._add_feedback(body)
            elif event == "post" and not rest:
                self.violations += spec.errors("run", body)
                runs[known] = body
            elif event == "post" and rest[0] in spec.RUN_FIELDS:
                runs[known][rest[0]] = body
            else:
                self.violations.append(f"part {event}")
        for run in runs.values():
            traced = "session_name" in run and "session_id" not in run
            if not traced and run.get("session_id") not in self.sessions:
                self.violations.append("run of no session")
            if not traced and run.get("reference_example_id") not in self.examples:
                self.violations.append("run of no example")
            self.keep(self.runs, {**run, "status": "success"})
        return Reply(202, {"message": "Runs batch ingested"})

    def _add_feedback(self, body: Any) -> Reply:
        self.violations += spec.errors("feedback", body)
        if not body.get("trace_id"):
            self.violations.append("feedback without trace_id")
        self.keep(self.feedback, body)
        return Reply(200, body)

    def keep(self, where: dict[str, Any], body: dict[str, Any]) -> None:
        if where.get(body["id"], body) != body:
            self.violations.append("the same id with another content")
        where[body["id"]] = body


def _failed(fault: Fault) -> Reply:
    body = {"detail": f"canary-of-an-answer {uuid4()}"} if fault.body is None else fault.body
    return Reply(fault.status, body, fault.headers)


class RequestHandler(Handler):
    def do_GET(self) -> None:  # noqa: N802
        self._answer("GET")

    def do_POST(self) -> None:  # noqa: N802
        self._answer("POST")

    def do_PATCH(self) -> None:  # noqa: N802
        self._answer("PATCH")

    def _answer(self, method: str) -> None:
        data = self.read_body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply: Reply = self.owner.answer_to(method, self.path, headers, data)
        if reply.status == DROPPED:
            self.close_connection = True
            return
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send(reply.status, body, "application/json", reply.headers)
