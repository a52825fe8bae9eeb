"""Ways to train: one module each, one table."""

from collections.abc import Callable

from clinft.adapters.training.tools import Tools
from clinft.ports.training import TrainingProvider


def _peft(tools: Tools) -> TrainingProvider:
    from clinft.adapters.training.peft import PeftProvider

    return PeftProvider(tools.models, tools.team)


def _openai(tools: Tools) -> TrainingProvider:
    from clinft.adapters.training.openai import OpenAIProvider

    return OpenAIProvider(tools)


def _azure_openai(tools: Tools) -> TrainingProvider:
    from clinft.adapters.training.azure_openai import AzureOpenAIProvider

    return AzureOpenAIProvider(tools)


def _mcp(tools: Tools) -> TrainingProvider:
    from clinft.adapters.training.mcp import McpProvider

    return McpProvider(tools)


def _manual(tools: Tools) -> TrainingProvider:
    from clinft.adapters.training.manual import ManualProvider

    return ManualProvider()


def _fake(tools: Tools) -> TrainingProvider:
    from clinft.adapters.training.fake import FakeProvider

    return FakeProvider()


def _fake_hosted(tools: Tools) -> TrainingProvider:
    from clinft.adapters.training.fake_hosted import FakeHostedProvider

    return FakeHostedProvider(tools.cache / "fake-hosted")


# The slug is the YAML value of training.provider.
TABLE: dict[str, Callable[[Tools], TrainingProvider]] = {
    "peft": _peft,
    "openai": _openai,
    "azure_openai": _azure_openai,
    "mcp": _mcp,
    "manual": _manual,
    "fake": _fake,
    "fake_hosted": _fake_hosted,
}
