"""A training file for chat models → examples of a classification task, or every line that is none."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinft.artifacts.chat_file import check_chat_files
from clinft.errors import Problem, SpecError

MOST_LABELS = 500
LONGEST_LABEL = 80
MOST_PROBLEMS = 100
NOT_BUILT = (
    "This version rescues classification only: one system prompt shared by all lines, one question, "
    "one short label as the answer."
)


@dataclass(frozen=True)
class Example:
    """`line` counts from 1, in the file that it came from."""

    line: int
    text: str
    label: str


@dataclass(frozen=True)
class Examples:
    system: str
    examples: tuple[Example, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted({one.label for one in self.examples}))


def read(training: Path, test: Path | None) -> tuple[Examples, Examples | None]:
    """SpecError with every line that a provider would refuse, or that is no classification."""
    check_chat_files(training, test).raise_for_errors()
    trained = _Reading(training).examples()
    _refuse_other_tasks(training, trained)
    if test is None:
        return trained, None
    held_out = _Reading(test).examples(trained)
    _refuse_overlap(test, trained, held_out)
    return trained, held_out


@dataclass
class _Reading:
    path: Path
    problems: list[Problem] = field(default_factory=list)

    def examples(self, like: Examples | None = None) -> Examples:
        """`like`: the training file, whose system prompt and labels hold for a test file too."""
        found, system = [], None if like is None else like.system
        for line, messages in self._lines():
            turns = self._turns(line, messages)
            if turns is None:
                continue
            said, text, label = turns
            system = said if system is None else system
            if said != system:
                self._add(line, "The system prompt differs from the first one.")
            elif like is not None and label not in like.labels:
                self._add(line, "The answer is no label of the training file.")
            else:
                found.append(Example(line, text, label))
        if self.problems:
            raise SpecError(
                f"{self.path.name} holds something else than this version can train and measure.",
                NOT_BUILT,
                "Take these lines out, or wait for the version that rescues other tasks.",
                tuple(self.problems[:MOST_PROBLEMS]),
            )
        return Examples(system or "", tuple(found))

    def _lines(self) -> Iterator[tuple[int, Any]]:
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                example = json.loads(line.decode("utf-8-sig"))
                if example.get("tools"):
                    self._add(number, "The example offers tools.")
                else:
                    yield number, example["messages"]

    def _turns(self, line: int, messages: list[dict[str, Any]]) -> tuple[str, str, str] | None:
        roles = [message["role"] for message in messages]
        if roles != ["system", "user", "assistant"]:
            self._add(line, f"The turns are {', '.join(roles[:6])}, not system, user, assistant.")
            return None
        said = [_text(message) for message in messages]
        if any(message.get("tool_calls") for message in messages) or None in said:
            self._add(line, "A message holds something else than one text.")
            return None
        system, text, label = (one or "" for one in said)
        if not system.strip() or not text.strip():
            self._add(line, "The system prompt or the question is blank.")
            return None
        return system, text, label.strip()

    def _add(self, line: int, message: str) -> None:
        self.problems.append(Problem(str(self.path), line, 0, message))


def _text(message: dict[str, Any]) -> str | None:
    content = message.get("content")
    if isinstance(content, list) and len(content) == 1:
        content = content[0].get("text")
    return content if isinstance(content, str) else None


def _refuse_other_tasks(path: Path, trained: Examples) -> None:
    long = [one for one in trained.examples if not _is_short(one.label)]
    labels = trained.labels
    folded = {label.casefold() for label in labels}
    if long:
        what = f"{len(long)} answers are blank, of several lines or longer than {LONGEST_LABEL} characters"
    elif len(labels) > MOST_LABELS:
        what = f"{len(labels)} different answers were given, and {MOST_LABELS} can be labels"
    elif len(labels) < 2:
        what = "every answer is the same"
    elif len(folded) < len(labels):
        what = "some answers differ in upper and lower case alone"
    else:
        return
    raise SpecError(
        f"{path.name} is no classification as this version knows it: {what}.",
        NOT_BUILT,
        "Extraction and free text come with a later version; where labels are written in several ways, make "
        "them one.",
        tuple(
            Problem(str(path), one.line, 0, "This answer is no short label.") for one in long[:MOST_PROBLEMS]
        ),
    )


def _is_short(label: str) -> bool:
    return 0 < len(label) <= LONGEST_LABEL and label.isprintable()


def same_text(text: str) -> str:
    """What two texts have in common that differ in blanks and case alone."""
    return " ".join(text.split()).casefold()


def contradictions(examples: Iterable[Example]) -> dict[str, list[Example]]:
    """By text: examples that give the same text different labels."""
    by_text: dict[str, list[Example]] = {}
    for one in examples:
        by_text.setdefault(same_text(one.text), []).append(one)
    return {text: ones for text, ones in by_text.items() if len({one.label for one in ones}) > 1}


def _refuse_overlap(path: Path, trained: Examples, held_out: Examples) -> None:
    lines = {same_text(one.text): one.line for one in reversed(trained.examples)}
    problems = [
        Problem(
            str(path),
            one.line,
            0,
            f"The same text is in line {lines[same_text(one.text)]} of the training file.",
        )
        for one in held_out.examples
        if same_text(one.text) in lines
    ]
    problems += [
        Problem(str(path), one.line, 0, f"The same text is in line {ones[0].line}, with another label.")
        for ones in contradictions(held_out.examples).values()
        for one in ones[1:]
        if one.label != ones[0].label
    ]
    if problems:
        raise SpecError(
            f"{path.name} cannot measure anything: {len(problems)} of its lines are known or contradict.",
            "A test that was learned by heart, or that has two right answers, says nothing about new cases.",
            "Take these lines out.",
            tuple(problems[:MOST_PROBLEMS]),
        )
