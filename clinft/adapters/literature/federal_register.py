"""The Federal Register: rules and notices of US agencies, keyless JSON, each with its document number.

Source: federalregister.gov, "API documentation" (documents.json: conditions[term, agencies, type], fields[],
per_page, page, order; answers hold count and results). A search that finds nothing has no `results`. Some
numbers of before 2016 were used twice; the newest is listed first.
"""

from typing import Any

from clinft.adapters.literature import syntax
from clinft.adapters.literature.access import Access
from clinft.adapters.literature.http import Service
from clinft.adapters.literature.records import reference
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.spec.research_policy import Source

URL = "https://www.federalregister.gov/api/v1"
EVERY = 1.0
PAGE = 100
# Else every notice is found in which a word occurs once; HIPAA and the code sets are this department's.
DEPARTMENT = "health-and-human-services-department"
RULES = ("RULE", "PRORULE")
FIELDS = ("document_number", "title", "type", "publication_date", "citation", "agency_names")


class FederalRegister:
    name: Source = "federal_register"
    sections: frozenset[Section] = frozenset({"regulation", "terminology"})
    resolves: frozenset[IdKind] = frozenset()

    def __init__(self, access: Access, url: str = URL) -> None:
        self._access, self._service = access, Service(url, EVERY, access)

    def search(self, query: Query, limit: int) -> Found:
        # What stands side by side must all occur; | stands for either.
        asked = " ".join(f"({' | '.join(one)})" if len(one) > 1 else one[0] for one in syntax.groups(query))
        answers: list[str] = []
        references: list[Reference] = []
        total, read, page = None, 0, 1
        while asked:
            size = min(PAGE, limit)
            parameters = [("conditions[term]", asked), ("order", "newest"), ("per_page", str(size))]
            parameters += [("page", str(page)), *(("fields[]", field) for field in FIELDS)]
            if not query.anywhere:
                parameters.append(("conditions[agencies][]", DEPARTMENT))
            if not query.anywhere and query.section == "regulation":
                parameters += [("conditions[type][]", kind) for kind in RULES]
            if query.since:
                parameters.append(("conditions[publication_date][gte]", f"{query.since}-01-01"))
            answer, body = self._service.get_json("/documents.json", parameters)
            answers.append(digest_bytes(body))
            count, results = answer.get("count"), self._results(answer)
            total = count if isinstance(count, int) and 0 <= count < 2**53 else total
            taken = results[: limit - read]
            read += len(taken)
            references += [made for one in taken if (made := self._reference(one)) is not None]
            if len(results) < size or read >= limit:
                break
            page += 1
        return Found(
            source=self.name,
            asked=asked,
            asked_on=self._access.day,
            total=total,
            left_out=read - len(references),
            references=tuple(references),
            answers=tuple(answers),
        )

    def _results(self, answer: dict[str, Any]) -> list[Any]:
        results = answer.get("results", [] if answer.get("count") == 0 else None)
        if not isinstance(results, list):
            raise self._service.strange("it has no list of results")
        return results

    def _reference(self, found: object) -> Reference | None:
        if not isinstance(found, dict):
            return None
        agencies = found.get("agency_names")
        names = [name for name in agencies if isinstance(name, str)] if isinstance(agencies, list) else []
        parts = [part for part in (found.get("type"), ", ".join(names)) if isinstance(part, str) and part]
        return reference(
            self.name,
            self._access.day,
            found,
            {"federal_register": found.get("document_number")},
            found.get("title"),
            year=found.get("publication_date"),
            journal="; ".join(parts),
            # A document there is corrected or withdrawn by another one, which the search finds too.
            knows_retractions=True,
        )
