"""A run to train at an MCP server, and what its provider may use: no clock, and one secret."""

from dataclasses import dataclass, field
from pathlib import Path

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.fake import identity
from clinft.adapters.training.mcp import McpProvider
from clinft.adapters.training.mcp_client.session import Limits
from clinft.adapters.training.tools import Tools
from clinft.artifacts.canonical import digest_file
from clinft.ports.training import TrainingRequest
from tests.adapters.training.contract import write_chat_files
from tests.fakes.mcp.servers import NAME, TOKEN, Running
from tests.fakes.progress import Quiet
from tests.fakes.specs import project_spec

# The same for every server: what differs between them is the policy's alone.
SPEC = project_spec(
    training={
        "provider": "mcp",
        "server": NAME,
        "base_model": "llama-3.1-8b",
        "hyperparameters": {"n_epochs": 2, "learning_rate": 0.001, "seed": 7},
    }
).training
RUN = "0123456789ab-a1"


def request_at(running: Running, folder: Path, run_id: str = RUN) -> TrainingRequest:
    train, validation = write_chat_files(folder / "formatted")
    return TrainingRequest(
        run_id=run_id,
        plan_digest="a" * 64,
        base_model=identity().model_copy(update={"ref": SPEC.base_model}),
        spec=SPEC,
        training_file=train,
        validation_file=validation,
        training_sha256=digest_file(train),
        validation_sha256=digest_file(validation),
        output_dir=folder / "out",
        server=running.policy,
    )


@dataclass
class Desk:
    """`slept`: what was waited for instead of waiting. `asked`: hosts and servers a secret was asked for."""

    folder: Path
    secret: str | None = TOKEN
    slept: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def provider(self, limits: Limits | None = None) -> McpProvider:
        return McpProvider(self.tools(), limits)

    def tools(self) -> Tools:
        def give(name: str) -> str | None:
            self.asked.append(name)
            return self.secret

        models = LocalModelStore(self.folder, self.folder, Quiet())
        return Tools(models, self.folder, key_of=give, secret_of=give, sleep=self.slept.append)
