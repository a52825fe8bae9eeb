"""No place, no key, the wrong one, no network, no trust: each says what to do, and a key stays at its host."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.adapters.training.openai_api.arm import Deployments
from clinft.adapters.training.openai_api.http import may_use_proxy, plain_client, trust
from clinft.errors import ServiceError, SpecError
from tests.adapters.training.openai_api.elsewhere import answering, self_signed
from tests.adapters.training.openai_api.hosted import (
    World,
    azure_account,
    endpoint_of,
    github_token,
    request_to,
)
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.server import OpenAIServer


def to_host(world: World, folder: Path, host: str) -> OpenAIProvider:
    """A provider that has a key for `host`, and asks there."""
    tools = replace(world.tools(folder), key_of={host: "canary-key-of-this-host"}.get)
    return OpenAIProvider(tools)


def test_no_endpoint(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    request = replace(request_to(server, tmp_path), endpoint=None)
    with pytest.raises(SpecError, match=r"provider is openai, and it is not known where that is.*endpoints"):
        OpenAIProvider(world.tools(tmp_path)).preflight(request)


def test_no_key(server: OpenAIServer, tmp_path: Path) -> None:
    provider = OpenAIProvider(World(server, key="").tools(tmp_path))
    with pytest.raises(SpecError, match=r"There is no key for 127\.0\.0\.1:\d+\..*CLINFT_KEYS"):
        provider.preflight(request_to(server, tmp_path))
    assert server.requests == []


def test_a_wrong_key(server: OpenAIServer, tmp_path: Path) -> None:
    provider = OpenAIProvider(World(server, key="sk-wrong-0123456789").tools(tmp_path))
    with pytest.raises(SpecError, match=r"does not accept its key\..*CLINFT_KEYS") as caught:
        provider.preflight(request_to(server, tmp_path))
    assert "sk-wrong" not in str(caught.value)


def test_a_wrong_key_at_azure(azure: AzureServer, tmp_path: Path) -> None:
    provider = AzureOpenAIProvider(World(azure, key="0" * 32).tools(tmp_path))
    with pytest.raises(SpecError, match="does not accept its key"):
        provider.find(request_to(azure, tmp_path))


def test_a_model_that_this_account_may_not_tune(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    request, provider = request_to(server, tmp_path), OpenAIProvider(world.tools(tmp_path))
    server.locked_models.add(request.base_model.ref)
    with pytest.raises(SpecError, match=r"You are not allowed to fine-tune the model.*\(model_not_allowed\)"):
        provider.submit(request)
    assert server.submissions == 0


def test_nobody_there(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{reserved.getsockname()[1]}"
        provider = to_host(world, tmp_path, host)
        request = request_to(server, tmp_path, endpoint=endpoint_of(server, url=f"http://{host}/v1"))
        with pytest.raises(ServiceError, match=rf"{host} could not be reached \(the model gpt-4"):
            provider.preflight(request)
        # Nothing was sent, so there is no doubt and nothing to look for.
        world.slept.clear()
        with pytest.raises(ServiceError, match=r"could not be reached"):
            provider.submit(request)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("http://127.0.0.1:8000/v1", False),
        ("http://127.9.9.9/v1", False),
        ("http://[::1]:8000/v1", False),
        ("http://localhost:8000/v1", False),
        ("http://LOCALHOST/v1", False),
        ("https://api.openai.com/v1", True),
        ("https://localhost.example.org/v1", True),
        ("https://10.0.0.1/v1", True),
        ("", True),
    ],
)
def test_a_proxy_of_the_environment_is_used_for_other_machines_alone(url: str, may: bool) -> None:
    assert may_use_proxy(url) is may
    with plain_client(1, url) as client:
        assert client.trust_env is may


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """Stands in the environment; gives the headers of every request that came to it."""
    with answering() as (host, seen):
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{host}")
        yield seen


def test_no_proxy_gets_the_key_of_a_service_on_this_machine(
    proxy: list[dict[str, str]], server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    assert OpenAIProvider(world.tools(tmp_path)).find(request_to(server, tmp_path)) is None
    assert len(server.requests) > 0
    assert proxy == []


def test_no_proxy_gets_the_token_of_a_login_on_this_machine(
    proxy: list[dict[str, str]], azure: AzureServer, tmp_path: Path
) -> None:
    endpoint = endpoint_of(azure, login="entra", azure=azure_account(azure))
    tools = World(azure, key="", token=github_token).tools(tmp_path)
    assert AzureOpenAIProvider(tools).find(request_to(azure, tmp_path, endpoint=endpoint)) is None
    Deployments(tools, endpoint).list()
    assert proxy == []


def test_a_usual_port_may_be_written_out(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    provider = to_host(world, tmp_path, "127.0.0.1:443")
    request = request_to(server, tmp_path, endpoint=endpoint_of(server, url="https://127.0.0.1:443/v1"))
    # Nobody listens there; what matters is that it was tried.
    with pytest.raises(ServiceError, match=r"127\.0\.0\.1:443 could not be reached|No trusted connection"):
        provider.preflight(request)


@pytest.mark.parametrize("trusted", [False, True])
def test_a_certificate_that_nobody_vouches_for(
    trusted: bool,
    server: OpenAIServer,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    certificate = self_signed(tmp_path / "self.pem")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    trust.cache_clear()
    request.addfinalizer(trust.cache_clear)
    body = b'{"id": "gpt-4.1-mini-2025-04-14", "object": "model", "created": 1, "owned_by": "system"}'
    with answering(body=body, headers=(("Content-Type", "application/json"),), certificate=certificate) as (
        host,
        seen,
    ):
        provider = to_host(world, tmp_path, host)
        asked = request_to(server, tmp_path, endpoint=endpoint_of(server, url=f"https://{host}/v1"))
        if trusted:
            assert len(provider.preflight(asked)) == 2
            assert seen[0]["authorization"] == "Bearer canary-key-of-this-host"
        else:
            with pytest.raises(ServiceError, match=r"No trusted connection.*SSL_CERT_FILE"):
                provider.preflight(asked)
            assert seen == []
            assert world.slept == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_key_does_not_follow_a_redirect(
    status: int, server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    with answering() as (other, others_saw):
        location = (("Location", f"http://{other}/v1/models/x"),)
        with answering(status, location) as (host, seen):
            endpoint = endpoint_of(server, url=f"http://{host}/v1")
            request = request_to(server, tmp_path, endpoint=endpoint)
            provider = to_host(world, tmp_path, host)
            for call in (provider.preflight, provider.submit, provider.find):
                with pytest.raises(ServiceError, match=r"sends the question .* on to another address"):
                    call(request)
            assert len(seen) == 3
    assert others_saw == []


def test_a_page_for_people_is_no_answer(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    with answering() as (host, _):
        endpoint = endpoint_of(server, url=f"http://{host}/v1")
        request = request_to(server, tmp_path, endpoint=endpoint)
        provider = to_host(world, tmp_path, host)
        for call in (provider.preflight, provider.submit, provider.find):
            with pytest.raises(ServiceError, match="answered with something else"):
                call(request)


def test_what_the_environment_holds_goes_nowhere(
    server: OpenAIServer, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-environment")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-canary-admin")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-canary")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-canary")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://canary.invalid/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-canary-header\nX-Secret: canary")
    OpenAIProvider(world.tools(tmp_path)).submit(request_to(server, tmp_path))
    assert server.submissions == 1
    for one in server.requests:
        assert one.headers["authorization"] == f"Bearer {server.key}"
        assert "canary" not in str(one.headers)


def test_each_host_has_its_own_key(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    asked: list[str] = []

    def key_of(host: str) -> str | None:
        asked.append(host)
        return server.key

    provider = OpenAIProvider(replace(world.tools(tmp_path), key_of=key_of))
    provider.find(request_to(server, tmp_path))
    with answering() as (other, seen):
        request = request_to(server, tmp_path, endpoint=endpoint_of(server, url=f"http://{other}/v1"))
        with pytest.raises(ServiceError):
            provider.find(request)
    assert asked == [server.base.removeprefix("http://"), other]
    assert len(seen) == 1
