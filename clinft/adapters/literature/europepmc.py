"""Europe PMC: PubMed, PMC and preprints by one keyless JSON search.

Source: Europe PMC, "Articles RESTful API" (search: query, format, resultType, pageSize up to 1,000,
cursorMark; fields of `resultType=core`). A retracted paper has the Medline type "Retracted Publication", or a
`commentCorrection` of type "Retraction in".
"""

from typing import Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access
from clinft.adapters.literature.http import Service
from clinft.adapters.literature.records import doi_of, reference
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.spec.research_policy import Source

URL = "https://www.ebi.ac.uk/europepmc/webservices/rest"
# No limit is published; as many as PubMed allows.
EVERY = 0.34
PAGE = 100
FIELDS: dict[IdKind, str] = {"doi": 'DOI:"{}"', "pmid": "(EXT_ID:{} AND SRC:MED)", "pmcid": "PMCID:{}"}


class EuropePmc:
    name: Source = "europepmc"
    sections: frozenset[Section] = frozenset({"techniques", "benchmarks", "models"})
    resolves: frozenset[IdKind] = frozenset(FIELDS) | {"arxiv"}

    def __init__(self, access: Access, url: str = URL) -> None:
        self._access, self._service = access, Service(url, EVERY, access)

    def search(self, query: Query, limit: int) -> Found:
        asked, cursor = self._asked(query), "*"
        answers: list[str] = []
        references: list[Reference] = []
        total, read = None, 0
        while asked:
            parameters = {
                "query": asked,
                "format": "json",
                "resultType": "core",
                "pageSize": str(min(PAGE, limit - read)),
                "cursorMark": cursor,
            }
            answer, body = self._service.get_json("/search", parameters)
            answers.append(digest_bytes(body))
            results = self._results(answer)
            count = answer.get("hitCount")
            total = count if isinstance(count, int) and 0 <= count < 2**53 else total
            read += len(results)
            references += [made for one in results if (made := self._reference(one)) is not None]
            following = answer.get("nextCursorMark")
            if not results or read >= min(limit, limit if total is None else total):
                break
            if not isinstance(following, str) or following == cursor or len(following) > 2_000:
                break
            cursor = following
        return Found(
            source=self.name,
            asked=asked,
            asked_on=self._access.day,
            total=total,
            left_out=read - len(references),
            references=tuple(references[:limit]),
            answers=tuple(answers),
        )

    def _asked(self, query: Query) -> str:
        if query.ids:
            return " OR ".join(dict.fromkeys(self._by_id(kind, text) for kind, text in query.ids))
        asked = syntax.boolean(query, "TITLE:{}" if query.in_title else "{}")
        return f"{asked} AND PUB_YEAR:[{query.since} TO 3000]" if asked and query.since else asked

    @staticmethod
    def _by_id(kind: IdKind, text: str) -> str:
        if (
            kind == "arxiv"
        ):  # its preprints, and those of others, are found by the DOI that DataCite gave them
            kind, text = "doi", f"10.48550/arxiv.{text}"
        return FIELDS[kind].format(text.replace("\\", "").replace('"', ""))

    def _results(self, answer: dict[str, Any]) -> list[Any]:
        if "errMsg" in answer or "errCode" in answer:
            raise self._service.strange("it reports an error")
        listed = answer.get("resultList")
        results = listed.get("result") if isinstance(listed, dict) else None
        if not isinstance(results, list):
            raise self._service.strange("it has no list of results")
        return results[:PAGE]

    def _reference(self, found: object) -> Reference | None:
        if not isinstance(found, dict):
            return None
        types = _listed(found, "pubTypeList", "pubType")
        notes = [
            str(note.get("type", "")).lower()
            for note in _listed(found, "commentCorrectionList", "commentCorrection")
            if isinstance(note, dict)
        ]
        journal = _inside(_inside(found.get("journalInfo"), "journal"), "title")
        return reference(
            self.name,
            self._access.day,
            found,
            {"pmid": found.get("pmid"), "doi": doi_of(found.get("doi")), "pmcid": found.get("pmcid")},
            found.get("title"),
            year=found.get("pubYear"),
            journal=journal or _inside(found.get("bookOrReportDetails"), "publisher"),
            types=types,
            retracted="retraction in" in notes,
            concern="expression of concern in" in notes,
            knows_retractions=True,
            licence=found.get("license"),
        )


def _inside(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _listed(found: dict[str, Any], outer: str, inner: str) -> list[Any]:
    """One alone now and then comes without its list."""
    values = _inside(found.get(outer), inner)
    return values if isinstance(values, list) else [values] if values is not None else []
