"""HTTP in front of the server: JSON, forms and multipart/related in, JSON or a file's bytes out."""

import json
import socket
from email import message_from_bytes
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.google.calls import DROPPED, Media, Reply, Request
from tests.fakes.listening import Handler

if TYPE_CHECKING:
    from tests.fakes.google.server import GoogleServer


class RequestHandler(Handler):
    @property
    def google(self) -> "GoogleServer":
        found: GoogleServer = self.owner
        return found

    def answer(self) -> None:
        url, data = urlsplit(self.path), self.read_body()
        host, _, path = url.path[1:].partition("/")
        headers = {name.lower(): value for name, value in self.headers.items()}
        body, media = _read(headers.get("content-type", ""), data)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        # `alt=json` goes with every call of Google's client.
        reply = self.google.answer_to(
            Request(self.command, host, f"/{unquote(path)}", query, headers, data, body, media)
        )
        self._send(reply)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815  # http.server looks for these names

    def _send(self, reply: Reply) -> None:
        if reply.status == DROPPED:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        raw = isinstance(reply.body, bytes)
        body = reply.body if raw else json.dumps(reply.body).encode()
        self.send(
            reply.status, body, "text/plain" if raw else "application/json; charset=UTF-8", reply.headers
        )


def _read(content_type: str, data: bytes) -> tuple[Any, Media | None]:
    if content_type.startswith("multipart/related"):
        message = message_from_bytes(f"Content-Type: {content_type}\n\n".encode() + data)
        metadata, media = message.get_payload()  # type: ignore[misc]
        return json.loads(_bytes(metadata)), Media(media.get_content_type(), _bytes(media))  # type: ignore[union-attr]
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(data.decode(), keep_blank_values=True)), None
    if content_type.startswith("application/json"):
        return (json.loads(data) if data else None), None
    # Media alone, for what has no metadata.
    return None, (Media(content_type.split(";", maxsplit=1)[0], data) if data else None)


def _bytes(part: Any) -> bytes:
    found: bytes = part.get_payload(decode=True)
    return found
