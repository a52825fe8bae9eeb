"""What a project's estimate rests on: its tokens, its machine, the prices of its provider, earlier runs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from clinft.artifacts.data import Message, Record
from clinft.artifacts.formatting import conversation
from clinft.artifacts.planning import BaseModelIdentity, Price, TrainingPlan
from clinft.pipeline import calibration, lifecycles, machines, prices
from clinft.pipeline.context import Context
from clinft.pipeline.known_job import is_paid
from clinft.spec.eligibility import AgreedPrice
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.spec.reached import agreed_price, endpoint_of
from clinft.spec.training import TrainingSpec
from clinft.stages.estimate import Counted, End, Facts, Machine, Prices
from clinft.stages.gate.places import OWN_MACHINES

NOTHING = Counted(0, 0, 0, 0)


def facts_of(context: Context, plan: TrainingPlan, training_split: Counted) -> Facts:
    """Raises PolicyViolation where a price that is used was read too long ago."""
    training, today = context.loaded.spec.training, context.services.clock.now().date()
    found = prices_for(context.policy, training)
    machine = _machine(context, today)
    dated = _dated(training.provider, found, machine)
    if not is_paid(context):
        prices.check_age(dated, today, context.policy.budgets.max_price_age_days)
    row = lifecycles.row_of(training.provider, training.base_model)
    facts = Facts(
        training=training_split,
        prices=found,
        today=today,
        machine=machine,
        # Measured without a card: it says nothing of a machine that has one.
        throughput=None
        if machine is not None and machine.gpu is not None
        else prices.throughput_of(training),
        shape=machines.shape_of(plan.base_model, context.repository) if machine is not None else None,
        end=None if row is None or row.serving_until is None else _end(row.serving_until, row.replacement),
        earlier=calibration.earlier(context.paths.runs, plan),
        price_age_days=prices.age_days(dated, today),
    )
    return facts if training.provider in OWN_MACHINES else _with_paid_splits(context, plan, facts)


def _with_paid_splits(context: Context, plan: TrainingPlan, facts: Facts) -> Facts:
    """What is counted only where somebody bills it: validation, and asking the tuned model."""
    model, test = plan.base_model, _records(context, "test")

    def questions(examples: int) -> Counted:
        return _counted(
            context, model, [conversation(context.loaded.prompt, record.text, examples) for record in test]
        )

    shown = Counter(_examples_by_system(context.loaded.spec))
    asked = {examples: questions(examples) for examples in shown}
    # The tuned model is always asked, and sees no examples.
    answer = _counted(context, model, _answered(context, test)).plus(asked[0], -1)
    every = NOTHING
    for examples, times in shown.items():
        every = every.plus(asked[examples], times)
    times = shown.total()
    return replace(
        facts,
        validation=counted_split(context, model, "validation"),
        questions=every,
        answers=NOTHING.plus(answer, times),
        times_asked=times,
    )


def _examples_by_system(spec: ProjectSpec) -> list[int]:
    """How many examples the prompt of each evaluated system shows; the tuned one is always asked."""
    shown = {"base_zero_shot": 0, "base_prompt": spec.prompt.few_shot_examples, "tuned": 0, "deployed": 0}
    return [shown[name] for name in dict.fromkeys((*spec.evaluation.compare, "tuned"))]


def counted_split(context: Context, model: BaseModelIdentity, split: str) -> Counted:
    """With its answers, as it is trained on."""
    return _counted(context, model, _answered(context, _records(context, split)))


def _records(context: Context, split: str) -> list[Record]:
    return context.read_split(split)[0]


def _answered(context: Context, records: Iterable[Record]) -> list[tuple[Message, ...]]:
    return [
        (*conversation(context.loaded.prompt, record.text), Message(role="assistant", content=record.target))
        for record in records
    ]


def _counted(
    context: Context, model: BaseModelIdentity, conversations: Sequence[Sequence[Message]]
) -> Counted:
    counts = context.services.models.count_tokens(model, conversations)
    texts = [message.content for turns in conversations for message in turns]
    return Counted(
        samples=len(conversations),
        characters=sum(map(len, texts)),
        size_bytes=sum(len(text.encode()) for text in texts),
        tokens=None if counts is None else sum(counts),
        longest_tokens=max(counts) if counts else None,
    )


def prices_for(policy: Policy, training: TrainingSpec) -> Prices:
    """What this organisation agreed to pay; without such a price, what the table knows."""
    endpoint, agreed = endpoint_of(policy, training), agreed_price(policy, training)
    region = (endpoint.region if endpoint is not None else None) or training.region
    listed = prices.prices_of(training.provider, training.base_model, training.training_type, region)
    return listed if agreed is None else _agreed(agreed, listed.hosting)


def _agreed(price: AgreedPrice, listed_hosting: Price | None) -> Prices:
    """Of the policy; what it does not say of asking the model stays unknown, of hosting it the table says."""
    hourly = price.hosting_usd_per_hour
    asked, answered = price.usd_per_million_input_tokens, price.usd_per_million_output_tokens
    dated: dict[str, Any] = {"as_of": price.as_of, "source": f"policy: {price.source}"[:300]}
    per_tokens: dict[str, Any] = {"unit": "usd_per_million_tokens", **dated}
    return Prices(
        training=Price(what="training", value=price.usd_per_million_training_tokens, **per_tokens),
        hosting=listed_hosting
        if hourly is None
        else Price(what="hosting", value=hourly, unit="usd_per_hour", **dated),
        input=None if asked is None else Price(what="input", value=asked, **per_tokens),
        output=None if answered is None else Price(what="output", value=answered, **per_tokens),
    )


def _machine(context: Context, today: date) -> Machine | None:
    """Of whoever trains on a machine; a runner that the policy does not know is the gate's to refuse."""
    training = context.loaded.spec.training
    runner = context.policy.runners.get(training.runner)
    if training.provider != "peft" or runner is None:
        return None
    return machines.runner_machine(training.runner, runner, today)


def _dated(provider: str, found: Prices, machine: Machine | None) -> list[Price]:
    """Prices that somebody asks and may change; nobody asks one for a machine of your own."""
    if provider in OWN_MACHINES:
        return [] if machine is None or machine.price is None else [machine.price]
    known = (found.training, found.hosting, found.input, found.output)
    return [price for price in known if price is not None]


def _end(serving_until: str, replacement: str | None) -> End:
    return End(date.fromisoformat(serving_until), replacement)
