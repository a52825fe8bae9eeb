"""The judge of a run: `evaluation.judge` looks at the tuned model's answers, after the evaluation.

It sees synthetic records and answers that passed the audit, nothing else; it is asked on a laptop, by a
person who was told the most it may cost. What it says stands in judge.json and nothing reads it.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinft import run_folder
from clinft.artifacts.data import Record
from clinft.artifacts.envelope import Artifact
from clinft.artifacts.jsonl import iter_models, write_models
from clinft.artifacts.judgement import JudgeReport
from clinft.artifacts.results import EvaluationReport, ItemResult
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline import attempts, evaluation_models
from clinft.pipeline.asked_before import OUTPUTS
from clinft.pipeline.context import Context
from clinft.pipeline.driver import Produced, Stage, wrap
from clinft.pipeline.judge_labels import ToLabel, read_labels
from clinft.pipeline.plan import plan_of
from clinft.ports.models import LanguageModel
from clinft.stages.audit import engine
from clinft.stages.audit.severity import BLOCKING
from clinft.stages.evaluate.kept import Kept
from clinft.stages.judge import stage as judge_stage
from clinft.stages.judge.claims import EXACT, claim_sha256

SYSTEM, SCORING = "tuned", "generated_text"
CLAIMS = "judge_claims.jsonl"
# Below the run's git-ignored data/: the judge's answers word for word, and claims with their texts.
ANSWERS, TO_LABEL = "data/judge-answers.jsonl", "data/judge-to-label.jsonl"


@dataclass(frozen=True)
class Call:
    """`limit`: answers at most, chosen by digest. `labels`: people's, of this run's claims."""

    of: Literal["errors", "all"] = "errors"
    limit: int = 50
    repeats: int = judge_stage.LEAST_REPEATS
    labels: Path | None = None


def judge(context: Context, call: Call) -> Artifact[JudgeReport]:
    """Nothing that was answered before is paid again. The result is written last."""
    started = time.monotonic()
    name = _judge_of(context)
    labels = {} if call.labels is None else read_labels(call.labels)
    with attempts.project_lock(context.paths):
        cases, answers, withheld = _cases(context, call)
        model = evaluation_models.opened(context, name, context.run_dir / ANSWERS)
        known = context.policy.evaluation_models[name].model
        if cases and call.repeats >= judge_stage.LEAST_REPEATS:
            _agree(context, name, known, model, cases, call)
        about = judge_stage.About(
            name, known, SYSTEM, call.of, answers, withheld, context.loaded.spec.evaluation.confidence
        )
        report, rows = judge_stage.judge(cases, model, call.repeats, labels, about, context.services.progress)
        run = context.run_dir
        write_models(run / CLAIMS, rows)
        stage = Stage(judge_stage.STAGE, judge_stage.STAGE_VERSION, JudgeReport, lambda _: {}, _never, str)
        inputs = {"evaluate": run_folder.read_digest(run / "evaluate.json")}
        produced = Produced(report, (f"run/{CLAIMS}",), _spent(context, name, model))
        made: Artifact[JudgeReport] = wrap(stage, context, inputs, produced, time.monotonic() - started)
        run_folder.save(run, made)
        attempts.update(run)
        return made


def write_to_label(context: Context, call: Call) -> tuple[Path, int]:
    """The claims that `judge` would be asked about, for people; asks nobody."""
    _judge_of(context, named=False)
    cases, _, _ = _cases(context, call)
    path = context.run_dir / TO_LABEL
    rows = [
        ToLabel(item=case.item, claim_sha256=claim_sha256(claim), claim=claim, source=case.source)
        for case in cases
        for claim in case.claims
    ]
    write_models(path, rows)
    return path, len(rows)


def _judge_of(context: Context, named: bool = True) -> str:
    spec = context.loaded.spec
    if spec.task.kind in EXACT:
        raise SpecError(
            f"task.kind {spec.task.kind} needs no judge.",
            "Each answer is one of the labels or codes, and scoring knows which is right.",
            "Read the worst errors of report.md.",
        )
    if named and spec.evaluation.judge is None:
        raise SpecError(
            "evaluation.judge of project.yaml is empty.",
            "No model is asked that the spec does not name and the policy does not list.",
            "Write a name of the policy's evaluation_models there.",
        )
    if context.run is None:
        context.run = attempts.find(context.paths, plan_of(context).digest)
    if run_folder.load(context.run_dir, "evaluate", EvaluationReport) is None:
        raise SpecError(
            "The run has no evaluation yet.",
            "The judge looks at its answers.",
            f"Run `clinft evaluate {context.loaded.path}` first.",
        )
    return spec.evaluation.judge or ""


def _cases(context: Context, call: Call) -> tuple[list[judge_stage.Case], int, int]:
    """Cases by item, the number of answers in the run, and how many the audit withheld."""
    context.check_split("test")
    answered = Kept(context.run_dir / OUTPUTS).answers(SYSTEM, SCORING)
    if not len(answered):
        raise SpecError(
            "The answers of the tuned model are not on this machine.",
            "They are word for word, so they stay in the git-ignored data/ of the machine that evaluated.",
            "Call this there.",
        )
    looked_at = [
        (one.row.item_sha256, one.row.item, one.output is None)
        for one in answered
        if call.of == "all" or not _right(one.row)
    ]
    withheld = sum(without for *_, without in looked_at)
    kept = [item for _, item, without in sorted(looked_at) if not without]
    chosen = frozenset(kept[: call.limit])
    outputs = {one.row.item: one.output or "" for one in answered if one.row.item in chosen}
    clean = _clean_by(context)
    cases = []
    for record in _records(context, outputs):
        output = outputs[record.id]
        if not (clean(record.text) and clean(output)):
            withheld += 1
        elif (case := judge_stage.case_of(record.id, record.text, output)) is not None:
            cases.append(case)
    return sorted(cases, key=lambda case: case.item), len(answered), withheld


def _right(row: ItemResult) -> bool:
    """A text is hardly ever the right one word for word: an unsupported or missing fact is its error."""
    unsupported = row.values.get("claims_unsupported", 0.0)
    told, facts = row.values.get("facts_told"), row.values.get("facts")
    if told is not None and facts is not None:
        return unsupported == 0.0 and told >= facts
    return row.correct


def _records(context: Context, chosen: Collection[str]) -> Iterator[Record]:
    return (record for record in iter_models(context.split_path("test"), Record) if record.id in chosen)


def _clean_by(context: Context) -> Callable[[str], bool]:
    rules = engine.of(context.policy.audit)
    return lambda text: all(find.severity(False) not in BLOCKING for find in rules.finds(text))


def _agree(
    context: Context,
    name: str,
    known: str,
    model: LanguageModel,
    cases: Sequence[judge_stage.Case],
    call: Call,
) -> None:
    if context.mode != "local" or context.agrees is None:
        raise SpecError(
            f"The judge {name} costs money, and synthetic records are sent to it.",
            "Nothing but a person's word on a laptop starts that.",
            "Call it there with --yes.",
        )
    prompt, completion = judge_stage.most_tokens(cases, call.repeats, model)
    prices = evaluation_models.prices_of(context, name)
    usd = prices.of(prompt, completion)
    assert usd is not None, "a model without a price is not opened"
    bound = context.policy.per_run_usd(context.name)
    if usd > bound:
        raise PolicyViolation(
            f"The judge may cost {usd:.2f} USD; the policy allows {bound} USD for one run.",
            f"There are {judge_stage.questions(cases, call.repeats):,} questions.",
            "Pass a smaller --limit, or have the limit raised.",
        )
    told = (
        f"{judge_stage.questions(cases, call.repeats):,} questions about {len(cases):,} synthetic records go "
        f"to {known} and cost at most {usd:.4f} USD; answers that are there already cost nothing."
    )
    if not context.agrees(told):
        raise SpecError(f"Nothing was asked. {told}", "Nobody agreed to it.", "Call it again with --yes.")


def _spent(context: Context, name: str, model: LanguageModel) -> dict[str, float | int | str]:
    """Of all its answers, those of earlier calls too."""
    prompt, completion = model.used
    usd = evaluation_models.prices_of(context, name).of(prompt, completion)
    spent: dict[str, float | int | str] = {"prompt_tokens": prompt, "completion_tokens": completion}
    return spent if usd is None else spent | {"cost_usd": float(usd)}


def _never(context: Context) -> Produced:
    raise AssertionError("it has a verb of its own")
