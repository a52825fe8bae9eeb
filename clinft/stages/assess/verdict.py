"""Is fine-tuning needed? The rules of the decision, on the outcomes of the ladder alone.

PROMPT_SUFFICIENT: a rung whose lower bounds reach every target, critical recall certified.
FINE_TUNE: no rung can reach them, and most errors are of kinds that training cures.
HYBRID: no rung can reach them, but prompts help, or much of what is left needs no training.
INCONCLUSIVE: all else, with the number of items that would decide, where there is one.
"""

from collections import Counter
from collections.abc import Sequence

from clinft.artifacts.assessment import (
    CategoryName,
    CriticalRecall,
    ErrorCategory,
    MeasureName,
    PairedDifference,
    Remedy,
    Verdict,
    VerdictName,
)
from clinft.artifacts.planning import Interval
from clinft.errors import SpecError
from clinft.stages.assess import errors
from clinft.stages.assess.judging import Judged, Question, Target, items_that_decide, judge, rank, undecided
from clinft.stages.assess.measures import checked, independent, interval, is_bound, mean
from clinft.stages.assess.outcomes import Rung
from clinft.stages.assess.pairs import differences
from clinft.statistics import rounding
from clinft.statistics.power import MOST_ITEMS

# Below this no interval of ours is narrow enough to be worth a decision about money.
FEWEST = 20
# Errors that constrained decoding or retrieval cure: from this share on they are dealt with first.
CURED_WITHOUT_TRAINING: frozenset[CategoryName] = frozenset({"format", "missing_facts"})
LARGE_PART = 1 / 3
CURED_BY_TRAINING: frozenset[CategoryName] = frozenset(
    {"format", "convention_or_terms", "negation_or_context", "numeric"}
)
MOST = 1 / 2
BASELINE = "zero_shot"
UNREADABLE = (
    "No answer of any prompt could be read, so nothing tells what the model knows. Look at some answers, ask "
    "for the form in the prompt, or constrain decoding to it; a small base model may keep to it only once "
    "trained."
)
MEASURED_AS: dict[MeasureName, str] = {
    "score": "score",
    "accuracy": "accuracy",
    "parsed": "share of answers that can be read",
}


def decide(
    rungs: Sequence[Rung],
    targets: Sequence[Target],
    confidence: float = 0.95,
    critical_target: float | None = None,
    gold: Sequence[str] | None = None,
    baseline: str = BASELINE,
) -> Verdict:
    """`targets`: every primary measure, the one to choose by first. `gold`: to refuse a split of one class.

    Raises SpecError for outcomes that nothing can be concluded from. The order of rungs changes nothing.
    """
    checked(rungs, gold)
    for target in (*(one.least for one in targets), *(() if critical_target is None else (critical_target,))):
        if not 0.0 <= target <= 1.0:
            raise SpecError(
                "A target of the assessment is not a number from 0 to 1.",
                "It was written in percent.",
                "Write e.g. 0.6 for 60 percent in evaluation.thresholds.",
            )
    question = Question(targets, critical_target, confidence, len(rungs))
    judged = sorted((judge(rung, question) for rung in rungs), key=rank)
    best = judged[0]
    found = _compared(rungs, best.rung, targets, confidence, baseline)
    wrong = errors.summary(best.rung.outcomes, confidence)
    verdict, why, needed = _decided(judged, question, found, wrong)
    if verdict == "PROMPT_SUFFICIENT" and (doubt := _too_easy(best.rung, question, gold)) is not None:
        verdict, why, needed = "INCONCLUSIVE", doubt, None
    return Verdict(
        verdict=verdict,
        reason=f"{_shown(best, question)} {why}",
        recommended=best.rung.name,
        recommended_read="closed_labels" if best.rung.read == "closed_labels" else "generated_text",
        n_needed=needed,
        critical=best.critical,
        adjustment=_adjustment(question),
        differences=found,
        errors=wrong,
        remedies=_remedies(verdict, wrong),
    )


def _too_easy(best: Rung, question: Question, gold: Sequence[str] | None) -> str | None:
    """Why reaching the targets would say nothing of whether a prompt is safe to use."""
    if question.critical is None and any(one.missed_critical is not None for one in best.outcomes):
        cases = [one.missed_critical for one in best.outcomes if one.missed_critical is not None]
        return (
            f"It reaches the target, but {sum(cases):,} of {len(cases):,} critical cases are missed and no "
            "least recall of them is set: a prompt is not called sufficient before somebody says how many "
            "may be."
        )
    if gold is None:
        return None
    count = Counter(gold).most_common(1)[0][1]
    share = count / len(gold)
    # A target of 0 asks for nothing, and gets it.
    if any(one.measure == "accuracy" and 0.0 < one.least <= share for one in question.targets):
        return (
            f"It reaches the target, and so does whoever always gives the most frequent answer ({share:.3f} "
            "of the items have it): the target says nothing. Set a higher one, or one for macro F1."
        )
    return None


def _compared(
    rungs: Sequence[Rung], best: Rung, targets: Sequence[Target], confidence: float, baseline: str
) -> tuple[PairedDifference, ...]:
    """All rungs that are read as the best one is, against the zero-shot prompt."""
    against = next((rung for rung in rungs if (rung.name, rung.read) == (baseline, best.read)), None)
    others = sorted(
        (rung for rung in rungs if rung is not against and rung.read == best.read), key=lambda rung: rung.name
    )
    if against is None or not others:
        return ()
    return differences(others, against, targets[0].measure if targets else "score", confidence)


def _decided(
    judged: Sequence[Judged],
    question: Question,
    found: Sequence[PairedDifference],
    wrong: Sequence[ErrorCategory],
) -> tuple[VerdictName, str, int | None]:
    best = judged[0]
    if not question.targets:
        return (
            "INCONCLUSIVE",
            "evaluation.thresholds sets no least value, so there is nothing to reach.",
            None,
        )
    if not any(outcome.parsed for one in judged for outcome in one.rung.outcomes):
        return "INCONCLUSIVE", UNREADABLE, None
    units = independent(best.rung)
    if units < FEWEST:
        needed = max(FEWEST, items_that_decide(best, question) or 0)
        return "INCONCLUSIVE", f"Fewer than {FEWEST} independent items decide nothing.", needed
    if best.reached:
        return (
            "PROMPT_SUFFICIENT",
            "A prompt alone reaches what the spec asks for; no training is needed.",
            None,
        )
    if not all(one.out_of_reach for one in judged):
        return _open(best, question)
    return _below(best, found, wrong, question)


def _below(
    best: Judged,
    found: Sequence[PairedDifference],
    wrong: Sequence[ErrorCategory],
    question: Question,
) -> tuple[VerdictName, str, int | None]:
    """No rung can reach the targets. What is wrong with the answers of the best one?"""
    no_prompt = "No prompt that was tried reaches every target"
    alpha = 1.0 - question.confidence
    gains = [
        one
        for one in found
        if one.of == best.rung.name and one.difference.value > 0.0 and one.p_adjusted < alpha
    ]
    cured, trained = (_share(wrong, kinds) for kinds in (CURED_WITHOUT_TRAINING, CURED_BY_TRAINING))
    if gains:
        gain = gains[0]
        return (
            "HYBRID",
            f"{no_prompt}, but a better prompt helps: {gain.difference.value:+.3f} against {gain.against} "
            f"(adjusted p = {gain.p_adjusted:.3g}). Keep that prompt and train on top of it.",
            None,
        )
    if cured >= LARGE_PART:
        return (
            "HYBRID",
            f"{no_prompt}, yet {cured:.0%} of the best one's errors are of kinds that constrained decoding "
            "or retrieval cures: do that first, and train for what is left.",
            None,
        )
    if all(outcome.category is None for outcome in best.rung.outcomes):
        return "FINE_TUNE", f"{no_prompt}. What kind its errors are of was not looked at.", None
    if trained >= MOST:
        return (
            "FINE_TUNE",
            f"{no_prompt}, and {trained:.0%} of its errors are of kinds that training cures.",
            None,
        )
    return (
        "INCONCLUSIVE",
        f"{no_prompt}, but only {trained:.0%} of its errors are of kinds that training is known to cure: "
        "look at the others before paying for any. More items would not decide this.",
        None,
    )


def _open(best: Judged, question: Question) -> tuple[VerdictName, str, int | None]:
    """Neither reached nor out of reach."""
    needed = items_that_decide(best, question)
    parts = []
    if needed is not None:
        parts.append(f"About {needed:,} items would decide if the best prompt stays as good as it is.")
    elif any(is_bound(mean(best.rung, one.measure), one.least) for one in undecided(best, question)):
        parts.append("No number of items would decide: what was found is the target itself.")
    elif undecided(best, question):
        parts.append(
            f"More than {MOST_ITEMS:,} items would be needed: what was found is close to the target."
        )
    critical = best.critical
    if critical is not None and critical.status != "CERTIFIED":
        parts.append(
            f"The recall of critical cases is not certified ({critical.cases - critical.missed} of "
            f"{critical.cases} found){_certifies(critical)}"
        )
    return "INCONCLUSIVE", " ".join(parts), needed


def _certifies(critical: CriticalRecall) -> str:
    if critical.cases_needed is None:
        return "; no number of cases would certify it."
    if critical.recall is not None and critical.recall.value < critical.target:
        return ", which is below the target itself: more cases alone would not certify it."
    missed = "none" if not critical.missed else f"no more than {critical.missed}"
    return f": that needs {critical.cases_needed:,} critical cases with {missed} missed."


def _share(wrong: Sequence[ErrorCategory], kinds: frozenset[CategoryName]) -> float:
    total = sum(one.count for one in wrong)
    return sum(one.count for one in wrong if one.category in kinds) / total if total else 0.0


def _remedies(verdict: VerdictName, wrong: Sequence[ErrorCategory]) -> tuple[Remedy, ...]:
    """What is cheapest first. A prompt that does needs none."""
    if verdict == "PROMPT_SUFFICIENT":
        return (Remedy(kind="prompt", text="Use the recommended prompt; measure it once on the test split."),)
    cheap = [one for one in wrong if one.category in CURED_WITHOUT_TRAINING]
    other = [one for one in wrong if one.category not in CURED_WITHOUT_TRAINING]
    found = [Remedy(kind=one.kind, text=one.remedy) for one in (*cheap, *other)]
    if verdict == "HYBRID":
        found.insert(0, Remedy(kind="prompt", text="Keep the recommended prompt; the training plan uses it."))
    if verdict in ("HYBRID", "FINE_TUNE") and not any(one.kind == "fine_tune" for one in found):
        found.append(Remedy(kind="fine_tune", text="Train on the recommended prompt's format."))
    return tuple(found)


def _shown(best: Judged, question: Question) -> str:
    """The best rung's figures with the interval that decides, bounds never rounded to look better."""
    targets = question.targets or (Target("score", 0.0),)
    parts = [
        _measure(interval(best.rung, target.measure, question.lower), target, bool(question.targets))
        for target in targets
    ]
    return f"The best prompt ({best.rung.name}, {best.rung.read}) gets {'; '.join(parts)}."


def _measure(found: Interval, target: Target, asked: bool) -> str:
    of = f" for a target of {target.least:g}" if asked else ""
    bounds = f"[{rounding.low(found.low)}, {rounding.high(found.high)}]"
    level = f"{100 * found.confidence:.4g} % interval"
    return f"{found.value:.3f} {bounds} ({level}) {MEASURED_AS[target.measure]}, n = {found.n:,}{of}"


def _adjustment(question: Question) -> str:
    if question.rungs == 1:
        return f"One rung was measured, so nothing was chosen: {question.confidence:.4g} intervals."
    return (
        f"The best of {question.rungs} rungs is chosen on the items it is judged by. Its intervals are "
        f"therefore Bonferroni's: {question.lower:.4g} each, so that all {question.rungs} hold together at "
        f"{question.confidence:.4g}. Out of reach means that every rung lies below; that needs no correction."
    )
