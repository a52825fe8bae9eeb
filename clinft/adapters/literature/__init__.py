"""Sources of literature: each a module. Clients that others wrote are imported when they are asked."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from clinft.adapters.literature.access import Access
from clinft.adapters.literature.arxiv import Arxiv
from clinft.adapters.literature.crossref import CrossrefSource
from clinft.adapters.literature.europepmc import EuropePmc
from clinft.adapters.literature.federal_register import FederalRegister
from clinft.adapters.literature.huggingface import HuggingFace
from clinft.adapters.literature.openalex import OpenAlex
from clinft.adapters.literature.pubmed import PubMed
from clinft.adapters.literature.releases import Releases
from clinft.adapters.literature.semantic_scholar import SemanticScholarSource
from clinft.ports.literature import LiteratureSource
from clinft.spec.research_policy import Source

TABLE: Mapping[Source, Callable[[Access], LiteratureSource]] = MappingProxyType(
    {
        "europepmc": EuropePmc,
        "pubmed": PubMed,
        "federal_register": FederalRegister,
        "releases": Releases,
        "arxiv": Arxiv,
        "crossref": CrossrefSource,
        "huggingface": HuggingFace,
        "openalex": OpenAlex,
        "semantic_scholar": SemanticScholarSource,
    }
)
