"""Verdicts on 400 cases of which the baseline has four in five right."""

from typing import Any

from clinft.artifacts.results import EvaluationReport, ItemResult, RegressionVerdict, SafetyCheck
from clinft.stages.regress.stage import Known, regress
from tests.fakes.evaluated import items, report
from tests.fakes.specs import project_spec

CANDIDATE, BASELINE, APPROVED = "cccccccccccc-a1", "bbbbbbbbbbbb-a1", "aaaaaaaaaaaa-a1"
LOOSE = [{"metric": "accuracy", "margin": 0.9}]
GOOD = [number % 5 != 0 for number in range(400)]
SAME = items(GOOD)


def missing(*numbers: int) -> list[bool]:
    return [hit and number not in numbers for number, hit in enumerate(GOOD)]


def pinned(*numbers: int) -> list[str]:
    return [f"test-{number:04d}={number:064x}" for number in numbers]


def verdict(
    candidate: list[ItemResult],
    baseline: list[ItemResult] | None = SAME,
    known: Known | None = None,
    found: EvaluationReport | None = None,
    deployed: bool = False,
    **regression: Any,
) -> RegressionVerdict:
    spec = project_spec(regression={"margins": LOOSE, **regression})
    earlier = None if baseline is None else (report(), baseline, BASELINE)
    return regress(spec, found or report(), candidate, CANDIDATE, earlier, deployed=deployed, known=known)


def check(found: RegressionVerdict, rule: str) -> SafetyCheck:
    (one,) = (one for one in found.safety if one.rule == rule)
    return one


def only(rows: list[ItemResult], scoring: str) -> list[ItemResult]:
    return [row for row in rows if row.scoring == scoring]
