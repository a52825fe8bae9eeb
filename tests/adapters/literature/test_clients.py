"""Sources whose clients others wrote: the real clients against this machine, where they can be pointed at it.

pyalex 0.21 writes its address into the code, so what it would ask is read from it, and what it returns is made with
its own class.
"""

import sys
import time
from collections.abc import Callable
from types import SimpleNamespace

import huggingface_hub.constants
import huggingface_hub.utils._http
import pyalex
import pyalex.api
import pytest

from clinft.adapters.literature import TABLE, client
from clinft.adapters.literature.arxiv import Arxiv
from clinft.adapters.literature.crossref import CrossrefSource
from clinft.adapters.literature.huggingface import HuggingFace
from clinft.adapters.literature.openalex import OpenAlex, read, works_of
from clinft.adapters.literature.semantic_scholar import SemanticScholarSource
from clinft.artifacts.research import Query
from clinft.errors import MissingExtra, ServiceError
from clinft.ports.literature import LiteratureSource
from tests.adapters.literature.conftest import Patience
from tests.fakes.literature import PLAIN, RETRACTED, Answer, LiteratureServer, Paper, work

QUERY = Query(section="techniques", all_of=(("triage notes",), ("LLM", "language model")), since=2021)
PREPRINT = Paper("An invented preprint", arxiv="2501.00001", doi="10.48550/arxiv.2501.00001")
Made = Callable[[Patience, LiteratureServer], LiteratureSource]
SOURCES: dict[str, Made] = {
    "arxiv": lambda patience, server: Arxiv(patience.access(), server.at("arxiv")),
    "crossref": lambda patience, server: CrossrefSource(patience.access(), server.at("crossref")),
    "s2": lambda patience, server: SemanticScholarSource(patience.access(), server.at("s2")),
    "hf": lambda patience, server: HuggingFace(patience.access(), server.at("hf")),
}
every = pytest.mark.parametrize("service", SOURCES)
MODULES = {
    "arxiv": "arxiv",
    "crossref": "habanero",
    "semantic_scholar": "semanticscholar",
    "huggingface": "huggingface_hub",
    "openalex": "pyalex",
}


@pytest.fixture(autouse=True)
def hub_online(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the tests' own setting; the hub is this machine. Its client sleeps by its own clock."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(
        huggingface_hub.utils._http, "time", SimpleNamespace(sleep=lambda _: None, time=time.time)
    )


def test_arxiv(server: LiteratureServer, patience: Patience) -> None:
    server.papers += [
        PREPRINT,
        Paper("Gone", arxiv="2501.00002", notes=("This paper has been withdrawn by us",)),
    ]
    source = SOURCES["arxiv"](patience, server)
    found = source.search(QUERY, 7)
    assert [(one.key, one.title, one.retracted) for one in found.references] == [
        ("arxiv:2501.00001", PREPRINT.title, False),
        ("arxiv:2501.00002", "Gone", True),
    ]
    assert found.references[0].journal == "arXiv (not peer-reviewed)"
    assert found.asked == 'all:"triage notes" AND (all:"LLM" OR all:"language model")'
    assert "ABSTRACT" not in found.model_dump_json()
    by_id = source.search(Query(section="benchmarks", ids=(("arxiv", "2501.00001"),)), 7)
    assert [one.key for one in by_id.references] == ["arxiv:2501.00001"]
    assert [one["max_results"] for one in server.of("arxiv")] == [["7"], ["7"]]
    assert patience.waits == [3.0], "one request in three seconds"


def test_arxiv_of_before_is_left_out(server: LiteratureServer, patience: Patience) -> None:
    server.papers = [Paper("Old", arxiv="2001.00001", year=2020), PREPRINT]
    assert [one.title for one in SOURCES["arxiv"](patience, server).search(QUERY, 5).references] == [
        PREPRINT.title
    ]


def test_crossref(server: LiteratureServer, patience: Patience) -> None:
    source = CrossrefSource(patience.access("library@hospital.example"), server.at("crossref"))
    found = source.search(QUERY, 9)
    assert [(one.key, one.year, one.retracted) for one in found.references] == [
        ("doi:10.5555/inv.1", 2025, False),
        ("doi:10.5555/inv.2", 2024, False),
        ("doi:10.5555/inv.3", 2025, True),
    ]
    (asked,) = server.of("crossref")
    assert asked["query.bibliographic"] == ["triage notes LLM"]
    assert asked["filter"] == ["from-pub-date:2021"]
    assert asked["rows"] == ["9"]
    assert "library@hospital.example" in str(server.headers)
    source.search(Query(section="benchmarks", ids=(("doi", "10.5555/inv.1"), ("doi", "10.5555/inv.2"))), 4)
    assert server.of("crossref")[1]["filter"] == ["doi:10.5555/inv.1,doi:10.5555/inv.2"]


def test_semantic_scholar_takes_one_page_and_knows_of_no_retraction(
    server: LiteratureServer, patience: Patience
) -> None:
    source = SemanticScholarSource(patience.access(key_of=lambda host: f"nokey-{host}"), server.at("s2"))
    found = source.search(QUERY, 3)
    assert [one.key for one in found.references] == ["pmid:40000001", "pmid:40000002", "pmid:40000003"]
    assert not any(one.retraction_checked for one in found.references)
    assert len(server.of("s2")) == 1
    assert server.headers[0]["x-api-key"] == "nokey-api.semanticscholar.org"


def test_the_hub_tells_models_with_the_licence_of_their_card(
    server: LiteratureServer, patience: Patience
) -> None:
    server.models = [("invented/clinical-7b", "apache-2.0"), ("invented/other", "other")]
    query = Query(section="models", all_of=(("clinical", "medical", "biomedical", "fourth"), ("LLM",)))
    found = SOURCES["hf"](patience, server).search(query, 5)
    assert [(one.key, one.licence, one.year) for one in found.references] == [
        ("hf:invented/clinical-7b", "apache-2.0", 2026),
        ("hf:invented/other", "other", 2026),
    ]
    assert [one["search"] for one in server.of("hf")] == [["clinical"], ["medical"], ["biomedical"]]
    assert not any("authorization" in headers for headers in server.headers)


def test_what_openalex_would_be_asked_and_what_is_read() -> None:
    url = works_of(pyalex, QUERY, '"triage"').url
    assert url.startswith("https://api.openalex.org/works?")
    assert "search=%22triage%22" in url
    assert "filter=publication_year:%3E2020" in url
    by_id = works_of(
        pyalex, Query(section="benchmarks", ids=(("doi", "10.5555/a"),)), "10.5555/a|10.5555/b"
    ).url
    assert "filter=doi:10.5555%2Fa%7C10.5555%2Fb" in by_id
    listed = pyalex.api.OpenAlexResponseList([work(PLAIN), work(RETRACTED)], {"count": 2}, pyalex.Work)
    works, total = read(listed)
    source = OpenAlex(Patience().access())
    made = [source.reference_of(one) for one in works]
    assert total == 2
    assert [(one.key, one.ids["openalex"], one.retracted, one.licence) for one in made if one] == [
        ("pmid:40000001", "W40000001", False, "cc-by"),
        ("pmid:40000003", "W40000003", True, "cc-by"),
    ]


def test_openalex_leaves_the_clients_settings_as_they_were(patience: Patience) -> None:
    """The test's own guard keeps it from the network, as a firewall would."""
    before = dict(pyalex.config)
    source = OpenAlex(patience.access("library@hospital.example", lambda host: "nokey-0123456789"))
    with pytest.raises((ServiceError, AssertionError)):
        source.search(QUERY, 5)
    assert dict(pyalex.config) == before


@every
@pytest.mark.parametrize(
    "answer",
    [
        Answer(429, b'{"message": "Too Many Requests", "error": "x"}'),
        Answer(500, b'{"message": "no", "error": "x"}'),
        Answer(503, b"<html>"),
        Answer(200, b"<html>no</html>"),
        Answer(200, b"null"),
    ],
    ids=lambda answer: f"{answer.status}-{answer.body[:6].decode()}",
)
def test_a_bad_answer_is_asked_for_again_and_then_a_service_error(
    service: str, answer: Answer, server: LiteratureServer, patience: Patience
) -> None:
    server.instead[service] = [answer] * 30
    with pytest.raises(ServiceError, match="did not answer"):
        SOURCES[service](patience, server).search(QUERY, 5)
    # The hub's client tries again by itself.
    assert [one for one in patience.waits if one in (2.0, 4.0)] == ([] if service == "hf" else [2.0, 4.0])


@pytest.mark.parametrize("service", ["arxiv", "crossref", "s2"])
def test_an_answer_without_a_list_is_none(service: str, server: LiteratureServer, patience: Patience) -> None:
    server.instead[service] = [Answer(200, b"{}")] * 30
    with pytest.raises(ServiceError, match="did not answer"):
        SOURCES[service](patience, server).search(QUERY, 5)


@pytest.mark.parametrize("service", ["arxiv", "crossref", "s2"])
def test_a_redirect_brings_no_record_of_another_place(
    service: str, server: LiteratureServer, patience: Patience
) -> None:
    with LiteratureServer(PREPRINT) as elsewhere:
        server.instead[service] = [Answer(302, headers={"Location": elsewhere.at(service)})] * 30
        with pytest.raises(ServiceError, match="did not answer"):
            SOURCES[service](patience, server).search(QUERY, 5)
        assert elsewhere.asked == []


@every
def test_it_goes_on_where_the_next_answer_is_one(
    service: str, server: LiteratureServer, patience: Patience
) -> None:
    server.papers.append(PREPRINT)
    server.instead[service] = [Answer(500, b'{"message": "no", "error": "x"}')]
    assert SOURCES[service](patience, server).search(QUERY, 5).references


@every
def test_nothing_found_is_no_failure(service: str, server: LiteratureServer, patience: Patience) -> None:
    server.papers, server.models = [], []
    assert SOURCES[service](patience, server).search(QUERY, 5).references == ()


@pytest.mark.parametrize("name", MODULES)
def test_without_its_client_it_says_which_extra_brings_it(
    name: str, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, MODULES[name], None)
    with pytest.raises(MissingExtra, match=r"\[literature\]"):
        TABLE[name](patience.access()).search(QUERY, 5)  # type: ignore[index]  # a name of the table


def test_every_source_of_the_policy_is_in_the_table_under_its_name(patience: Patience) -> None:
    from typing import get_args

    from clinft.spec.research_policy import Source

    assert set(TABLE) == set(get_args(Source))
    assert {name: make(patience.access()).name for name, make in TABLE.items()} == {
        name: name for name in TABLE
    }


def test_an_error_of_ours_is_not_taken_for_one_of_the_client(patience: Patience) -> None:
    from clinft.adapters.literature.access import Pace

    def call() -> None:
        raise MissingExtra("literature", "This")

    with pytest.raises(MissingExtra):
        client.called("x", patience.access(), Pace(0, patience.access(), "x"), call)
    assert patience.waits == []
