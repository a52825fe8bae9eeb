"""Several processes of one training: what a launcher says of this one, and those that it starts itself."""

import os
import re
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
NUMBER, MOST_PORT = re.compile(r"[0-9]{1,6}"), 65_535
# A name or an address of a machine: it is shown, and asked for.
HOST = re.compile(r"[A-Za-z0-9._:%-]{1,255}")
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
    given = {name: os.environ.get(name, "").strip() for name in (*LAUNCHER, *ADDRESS, "CLINFT_RANKS")}
    file = given["CLINFT_RANKS"]
    if not all(NUMBER.fullmatch(given[name]) for name in (LAUNCHER if file else (*LAUNCHER, "MASTER_PORT"))):
        return None
    rank, world, local_rank = (int(given[name]) for name in LAUNCHER)
    if world < 2 or rank >= world:
        return None
    if not file and not (HOST.fullmatch(given["MASTER_ADDR"]) and 0 < int(given["MASTER_PORT"]) <= MOST_PORT):
        return None
    return Launched(
        rank=rank,
        world=world,
        local_rank=local_rank,
        # A configuration of accelerate for FSDP asks for shards.
        sharded=os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true",
        store=Path(file) if file else None,
        address=None if file else (given["MASTER_ADDR"], int(given["MASTER_PORT"])),
    )


def team() -> Team:
    """One for this process."""
    return _team(launched())


@cache
def _team(found: Launched | None) -> Team:
    if found is not None:
        return Team(found)
    # They speak to nobody outside.
    return Team(environment={name: os.environ[name] for name in os.environ if name not in SECRETS})


def follow(found: Launched) -> int:
    """Trains along, until the first process has nothing more to do; returns the exit code."""
    from clinft.adapters.training.peft import PeftProvider
    from clinft.adapters.training.spread_follow import Silent
    from clinft.adapters.training.spread_follow import follow as along

    def train(request: TrainingRequest, models: LocalModelStore, ranks: Ranks) -> None:
        PeftProvider(models).train(request, Silent(), ranks)

    return along(found, train)
