"""STAGES: the whole story of a run, in order. Each row is also a verb of the command line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinft.errors import DigestMismatch, PolicyViolation

if TYPE_CHECKING:  # the table must cost nothing: `clinft --help` reads it
    from pathlib import Path

    from clinft.artifacts.audit import AuditReport
    from clinft.pipeline.context import Context
    from clinft.pipeline.driver import Outcome, Stage
    from clinft.stages.audit.batch import Shard
    from clinft.stages.audit.shards import Part


def _before(name: str) -> "Callable[[], Stage]":
    def build() -> "Stage":
        from clinft.pipeline import before_training

        stage: Stage = getattr(before_training, f"{name}_stage")()
        return stage

    return build


def _train() -> "Stage":
    from clinft.pipeline import after_training

    return after_training.train_stage()


def _evaluate() -> "Stage":
    from clinft.pipeline import evaluating

    return evaluating.evaluate_stage()


def _regress() -> "Stage":
    from clinft.pipeline import regressing

    return regressing.regress_stage()


def _report() -> "Stage":
    from clinft.pipeline import reporting

    return reporting.report_stage()


@dataclass(frozen=True)
class Row:
    name: str
    help: str
    build: "Callable[[], Stage]"
    before_training: bool


STAGES: tuple[Row, ...] = (
    Row("prepare", "Make the synthetic records and split them by scenario.", _before("prepare"), True),
    Row("assess", "Measure how far a prompt alone gets: is fine-tuning needed?", _before("assess"), True),
    Row("audit", "Search data and prompt for the 18 HIPAA identifiers.", _before("audit"), True),
    Row("estimate", "Tokens, money and minutes, before anything is spent.", _before("estimate"), True),
    Row("gate", "Decide whether this plan may be trained, and record who approved.", _before("gate"), True),
    Row("train", "Train the approved plan, once.", _train, False),
    Row("evaluate", "Measure tuned model, base model and others on held-out records.", _evaluate, False),
    Row("regress", "Compare with the deployed model: may this one replace it?", _regress, False),
    Row("report", "Write the report, the plots and the documents.", _report, False),
)
NAMES = tuple(row.name for row in STAGES)


def run(context: "Context", names: Sequence[str]) -> "Iterator[Outcome]":
    """Run the named stages in order. Stops with PolicyViolation where a check says no."""
    from clinft import run_folder
    from clinft.pipeline import attempts
    from clinft.pipeline.driver import run_stage

    with attempts.project_lock(context.paths):
        if STAGES[0].name not in names:
            _check_prepared(context)
        for row in STAGES:
            if row.name not in names:
                continue
            if not row.before_training:
                context.run = _present_run(context)
            stage = row.build()
            outcome = run_stage(stage, context)
            if context.run is not None and outcome.how == "done":
                finished = row is STAGES[-1]
                attempts.update(context.run, status="succeeded" if finished else None)
            if row.name == "assess" and outcome.artifact is not None:
                # Where a pull request can carry it: the comment shows its verdict and its age.
                run_folder.save(context.paths.root, outcome.artifact)
            yield outcome
            _stop_on_no(row.name, outcome, context)


def audit_shard(context: "Context", shard: "Shard", workers: int | None) -> "Part":
    """What one of several machines finds in its share of the prepared project."""
    from clinft.pipeline import attempts, before_training

    with attempts.project_lock(context.paths):
        _check_prepared(context)
        return before_training.audit_shard(context, shard, workers)


def _check_prepared(context: "Context") -> None:
    """Every later stage rests on the records; those of another spec must not slip through."""
    from clinft.artifacts.data import PreparedDataset

    stage = STAGES[0].build()
    made = context.need(stage.name, PreparedDataset)
    if made.inputs != stage.inputs(context) or made.stage_version != stage.version:
        raise DigestMismatch(
            "The records were prepared from another spec or by another generator.",
            "`data`, the labels or the domain changed in project.yaml, or clinft was updated, since.",
            f"Run `clinft run {context.loaded.path}`, or `clinft prepare` first.",
        )


def _present_run(context: "Context") -> "Path | None":
    from clinft.pipeline import attempts
    from clinft.pipeline.plan import plan_of

    return attempts.find(context.paths, plan_of(context).digest)


def _blocks(report: "AuditReport", context: "Context") -> bool:
    """A HIGH finding that the role privacy has waived does not stop the run; the gate names it."""
    from clinft.stages.gate.waivers import judge

    return judge(report, context.policy, context.name, context.services.clock.now().date()).blocks


AUDIT_SAID_NO = {
    "FAIL": (
        "It found identifiers; the findings above name file, row and field.",
        "Remove them where they come from, then run again.",
    ),
    "INVALID": (
        "It missed too many planted identifiers to be believed; the classes are named above.",
        "Nothing waives this: change the data's form, or look for these identifiers by `audit.patterns`.",
    ),
    "DECLINED": (
        "The data look like records of real people, or nobody has shown that they are synthetic.",
        "Do not push or send them. Tell the privacy officer; `clinft incident` says what to do next.",
    ),
}


def _stop_on_no(name: str, outcome: "Outcome", context: "Context") -> None:
    payload = outcome.artifact.payload if outcome.artifact else None
    if name == "audit" and payload is not None and _blocks(payload, context):
        raise PolicyViolation(
            f"The audit said {payload.verdict}, so nothing may be trained on this data.",
            *AUDIT_SAID_NO[payload.verdict],
        )
    if name == "gate" and payload is not None and not payload.allowed:
        raise PolicyViolation(
            "The gate said no.",
            "The reasons above carry a code and a way out each.",
            "Settle them, then run again.",
        )
