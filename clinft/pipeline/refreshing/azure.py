"""Rows of Azure in prices.yaml, from the meters of its price list."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from clinft.pipeline import lifecycles
from clinft.pipeline.prices import TABLE, PriceRow, PriceTable
from clinft.pipeline.refreshing import Change, Doubt, DoubtfulError, Refreshed, check_jump, meters, spelt
from clinft.pipeline.refreshing.meters import Read
from clinft.pipeline.refreshing.table_text import Cell, changed, inserted
from clinft.ports.pricing import Meter
from clinft.spec import yaml

PROVIDER = "azure_openai"
# Their prices are others, and no project of ours trains there.
APART = ("usgov", "usdod", "china")
# New rows: not `developer`, whose meters for asking a tuned model name prices that cannot be (2026-08-11).
NEW_PLACES = ("standard", "data_zone", "global")
NEW_WORK = ("training", "hosting", "input", "output")
# What earlier sources said of themselves, and is not a note on the row.
OF_THE_SOURCE = ("Azure Retail Prices", "not asked again", "meter ", "no meter", "a tuned model costs")


def refresh_azure(text: str, answered: Iterable[Meter], today: date) -> Refreshed:
    rows = PriceTable.model_validate(yaml.parse(text, TABLE).value).prices
    listed = [one for meter in meters.in_force(answered, today) if (one := meters.read(meter))]
    found = [one for one in listed if not one.region.startswith(APART)]
    done = Refreshed(TABLE, text)
    cells: dict[Cell, str] = {}
    for number, row in enumerate(rows):
        if row.provider != PROVIDER:
            continue
        try:
            value, source = _renewed(row, rows, found)
            check_jump(row.value, value)
        except DoubtfulError as doubt:
            done.doubts.append(Doubt(TABLE, name_of(row), str(doubt)))
            continue
        written = spelt(value, row.value)
        done.changes.append(
            Change(TABLE, name_of(row), row.unit, row.value, Decimal(written), row.as_of, source)
        )
        for key, new in (("value", written), ("as_of", today.isoformat()), ("source", source)):
            if str(getattr(row, key)) != new:
                cells[Cell("prices", number, key)] = new
    done.text = changed(text, cells, TABLE)
    _add(done, rows, found, today)
    PriceTable.model_validate(yaml.parse(done.text, TABLE).value)
    return done


def name_of(row: PriceRow) -> str:
    parts = (row.provider, row.base_model, row.what, row.training_type, row.region)
    return " ".join(part for part in parts if part)


def _renewed(row: PriceRow, rows: list[PriceRow], found: list[Read]) -> tuple[Decimal, str]:
    of_model = [one for one in found if row.is_of(PROVIDER, one.base_model) and one.what == row.what]
    matching = [one for one in of_model if _is_for(one, row, rows)]
    notes = [part for part in row.source.split("; ") if not part.startswith(OF_THE_SOURCE)]
    if not matching:
        if row.value == 0 and of_model:
            # What costs nothing has no meter, while its dearer kin have theirs.
            return row.value, "; ".join(("Azure Retail Prices API", "no meter there, so no fee", *notes))
        raise DoubtfulError("no meter of Azure's list prices it any more")
    value = agreed(matching, row.unit)
    return value, _source(matching, notes)


def _source(matching: list[Read], notes: Iterable[str] = ()) -> str:
    names = " and ".join(sorted({one.meter.name for one in matching}))
    return "; ".join(("Azure Retail Prices API", f"meter {names}", *notes))


def _is_for(one: Read, row: PriceRow, rows: list[PriceRow]) -> bool:
    """Whether the row is the narrowest one that speaks of the meter, in a region that is of interest."""
    if row.training_type is not None and row.training_type != one.training_type:
        return False
    if row.region is not None:
        return row.region == one.region
    kin = [other for other in rows if other.is_of(PROVIDER, one.base_model)]
    # A region's own price matters only where we say that one can train: elsewhere it differs freely.
    if one.training_type == "standard" and one.region not in {other.region for other in kin}:
        return False
    narrower = (
        other
        for other in kin
        if other.what == row.what
        and other.training_type in (None, one.training_type)
        and other.region in (None, one.region)
        and other.says > row.says
    )
    return not any(narrower)


def agreed(matching: list[Read], unit: str) -> Decimal:
    currencies = {one.meter.currency for one in matching} - {"USD"}
    if currencies:
        raise DoubtfulError(f"its price is in {', '.join(sorted(currencies))}, not in USD")
    units = {one.unit or one.meter.unit for one in matching} - {unit}
    if units:
        raise DoubtfulError(f"it is counted in {', '.join(sorted(units))} now, not in {unit}")
    values = sorted({one.value for one in matching})
    if len(values) > 1:
        raise DoubtfulError(f"its meters differ: {', '.join(format(value, 'f') for value in values)}")
    return values[0]


def _add(done: Refreshed, rows: list[PriceRow], found: list[Read], today: date) -> None:
    """Prices that no row says, of models whose end we know, where rows say that they are trained."""
    ours = [number for number, row in enumerate(rows) if row.provider == PROVIDER]
    new: list[dict[str, object]] = []
    places: dict[tuple[str, str, str, str | None], list[Read]] = {}
    for one in found:
        standard = one.training_type == "standard"
        if (
            one.training_type in NEW_PLACES
            and one.what in NEW_WORK
            and lifecycles.row_of(PROVIDER, one.base_model) is not None
            and (not standard or _is_trained(rows, one))
            and not any(_says(row, one) for row in rows)
        ):
            region = one.region if standard else None
            places.setdefault((one.base_model, one.training_type, one.what, region), []).append(one)
    order = [model for model, _ in meters.OPENAI]
    for key in sorted(
        places, key=lambda key: (order.index(key[0]), NEW_PLACES.index(key[1]), key[3] or "", key[2])
    ):
        base_model, training_type, what, region = key
        matching = places[key]
        row = _new_row(rows, base_model, what, training_type, region)
        try:
            unit = matching[0].unit or "an unknown unit"
            value = agreed(matching, unit)
            check_jump(value, value)
            row |= {"unit": unit, "value": spelt(value), "as_of": today.isoformat()}
            row["source"] = _source(matching)
            valid = PriceRow.model_validate(row)
        except (DoubtfulError, ValidationError):
            continue  # nothing says it now, and nothing says it then
        new.append({name: value for name, value in row.items() if value not in (None, [])})
        done.changes.append(Change(TABLE, name_of(valid), unit, None, valid.value, None, valid.source))
    if ours:
        done.text = inserted(done.text, "prices", ours[-1], new, TABLE)


def _is_trained(rows: list[PriceRow], one: Read) -> bool:
    return any(
        row.is_of(PROVIDER, one.base_model) and row.what == "training" and row.region == one.region
        for row in rows
    )


def _says(row: PriceRow, one: Read) -> bool:
    return (
        row.is_of(PROVIDER, one.base_model)
        and row.what == one.what
        and row.training_type in (None, one.training_type)
        and row.region in (None, one.region)
    )


def _new_row(
    rows: list[PriceRow], base_model: str, what: str, training_type: str, region: str | None
) -> dict[str, Any]:
    aliases = next((row.aliases for row in rows if row.is_of(PROVIDER, base_model)), [])
    return {
        "provider": PROVIDER,
        "base_model": base_model,
        "aliases": aliases,
        "what": what,
        "training_type": training_type,
        "region": region,
    }
