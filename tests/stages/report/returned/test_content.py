"""What each reader must find: who acts, what merging does, what was measured, and what was not."""

from dataclasses import replace
from typing import Any

import pytest

from clinft.stages.report import returned
from clinft.stages.report.returned import Decided
from tests.fakes import returned as fake
from tests.fakes.pull_request_parts import decision, missing_approval
from tests.fakes.run_inputs import digest


def results(**changes: Any) -> str:
    return returned.results_body(fake.results(**changes), fake.LINKS)


def deployment(**changes: Any) -> str:
    return returned.deployment_body(fake.deployment(**changes), fake.LINKS)


def rollback(**changes: Any) -> str:
    return returned.rollback_body(replace(fake.rollback(), **changes), fake.LINKS)


def by_hand(**changes: Any) -> str:
    return returned.rollback_body(replace(fake.by_hand(), **changes), fake.LINKS)


def section(text: str, heading: str) -> str:
    return text.split(f"### {heading}\n", 1)[1].split("\n### ", 1)[0].split("\n<details>", 1)[0]


def row(text: str, first: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {first} |"))


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        (returned.issue_title("icd10-chapter"), "clinft: icd10-chapter: fine-tuning"),
        (
            returned.results_title("icd10-chapter", fake.EARLIER),
            "clinft: icd10-chapter: results of bbbbbbbbbbbb-a2",
        ),
        (
            returned.deployment_title("icd10-chapter", fake.EARLIER),
            "clinft: icd10-chapter: deploy bbbbbbbbbbbb-a2",
        ),
        (
            returned.rollback_title("icd10-chapter", fake.EARLIER),
            "clinft: icd10-chapter: take back bbbbbbbbbbbb-a2",
        ),
        (returned.issue_title("x\n[skip ci] @all"), "clinft: a project with an unusual name: fine-tuning"),
        (returned.deployment_title("x y", "fixes #1"), "clinft: a project with an unusual name: deploy"),
    ],
)
def test_titles_hold_nothing_that_others_wrote(title: str, wanted: str) -> None:
    assert title == wanted


def test_results_of_a_bot_say_that_checks_wait_for_a_person() -> None:
    acts = section(results(), "Who must act")

    assert acts.strip().startswith('1. **One person with write access** presses "Approve workflows to run"')
    assert "No role has to approve: GitHub's own list of what [workflow run 4712]" in acts


def test_results_of_an_app_start_their_checks_by_themselves() -> None:
    acts = section(results(author="clinft-bot[bot]"), "Who must act")

    assert "Approve workflows to run" not in acts
    assert acts.strip().startswith(
        "1. **One person with write access** waits until the check `gate` is green"
    )


@pytest.mark.parametrize(
    ("recommendation", "sentence"),
    [
        ("deploy", "opens a deployment pull request of its own, for the roles **privacy** and **clinical**"),
        ("iterate", "No deployment pull request follows"),
        ("rollback", "opens a rollback pull request"),
    ],
)
def test_results_say_what_follows_from_the_verdict(recommendation: str, sentence: str) -> None:
    merging = section(results(regression=fake.compared(recommendation=recommendation)), "What merging does")

    assert sentence in merging
    assert "Nothing else: nothing is trained, deployed, sent or deleted." in merging


def test_a_failed_run_promises_no_figures_and_no_deployment() -> None:
    text = fake.BODIES["results_failed"](None)

    assert "**Why**: The runner ran out of memory twice.\n" in text
    assert (
        section(text, "What was measured").strip() == "Nothing: the run ended before its model was evaluated."
    )
    assert row(text, "HIPAA audit") == "| HIPAA audit | not reached: the run ended before |"
    assert "No deployment follows." in section(text, "What merging does")


@pytest.mark.parametrize(
    ("measured", "what", "cell"),
    [
        ({}, "Cost, measured", "not measured"),
        ({"cost_usd": "0"}, "Cost, measured", "0.00 USD"),
        ({"cost_usd": "1.27"}, "Cost, measured", "**1.27 USD, above what was allowed**"),
        ({"cost_usd": "1e99999"}, "Cost, measured", "1e99999, which is no amount"),
        ({"cost_usd": "NaN"}, "Cost, measured", "NaN, which is no amount"),
        ({"cost_usd": "-1"}, "Cost, measured", "-1, which is no amount"),
        ({}, "Time, measured", "not measured"),
        ({"seconds": "fast"}, "Time, measured", "not measured"),
        ({"seconds": 10**400}, "Time, measured", "not measured"),
        ({"seconds": 90}, "Time, measured", "1.5 minutes"),
    ],
)
def test_cost_and_time_are_measured_or_said_not_to_be(measured: dict[str, Any], what: str, cell: str) -> None:
    assert row(results(measured=measured), what) == f"| {what} | {cell} |"


def test_metric_that_harms_patients_comes_first() -> None:
    lines = section(results(), "What was measured").strip().splitlines()

    assert lines[2].startswith("| critical recall | 0.850 [0.640, 0.948] (n = 20) |")


def test_base_that_was_not_asked_is_not_measured() -> None:
    made = fake.evaluation()
    alone = made.model_copy(update={"systems": tuple(s for s in made.systems if s.system == "tuned")})

    assert row(results(evaluation=alone), "accuracy").endswith(
        "| 0.733 [0.610, 0.829] (n = 60) | not measured | not measured |"
    )


def test_baseline_on_other_records_is_not_set_beside() -> None:
    other = fake.evaluation().model_copy(update={"test_sha256": digest("b")})
    text = returned.results_body(replace(fake.regressed(), baseline=other), fake.LINKS)
    measured = section(text, "What was measured")

    assert "| baseline" not in measured
    assert "No figures of the baseline `aaaaaaaaaaaa-a1` stand here" in measured


def test_run_evaluated_once_more_is_compared_with_itself() -> None:
    again = fake.compared(baseline_run_id=fake.run_id())
    text = results(regression=again, baseline=fake.evaluation())

    assert "was evaluated once more and compared with its own earlier evaluation." in text
    assert "| its earlier evaluation |" in text


def test_no_model_was_measured() -> None:
    nothing = fake.evaluation().model_copy(update={"systems": (), "gains": (), "thresholds": ()})
    measured = section(results(evaluation=nothing), "What was measured")

    assert "The tuned model was not measured." in measured
    assert "The spec sets no thresholds." in measured


def test_unmet_and_unmeasured_thresholds_are_marked() -> None:
    made = fake.evaluation()
    unmet = made.thresholds[0].model_copy(update={"met": False})
    unknown = made.thresholds[1].model_copy(update={"met": None})
    text = deployment(
        evaluation=made.model_copy(update={"thresholds": (unmet, unknown), "thresholds_met": False})
    )

    assert "**not all are met** (0 of 2)" in text
    assert "| accuracy | at least 0.6 | **no** |" in text
    assert "| parse failures | at most 0.05 | not measured |" in text


def test_zero_newly_missed_cases_without_critical_labels_says_nothing_is_critical() -> None:
    spec = fake.run_inputs.spec()
    bare = spec.model_copy(update={"regression": spec.regression.model_copy(update={"critical_labels": ()})})
    none_critical = "**The spec names no critical label, so no case counts as critical.**"

    assert none_critical in deployment(spec=bare)
    assert none_critical in results(spec=bare)
    assert "model has wrong: 0." in deployment()
    assert none_critical not in deployment()


def test_nothing_compared_is_no_zero() -> None:
    assert "model has wrong: not measured, since nothing was compared." in results()


def test_newly_missed_cases_stand_at_the_top_and_in_the_open() -> None:
    text = fake.BODIES["results_regressed"](None)

    assert (
        "**Critical cases that the baseline had right and this model has wrong: 1.**" in text.split("###")[0]
    )
    assert "| test-0007 | circulatory | no label |" in section(text, "Regression")


def test_deployment_changes_one_line() -> None:
    assert f"```diff\n-run_id: {fake.BASELINE}\n+run_id: {fake.run_id()}\n```" in deployment()
    assert f"```diff\n+run_id: {fake.run_id()}\n```" in deployment(before=None)
    assert "nothing is deployed now." in deployment(before=None)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (None, "The verdict of the run is missing in the evidence, so the gate refuses this pull request."),
        (fake.compared(), "So the gate refuses this pull request."),
    ],
)
def test_deployment_without_the_verdict_says_that_the_gate_refuses(verdict: Any, said: str) -> None:
    assert said in deployment(regression=verdict)


def test_deployment_shows_what_the_model_is_for() -> None:
    text = section(deployment(), "What it is for")

    assert "**Intended use**: Sorts notes by chapter." in text
    assert "- Billing without a coder's review" in text
    assert "The spec is missing in the evidence." in deployment(spec=None)


def test_deployment_without_evidence_says_so() -> None:
    text = deployment(evaluation=None, regression=None, audit=None, decision=None, spec=None, results=None)

    assert "The evaluation is missing in the evidence: not measured." in text
    assert "The comparison is missing in the evidence." in text
    assert row(text, "HIPAA audit before training").endswith("| missing in the evidence |")
    assert row(text, "Evidence brought by").endswith("| not recorded |")


def test_reviewers_read_documents_that_exist() -> None:
    spec = fake.run_inputs.spec().model_copy(update={"documents": ()})
    decides = section(deployment(spec=spec), "Who decides what")

    assert "HIPAA_REPORT.md" not in decides
    assert "/audit.json)" in decides
    assert "/evaluate.json)" in decides


def test_rollback_names_cases_metrics_target_and_evidence() -> None:
    why = section(rollback(), "Why")

    assert "| test-0007 | circulatory | no label |" in why
    assert "| accuracy | 0.800 | 0.733 |" in why
    assert f"/runs/{fake.run_id()}/regress.json), digest `{digest('3')}`." in why
    assert f"the deployed run is `{fake.BASELINE}`" in rollback()
    assert "may take it out of use at once" in rollback()


def test_rollback_to_nothing_deletes_the_file() -> None:
    text = by_hand()

    assert "deployment.yaml` is deleted." in text
    assert f"```diff\n-run_id: {fake.run_id()}\n```" in text
    assert "No measurement stands behind it" in text


def test_rollback_for_no_reason_says_not_to_merge() -> None:
    assert "Do not merge this before somebody says why." in by_hand(person=None)


@pytest.mark.parametrize(
    ("reason", "leaked", "kind"),
    [
        ("Mrs Adele Zimmermann, MRN: 48213377, was sorted wrongly", "48213377", "looks like"),
        ("her SSN is 219-09-9999", "219-09-9999", "looks like"),
        ("write to adele.zimmermann@hospital.org", "adele", "looks like"),
        ("x" * 30_000, "x" * 300, "longer than 20,000 characters"),
    ],
)
def test_reason_by_hand_that_holds_patient_data_is_not_repeated(reason: str, leaked: str, kind: str) -> None:
    text = by_hand(reason=reason)

    assert leaked not in text
    assert kind in text


def test_reason_by_hand_is_quoted() -> None:
    assert "\n> Two notes about strokes were sorted as digestive on the ward.\n" in by_hand()
    assert "\n> (no reason was written)\n" in by_hand(reason=" \n")


def test_refusal_says_who_gives_the_missing_approval_where_and_what_then() -> None:
    text = fake.BODIES["refusal"](None)
    todo = section(text, "Refused: `late-approval`")

    assert text.startswith("## clinft train: 4 refused, 2 busy, 1 allowed, 1 with nothing to do\n")
    assert "1. Give the missing approval in the role **privacy** on the merged pull request #7." in todo
    assert "2. Then run train again (Actions → train → Run workflow)." in todo
    assert "**Way out:** Raise revision by one" in section(text, "Refused: `dearer-now`")


def test_refusal_without_a_reason_never_looks_allowed() -> None:
    text = returned.refusal([Decided("x-ray", "refused", decision=decision())], fake.LINKS)

    assert "No reason was recorded." in text
    assert row(text, "`x-ray`").endswith("| nothing is started |")


def test_refusal_of_two_roles_names_both_once() -> None:
    waiting = decision(missing_approval("ml"), missing_approval("privacy"), missing_approval("ml"))
    text = returned.refusal([Decided("x-ray", "refused", decision=waiting, pull_request=3)], fake.LINKS)

    assert "in the role **ml**, **privacy** on the merged pull request #3." in text


def test_nothing_to_decide_about() -> None:
    assert returned.refusal([], fake.LINKS).startswith("## clinft train: no project to decide about\n")


def test_busy_project_says_what_holds_it() -> None:
    busy = section(fake.BODIES["refusal"](None), "Busy: `discharge-letter`")

    assert f"`{fake.EARLIER}` is under way" in busy
    assert "reconcile starts this plan when that run is over" in busy


def test_people_are_never_mentioned() -> None:
    for build in fake.BODIES.values():
        for person in ("kim", "sam", "dr-lee", "octo-org"):
            assert f"@{person}" not in build(None)


def test_audit_says_how_sure_the_search_is_or_that_nobody_measured() -> None:
    sound = fake.deployment().audit
    assert sound is not None
    older = sound.model_copy(update={"sensitivity": ()})

    assert (
        "; planted identifiers found: lowest lower bound of both measurements 0.960 (D, telephone numbers)"
        in row(deployment(), "HIPAA audit before training")
    )
    assert row(deployment(audit=older), "HIPAA audit before training").endswith(
        "; how many identifiers the search misses was not measured |"
    )
