"""`clinft estimate` without a project: what training so many tokens costs, and for how long it is of use."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, get_args

from pydantic import Field

from clinft.artifacts.chat_example import Method
from clinft.artifacts.chat_file import check_chat_files
from clinft.artifacts.planning import Price
from clinft.errors import SpecError
from clinft.pipeline import lifecycles, prices
from clinft.spec.base import Provider, Strict
from clinft.spec.eligibility import TrainingType
from clinft.spec.policy import BudgetPolicy
from clinft.spec.reached import AT_ENDPOINTS
from clinft.stages.estimate import Machine, ModelShape, duration, money
from clinft.stages.estimate.machine import card_notes
from clinft.stages.estimate.stage import SET_UP_MINUTES

METHODS = ("lora", "qlora", "dora", "full")
SIZES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
# Whatever somebody asks about: more than a budget can hold.
Amount = Annotated[Decimal, Field(ge=0)]
SHOWN_PROBLEMS = 5
OLD_DAYS = int(BudgetPolicy.model_fields["max_price_age_days"].default)


class Lifecycle(Strict):
    """When the base model ends. `days_left`: on which a model that is trained today still answers."""

    training_until: str | None
    serving_until: str | None
    replacement: str | None
    days_left: int | None
    as_of: str
    source: str


class Quote(Strict):
    """Amounts in US dollars; None: unknown, and `unknown` says why."""

    provider: Provider
    model: str
    tokens: int
    tokens_basis: str
    epochs: int
    trained_tokens: int
    training_usd: Amount | None
    hosting_usd_month: Amount | None
    total_usd: Amount | None
    prices: tuple[Price, ...]
    lifecycle: Lifecycle | None
    unknown: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What is to be priced. `samples` None: only a number of tokens is known."""

    provider: Provider
    model: str
    tokens: int
    tokens_basis: str
    epochs: int
    samples: int | None = None
    months: int = 1
    region: str | None = None
    training_type: TrainingType | None = None
    shape: ModelShape | None = None
    machine: Machine | None = None
    method: str = "lora"
    refused: tuple[str, ...] = ()

    @property
    def trained_tokens(self) -> int:
        return self.tokens * self.epochs


def provider_named(name: str) -> Provider:
    for known in get_args(Provider):
        if name == known:
            found: Provider = known
            return found
    raise SpecError(
        "There is no such provider.",
        "Its name is misspelt, or a newer clinft knows it.",
        f"Choose one of: {', '.join(get_args(Provider))}.",
    )


def training_type_named(name: str) -> TrainingType:
    for known in get_args(TrainingType):
        if name == known:
            found: TrainingType = known
            return found
    raise SpecError(
        "There is no such training type.",
        "Azure has four; without one it is standard, which keeps data in the region.",
        f"Choose one of: {', '.join(get_args(TrainingType))}.",
    )


def parameters_named(text: str) -> int:
    """8B, 135M, 1.7b, or the whole number."""
    matched = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)([kmbt]?)", text.strip().lower())
    count = int(Decimal(matched[1]) * SIZES[matched[2]]) if matched else 0
    if count < 1:
        raise SpecError(
            "--parameters is no number of parameters.",
            "It is a number, with K, M, B or T behind it where that is shorter.",
            "Write e.g. --parameters 8B.",
        )
    return count


def shape_of_size(parameters: int) -> ModelShape:
    """Of a model of which the size alone is known: enough for time, not for memory."""
    return ModelShape(parameters, 0, 0, 0, 0, tied=True, source="--parameters")


def would_refuse(provider: str, path: Path | None) -> tuple[str, ...]:
    """Why the provider would not take the file, by its published rules; whatever it costs."""
    if path is None or provider not in AT_ENDPOINTS:
        return ()
    methods: tuple[Method, ...] = ("supervised", "dpo")
    found = [check_chat_files(path, None, method) for method in methods]
    if any(not report.errors for report in found):
        return ()
    errors, more = found[0].errors, found[0].more_errors
    told = [str(problem) for problem in errors[:SHOWN_PROBLEMS]]
    left = len(errors) + more - len(told)
    return (*told, *([f"and {left} more"] if left else []))


def quote(asked: Asked, today: date) -> Quote:
    found = prices.prices_of(asked.provider, asked.model, asked.training_type, asked.region)
    training, used, gap = _training(asked, found.training)
    hosting = None if found.hosting is None else money.of_a_month(found.hosting)
    if found.hosting is not None:
        used = (*used, found.hosting)
    unknown = [] if gap is None else [gap]
    if hosting is None:
        unknown.append(f"hosting: {_missing(asked, 'what an hour of the deployed model costs')}")
    total = None if training is None or hosting is None else training + hosting * asked.months
    lifecycle = _lifecycle(asked, today)
    return Quote(
        provider=asked.provider,
        model=asked.model,
        tokens=asked.tokens,
        tokens_basis=asked.tokens_basis,
        epochs=asked.epochs,
        trained_tokens=asked.trained_tokens,
        training_usd=training,
        hosting_usd_month=hosting,
        total_usd=total,
        prices=used,
        lifecycle=lifecycle,
        unknown=tuple(unknown),
        notes=tuple(_notes(asked, used, lifecycle, today)),
    )


def _training(asked: Asked, price: Price | None) -> tuple[Decimal | None, tuple[Price, ...], str | None]:
    """Amount, the prices it rests on, and what is missing."""
    if asked.provider == "peft":
        return _on_a_machine(asked)
    if price is None:
        return None, (), f"training: {_missing(asked, 'what training costs')}"
    if price.unit == "usd_per_hour":
        gap = "training: it is billed by the hour, and how many it takes is known only afterwards"
        return None, (price,), gap
    return money.of_tokens(asked.trained_tokens, price), (price,), None


def _on_a_machine(asked: Asked) -> tuple[Decimal | None, tuple[Price, ...], str | None]:
    machine = asked.machine
    if machine is None or machine.price is None:
        return None, (), "training: what your machine costs; name one with --instance PROVIDER:TYPE:REGION"
    if machine.gpu is None or asked.shape is None:
        return None, (machine.price,), "training: how large the model is; pass --parameters, e.g. 8B"
    time = _time(asked, machine, asked.shape)
    assert time is not None
    minutes = max(time.minutes + SET_UP_MINUTES, machine.minimum_minutes)
    return money.of_minutes(minutes, machine.price), (machine.price,), None


def _time(asked: Asked, machine: Machine, shape: ModelShape) -> duration.Duration | None:
    if machine.gpu is None:
        return None
    # Samples of unknown length count as long ones; a note says what short ones would mean.
    each = math.inf if asked.samples is None else asked.tokens / max(asked.samples, 1)
    work = duration.Work(asked.trained_tokens, each, asked.trained_tokens, each)
    return duration.by_operations(work, shape, machine.gpu, asked.method)


def _missing(asked: Asked, what: str) -> str:
    if asked.provider in ("mcp", "manual"):
        return f"{what}; clinft cannot know it for {asked.provider}"
    said = f"{what}; no row of clinft/tables/prices.yaml says it for this model"
    regions = prices.regions_of(asked.provider, asked.model)
    if regions and asked.training_type in (None, "standard"):
        return f"{said} there; it knows --region {', '.join(regions)}"
    return said


def _lifecycle(asked: Asked, today: date) -> Lifecycle | None:
    row = lifecycles.row_of(asked.provider, asked.model)
    if row is None:
        return None
    ends = None if row.serving_until is None else date.fromisoformat(row.serving_until)
    return Lifecycle(
        training_until=row.training_until,
        serving_until=row.serving_until,
        replacement=row.replacement,
        days_left=None if ends is None else max(0, (ends - today).days),
        as_of=row.as_of,
        source=row.source,
    )


def _notes(asked: Asked, used: tuple[Price, ...], lifecycle: Lifecycle | None, today: date) -> Iterator[str]:
    if (
        lifecycle is not None
        and lifecycle.training_until is not None
        and lifecycle.training_until < str(today)
    ):
        yield f"The model can no longer be trained: {lifecycle.training_until} was the last day."
    for problem in asked.refused:
        yield f"The provider would refuse this file: {problem}"
    if asked.tokens_basis == "characters":
        yield "Tokens are estimated from characters, on the high side."
    if asked.provider == "peft" and asked.machine is not None and asked.shape is not None:
        yield from _machine_notes(asked, asked.machine, asked.shape)
    if asked.training_type in ("global", "developer"):
        yield f"The training type {asked.training_type} lets data leave the region."
    if asked.provider == "azure_openai" and any(price.what == "hosting" and price.value for price in used):
        hours = money.HOURS_PER_MONTH
        yield f"Hosting is {hours} hours a month, asked or not, until the deployment is deleted."
    if asked.provider in ("openai", "azure_openai"):
        yield "Validation tokens, asking the tuned model and failed attempts are not in this."
    age = prices.age_days((price for price in used if price.value), today)
    if age is not None and age > OLD_DAYS:
        yield f"The oldest price was read {age} days ago: look it up again before you rely on it."


def _machine_notes(asked: Asked, machine: Machine, shape: ModelShape) -> Iterator[str]:
    time = _time(asked, machine, shape)
    if time is None:
        return
    yield f"{time.basis}; {SET_UP_MINUTES:g} minutes more to set the machine up."
    if asked.samples is None:
        yield "Samples of 512 tokens or fewer take up to twice as long."
    yield from card_notes(machine)
    if machine.price is not None:
        month = money.of_a_month(machine.price)
        yield f"Serving the model is not in this: a month of the same machine without a pause is {month} USD."
