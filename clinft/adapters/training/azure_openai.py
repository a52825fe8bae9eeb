"""Fine-tuning at Azure OpenAI: the same API on its v1 endpoint, with a training type and keyless login."""

from clinft.adapters.training.openai import OpenAIProvider
from clinft.adapters.training.openai_api.dialect import AZURE
from clinft.adapters.training.tools import Tools


class AzureOpenAIProvider(OpenAIProvider):
    """Its deployments are `openai_api.arm.Deployments`: another service, with another identity."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools, AZURE)
