"""Examples for a prompt from the training split: one for each answer, short, clean by the audit's rules."""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from clinft.artifacts.data import Record
from clinft.spec.project import TaskSpec
from clinft.spec.prompt import MAX_EXAMPLES, PromptExample

# Shorter notes hardly show how one is read; of the rest the shortest cost least in every request.
SHORTEST = 40
# Of one answer: whoever is not clean among the shortest is passed over.
TRIED = 8

Clean = Callable[[str], bool]


def curated(
    task: TaskSpec, train: Iterable[Record], have: Sequence[PromptExample], count: int, clean: Clean
) -> tuple[PromptExample, ...]:
    """`have`, and up to `count` in all: answers without an example first, in the order of the labels.

    `clean`: whether a text holds nothing that the audit would find.
    """
    if len(have) >= count:
        return tuple(have)
    by_answer: dict[str, list[Record]] = {}
    for record in train:
        by_answer.setdefault(_group(task, record), []).append(record)
    order = {label: place for place, label in enumerate(task.labels)}
    shown = [example.output for example in have]
    answers = sorted(by_answer, key=lambda one: (shown.count(one), order.get(one, len(order)), one))
    columns = [_candidates(by_answer[answer]) for answer in answers[:count]]
    made = list(have)
    texts = {example.input for example in have}
    for record in (one for row in zip_longest(*columns) for one in row if one is not None):
        if len(made) >= min(count, MAX_EXAMPLES):
            break
        if record.text not in texts and clean(record.text) and clean(record.target):
            made.append(PromptExample(input=record.text, output=record.target))
            texts.add(record.text)
    return tuple(made)


def _group(task: TaskSpec, record: Record) -> str:
    """What an example is an example of: its answer, or, where every answer differs, its condition."""
    if task.kind in ("classification", "coding"):
        return record.target
    condition = record.facts.get("condition") or record.facts.get("diagnosis")
    return str(condition) if condition is not None else record.scenario


def _candidates(found: Sequence[Record]) -> list[Record]:
    long_enough = [record for record in found if len(record.text) >= SHORTEST and _fits(record)]
    return sorted(long_enough, key=lambda record: (len(record.text), record.id))[:TRIED]


def _fits(record: Record) -> bool:
    """prompt.md reads headings of one to three # and fences as structure."""
    lines = [line for text in (record.text, record.target) for line in text.split("\n")]
    return bool(record.target.strip()) and not any(
        line.startswith(("# ", "## ", "### ", "```", "~~~")) or line.rstrip() in ("#", "##", "###")
        for line in lines
    )
