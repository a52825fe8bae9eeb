"""Services of literature on this machine, with papers that nobody wrote, and every way to answer badly.

Shapes as documented: Europe PMC "Articles RESTful API" (core), NCBI E-utilities and the PubMed DTD (as in biopython's
Tests/Entrez), esummary of MeSH, einfo, RxNav's version, federalregister.gov's documents.json, arXiv's Atom, OpenAlex's
works, Crossref's works, Semantic Scholar's paper search, the Hugging Face hub's models. No text of a real record.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.fakes.listening import Handler as Whole
from tests.fakes.listening import Listening
from tests.fakes.literature_shapes import Paper, article, core, feed, item, work


@dataclass
class Answer:
    """In place of the next answer of a service. `body` is sent as it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"


BUSY = Answer(429, b'{"error":"API rate limit exceeded","count":"4"}', {"Retry-After": "7"})
DOWN = Answer(503, b"down")
PLAIN = Paper("Small models read triage notes", "40000001", "10.5555/inv.1", "PMC9000001")
OTHER = Paper("Notes and their codes: an invented trial", "40000002", "10.5555/inv.2", year=2024)
RETRACTED = Paper(
    "A trial that never was", "40000003", "10.5555/inv.3", types=("Journal Article", "Retracted Publication")
)
NOTICE = Paper("Retraction: A trial that never was", "40000004", types=("Retraction of Publication",))


class LiteratureServer(Listening):
    """`urls`: where each service is. `asked`: its requests' parameters. `instead`: answers that come first."""

    def __init__(self, *papers: Paper) -> None:
        self.papers = [*papers]
        self.instead: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str, dict[str, list[str]]]] = []
        self.headers: list[Mapping[str, str]] = []
        # Heading and entry terms by MeSH id; of models, id and licence.
        self.mesh: dict[str, list[str]] = {}
        self.models: list[tuple[str, str]] = [("invented/clinical-7b", "apache-2.0")]
        self.documents: list[tuple[str, str]] = [("2026-01234", "HIPAA Rule About Invented Things")]
        self.pages_of: int = 1000
        self._lock = threading.Lock()
        owner = self

        class Handler(Whole):
            def do_GET(self) -> None:  # noqa: N802  # http.server looks for this name
                owner.serve(self)

        self.url = self.open_port(Handler)

    def at(self, service: str) -> str:
        return f"{self.url}/{service}"

    def serve(self, handler: Whole) -> None:
        handler.read_body()
        where = urlsplit(handler.path)
        _, service, *rest = unquote(where.path).split("/")
        query = parse_qs(where.query, keep_blank_values=True)
        with self._lock:
            self.asked.append((service, "/".join(rest), query))
            self.headers.append({name.lower(): value for name, value in handler.headers.items()})
            waiting = self.instead.get(service)
            answer = waiting.pop(0) if waiting else None
        if answer is None:
            answer = getattr(self, f"_{service}")("/".join(rest), query)
        handler.send(answer.status, answer.body, answer.kind, answer.headers)

    def of(self, service: str) -> list[dict[str, list[str]]]:
        return [query for name, _, query in self.asked if name == service]

    def _found(self, asked: str) -> list[Paper]:
        ids = [[one for one in (p.pmid, p.doi, p.pmcid, p.arxiv) if one] for p in self.papers]
        low = asked.lower()
        # A DOI stands in it as a whole: 10.5555/inv.1 is not 10.5555/inv.12.
        named = [
            paper
            for paper, known in zip(self.papers, ids, strict=True)
            if any(re.search(rf"(?<![\w.]){re.escape(one.lower())}(?![\w.])", low) for one in known)
        ]
        if named or re.search(r"\bDOI:|EXT_ID:|\[uid\]|\[doi\]", asked):
            return named
        titled = re.findall(r'TITLE:"([^"]+)"|"([^"]+)"\[ti\]', asked)
        if titled:
            wanted = [(one or other).lower() for one, other in titled]
            return [paper for paper in self.papers if all(w in paper.title.lower() for w in wanted)]
        return [paper for paper in self.papers if paper.topic and not paper.only_at]

    # Europe PMC

    def _epmc(self, path: str, query: dict[str, list[str]]) -> Answer:
        assert path == "search"
        found = self._found(query["query"][0])
        first = 0 if query["cursorMark"] == ["*"] else int(query["cursorMark"][0])
        size = min(int(query["pageSize"][0]), self.pages_of)
        shown = found[first : first + size]
        body: dict[str, Any] = {
            "version": "6.9",
            "hitCount": len(found),
            "request": {"queryString": query["query"][0]},
            "resultList": {"result": [core(paper) for paper in shown]},
            # At the end it repeats the mark that it was given.
            "nextCursorMark": str(first + len(shown)) if shown else query["cursorMark"][0],
        }
        return as_json(body)

    # E-utilities

    def _eutils(self, path: str, query: dict[str, list[str]]) -> Answer:
        return getattr(self, f"_{path.removesuffix('.fcgi')}")(query)  # type: ignore[no-any-return]  # by name

    def _esearch(self, query: dict[str, list[str]]) -> Answer:
        if query["db"] == ["mesh"]:
            wanted = query["term"][0].strip('"').lower()
            words = set(wanted.split())
            ids = [
                f"6{ui[1:]}"
                for ui, terms in self.mesh.items()
                if any(words & set(t.lower().split()) for t in terms)
            ]
            return as_json(
                {"header": {"type": "esearch"}, "esearchresult": {"count": str(len(ids)), "idlist": ids}}
            )
        found = [paper for paper in self._found(query["term"][0]) if paper.pmid]
        listed = "".join(f"<Id>{paper.pmid}</Id>" for paper in found[: int(query["retmax"][0])])
        return as_xml(
            '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "https://127.0.0.1/esearch.dtd">'
            f"<eSearchResult><Count>{len(found)}</Count><RetMax>{query['retmax'][0]}</RetMax><RetStart>0</RetStart>"
            f"<IdList>{listed}</IdList><TranslationSet/></eSearchResult>"
        )

    def _efetch(self, query: dict[str, list[str]]) -> Answer:
        by_id = {paper.pmid: paper for paper in self.papers}
        articles = [article(by_id[one]) for one in query["id"][0].split(",") if one in by_id]
        return as_xml(
            '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
            f'"https://127.0.0.1/pubmed.dtd"><PubmedArticleSet>{"".join(articles)}</PubmedArticleSet>'
        )

    def _esummary(self, query: dict[str, list[str]]) -> Answer:
        ids = query["id"][0].split(",")
        records = {
            one: {
                "uid": one,
                "ds_recordtype": "descriptor",
                "ds_meshui": f"D{one[1:]}",
                "ds_meshterms": terms,
            }
            for one in ids
            if (terms := self.mesh.get(f"D{one[1:]}"))
        }
        return as_json({"header": {"type": "esummary"}, "result": {"uids": ids, **records}})

    def _einfo(self, query: dict[str, list[str]]) -> Answer:
        info = {
            "dbname": "mesh",
            "dbbuild": "Build260901-0100.1",
            "count": "1",
            "lastupdate": "2026/09/01 01:22",
        }
        return as_json({"header": {"type": "einfo"}, "einforesult": {"dbinfo": [info]}})

    # Others

    def _rxnav(self, path: str, query: dict[str, list[str]]) -> Answer:
        return as_json({"version": "02-Nov-2026", "apiVersion": "3.1.360"})

    def _fr(self, path: str, query: dict[str, list[str]]) -> Answer:
        size, page = int(query["per_page"][0]), int(query["page"][0])
        shown = self.documents[size * (page - 1) : size * page]
        results = [
            {
                "document_number": number,
                "title": title,
                "type": "Rule",
                "publication_date": "2026-02-03",
                "citation": "91 FR 1",
                "agency_names": ["Health and Human Services Department"],
            }
            for number, title in shown
        ]
        body: dict[str, Any] = {"count": len(self.documents), "description": "Documents matching"}
        return as_json(body if not self.documents else {**body, "total_pages": 1, "results": results})

    def _arxiv(self, path: str, query: dict[str, list[str]]) -> Answer:
        ids = [one for one in query["id_list"][0].split(",") if one] if "id_list" in query else []
        found = [
            paper
            for paper in self.papers
            if paper.arxiv and (paper.arxiv in ids or (not ids and paper.topic))
        ]
        return as_xml(feed(found), "application/atom+xml")

    def _openalex(self, path: str, query: dict[str, list[str]]) -> Answer:
        found = self._found(query.get("filter", [""])[0] if "search" not in query else "words")
        works = [work(paper) for paper in found]
        return as_json(
            {"meta": {"count": len(works), "page": 1, "per_page": 25}, "results": works, "group_by": []}
        )

    def _crossref(self, path: str, query: dict[str, list[str]]) -> Answer:
        items = [item(paper) for paper in self.papers if paper.doi]
        message = {"total-results": len(items), "items-per-page": 20, "items": items}
        return as_json(
            {"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message}
        )

    def _s2(self, path: str, query: dict[str, list[str]]) -> Answer:
        found = [paper for paper in self.papers if paper.topic]
        data = [
            {
                "paperId": f"{number:040x}",
                "externalIds": {"DOI": paper.doi, "PubMed": paper.pmid, "CorpusId": number},
                "title": paper.title,
                "year": paper.year,
                "venue": paper.journal,
                "publicationTypes": ["JournalArticle"],
            }
            for number, paper in enumerate(found, start=10)
        ]
        # As it answers where more could be had: the next page must not be asked for by itself.
        return as_json({"total": 900, "offset": 0, "next": len(data), "data": data})

    def _hf(self, path: str, query: dict[str, list[str]]) -> Answer:
        listed = [
            {
                "_id": "1", "id": name, "modelId": name, "sha": "0" * 40, "private": False, "gated": False,
                "lastModified": "2026-05-04T00:00:00.000Z", "createdAt": "2026-01-02T00:00:00.000Z",
                "downloads": 10, "likes": 1, "tags": ["text-generation", f"license:{licence}"],
            }
            for name, licence in self.models
        ]  # fmt: skip
        if path.startswith("api/models/"):
            return as_json(listed[0]) if listed else Answer(404, b'{"error":"Repository not found"}')
        return as_json(listed)


def as_json(body: Any) -> Answer:
    return Answer(body=json.dumps(body).encode())


def as_xml(body: str, kind: str = "text/xml") -> Answer:
    return Answer(body=f'<?xml version="1.0" encoding="UTF-8" ?>\n{body}'.encode(), kind=kind)
