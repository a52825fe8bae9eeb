"""arXiv by its own client `arxiv`: preprints, which no one has reviewed.

Source: arXiv, "API Terms of Use": one request in three seconds, one connection. A withdrawn paper says so
in its comment.
"""

import re
from typing import Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access, Pace
from clinft.adapters.literature.client import called, imported
from clinft.adapters.literature.records import arxiv_of, digest_of, doi_of, reference
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.spec.research_policy import Source

EVERY = 3.0
WITHDRAWN = re.compile(r"\bwithdrawn\b|\bwithdrawal\b", re.IGNORECASE)


class Arxiv:
    name: Source = "arxiv"
    sections: frozenset[Section] = frozenset({"techniques", "benchmarks", "models"})
    resolves: frozenset[IdKind] = frozenset({"arxiv"})

    def __init__(self, access: Access, url: str | None = None) -> None:
        self._access, self._url, self._pace = access, url, Pace(EVERY, access, self.name)

    def search(self, query: Query, limit: int) -> Found:
        arxiv = imported("arxiv", "arXiv")
        ids = [text for kind, text in query.ids if kind == "arxiv"]
        asked = " ".join(ids) if query.ids else syntax.boolean(query, "ti:{}" if query.in_title else "all:{}")
        results: list[Any] = []
        if asked:
            # The pause is ours: the client's own would sleep where a test must not.
            client = arxiv.Client(page_size=limit, delay_seconds=0.0, num_retries=0)
            # It reads any page as a feed without entries; its session is the one place to look at the answer.
            client._session.hooks["response"].append(_look_at)
            if self._url is not None:
                client.query_url_format = f"{self._url}?{{}}"
            search = arxiv.Search(query="" if ids else asked, id_list=ids, max_results=limit)
            results = called("arXiv", self._access, self._pace, lambda: [*client.results(search)])
        records = [_plain(one) for one in results]
        made = [self._reference(one) for one in records]
        references = tuple(one for one in made if one is not None and _since(one, query.since))
        return Found(
            source=self.name,
            asked=asked,
            asked_on=self._access.day,
            left_out=sum(one is None for one in made),
            references=references[:limit],
            answers=(digest_of(records),) if asked else (),
        )

    def _reference(self, found: dict[str, Any]) -> Reference | None:
        return reference(
            self.name,
            self._access.day,
            found,
            {"arxiv": arxiv_of(found["entry_id"]), "doi": doi_of(found["doi"])},
            found["title"],
            year=found["published"],
            journal=found["journal_ref"] or "arXiv (not peer-reviewed)",
            retracted=bool(WITHDRAWN.search(str(found["comment"] or ""))),
            knows_retractions=True,
        )


def _look_at(response: Any, *_: Any, **__: Any) -> None:
    if response.is_redirect:
        raise ValueError("it sends to another address")
    if response.status_code == 200 and b"<feed" not in response.content[:2000]:
        raise ValueError("no feed")


def _plain(result: Any) -> dict[str, Any]:
    names = ("entry_id", "doi", "title", "journal_ref", "comment")
    made = {name: getattr(result, name, None) for name in names}
    return {**made, "published": str(getattr(result, "published", ""))}


def _since(one: Reference, year: int | None) -> bool:
    return year is None or one.year is None or one.year >= year
