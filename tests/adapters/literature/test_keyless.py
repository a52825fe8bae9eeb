"""The four sources that need no key, over real connections: what is asked, what is read, and bad answers."""

import json

import pytest

from clinft.adapters.literature import federal_register, http
from clinft.adapters.literature.europepmc import EuropePmc
from clinft.adapters.literature.pubmed import PubMed
from clinft.adapters.literature.releases import Releases
from clinft.artifacts.research import Query
from clinft.errors import ServiceError
from tests.adapters.literature.conftest import QUERY, SOURCES, Patience, keys, search
from tests.fakes.literature import (
    BUSY,
    DOWN,
    PLAIN,
    Answer,
    LiteratureServer,
    Paper,
    as_json,
)

every = pytest.mark.parametrize("service", SOURCES)
searching = pytest.mark.parametrize("service", ["epmc", "eutils", "fr"])


# What is asked and read


@pytest.mark.parametrize("service", ["epmc", "eutils"])
def test_papers_are_read_and_a_retraction_is_flagged(
    service: str, server: LiteratureServer, patience: Patience
) -> None:
    found = search(service, server, patience)
    first, second, retracted = found.references
    assert (first.key, first.title, first.year) == ("pmid:40000001", PLAIN.title, 2025)
    assert first.journal == PLAIN.journal
    assert first.ids["doi"] == "10.5555/inv.1"
    assert first.url == "https://pubmed.ncbi.nlm.nih.gov/40000001/"
    assert (first.retracted, second.retracted, retracted.retracted) == (False, False, True)
    assert all(one.retraction_checked for one in found.references)
    assert found.left_out == 1, "the notice"
    assert found.asked_on == "2026-11-26"
    retrieved = {one.retrieved[0].sha256 for one in found.references}
    assert len(retrieved) == 3
    assert "ABSTRACT" not in found.model_dump_json()


def test_what_europepmc_is_asked(server: LiteratureServer, patience: Patience) -> None:
    found = search("epmc", server, patience)
    assert found.asked == '"triage" AND ("LLM" OR "language model") AND PUB_YEAR:[2021 TO 3000]'
    assert found.total == 4
    (asked,) = server.of("epmc")
    assert asked == {
        "query": [found.asked], "format": ["json"], "resultType": ["core"], "pageSize": ["20"], "cursorMark": ["*"],
    }  # fmt: skip
    assert not {"authorization", "cookie"} & set().union(*server.headers)
    assert "clinft" in server.headers[0]["user-agent"]


def test_what_pubmed_is_asked(server: LiteratureServer, patience: Patience) -> None:
    found = search("eutils", server, patience)
    assert (
        found.asked
        == '"triage"[tiab] AND ("LLM"[tiab] OR "language model"[tiab]) AND ("2021"[dp] : "3000"[dp])'
    )
    first, second = server.of("eutils")
    assert (first["retmax"], first["tool"]) == (["20"], ["clinft"])
    assert second["id"] == ["40000001,40000002,40000003,40000004"]
    assert not {"email", "api_key"} & {*first, *second}
    assert len(found.answers) == 2


def test_pubmed_is_told_the_address_and_the_key_where_there_are_any(
    server: LiteratureServer, patience: Patience, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    hosts: list[str] = []

    def key_of(host: str) -> str:
        hosts.append(host)
        return "nokey-0123456789"

    access = patience.access("library@hospital.example", key_of)
    PubMed(access, server.at("eutils")).search(QUERY, 5)
    assert hosts == ["eutils.ncbi.nlm.nih.gov"]
    for asked in server.of("eutils"):
        assert (asked["email"], asked["api_key"]) == (["library@hospital.example"], ["nokey-0123456789"])
    assert "nokey-0123456789" not in caplog.text
    assert patience.waits == [0.11], "ten requests a second"


def test_records_are_asked_for_by_their_ids(server: LiteratureServer, patience: Patience) -> None:
    ids = (("doi", "10.5555/inv.2"), ("pmid", "40000001"))
    query = Query(section="benchmarks", ids=ids)
    for service in ("epmc", "eutils"):
        found = SOURCES[service](patience, server).search(query, 10)
        assert {*keys(found)} == {"pmid:40000001", "pmid:40000002"}
    assert server.of("epmc")[0]["query"] == ['DOI:"10.5555/inv.2" OR (EXT_ID:40000001 AND SRC:MED)']
    assert server.of("eutils")[0]["term"] == ['"10.5555/inv.2"[doi] OR 40000001[uid]']


def test_an_arxiv_paper_is_asked_for_by_its_doi(server: LiteratureServer, patience: Patience) -> None:
    SOURCES["epmc"](patience, server).search(Query(section="benchmarks", ids=(("arxiv", "2009.13081"),)), 5)
    assert server.of("epmc")[0]["query"] == ['DOI:"10.48550/arxiv.2009.13081"']


@pytest.mark.parametrize("service", ["epmc", "eutils"])
def test_concerns_and_retractions_told_by_another_record(
    service: str, server: LiteratureServer, patience: Patience
) -> None:
    server.papers = [
        Paper("One", "51", notes=("Retraction in",)),
        Paper("Two", "52", notes=("Expression of concern in",)),
        Paper("Three", "53", notes=("Comment in",)),
    ]
    found = search(service, server, patience)
    assert [(one.retracted, one.concern) for one in found.references] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_europepmc_is_asked_for_page_after_page_up_to_the_limit(
    server: LiteratureServer, patience: Patience
) -> None:
    server.papers = [Paper(f"Paper number {n}", str(100 + n)) for n in range(25)]
    server.pages_of = 10
    found = search("epmc", server, patience, limit=22)
    assert len(found.references) == 22
    assert [one["cursorMark"] for one in server.of("epmc")] == [["*"], ["10"], ["20"]]
    assert [one["pageSize"] for one in server.of("epmc")] == [["22"], ["12"], ["2"]]
    assert len(found.answers) == 3
    whole = search("epmc", server, patience, limit=100)
    assert len(whole.references) == 25
    assert len(server.of("epmc")) == 3 + 3, "as many as there are"


def test_a_mark_that_repeats_ends_the_search(server: LiteratureServer, patience: Patience) -> None:
    page = json.loads(server._epmc("search", {"query": ["x"], "cursorMark": ["*"], "pageSize": ["5"]}).body)
    server.instead["epmc"] = [as_json({**page, "hitCount": 99, "nextCursorMark": "*"})]
    assert len(search("epmc", server, patience, limit=90).references) == 3
    assert len(server.of("epmc")) == 1


def test_the_federal_register_answers_with_document_numbers(
    server: LiteratureServer, patience: Patience
) -> None:
    found = search("fr", server, patience)
    (one,) = found.references
    assert (one.key, one.year) == ("federal_register:2026-01234", 2026)
    assert one.journal == "Rule; Health and Human Services Department"
    assert one.url == "https://www.federalregister.gov/d/2026-01234"
    (asked,) = server.of("fr")
    assert asked["conditions[term]"] == ['"triage" ("LLM" | "language model")']
    assert asked["conditions[publication_date][gte]"] == ["2021-01-01"]
    assert "abstract" not in asked["fields[]"]


def test_the_federal_register_is_asked_page_after_page(
    server: LiteratureServer, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(federal_register, "PAGE", 10)
    server.documents = [(f"2026-{n:05}", f"Rule {n}") for n in range(25)]
    assert len(search("fr", server, patience, limit=22).references) == 22
    assert [one["page"] for one in server.of("fr")] == [["1"], ["2"], ["3"]]
    assert patience.waits == [1.0, 1.0], "one request a second"


def test_releases_are_days_that_their_publishers_name(server: LiteratureServer, patience: Patience) -> None:
    found = search("rxnav", server, patience)
    assert [(one.key, one.title) for one in found.references] == [
        ("release:RxNorm 2026-11-02", "RxNorm, release of 2026-11-02"),
        ("release:MeSH 2026-09-01", "MeSH at NCBI, updated 2026-09-01 (Build260901-0100.1)"),
    ]


def test_mesh_is_asked_for_a_heading(server: LiteratureServer, patience: Patience) -> None:
    server.mesh = {"D054549": ["Takotsubo Cardiomyopathy", "Broken Heart Syndrome"]}
    source = PubMed(patience.access(), server.at("eutils"))
    found = source.headings('broken heart" OR syndrome[mh]')
    assert server.of("eutils")[0]["term"] == ['"broken heart OR syndrome mh"']
    (heading,) = found.found
    assert (heading.reference.key, heading.terms) == (
        "mesh:D054549",
        ("Takotsubo Cardiomyopathy", "Broken Heart Syndrome"),
    )
    assert source.headings("nothing like it").found == ()
    assert source.headings("***").answers == ()


# Nothing found


@searching
def test_an_empty_answer_is_no_failure(service: str, server: LiteratureServer, patience: Patience) -> None:
    server.papers, server.documents = [], []
    found = search(service, server, patience)
    assert (found.references, found.total, found.left_out) == ((), 0, 0)
    assert len(found.answers) == 1


@searching
def test_a_query_without_a_word_is_not_sent(
    service: str, server: LiteratureServer, patience: Patience
) -> None:
    empty = Query(section="techniques", all_of=(("***",),), since=2020)
    assert SOURCES[service](patience, server).search(empty, 5).references == ()
    assert server.asked == []


# Patience


@every
def test_a_busy_service_is_asked_again_when_it_says(
    service: str, server: LiteratureServer, patience: Patience
) -> None:
    server.instead[service] = [BUSY, Answer(500, b"<html>"), Answer(429, headers={"Retry-After": "86400"})]
    assert search(service, server, patience).references
    assert [one for one in patience.waits if one > 1.0 or one == 2.0] == [7.0, 2.0, 60.0]


@every
def test_a_service_that_stays_down_is_left_alone(
    service: str, server: LiteratureServer, patience: Patience
) -> None:
    server.instead[service] = [DOWN] * 20
    with pytest.raises(ServiceError, match="answered 503"):
        search(service, server, patience)
    assert len(server.instead[service]) == 20 - http.TRIES


@every
def test_a_refusal_is_not_repeated(service: str, server: LiteratureServer, patience: Patience) -> None:
    server.instead[service] = [Answer(400, b"{}")]
    with pytest.raises(ServiceError, match="answered 400"):
        search(service, server, patience)
    assert server.instead[service] == []
    assert patience.waits == []


def test_pubmed_is_asked_three_times_a_second_at_most(server: LiteratureServer, patience: Patience) -> None:
    source = PubMed(patience.access(), server.at("eutils"))
    for _ in range(3):
        source.search(QUERY, 5)
    assert len(server.of("eutils")) == 6
    assert patience.time >= 5 * 0.34 - 1e-9


def test_no_network_is_a_service_error_that_names_the_host(patience: Patience) -> None:
    with pytest.raises(ServiceError) as raised:
        EuropePmc(patience.access(), "http://127.0.0.1:9").search(QUERY, 5)
    assert "127.0.0.1:9 did not answer" in str(raised.value)
    assert "no network" in str(raised.value)


def test_an_empty_page_ends_the_search_whatever_was_counted(
    server: LiteratureServer, patience: Patience
) -> None:
    page = json.loads(server._epmc("search", {"query": ["x"], "cursorMark": ["*"], "pageSize": ["5"]}).body)
    none = {"hitCount": 99, "nextCursorMark": "z", "resultList": {"result": []}}
    server.instead["epmc"] = [as_json({**page, "hitCount": 99, "nextCursorMark": "y"}), as_json(none)]
    assert len(search("epmc", server, patience, limit=90).references) == 3
    assert len(server.of("epmc")) == 2


def test_two_sources_that_ask_one_service_keep_its_pace_together(
    server: LiteratureServer, patience: Patience
) -> None:
    access = patience.access()
    PubMed(access, server.at("eutils")).search(QUERY, 5)
    Releases(access, server.at("rxnav"), server.at("eutils")).search(QUERY, 5)
    assert len(server.asked) == 4
    assert patience.waits == [0.34, 0.34, 0.34]


def test_the_federal_register_is_asked_for_rules_of_its_department(
    server: LiteratureServer, patience: Patience
) -> None:
    source = SOURCES["fr"](patience, server)
    source.search(Query(section="regulation", all_of=(("HIPAA",),)), 5)
    source.search(Query(section="terminology", all_of=(("ICD-10-CM",),)), 5)
    source.search(Query(section="regulation", all_of=(("anything",),), anywhere=True), 5)
    rules, notices, free = server.of("fr")
    assert rules["conditions[type][]"] == ["RULE", "PRORULE"]
    assert rules["conditions[agencies][]"] == ["health-and-human-services-department"]
    assert ("conditions[type][]" in notices, "conditions[agencies][]" in notices) == (False, True)
    assert not {"conditions[type][]", "conditions[agencies][]"} & {*free}
