"""Ask one system about every record that has no answer yet, chunk by chunk, in both ways of reading."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clinft.artifacts.answers import likeliest, most_new_tokens
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.data import Message, Record
from clinft.artifacts.formatting import conversation
from clinft.artifacts.results import ItemResult
from clinft.artifacts.scoring import kind_of
from clinft.artifacts.scoring.refusal import refuses
from clinft.ports.models import Conversation, LabelScore, LanguageModel
from clinft.ports.progress import Progress
from clinft.spec.project import TaskSpec
from clinft.stages.evaluate.kept import Answered, Kept
from clinft.stages.evaluate.rows import CLASSIFICATION, row_of, shares
from clinft.stages.evaluate.scoring import CLOSED, GENERATED
from clinft.stages.evaluate.systems import System

# Asked together: batches are made of items of like length, and a kill loses no more than these.
CHUNK = 128


@dataclass(frozen=True)
class Rules:
    """`scan`: the severity of the worst that the audit finds in an answer, None: nothing.

    `plain`: whether a value of a slice may be shown. `keeps`: whether answers may be kept at all.
    """

    scan: Callable[[str], str | None] = lambda text: None
    plain: Callable[[str], bool] = lambda text: True
    keeps: bool = False


@dataclass(frozen=True)
class Spent:
    """`seconds`: of so many free answers of one system, asked together."""

    system: str
    answers: int
    seconds: float


def ask(
    system: System,
    model: LanguageModel,
    task: TaskSpec,
    records: Sequence[Record],
    labels: Sequence[str],
    kept: Kept,
    rules: Rules,
    progress: Progress,
    after_chunk: Callable[[Spent], None] = lambda spent: None,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Fills what `kept` lacks of this system, in the order of the records.

    Labels are scored where there are labels and the model tells their probability.
    """
    if labels and model.has_logprobs:
        _closed(system, model, task, records, labels, kept, rules, progress)
    done = kept.finished(system.name, GENERATED)
    if done >= len(records):
        return
    longest = _longest(model, task, records, labels)
    with progress.task(f"evaluate {system.name}, free answers", len(records), done) as shown:
        for chunk in _chunks(records, done):
            asked = _asked(system, chunk)
            started = clock()
            answers = model.generate(asked, longest, shown)
            seconds = clock() - started
            gold: Sequence[LabelScore | None] = [None] * len(chunk)
            if not labels and model.has_logprobs:
                gold = _finite(model.score_answers(asked, [one.target for one in chunk], Unseen()))
            kept.add(
                system.name,
                GENERATED,
                [
                    _free(system, task, record, answer, nll, rules)
                    for record, answer, nll in zip(chunk, answers, gold, strict=True)
                ],
            )
            after_chunk(Spent(system.name, len(chunk), seconds))


def most_used(
    system: System, model: LanguageModel, task: TaskSpec, records: Sequence[Record], done: int
) -> tuple[int, int]:
    """Prompt and completion tokens that asking for what is left may use at most; asks nothing."""
    questions = (_asked(system, chunk) for chunk in _chunks(records, done))
    prompt_tokens = sum(sum(model.count_tokens(asked)) for asked in questions)
    return prompt_tokens, (len(records) - done) * _longest(model, task, records, task.labels)


class Unseen:
    """Progress of what is a part of another task."""

    def advance(self, amount: int = 1, **fields: str | float) -> None:
        pass


def _closed(
    system: System,
    model: LanguageModel,
    task: TaskSpec,
    records: Sequence[Record],
    labels: Sequence[str],
    kept: Kept,
    rules: Rules,
    progress: Progress,
) -> None:
    done = kept.finished(system.name, CLOSED)
    if done >= len(records):
        return
    with progress.task(f"evaluate {system.name}, likeliest labels", len(records), done) as shown:
        for chunk in _chunks(records, done):
            scores = model.score_labels(_asked(system, chunk), labels, shown)
            kept.add(
                system.name,
                CLOSED,
                [
                    Answered(row=_likeliest(system, task, record, labels, row, rules))
                    for record, row in zip(chunk, scores, strict=True)
                ],
            )


def _likeliest(
    system: System,
    task: TaskSpec,
    record: Record,
    labels: Sequence[str],
    scores: Sequence[LabelScore],
    rules: Rules,
) -> ItemResult:
    said = likeliest(labels, [score.logprob_nats for score in scores])
    return row_of(
        system.name,
        CLOSED,
        record,
        kind_of(task.kind).score(said, record, task),
        task,
        gold=scores[list(labels).index(record.target)],
        probabilities=shares(scores),
        plain=rules.plain,
    )


def _free(
    system: System, task: TaskSpec, record: Record, answer: str, gold: LabelScore | None, rules: Rules
) -> Answered:
    """Scored whatever the audit says of it, and kept only where that is nothing above INFO."""
    severity = rules.scan(answer)
    clean = severity in (None, "INFO")
    row = row_of(
        system.name,
        GENERATED,
        record,
        kind_of(task.kind).score(answer, record, task),
        task,
        gold=gold,
        refused=not answer.strip() or refuses(answer),
        output_sha256=digest_bytes(answer.encode()) if clean and rules.keeps else None,
        plain=rules.plain,
    )
    return Answered(row=row, output=answer if clean and rules.keeps else None, severity=severity)


def _longest(model: LanguageModel, task: TaskSpec, records: Sequence[Record], labels: Sequence[str]) -> int:
    """Tokens that a free answer may have: those of the longest right one, and room around it."""
    if task.kind == CLASSIFICATION:
        return most_new_tokens(_tokens(model, labels))
    most = 0
    for chunk in _chunks(records, 0):
        most = max(most, *_tokens(model, [record.target for record in chunk]))
    return most + kind_of(task.kind).room


def _tokens(model: LanguageModel, answers: Sequence[str]) -> list[int]:
    """Of the answers alone, as the model's chat template writes them."""
    asked = (Message(role="system", content="-"), Message(role="user", content="-"))
    (without,) = model.count_tokens([asked])
    whole = model.count_tokens([(*asked, Message(role="assistant", content=answer)) for answer in answers])
    return [max(0, tokens - without) for tokens in whole]


def _asked(system: System, records: Sequence[Record]) -> list[Conversation]:
    return [conversation(system.prompt, record.text, system.few_shot_examples) for record in records]


def _chunks(records: Sequence[Record], start: int) -> Iterator[Sequence[Record]]:
    for at in range(start, len(records), CHUNK):
        yield list(records[at : at + CHUNK])


def _finite(scores: Sequence[LabelScore]) -> Sequence[LabelScore]:
    likeliest([""] * len(scores), [score.logprob_nats for score in scores])  # refuses what is no number
    return scores
