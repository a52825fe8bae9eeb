"""The rows of items.jsonl, which come from where records and free answers are: they may hold neither."""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, get_args

from clinft.artifacts.assessment import CategoryName
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.errors import ClinftError
from clinft.pipeline.foreign_text import looks_foreign
from clinft.pipeline.github.item_scores import agrees
from clinft.spec.project import ProjectSpec
from clinft.stages.evaluate.scoring import GENERATED, SCORINGS, items_sha256
from clinft.stages.evaluate.systems import DEPLOYED, TUNED

# As prepare numbers the records of the held-out split.
RECORD_ID = re.compile(r"test-[0-9]{6,9}")
# As prepare names a scenario, or the beginning of a digest.
CLUSTER = re.compile(r"[a-z]{16}|[0-9a-f]{16}")
# ICD-10-CM codes in one line; none of them: nothing is coded.
CODES = re.compile(r"(?:[A-Z][0-9][0-9AB](?:\.[0-9A-Z]{1,4})?(?:, )?){0,60}(?<!, )")
SLICE_VALUE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
CATEGORIES = frozenset({None, *get_args(CategoryName)})
SLICES = frozenset({"style", "age_band", "sex", "severity", "acuity", "condition"})
# What scoring counts of an answer (artifacts/scoring).
VALUES = frozenset(
    {
        "gold", "said", "shared", "terms_gold", "terms_said", "terms_shared", "terms_relaxed",
        "codes_said", "codes_valid", "codes_billable", "category_shared", "facts", "facts_told",
        "facts_critical", "facts_critical_told", "claims", "claims_unsupported", "schema_valid", "rouge_1",
        "rouge_2", "rouge_l",
    }
)  # fmt: skip
# More different values than a vocabulary has would be a text in pieces.
MOST_VALUES = 2_000
ROUNDING = 1e-3


def check_items(path: Path, spec: ProjectSpec, evaluated: EvaluationReport | None) -> str | None:
    """What is wrong with the file, in clinft's words alone; None: nothing.

    Texts of a row are one of a few that are known beforehand, the number of a record, codes, a digest, or a
    short word in which the audit finds nobody. Read row by row: the file may be large.
    """
    words: set[str] = set()
    cases: dict[str, _Case] = {}
    unlike: set[str] = set()
    row = 0
    try:
        for row, item in enumerate(iter_models(path, ItemResult), start=1):
            wrong = _wrong(item, spec)
            if wrong is not None:
                return f"{path.name}, row {row}, {wrong}"
            case = _case(item)
            if case is not None and cases.setdefault(item.item, case) != case:
                unlike.add(item.item)
            words |= set(item.slices.values())
            if len(words) > MOST_VALUES:
                return f"{path.name} has more subgroups than any vocabulary"
        if items_sha256(iter_models(path, ItemResult)) != digest_file(path):
            return f"{path.name} is not written as clinft writes it"
    except (ClinftError, ValueError):
        return f"{path.name} has a row that is no result of an item"
    if any(looks_foreign(word) for word in sorted(words)):
        return f"{path.name} has a subgroup in whose name the audit's rules find an identifier"
    against = None if evaluated is None else _against_report(path, evaluated)
    if against is None and unlike:
        against = f"{path.name} describes {min(unlike)} in two ways"
    return against


def _wrong(item: ItemResult, spec: ProjectSpec) -> str | None:
    if not _plain(item, spec):
        return "is not about a record, a system and labels of this project"
    if not agrees(item, spec.task.kind):
        return "has figures that do not agree with each other"
    return None


class _Case(NamedTuple):
    """What a row says of its record, whoever answered: all rows of the record say the same."""

    item_sha256: str
    target: str | None
    critical: bool | None
    cluster: str | None
    slices: frozenset[tuple[str, str]]


def _case(item: ItemResult) -> _Case | None:
    """None: rows of the deployed model may be stored ones, which an earlier version described."""
    if item.system == DEPLOYED:
        return None
    slices = frozenset(item.slices.items())
    return _Case(item.item_sha256, item.target, item.critical, item.cluster, slices)


def _plain(item: ItemResult, spec: ProjectSpec) -> bool:
    """`scored_by` is for files that others bring; no stage of a run writes it."""
    return (
        RECORD_ID.fullmatch(item.item) is not None
        and item.system in {*spec.evaluation.compare, TUNED, *spec.evaluation.also}
        and item.scoring in SCORINGS
        and item.category in CATEGORIES
        and item.scored_by is None
        and (item.cluster is None or CLUSTER.fullmatch(item.cluster) is not None)
        and item.slices.keys() <= SLICES
        and all(map(SLICE_VALUE.fullmatch, item.slices.values()))
        and _numbers_make_sense(item, len(spec.task.labels))
        and _answer_makes_sense(item, spec)
    )


def _answer_makes_sense(item: ItemResult, spec: ProjectSpec) -> bool:
    """A label and what was said for it, codes, or nothing at all: then the answer was a text."""
    said = (item.target, item.prediction)
    if spec.task.kind == "classification":
        known = frozenset(spec.task.labels)
        right = item.prediction == item.target
        return item.target in known and item.prediction in {*known, None} and item.correct == right
    if spec.task.kind == "coding":
        return all(one is None or CODES.fullmatch(one) is not None for one in said)
    return said == (None, None)


def _numbers_make_sense(item: ItemResult, labels: int) -> bool:
    """So many and so large that nothing is written in them: names of values are known, shares add up to 1."""
    shares = item.probabilities
    return (
        item.values.keys() <= VALUES
        and all(0.0 <= value <= 1e6 for value in item.values.values())
        and (item.score is None or 0.0 <= item.score <= 1.0)
        and (not shares or (len(shares) == labels and abs(math.fsum(shares) - 1.0) <= ROUNDING * labels))
        and all(0.0 <= share <= 1.0 for share in shares)
    )


def _against_report(path: Path, evaluated: EvaluationReport) -> str | None:
    """One row per item, system and scoring, in the order of the report, each of the same items."""
    told = [((one.system, one.scoring), one.items_sha256) for one in evaluated.systems]
    if (TUNED, GENERATED) not in dict(told):
        return f"{path.name} has no free answers of the tuned model, which verdicts rest on"
    if any((one.system == DEPLOYED) != (one.of_run is not None) for one in evaluated.systems):
        return "evaluate.json does not say of which run the deployed model is"
    found = []
    for key, rows in groupby(iter_models(path, ItemResult), key=lambda item: (item.system, item.scoring)):
        counted = _Counted(rows)
        found.append((key, items_sha256(counted)))
        if not len(counted.seen) == counted.rows == evaluated.n:
            return f"{path.name} does not hold each item once"
    return None if found == told else f"{path.name} is not what evaluate.json was computed from"


class _Counted:
    """Rows as they pass by."""

    def __init__(self, rows: Iterable[ItemResult]) -> None:
        self._given, self.rows, self.seen = rows, 0, set[str]()

    def __iter__(self) -> Iterator[ItemResult]:
        for row in self._given:
            self.rows += 1
            self.seen.add(row.item)
            yield row
