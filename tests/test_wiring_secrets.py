"""Each secret is bound to one host, is handed out for it alone, and is in no message."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from clinft.cli import show
from clinft.errors import SpecError
from clinft.wiring import secrets

KEY, OTHER = "sk-canary-0123456789", "hospital-canary-0123456789"
KEYS = f"api.openai.com {KEY}\n\n127.0.0.1:8080   {OTHER}\nmcp:trainer trainer-canary-1\n"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(secrets.VARIABLE, KEYS)


@pytest.mark.usefixtures("keys")
def test_a_key_is_handed_out_for_its_host_alone() -> None:
    assert secrets.key_of("api.openai.com") == KEY
    assert secrets.key_of("127.0.0.1:8080") == OTHER
    for other in (
        "api.openai.com:443",
        "api.openai.com.evil.org",
        "openai.com",
        "127.0.0.1",
        "127.0.0.1:8081",
        "",
    ):
        assert secrets.key_of(other) is None
    assert secrets.secret_of("trainer") == "trainer-canary-1"
    assert secrets.secret_of("other") is None
    assert secrets.key_of("mcp:trainer") is None


def test_a_laptops_usual_variable_counts_for_openai_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert secrets.key_of("api.openai.com") == KEY
    assert secrets.key_of("hospital.openai.azure.com") is None


def test_nothing_is_known_without_the_secret() -> None:
    assert (secrets.key_of("api.openai.com"), secrets.secret_of("trainer"), secrets.to_mask()) == (
        None,
        None,
        [],
    )


@pytest.mark.parametrize(
    "line",
    [
        KEY,
        f"https://api.openai.com {KEY}",
        f"API.openai.com {KEY}",
        "api.openai.com short",
        f"api.openai.com {KEY} x",
        f" {KEY}",
    ],
)
def test_a_line_that_is_no_host_and_key_is_named_and_never_shown(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(secrets.VARIABLE, f"localhost {OTHER}\n{line}\n")
    with pytest.raises(SpecError, match=r"Line 2 of the secret CLINFT_KEYS") as told:
        secrets.key_of("localhost")
    assert KEY not in str(told.value)
    assert OTHER not in str(told.value)


@pytest.mark.usefixtures("keys")
def test_github_is_told_to_hide_every_key_and_a_laptop_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show.forget_surroundings()
    show.mask(secrets.to_mask())
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    show.forget_surroundings()
    show.mask(secrets.to_mask())
    masked = capsys.readouterr().out.splitlines()
    assert sorted(masked) == sorted(f"::add-mask::{one}" for one in (KEY, OTHER, "trainer-canary-1"))
    show.forget_surroundings()


@pytest.fixture
def tokens() -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """GitHub's token service: its address, and what it was asked."""
    asked: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            body = json.dumps({"value": "id-token-canary"} if "audience=api" in self.path else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library names it so
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/token?api-version=2", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_githubs_token_is_asked_for_its_audience(
    tokens: tuple[str, list[tuple[str, str | None]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = tokens
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", url)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-canary")
    assert secrets.id_token("api://AzureADTokenExchange") == "id-token-canary"
    assert asked == [
        ("/token?api-version=2&audience=api%3A%2F%2FAzureADTokenExchange", "Bearer request-canary")
    ]
    assert secrets.id_token("something else") is None


def test_outside_of_such_a_job_there_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets.id_token("api://AzureADTokenExchange") is None
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "file:///etc/passwd?")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-canary")
    assert secrets.id_token("api://AzureADTokenExchange") is None
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:1/token?")
    assert secrets.id_token("api://AzureADTokenExchange") is None


def test_a_registrys_token_is_no_providers_and_no_sinks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(secrets.REGISTRIES, f"huggingface.co {KEY}")
    assert secrets.registry_key_of("huggingface.co") == KEY
    assert secrets.registry_key_of("huggingface.co.evil.org") is None
    assert secrets.key_of("huggingface.co") is None
    assert secrets.sink_key_of("huggingface.co") is None
    assert KEY in secrets.to_mask()


def test_a_laptops_usual_token_of_the_hub_counts_on_a_laptop_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", KEY)
    assert secrets.registry_key_of("huggingface.co") == KEY
    assert secrets.registry_key_of("hub.hospital.example") is None
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert secrets.registry_key_of("huggingface.co") is None
