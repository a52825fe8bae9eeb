"""What is not compared: other items, other texts, other ways of reading them."""

import json

import pytest

from clinft.artifacts.results import EvaluationReport, ItemResult, RegressionVerdict
from clinft.spec.project import ProjectSpec
from clinft.stages.regress.stage import regress
from tests.fakes.evaluated import CLOSED, GENERATED, changed, items, report, without
from tests.fakes.specs import project_spec

CANDIDATE, BASELINE = "cccccccccccc-a1", "bbbbbbbbbbbb-a1"
GOOD = [number % 5 != 0 for number in range(400)]
SAME = items(GOOD)


def spec() -> ProjectSpec:
    return project_spec(regression={"margins": [{"metric": "accuracy", "margin": 0.02}]})


def compare(candidate: list[ItemResult], baseline: list[ItemResult], deployed: bool) -> RegressionVerdict:
    return regress(spec(), report(), candidate, CANDIDATE, (report(), baseline, BASELINE), deployed=deployed)


@pytest.mark.parametrize(
    ("candidate", "baseline", "reason"),
    [
        (SAME, items(GOOD[:200]), "Only one of the two runs holds an answer for 200 items."),
        (SAME, [], "The baseline has no items of the tuned model."),
        ([], SAME, "The candidate has no items of the tuned model."),
        (
            [row.model_copy(update={"system": "base_prompt"}) for row in SAME],
            SAME,
            "The candidate has no items of the tuned model.",
        ),
        (SAME, changed(SAME, "test-0003", GENERATED, item_sha256="f" * 64), "text or target of 1 item"),
        (SAME, changed(SAME, "test-0003", GENERATED, target="digestive"), "text or target of 1 item"),
        # Label scores carry perplexity: they too must be of the same items.
        (SAME, changed(SAME, "test-0003", CLOSED, item_sha256="f" * 64), "text or target of 1 item"),
        ([*SAME, SAME[0]], SAME, "The candidate answers 1 item more than once."),
        (SAME, [*SAME, *SAME], "The baseline answers 400 items more than once."),
        (without(SAME, GENERATED), without(SAME, CLOSED), "the other only label scores"),
    ],
)
def test_what_differs_is_not_compared(
    candidate: list[ItemResult], baseline: list[ItemResult], reason: str
) -> None:
    found = compare(candidate, baseline, deployed=True)
    assert (found.status, found.recommendation) == ("INCOMPARABLE", "iterate")
    assert reason in found.reason
    assert (found.metrics, found.critical_flips) == ((), ())


def test_another_test_split_is_not_compared() -> None:
    found = regress(spec(), report("a"), SAME, CANDIDATE, (report("b"), SAME, BASELINE))
    assert found.status == "INCOMPARABLE"
    assert "different test splits" in found.reason


def asked_beside(stored: str | None, of_run: str | None = BASELINE) -> EvaluationReport:
    """The candidate's report, whose evaluation has measured the deployed model too."""
    beside = {
        "system": "deployed",
        "scoring": GENERATED,
        "metrics": (),
        "labels": (),
        "confusion": {},
        "items_sha256": "a" * 64,
        "stored": stored,
        "of_run": of_run,
    }
    made = report(test="b").model_dump(mode="json") | {"systems": [beside]}
    return EvaluationReport.model_validate_json(json.dumps(made))


def test_on_another_test_split_the_deployed_model_counts_where_it_was_asked_again() -> None:
    again = [row.model_copy(update={"system": "deployed"}) for row in SAME]
    earlier = (report(), SAME[:7], BASELINE)

    found = regress(spec(), asked_beside(None), [*SAME, *again], CANDIDATE, earlier)

    assert (found.status, found.baseline_run_id) == ("PASS", BASELINE)
    assert "its model was asked again on this one" in found.caveats[0]


def test_stored_answers_to_another_test_split_stand_for_nothing() -> None:
    again = [row.model_copy(update={"system": "deployed"}) for row in SAME]

    found = regress(spec(), asked_beside(BASELINE), [*SAME, *again], CANDIDATE, (report(), SAME, BASELINE))

    assert found.status == "INCOMPARABLE"


@pytest.mark.parametrize("of_run", ["dddddddddddd-a1", None])
def test_answers_of_another_deployed_model_stand_for_nothing(of_run: str | None) -> None:
    """Deployed when the run was evaluated; by the time of the comparison another one is."""
    again = [row.model_copy(update={"system": "deployed"}) for row in SAME]
    earlier = (report(), SAME[:7], BASELINE)

    found = regress(spec(), asked_beside(None, of_run), [*SAME, *again], CANDIDATE, earlier)

    assert found.status == "INCOMPARABLE"
    assert f"is not known to be that of {BASELINE}." in found.reason
