"""OpenAlex by `pyalex`: works of all fields, with a flag for retracted ones.

Source: OpenAlex, "API Overview": since 2026-02-13 a free key raises the daily budget; without one
only a little is free. `is_retracted` comes from Retraction Watch.
"""

from typing import Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access, Pace
from clinft.adapters.literature.client import called, imported
from clinft.adapters.literature.records import digest_of, doi_of, reference
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.spec.research_policy import Source

HOST = "api.openalex.org"
EVERY = 1.0
FIELDS = ("id", "doi", "ids", "title", "publication_year", "type", "is_retracted", "primary_location")


class OpenAlex:
    name: Source = "openalex"
    sections: frozenset[Section] = frozenset({"techniques", "benchmarks"})
    resolves: frozenset[IdKind] = frozenset({"doi"})

    def __init__(self, access: Access) -> None:
        self._access, self._pace = access, Pace(EVERY, access, self.name)

    def search(self, query: Query, limit: int) -> Found:
        pyalex = imported("pyalex", "OpenAlex")
        dois = [text for kind, text in query.ids if kind == "doi"]
        asked = "|".join(dois) if query.ids else syntax.boolean(query)
        results: list[Any] = []
        total: int | None = None
        if asked:
            results, total = called(
                "OpenAlex", self._access, self._pace, lambda: self._ask(pyalex, query, asked, limit)
            )
        made = [self.reference_of(one) for one in results]
        references = tuple(one for one in made if one is not None)
        return Found(
            source=self.name,
            asked=asked,
            asked_on=self._access.day,
            total=total,
            left_out=len(made) - len(references),
            references=references[:limit],
            answers=(digest_of(results),) if asked else (),
        )

    def _ask(self, pyalex: Any, query: Query, asked: str, limit: int) -> tuple[list[Any], int | None]:
        """Its settings are the module's, so they are put back."""
        kept = dict(pyalex.config)
        pyalex.config.update(
            api_key=self._access.key_of(HOST),
            email=self._access.contact,
            max_retries=0,
        )
        try:
            results = works_of(pyalex, query, asked).get(per_page=limit)
        finally:
            pyalex.config.update(kept)
        return read(results)

    def reference_of(self, found: dict[str, Any]) -> Reference | None:
        others = found.get("ids") if isinstance(found.get("ids"), dict) else {}
        place = found.get("primary_location")
        source = place.get("source") if isinstance(place, dict) else None
        return reference(
            self.name,
            self._access.day,
            found,
            {
                "openalex": _last(found.get("id")),
                "doi": doi_of(found.get("doi")),
                "pmid": _last((others or {}).get("pmid")),
                "pmcid": _pmcid(_last((others or {}).get("pmcid"))),
            },
            found.get("title"),
            year=found.get("publication_year"),
            journal=source.get("display_name") if isinstance(source, dict) else None,
            types=[found.get("type")],
            retracted=found.get("is_retracted") is True,
            knows_retractions="is_retracted" in found,
            licence=place.get("license") if isinstance(place, dict) else None,
        )


def works_of(pyalex: Any, query: Query, asked: str) -> Any:
    """What is asked for, as its client says it."""
    works = pyalex.Works().select([*FIELDS])
    works = works.filter(doi=asked) if query.ids else works.search(asked)
    return works.filter(publication_year=f">{query.since - 1}") if query.since else works


def read(results: Any) -> tuple[list[dict[str, Any]], int | None]:
    count = (getattr(results, "meta", None) or {}).get("count")
    return [dict(one) for one in results], count if isinstance(count, int) else None


def _last(address: object) -> str | None:
    """Its ids are addresses."""
    return address.rstrip("/").rsplit("/", 1)[-1] if isinstance(address, str) else None


def _pmcid(text: str | None) -> str | None:
    return text if text is None or text.startswith("PMC") else f"PMC{text}"
