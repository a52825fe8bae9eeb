"""The verdict on answers that were got elsewhere: the same rules, without a project."""

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.prompt_assessment import GivenAssessment
from clinft.errors import SpecError
from clinft.stages.assess import given, results
from clinft.stages.assess.judging import Target
from clinft.stages.assess.outcomes import Rung
from clinft.stages.assess.verdict import decide


def assess(
    paths: Sequence[Path],
    target: float | None,
    critical: Sequence[str] = (),
    critical_target: float | None = None,
    confidence: float = 0.95,
) -> GivenAssessment:
    """A file is a prompt, the first one what the others are compared with. SpecError as FILE:LINE."""
    if not 0.5 < confidence < 1.0:
        raise SpecError(
            "--confidence is not a number between 0.5 and 1.",
            "It was written in percent.",
            "Write e.g. 0.95.",
        )
    found = given.read(paths, critical)
    measure = found.measure
    # A critical target alone decides nothing: a model that always says the critical label reaches it.
    decision = decide(
        found.rungs,
        () if target is None else (Target(measure, target),),
        confidence,
        critical_target,
        found.gold,
        baseline=found.rungs[0].name,
    )
    said = decision.reason.replace("evaluation.thresholds sets no least value", "no --target was given")
    return GivenAssessment(
        decision=decision.model_copy(update={"reason": said}),
        target=target,
        files={path.name: digest_file(path) for path in paths},
        rungs=tuple(results.result(one, found.metric, confidence, found.judged) for one in found.rungs),
        neighbours=results.steps(found.rungs, confidence),
        seconds_mean={one.name: _seconds(one) for one in found.rungs},
    )


def _seconds(rung: Rung) -> float | None:
    known = [one.seconds for one in rung.outcomes if one.seconds is not None]
    return fmean(known) if len(known) == len(rung.outcomes) else None
