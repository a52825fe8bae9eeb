"""Handing a model over: the weights of this machine, registries with the secret of their host alone."""

from pathlib import Path

from clinft.ports.handover import Registry, Weights
from clinft.ports.progress import Progress
from clinft.spec.registries import Registry as Place
from clinft.wiring import secrets, surroundings, weights_store
from clinft.wiring.sinks import address_of


def weights(repository: Path, progress: Progress) -> Weights:
    from clinft.adapters.model.handover import LocalWeights
    from clinft.adapters.model.store import LocalModelStore

    return LocalWeights(LocalModelStore(repository, surroundings().cache / "models", progress), progress)


def store_of(repository: Path) -> Path | None:
    """Where this machine keeps what it trained for the repository; None for a clone from nowhere."""
    name = address_of(repository)[1]
    return weights_store(name) if name else None


def open_registry(place: Place) -> Registry:
    from clinft.adapters.registries import TABLE

    return TABLE[place.kind](place, secrets.registry_key_of)
