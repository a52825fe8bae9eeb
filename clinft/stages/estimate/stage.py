"""One project's estimate: training, hosting and evaluation, each with its formula; unknown stays unknown."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinft.artifacts.planning import Calibration, CostEstimate, CostPart, Price, PriceBasis, TrainingPlan
from clinft.errors import SpecError
from clinft.spec.project import ProjectSpec
from clinft.stages.estimate import duration, money
from clinft.stages.estimate.counted import Counted
from clinft.stages.estimate.duration import Duration, Throughput, Work
from clinft.stages.estimate.machine import (
    Machine,
    ModelShape,
    card_notes,
    lora_parameters,
    memory_notes,
    vram_gb,
)

STAGE_VERSION = 4
# Image and weights take 2 to 20 minutes to arrive on a fresh machine.
SET_UP_MINUTES, SET_UP_MINUTES_UPPER = 10.0, 20.0
# A tuned model may answer more than it was taught.
ANSWER_MARGIN = 4


@dataclass(frozen=True)
class Prices:
    """What the tables say for this provider, model, training type and region; None: no row."""

    training: Price | None = None
    hosting: Price | None = None
    input: Price | None = None
    output: Price | None = None


@dataclass(frozen=True)
class End:
    """When the base model stops being served, and what its provider offers instead."""

    served_until: date
    replacement: str | None = None


@dataclass(frozen=True)
class Facts:
    """`questions` and `answers`: of the test split; None, like `validation`: not counted, as nobody bills it.

    `machine`: where the provider trains on one.
    """

    training: Counted
    prices: Prices
    today: date
    validation: Counted | None = None
    questions: Counted | None = None
    answers: Counted | None = None
    times_asked: int = 1
    machine: Machine | None = None
    throughput: Throughput | None = None
    shape: ModelShape | None = None
    end: End | None = None
    earlier: Calibration | None = None
    price_age_days: int | None = None


def estimate(spec: ProjectSpec, plan: TrainingPlan, facts: Facts) -> CostEstimate:
    epochs = spec.training.hyperparameters.n_epochs
    share = _share_of_steps(spec, facts.training.samples)
    billed = int(facts.training.likely * epochs * share)
    time = _duration(spec, facts, billed, share)
    by_the_hour = facts.machine is not None and facts.machine.price is not None
    training = _by_hour(facts, time) if by_the_hour else _by_token(spec, facts, billed, share)
    assert training.usd is not None, "both ways raise where they know no price"
    assert training.usd_upper is not None
    hosting, evaluation = _hosting(facts), _evaluation(facts, by_the_hour)
    parts = (training, hosting, evaluation)
    total = _sum(part.usd for part in parts)
    days = None if facts.end is None else max(0, (facts.end.served_until - facts.today).days)
    once = _sum((training.usd, evaluation.usd))
    price = training.prices[0]
    # What a run pays: training, and the evaluation that follows it in the same job.
    bound = training.usd_upper + (evaluation.usd_upper or Decimal(0))
    return CostEstimate(
        plan=plan,
        plan_digest=plan.digest,
        training_tokens=facts.training.likely,
        validation_tokens=None if facts.validation is None else facts.validation.likely,
        tokens_basis="tokenizer" if facts.training.exact else "characters",
        n_epochs=epochs,
        billed_tokens=billed,
        price=PriceBasis(
            source=price.source,
            as_of=price.as_of,
            usd_per_million_training_tokens=None if by_the_hour else price.value,
        ),
        cost_usd=training.usd,
        cost_usd_upper=bound,
        minutes=None if time is None else round(time.minutes, 1),
        minutes_upper=None if time is None else round(time.minutes_upper, 1),
        formula=training.formula,
        throughput_basis=time.basis if time else "missing: nothing measured for this recipe yet",
        within_budget=bound <= spec.budget.max_usd,
        parts=parts,
        hosting_usd_month=hosting.usd,
        evaluation_usd=evaluation.usd,
        total_usd=total,
        total_usd_upper=_sum(part.usd_upper for part in parts),
        served_until=None if facts.end is None else facts.end.served_until.isoformat(),
        replacement=None if facts.end is None else facts.end.replacement,
        usable_days=days,
        usd_per_usable_day=(
            money.per_usable_day(once, hosting.usd, days)
            if days and once is not None and hosting.usd is not None
            else None
        ),
        unknown=tuple(f"{part.what}: {part.formula}" for part in parts if part.usd is None),
        notes=tuple(_notes(spec, facts, by_the_hour)),
        calibration=facts.earlier,
        price_age_days=facts.price_age_days,
    )


def _by_token(spec: ProjectSpec, facts: Facts, billed: int, share: float) -> CostPart:
    price, counted = facts.prices.training, facts.training
    if price is None or price.unit != "usd_per_million_tokens":
        raise SpecError(
            f"What training {spec.training.base_model} costs at {spec.training.provider} is not known.",
            "No row of the price table says it for this training type and region, or only by the hour.",
            "Have `price` set in .github/clinft.yml (at the provider, endpoint or server), choose another "
            "region or model, or add a row with source and date to clinft/tables/prices.yaml.",
        )
    epochs = spec.training.hyperparameters.n_epochs
    # No provider of the table says whether validation is billed: the bound assumes that it is.
    validation = 0 if facts.validation is None else facts.validation.most
    most = math.ceil((counted.most + validation) * epochs * share)
    usd = money.of_tokens(billed, price)
    formula = (
        f"{counted.likely:,} tokens × {epochs} {'epoch' if epochs == 1 else 'epochs'}{_steps_note(spec)} = "
        f"{billed:,} trained tokens; × {price.value} USD per million = {usd} USD"
    )
    return CostPart(
        what="training", usd=usd, usd_upper=money.of_tokens(most, price), formula=formula, prices=(price,)
    )


def _by_hour(facts: Facts, time: Duration | None) -> CostPart:
    machine = facts.machine
    assert machine is not None
    assert machine.price is not None
    price = machine.price
    if time is None:
        raise SpecError(
            f"How long training takes on {machine.name} is not known, so neither is what it costs.",
            "No speed was measured for this recipe, and the card or the size of the model is not known.",
            "Name the runner's gpu or instance in .github/clinft.yml, or leave out what an hour of it costs.",
        )
    paid = max(time.minutes + SET_UP_MINUTES, machine.minimum_minutes)
    paid_upper = max(time.minutes_upper + SET_UP_MINUTES_UPPER, machine.minimum_minutes)
    usd = money.of_minutes(paid, price)
    formula = (
        f"{time.minutes:.1f} minutes + {SET_UP_MINUTES:g} to set up{_least(machine)} × {price.value} USD per "
        f"hour of {machine.name} = {usd} USD"
    )
    return CostPart(
        what="training",
        usd=usd,
        usd_upper=money.of_minutes(paid_upper, price),
        formula=formula,
        prices=(price,),
    )


def _least(machine: Machine) -> str:
    return f", at least {machine.minimum_minutes:g}" if machine.minimum_minutes > 0 else ""


def _duration(spec: ProjectSpec, facts: Facts, billed: int, share: float) -> Duration | None:
    machine, shape, counted = facts.machine, facts.shape, facts.training
    if facts.throughput is not None:
        return duration.measured(billed, facts.throughput)
    if machine is None or machine.gpu is None or shape is None:
        return None
    most = math.ceil(counted.most * spec.training.hyperparameters.n_epochs * share)
    samples = max(counted.samples, 1)
    work = Work(billed, counted.likely / samples, most, counted.most / samples)
    return duration.by_operations(work, shape, machine.gpu, spec.training.method)


def _hosting(facts: Facts) -> CostPart:
    price = facts.prices.hosting
    if price is None:
        said = "no row of the price table says what an hour of the deployed model costs"
        return CostPart(what="hosting of one month", usd=None, usd_upper=None, formula=said)
    usd = money.of_a_month(price)
    said = f"{price.value} USD per hour × {money.HOURS_PER_MONTH} hours = {usd} USD, asked or not"
    formula = said if price.value else f"none is charged: {price.source}"
    return CostPart(what="hosting of one month", usd=usd, usd_upper=usd, formula=formula, prices=(price,))


def _evaluation(facts: Facts, by_the_hour: bool) -> CostPart:
    asked, answered = facts.prices.input, facts.prices.output
    if by_the_hour:
        said = "it takes time on the machine that trains, and nothing was measured for that yet"
        return CostPart(what="evaluation", usd=None, usd_upper=None, formula=said)
    if asked is None or answered is None:
        said = "no row of the price table says what asking the tuned model costs"
        return CostPart(what="evaluation", usd=None, usd_upper=None, formula=said)
    if not asked.value and not answered.value:
        said = f"none is charged: {asked.source}"
        nothing = Decimal(0)
        return CostPart(
            what="evaluation", usd=nothing, usd_upper=nothing, formula=said, prices=(asked, answered)
        )
    questions, answers = facts.questions, facts.answers
    if questions is None or answers is None:
        return CostPart(what="evaluation", usd=None, usd_upper=None, formula="the test split was not counted")
    usd = money.of_tokens(questions.likely, asked) + money.of_tokens(answers.likely, answered)
    upper = money.of_tokens(questions.most, asked) + money.of_tokens(answers.most * ANSWER_MARGIN, answered)
    formula = (
        f"the test split {_times(facts.times_asked)}: {questions.likely:,} tokens × {asked.value} + "
        f"{answers.likely:,} tokens of answers × {answered.value} USD per million = {usd} USD"
    )
    return CostPart(what="evaluation", usd=usd, usd_upper=upper, formula=formula, prices=(asked, answered))


def _times(times: int) -> str:
    """The base model costs no more than its tuned one, so its questions are counted at that price."""
    return "once" if times == 1 else f"{times} times, all at the tuned model's price"


def _notes(spec: ProjectSpec, facts: Facts, by_the_hour: bool) -> Iterator[str]:
    price, machine, hyper = facts.prices.training, facts.machine, spec.training.hyperparameters
    validation = facts.validation
    if not by_the_hour and price is not None and price.value > 0 and validation is not None:
        yield (
            f"Whether the {validation.likely:,} tokens of the validation file are billed is not known: "
            "they are in the upper bound only."
        )
    if machine is None or machine.gpu is None:
        return
    yield from card_notes(machine)
    if facts.shape is None:
        yield "How large the base model is is not known here, so neither time nor memory can be computed."
        return
    full = spec.training.method == "full"
    lora = spec.training.lora
    adapter = lora_parameters(facts.shape, lora.r, lora.target_modules, lora.top_layers)
    trained = facts.shape.parameters if full else adapter
    memory = vram_gb(
        facts.shape, trained, hyper.max_tokens, hyper.batch_size, quantised=spec.training.method == "qlora"
    )
    yield from memory_notes(memory, machine.gpu, hyper.batch_size, hyper.max_tokens)


def _share_of_steps(spec: ProjectSpec, samples: int) -> float:
    hyper = spec.training.hyperparameters
    planned = math.ceil(samples / hyper.batch_size) * hyper.n_epochs
    return 1.0 if hyper.max_steps is None else min(1.0, hyper.max_steps / max(planned, 1))


def _steps_note(spec: ProjectSpec) -> str:
    max_steps = spec.training.hyperparameters.max_steps
    return "" if max_steps is None else f", stopped at step {max_steps}"


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None where one of them is unknown."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
