"""What `report.md` says where something is missing, failed or must be done."""

from dataclasses import replace
from typing import Any

from clinft.artifacts.model import LossPoint
from clinft.stages.report import run_report
from tests.fakes import run_facts as fake


def report(**changes: Any) -> str:
    return run_report.render(replace(fake.run_facts(), **changes))


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_the_verdict_comes_first() -> None:
    text = report()

    assert text.index("## Verdict") == text.index("## ")
    assert "**deploy**" in section(text, "Verdict")


def test_missing_things_are_said_to_be_missing() -> None:
    evaluation = fake.evaluation().model_copy(update={"gains": (), "systems": (), "thresholds": ()})
    text = report(
        assessment=None,
        evaluation=evaluation,
        measured={},
        decision=fake.decision().model_copy(update={"approvals": ()}),
        estimate=fake.estimate().model_copy(update={"minutes": None, "minutes_upper": None}),
    )

    assert "missing: the prompt was not assessed" in section(text, "Was fine-tuning needed?")
    assert "missing: evaluation.compare names no base" in section(text, "Gain of the tuned model")
    assert "missing: no per-class result" in section(text, "Per class, tuned model")
    assert "none are set in evaluation.thresholds" in section(text, "Verdict")
    assert "missing: nobody's approval" in section(text, "Approvals")
    assert "missing: no stage recorded times" in section(text, "Measured on this machine")
    assert section(text, "Cost").count("missing:") == 7


def test_leaks_between_splits_are_marked() -> None:
    leaky = fake.prepared().model_copy(update={"shared_scenarios": 2})

    assert "**2, must be 0" in section(report(prepared=leaky), "Data")


def test_errors_are_sorted_and_an_empty_prediction_is_no_answer() -> None:
    text = section(report(), "Most frequent errors, tuned model")

    assert text.index("6 of 20") < text.index("4 of 20") < text.index("3 of 20")
    assert "| `digestive` | (no answer) | 3 of 20 (15 %) |" in text


def test_a_failed_regression_lists_flips_and_says_what_to_change() -> None:
    evaluation = fake.evaluation()
    unmet = evaluation.thresholds[0].model_copy(update={"met": False, "detail": "lower bound 0.512"})
    rising = (
        LossPoint(step=1, tokens=1, validation_loss=0.5),
        LossPoint(step=2, tokens=2, validation_loss=0.9),
    )
    text = report(
        regression=fake.failed_regression(),
        evaluation=evaluation.model_copy(update={"thresholds": (unmet,), "thresholds_met": False}),
        model=fake.model().model_copy(update={"loss": rising}),
        assessment=fake.assessment().model_copy(update={"verdict": "PROMPT_SUFFICIENT"}),
    )
    steps = section(text, "What to do next")

    assert "`test-0007`: `circulatory` answered as no label" in section(text, "Regression")
    assert "missing: no baseline |" in section(text, "Regression")
    assert "**not all met (0 of 1)**" in section(text, "Verdict")
    for expected in (
        "1. **Nobody deploys this run.**",
        "the threshold on accuracy (at least 0.6) was not met: lower bound 0.512",
        "accuracy failed the comparison with the baseline",
        "`digestive` 0.650 [0.433, 0.819] (n = 20)",
        "the validation loss rose",
        "Consider not fine-tuning",
    ):
        assert expected in steps
    assert "deployment.yaml" not in steps


def test_a_rollback_names_the_run_to_go_back_to() -> None:
    verdict = fake.failed_regression().model_copy(update={"recommendation": "rollback"})

    steps = section(report(regression=verdict), "What to do next")

    assert "sets `projects/icd10-chapter/deployment.yaml` back to `aaaaaaaaaaaa-a1`" in steps


def test_a_deployment_needs_privacy_and_a_clinical_reviewer() -> None:
    steps = section(report(), "What to do next")

    assert f"`run_id: {fake.run_id()}`" in steps
    assert "approval of privacy and of a clinical reviewer" in steps


def test_every_recommendation_ends_with_the_run_and_its_rows_being_kept() -> None:
    iterate = fake.failed_regression()
    rollback = iterate.model_copy(update={"recommendation": "rollback"})
    for verdict in (fake.regression(), iterate, rollback):
        steps = section(report(regression=verdict), "What to do next")
        assert "run `clinft tracking rebuild`, and commit `projects/icd10-chapter/runs/" in steps
        train = fake.decision().model_copy(update={"mode": "train"})
        steps = section(report(regression=verdict, decision=train), "What to do next")
        assert "tracking rebuild" not in steps
        assert "merge the results pull request" in steps


def test_weights_are_handed_over_only_where_they_exist_and_may_be_deployed() -> None:
    export = f"`clinft export {fake.run_id()}`"
    trained = fake.model()
    base = trained.base_model.model_copy(update={"kind": "builtin"})
    own = trained.model_copy(update={"base_model": base})
    assert trained.weights
    assert export in section(report(model=own), "What to do next")
    assert export not in section(report(model=own, regression=fake.failed_regression()), "What to do next")
    for other in (
        own.model_copy(update={"weights": {}}),
        own.model_copy(update={"base_model": base.model_copy(update={"kind": "hosted"})}),
        own.model_copy(update={"base_model": base.model_copy(update={"kind": "fake"})}),
    ):
        assert export not in section(report(model=other), "What to do next")


def test_every_digest_stands_in_full_and_short() -> None:
    text = section(report(), "Chain of digests")

    for digest in fake.run_facts().digests.values():
        assert f"`{digest[:12]}`" in text
        assert f"  {digest}\n" in text


def test_what_a_whole_evaluation_tells_is_in_the_report() -> None:
    text = run_report.render(fake.full_run_facts())

    assert text.index("> [!CAUTION]") < text.index("## Verdict")
    assert "the form of" not in section(text, "Kinds of error, tuned model")
    assert "convention or terms" in section(text, "Kinds of error, tuned model")
    assert "| accuracy | age band: `65-79` | 24 | 0.667 [0.467, 0.820] |" in section(
        text, "By subgroup, tuned model"
    )
    assert "1 rest on too few items" in section(text, "By subgroup, tuned model")
    risks = section(text, "Risk assessment")
    assert "Rule of safety" in risks
    assert "Deployed model: missing: its weights are not on this machine" in risks
    assert "test-0031" in risks
    assert "This test split was looked at" in section(text, "Regression")


def test_a_task_without_labels_has_no_classes_and_its_own_main_metric() -> None:
    facts = fake.facts_of_kind("summarization")
    text = run_report.render(facts)

    assert "## Per class" not in text
    assert "Mean score of the tuned model" in section(text, "Verdict")


def test_systems_show_what_they_took() -> None:
    text = report(
        measured={"evaluate": {"tuned seconds per answer": 0.25, "tuned usd per 1,000 answers": 1.5}}
    )

    assert "| tuned model | 0.25 | 1.5 |" in text
    assert "| base model, zero-shot | not measured | not measured |" in text


def test_langsmith_by_hand_names_the_files_of_this_run() -> None:
    said = section(report(), "In LangSmith, by hand")

    assert len([line for line in said.splitlines() if line[:2] in ("1.", "2.", "3.")]) == 3
    assert "`projects/icd10-chapter/data/formatted/train.jsonl`" in said
    assert f"`projects/icd10-chapter/runs/{fake.run_facts().run_id}/items.jsonl`" in said


def test_langsmith_by_hand_is_silent_where_a_sink_sees_to_it() -> None:
    assert "LangSmith" not in report(notified=frozenset({"langsmith"}))


def test_langsmith_by_hand_sends_nothing_that_no_audit_passed() -> None:
    said = section(report(audit=fake.audit().model_copy(update={"verdict": "FAIL"})), "In LangSmith, by hand")

    assert "**FAIL**" in said
    assert "formatted" not in said
