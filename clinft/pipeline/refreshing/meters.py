"""What a meter of Azure's price list prices, read from its name: model, work, training type, unit.

Names differ from model to model (`gpt-4.1 FT Training regional Tokens`, `4o 0806 ft hosting Dz Unit`,
`Ministral 3bFTregnl Tokens`). Each word has to be known: a name with another one (batch, grader, pp) is no
meter of ours. Names: Azure Retail Prices as of 2026-08-11, in azure-genai-prices 0.2.0.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from clinft.pipeline.prices import What
from clinft.ports.pricing import Meter
from clinft.spec.eligibility import TrainingType

PRODUCTS = (
    "Azure OpenAI",
    "Azure OpenAI PP FT GPT4s",
    "Azure OpenAI Reasoning",
    "Azure OpenAI OSS Models",
    "Azure Llama Models",
    "Azure Mistral Models",
)
Unit = Literal["usd_per_million_tokens", "usd_per_hour"]
# The longer one first. Name of the model in our table, and what the name of its meters begins with.
OPENAI = (
    ("gpt-4.1-mini-2025-04-14", r"(gpt )?4\.1 mini"),
    ("gpt-4.1-nano-2025-04-14", r"(gpt )?4\.1 nano"),
    ("gpt-4.1-2025-04-14", r"(gpt )?4\.1"),
    ("gpt-4o-mini-2024-07-18", r"(gpt )?4o mini( 0718)?"),
    ("gpt-4o-2024-08-06", r"(gpt )?4o( 0806)?"),
    ("o4-mini-2025-04-16", r"o4 mini"),
)
OPEN_WEIGHTS = (
    ("gpt-oss-20b", r"(gpt )?oss 20b|20b"),
    ("Llama-3.3-70B-Instruct", r"(llama ?)?3\.3( 70b)?"),
    ("Ministral-3B", r"(ministral|mnstrl) 3b"),
)
WORK: Mapping[str, What] = MappingProxyType(
    {
        "training": "training",
        "trng": "training",
        "hosting": "hosting",
        "hstng": "hosting",
        "inp": "input",
        "inpt": "input",
        "input": "input",
        "in": "input",
        "opt": "output",
        "outp": "output",
        "output": "output",
        "out": "output",
    }
)
PLACES: Mapping[str, TrainingType] = MappingProxyType(
    {
        "regional": "standard",
        "regnl": "standard",
        "global": "global",
        "glbl": "global",
        "glb": "global",
        "gl": "global",
        "dz": "data_zone",
        "dzone": "data_zone",
        "datazone": "data_zone",
    }
)
CACHED = ("cached", "cchd", "cd")
TUNED = ("ft", "rft")
# They say nothing more: of a deployment, its hosting; of tokens and units, what the unit says too.
SILENT = ("tokens", "tkn", "unit", "deployment", "model")
PER_MILLION = {"1K": Decimal(1000), "1M": Decimal(1)}
HOURS = ("1 Hour", "1/Hour")


@dataclass(frozen=True)
class Read:
    """One meter in one region, as a price of ours. `unit` None: it is counted in something we do not know."""

    base_model: str
    what: What
    training_type: TrainingType
    region: str
    unit: Unit | None
    value: Decimal
    meter: Meter


def read(meter: Meter) -> Read | None:
    """None: it is no meter of tuning or of a tuned model that we know."""
    name = re.sub(r"(?<=3b)ft(?=regnl)", " ft ", re.sub(r"[-_\s]+", " ", meter.name.lower())).strip()
    for open_weights, models in ((False, OPENAI), (True, OPEN_WEIGHTS)):
        for base_model, begins in models:
            match = re.match(rf"({begins})(?= )", name)
            if match is not None:
                meant = _meant(name[match.end() :].split(), open_weights)
                if meant is None:
                    return None
                unit, value = _per(meter)
                return Read(base_model, *meant, meter.region, unit, value, meter)
    return None


def _meant(words: list[str], open_weights: bool) -> tuple[What, TrainingType] | None:
    work, places, rest = [], [], []
    for word in words:
        if word in WORK:
            work.append(WORK[word])
        elif word in PLACES:
            places.append(PLACES[word])
        elif word not in SILENT:
            rest.append(word)
    developer, cached = "dev" in rest, any(word in CACHED for word in rest)
    if set(rest) - {"dev", *CACHED, *TUNED} or not set(rest) & set(TUNED):
        return None
    if open_weights:
        # Of these the meter without a word for the work is training's, the one without a place is global.
        work, places = work or ["training"], places or ["global"]
    if len(work) != 1 or len(places) != 1 or (cached and work != ["input"]):
        return None
    if developer and places != ["global"]:
        return None
    return "cached_input" if cached else work[0], "developer" if developer else places[0]


def _per(meter: Meter) -> tuple[Unit | None, Decimal]:
    if meter.unit in PER_MILLION:
        return "usd_per_million_tokens", meter.price * PER_MILLION[meter.unit]
    if meter.unit in HOURS:
        return "usd_per_hour", meter.price
    return None, meter.price


def in_force(meters: Iterable[Meter], today: date) -> tuple[Meter, ...]:
    """The newest line of each meter in each region that holds today; two that differ stay two."""
    newest: dict[tuple[str, str, str], date] = {}
    held = [meter for meter in meters if meter.since <= today]
    for meter in held:
        key = (meter.product, meter.name, meter.region)
        newest[key] = max(newest.get(key, meter.since), meter.since)
    return tuple(meter for meter in held if newest[meter.product, meter.name, meter.region] == meter.since)
