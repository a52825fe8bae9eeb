"""One call: what keeps it from happening is said in plain words, and nothing is left behind."""

import http.server
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.mcp_client import session
from clinft.adapters.training.mcp_client.session import Limits, Place
from clinft.errors import MissingExtra, ServiceError
from clinft.spec.mcp import McpServer
from tests.fakes.mcp.servers import COMMANDS, FACTS, NAME, TOKEN

QUICK = Limits(connect_seconds=1.0)


def place(limits: Limits = Limits(), **entry: Any) -> Place:  # noqa: B008  # frozen
    return Place(NAME, McpServer.model_validate({"eligibility": FACTS, **entry}), TOKEN, limits)


def process(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@contextmanager
def web(answer: int, headers: dict[str, str], seen: list[str | None]) -> Iterator[str]:
    """A web server that speaks no MCP; `seen`: the authorization of each request."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.headers.get("authorization"))
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(answer)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/mcp"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nobody_at_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/mcp"
        with pytest.raises(
            ServiceError, match=rf"No connection to the MCP server trainer \({url}\): All conn"
        ):
            session.look(place(url=url))


def test_no_such_command() -> None:
    with pytest.raises(ServiceError, match="the command cannot be started on this machine"):
        session.look(place(command=("/nowhere/trainer",)))


def test_a_process_that_never_comes_up_is_quoted_without_its_secret(tmp_path: Path) -> None:
    command = (*COMMANDS["v2"], str(tmp_path), "broken")
    with pytest.raises(ServiceError, match="Its last lines: Traceback: no GPU in this machine") as dead:
        session.look(place(command=command))
    assert TOKEN not in str(dead.value)


def test_a_process_that_says_nothing_is_given_up() -> None:
    with pytest.raises(ServiceError, match="nothing came within 1 seconds"):
        session.look(place(QUICK, command=process("import sys; sys.stdin.read()")))


def test_a_process_that_talks_something_else_does_not_fill_the_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ServiceError, match="No connection"):
        session.look(
            place(
                QUICK, command=process("print('patient Meier' * 9, flush=True); import sys; sys.stdin.read()")
            )
        )
    assert (capfd.readouterr(), caplog.records) == (("", ""), [])
    assert logging.getLogger("mcp").level == logging.NOTSET


def test_what_is_no_mcp_server_is_told_with_its_status() -> None:
    with web(500, {}, []) as url, pytest.raises(ServiceError, match="HTTP 500; Server returned an error"):
        session.look(place(url=url))


def test_a_secret_is_not_carried_to_another_place() -> None:
    here: list[str | None] = []
    there: list[str | None] = []
    with (
        web(200, {}, there) as other,
        web(307, {"location": other}, here) as url,
        pytest.raises(ServiceError, match="No connection"),
    ):
        session.look(place(url=url))
    assert set(here) == {f"Bearer {TOKEN}"}
    assert there == []


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(MissingExtra, match=r"the extra 'mcp'"):
        session.look(place(command=("trainer",)))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://mcp.example.org/mcp", "mcp.example.org"),
        ("https://mcp.example.org:443/", "mcp.example.org"),
        ("https://mcp.example.org:8443/mcp", "mcp.example.org:8443"),
        ("http://localhost:8000", "localhost:8000"),
        ("http://127.0.0.1:443/mcp", "127.0.0.1:443"),
    ],
)
def test_a_host_is_named_as_in_the_secret(url: str, host: str) -> None:
    assert session.host_of(url) == host


def test_no_proxy_gets_the_key_of_a_server_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    proxied: list[str | None] = []
    with web(500, {}, seen) as url, web(500, {}, proxied) as proxy:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.removesuffix("/mcp"))
        with pytest.raises(ServiceError, match="HTTP 500"):
            session.look(place(url=url))
    assert set(seen) == {f"Bearer {TOKEN}"}
    assert proxied == []
