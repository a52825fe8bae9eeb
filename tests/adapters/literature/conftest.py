"""A server, and patience that no test waits for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from clinft.adapters.literature.access import Access
from clinft.adapters.literature.europepmc import EuropePmc
from clinft.adapters.literature.federal_register import FederalRegister
from clinft.adapters.literature.pubmed import PubMed
from clinft.adapters.literature.releases import Releases
from clinft.artifacts.research import Found, Query
from clinft.ports.literature import LiteratureSource
from tests.fakes.literature import NOTICE, OTHER, PLAIN, RETRACTED, LiteratureServer

DAY = date(2026, 11, 26)


@dataclass
class Patience:
    """A clock that moves when somebody sleeps, and only then."""

    time: float = 0.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.time += seconds

    def access(self, contact: str | None = None, key_of: Callable[[str], str | None] | None = None) -> Access:
        return Access(
            today=lambda: DAY,
            contact=contact,
            key_of=key_of or (lambda host: None),
            sleep=self.sleep,
            monotonic=lambda: self.time,
        )


@pytest.fixture
def server() -> Iterator[LiteratureServer]:
    with LiteratureServer(PLAIN, OTHER, RETRACTED, NOTICE) as running:
        yield running


@pytest.fixture
def patience() -> Patience:
    return Patience()


QUERY = Query(section="techniques", all_of=(("triage",), ("LLM", "language model")), since=2021)
Made = Callable[[Patience, LiteratureServer], LiteratureSource]
SOURCES: dict[str, Made] = {
    "epmc": lambda patience, server: EuropePmc(patience.access(), server.at("epmc")),
    "eutils": lambda patience, server: PubMed(patience.access(), server.at("eutils")),
    "fr": lambda patience, server: FederalRegister(patience.access(), server.at("fr")),
    "rxnav": lambda patience, server: Releases(patience.access(), server.at("rxnav"), server.at("eutils")),
}


def search(service: str, server: LiteratureServer, patience: Patience, limit: int = 20) -> Found:
    return SOURCES[service](patience, server).search(QUERY, limit)


def keys(found: Found) -> list[str]:
    return [one.key for one in found.references]
