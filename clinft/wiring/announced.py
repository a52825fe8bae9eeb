"""Asks a provider how long a model will answer; nothing is asked without a key."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from clinft.adapters.model.store import LocalModelStore
from clinft.ports.announced import Announced, LookUp
from clinft.ports.progress import Progress
from clinft.spec.base import Provider
from clinft.spec.eligibility import Endpoint
from clinft.wiring import secrets, training_tools

PROVIDER: Provider = "openai"


def look_up(repository: Path, cache: Path, progress: Progress) -> LookUp:
    tools = training_tools(LocalModelStore(repository, cache / "models", progress), cache)

    def asked(endpoint: Endpoint, model: str, base: str) -> Announced | None:
        from clinft.adapters.training.openai_api.access import access_to
        from clinft.adapters.training.openai_api.answers import RemoteModel, read_as
        from clinft.adapters.training.openai_api.service import connected

        if endpoint.login == "key" and secrets.key_of(urlsplit(endpoint.url).netloc) is None:
            return None
        with connected(access_to(endpoint, PROVIDER, tools), tools.sleep) as service:
            found = {
                name: service.find(
                    f"the model {name}",
                    lambda name=name: read_as(RemoteModel, service.client.models.retrieve(name)),  # type: ignore[misc]  # mypy infers no type for a default
                )
                for name in (model, base)
            }
        own, of_base = found[model], found[base]
        # A tuned model stops with its base model, whether its own entry says so or not.
        told = [day for one in (own, of_base) if one and (day := _day(one.shutdown_date))]
        return Announced(service.host, own is not None, min(told, default=None))

    return asked


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text[:10])
    except ValueError:
        return None
