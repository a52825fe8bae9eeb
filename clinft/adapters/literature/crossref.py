"""Crossref by `habanero`: what publishers deposit for a DOI, their retraction notices among it.

Source: Crossref, "REST API" (works: query.bibliographic, filter, rows, select) and "Retraction Watch data": a
work that was retracted has `updated-by` with an entry of type "retraction".
"""

from typing import Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access, Pace
from clinft.adapters.literature.client import called, imported
from clinft.adapters.literature.records import arxiv_of, digest_of, doi_of, reference
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.spec.research_policy import Source

URL = "https://api.crossref.org"
EVERY = 1.0
SECONDS = 30


class CrossrefSource:
    name: Source = "crossref"
    sections: frozenset[Section] = frozenset({"techniques", "benchmarks"})
    resolves: frozenset[IdKind] = frozenset({"doi"})

    def __init__(self, access: Access, url: str = URL) -> None:
        self._access, self._url, self._pace = access, url, Pace(EVERY, access, self.name)

    def search(self, query: Query, limit: int) -> Found:
        habanero = imported("habanero", "Crossref")
        dois = [text for kind, text in query.ids if kind == "doi"]
        asked = " ".join(dois) if query.ids else syntax.words(query)
        answer: dict[str, Any] = {}
        if asked:
            answer = called(
                "Crossref", self._access, self._pace, lambda: self._ask(habanero, query, dois, asked, limit)
            )
        items = answer.get("items") or []
        total = answer.get("total-results")
        made = [self._reference(one) for one in items]
        references = tuple(one for one in made if one is not None)
        return Found(
            source=self.name,
            asked=asked,
            asked_on=self._access.day,
            total=total if isinstance(total, int) and 0 <= total < 2**53 else None,
            left_out=len(made) - len(references),
            references=references[:limit],
            answers=(digest_of(answer),) if asked else (),
        )

    def _ask(self, habanero: Any, query: Query, dois: list[str], asked: str, limit: int) -> dict[str, Any]:
        client = habanero.Crossref(base_url=self._url, mailto=self._access.contact, timeout=SECONDS)
        wanted: dict[str, Any] = {}
        if dois:
            wanted["doi"] = dois
        if query.since:
            wanted["from_pub_date"] = str(query.since)
        given = {} if dois else {"query_bibliographic": asked}
        answer = client.works(filter=wanted or None, limit=limit, **given)
        message = answer.get("message") if isinstance(answer, dict) else None
        if not isinstance(message, dict) or not isinstance(message.get("items"), list):
            raise ValueError("no list of works")
        return message

    def _reference(self, found: object) -> Reference | None:
        if not isinstance(found, dict):
            return None
        doi = doi_of(found.get("DOI"))
        updates = found.get("updated-by")
        kinds = {
            str(one.get("type", "")).lower() for one in (updates or []) if isinstance(one, dict)
        } if isinstance(updates, list) else set()  # fmt: skip
        own = found.get("update-to")
        notice = isinstance(own, list) and any(
            isinstance(one, dict) and one.get("type") in ("retraction", "withdrawal") for one in own
        )
        return reference(
            self.name,
            self._access.day,
            found,
            {"doi": doi, "arxiv": arxiv_of(doi.partition("arxiv.")[2]) or None},
            _first(found.get("title")),
            year=_year(found.get("issued")),
            journal=_first(found.get("container-title")),
            types=["retraction"] if notice else [],
            retracted=bool(kinds & {"retraction", "withdrawal", "removal"}),
            concern="expression_of_concern" in kinds,
            knows_retractions=True,
        )


def _first(values: object) -> object:
    return values[0] if isinstance(values, list) and values else None


def _year(issued: object) -> object:
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    return _first(_first(parts))
