"""Rows of machines.yaml, from the offers of a catalogue: provider, type and region are one row's name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from clinft.pipeline.machines import TABLE, Instance, Table
from clinft.pipeline.refreshing import Change, Doubt, DoubtfulError, Refreshed, check_jump, spelt
from clinft.pipeline.refreshing.table_text import Cell, changed
from clinft.ports.pricing import Offer
from clinft.spec import yaml

# Names of the same providers in gpuhunt 0.1.34.
CALLED: Mapping[str, str] = MappingProxyType({"lambda": "lambdalabs"})
SOURCE = "gpuhunt's catalogue of on-demand offers"
# A card's memory is told in binary or decimal units, rounded: an 80 GB card is no 40 GB card is what counts.
MOST_MEMORY_APART = Decimal("0.1")


def providers(text: str) -> tuple[str, ...]:
    """Whom to ask for, as the catalogue calls them."""
    return tuple(sorted({_called(row) for row in _rows(text)}))


def refresh_machines(text: str, offers: Sequence[Offer], today: date) -> Refreshed:
    done = Refreshed(TABLE, text)
    cells: dict[Cell, str] = {}
    for number, row in enumerate(_rows(text)):
        try:
            value = _price(row, offers)
            check_jump(row.usd_per_hour, value)
        except DoubtfulError as doubt:
            done.doubts.append(Doubt(TABLE, row.name, str(doubt)))
            continue
        written, day = spelt(value, row.usd_per_hour), today.isoformat()
        done.changes.append(
            Change(TABLE, row.name, "usd_per_hour", row.usd_per_hour, Decimal(written), row.as_of, SOURCE)
        )
        new = {"usd_per_hour": written, "as_of": day, "source": SOURCE}
        cells |= {
            Cell("instances", number, key): new[key] for key in new if str(getattr(row, key)) != new[key]
        }
    done.text = changed(text, cells, TABLE)
    Table.model_validate(yaml.parse(done.text, TABLE).value)
    return done


def _rows(text: str) -> list[Instance]:
    return Table.model_validate(yaml.parse(text, TABLE).value).instances


def _called(row: Instance) -> str:
    provider = row.name.partition(":")[0]
    return CALLED.get(provider, provider)


def _price(row: Instance, offers: Iterable[Offer]) -> Decimal:
    found = [offer for offer in offers if offer.provider == _called(row) and _is_of(row, offer)]
    if not found:
        raise DoubtfulError("no on-demand offer of the catalogue has its type and region any more")
    same = [offer for offer in found if _has_the_cards(row, offer)]
    if not same:
        raise DoubtfulError(f"the catalogue's machine of that name has other cards than {row.gpus} {row.gpu}")
    prices = sorted({offer.usd_per_hour for offer in same})
    if len(prices) > 1:
        raise DoubtfulError(f"its zones differ: {', '.join(format(price, 'f') for price in prices)}")
    return prices[0]


def _is_of(row: Instance, offer: Offer) -> bool:
    _, kind, region = row.name.split(":", 2)
    # Azure: Standard_NC24ads_A100_v4. Nebius: gpu-h100-sxm 1gpu-16vcpu-200gb, of several sizes.
    named = re.fullmatch(rf"(Standard_)?{re.escape(kind)}(-sxm|-[a-z])?( \S+)?", offer.instance)
    # GCP tells zones (us-central1-a), Lambda regions of one country (us-east-1).
    return (
        named is not None and re.fullmatch(rf"{re.escape(region)}(-[a-z0-9-]+)?", offer.location) is not None
    )


def _has_the_cards(row: Instance, offer: Offer) -> bool:
    if offer.gpus != row.gpus or offer.memory_gb is None:
        return False
    return abs(offer.memory_gb - row.memory_gb) <= MOST_MEMORY_APART * row.memory_gb
