"""Verdicts and the proposal that returned texts are about; `text` replaces what others could have written."""

from clinft.artifacts.planning import Interval
from clinft.artifacts.results import Reference, RegressionVerdict, SafetyCheck
from clinft.stages.propose.stage import propose
from clinft.stages.report import returned
from tests.fakes import proposals, run_results
from tests.fakes.run_inputs import LABELS

BASELINE = "aaaaaaaaaaaa-a1"
EARLIER = "bbbbbbbbbbbb-a2"
Text = str | None


def compared(text: Text = None, **changes: object) -> RegressionVerdict:
    labels = LABELS if text is None else (text, "digestive", "respiratory")
    made = run_results.failed_regression(labels, text)
    if text is not None:
        flip = made.critical_flips[0].model_copy(update={"item": text, "prediction": text})
        metrics = tuple(change.model_copy(update={"metric": text}) for change in made.metrics)
        made = made.model_copy(update={"critical_flips": (flip,), "metrics": metrics})
    return made.model_copy(update=changes)


def critical(text: Text = None) -> RegressionVerdict:
    """A candidate that was never in use and misses a sentinel case, against two references."""
    made = compared(text, status="CRITICAL", recommendation="rollback", keep=text or BASELINE)
    said = text or "1 of 40 sentinel cases was right before and is wrong now."
    checks = (
        SafetyCheck(rule="sentinels", status="CRITICAL", detail=said, items=(text or "test-000012",), n=40),
        SafetyCheck(
            rule="critical_recall",
            status="NOT_CERTIFIABLE",
            detail=text or "With 24 critical cases even no miss would show 0.95; about 59 are needed.",
            n=24,
            measured=Interval(
                value=0.958, low=0.818, high=1.0, n=24, confidence=0.95, method="Clopper-Pearson, one-sided"
            ),
        ),
    )
    approved = Reference(
        role="approved",
        run_id=text or EARLIER,
        status="FAIL",
        measured_on=text or "2026-10-02",
        reason=text or "accuracy (0.850 before, 0.767 now) lost the margin or more.",
    )
    return made.model_copy(update={"safety": checks, "references": (approved,)})


def passed() -> RegressionVerdict:
    made = compared()
    change = made.metrics[0].model_copy(
        update={
            "candidate": 0.833,
            "difference": run_results.bootstrap(0.033, -0.015, 0.081),
            "status": "PASS",
            "detail": "the interval leaves no room for a loss of the margin",
        }
    )
    return made.model_copy(
        update={
            "status": "PASS",
            "recommendation": "deploy",
            "critical_flips": (),
            "metrics": (change,),
            "reason": "As good as the baseline within the margin: accuracy (0.800 before, 0.833 now).",
            "caveats": ("A loss of 8.0 percentage points or more would have shown with 80 % power.",),
        }
    )


def iteration(text: Text = None) -> returned.IterationFacts:
    """A proposal with everything in it; hostile: as if a pack, a spec and a file of answers were."""
    made = propose(proposals.facts()).model_copy(update={"test_kept": False})
    if text is None:
        return returned.IterationFacts(made, proposals.verdict())
    groups = tuple(group.model_copy(update={"fact": text, "value": text}) for group in made.groups)
    changes = tuple(
        change.model_copy(
            update={"reason": text, "value": text if change.setting == "data.records" else [text]}
        )
        for change in made.changes
    )
    curve = made.curve.model_copy(update={"missing": text, "exponent": None, "notes": (text,)})
    hostile = made.model_copy(
        update={
            "project": text,
            "run_id": text,
            "groups": groups,
            "changes": changes,
            "curve": curve,
            "left_alone": (text,),
        }
    )
    return returned.IterationFacts(hostile, proposals.verdict().model_copy(update={"reason": text}))
