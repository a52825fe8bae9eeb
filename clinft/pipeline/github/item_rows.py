"""The rows of items.jsonl, which come from where records and free answers are: they may hold neither."""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import get_args

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.jsonl import iter_models
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.errors import ClinftError
from clinft.spec.evaluation import SystemName
from clinft.stages.evaluate.scoring import SCORINGS, items_sha256

# As prepare numbers the records of the held-out split.
RECORD_ID = re.compile(r"test-[0-9]{6,9}")
SYSTEMS = frozenset(get_args(SystemName))


def check_items(path: Path, labels: Sequence[str], evaluated: EvaluationReport | None) -> str | None:
    """What is wrong with the file, in clinft's words alone; None: nothing.

    Texts of a row are one of a few that are known beforehand, or the number of a record.
    """
    try:
        items = list(iter_models(path, ItemResult))
    except (ClinftError, ValueError):
        return f"{path.name} has a row that is no result of an item"
    if items_sha256(items) != digest_file(path):
        return f"{path.name} is not written as clinft writes it"
    known = frozenset(labels)
    for row, item in enumerate(items, start=1):
        if not _plain(item, known):
            return f"{path.name}, row {row}, is not about a record, a system and labels of this project"
    return None if evaluated is None else _against_report(path.name, items, evaluated)


def _plain(item: ItemResult, labels: frozenset[str]) -> bool:
    return (
        RECORD_ID.fullmatch(item.item) is not None
        and item.system in SYSTEMS
        and item.scoring in SCORINGS
        and item.target in labels
        and (item.prediction is None or item.prediction in labels)
        and item.correct == (item.prediction == item.target)
    )


def _against_report(name: str, items: Sequence[ItemResult], evaluated: EvaluationReport) -> str | None:
    """One row per item, system and scoring, in the order of the report, each of the same items."""
    groups = {key: list(rows) for key, rows in groupby(items, key=lambda item: (item.system, item.scoring))}
    told = {(result.system, result.scoring): result.items_sha256 for result in evaluated.systems}
    if {key: items_sha256(rows) for key, rows in groups.items()} != told:
        return f"{name} is not what evaluate.json was computed from"
    for rows in groups.values():
        if not len({item.item for item in rows}) == len(rows) == evaluated.n:
            return f"{name} does not hold each item once"
    return None
