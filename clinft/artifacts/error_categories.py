"""What kind of error a wrong answer is: rules on gold, answer and the facts the note was written from.

A screen, not a judgement, which no human has validated: each error gets one kind. Where no rule speaks it is
`other`, and a person has to look.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from clinft.artifacts.assessment import CategoryName
from clinft.artifacts.records import Record
from clinft.artifacts.scoring import Scored, kind_of
from clinft.spec.project import TaskKind, TaskSpec

# Facts that the note tells and that are not the answer: a relative's, long past, considered and excluded.
DISTRACTORS = ("history", "family_history", "ruled_out", "negated_findings")
ICD10CM = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")  # without its dot
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"[a-z0-9]+")
# An answer with several errors gets the first of these.
ORDER: tuple[CategoryName, ...] = (
    "format", "negation_or_context", "missing_facts", "numeric", "convention_or_terms", "other",
)  # fmt: skip


def category_of(record: Record, scored: Scored, task: TaskSpec) -> CategoryName | None:
    """Gold and answer in the same form, so that only what differs is looked at. None: it is right."""
    if scored.correct:
        return None
    gold = kind_of(task.kind).score(record.target, record, task)
    found = categorize(
        record.target if gold.said is None else gold.said,
        scored.said,
        scored.parsed,
        record.facts,
        task.labels,
        task.kind,
        ordinal=task.classify == "acuity",
    )
    return named(scored.category) if scored.category else found


def named(category: str | None) -> CategoryName:
    return next((known for known in ORDER if known == category), "other")


def categorize(
    target: str,
    prediction: str | None,
    parsed: bool,
    facts: Mapping[str, JsonValue] | None,
    labels: Sequence[str],
    kind: TaskKind,
    ordinal: bool = False,
) -> CategoryName | None:
    """None: the answer is right. `ordinal`: the labels are steps of a scale, in the order given."""
    if prediction is None or not parsed:
        return "format"
    if kind == "classification":
        return _label(target, prediction, facts, labels, ordinal)
    if kind == "coding":
        return _codes(target, prediction, facts)
    if kind in ("extraction", "ner"):
        try:
            return _fields(target, prediction, facts)
        except (ValueError, RecursionError):  # no JSON, or nested so deep that nobody asked for it
            return "format"
    return _text(target, prediction, facts)


def _label(
    target: str, prediction: str, facts: Mapping[str, JsonValue] | None, labels: Sequence[str], ordinal: bool
) -> CategoryName | None:
    if prediction == target:
        return None
    if labels and prediction not in labels:
        return "format"
    if _is_distractor(prediction, target, facts):
        return "negation_or_context"
    if ordinal and target in labels and abs(labels.index(target) - labels.index(prediction)) > 1:
        return "other"
    # The note was written so that it tells the gold: what is left is where labels are told apart.
    return "convention_or_terms"


def _codes(target: str, prediction: str, facts: Mapping[str, JsonValue] | None) -> CategoryName | None:
    gold, found = set(_listed(target)), set(_listed(prediction))
    if found == gold:
        # Which of the codes is the principal one is a convention, too.
        return None if _listed(prediction)[:1] == _listed(target)[:1] else "convention_or_terms"
    if not found or not all(ICD10CM.fullmatch(code) for code in found):
        return "format"
    wrong = found - gold
    if wrong & {code for name in _distractors(facts) for code in _listed(name)}:
        return "negation_or_context"
    categories = {code[:3] for code in gold}
    if {code[:3] for code in wrong} <= categories:
        # Also a code left out beside right ones: which are coded at all is a convention.
        return "convention_or_terms"
    # The note names the disease, the answer has its code from elsewhere: a code index would know.
    return "missing_facts" if facts is not None and _strings(facts.get("diagnosis")) else "other"


def _fields(target: str, prediction: str, facts: Mapping[str, JsonValue] | None) -> CategoryName | None:
    gold, found = json.loads(target), json.loads(prediction)
    if gold == found:
        return None
    if type(gold) is not type(found) or (isinstance(gold, dict) and gold.keys() != found.keys()):
        return "format"
    pairs = [(gold[key], found[key]) for key in gold] if isinstance(gold, dict) else [(gold, found)]
    kinds = {_value(one, other, facts) for one, other in pairs if one != other}
    return next(category for category in ORDER if category in kinds)


def _value(gold: JsonValue, found: JsonValue, facts: Mapping[str, JsonValue] | None) -> CategoryName:
    if isinstance(gold, bool) or isinstance(found, bool):
        # Present or absent, own or a relative's: what a wrong yes or no is about.
        return "negation_or_context"
    said, right = list(_strings(found)), set(map(_plain, _strings(gold)))
    if any(_is_distractor(one, "", facts) for one in said if _plain(one) not in right):
        return "negation_or_context"
    if _numbers(gold) != _numbers(found) and found is not None and gold is not None:
        return "numeric"
    return "convention_or_terms" if _alike(" ".join(_strings(gold)), " ".join(said)) else "other"


def _text(target: str, prediction: str, facts: Mapping[str, JsonValue] | None) -> CategoryName | None:
    if _plain(target) == _plain(prediction):
        return None
    told = f" {_plain(target)} "
    names = (_plain(name) for name in _distractors(facts))
    if any(name and f" {name} " in f" {_plain(prediction)} " and f" {name} " not in told for name in names):
        return "negation_or_context"
    known = " ".join(_strings(dict(facts))) if facts is not None else ""
    if facts is not None and _words(target).isdisjoint(_words(known)):
        return "missing_facts"
    if _numbers(prediction) - _numbers(f"{target} {known}"):
        return "numeric"
    return "convention_or_terms" if _alike(target, prediction) else "other"


def _is_distractor(answer: str, target: str, facts: Mapping[str, JsonValue] | None) -> bool:
    plain = _plain(answer)
    return plain != _plain(target) and any(_plain(name) == plain for name in _distractors(facts))


def _distractors(facts: Mapping[str, JsonValue] | None) -> Iterator[str]:
    for name in DISTRACTORS:
        yield from _strings((facts or {}).get(name))


def _strings(value: JsonValue) -> Iterator[str]:
    """All texts and numbers inside, however deep."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)


def _listed(codes: str) -> list[str]:
    """As a list in JSON or parted by commas; with and without the dot is the same code."""
    return [code.upper().replace(".", "") for code in re.split(r"[][\s,;\"']+", codes) if code]


def _plain(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.lower()))


def _numbers(value: JsonValue) -> set[str]:
    return {number for text in _strings(value) for number in NUMBER.findall(text)}


def _alike(target: str, prediction: str) -> bool:
    """Half of the words are shared, so that the two name one thing in different words."""
    one, other = _words(target), _words(prediction)
    return bool(one & other) and 2 * len(one & other) >= min(len(one), len(other))
