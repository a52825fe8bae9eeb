"""`prompt/prompt.md`: the system prompt and the examples, as a reviewer reads them.

# System
You are ...

## Example
### Input
text of a note
### Output
circulatory

Headings of one to three # are structure; deeper ones and fenced blocks are text.
"""

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from clinft.errors import Problem
from clinft.spec.base import Strict
from clinft.spec.text import decode, refused

MAX_BYTES = 64 * 1024
MAX_EXAMPLES = 64
HEADING = re.compile(r"#{1,3}(?:[ \t].*)?")
FENCE = re.compile(r"(?:```|~~~)")
SYSTEM, EXAMPLE, INPUT, OUTPUT = "# System", "## Example", "### Input", "### Output"
# Which headings may follow which; "" is the beginning of the file.
FOLLOWS = {
    "": (SYSTEM,),
    SYSTEM: (EXAMPLE,),
    EXAMPLE: (INPUT,),
    INPUT: (OUTPUT,),
    OUTPUT: (EXAMPLE,),
}


class PromptExample(Strict):
    input: str
    output: str


class Prompt(Strict):
    system: str
    examples: tuple[PromptExample, ...] = ()


@dataclass(frozen=True)
class PromptFile:
    """The prompt, the text it came from (newlines as \\n), and each example's output line, from 1."""

    prompt: Prompt
    text: str
    output_lines: tuple[int, ...]


@dataclass
class _Section:
    heading: str
    line: int
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()

    @property
    def first_line(self) -> int:
        blank = next((i for i, line in enumerate(self.lines) if line.strip()), 0)
        return self.line + 1 + blank


def parse_prompt(data: str | bytes, path: str) -> PromptFile:
    """The parsed prompt, or SpecError with all problems by line."""
    text = decode(data, path, MAX_BYTES)
    sections, problems = _sections(text, path)
    for section, following in zip_longest(sections, sections[1:]):
        problems += _misplaced(section, following, path)
    if problems or not sections:
        raise refused(problems or [_problem(path, 1, "The file has no `# System` section.")])
    outputs = [section for section in sections if section.heading == OUTPUT]
    inputs = [section for section in sections if section.heading == INPUT]
    examples = tuple(
        PromptExample(input=given.text, output=answer.text)
        for given, answer in zip(inputs, outputs, strict=True)
    )
    prompt = Prompt(system=sections[0].text, examples=examples)
    return PromptFile(prompt, text, tuple(section.first_line for section in outputs))


def _sections(text: str, path: str) -> tuple[list[_Section], list[Problem]]:
    sections: list[_Section] = []
    problems: list[Problem] = []
    fence, previous = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        if FENCE.match(line):
            fence = 0 if fence else number
        if fence or not HEADING.fullmatch(line):
            if sections:
                sections[-1].lines.append(line)
            elif line.strip() and not problems:
                problems.append(_problem(path, number, "Text stands before the `# System` heading."))
            continue
        heading = line.rstrip()
        if heading not in FOLLOWS:
            problems.append(_problem(path, number, "This heading is not one that clinft reads."))
        elif heading not in FOLLOWS[previous]:
            expected = " or ".join(f"`{name}`" for name in FOLLOWS[previous])
            problems.append(_problem(path, number, f"`{heading}` stands where {expected} is expected."))
        previous = heading if heading in FOLLOWS else previous
        sections.append(_Section(heading, number))
    if fence:
        problems.append(_problem(path, fence, "The block that a fence (``` or ~~~) opens here never ends."))
    if sum(section.heading == EXAMPLE for section in sections) > MAX_EXAMPLES:
        problems.append(_problem(path, 1, f"There are more than {MAX_EXAMPLES} examples."))
    return sections, problems


def _misplaced(section: _Section, following: _Section | None, path: str) -> list[Problem]:
    """An empty section, text in a section that only holds others, or an example without its output."""
    if section.heading == EXAMPLE and section.text:
        return [_problem(path, section.first_line, "Text stands between `## Example` and `### Input`.")]
    if section.heading in (SYSTEM, INPUT, OUTPUT) and not section.text:
        return [_problem(path, section.line, f"The section `{section.heading}` is empty.")]
    if following is None and section.heading in (EXAMPLE, INPUT):
        missing = FOLLOWS[section.heading][0]
        return [_problem(path, section.line, f"The last example has no `{missing}`.")]
    return []


def _problem(path: str, line: int, message: str) -> Problem:
    return Problem(
        path, line, 1, message,
        "The order is `# System`, then any number of `## Example`, each `### Input` and `### Output`.",
        "Follow that order; for a heading inside the text use #### or a fenced block.",
    )  # fmt: skip
