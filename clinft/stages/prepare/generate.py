"""The generator `diagnosis-notes`: a short note whose main diagnosis belongs to one ICD-10-CM chapter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TypeVar

from pydantic import JsonValue

from clinft.artifacts.data import Record
from clinft.errors import SpecError
from clinft.spec.data import SPLITS, DataSpec
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.load import load_pack
from clinft.stages.prepare.note import Style, write
from clinft.stages.prepare.pack import Diagnosis, DomainPack
from clinft.stages.prepare.phrases import phrases
from clinft.stages.prepare.split import (
    DIAGNOSIS_SHARES,
    GROUP_OF,
    GROUPS,
    STYLE_SHARES,
    deal,
    largest_remainder,
    split_sizes,
)
from clinft.stages.prepare.state import Candidates, candidates, draw_state, scenario_id
from clinft.stages.prepare.styles import STYLES

Item = TypeVar("Item")

GENERATOR = "diagnosis-notes"
FOCUS_WEIGHT = 3
# Even or odd last letter of the scenario's digest: tells validation from dev, which share diagnoses.
SIDE = {"validation": 0, "dev": 1}
MAX_TRIES = 1000


@dataclass(frozen=True)
class Group:
    """What the splits of one group are made of."""

    diagnoses: dict[str, tuple[Diagnosis, ...]]
    styles: tuple[Style, ...]
    candidates: Candidates


def generate(data: DataSpec, labels: Sequence[str], domain: str) -> dict[str, list[Record]]:
    """All records by split; the same arguments give the same records anywhere. SpecError."""
    return {split: list(records) for split, records in streams(data, labels, domain).items()}


def streams(data: DataSpec, labels: Sequence[str], domain: str) -> dict[str, Iterator[Record]]:
    """One lazy stream per split; each is independent of how far the others were read."""
    pack = load_pack(domain)
    _check(data, labels, pack)
    groups = _groups(data, labels, pack)
    sizes = split_sizes(data.records, data.splits)
    return {split: _split(split, sizes[split], groups[GROUP_OF[split]], data, pack) for split in SPLITS}


def unmatched_terms(data: DataSpec, domain: str) -> tuple[str, ...]:
    """Terms of `terminology_focus` that no diagnosis of the pack bears."""
    names = [name.casefold() for _, diagnosis in load_pack(domain).diagnoses() for name in diagnosis.names]
    return tuple(
        term for term in data.terminology_focus if not any(term.strip().casefold() in name for name in names)
    )


def _check(data: DataSpec, labels: Sequence[str], pack: DomainPack) -> None:
    if data.generator != GENERATOR:
        raise SpecError(
            "`data.generator` names no generator.",
            f"There is: {GENERATOR}.",
            f"Write `generator: {GENERATOR}`.",
        )
    if len(labels) < 2 or len(set(labels)) < len(labels) or not set(labels) <= set(pack.labels):
        raise SpecError(
            "`task.labels` must be labels of the domain pack, at least two, each once.",
            f"The pack {pack.name} has: {', '.join(pack.labels)}.",
            "Use these labels, or choose another `clinical_domain`.",
        )
    if len(set(data.styles)) < len(data.styles) or not set(data.styles) <= STYLES.keys():
        raise SpecError(
            "`data.styles` names a note style that does not exist, or one twice.",
            f"There are: {', '.join(STYLES)}.",
            "Use these names, or leave `styles` out for all of them.",
        )
    if data.styles and len(data.styles) < len(GROUPS):
        raise SpecError(
            f"`data.styles` names fewer than {len(GROUPS)} note styles.",
            "Training, tuning (validation and dev) and test each need a style of their own.",
            "Name more styles, or leave `styles` out for all of them.",
        )


def _groups(data: DataSpec, labels: Sequence[str], pack: DomainPack) -> dict[str, Group]:
    # In the generator's order: the order of words in a spec changes nothing.
    styles = [style for name, style in STYLES.items() if name in (data.styles or STYLES)]
    styles_of = deal(styles, STYLE_SHARES, Draw(data.seed, "styles"))
    dealt = {
        chapter.label: deal(chapter.diagnoses, DIAGNOSIS_SHARES, Draw(data.seed, "diagnoses", chapter.label))
        for chapter in pack.chapters
        if chapter.label in labels
    }
    groups = {}
    for name in GROUPS:
        diagnoses = {label: by_group[name] for label, by_group in dealt.items()}
        allowed = [(label, diagnosis) for label in diagnoses for diagnosis in diagnoses[label]]
        groups[name] = Group(diagnoses, styles_of[name], candidates(pack, allowed))
    return groups


def _split(split: str, size: int, group: Group, data: DataSpec, pack: DomainPack) -> Iterator[Record]:
    for index, (label, diagnosis, style) in enumerate(_plan(split, size, group, data), start=1):
        draw = Draw(data.seed, split, index)
        facts, scenario = _scenario(
            split, partial(draw_state, pack, label, diagnosis, group.candidates, draw)
        )
        written_as = diagnosis.name if draw.chance(60) else draw.one(diagnosis.names)
        text, mentioned = write(style, phrases(facts, written_as), draw)
        yield Record(
            id=f"{split}-{index:06d}",
            scenario=scenario,
            style=style.name,
            text=text,
            target=label,
            facts={**facts, "written_as": written_as, "mentioned": list(mentioned)},
        )


def _scenario(split: str, next_state: Callable[[], dict[str, JsonValue]]) -> tuple[dict[str, JsonValue], str]:
    """The next state whose scenario belongs to this split, and its digest."""
    for _ in range(MAX_TRIES):
        facts = next_state()
        scenario = scenario_id(facts)
        if split not in SIDE or ord(scenario[-1]) % 2 == SIDE[split]:
            return facts, scenario
    raise AssertionError("a digest's last bit never changed")


def _plan(split: str, size: int, group: Group, data: DataSpec) -> list[tuple[str, Diagnosis, Style]]:
    """Labels equal to within one record, diagnoses and styles in turn, in shuffled order."""
    draw = Draw(data.seed, split, "plan")
    labels = draw.shuffled(list(group.diagnoses))
    counts = largest_remainder(size, [Decimal(1)] * len(labels))
    plan = []
    for label, count in zip(labels, counts, strict=True):
        weighted = [
            diagnosis
            for diagnosis in group.diagnoses[label]
            for _ in range(FOCUS_WEIGHT if _in_focus(diagnosis, data.terminology_focus) else 1)
        ]
        diagnoses, styles = _in_turn(weighted, count, draw), _in_turn(group.styles, count, draw)
        plan += [(label, *pair) for pair in zip(diagnoses, styles, strict=True)]
    return draw.shuffled(plan)


def _in_turn(items: Sequence[Item], count: int, draw: Draw) -> list[Item]:
    """Every item once before any comes again, in ever new order."""
    turns: list[Item] = []
    while len(turns) < count:
        turns += draw.shuffled(items)
    return turns[:count]


def _in_focus(diagnosis: Diagnosis, terms: Sequence[str]) -> bool:
    return any(term.strip().casefold() in name.casefold() for term in terms for name in diagnosis.names)
