"""Requests to the test servers of OpenAI and Azure, as the pipeline would make them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.tools import Tools
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.planning import BaseModelIdentity
from clinft.ports.training import TrainingRequest
from clinft.spec.eligibility import AzureAccount, Eligibility, Endpoint
from clinft.spec.training import TrainingSpec
from tests.adapters.training.contract import write_chat_files
from tests.fakes.openai import azure
from tests.fakes.openai.entra import assertion
from tests.fakes.openai.server import OpenAIServer
from tests.fakes.progress import Quiet

MODEL = "gpt-4.1-mini-2025-04-14"
RUN_ID = "0123456789ab-a1"
SUBJECT = "repo:hospital/models:environment:clinft-train"


@dataclass
class World:
    """`now` follows the server's clock; `slept` is what would have been waited."""

    server: OpenAIServer
    slept: list[float] = field(default_factory=list)
    key: str | None = None
    token: Callable[[str], str | None] = lambda audience: None
    on_sleep: Callable[[], None] = lambda: None

    def tools(self, folder: Path) -> Tools:
        host = self.server.base.removeprefix("http://")
        key = self.server.key if self.key is None else self.key

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.on_sleep()

        return Tools(
            models=LocalModelStore(folder, folder / "cache", Quiet()),
            cache=folder / "cache",
            key_of={host: key}.get if key else lambda host: None,
            id_token=self.token,
            now=lambda: datetime.fromtimestamp(self.server.now(), UTC),
            sleep=sleep,
        )


def github_token(audience: str) -> str:
    return assertion(SUBJECT, audience)


def endpoint_of(server: OpenAIServer, **more: Any) -> Endpoint:
    return Endpoint(
        provider="azure_openai" if isinstance(server, azure.AzureServer) else "openai",
        url=more.pop("url", server.url),
        eligibility=Eligibility(owner="privacy office", review_by="2027-06-30"),
        **more,
    )


def azure_account(server: OpenAIServer, **more: Any) -> AzureAccount:
    given = {
        "tenant": azure.TENANT,
        "subscription": azure.SUBSCRIPTION,
        "resource_group": azure.RESOURCE_GROUP,
        "account": azure.ACCOUNT,
        "trainer": azure.TRAINER,
        "deployer": azure.DEPLOYER,
        "login_url": server.base,
        "management_url": server.base,
    }
    return AzureAccount(**{**given, **more})


def request_to(
    server: OpenAIServer, folder: Path, *, endpoint: Endpoint | None = None, **training: Any
) -> TrainingRequest:
    files = write_chat_files(folder / "formatted")
    name = "azure_openai" if isinstance(server, azure.AzureServer) else "openai"
    spec = TrainingSpec.model_validate(
        {"provider": name, "base_model": MODEL, "method": "supervised", **training}
    )
    return TrainingRequest(
        run_id=RUN_ID,
        plan_digest="a" * 64,
        base_model=BaseModelIdentity(ref=spec.base_model, kind="hosted", digest="b" * 64),
        spec=spec,
        training_file=files[0],
        validation_file=files[1],
        training_sha256=digest_file(files[0]),
        validation_sha256=digest_file(files[1]),
        output_dir=folder / "out",
        endpoint=endpoint or endpoint_of(server),
    )
