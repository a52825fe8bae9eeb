"""HTTP in front of the server: JSON below /api/v3 and GraphQL, the bytes of artifacts, everything else is git."""

import base64
import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.github import git_http
from tests.fakes.github.actions_operations import STORE
from tests.fakes.github.graphql_operations import PATH as GRAPHQL
from tests.fakes.github.operations import Reply

if TYPE_CHECKING:
    from tests.fakes.github.server import GitHubServer

API = "/api/v3"


class RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet per answer: without these two every call takes 40 ms longer.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    @property
    def github(self) -> "GitHubServer":
        found: GitHubServer = self.server.github  # type: ignore[attr-defined]
        return found

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self) -> None:
        url = urlsplit(self.path)
        data = self._body()
        if url.path.startswith(f"{API}/") or url.path == GRAPHQL:
            self._send_json(self._api(unquote(url.path.removeprefix(API)), url.query, data))
        elif url.path.startswith(f"{STORE}/") and self.command == "GET":
            self._store(url.path, url.query)
        else:
            self._git(url.path, url.query, data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - http.server looks for these names

    def _api(self, path: str, query: str, data: bytes) -> Reply:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("token", "bearer") or token != self.github.token:
            return Reply(401, {"message": "Bad credentials"})
        try:
            body = json.loads(data) if data else None
        except ValueError:
            return Reply(400, {"message": "Problems parsing JSON"})
        agent = self.headers.get("User-Agent", "")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        return self.github.answer(self.command, path, pairs, body, agent)

    def _git(self, path: str, query: str, data: bytes) -> None:
        if not self._knows_token():
            self._send(401, b"", "text/plain", {"WWW-Authenticate": 'Basic realm="GitHub"'})
            return
        done = git_http.serve(self.github, self.command, path, query, dict(self.headers), data)
        self._send(done.status, done.body, done.content_type, done.headers)

    def _store(self, path: str, query: str) -> None:
        authorization, agent = self.headers.get("Authorization"), self.headers.get("User-Agent", "")
        done = self.github.stored(path, dict(parse_qsl(query)), authorization, agent)
        self._send(done.status, done.body, "application/zip", dict(done.headers))

    def _knows_token(self) -> bool:
        scheme, _, secret = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        user, _, password = base64.b64decode(secret).decode().partition(":")
        return bool(user) and password == self.github.token

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        # git sends a pack above http.postBuffer in chunks.
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _send_json(self, reply: Reply) -> None:
        body = b"" if reply.body is None else json.dumps(reply.body).encode()
        self._send(reply.status, body, "application/json; charset=utf-8", dict(reply.headers))

    def _send(self, status: int, body: bytes, content_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
