"""A GitHub that breaks on the second page of one list, and a server that answers whatever it is told."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.github.operations import Reply
from tests.fakes.github.server import GitHubServer
from tests.fakes.listening import Listening


class SecondPage(GitHubServer):
    """`broken`: operation and status; the first page of that list is in order.

    `forks_are_gone`: as GitHub answers, and does not describe, where the head's repository was deleted.
    """

    broken: tuple[str, int] | None = None
    asked = 0
    forks_are_gone = False

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any, agent: str) -> Reply:
        hit = self.spec.match(method, path)
        if self.broken and hit and hit[0].id == self.broken[0] and query.get("page") == "2":
            self.asked += 1
            return Reply(self.broken[1], {"message": "the second page is broken"})
        reply = super().answer(method, path, query, body, agent)
        if self.forks_are_gone and hit and hit[0].id == "pulls/get":
            return Reply(200, {**reply.body, "head": {**reply.body["head"], "repo": None}}, reply.headers)
        return reply


class Raw(Listening):
    """One answer for every request: what no GitHub should say."""

    def __init__(self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.calls: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.calls.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(status)
                told = {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(body)),
                    **(headers or {}),
                }
                for name, value in told.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            do_POST = do_PATCH = do_GET  # noqa: N815  # the names http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        self.api = f"{self.open_port(Handler)}/api/v3"
