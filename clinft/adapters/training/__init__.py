"""Ways to train: one module each, one table."""

from collections.abc import Callable

from clinft.ports.training import TrainingProvider


def _peft() -> TrainingProvider:
    from clinft.adapters.training.peft import PeftProvider

    return PeftProvider()


def _fake() -> TrainingProvider:
    from clinft.adapters.training.fake import FakeProvider

    return FakeProvider()


# The slug is the YAML value of training.provider.
TABLE: dict[str, Callable[[], TrainingProvider]] = {"peft": _peft, "fake": _fake}
