"""The keyless sources over real connections, and answers that are none: nothing of them is believed."""

from typing import Any

import pytest

from clinft.adapters.literature import http
from clinft.adapters.literature.pubmed import PubMed
from clinft.errors import ServiceError
from tests.adapters.literature.conftest import SOURCES, Patience, keys, search
from tests.fakes.literature import OTHER, PLAIN, RETRACTED, Answer, LiteratureServer, as_json, as_xml
from tests.fakes.literature_shapes import Paper, article

every = pytest.mark.parametrize("service", SOURCES)


@every
def test_a_redirect_is_not_followed(service: str, server: LiteratureServer, patience: Patience) -> None:
    with LiteratureServer(PLAIN) as elsewhere:
        server.instead[service] = [Answer(302, headers={"Location": elsewhere.at(service)})]
        with pytest.raises(ServiceError, match="sends to another address"):
            search(service, server, patience)
        assert elsewhere.asked == []


@every
def test_a_body_that_does_not_end_is_refused(
    service: str, server: LiteratureServer, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 1000)
    server.instead[service] = [Answer(body=b" " * 1001)]
    with pytest.raises(ServiceError, match="longer than 1000 bytes"):
        search(service, server, patience)


JSON_FAULTS: list[bytes] = [
    b"", b"<html>proxy</html>", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"resultList": {"result": {}}}',
    b'{"resultList": null}', b'{"results": 1}', b'{"errMsg": "x", "resultList": {"result": []}}', b'{"version": 1}',
]  # fmt: skip


@pytest.mark.parametrize("service", ["epmc", "fr", "rxnav"])
@pytest.mark.parametrize("body", JSON_FAULTS, ids=lambda body: repr(body[:30]))
def test_json_that_is_none_is_refused(
    service: str, body: bytes, server: LiteratureServer, patience: Patience
) -> None:
    server.instead[service] = [Answer(body=body)]
    with pytest.raises(ServiceError, match="cannot be read"):
        search(service, server, patience)


BOMB = (
    '<!DOCTYPE eSearchResult [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><eSearchResult><Count>&c;</Count><IdList/></eSearchResult>'
)
OUTSIDE = (
    '<!DOCTYPE eSearchResult [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<eSearchResult><IdList><Id>&x;</Id></IdList></eSearchResult>"
)
XML_FAULTS = {
    "empty": "",
    "cut": "<eSearchResult><IdList>",
    "html": "<html><body>proxy</body></html>",
    "bomb": BOMB,
    "outside": OUTSIDE,
    "error": "<eSearchResult><ERROR>Empty term</ERROR><IdList/></eSearchResult>",
    "no list": "<eSearchResult><Count>1</Count></eSearchResult>",
    "control": "<eSearchResult><IdList>\x00</IdList></eSearchResult>",
}


@pytest.mark.parametrize("fault", XML_FAULTS)
def test_xml_that_may_not_be_read_is_refused(
    fault: str, server: LiteratureServer, patience: Patience
) -> None:
    server.instead["eutils"] = [as_xml(XML_FAULTS[fault])]
    with pytest.raises(ServiceError, match="cannot be read"):
        search("eutils", server, patience)


def test_xml_in_an_encoding_that_nobody_knows_is_refused(
    server: LiteratureServer, patience: Patience
) -> None:
    server.instead["eutils"] = [Answer(body=b'<?xml version="1.0" encoding="no-such"?><eSearchResult/>')]
    with pytest.raises(ServiceError, match="cannot be read"):
        search("eutils", server, patience)


def test_a_bomb_among_the_records_is_refused(server: LiteratureServer, patience: Patience) -> None:
    server.instead["eutils"] = [
        server._esearch({"db": ["pubmed"], "term": ["triage"], "retmax": ["5"]}),
        as_xml(BOMB.replace("eSearchResult", "PubmedArticleSet")),
    ]
    with pytest.raises(ServiceError, match="cannot be read"):
        search("eutils", server, patience)


def test_records_that_are_none_are_left_out_and_counted(server: LiteratureServer, patience: Patience) -> None:
    odd: list[Any] = [
        None, "text", {}, {"title": "no id"}, {"pmid": "7", "title": ["x"]}, {"pmid": 8, "title": "no text id"},
        {"pmid": "9", "title": "whole", "pubTypeList": {"pubType": "Journal Article"}, "journalInfo": []},
    ]  # fmt: skip
    server.instead["epmc"] = [as_json({"hitCount": "many", "resultList": {"result": odd}})]
    found = search("epmc", server, patience)
    assert (keys(found), found.left_out, found.total) == (["pmid:9"], 6, None)


def test_pubmed_does_not_take_the_ids_of_what_a_paper_cites(
    server: LiteratureServer, patience: Patience
) -> None:
    assert "10.5555/cited" in article(OTHER)
    server.papers = [Paper("Alone", "61")]
    (one,) = search("eutils", server, patience).references
    assert one.ids == {"pmid": "61"}


def test_a_record_without_its_citation_is_left_out(server: LiteratureServer, patience: Patience) -> None:
    server.instead["eutils"] = [
        server._esearch({"db": ["pubmed"], "term": ["triage"], "retmax": ["5"]}),
        as_xml(f"<PubmedArticleSet><PubmedArticle/>{article(RETRACTED)}</PubmedArticleSet>"),
    ]
    found = search("eutils", server, patience)
    assert (keys(found), found.left_out) == (["pmid:40000003"], 3)


@pytest.mark.parametrize("body", [{"version": "tomorrow"}, {"version": None}, {}, {"version": "99-Xyz-2026"}])
def test_a_release_without_a_day_is_none(body: Any, server: LiteratureServer, patience: Patience) -> None:
    server.instead["rxnav"] = [as_json(body)]
    with pytest.raises(ServiceError, match="names no release"):
        search("rxnav", server, patience)


@pytest.mark.parametrize(
    "body", [{}, {"einforesult": {"dbinfo": []}}, {"einforesult": {"dbinfo": {"lastupdate": "?"}}}]
)
def test_an_einfo_without_a_day_is_none(body: Any, server: LiteratureServer, patience: Patience) -> None:
    server.instead["eutils"] = [as_json(body)]
    with pytest.raises(ServiceError, match="says nothing of MeSH"):
        search("rxnav", server, patience)


@pytest.mark.parametrize(
    "body", [{"esearchresult": {}}, {"esearchresult": {"idlist": [], "ERROR": "x"}}, {"error": "x"}]
)
def test_mesh_answers_that_are_none_are_refused(
    body: Any, server: LiteratureServer, patience: Patience
) -> None:
    server.instead["eutils"] = [as_json(body)]
    with pytest.raises(ServiceError, match="no list of ids"):
        PubMed(patience.access(), server.at("eutils")).headings("asthma")
