"""Semantic Scholar by `semanticscholar`: papers with their ids elsewhere. It says nothing of retractions.

Source: Semantic Scholar, "Academic Graph API": one request a second with a key; without one a pool that all
share, which often answers 429. Its client takes 502 and 503 for an empty answer: without a list it is none.
"""

from typing import Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access, Pace
from clinft.adapters.literature.client import called, imported
from clinft.adapters.literature.records import digest_of, doi_of, reference
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.spec.research_policy import Source

HOST = "api.semanticscholar.org"
EVERY = 1.1
SECONDS = 30
FIELDS = ["externalIds", "title", "year", "venue", "publicationTypes"]


class SemanticScholarSource:
    name: Source = "semantic_scholar"
    sections: frozenset[Section] = frozenset({"techniques", "benchmarks"})
    resolves: frozenset[IdKind] = frozenset()

    def __init__(self, access: Access, url: str | None = None) -> None:
        self._access, self._url, self._pace = access, url, Pace(EVERY, access, self.name)

    def search(self, query: Query, limit: int) -> Found:
        module = imported("semanticscholar", "Semantic Scholar")
        asked = syntax.words(query)
        results: list[dict[str, Any]] = []
        total: int | None = None
        if asked:
            results, total = called(
                "Semantic Scholar", self._access, self._pace, lambda: self._ask(module, query, asked, limit)
            )
        made = [self._reference(one) for one in results]
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

    def _ask(
        self, module: Any, query: Query, asked: str, limit: int
    ) -> tuple[list[dict[str, Any]], int | None]:
        client = module.SemanticScholar(
            timeout=SECONDS, api_key=self._access.key_of(HOST), api_url=self._url, retry=False
        )
        year = f"{query.since}-" if query.since else None
        found = client.search_paper(asked, limit=limit, fields=FIELDS, year=year)
        # Before a list came, it stands where the first page would begin.
        if getattr(found, "offset", -1) < 0:
            raise ValueError("no list of papers")
        # Its iterator would go on with the next page by itself.
        return [dict(one.raw_data) for one in found.items], found.total

    def _reference(self, found: dict[str, Any]) -> Reference | None:
        others = found.get("externalIds")
        ids = others if isinstance(others, dict) else {}
        pmc = ids.get("PubMedCentral")
        return reference(
            self.name,
            self._access.day,
            found,
            {
                "s2": found.get("paperId"),
                "doi": doi_of(ids.get("DOI")),
                "pmid": ids.get("PubMed"),
                "arxiv": ids.get("ArXiv"),
                "pmcid": f"PMC{pmc}" if pmc else None,
            },
            found.get("title"),
            year=found.get("year"),
            journal=found.get("venue"),
        )
