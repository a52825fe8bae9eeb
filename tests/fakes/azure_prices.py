"""Azure's price list on this machine: pages, limits and every way in which an answer can be none.

Shape as documented: Microsoft Learn, "Azure Retail Prices overview" (BillingCurrency, Items, NextPageLink, Count).
Lines are those of azure-genai-prices 0.2.0, read by its author on 2026-08-11.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.listening import Listening

PATH = "/api/retail/prices"
Item = dict[str, Any]


def item(name: str, price: Any, *regions: str, product: str = "Azure OpenAI", **more: Any) -> list[Item]:
    """One line for each region."""
    return [
        {
            "currencyCode": "USD",
            "tierMinimumUnits": 0.0,
            "retailPrice": price,
            "unitPrice": price,
            "armRegionName": region,
            "location": region,
            "effectiveStartDate": "2026-05-01T00:00:00Z",
            "meterId": "00000000-0000-0000-0000-000000000000",
            "meterName": name,
            "productId": "DZH318Z0",
            "skuId": "DZH318Z0/00",
            "productName": product,
            "skuName": name.removesuffix(" Tokens"),
            "serviceName": "Foundry Models",
            "serviceId": "DZH318Z0",
            "serviceFamily": "AI + Machine Learning",
            "unitOfMeasure": "1 Hour" if name.endswith("Unit") else "1K",
            "type": "Consumption",
            "isPrimaryMeterRegion": True,
            "armSkuName": name,
            **more,
        }
        for region in regions
    ]


@dataclass
class Answer:
    """In place of the next answer. `body` is sent as it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class AzurePriceServer(Listening):
    """`instead`: answers that come before anything else, one each. `asked`: filters, in order."""

    def __init__(self, items: Sequence[Item] = (), page: int = 1000) -> None:
        self.items, self.page = list(items), page
        self.instead: list[Answer] = []
        self.asked: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:  # http.server looks for this name
                owner.headers.append({name.lower(): value for name, value in self.headers.items()})
                answer = owner.instead.pop(0) if owner.instead else owner.answer(self.path)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        self.url = f"{self.open_port(Handler)}{PATH}"

    def answer(self, target: str) -> Answer:
        where = urlsplit(target)
        query = parse_qs(where.query)
        if where.path != PATH:
            return Answer(404, b"{}")
        (wanted,) = query["$filter"]
        skip = int(query.get("$skip", ["0"])[0])
        self.asked.append(wanted)
        found = [one for one in self.items if wanted == _filter(one["productName"])]
        shown = found[skip : skip + self.page]
        more = skip + self.page < len(found)
        link = f"{self.url}?$filter={wanted.replace(' ', '%20')}&$skip={skip + self.page}" if more else None
        return page(shown, link)


def page(items: Sequence[Any], link: Any = None, **more: Any) -> Answer:
    body = {
        "BillingCurrency": "USD",
        "CustomerEntityId": "Default",
        "CustomerEntityType": "Retail",
        "Items": list(items),
        "NextPageLink": link,
        "Count": len(items),
        **more,
    }
    return Answer(body=json.dumps(body).encode(), headers={"Content-Type": "application/json; charset=utf-8"})


def _filter(product: str) -> str:
    return f"productName eq '{product}' and priceType eq 'Consumption'"


US, SWEDEN, EAST = "northcentralus", "swedencentral", "eastus2"
PP, REASONING = "Azure OpenAI PP FT GPT4s", "Azure OpenAI Reasoning"


def of_one_model() -> list[Item]:
    """All meters that rows about gpt-4.1 rest on, with the prices of the table."""
    return [
        *item("gpt-4.1 FT Training regional Tokens", 0.0275, US, EAST),
        *item("gpt-4.1 FT Training regional Tokens", 0.03025, SWEDEN),
        *item("gpt-4.1 FT Training regional Tokens", 0.033, "northeurope"),
        *item("gpt-4.1 FT Training global Tokens", 0.025, US, SWEDEN, EAST),
        *item("gpt 4.1 dev ft training glbl Tokens", 0.0125, US, SWEDEN, EAST),
        *item("4.1 ft training Dz Tokens", 0.0275, US, SWEDEN, "westeurope", product=PP),
        *item("gpt-4.1-ft hosting regional Unit", 1.7, US, SWEDEN, EAST),
        *item("gpt-4.1-ft hosting global Unit", 1.7, US, SWEDEN),
        *item("4.1 ft hosting Dz Unit", 1.7, US, SWEDEN, product=PP),
    ]
