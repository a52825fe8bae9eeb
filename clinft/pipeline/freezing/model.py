"""The model that writes: whether it may be asked, what that may cost, and asking it."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from clinft.artifacts.data import Message
from clinft.artifacts.planning import Price
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline import lifecycles
from clinft.pipeline.freezing.desk import Call, Desk
from clinft.pipeline.prices import age_days, price_of
from clinft.pipeline.rescue.cost import Cost, usd
from clinft.ports.models import Conversation, HostedModel, LanguageModel, ModelStore
from clinft.spec.base import Line
from clinft.spec.eligibility import Endpoint
from clinft.stages.gate.places import may_be_asked
from clinft.stages.prepare.written import request
from clinft.stages.prepare.written.survival import Brief

# Word for word what a model said, so below data/, which git ignores.
ANSWERS = "freeze/answers.jsonl"
ROUNDS = 3
# At most what a request adds that names what was wrong, whatever the tokenizer.
AGAIN_TOKENS = 1_500
# Room for an answer: a model may be wordier than the generator.
ROOM, SPARE = 3, 200


def endpoint_at(desk: Desk, call: Call) -> Endpoint:
    """SpecError where the policy has no such entry; PolicyViolation where nothing may be sent there today."""
    endpoints = desk.policy.endpoints
    if call.endpoint not in endpoints:
        raise SpecError(
            "The policy has no endpoint of this name.",
            f"Its endpoints: {', '.join(sorted(endpoints)) or 'none'}.",
            "Name one of them with --endpoint; the owners of .github/clinft.yml add one under endpoints.",
        )
    found = endpoints[call.endpoint]
    asked = desk.loaded.spec.training.model_copy(
        update={
            "provider": found.provider,
            "endpoint": call.endpoint,
            "base_model": call.model,
            "region": None,
            "server": None,
        }
    )
    today = desk.services.clock.now().date()
    life = lifecycles.lifecycle_of(found.provider, call.model)
    reasons = may_be_asked(desk.policy, asked, today, life)
    if reasons:
        raise PolicyViolation(
            f"No text may be sent to {call.endpoint}: {' '.join(reason.message for reason in reasons)}",
            "Synthetic texts too leave only for places of which somebody answers for the facts.",
            " ".join(dict.fromkeys(reason.way_out for reason in reasons)),
        )
    return found


def host_of(endpoint: Endpoint) -> Line:
    return urlsplit(endpoint.url).netloc


def hosted(desk: Desk, call: Call, endpoint: Endpoint) -> HostedModel:
    """On Azure a model answers under the name of its deployment."""
    name = endpoint.deployments.get(call.model, call.model)
    return HostedModel(endpoint.provider, endpoint, name, known_as=call.model, journal=journal(desk))


def journal(desk: Desk) -> Path:
    return desk.paths.data / ANSWERS


def opened(desk: Desk, call: Call, endpoint: Endpoint) -> LanguageModel:
    """Nothing is asked yet; SpecError without a key."""
    return desk.services.models.open_hosted(hosted(desk, call, endpoint))


def longest_answer(models: ModelStore, model: str, briefs: Sequence[Brief]) -> int:
    """In tokens: depends on the records alone, so that a later call asks for the same."""
    texts: list[Conversation] = [[Message(role="assistant", content=one.record.text)] for one in briefs]
    return ROOM * max(_count(models, model, texts), default=0) + SPARE


def cost_of(desk: Desk, call: Call, endpoint: Endpoint, briefs: Sequence[Brief], longest: int) -> Cost:
    """At most: every record is asked for three times, with the longest answers. Answers that are kept from
    an earlier call are not paid again, and count here all the same."""
    models, seed = desk.services.models, desk.loaded.spec.data.seed
    first = sum(_count(models, call.model, [request.first(one, seed) for one in briefs]))
    texts: list[Conversation] = [[Message(role="assistant", content=one.record.text)] for one in briefs]
    written = sum(_count(models, call.model, texts))
    repeated = sum(range(ROUNDS)) * (longest + AGAIN_TOKENS) * len(briefs)
    most_in, most_out = ROUNDS * first + repeated, ROUNDS * longest * len(briefs)
    into, out = _prices(call, endpoint)
    prices = tuple(price for price in (into, out) if price is not None)
    age = age_days(prices, desk.services.clock.now().date())
    return Cost(
        questions=len(briefs),
        input_tokens=most_in,
        output_tokens_expected=written,
        output_tokens_most=most_out,
        prices=prices,
        usd=usd(into, first, out, written),
        usd_at_most=usd(into, most_in, out, most_out),
        oldest_price_days=age,
        stale=age is not None and age > desk.policy.budgets.max_price_age_days,
    )


def paid(call: Call, endpoint: Endpoint, used: tuple[int, int]) -> Decimal | None:
    into, out = _prices(call, endpoint)
    return usd(into, used[0], out, used[1])


def refuse_above(cost: Cost, desk: Desk) -> None:
    most = desk.policy.per_run_usd(desk.name)
    if cost.usd_at_most is not None and cost.usd_at_most > most:
        raise PolicyViolation(
            f"The texts may cost {cost.usd_at_most} USD, and {desk.name} may spend {most} USD at once.",
            "The bound is per_run_usd in .github/clinft.yml; it counts three requests for every record.",
            "Lower data.records, choose a cheaper model, or ask the policy's owners for a higher bound.",
        )


def _prices(call: Call, endpoint: Endpoint) -> tuple[Price | None, Price | None]:
    """What the organisation agreed for this endpoint, else the table's."""
    agreed = endpoint.price
    if agreed is None:
        region = endpoint.region
        return (
            price_of("input", endpoint.provider, call.model, None, region),
            price_of("output", endpoint.provider, call.model, None, region),
        )

    def price(what: Literal["input", "output"], value: Decimal | None) -> Price | None:
        if value is None:
            return None
        return Price(
            what=what,
            value=value,
            unit="usd_per_million_tokens",
            region=endpoint.region,
            as_of=agreed.as_of,
            source=agreed.source,
        )

    return (
        price("input", agreed.usd_per_million_input_tokens),
        price("output", agreed.usd_per_million_output_tokens),
    )


def _count(models: ModelStore, model: str, conversations: Sequence[Conversation]) -> list[int]:
    counts = models.count_tokens(models.identify(model, None, hosted=True), conversations)
    assert counts is not None, "a hosted model's tokens are always counted"
    return counts
