"""One rung on the dev split: the model is asked, every answer goes through the parser of its kind."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clinft.artifacts.answers import likeliest, most_new_tokens
from clinft.artifacts.data import Message, Record
from clinft.artifacts.error_categories import category_of
from clinft.artifacts.planning import Price
from clinft.artifacts.scoring import Scored, kind_of
from clinft.ports.models import Conversation, LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.project import ProjectSpec
from clinft.stages.assess.ladder import Try
from clinft.stages.assess.outcomes import Outcome, Rung

MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Prices:
    """What a question and its answer cost by the token, as dated. None: unknown, or nobody sends a bill."""

    input: Price | None = None
    output: Price | None = None
    cached_input: Price | None = None

    @property
    def rows(self) -> tuple[Price, ...]:
        return tuple(price for price in (self.input, self.output, self.cached_input) if price is not None)

    def of(self, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        if self.input is None or self.output is None:
            return None
        return (prompt_tokens * self.input.value + completion_tokens * self.output.value) / MILLION


@dataclass(frozen=True)
class Asked:
    """What one rung gave. `seconds`: of answering, all items together; by the way of reading."""

    rungs: tuple[Rung, ...]
    seconds: dict[str, float]


@dataclass(frozen=True)
class Most:
    """What asking a rung may use at most: a model need not answer with fewer tokens than it is allowed."""

    prompt_tokens: int
    completion_tokens: int


def longest_answer(spec: ProjectSpec, dev: Sequence[Record], model: LanguageModel) -> int:
    """Tokens that a free answer may have: those of the longest right one, and room for its wrapping."""
    kind = kind_of(spec.task.kind)
    if spec.task.kind == "classification":
        return most_new_tokens(_answer_tokens(model, spec.task.labels))
    return max(_answer_tokens(model, [record.target for record in dev])) + kind.room


def most_used(one: Try, dev: Sequence[Record], model: LanguageModel, longest: int) -> Most:
    times = max(1, len(one.draws))
    tokens = sum(model.count_tokens([one.ask(record) for record in dev]))
    return Most(times * tokens, times * len(dev) * (longest + one.room))


def ask(
    one: Try,
    spec: ProjectSpec,
    dev: Sequence[Record],
    model: LanguageModel,
    longest: int,
    prices: Prices,
    progress: Progress,
    clock: Callable[[], float] = time.monotonic,
) -> Asked:
    """Likeliest labels first, where there are labels whose probability the model tells."""
    conversations = [one.ask(record) for record in dev]
    prompt_tokens = model.count_tokens(conversations)
    rungs: list[Rung] = []
    seconds: dict[str, float] = {}
    if spec.task.kind == "classification" and model.has_logprobs and not one.reasons:
        started = clock()
        rungs.append(_closed(one, spec, dev, conversations, prompt_tokens, model, progress))
        seconds["closed_labels"] = clock() - started
    started = clock()
    draws = _generated(one, conversations, model, longest + one.room, progress)
    seconds["generated_text"] = clock() - started
    rungs.append(_free(one, spec, dev, conversations, prompt_tokens, draws, model, prices))
    return Asked(tuple(rungs), seconds)


def _closed(
    one: Try,
    spec: ProjectSpec,
    dev: Sequence[Record],
    conversations: Sequence[Conversation],
    prompt_tokens: Sequence[int],
    model: LanguageModel,
    progress: Progress,
) -> Rung:
    labels = spec.task.labels
    with progress.task(f"assess {one.name}, likeliest labels", len(dev)) as task:
        scores = model.score_labels(conversations, labels, task)
    kind = kind_of(spec.task.kind)
    outcomes = []
    for record, row, tokens in zip(dev, scores, prompt_tokens, strict=True):
        label = likeliest(labels, [score.logprob_nats for score in row])
        scored = kind.score(label, record, spec.task)
        outcomes.append(_outcome(record, scored, spec, tokens, None, None))
    return Rung(one.name, "closed_labels", outcomes)


def _generated(
    one: Try, conversations: Sequence[Conversation], model: LanguageModel, room: int, progress: Progress
) -> list[list[str]]:
    """[draw][record]"""
    times = one.draws or (None,)
    made = []
    for number, sampling in enumerate(times, start=1):
        which = "" if len(times) == 1 else f" {number} of {len(times)}"
        with progress.task(f"assess {one.name}, free answers{which}", len(conversations)) as task:
            if sampling is None:
                made.append(model.generate(conversations, room, task))
            else:
                made.append(model.generate(conversations, room, task, sampling))
    return made


def _free(
    one: Try,
    spec: ProjectSpec,
    dev: Sequence[Record],
    conversations: Sequence[Conversation],
    prompt_tokens: Sequence[int],
    draws: Sequence[Sequence[str]],
    model: LanguageModel,
    prices: Prices,
) -> Rung:
    kind = kind_of(spec.task.kind)
    used = [_completion_tokens(model, conversations, prompt_tokens, answers) for answers in draws]
    outcomes = []
    for index, record in enumerate(dev):
        said = [kind.score(one.answer(answers[index]), record, spec.task) for answers in draws]
        asked = len(draws) * prompt_tokens[index]
        answered = sum(counts[index] for counts in used)
        cost = prices.of(asked, answered)
        scored = majority(said)
        outcomes.append(
            _outcome(record, scored, spec, asked, answered, None if cost is None else float(cost))
        )
    return Rung(one.name, "generated_text", outcomes)


def majority(said: Sequence[Scored]) -> Scored:
    """The answer that most draws give; among equals the one given first. What cannot be read has no vote."""
    readable = [scored for scored in said if scored.parsed]
    if not readable:
        return said[0]
    votes = Counter(scored.said for scored in readable)
    most = max(votes.values())
    return next(scored for scored in readable if votes[scored.said] == most)


def _completion_tokens(
    model: LanguageModel,
    conversations: Sequence[Conversation],
    prompt_tokens: Sequence[int],
    answers: Sequence[str],
) -> list[int]:
    """By the model's own tokenizer; what a provider bills, hidden reasons included, is in `measured`."""
    whole = model.count_tokens(
        [
            (*turns, Message(role="assistant", content=answer))
            for turns, answer in zip(conversations, answers, strict=True)
        ]
    )
    return [max(0, with_it - without) for with_it, without in zip(whole, prompt_tokens, strict=True)]


def _outcome(
    record: Record,
    scored: Scored,
    spec: ProjectSpec,
    prompt_tokens: int,
    completion_tokens: int | None,
    cost_usd: float | None,
) -> Outcome:
    return Outcome(
        item=record.id,
        score=scored.score,
        correct=scored.correct,
        parsed=scored.parsed,
        missed_critical=not scored.correct if is_critical(record, spec) else None,
        category=category_of(record, scored, spec.task),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        cost_usd=cost_usd,
        cluster=record.scenario,
    )


def is_critical(record: Record, spec: ProjectSpec) -> bool:
    """By regression.critical_labels; where answers are no labels, by what the generator says of the case."""
    if spec.task.kind == "classification":
        return record.target in spec.regression.critical_labels
    return record.facts.get("critical") is True


def _answer_tokens(model: LanguageModel, answers: Sequence[str]) -> list[int]:
    """Of the answer alone, as the model's chat template writes it."""
    asked = (Message(role="system", content="-"), Message(role="user", content="-"))
    (without,) = model.count_tokens([asked])
    whole = model.count_tokens([(*asked, Message(role="assistant", content=answer)) for answer in answers])
    return [tokens - without for tokens in whole]
