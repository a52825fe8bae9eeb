"""Handing a model over: the weights of this machine, registries with the secret of their host alone."""

import re
from pathlib import Path

from clinft.ports.handover import Registry, Tip, Weights
from clinft.ports.progress import Progress
from clinft.spec.registries import Registry as Place
from clinft.wiring import _git, secrets, surroundings, weights_store
from clinft.wiring.sinks import address_of

# As `git ls-remote --symref` answers. What git allows in a branch's name and no terminal obeys.
HEAD = re.compile(r"ref: refs/heads/([\w.+@#/-]+)\tHEAD\n([0-9a-f]{40})\tHEAD(?:\n|$)")


def weights(repository: Path, progress: Progress) -> Weights:
    from clinft.adapters.model.handover import LocalWeights
    from clinft.adapters.model.store import LocalModelStore

    return LocalWeights(LocalModelStore(repository, surroundings().cache / "models", progress), progress)


def store_of(repository: Path) -> Path | None:
    """Where this machine keeps what it trained for the repository; None for a clone from nowhere."""
    name = address_of(repository)[1]
    return weights_store(name) if name else None


def tip_of(repository: Path) -> Tip | None:
    """Of the remote, asked anew; git logs in there as it does for the person who calls."""
    told = _git(repository, "ls-remote", "--symref", "--end-of-options", "origin", "HEAD") or ""
    found = HEAD.match(told)
    return None if found is None else Tip(*found.groups())


def open_registry(place: Place) -> Registry:
    from clinft.adapters.registries import TABLE

    return TABLE[place.kind](place, secrets.registry_key_of)
