"""Answers that somebody else got: the figures of one file, without a project, a model or a prompt."""

from collections.abc import Sequence

from clinft.artifacts.results import ErrorGroup, ItemResult, SystemResult
from clinft.metrics.metric import Question
from clinft.spec.base import Sha256, Strict
from clinft.spec.evaluation import MetricName
from clinft.spec.measured import DEFAULT_METRICS, MAIN_METRIC
from clinft.stages.evaluate.errors import errors_of
from clinft.stages.evaluate.measuring import CRITICAL_RECALL, result_of
from clinft.stages.evaluate.scoring import GENERATED
from clinft.stages.evaluate.thresholds import OF_LABEL_SCORES

SCORE: MetricName = "score"
# As evaluation.min_subgroup has it by default.
LEAST_OF_A_SUBGROUP = 20


class FileEvaluation(Strict):
    """`result`: as of one system of a run. `kind`: as task.kind."""

    file_sha256: Sha256
    n: int
    kind: str
    main_metric: str
    result: SystemResult
    errors: tuple[ErrorGroup, ...]
    caveats: tuple[str, ...] = ()


def evaluate_given(
    rows: Sequence[ItemResult],
    kind: str,
    labels: Sequence[str],
    critical_labels: Sequence[str],
    confidence: float,
    file_sha256: str,
    answered: bool = True,
) -> FileEvaluation:
    """`rows` of one system, at least one; metrics as a project of this kind has by default.

    `answered` False: there are scores alone, and no answer of which anything else could be told.
    """
    question = Question(
        labels=tuple(labels),
        critical_labels=tuple(critical_labels),
        scoring=GENERATED,
        confidence=confidence,
        kind=kind,
    )
    main = MAIN_METRIC[kind]
    has_critical = any(question.is_critical(row) for row in rows)
    usual = [name for name in DEFAULT_METRICS[kind] if name not in OF_LABEL_SCORES]
    metrics = (*usual, *((CRITICAL_RECALL,) if has_critical else ())) if answered else (SCORE,)
    main = main if answered else SCORE
    system = rows[0].system
    return FileEvaluation(
        file_sha256=file_sha256,
        n=len(rows),
        kind=kind,
        main_metric=main,
        result=result_of(system, GENERATED, rows, metrics, main, question, LEAST_OF_A_SUBGROUP),
        errors=errors_of(rows, question) if answered else (),
        caveats=_caveats(rows, labels, answered),
    )


def _caveats(rows: Sequence[ItemResult], labels: Sequence[str], answered: bool) -> tuple[str, ...]:
    if not answered:
        return ("The file holds scores alone: nothing else was measured.",)
    present = {row.target for row in rows}
    if labels and len(present) == 1:
        return ("All items have one label, so a model that always says it is right.",)
    return ()
