"""HTTP in front of the servers: JSON, forms and multipart in, JSON or a file's bytes out, or no answer at all."""

import json
import re
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.listening import Handler
from tests.fakes.openai.calls import DROPPED, Reply, Request, Upload

if TYPE_CHECKING:
    from tests.fakes.openai.server import OpenAIServer


class RequestHandler(Handler):
    @property
    def provider(self) -> "OpenAIServer":
        found: OpenAIServer = self.owner
        return found

    def answer(self) -> None:
        url, data = urlsplit(self.path), self.read_body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body, upload = _read(headers.get("content-type", ""), data)
        except ValueError:
            body, upload = None, None  # the description says that a body is required
        query = nested(parse_qsl(url.query, keep_blank_values=True))
        request = Request(self.command, unquote(url.path), query, headers, data, body, upload)
        self._send(self.provider.answer_to(request))

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # http.server looks for these names

    def _send(self, reply: Reply) -> None:
        if reply.status == DROPPED:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        raw = isinstance(reply.body, bytes)
        body = reply.body if raw else b"" if reply.body is None else json.dumps(reply.body).encode()
        kind = "application/octet-stream" if raw else "application/json"
        self.send(reply.status, body, kind, reply.headers)


def _read(content_type: str, data: bytes) -> tuple[Any, Upload | None]:
    if not data:
        return None, None
    if content_type.startswith("multipart/form-data"):
        return _multipart(content_type, data)
    if content_type.startswith("application/x-www-form-urlencoded"):
        return nested(parse_qsl(data.decode(), keep_blank_values=True)), None
    return json.loads(data), None


def _multipart(content_type: str, data: bytes) -> tuple[dict[str, Any], Upload | None]:
    """By hand: a parser of mail may change the ends of lines, and tests hash the bytes."""
    found = re.search(r'boundary="?([^";]+)', content_type)
    if found is None:
        raise ValueError("multipart without a boundary")
    fields: list[tuple[str, str]] = []
    upload = None
    for part in (b"\r\n" + data).split(b"\r\n--" + found.group(1).encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        names = dict(re.findall(r'\b(name|filename)="([^"]*)"', head.decode()))
        if "filename" in names:
            upload = Upload(names["filename"], content)
            fields.append((names["name"], ""))
        else:
            fields.append((names["name"], content.decode()))
    body = nested(fields)
    seconds = body.get("expires_after", {}).get("seconds", "")
    if str(seconds).isdigit():  # a form knows only text
        body["expires_after"]["seconds"] = int(seconds)
    return body, upload


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`metadata[run]=1` → {"metadata": {"run": "1"}}, the style that OpenAPI calls deepObject."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        deep = re.fullmatch(r"([^\[]+)\[([^\]]*)\]", name)
        if deep:
            found.setdefault(deep.group(1), {})[deep.group(2)] = value
        else:
            found[name] = value
    return found
