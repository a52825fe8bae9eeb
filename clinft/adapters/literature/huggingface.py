"""Models on the Hugging Face hub by `huggingface_hub`: id, licence, last change. No weights are read.

Source: Hugging Face, "Search the Hub" (HfApi.list_models: search, sort, limit). A licence is what the card's
author wrote; the hub does not check it. The search matches parts of ids, so each phrase is asked alone.
"""

from collections.abc import Callable
from typing import Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access, Pace
from clinft.adapters.literature.client import called, imported
from clinft.adapters.literature.records import digest_of, reference
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.spec.research_policy import Source

HOST = "huggingface.co"
EVERY = 1.0
MOST_PHRASES = 3
LICENCE = "license:"


class HuggingFace:
    name: Source = "huggingface"
    sections: frozenset[Section] = frozenset({"models"})
    resolves: frozenset[IdKind] = frozenset({"hf"})

    def __init__(self, access: Access, url: str | None = None) -> None:
        self._access, self._url, self._pace = access, url, Pace(EVERY, access, self.name)

    def search(self, query: Query, limit: int) -> Found:
        hub = imported("huggingface_hub", "the Hugging Face hub")
        client = hub.HfApi(endpoint=self._url, token=self._access.key_of(HOST) or False)
        phrases = [one.strip('"') for one in (syntax.groups(query) or [[]])[0]][:MOST_PHRASES]
        records: list[dict[str, Any]] = []
        for wanted in phrases:
            records += self._called(_asking(client, wanted, limit))
        for name in (text for kind, text in query.ids if kind == "hf"):
            records += self._called(_looking(hub, client, name))
        made = [self._reference(one) for one in {one["id"]: one for one in records}.values()]
        references = tuple(one for one in made if one is not None)
        return Found(
            source=self.name,
            asked=" | ".join([*phrases, *(text for _, text in query.ids)]),
            asked_on=self._access.day,
            left_out=len(made) - len(references),
            references=references[:limit],
            answers=(digest_of(records),) if records or phrases else (),
        )

    def _called(self, call: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """Its client waits and tries again by itself."""
        return called("The Hugging Face hub", self._access, self._pace, call, tries=1)

    def _reference(self, found: dict[str, Any]) -> Reference | None:
        licences = [tag.removeprefix(LICENCE) for tag in found["tags"] if tag.startswith(LICENCE)]
        return reference(
            self.name, self._access.day, found, {"hf": found["id"]}, found["id"],
            year=found["last_modified"], journal="Hugging Face hub", licence=", ".join(licences),
            knows_retractions=True,
        )  # fmt: skip


def _asking(client: Any, wanted: str, limit: int) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [_plain(one) for one in client.list_models(search=wanted, sort="downloads", limit=limit)]


def _looking(hub: Any, client: Any, name: str) -> Callable[[], list[dict[str, Any]]]:
    """A model that does not exist, or that one may not see, is no failure of the hub."""

    def look() -> list[dict[str, Any]]:
        try:
            return [_plain(client.model_info(name))]
        except hub.errors.RepositoryNotFoundError:
            return []

    return look


def _plain(model: Any) -> dict[str, Any]:
    tags = getattr(model, "tags", None)
    return {
        "id": getattr(model, "id", None),
        "sha": getattr(model, "sha", None),
        "tags": [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        "last_modified": str(getattr(model, "last_modified", None) or ""),
        "gated": getattr(model, "gated", None),
    }
