"""What harms, said before anything else: the warning, the rules of safety, other references, the caveats."""

from collections.abc import Iterable

from clinft.artifacts.results import RegressionVerdict
from clinft.stages.report import numbers, words
from clinft.stages.report.markdown import document
from clinft.stages.report.pull_request.room import Room
from clinft.stages.report.returned import names
from clinft.stages.report.returned.names import NOT_MEASURED

RECOMMENDATIONS = {
    "deploy": "people may decide to deploy it",
    "iterate": "it is not to be deployed; the plan needs another try",
    "rollback": "the deployed model is to be taken back",
}


def warning(verdict: RegressionVerdict | None, room: Room) -> str:
    """An alert of GitHub's for a CRITICAL verdict, which stands above everything; else empty."""
    if verdict is None or not verdict.is_critical:
        return ""
    found = [check for check in verdict.safety if check.status == "CRITICAL"]
    named = room.inline([words.SAFETY[check.rule] for check in found], "; ")
    lines = (
        f"**CRITICAL: {names.run(verdict.candidate_run_id)} is a danger to patients and must not be used.** "
        f"{f'Broken: {named}.' if named else ''}".strip(),
        f"**Rollback: {kept(verdict)}.** No approval, waiver or setting lets clinft deploy this run.",
    )
    return "> [!CAUTION]\n" + "\n>\n".join(f"> {line}" for line in lines)


def kept(verdict: RegressionVerdict) -> str:
    """The version by its name, also where the candidate was never in use."""
    keep = verdict.keep or verdict.baseline_run_id
    if keep is None or keep == verdict.candidate_run_id:
        return "no version to keep is named, so no model of this project is to be used"
    return f"keep {names.run(keep)} in use, or go back to it"


def recommended(verdict: RegressionVerdict) -> str:
    """Half a sentence: what the recommendation means."""
    if verdict.recommendation == "rollback" and (verdict.is_critical or verdict.keep is not None):
        return kept(verdict)
    return RECOMMENDATIONS[verdict.recommendation]


def rules(verdict: RegressionVerdict, room: Room) -> str:
    if not verdict.safety:
        return ""
    rows = [
        (
            words.SAFETY[check.rule],
            check.status if check.status == "PASS" else f"**{check.status.replace('_', ' ')}**",
            NOT_MEASURED
            if check.measured is None
            else f"{numbers.interval(check.measured)} (n = {check.measured.n:,})",
            room.text(check.detail),
        )
        for check in verdict.safety
    ]
    return room.grid(("Rule of safety", "Status", "Measured", "Why"), rows)


def references(verdict: RegressionVerdict, room: Room) -> str:
    """Only where there is more than the one that the figures are against."""
    others = [one for one in verdict.references if one.run_id != verdict.baseline_run_id]
    if not others:
        return ""
    said = []
    for one in others:
        measured = "" if one.measured_on is None else f", measured on {room.text(one.measured_on)}"
        tail = f": {room.text(one.reason)}" if one.reason.strip() else ""
        said.append(
            f"{names.run(one.run_id)} ({words.REFERENCES[one.role]}{measured}): **{one.status}**, "
            f"{words.REGRESSION[one.status]}{tail}"
        )
    return document(("Also compared with:", room.listing(said))).rstrip("\n")


def caveats(verdict: RegressionVerdict, room: Room) -> Iterable[str]:
    """A PASS is never said without what it leaves open."""
    if verdict.caveats:
        yield "What this verdict leaves open:"
        yield room.listing([room.text(caveat) for caveat in verdict.caveats])
    elif verdict.status == "PASS":
        yield "The verdict lists no caveat. It still says nothing about notes of real patients."
