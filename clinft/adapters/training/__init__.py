"""Ways to train: one module each, one table."""

from collections.abc import Callable

from clinft.adapters.model.store import LocalModelStore
from clinft.ports.training import TrainingProvider


def _peft(models: LocalModelStore) -> TrainingProvider:
    from clinft.adapters.training.peft import PeftProvider

    return PeftProvider(models)


def _fake(models: LocalModelStore) -> TrainingProvider:
    from clinft.adapters.training.fake import FakeProvider

    return FakeProvider()


def _fake_hosted(models: LocalModelStore) -> TrainingProvider:
    from clinft.adapters.training.fake_hosted import FakeHostedProvider

    return FakeHostedProvider(models.cache.parent / "fake-hosted")


# The slug is the YAML value of training.provider.
TABLE: dict[str, Callable[[LocalModelStore], TrainingProvider]] = {
    "peft": _peft,
    "fake": _fake,
    "fake_hosted": _fake_hosted,
}
