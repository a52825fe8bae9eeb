"""Ask a model about every record, in both ways, and keep what can be kept: labels, never free text.

closed_labels: the label with the highest log-probability as the whole answer. generated_text: what the model
writes, greedily, if that is one of the labels.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from clinft.artifacts.answers import likeliest, most_new_tokens, parse_answer
from clinft.artifacts.canonical import digest_json
from clinft.artifacts.data import Message, Record
from clinft.artifacts.formatting import conversation
from clinft.artifacts.results import ItemResult
from clinft.ports.models import Conversation, LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.prompt import Prompt

CLOSED, GENERATED = "closed_labels", "generated_text"
SCORINGS = (CLOSED, GENERATED)


@dataclass(frozen=True)
class System:
    """`name` as in the report, `model` as `open_model` knows it, and the examples its prompt shows."""

    name: str
    model: str
    few_shot_examples: int


def ask(
    system: System,
    model: LanguageModel,
    prompt: Prompt,
    records: Sequence[Record],
    labels: Sequence[str],
    progress: Progress,
) -> dict[str, list[ItemResult]]:
    """Items by scoring, in the order of the records; a model without log-probabilities has one scoring."""
    conversations = [conversation(prompt, record.text, system.few_shot_examples) for record in records]
    if not model.has_logprobs:
        said = [[Message(role="assistant", content=label)] for label in labels]
        longest = most_new_tokens(model.count_tokens(said))
        return {GENERATED: _generated(system, model, conversations, longest, records, labels, progress)}
    with progress.task(f"evaluate {system.name}, likeliest labels", len(records)) as task:
        scores = model.score_labels(conversations, labels, task)
    longest = most_new_tokens(score.tokens for row in scores for score in row)
    generated = _generated(system, model, conversations, longest, records, labels, progress)
    closed = []
    for record, row in zip(records, scores, strict=True):
        right = row[list(labels).index(record.target)]
        prediction = likeliest(labels, [score.logprob_nats for score in row])
        closed.append(_item(system, CLOSED, record, prediction, (-right.logprob_nats, right.tokens)))
    return {CLOSED: closed, GENERATED: generated}


def _generated(
    system: System,
    model: LanguageModel,
    conversations: Sequence[Conversation],
    longest: int,
    records: Sequence[Record],
    labels: Sequence[str],
    progress: Progress,
) -> list[ItemResult]:
    with progress.task(f"evaluate {system.name}, free answers", len(records)) as task:
        answers = model.generate(conversations, longest, task)
    return [
        _item(system, GENERATED, record, parse_answer(answer, labels), None)
        for record, answer in zip(records, answers, strict=True)
    ]


def items_sha256(items: Sequence[ItemResult]) -> str:
    lines = "".join(f"{item.model_dump_json()}\n" for item in items)
    return hashlib.sha256(lines.encode()).hexdigest()


def _item(
    system: System,
    scoring: str,
    record: Record,
    prediction: str | None,
    answer: tuple[float, int] | None,
) -> ItemResult:
    nll, tokens = answer if answer else (None, None)
    return ItemResult(
        item=record.id,
        item_sha256=digest_json({"text": record.text, "target": record.target}),
        system=system.name,
        scoring=scoring,
        target=record.target,
        prediction=prediction,
        correct=prediction == record.target,
        # Summing in another order moves the last digits; six decimals are what a reader can use.
        answer_nll_nats=None if nll is None else round(nll, 6),
        answer_tokens=tokens,
    )
