"""Azure's public list of retail prices: no account, no key, pages of 1,000 lines.

Source: Microsoft Learn, "Azure Retail Prices overview" (fields, $filter, NextPageLink). Values
in a filter are compared with their case. No currency is asked for: the list then answers in US dollars.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from clinft.adapters.training.openai_api.http import plain_client
from clinft.errors import ServiceError
from clinft.ports.pricing import Meter

if TYPE_CHECKING:
    import httpx2

URL = "https://prices.azure.com/api/retail/prices"
SECONDS = 30.0
TRIES = 5
LONGEST_WAIT = 60.0
MOST_PAGES = 50
MOST_BYTES = 20_000_000
LONGEST_TEXT = 200
HIGHEST = Decimal(1_000_000)


class AzurePrices:
    def __init__(self, url: str = URL, sleep: Callable[[float], None] = time.sleep) -> None:
        self._url, self._sleep = url, sleep

    def meters(self, products: Sequence[str]) -> tuple[Meter, ...]:
        with plain_client(SECONDS) as client:
            return tuple(meter for product in products for meter in self._product(client, product))

    def _product(self, client: "httpx2.Client", product: str) -> Iterator[Meter]:
        quoted = product.replace("'", "''")
        wanted = {"$filter": f"productName eq '{quoted}' and priceType eq 'Consumption'"}
        page = self._page(client, self._url, wanted)
        seen: set[str] = set()
        while True:
            yield from _meters(page)
            link = page.get("NextPageLink")
            if not link:
                return
            following = self._following(link)
            if following in seen or len(seen) >= MOST_PAGES:
                raise _strange(self._url, "its pages do not end")
            seen.add(following)
            page = self._page(client, following, None)

    def _following(self, link: object) -> str:
        """Of the same service only: an answer does not choose whom is asked."""
        if not isinstance(link, str) or len(link) > 4000:
            raise _strange(self._url, "the link to its next page is none")
        try:
            found, own = urlsplit(urljoin(self._url, link)), urlsplit(self._url)
            same = (found.scheme, found.hostname, found.port or _port(found.scheme), found.username) == (
                own.scheme,
                own.hostname,
                own.port or _port(own.scheme),
                None,
            )
        except ValueError:
            same = False
        if not same or found.path != own.path:
            raise _strange(self._url, "its next page lies at another address")
        return found.geturl()

    def _page(self, client: "httpx2.Client", url: str, query: dict[str, str] | None) -> dict[str, Any]:
        for taken in range(TRIES):
            status, after, body = self._ask(client, url, query)
            if status == 200:
                return _parsed(self._url, body)
            if status is not None and status < 500 and status != 429:
                break
            if taken < TRIES - 1:
                self._sleep(2.0**taken if after is None else min(after, LONGEST_WAIT))
        host = urlsplit(self._url).netloc
        said = "did not answer" if status is None else f"answered {status}"
        raise ServiceError(
            f"{host} {said} when it was asked for prices.",
            "The network, a proxy or Azure is down, or limits this address."
            if status is None or status >= 500 or status == 429
            else "The service moved, or no longer understands what it is asked.",
            "Call again later; the tables are as they were.",
        )

    def _ask(
        self, client: "httpx2.Client", url: str, query: dict[str, str] | None
    ) -> tuple[int | None, float | None, bytes]:
        """Status, seconds to wait, body. A body that never ends is cut off, and then is no JSON."""
        import httpx2

        try:
            with client.stream("GET", url, params=query) as response:
                body = b""
                for part in response.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise _strange(self._url, f"it is longer than {MOST_BYTES} bytes")
                return response.status_code, _seconds(response.headers.get("retry-after")), body
        except httpx2.HTTPError:
            return None, None, b""


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _seconds(text: str | None) -> float | None:
    """A date there is as good as nothing: the pauses are short."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else None


def _parsed(url: str, body: bytes) -> dict[str, Any]:
    try:
        # Decimal: a price is no binary fraction.
        page = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise _strange(url, "it is no JSON") from None
    if not isinstance(page, dict) or not isinstance(page.get("Items"), list):
        raise _strange(url, "it has no list of Items")
    count = page.get("Count")
    if count is not None and count != len(page["Items"]):
        raise _strange(url, "it says that it holds another number of lines than it does")
    return page


def _meters(page: dict[str, Any]) -> Iterator[Meter]:
    """Lines that cannot be read are left out: what they were for is then missing, and reported."""
    for item in page["Items"]:
        if isinstance(item, dict) and item.get("type") == "Consumption" and not item.get("tierMinimumUnits"):
            found = _meter(item)
            if found is not None:
                yield found


def _meter(item: dict[str, Any]) -> Meter | None:
    texts = [
        item.get(key)
        for key in ("meterName", "productName", "armRegionName", "unitOfMeasure", "currencyCode")
    ]
    price, since = item.get("retailPrice"), item.get("effectiveStartDate")
    if isinstance(price, bool) or not isinstance(price, int | Decimal) or not isinstance(since, str):
        return None
    value = Decimal(price)
    if not value.is_finite() or not 0 <= value <= HIGHEST:
        return None
    try:
        day = date.fromisoformat(since[:10])
    except ValueError:
        return None
    name, product, region, unit, currency = (_text(text) for text in texts)
    if name is None or product is None or region is None or unit is None or currency is None:
        return None
    return Meter(name, product, region, unit, value, currency, day)


def _text(text: object) -> str | None:
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or not text.isprintable():
        return None
    return text


def _strange(url: str, why: str) -> ServiceError:
    return ServiceError(
        f"What {urlsplit(url).netloc} answered is no list of prices: {why}.",
        "A proxy answers instead of the service, or the service changed.",
        "Open the address in a browser and compare; the tables are as they were.",
    )
