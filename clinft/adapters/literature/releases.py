"""Which release of a terminology its publisher serves now: RxNorm by RxNav, MeSH by NCBI's einfo.

Sources: NLM, "RxNorm API: getRxNormVersion" (/REST/version.json: version, apiVersion); NLM, E-utilities'
einfo (dbinfo: dbbuild, lastupdate). ICD-10-CM has no such service: its notices are in the Federal Register.
"""

import re
from datetime import datetime
from typing import Any

from clinft.adapters.literature.access import Access
from clinft.adapters.literature.http import Service
from clinft.adapters.literature.records import clean, reference
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.research import Found, IdKind, Query, Reference, Section
from clinft.errors import ServiceError
from clinft.spec.research_policy import Source

RXNAV = "https://rxnav.nlm.nih.gov"
EUTILS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
EVERY = 0.34


class Releases:
    """Whatever the query: there is one answer for each terminology."""

    name: Source = "releases"
    sections: frozenset[Section] = frozenset({"terminology"})
    resolves: frozenset[IdKind] = frozenset()

    def __init__(self, access: Access, rxnav: str = RXNAV, eutils: str = EUTILS) -> None:
        self._access = access
        self._rxnav, self._eutils = Service(rxnav, EVERY, access), Service(eutils, EVERY, access)

    def search(self, query: Query, limit: int) -> Found:
        rxnorm, first = self._rxnav.get_json("/REST/version.json", {})
        who = {"tool": "clinft", **({"email": self._access.contact} if self._access.contact else {})}
        mesh, second = self._eutils.get_json("/einfo.fcgi", {"db": "mesh", "retmode": "json", **who})
        made = [self._rxnorm(rxnorm), self._mesh(mesh)]
        references = tuple(one for one in made if one is not None)
        return Found(
            source=self.name,
            asked="releases of RxNorm and MeSH",
            asked_on=self._access.day,
            total=len(references),
            left_out=len(made) - len(references),
            references=references[:limit],
            answers=(digest_bytes(first), digest_bytes(second)),
        )

    def _rxnorm(self, answer: dict[str, Any]) -> Reference | None:
        try:
            day = datetime.strptime(str(answer.get("version")), "%d-%b-%Y").date()  # noqa: DTZ007  # a day only
        except ValueError:
            raise self._rxnav.strange("it names no release") from None
        return self._release(answer, f"RxNorm {day.isoformat()}", f"RxNorm, release of {day.isoformat()}")

    def _mesh(self, answer: dict[str, Any]) -> Reference | None:
        result = answer.get("einforesult")
        known = result.get("dbinfo") if isinstance(result, dict) else None
        info = known[0] if isinstance(known, list) and known else known
        updated = str(info.get("lastupdate", "")) if isinstance(info, dict) else ""
        day = re.match(r"(20[0-9]{2})/([01][0-9])/([0-3][0-9])\b", updated)
        if not isinstance(info, dict) or day is None:
            raise self._strange_mesh()
        when = "-".join(day.groups())
        build = clean(info.get("dbbuild"), 40)
        return self._release(
            info, f"MeSH {when}", f"MeSH at NCBI, updated {when} ({build or 'build not named'})"
        )

    def _strange_mesh(self) -> ServiceError:
        return self._eutils.strange("it says nothing of MeSH")

    def _release(self, record: object, name: str, title: str) -> Reference | None:
        return reference(
            self.name, self._access.day, record, {"release": name}, title,
            year=name.split(" ")[1], journal="U.S. National Library of Medicine", knows_retractions=True,
        )  # fmt: skip
