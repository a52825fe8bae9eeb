"""Without any key: GitHub's token for one of Entra ID, renewed before it ends."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai_api.entra import scopes_of
from clinft.errors import ServiceError, SpecError
from clinft.ports.training import TrainingRequest
from clinft.spec.eligibility import Endpoint
from tests.adapters.training.openai_api.elsewhere import answering
from tests.adapters.training.openai_api.hosted import (
    SUBJECT,
    World,
    azure_account,
    endpoint_of,
    github_token,
    request_to,
)
from tests.fakes.openai.azure import DEPLOYER, TRAINER, AzureServer


@pytest.fixture
def endpoint(azure: AzureServer) -> Endpoint:
    return endpoint_of(azure, login="entra", azure=azure_account(azure))


@pytest.fixture
def request_(azure: AzureServer, endpoint: Endpoint, tmp_path: Path) -> TrainingRequest:
    return request_to(azure, tmp_path, endpoint=endpoint)


@pytest.fixture
def world(azure: AzureServer) -> World:
    return World(azure, key="", token=github_token)


def test_the_trainer_logs_in_once(
    azure: AzureServer, world: World, request_: TrainingRequest, tmp_path: Path
) -> None:
    azure.entra.subjects = {TRAINER: SUBJECT}
    provider = AzureOpenAIProvider(world.tools(tmp_path))
    provider.preflight(request_)
    provider.submit(request_)
    (login,) = azure.asked("Token_Get")
    assert login.body == {
        "grant_type": "client_credentials",
        "client_id": TRAINER,
        "scope": "https://cognitiveservices.azure.com/.default",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": github_token("api://AzureADTokenExchange"),
    }
    assert azure.submissions == 1


@pytest.mark.parametrize(("minutes", "logins"), [(50, 1), (56, 2), (90, 2)])
def test_a_token_is_renewed_before_it_ends(
    minutes: int,
    logins: int,
    azure: AzureServer,
    world: World,
    request_: TrainingRequest,
    tmp_path: Path,
) -> None:
    later = 0
    tools = replace(world.tools(tmp_path), now=lambda: datetime.fromtimestamp(azure.now() + later, UTC))
    provider = AzureOpenAIProvider(tools)
    provider.find(request_)
    later = minutes * 60
    provider.find(request_)
    assert len(azure.asked("Token_Get")) == logins


def test_a_token_that_ends_before_its_time_is_renewed_once(
    azure: AzureServer, world: World, request_: TrainingRequest, tmp_path: Path
) -> None:
    azure.entra.token_uses = 1
    provider = AzureOpenAIProvider(world.tools(tmp_path))
    assert provider.find(request_) is None
    assert len(azure.asked("Token_Get")) == 2
    azure.entra.token_uses = 0
    with pytest.raises(SpecError, match="does not accept the Entra ID login"):
        provider.find(request_)
    assert len(azure.asked("Token_Get")) == 3


def test_the_trainer_cannot_be_the_deployer(
    azure: AzureServer, world: World, request_: TrainingRequest, tmp_path: Path
) -> None:
    azure.entra.clients[TRAINER] = azure.entra.clients[DEPLOYER]
    with pytest.raises(SpecError, match=r"does not accept the Entra ID login.*Foundry User"):
        AzureOpenAIProvider(world.tools(tmp_path)).submit(request_)


def test_on_a_laptop_there_is_no_such_token(
    azure: AzureServer, request_: TrainingRequest, tmp_path: Path
) -> None:
    provider = AzureOpenAIProvider(World(azure, key="").tools(tmp_path))
    with pytest.raises(SpecError, match=r"workflow of GitHub only.*id-token: write.*login: key"):
        provider.preflight(request_)
    assert azure.requests == []


def test_another_branch_is_not_let_in(
    azure: AzureServer, world: World, request_: TrainingRequest, tmp_path: Path
) -> None:
    azure.entra.subjects = {TRAINER: "repo:hospital/models:environment:other"}
    with pytest.raises(SpecError, match=r"azure\.trainer in \(status 401\): AADSTS700213: No matching"):
        AzureOpenAIProvider(world.tools(tmp_path)).preflight(request_)
    assert len(azure.asked("Token_Get")) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_entra_in_trouble_is_no_fault_of_the_spec(
    status: int, azure: AzureServer, world: World, request_: TrainingRequest, tmp_path: Path
) -> None:
    azure.fail_next("Token_Get", status)
    with pytest.raises(ServiceError, match=f"failed at the login with status {status}"):
        AzureOpenAIProvider(world.tools(tmp_path)).preflight(request_)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"access_token": "", "expires_in": 1}',
        b'{"access_token": "x", "expires_in": "soon"}',
    ],
)
def test_an_answer_without_a_token(body: bytes, azure: AzureServer, world: World, tmp_path: Path) -> None:
    with answering(body=body) as (host, _):
        account = azure_account(azure, login_url=f"http://{host}")
        endpoint = endpoint_of(azure, login="entra", azure=account)
        request = request_to(azure, tmp_path, endpoint=endpoint)
        with pytest.raises(ServiceError, match="answered the login with something else"):
            AzureOpenAIProvider(world.tools(tmp_path)).preflight(request)


def test_nobody_to_log_in_at(azure: AzureServer, world: World, tmp_path: Path) -> None:
    with answering() as (host, _):
        pass
    endpoint = endpoint_of(azure, login="entra", azure=azure_account(azure, login_url=f"http://{host}"))
    with pytest.raises(ServiceError, match=f"{host} could not be reached for a login"):
        AzureOpenAIProvider(world.tools(tmp_path)).preflight(request_to(azure, tmp_path, endpoint=endpoint))


def test_national_clouds_have_their_own_services(azure: AzureServer, endpoint: Endpoint) -> None:
    account = azure_account(azure, login_url="https://login.microsoftonline.us")
    ours = endpoint_of(azure, login="entra", azure=account)
    assert scopes_of(ours).management == "https://management.usgovcloudapi.net/.default"
    assert scopes_of(endpoint).management == "https://management.azure.com/.default"
