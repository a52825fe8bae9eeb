"""Several processes of one training: what a launcher says of this one, and those that it starts itself."""

import os
from functools import cache
from pathlib import Path

from clinft.adapters.model.store import LocalModelStore
from clinft.adapters.training.spread import Ranks
from clinft.adapters.training.spread_team import Launched, Team
from clinft.ports.training import TrainingRequest
from clinft.wiring import secrets

# What torchrun sets, accelerate through it, and a line in a Slurm script by hand.
LAUNCHER = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
ADDRESS = ("MASTER_ADDR", "MASTER_PORT")
SECRETS = frozenset(
    {
        secrets.VARIABLE,
        secrets.SINKS,
        secrets.REGISTRIES,
        *secrets.USUAL.values(),
        *secrets.USUAL_SINKS.values(),
        "CLINFT_TOKEN",
    }
    | {*secrets.USUAL_REGISTRIES.values(), "GOOGLE_APPLICATION_CREDENTIALS"}
    | {"GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}
)


def launched() -> Launched | None:
    """None: this process was started on its own."""
    environment = os.environ
    file = environment.get("CLINFT_RANKS")
    needed = LAUNCHER if file else (*LAUNCHER, *ADDRESS)
    if not all(environment.get(name, "").strip() for name in needed):
        return None
    if not all(environment[name].isdecimal() for name in LAUNCHER) or int(environment["WORLD_SIZE"]) < 2:
        return None
    return Launched(
        rank=int(environment["RANK"]),
        world=int(environment["WORLD_SIZE"]),
        local_rank=int(environment["LOCAL_RANK"]),
        # A configuration of accelerate for FSDP asks for shards.
        sharded=environment.get("ACCELERATE_USE_FSDP", "").lower() == "true",
        store=Path(file) if file else None,
    )


@cache
def team() -> Team:
    """One for this process."""
    found = launched()
    if found is not None:
        return Team(found)
    # They speak to nobody outside.
    return Team(environment={name: os.environ[name] for name in os.environ if name not in SECRETS})


def follow(found: Launched) -> None:
    """Trains along, until the first process has nothing more to do."""
    from clinft.adapters.training.peft import PeftProvider
    from clinft.adapters.training.spread_follow import Silent
    from clinft.adapters.training.spread_follow import follow as along

    def train(request: TrainingRequest, models: LocalModelStore, ranks: Ranks) -> None:
        PeftProvider(models).train(request, Silent(), ranks)

    along(found, train)
