"""A finished run made by hand: plain values, and a variant in which every free text is hostile."""

from dataclasses import replace

from clinft.spec.policy import Waiver
from clinft.spec.prompt import Prompt, PromptExample
from clinft.stages.report.facts import RunFacts
from tests.fakes.audit_reports import audit, declined_audit
from tests.fakes.full_results import critical_regression, full_evaluation, of_kind
from tests.fakes.run_inputs import LABELS, decision, digest, estimate, prepared, run_id, spec
from tests.fakes.run_results import assessment, evaluation, failed_regression, model, regression

HOSTILE = (
    "a|b `c` <img src=x onerror=alert(1)> @octocat #1 [x](javascript:alert(1)) "
    "https://evil.example ![i](https://evil.example/i.png) **bold** \\| \u202egnp.exe"
)
HOSTILE_LABEL = "x|`<b>`@octocat https://evil.example"


def run_facts() -> RunFacts:
    return RunFacts(
        spec=spec(),
        prompt=Prompt(
            system="Answer with one chapter.", examples=(PromptExample(input="cough", output=LABELS[2]),)
        ),
        run_id=run_id(),
        prepared=prepared(),
        assessment=assessment(),
        audit=audit(),
        estimate=estimate(),
        decision=decision(),
        model=model(),
        measured={
            "prepare": {"seconds": 0.412},
            "train": {"seconds": 91.25, "cost_usd": "0", "peak_memory_bytes": 2_034_567_168},
            "evaluate": {"seconds": 48.0, "machine": "2 cores, x86_64"},
        },
        evaluation=evaluation(),
        regression=regression(),
        digests={
            "prepare": digest("a"),
            "assess": digest("b"),
            "audit": digest("c"),
            "estimate": digest("d"),
            "gate": digest("0"),
            "train": digest("1"),
            "evaluate": digest("2"),
            "regress": digest("3"),
        },
        versions={"clinft": "0.1.0"},
    )


def hostile_run_facts() -> RunFacts:
    """The same numbers; every text that a person, a file or a model could have written attacks Markdown."""
    labels = (HOSTILE_LABEL, "``` <script>", "--- | :---: #1 @octocat")
    return replace(
        run_facts(),
        spec=spec(labels, HOSTILE),
        prepared=prepared(labels, HOSTILE),
        assessment=assessment(HOSTILE),
        audit=declined_audit(HOSTILE),
        estimate=estimate(HOSTILE),
        decision=decision(HOSTILE).model_copy(update={"waived": (HOSTILE,)}),
        evaluation=evaluation(labels, HOSTILE),
        regression=failed_regression(labels, HOSTILE),
        measured={"train": {"seconds": 91.25, "machine": HOSTILE}},
        waivers=(waiver(HOSTILE),),
    )


def full_run_facts() -> RunFacts:
    """All that a run can tell, with dates, and a verdict that says CRITICAL."""
    return replace(
        run_facts(),
        evaluation=full_evaluation(),
        regression=critical_regression(),
        created={"prepare": "2026-11-24T09:00:00+00:00", "train": "2026-11-24T10:00:00+00:00"},
        commits={"train": "c" * 40},
    )


def facts_of_kind(kind: str) -> RunFacts:
    """A task whose answers are texts, objects or codes: no labels anywhere."""
    made = run_facts()
    task = made.spec.task.model_copy(
        update={
            "kind": kind,
            "labels": (),
            "output_schema": {"type": "object"} if kind == "extraction" else None,
        }
    )
    regression = made.spec.regression.model_copy(update={"critical_labels": ()})
    splits = {name: split.model_copy(update={"by_label": {}}) for name, split in made.prepared.splits.items()}
    return replace(
        made,
        spec=made.spec.model_copy(update={"task": task, "regression": regression}),
        prepared=made.prepared.model_copy(update={"splits": splits}),
        evaluation=of_kind(kind),
    )


def brought_run_facts() -> RunFacts:
    """Frozen records, a hosted model, and figures that a person declared; nothing was measured of it."""
    made = run_facts()
    trained = made.model
    return replace(
        made,
        spec=made.spec.model_copy(update={"data": made.spec.data.model_copy(update={"origin": "frozen"})}),
        prepared=made.prepared.model_copy(update={"generator": "frozen"}),
        model=trained.model_copy(
            update={
                "provider": "manual",
                "base_model": trained.base_model.model_copy(update={"kind": "hosted", "ref": "gpt-x"}),
                "weights": {},
                "steps": None,
                "answer_tokens": None,
                "trainable_parameters": None,
                "loss": (),
                "declared_by": "lee",
                "fine_tuned_model": "ft:gpt-x:octo",
            }
        ),
        evaluation=made.evaluation.model_copy(update={"systems": (), "gains": (), "thresholds": (), "n": 0}),
    )


def waiver(finding: str) -> Waiver:
    made = Waiver(
        project="icd10-chapter",
        finding=f"{30:016x}",
        file_sha256=digest("1"),
        reason="The town in the fable that the note quotes, not a place of anybody's.",
        owner="lee",
        given="2026-11-20",
        expires="2027-01-31",
    )
    if finding == made.finding:
        return made
    return made.model_copy(update=dict.fromkeys(("finding", "reason", "owner", "given", "expires"), finding))
