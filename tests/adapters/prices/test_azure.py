"""Azure's price list over a real connection: pages, patience, and answers that are none."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from clinft.adapters.prices import azure
from clinft.adapters.prices.azure import AzurePrices
from clinft.errors import ServiceError
from clinft.ports.pricing import Meter
from tests.fakes.azure_prices import PP, Answer, AzurePriceServer, item, of_one_model, page

PRODUCTS = ("Azure OpenAI", PP)
TUNED = item("gpt-4.1 FT Training global Tokens", 0.025, "swedencentral")
BUSY = Answer(429, b"slow down", {"Retry-After": "7"})


@pytest.fixture
def server() -> Iterator[AzurePriceServer]:
    with AzurePriceServer(of_one_model(), page=3) as running:
        yield running


class Waits(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def asked(server: AzurePriceServer, waits: Waits | None = None) -> tuple[Meter, ...]:
    return AzurePrices(server.url, Waits() if waits is None else waits).meters(PRODUCTS)


def test_every_page_of_every_product_is_read(server: AzurePriceServer) -> None:
    found = asked(server)
    assert len(found) == len(of_one_model())
    assert found[0] == Meter(
        "gpt-4.1 FT Training regional Tokens",
        "Azure OpenAI",
        "northcentralus",
        "1K",
        Decimal("0.0275"),
        "USD",
        date(2026, 5, 1),
    )
    assert {one.product for one in found} == set(PRODUCTS)
    # 14 lines of one product and 5 of the other, three to a page.
    assert [server.asked.count(wanted) for wanted in dict.fromkeys(server.asked)] == [5, 2]
    assert not {"authorization", "cookie", "api-key"} & set().union(*server.headers)


def test_a_product_without_a_line_is_no_failure(server: AzurePriceServer) -> None:
    assert AzurePrices(server.url).meters(["Azure O'Hare"]) == ()
    assert server.asked == ["productName eq 'Azure O''Hare' and priceType eq 'Consumption'"]


@pytest.mark.parametrize(
    ("answers", "waited"),
    [
        ([BUSY, Answer(503)], [7.0, 2.0]),
        ([Answer(429, headers={"Retry-After": "86400"})], [60.0]),
        ([Answer(500, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})], [1.0]),
        ([Answer(500, headers={"Retry-After": "-1"})], [1.0]),
    ],
)
def test_a_service_that_is_busy_is_asked_again_when_it_says(
    server: AzurePriceServer, answers: list[Answer], waited: list[float]
) -> None:
    server.instead, waits = answers, Waits()
    assert len(asked(server, waits)) == len(of_one_model())
    assert waits == waited


@pytest.mark.parametrize(
    ("answers", "said", "waits"),
    [
        ([BUSY] * 5, "answered 429", 4),
        ([Answer(502)] * 5, "answered 502", 4),
        ([Answer(404)], "answered 404", 0),
        ([Answer(302, headers={"Location": "http://127.0.0.1:1/"})], "answered 302", 0),
    ],
)
def test_a_service_that_stays_busy_or_refuses_is_an_error(
    server: AzurePriceServer, answers: list[Answer], said: str, waits: int
) -> None:
    server.instead, waited = list(answers), Waits()
    with pytest.raises(ServiceError, match=said):
        asked(server, waited)
    assert (len(waited), server.asked, server.instead) == (waits, [], [])


def test_nobody_there_is_an_error_and_no_traceback() -> None:
    waits = Waits()
    with AzurePriceServer() as server:
        url = server.url
    with pytest.raises(ServiceError, match="did not answer"):
        AzurePrices(url, waits).meters(PRODUCTS)
    assert waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(body=b"<html>captive portal</html>"), "no JSON"),
        (Answer(body=b""), "no JSON"),
        (Answer(body=b"[" * 100_000), "no JSON"),
        (Answer(body=b"\xff\xfe\x00"), "no JSON"),
        (Answer(body=b"[]"), "no list of Items"),
        (Answer(body=b'{"Items": {}}'), "no list of Items"),
        (page(TUNED, Count=2), "another number of lines"),
        (page(TUNED, link=7), "next page is none"),
        (page(TUNED, link="http://127.0.0.1:1/api/retail/prices"), "another address"),
        (page(TUNED, link="https://evil.example/api/retail/prices"), "another address"),
        (page(TUNED, link="http://[evil"), "another address"),
        (page(TUNED, link="/other"), "another address"),
    ],
)
def test_an_answer_that_is_no_list_of_prices_is_refused(
    server: AzurePriceServer, answer: Answer, why: str
) -> None:
    server.instead = [answer]
    with pytest.raises(ServiceError, match=why) as refused:
        asked(server)
    assert "captive" not in str(refused.value)
    assert server.asked == []


def test_pages_that_never_end_are_left(server: AzurePriceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    own = page(TUNED, link=f"{server.url}?$skip=1")
    server.instead = [own, own, own]
    with pytest.raises(ServiceError, match="do not end"):
        asked(server)
    monkeypatch.setattr(azure, "MOST_PAGES", 2)
    server.instead = [page(TUNED, link=f"{server.url}?$skip={number}") for number in range(9)]
    with pytest.raises(ServiceError, match="do not end"):
        asked(server)
    monkeypatch.setattr(azure, "MOST_BYTES", 100)
    server.instead = [page(TUNED)]
    with pytest.raises(ServiceError, match="longer than 100 bytes"):
        asked(server)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Reservation"},
        {"tierMinimumUnits": 100.0},
        {"retailPrice": "0.025"},
        {"retailPrice": True},
        {"retailPrice": None},
        {"retailPrice": -1},
        {"retailPrice": 1e300},
        {"retailPrice": float("nan")},
        {"effectiveStartDate": "soon"},
        {"effectiveStartDate": None},
        {"meterName": None},
        {"meterName": "x" * 201},
        {"meterName": "gpt-4.1\nRead me"},
        {"armRegionName": "\x1b[31m"},
        {"currencyCode": 7},
    ],
)
def test_a_line_that_cannot_be_read_is_left_out(server: AzurePriceServer, change: dict[str, Any]) -> None:
    server.items = [{**TUNED[0], **change}, *TUNED]
    assert len(asked(server)) == 1
    server.items = [*TUNED, "text", None]  # type: ignore[list-item]  # what a service may send
    server.instead = [page(server.items)]
    assert len(AzurePrices(server.url).meters(PRODUCTS[:1])) == 1


def test_a_price_is_read_as_it_is_written(server: AzurePriceServer) -> None:
    line = json.dumps(TUNED[0]).replace("0.025", "2.8e-05")
    server.instead = [Answer(body=f'{{"Items": [{line}]}}'.encode())]
    (meter,) = AzurePrices(server.url).meters(PRODUCTS[:1])
    assert meter.price == Decimal("0.000028")
