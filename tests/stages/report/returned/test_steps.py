"""One comment for each step: its label, its key, and what it says."""

import re
from dataclasses import replace
from typing import get_args

from clinft.artifacts.labels import LABELS
from clinft.stages.report import returned
from clinft.stages.report.returned.notes import NOTES
from clinft.stages.report.returned.steps import LABEL_OF, Step
from tests.fakes import returned as fake


def note(step: Step) -> str:
    return returned.step_note(step, fake.LINKS)


def test_every_kind_of_step_has_a_label_and_a_comment() -> None:
    kinds = set(get_args(Step))

    assert set(LABEL_OF) == set(NOTES) == kinds == {type(step) for step in fake.notes()}
    assert set(LABEL_OF.values()) == {label.name for label in LABELS}


def test_labels_follow_the_stages() -> None:
    assert [returned.label_of(step) for step in fake.notes()[:11:1]] == [
        "clinical-finetune",
        "data-prep",
        "hipaa-audit",
        "hipaa-audit",
        "fine-tuning",
        "fine-tuning",
        "fine-tuning",
        "fine-tuning",
        "fine-tuning",
        "evaluation",
        "regression-test",
    ]


def test_keys_are_of_the_run_and_clean() -> None:
    keys = [returned.key_of(step) for step in fake.notes()]

    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(rf"{fake.run_id()}-[a-z0-9-]+", key) for key in keys)
    assert keys == [returned.key_of(step) for step in fake.notes()]


def test_a_run_evaluated_once_more_has_something_new_to_tell() -> None:
    first = returned.Evaluated(fake.run_id(), fake.evaluation())
    same = returned.Evaluated(fake.run_id(), fake.evaluation())
    other = returned.Evaluated(fake.run_id(), fake.evaluation().model_copy(update={"n": 61}))

    assert returned.key_of(first) == returned.key_of(same) != returned.key_of(other)


def test_each_pause_is_a_comment_of_its_own() -> None:
    pauses = [returned.Paused(fake.state(number, "paused")) for number in (3, 5)]

    assert len({returned.key_of(step) for step in pauses}) == 2


def test_a_later_attempt_says_why_it_needs_no_approval() -> None:
    first = fake.gate()

    assert "Every earlier attempt failed" not in note(first)
    second = note(replace(first, run_id=f"{fake.run_id()[:-1]}2"))
    assert "attempt 2 at this plan" in second
    assert "Every earlier attempt failed or was cancelled." in second


def test_approval_of_another_plan_is_not_listed() -> None:
    queued = fake.gate()
    old = queued.decision.approvals[0].model_copy(update={"plan_digest": "0" * 64})
    decision = queued.decision.model_copy(update={"approvals": (old,)})

    assert "nobody: no approval was recorded" in note(replace(queued, decision=decision))


def test_audit_comment_counts_and_never_quotes() -> None:
    failed = note(fake.notes()[3])

    assert "1 CRITICAL, 2 HIGH, 1 LOW, 1 INFO (1 HIGH one waived by the role privacy)" in failed
    assert "Nothing is trained on these data while" in failed
    for place in ("data/records/train.jsonl", "0123456789abcdef", "PERSON", "US_SSN"):
        assert place not in failed


def test_audit_without_findings_is_no_clearance() -> None:
    step = fake.notes()[2]
    assert isinstance(step, returned.Audited)
    clean = step.audit.model_copy(update={"by_severity": {"HIGH": 0}, "findings": ()})

    assert "none, which is no clearance" in note(replace(step, audit=clean))
    odd = clean.model_copy(update={"by_severity": {"<!-- SEVERE": 2}})
    assert "2 of an unknown severity" in note(replace(step, audit=odd))


def test_failure_says_what_happens_next() -> None:
    state = fake.state(5, "failed", message="The runner ran out of memory.")
    text = note(returned.Failed(state))

    assert text.startswith("### Failed (")
    assert "**Why**: The runner ran out of memory." in text
    assert "nothing by itself" in text
    assert "2. Runs train again (Actions → train → Run workflow): attempt 2" in text


def test_checkpoint_that_was_not_told_has_no_number() -> None:
    assert "from its last checkpoint." in note(returned.Paused(fake.state(3, "paused")))
    assert "after step 1,200." in note(returned.Paused(fake.state(3, "paused"), 1200))


def test_evaluation_of_an_existing_run_trains_nothing() -> None:
    again = fake.state(2, "running").model_copy(update={"purpose": "evaluate"})

    assert note(returned.Started(again)).startswith("### Evaluation started (")
    assert "nothing is trained" in note(returned.Started(again))


def test_regression_comment_counts_critical_cases() -> None:
    text = note(returned.Compared(fake.run_id(), fake.compared()))

    assert "**FAIL**: worse than the baseline. Recommendation: **iterate**" in text
    assert "model has wrong: 1.**" in text
