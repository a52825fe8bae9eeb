"""PubMed by NCBI's E-utilities: ids by esearch, records by efetch, MeSH headings by esummary.

Source: NLM, "Entrez Programming Utilities Help" (NBK25497, NBK25499): three requests a second without a key,
ten with one; `tool` and `email` name who asks. Records follow NLM's PubMed DTD: retractions are the
publication type "Retracted Publication" and CommentsCorrections RefType="RetractionIn".
"""

from typing import TYPE_CHECKING, Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access
from clinft.adapters.literature.http import Service
from clinft.adapters.literature.records import clean, doi_of, reference
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.research import (
    LONGEST_TITLE,
    Found,
    Heading,
    Headings,
    IdKind,
    Query,
    Reference,
    Section,
    is_id,
)
from clinft.spec.research_policy import Source

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
TOOL = "clinft"
EVERY, EVERY_WITH_KEY = 0.34, 0.11
BATCH = 100
MOST_HEADINGS = 5
TAGS: dict[IdKind, str] = {"doi": '"{}"[doi]', "pmid": "{}[uid]", "pmcid": "{}[pmcid]"}


class PubMed:
    name: Source = "pubmed"
    sections: frozenset[Section] = frozenset({"techniques", "benchmarks"})
    resolves: frozenset[IdKind] = frozenset(TAGS)

    def __init__(self, access: Access, url: str = URL) -> None:
        host = "eutils.ncbi.nlm.nih.gov"
        key = access.key_of(host)
        self._access = access
        self._service = Service(url, EVERY_WITH_KEY if key else EVERY, access)
        self._who = {"tool": TOOL}
        if access.contact:
            self._who["email"] = access.contact
        if key:
            self._who["api_key"] = key

    def search(self, query: Query, limit: int) -> Found:
        asked = self._asked(query)
        ids, total, answers = self._ids(asked, limit) if asked else ([], None, [])
        references: list[Reference] = []
        for first in range(0, len(ids), BATCH):
            parameters = {"db": "pubmed", "id": ",".join(ids[first : first + BATCH]), "retmode": "xml"}
            body = self._service.get("/efetch.fcgi", {**parameters, **self._who})
            answers.append(digest_bytes(body))
            references += self._records(body)
        return Found(
            source=self.name,
            asked=asked,
            asked_on=self._access.day,
            total=total,
            left_out=max(len(ids) - len(references), 0),
            references=tuple(references[:limit]),
            answers=tuple(answers),
        )

    def headings(self, term: str) -> Headings:
        wanted = syntax.phrase(term)
        answers: list[str] = []
        found: list[Heading] = []
        if wanted:
            parameters = {"db": "mesh", "term": wanted, "retmode": "json", "retmax": str(MOST_HEADINGS)}
            answer, body = self._service.get_json("/esearch.fcgi", {**parameters, **self._who})
            answers.append(digest_bytes(body))
            ids = self._listed(answer)[:MOST_HEADINGS]
            if ids:
                parameters = {"db": "mesh", "id": ",".join(ids), "retmode": "json"}
                answer, body = self._service.get_json("/esummary.fcgi", {**parameters, **self._who})
                answers.append(digest_bytes(body))
                found = self._headings(answer, ids)
        return Headings(asked_on=self._access.day, found=tuple(found), answers=tuple(answers))

    def _asked(self, query: Query) -> str:
        if query.ids:
            return " OR ".join(
                TAGS[kind].format(text.replace('"', "")) for kind, text in query.ids if kind in TAGS
            )
        asked = syntax.boolean(query, "{}[ti]" if query.in_title else "{}[tiab]")
        return f'{asked} AND ("{query.since}"[dp] : "3000"[dp])' if asked and query.since else asked

    def _ids(self, asked: str, limit: int) -> tuple[list[str], int | None, list[str]]:
        parameters = {
            "db": "pubmed", "term": asked, "retmode": "xml", "retmax": str(limit), "sort": "relevance",
        }  # fmt: skip
        body = self._service.get("/esearch.fcgi", {**parameters, **self._who})
        root = self._xml(body, "eSearchResult")
        if root.find("ERROR") is not None:
            raise self._service.strange("it reports an error")
        listed, count = root.find("IdList"), root.findtext("Count") or ""
        if listed is None:
            raise self._service.strange("it has no list of ids")
        ids = [found.text or "" for found in listed.findall("Id")]
        total = int(count) if count.isascii() and count.isdigit() and len(count) < 16 else None
        return [one for one in ids if is_id("pmid", one)][:limit], total, [digest_bytes(body)]

    def _records(self, body: bytes) -> list[Reference]:
        root = self._xml(body, "PubmedArticleSet")
        made = (self._reference(article) for article in root.findall("PubmedArticle"))
        return [one for one in made if one is not None]

    def _reference(self, article: "Element") -> Reference | None:
        from xml.etree.ElementTree import tostring

        citation = article.find("MedlineCitation")
        if citation is None:
            return None
        notes = {note.get("RefType") for note in citation.iter("CommentsCorrections")}
        date = citation.find("Article/Journal/JournalIssue/PubDate")
        year = None if date is None else date.findtext("Year") or date.findtext("MedlineDate")
        own = {
            found.get("IdType"): found.text for found in article.findall("PubmedData/ArticleIdList/ArticleId")
        }
        # Its own alone: other elements of this name are of the papers that it cites.
        located = [
            found.text
            for found in citation.findall("Article/ELocationID")
            if found.get("EIdType") == "doi" and found.get("ValidYN") != "N"
        ]
        return reference(
            self.name,
            self._access.day,
            tostring(article, encoding="utf-8"),
            {
                "pmid": citation.findtext("PMID"),
                "doi": doi_of(own.get("doi") or next(iter(located), None)),
                "pmcid": own.get("pmc"),
            },
            _text(citation.find("Article/ArticleTitle")),
            year=year,
            journal=citation.findtext("Article/Journal/Title"),
            types=[_text(found) for found in citation.findall("Article/PublicationTypeList/PublicationType")],
            retracted="RetractionIn" in notes,
            concern="ExpressionOfConcernIn" in notes,
            knows_retractions=True,
        )

    def _listed(self, answer: dict[str, Any]) -> list[str]:
        result = answer.get("esearchresult")
        ids = result.get("idlist") if isinstance(result, dict) else None
        if not isinstance(ids, list) or (isinstance(result, dict) and "ERROR" in result):
            raise self._service.strange("it has no list of ids")
        return [one for one in ids if isinstance(one, str) and one.isascii() and one.isdigit()]

    def _headings(self, answer: dict[str, Any], ids: list[str]) -> list[Heading]:
        result = answer.get("result")
        if not isinstance(result, dict):
            raise self._service.strange("it has no result")
        made = []
        for one in ids:
            record = result.get(one)
            terms = record.get("ds_meshterms") if isinstance(record, dict) else None
            if not isinstance(record, dict) or not isinstance(terms, list):
                continue
            names = [name for term in terms[:500] if (name := clean(term, LONGEST_TITLE))]
            found = reference(
                self.name,
                self._access.day,
                record,
                {"mesh": record.get("ds_meshui")},
                names[0] if names else None,
                knows_retractions=True,
            )
            if found is not None:
                made.append(Heading(reference=found, terms=tuple(names)))
        return made

    def _xml(self, body: bytes, root: str) -> "Element":
        """NLM's files name their DTD; it is not read, and one that declares entities is refused."""
        from xml.etree.ElementTree import ParseError

        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring

        try:
            found: Element = fromstring(body)
        except (ParseError, DefusedXmlException, ValueError, RecursionError, LookupError):
            raise self._service.strange("it is no XML that may be read") from None
        if found.tag != root:
            raise self._service.strange(f"it is no {root}")
        return found


def _text(element: "Element | None") -> str:
    return "" if element is None else "".join(element.itertext())
