"""The generator `clinical-notes`: notes of several styles over a domain pack, for several kinds of task.

Records are made in blocks. What a record is made of is named by the seed, its split and its number, and a
block's plan by the seed, the split and the block: any process can make any block, and all make the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from clinft.artifacts.data import REJECTED, Record
from clinft.errors import SpecError
from clinft.spec.data import SPLITS, DataSpec
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical import labels
from clinft.stages.prepare.clinical.choices import Choices, choices
from clinft.stages.prepare.clinical.load import Pack, load_pack
from clinft.stages.prepare.clinical.render import write
from clinft.stages.prepare.clinical.scenario import Part, draw_scenario, parts
from clinft.stages.prepare.clinical.state import draw_facts
from clinft.stages.prepare.clinical.styles import Template, templates
from clinft.stages.prepare.clinical.tasks import Task, question_answering, styles_for, task_of
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import Severity
from clinft.stages.prepare.split import GROUP_OF, GROUPS, STYLE_SHARES, deal, split_sizes

Item = TypeVar("Item")

GENERATOR, VERSION = "clinical-notes", 1
FOCUS_WEIGHT = 3
# Records; part of what the generator is: another size deals conditions and templates otherwise.
BLOCK = 1_000


@dataclass(frozen=True)
class Job:
    """All that records are made from; it can be sent to another process."""

    data: DataSpec
    task: TaskSpec
    pack: Pack


class Planned(NamedTuple):
    """`at`: number of the condition in the pack."""

    label: str
    at: int
    severities: tuple[Severity, ...]
    template: Template


class Generation:
    """A job that was checked. SpecError for a spec that cannot be met."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.classes = labels.classes(job.task, job.pack)
        # Tasks need not work out again what the labels name.
        self.task = job.task.model_copy(update={"classify": self.classes.classified})
        self._of_kind = _of_groups(job.data, self.task)
        self._avoid = task_of(self.task).avoid(self.task)
        self.sizes = split_sizes(job.data.records, job.data.splits)
        if job.data.label_counts and self.classes.classified is None:
            raise SpecError(
                "`data.label_counts` is given for a task that has no labels.",
                f"`task.kind` is {job.task.kind}; only classification has one label a record.",
                "Remove it.",
            )
        self.counts = labels.counts(job.data, tuple(self.classes.of), self.sizes)
        self._templates = _dealt(job.data, self.task)
        self._parts = parts(job.data.splits)
        self._weights = labels.weights(job.data, job.pack, FOCUS_WEIGHT)
        self._choices: dict[int, Choices] = {}

    def blocks(self, split: str) -> int:
        return len(self._blocks[split])

    def records(self, split: str, block: int) -> Iterator[dict[str, Any]]:
        """The records of one block, as plain values in the order of `Record`."""
        part, first = self._parts[split], block * BLOCK + 1
        for number, planned in enumerate(self._plan(split, block), start=first):
            yield self._record(split, number, planned, part)

    @cached_property
    def _blocks(self) -> dict[str, list[dict[str, int]]]:
        """By split and block, records of each label."""
        return {
            split: labels.in_turn(
                self.counts[split], [min(BLOCK, size - start) for start in range(0, size, BLOCK)]
            )
            for split, size in self.sizes.items()
        }

    def _plan(self, split: str, block: int) -> list[Planned]:
        """Within a label, conditions and styles in turn; the whole in shuffled order."""
        draw = Draw(self.job.data.seed, split, "block", block)
        by_style = self._templates[GROUP_OF[split]]
        plan: list[Planned] = []
        for label, count in self._blocks[split][block].items():
            members = [member for member in self.classes.of[label] for _ in range(self._weights[member[0]])]
            conditions, styles = _in_turn(members, count, draw), _in_turn(tuple(by_style), count, draw)
            written = {
                style: iter(_in_turn(of_style, styles.count(style), draw))
                for style, of_style in by_style.items()
            }
            for (at, severities), style in zip(conditions, styles, strict=True):
                plan.append(Planned(label, at, severities, next(written[style])))
        return draw.shuffled(plan)

    def _record(self, split: str, number: int, planned: Planned, part: Part) -> dict[str, Any]:
        draw = Draw(self.job.data.seed, split, number)
        of, kind = self._of(planned.at), self._of_kind[GROUP_OF[split]]
        core, scenario = draw_scenario(of, planned.severities, part, draw)
        facts = draw_facts(of, core, draw)
        note = write(planned.template, facts, self.job.pack, self.job.data.realism, draw, self._avoid)
        text, target = kind.make(facts, note, self.task, draw)
        target = planned.label or target
        more: dict[str, Any] = {}
        if self.job.data.preference_pairs:
            more[REJECTED] = kind.rejected(facts, note, target, self.task, draw)
        return {
            "id": f"{split}-{number:06d}",
            "scenario": scenario,
            "style": planned.template.style,
            "text": text,
            "target": target,
            "facts": {
                **facts,
                **more,
                "mentioned": list(note.mentioned),
                "noise": list(note.noise),
                "template": planned.template.name,
            },
        }

    def _of(self, at: int) -> Choices:
        if at not in self._choices:
            self._choices[at] = choices(self.job.pack.pack.conditions[at], self.job.pack)
        return self._choices[at]


def streams(
    data: DataSpec, task: TaskSpec, domain: str, team: Path | None = None
) -> dict[str, Iterator[Record]]:
    """One lazy stream per split; the same arguments give the same records anywhere. SpecError."""
    generation = Generation(Job(data, task, load_pack(domain, team)))
    return {split: _stream(generation, split) for split in SPLITS}


def _stream(generation: Generation, split: str) -> Iterator[Record]:
    for block in range(generation.blocks(split)):
        for record in generation.records(split, block):
            yield Record(**record)


def _dealt(data: DataSpec, task: TaskSpec) -> dict[str, dict[str, tuple[Template, ...]]]:
    """Group -> style -> templates: every style in every group, no template in two. SpecError."""
    known, may = templates(), styles_for(task)
    styles = data.styles or may
    if len(set(styles)) < len(styles) or not set(styles) <= set(known):
        raise SpecError(
            "`data.styles` names a note style that does not exist, or one twice.",
            f"There are: {', '.join(known)}.",
            "Use these names, or leave `styles` out for all of them.",
        )
    useless = [style for style in styles if style not in may]
    if useless:
        raise SpecError(
            f"`data.styles` names what this task cannot be made from: {', '.join(useless)}.",
            f"As it is, `kind: {task.kind}` is made from: {', '.join(may)}.",
            "Use these names, or leave `styles` out for all of them.",
        )
    groups: dict[str, dict[str, tuple[Template, ...]]] = {}
    # In the table's order: the order of words in a spec changes nothing.
    for style in (style for style in known if style in styles):
        dealt = deal(known[style], STYLE_SHARES, Draw(data.seed, "templates", style))
        for group, of_style in dealt.items():
            groups.setdefault(group, {})[style] = of_style
    return groups


def _of_groups(data: DataSpec, task: TaskSpec) -> dict[str, Task]:
    """Group -> the task. A question is worded otherwise in every group, as a template is."""
    whole = task_of(task)
    if task.kind != "question_answering":
        return dict.fromkeys(GROUPS, whole)
    names: dict[str, set[str]] = {group: set() for group in GROUPS}
    for asks, wordings in question_answering.templates().items():
        dealt = deal(wordings, STYLE_SHARES, Draw(data.seed, "questions", asks))
        for group, share in dealt.items():
            names[group] |= {wording.name for wording in share}
    return {group: question_answering.asking(mine) for group, mine in names.items()}


def _in_turn(items: Sequence[Item], count: int, draw: Draw) -> list[Item]:
    """Every item once before any comes again, in ever new order."""
    turns: list[Item] = []
    while len(turns) < count:
        turns += draw.shuffled(items)
    return turns[:count]
