"""Imported rows → splits: what tells of one case, or nearly repeats, stays together."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from pydantic import ValidationError

from clinft.artifacts.data import UNKNOWN_STYLE, Record
from clinft.errors import Problem, SpecError
from clinft.pipeline.freezing.reading import Row
from clinft.ports.progress import Progress
from clinft.spec.data import SPLITS, Splits
from clinft.stages.prepare.analysis.repeats import Near
from clinft.stages.prepare.draw import Draw

LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def split(rows: Sequence[Row], shares: Splits, seed: int, progress: Progress) -> dict[str, list[Record]]:
    """SpecError where a split would be empty, or a row's style is no name."""
    groups = _groups(rows, progress)
    dealt = _dealt(groups, shares, seed)
    empty = [name for name, members in dealt.items() if not members]
    if empty:
        raise SpecError(
            f"The {len(rows):,} records cannot be split: {', '.join(empty)} would be empty.",
            f"They fall into {len(groups):,} groups of one case, or of texts that share 80 % of their words; "
            "a group is never divided, because a test that was nearly seen measures nothing.",
            "Bring records of more cases, worded differently.",
        )
    return {name: _records(name, members) for name, members in dealt.items()}


def _groups(rows: Sequence[Row], progress: Progress) -> list[list[Row]]:
    """In the order of their first row."""
    leader = list(range(len(rows)))

    def find(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    def join(one: int, other: int) -> None:
        first, second = sorted((find(one), find(other)))
        leader[second] = first

    by_scenario: dict[str, int] = {}
    near = Near()
    with progress.task("near repeats", len(rows)) as task:
        for place, row in enumerate(rows):
            if row.scenario is not None:
                join(by_scenario.setdefault(row.scenario, place), place)
            for other in near.add(row.text):
                join(other, place)
            task.advance()
    groups: dict[int, list[Row]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(find(place), []).append(row)
    return list(groups.values())


def _dealt(groups: Sequence[list[Row]], shares: Splits, seed: int) -> dict[str, list[list[Row]]]:
    """By label, the largest groups first, each to the split that lacks most."""
    mixed = Draw(seed, "import").shuffled(groups)
    mixed.sort(key=lambda group: (group[0].target, -len(group)))
    wanted = {name: Decimal(str(getattr(shares, name))) for name in SPLITS}
    have = dict.fromkeys(SPLITS, 0)
    dealt: dict[str, list[list[Row]]] = {name: [] for name in SPLITS}
    count = 0
    taught: set[str] = set()
    for group in mixed:
        count += len(group)
        lacking = {name: share * count - have[name] for name, share in wanted.items()}
        label = group[0].target
        # What was never taught is no test.
        name = max(lacking, key=lambda one: lacking[one]) if label in taught else "train"
        taught.add(label)
        have[name] += len(group)
        dealt[name].append(group)
    return dealt


def _records(name: str, groups: Sequence[list[Row]]) -> list[Record]:
    records, problems = [], []
    numbered = enumerate((row for group in groups for row in group), start=1)
    scenarios = {id(row): _scenario(group[0]) for group in groups for row in group}
    for number, row in numbered:
        try:
            made = Record(
                id=f"{name}-{number:06d}",
                scenario=scenarios[id(row)],
                style=row.style or UNKNOWN_STYLE,
                text=row.text,
                target=row.target,
                facts=dict(row.facts),
            )
        except ValidationError as error:
            field = next((str(one["loc"][0]) for one in error.errors(include_input=False)), "row")
            problems.append(Problem(str(row.path), row.line, 0, f"`{field}` is not as a record has it."))
        else:
            records.append(made)
    if problems:
        raise SpecError(
            f"{len(problems)} rows are no records.",
            "A style is a name of lower-case letters, digits and hyphens.",
            "Correct the rows named.",
            tuple(problems[:100]),
        )
    return records


def _scenario(first: Row) -> str:
    """64 bits of a digest, in letters: digits would look like an identifier. A given name is not copied."""
    told = f"{first.scenario}\0{first.text}" if first.scenario is not None else first.text
    return hashlib.sha256(told.encode()).hexdigest()[:16].translate(LETTERS)
