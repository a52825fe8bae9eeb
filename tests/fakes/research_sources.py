"""The keyless sources pointed at this machine, as wiring would build them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from clinft.adapters.literature.access import Access
from clinft.adapters.literature.cache import CachedSource, CachedTerms, Shelf
from clinft.adapters.literature.europepmc import EuropePmc
from clinft.adapters.literature.federal_register import FederalRegister
from clinft.adapters.literature.pubmed import PubMed
from clinft.adapters.literature.releases import Releases
from clinft.adapters.literature.semantic_scholar import SemanticScholarSource
from clinft.ports.literature import LiteratureSource, Sources
from clinft.spec.research_policy import ResearchPolicy
from clinft.wiring import literature
from tests.fakes.literature import LiteratureServer


def pointed_at(
    server: LiteratureServer, names: Sequence[str], policy: ResearchPolicy, cache: Path, today: date
) -> Sources:
    """Nobody waits; time stands still, so that every pace would be kept by sleeping."""
    access = Access(today=lambda: today, contact=policy.contact, sleep=lambda _: None, monotonic=lambda: 0.0)
    pubmed = PubMed(access, server.at("eutils"))
    built: dict[str, LiteratureSource] = {
        "europepmc": EuropePmc(access, server.at("epmc")),
        "pubmed": pubmed,
        "federal_register": FederalRegister(access, server.at("fr")),
        "releases": Releases(access, server.at("rxnav"), server.at("eutils")),
        "semantic_scholar": SemanticScholarSource(access, server.at("s2")),
    }
    shelf = Shelf(cache, policy.cache_days, today)
    terms = CachedTerms(pubmed, shelf) if "pubmed" in names else None
    return Sources(tuple(CachedSource(built[name], shelf) for name in names), terms)


def wire(server: LiteratureServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`clinft research` asks this server from now on."""
    monkeypatch.setattr(literature, "sources", lambda *given: pointed_at(server, *given))
