"""Advice for training on a machine of your own: the recipe, and which machine holds it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from clinft.artifacts.advice import AdviceRow
from clinft.spec.training import usual_rate
from clinft.stages.advise.facts import Card, Memory, Request
from clinft.stages.advise.table import number_row, recipes, row, rule_of, shown

USUAL_ALPHA = 32
FEED_FORWARD = frozenset(
    {"gate_proj", "up_proj", "down_proj", "fc1", "fc2", "c_fc", "c_proj", "dense_4h_to_h"}
)
ALL_LINEAR = "all linear layers; at least some of the feed-forward part"
LENGTH_STEP = 64  # lengths are rounded up to it
MOST_MACHINES = 3
# Of each weight: itself in float32, its gradient, the two moments that AdamW keeps, and a copy in bfloat16.
FULL_BYTES = 18
Method = Literal["lora", "qlora", "full"]


@dataclass(frozen=True)
class _Need:
    """GB of one card, and whence: a key of the table's sources."""

    gb: float
    source: str


def rows(request: Request) -> Iterator[AdviceRow]:
    training, data = request.training, request.data
    lora, hyper = training.lora, training.hyperparameters
    yield from _method(request)
    if training.method != "full":
        for name, value in (("lora.r", lora.r), ("lora.lora_dropout", lora.lora_dropout)):
            if (rule := rule_of(name, request)) is not None:
                yield number_row(rule, request, value)
        yield from _alpha(request)
        yield from _modules(request)
        if (rule := rule_of("lora.top_layers", request)) is not None:
            yield number_row(rule, request, lora.top_layers)
    if (rule := rule_of("hyperparameters.learning_rate", request)) is not None:
        yield number_row(rule, request, hyper.learning_rate, otherwise=usual_rate(training.method))
    for name, count in (
        ("hyperparameters.batch_size", hyper.batch_size),
        ("hyperparameters.n_epochs", hyper.n_epochs),
    ):
        if (rule := rule_of(name, request)) is not None:
            yield number_row(rule, request, count)
    rule = rule_of("hyperparameters.max_tokens", request)
    if rule is not None and data.longest_tokens is not None:
        enough = -(-data.longest_tokens // LENGTH_STEP) * LENGTH_STEP
        departs = hyper.max_tokens < data.longest_tokens
        words = f"{enough:,}; any from {data.longest_tokens:,} on, the longest sample, will do"
        yield row(rule, request, f"{hyper.max_tokens:,}", departs, words)
    yield from _runner(request)


def notes(request: Request) -> Iterator[str]:
    """What the rows leave out."""
    runner = request.runner
    if runner is not None and runner.gpus > 1:
        yield (
            f"Training takes all {runner.gpus} cards of {request.training.runner}. What they gain, and hold "
            "together, was not measured: memory is advised on for one card."
        )


def method_for(request: Request) -> Method:
    """LoRA, unless one card holds it only with its weights in four bits."""
    lora, qlora = _need(request, "lora"), _need(request, "qlora")
    if lora is None or qlora is None or not request.machines or _holding(request.machines, lora.gb):
        return "lora"
    return "qlora" if _holding(request.machines, qlora.gb) else "lora"


def _method(request: Request) -> Iterator[AdviceRow]:
    rule = rule_of("method", request)
    if rule is None:
        return
    said, best = request.training.method, method_for(request)
    reason, source = rule.reason, None
    if best == "qlora":
        lora, qlora = _need(request, "lora"), _need(request, "qlora")
        assert lora is not None, "the method was chosen by it"
        assert qlora is not None, "the method was chosen by it"
        reason = f"LoRA needs {_gb(lora)} on one card, which no machine here has; QLoRA {_gb(qlora)}"
        source = lora.source
    yield row(rule, request, said, said != best, best, reason, source)


def _alpha(request: Request) -> Iterator[AdviceRow]:
    rule, lora = rule_of("lora.lora_alpha", request), request.training.lora
    if rule is not None:
        fits = lora.lora_alpha == USUAL_ALPHA or lora.r <= lora.lora_alpha <= 2 * lora.r
        yield row(
            rule, request, f"{lora.lora_alpha}", not fits, f"{USUAL_ALPHA}; or {lora.r} to {2 * lora.r}"
        )


def _modules(request: Request) -> Iterator[AdviceRow]:
    rule, modules = rule_of("lora.target_modules", request), request.training.lora.target_modules
    if rule is not None:
        ends = {name.rpartition(".")[2] for name in modules}
        yield row(rule, request, ", ".join(modules), not ends & FEED_FORWARD, ALL_LINEAR)


def _runner(request: Request) -> Iterator[AdviceRow]:
    rule = rule_of("runner", request)
    if rule is None:
        return
    need = _need(request, "full" if request.training.method == "full" else method_for(request))
    runner, name = request.runner, request.training.runner
    here = (
        f"{name} (its card is not known here, so nothing is compared)"
        if runner is None
        else f"{name} ({_cards(runner)})"
    )
    if need is None:
        missing = "missing: how many parameters the model has is not known here"
        yield row(rule, request, here, False, missing)
        return
    fitting = _holding(request.machines, need.gb)[:MOST_MACHINES]
    listed = "; ".join(map(_words, fitting)) or "none of the machines that clinft knows"
    words = f"a card of {_gb(need)}: {listed}"
    yield row(
        rule, request, here, runner is not None and runner.memory_gb < need.gb, words, source=need.source
    )


def _need(request: Request, method: Method) -> _Need | None:
    memory: Memory | None = request.model.memory_gb
    if memory is not None:
        return _Need(memory(method, request.training.lora.r), "memory")
    parameters = request.model.parameters
    if parameters is None:
        return None
    if method == "full":
        return _Need(FULL_BYTES * parameters / 1e9, "memory")
    for size in recipes().memory:
        if parameters < size.parameters_below:
            return _Need(size.lora_gb if method == "lora" else size.qlora_gb, "thumb")
    return None


def _holding(machines: Sequence[Card], gb: float) -> list[Card]:
    """Machines with one card: what several gain, and hold together, was not measured. Cheapest first."""
    fitting = [card for card in machines if card.gpus == 1 and card.memory_gb >= gb]
    return sorted(fitting, key=lambda card: (card.usd_per_hour or Decimal(0), card.name))


def _gb(need: _Need) -> str:
    return f"{math.ceil(need.gb):,} GB"


def _words(card: Card) -> str:
    price = "" if card.usd_per_hour is None else f", {card.usd_per_hour} USD an hour"
    return f"{card.name} ({_cards(card)}{price})"


def _cards(card: Card) -> str:
    if card.gpus > 1:
        return f"{card.gpus} × {card.gpu}, {shown(card.memory_gb)} GB each"
    return f"{card.gpu}, {shown(card.memory_gb)} GB"
