"""What every HTTP server of the tests is made of: a free port of 127.0.0.1, and a handler that answers at once."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


class Port(ThreadingHTTPServer):
    owner: Any


class Listening:
    """A server that answers as long as its `with` lasts."""

    def open_port(self, handler: type[BaseHTTPRequestHandler]) -> str:
        """Its address, known before anybody is answered there."""
        self._port = Port(("127.0.0.1", 0), handler)
        self._port.owner = self
        return f"http://127.0.0.1:{self._port.server_port}"

    def __enter__(self) -> Self:
        # poll_interval is how long a test waits for the shutdown.
        threading.Thread(target=self._port.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._port.shutdown()
        self._port.server_close()


class Handler(BaseHTTPRequestHandler):
    """Reads and writes whole bodies."""

    protocol_version = "HTTP/1.1"
    # One packet per answer: without these two every call takes 40 ms longer.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    @property
    def owner(self) -> Any:
        """The server that listens."""
        return self.server.owner  # type: ignore[attr-defined]  # a Port

    def log_message(self, *_: Any) -> None:
        pass

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            wanted = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(wanted)
            if len(body) < wanted:
                # Killed while it wrote: no request that anybody could judge.
                raise ConnectionAbortedError
            return body
        data = b""
        # git sends a pack above http.postBuffer in chunks.
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def send(self, status: int, body: bytes, content_type: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
