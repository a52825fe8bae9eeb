"""Deployments: by the second identity, asked for once, found again, gone when told."""

from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.training.openai_api.arm import Deployments
from clinft.errors import ServiceError, SpecError
from tests.adapters.training.openai_api.elsewhere import answering
from tests.adapters.training.openai_api.hosted import (
    MODEL,
    World,
    azure_account,
    endpoint_of,
    github_token,
)
from tests.fakes.openai.azure import DEPLOYER, AzureServer
from tests.fakes.openai.state import Model

TUNED = f"{MODEL}.ft-1"


@pytest.fixture
def world(azure: AzureServer) -> World:
    azure.models[TUNED] = Model(TUNED)
    return World(azure, key="", token=github_token)


@pytest.fixture
def deployments(azure: AzureServer, world: World, tmp_path: Path) -> Deployments:
    endpoint = endpoint_of(azure, azure=azure_account(azure), training_types=("standard", "developer"))
    return Deployments(world.tools(tmp_path), endpoint)


def test_a_model_is_deployed_and_taken_down(
    azure: AzureServer, deployments: Deployments, world: World
) -> None:
    made = deployments.deploy("clinic", TUNED)
    assert (made.state, made.model, made.sku, made.capacity) == ("Creating", TUNED, "standard", 1)
    assert azure.deployments["clinic"].body == {
        "sku": {"name": "standard", "capacity": 1},
        "properties": {"model": {"format": "OpenAI", "name": TUNED, "version": "1"}},
    }
    assert deployments.wait("clinic").state == "Succeeded"
    assert [(one.name, one.model) for one in deployments.list()] == [("clinic", TUNED)]
    deployments.undeploy("clinic")
    deployments.undeploy("clinic")
    assert deployments.list() == ()
    assert {one.body["client_id"] for one in azure.asked("Token_Get")} == {DEPLOYER}


def test_the_training_type_says_how_it_is_hosted(azure: AzureServer, deployments: Deployments) -> None:
    deployments.deploy("trial", TUNED, "developer", capacity=50)
    assert azure.deployments["trial"].body["sku"] == {"name": "developertier", "capacity": 50}
    with pytest.raises(SpecError, match="type global are not allowed"):
        deployments.deploy("abroad", TUNED, "global")


def test_the_same_is_asked_for_once_and_another_model_is_refused(
    azure: AzureServer, deployments: Deployments
) -> None:
    deployments.deploy("clinic", TUNED)
    deployments.deploy("clinic", TUNED)
    assert len(azure.asked("Deployments_CreateOrUpdate")) == 1
    with pytest.raises(SpecError, match=f"exists and serves another model \\({TUNED}\\)"):
        deployments.deploy("clinic", MODEL)
    assert azure.deployments["clinic"].model == TUNED


def test_a_slow_one_is_waited_for_and_a_failed_one_is_told(
    azure: AzureServer, deployments: Deployments, world: World
) -> None:
    azure.provisioning = ["Creating", "Creating", "Creating", "Succeeded"]
    deployments.deploy("slow", TUNED)
    deployments.wait("slow")
    assert world.slept == [2.0, 3.0]
    azure.provisioning = ["Creating", "Failed"]
    deployments.deploy("broken", TUNED)
    with pytest.raises(ServiceError, match="broken is Failed after 0 seconds"):
        deployments.wait("broken")
    azure.provisioning = ["Succeeded"]
    assert deployments.deploy("broken", TUNED).state == "Succeeded"
    with pytest.raises(ServiceError, match="never is gone after 0 seconds"):
        deployments.wait("never")


def test_waiting_ends(azure: AzureServer, deployments: Deployments, world: World) -> None:
    azure.provisioning = ["Creating"]
    deployments.deploy("stuck", TUNED)
    with pytest.raises(ServiceError, match="stuck is Creating after"):
        deployments.wait("stuck")
    assert 3600 <= sum(world.slept) < 3700


def test_all_pages_are_read(azure: AzureServer, deployments: Deployments) -> None:
    azure.deployments_per_page = 2
    for number in range(5):
        deployments.deploy(f"clinic-{number}", TUNED)
    assert [one.name for one in deployments.list()] == [f"clinic-{number}" for number in range(5)]
    assert len(azure.asked("Deployments_List")) == 3


def test_trouble_is_waited_for(azure: AzureServer, deployments: Deployments, world: World) -> None:
    azure.rate_limit_next("Deployments_List", retry_after="9")
    azure.fail_next("Deployments_List", 503)
    assert deployments.list() == ()
    assert world.slept == [9.0, 2.0]
    azure.fail_next("Deployments_Delete", 500, times=4)
    with pytest.raises(ServiceError, match="failed at the end of the deployment clinic"):
        deployments.undeploy("clinic")


def test_a_refusal_is_told_word_for_word(azure: AzureServer, deployments: Deployments) -> None:
    with pytest.raises(SpecError, match=r"The model 'Format:OpenAI,Name:other,Version:1' is not supported"):
        deployments.deploy("clinic", "other")
    azure.entra.clients[DEPLOYER] = frozenset({"train"})
    with pytest.raises(SpecError, match=r"not have authorization to perform Deployments_Get.*Foundry Owner"):
        deployments.deploy("clinic", TUNED)


def test_a_put_whose_answer_was_lost_is_found(azure: AzureServer, deployments: Deployments) -> None:
    azure.drop_next("Deployments_CreateOrUpdate")
    with pytest.raises(ServiceError, match="could not be reached for a deployment"):
        deployments.deploy("clinic", TUNED)
    assert deployments.deploy("clinic", TUNED).name == "clinic"
    assert len(azure.asked("Deployments_CreateOrUpdate")) == 1


@pytest.mark.parametrize("missing", ["azure", "deployer"])
def test_without_the_second_identity_nothing_is_deployed(
    missing: str, azure: AzureServer, world: World, tmp_path: Path
) -> None:
    account = None if missing == "azure" else azure_account(azure, deployer=None)
    with pytest.raises(SpecError, match=r"names no Azure resource|names no identity azure\.deployer"):
        Deployments(world.tools(tmp_path), endpoint_of(azure, azure=account))
    assert azure.requests == []


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, (), b"<html>"),
        (200, (), b'{"value": {}}'),
        (200, (), b'{"value": [{"name": "x"}]}'),
        (200, (), b'{"value": [], "nextLink": "http://elsewhere.invalid/x"}'),
        (302, (("Location", "http://elsewhere.invalid/x"),), b""),
    ],
)
def test_a_token_goes_nowhere_else(
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
    azure: AzureServer,
    world: World,
    tmp_path: Path,
) -> None:
    with answering(status, headers, body) as (host, seen):
        endpoint = endpoint_of(azure, azure=azure_account(azure, management_url=f"http://{host}"))
        with pytest.raises(ServiceError, match=r"answered with something else|failed at the list"):
            Deployments(replace(world.tools(tmp_path)), endpoint).list()
    assert len(seen) == 1
