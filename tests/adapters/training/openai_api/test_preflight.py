"""What is looked at before an attempt: the model, whether it may be tuned, and its last day."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinft.adapters.training.azure_openai import AzureOpenAIProvider
from clinft.adapters.training.openai import OpenAIProvider
from clinft.errors import PolicyViolation, SpecError
from tests.adapters.training.openai_api.hosted import MODEL, World, endpoint_of, request_to
from tests.fakes.openai.azure import AzureServer
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.openai.state import Model


def on(world: World, folder: Path, day: str) -> OpenAIProvider:
    now = datetime.fromisoformat(day).replace(hour=23, tzinfo=UTC)
    return OpenAIProvider(replace(world.tools(folder), now=lambda: now))


def test_it_says_what_was_looked_at(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    endpoint = endpoint_of(server, region="us")
    lines = on(world, tmp_path, "2026-12-31").preflight(request_to(server, tmp_path, endpoint=endpoint))
    host = server.base.removeprefix("http://")
    assert lines == (
        f"{host} (region us) offers {MODEL} to this account.",
        f"{host} shuts {MODEL} down on 2027-01-14, in 14 days; its tuned models too.",
    )


def test_without_a_date_it_says_so(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    server.models[MODEL] = Model(MODEL, ("supervised",), None)
    lines = OpenAIProvider(world.tools(tmp_path)).preflight(request_to(server, tmp_path))
    assert lines[-1].endswith(f"announces no shutdown date for {MODEL}.")


@pytest.mark.parametrize(
    ("day", "ended"), [("2027-01-13", False), ("2027-01-14", True), ("2028-01-01", True)]
)
def test_a_model_that_ended_is_refused(
    day: str, ended: bool, server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    provider, request = on(world, tmp_path, day), request_to(server, tmp_path)
    if ended:
        with pytest.raises(PolicyViolation, match=rf"{MODEL} was shut down on 2027-01-14"):
            provider.preflight(request)
    else:
        assert "in 1 days" in provider.preflight(request)[-1]


def test_a_date_that_cannot_be_read_is_no_date(server: OpenAIServer, world: World, tmp_path: Path) -> None:
    server.fail_next(
        "retrieveModel",
        200,
        body={"id": MODEL, "object": "model", "created": 1, "owned_by": "x", "shutdown_date": "soon\x1b"},
    )
    lines = OpenAIProvider(world.tools(tmp_path)).preflight(request_to(server, tmp_path))
    assert lines[-1].endswith(f"announces an unreadable shutdown date for {MODEL}: soon\\x1b")


def test_a_region_without_the_model_is_refused(
    azure: AzureServer, azure_world: World, tmp_path: Path
) -> None:
    del azure.models[MODEL]
    request = request_to(azure, tmp_path, endpoint=endpoint_of(azure, region="eastus2"))
    with pytest.raises(SpecError, match=rf"\(region eastus2\) has no model {MODEL} for this account"):
        AzureOpenAIProvider(azure_world.tools(tmp_path)).preflight(request)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"capabilities": {"fine_tune": False}}, "cannot be fine-tuned at"),
        ({"deprecation": {"fine_tune": 1_775_001_600}}, "can no longer be trained since 2026-04-01"),
        ({"deprecation": {"inference": 1_775_001_600}}, "no longer answers since 2026-04-01"),
    ],
)
def test_what_azure_says_of_a_model_counts(
    facts: dict[str, object], error: str, azure: AzureServer, azure_world: World, tmp_path: Path
) -> None:
    body = {"id": MODEL, "object": "model", "created": 1, "owned_by": "azure", **facts}
    azure.fail_next("retrieveModel", 200, body=body)
    with pytest.raises((SpecError, PolicyViolation), match=error):
        AzureOpenAIProvider(azure_world.tools(tmp_path)).preflight(request_to(azure, tmp_path))


def test_what_azure_says_of_later_days_is_told(
    azure: AzureServer, azure_world: World, tmp_path: Path
) -> None:
    facts = {"capabilities": {"fine_tune": True}, "deprecation": {"fine_tune": 1_807_660_800, "x": 1}}
    body = {"id": MODEL, "object": "model", "created": 1, "owned_by": "azure", **facts}
    azure.fail_next("retrieveModel", 200, body=body)
    lines = AzureOpenAIProvider(azure_world.tools(tmp_path)).preflight(request_to(azure, tmp_path))
    assert lines[1].endswith(f"says that {MODEL} can be fine-tuned.")
    assert lines[3] == f"{MODEL} can no longer be trained from 2027-04-14 on, in 134 days."


def test_a_file_over_the_limit_is_refused_before_anything_is_asked(
    server: OpenAIServer, world: World, tmp_path: Path
) -> None:
    request = request_to(server, tmp_path)
    with request.validation_file.open("r+b") as stream:
        stream.truncate(512_000_001)  # sparse: it takes no room
    provider = OpenAIProvider(world.tools(tmp_path))
    for call in (provider.preflight, provider.submit):
        with pytest.raises(SpecError, match=r"validation\.jsonl has 512,000,001 bytes"):
            call(request)
    assert server.requests == []
