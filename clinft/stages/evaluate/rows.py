"""One record and what was made of one answer to it → a row of items.jsonl, which holds no text of either."""

import math
import re
from collections.abc import Callable, Sequence

from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.data import Record
from clinft.artifacts.error_categories import category_of
from clinft.artifacts.results import ItemResult
from clinft.artifacts.scoring import Scored, kind_of
from clinft.ports.models import LabelScore
from clinft.spec.project import TaskSpec

CLASSIFICATION, CODING = "classification", "coding"
# Facts that name a subgroup, each with the name of its slice; the older generator says diagnosis.
FACTS = (
    ("age_band", "age_band"),
    ("sex", "sex"),
    ("severity", "severity"),
    ("acuity", "acuity"),
    ("condition", "condition"),
    ("diagnosis", "condition"),
)
LONGEST_SLICE = 80
# As prepare names a scenario; brought records may have any text there.
SCENARIO = re.compile(r"[a-z]{16}")
# Summing in another order moves the last digits; six decimals are what a reader can use.
PLACES = 6


def row_of(
    system: str,
    scoring: str,
    record: Record,
    scored: Scored,
    task: TaskSpec,
    *,
    gold: LabelScore | None = None,
    probabilities: Sequence[float] = (),
    refused: bool = False,
    output_sha256: str | None = None,
    plain: Callable[[str], bool] = lambda text: True,
) -> ItemResult:
    """`gold`: the likelihood of the right answer. `plain`: whether a value of a slice may be shown.

    Whether a case is critical: of labels, by regression.critical_labels, which the row does not repeat; else
    as the generator's facts say.
    """
    labelled = task.kind == CLASSIFICATION
    critical = record.facts.get("critical")
    return ItemResult(
        item=record.id,
        item_sha256=digest_json({"text": record.text, "target": record.target}),
        system=system,
        scoring=scoring,
        target=_target(record, task),
        prediction=scored.said if task.kind in (CLASSIFICATION, CODING) else None,
        correct=scored.correct,
        answer_nll_nats=None if gold is None else round(-gold.logprob_nats, PLACES),
        answer_tokens=None if gold is None else gold.tokens,
        answer_bytes=None if gold is None else len(record.target.encode()),
        cluster=cluster_of(record),
        parsed=None if labelled else scored.parsed,
        score=None if labelled else round(scored.score, PLACES),
        values={name: round(value, PLACES) for name, value in sorted(scored.values.items())},
        probabilities=tuple(probabilities),
        slices=slices_of(record, plain),
        critical=critical if isinstance(critical, bool) and not labelled else None,
        category=category_of(record, scored, task),
        refused=refused,
        output_sha256=output_sha256,
    )


def _target(record: Record, task: TaskSpec) -> str | None:
    if task.kind == CLASSIFICATION:
        return record.target
    if task.kind != CODING:
        return None
    return kind_of(task.kind).score(record.target, record, task).said


def cluster_of(record: Record) -> str:
    """Records of one scenario are variants of one case. A name that is not ours is shown by its digest."""
    if SCENARIO.fullmatch(record.scenario):
        return record.scenario
    return digest_bytes(record.scenario.encode())[:16]


def slices_of(record: Record, plain: Callable[[str], bool]) -> dict[str, str]:
    """Short words of the generator's vocabulary, as slugs; what is longer or not plain is left out."""
    found = {"style": record.style}
    for fact, name in FACTS:
        value = record.facts.get(fact)
        if isinstance(value, str) and name not in found and (slug := _slug(value)) and plain(value):
            found[name] = slug
    return dict(sorted(found.items()))


def _slug(value: str) -> str | None:
    slug = re.sub(r"[^a-z0-9]+", "-", value.casefold()).strip("-")
    return slug if 0 < len(slug) <= LONGEST_SLICE else None


def shares(scores: Sequence[LabelScore]) -> tuple[float, ...]:
    """Probabilities of the labels among themselves, from their log-probabilities as the whole answer."""
    most = max(score.logprob_nats for score in scores)
    weights = [math.exp(score.logprob_nats - most) for score in scores]
    total = math.fsum(weights)
    return tuple(round(weight / total, PLACES) for weight in weights)
