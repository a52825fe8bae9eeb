"""Where a project stands in the pipeline, told by its newest run and by what lies beside its spec."""

from collections.abc import Callable, Mapping
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.errors import ClinftError
from clinft.stages.report import numbers, words
from clinft.stages.report.dashboard.views import STEPS, Run, Step, StepState

Found = tuple[StepState, str]
NOTHING: Found = ("open", "")
ASSESSED = {
    "PROMPT_SUFFICIENT": "a prompt is enough",
    "FINE_TUNE": "fine-tune",
    "HYBRID": "fine-tune, with a prompt",
    "INCONCLUSIVE": "inconclusive",
}
LIVE = {"queued": "queued", "running": "running", "paused": "paused"}


def steps_of(project: Path, newest: Run | None, deployed: str | None) -> tuple[Step, ...]:
    found: Mapping[str, Callable[[], Found]] = {
        "research": lambda: ("done", "brief") if (project / "research" / "brief.json").is_file() else NOTHING,
        "data": lambda: _made(newest, "prepare", "prepared"),
        "assess": lambda: _assessed(project),
        "audit": lambda: _audited(newest),
        "estimate": lambda: _estimated(newest),
        "approval": lambda: _made(newest, "gate", "given"),
        "training": lambda: _trained(newest),
        "evaluation": lambda: _evaluated(newest),
        "regression": lambda: _compared(newest),
        "deployed": lambda: _deployed(newest, deployed),
    }
    return tuple(Step(name, *found[name]()) for name in STEPS)


def _has(run: Run | None, stage: str) -> bool:
    return run is not None and any(link.stage == stage for link in run.chain)


def _made(run: Run | None, stage: str, word: str) -> Found:
    return ("done", word) if _has(run, stage) else NOTHING


def _assessed(project: Path) -> Found:
    """Its verdict moves between runs: what lies beside the spec counts."""
    try:
        found = run_folder.load(project, "assess", PromptAssessment)
    except ClinftError:
        return "failed", "unreadable"
    if found is None:
        return NOTHING
    verdict = found.payload.verdict
    return ("attention" if verdict == "INCONCLUSIVE" else "done"), ASSESSED[verdict]


def _audited(run: Run | None) -> Found:
    if run is None or run.audit is None:
        return NOTHING
    return ("done" if run.audit.verdict == "PASS" else "failed"), run.audit.verdict


def _estimated(run: Run | None) -> Found:
    return (
        NOTHING
        if run is None or run.cost is None
        else ("done", f"training {numbers.usd(run.cost.estimated)}")
    )


def _trained(run: Run | None) -> Found:
    if run is None:
        return NOTHING
    if _has(run, "train"):
        return "done", "trained"
    if run.status in LIVE:
        return "running", LIVE[run.status]
    return ("failed", run.status) if run.status in ("failed", "cancelled") else NOTHING


def _evaluated(run: Run | None) -> Found:
    if run is None or run.main is None or run.main.tuned is None:
        return ("done", "measured") if _has(run, "evaluate") else NOTHING
    tuned = run.main.tuned
    shown = f"{words.metric(run.main.metric)} {numbers.interval(tuned)}, n={tuned.n:,}"
    return ("done" if all(bound.state == "met" for bound in run.bounds) else "attention"), shown


def _compared(run: Run | None) -> Found:
    found = None if run is None else run.verdict
    if found is None:
        return NOTHING
    word = "CRITICAL" if found.critical else found.status
    states: Mapping[str, StepState] = {
        "PASS": "done",
        "FIRST": "done",
        "FAIL": "failed",
        "CRITICAL": "failed",
    }
    return states.get(word, "attention"), word


def _deployed(run: Run | None, deployed: str | None) -> Found:
    if deployed is None:
        return NOTHING
    return (
        ("done", "this run")
        if run is not None and run.run_id == deployed
        else ("attention", "an earlier run")
    )
