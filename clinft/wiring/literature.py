"""The sources of literature that are asked, each behind answers that are kept for a few days."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from clinft.ports.literature import LiteratureSource, Sources
from clinft.spec.research_policy import ResearchPolicy, Source
from clinft.wiring import secrets


def sources(names: Sequence[Source], policy: ResearchPolicy, cache: Path, today: date) -> Sources:
    from clinft.adapters.literature import TABLE
    from clinft.adapters.literature.access import Access
    from clinft.adapters.literature.cache import CachedSource, CachedTerms, Shelf
    from clinft.adapters.literature.pubmed import PubMed

    access = Access(today=lambda: today, contact=policy.contact, key_of=secrets.key_of)
    shelf = Shelf(cache, policy.cache_days, today)
    built: list[LiteratureSource] = [TABLE[name](access) for name in names]
    terms = next((CachedTerms(one, shelf) for one in built if isinstance(one, PubMed)), None)
    return Sources(tuple(CachedSource(one, shelf) for one in built), terms)
