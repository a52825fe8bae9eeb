"""HTTP in front of the server: JSON below /api/v3 and GraphQL, the bytes of artifacts, everything else is git."""

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.github import git_http
from tests.fakes.github.actions_operations import STORE
from tests.fakes.github.graphql_operations import PATH as GRAPHQL
from tests.fakes.github.operations import Reply
from tests.fakes.listening import Handler

if TYPE_CHECKING:
    from tests.fakes.github.server import GitHubServer

API = "/api/v3"


class RequestHandler(Handler):
    @property
    def github(self) -> "GitHubServer":
        found: GitHubServer = self.owner
        return found

    def answer(self) -> None:
        url = urlsplit(self.path)
        data = self.read_body()
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
            self.send(401, b"", "text/plain", {"WWW-Authenticate": 'Basic realm="GitHub"'})
            return
        done = git_http.serve(self.github, self.command, path, query, dict(self.headers), data)
        self.send(done.status, done.body, done.content_type, done.headers)

    def _store(self, path: str, query: str) -> None:
        authorization, agent = self.headers.get("Authorization"), self.headers.get("User-Agent", "")
        done = self.github.stored(path, dict(parse_qsl(query)), authorization, agent)
        self.send(done.status, done.body, "application/zip", dict(done.headers))

    def _knows_token(self) -> bool:
        scheme, _, secret = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        user, _, password = base64.b64decode(secret).decode().partition(":")
        return bool(user) and password == self.github.token

    def _send_json(self, reply: Reply) -> None:
        body = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send(reply.status, body, "application/json; charset=utf-8", dict(reply.headers))
