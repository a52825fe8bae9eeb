"""Sentinel cases: pinned to what they were named for, and looked for in every way of reading answers."""

import pytest

from clinft.artifacts.results import (
    ItemResult,
)
from clinft.stages.regress.stage import Known, regress
from tests.fakes.evaluated import CLOSED, GENERATED, items, report
from tests.fakes.regressed import (
    APPROVED,
    BASELINE,
    CANDIDATE,
    LOOSE,
    SAME,
    check,
    missing,
    only,
    pinned,
    verdict,
)
from tests.fakes.specs import project_spec


def test_a_newly_missed_sentinel_is_critical_and_the_version_to_keep_is_named() -> None:
    found = verdict(items(missing(1)), sentinels=pinned(1, 2))
    assert (found.status, found.recommendation, found.keep) == ("CRITICAL", "rollback", BASELINE)
    assert check(found, "sentinels").items == ("test-0001",)
    assert [(flip.item, flip.sentinel) for flip in found.critical_flips] == [("test-0001", True)]
    assert found.reason.startswith(f"CRITICAL: this model must not be used; rollback: keep {BASELINE} in use")


def test_a_sentinel_that_was_missed_before_already_is_named_and_never_deployed() -> None:
    found = verdict(SAME, sentinels=pinned(0, 1))
    assert (found.status, found.recommendation) == ("WARN", "iterate")
    one = check(found, "sentinels")
    assert (one.status, one.items, one.n) == ("WARN", ("test-0000",), 2)
    assert "1 were missed before already (test-0000)" in found.reason


def test_a_sentinel_that_is_not_in_the_split_was_not_looked_at() -> None:
    found = verdict(SAME, sentinels=[*pinned(1), "elsewhere=" + 64 * "0"])
    assert (found.status, check(found, "sentinels").status) == ("WARN", "NOT_MEASURED")
    assert f"not looked at: elsewhere={64 * '0'} is not in the test split." in found.reason


@pytest.mark.parametrize("baseline", [SAME, None])
def test_a_sentinel_without_a_pin_protects_nothing_and_the_pin_to_write_is_told(
    baseline: list[ItemResult] | None,
) -> None:
    rows = [row.model_copy(update={"item_sha256": "ab" * 32}) for row in SAME]
    found = verdict(rows, None if baseline is None else rows, sentinels=["test-0001"])
    assert found.recommendation == "iterate"
    one = check(found, "sentinels")
    assert (one.status, one.n) == ("NOT_MEASURED", 0)
    assert "test-0001 has no pin: write test-0001=abababababab" in found.reason
    written = verdict(rows, None if baseline is None else rows, sentinels=["test-0001=abababababab"])
    assert (check(written, "sentinels").status, written.recommendation) == ("PASS", "deploy")


def test_a_sentinel_whose_id_is_another_case_by_now_was_not_looked_at() -> None:
    """All cases are others, as after a change of the data: the same ids stand for none of those named."""
    now, before = (
        [row.model_copy(update={"item_sha256": "f" * 64}) for row in rows]
        for rows in (items(missing(1)), SAME)
    )
    found = verdict(now, before, sentinels=pinned(1))
    assert (found.status, check(found, "sentinels").status) == ("WARN", "NOT_MEASURED")
    assert "test-0001 is another case than the one that was named" in found.reason
    assert found.critical_flips == ()


def test_a_first_run_with_a_missed_sentinel_is_not_deployable() -> None:
    assert verdict(SAME, None, sentinels=pinned(1)).recommendation == "deploy"
    found = verdict(items(missing(1)), None, sentinels=pinned(1))
    assert (found.status, found.recommendation) == ("FIRST", "iterate")
    assert "1 of 1 sentinel cases are missed (test-0001)" in found.reason


def test_label_scores_excuse_no_free_answer_that_misses_a_sentinel() -> None:
    """The baseline has label scores alone, so these are compared; in use the candidate answers freely."""
    now = [*only(items(missing(1)), GENERATED), *only(SAME, CLOSED)]
    found = verdict(now, only(SAME, CLOSED), sentinels=pinned(1, 2))
    assert (found.status, found.recommendation) == ("CRITICAL", "rollback")
    assert check(found, "sentinels").items == ("test-0001",)
    assert [(flip.item, flip.sentinel) for flip in found.critical_flips] == [("test-0001", True)]


def test_critical_cases_that_free_answers_miss_are_listed_where_label_scores_are_compared() -> None:
    now = [*only(items(missing(1)), GENERATED), *only(SAME, CLOSED)]
    label = SAME[1].target
    found = verdict(now, only(SAME, CLOSED), critical_labels=[label])
    assert (found.status, check(found, "critical_flips").status) == ("WARN", "WARN")
    assert [flip.item for flip in found.critical_flips] == ["test-0001"]
    assert "In its free answers it misses 1 that label scores had right before." in found.reason


def test_the_floor_is_that_of_free_answers_where_label_scores_are_compared() -> None:
    everything = sorted({str(row.target) for row in SAME})
    now = [*only(items([False] * 400), GENERATED), *only(items([True] * 400), CLOSED)]
    found = verdict(
        now, only(items([True] * 400), CLOSED), critical_labels=everything, critical_recall_min=0.9
    )
    assert (found.status, check(found, "critical_recall").status) == ("CRITICAL", "CRITICAL")


def test_free_answers_to_other_items_than_the_label_scores_are_not_compared() -> None:
    now = [*only(SAME, GENERATED)[1:], *only(SAME, CLOSED)]
    assert verdict(now, only(SAME, CLOSED)).status == "INCOMPARABLE"


@pytest.mark.parametrize("deployed", [True, False])
def test_a_sentinel_missed_against_the_approved_run_counts_where_the_deployed_one_is_incomparable(
    deployed: bool,
) -> None:
    spec = project_spec(regression={"margins": LOOSE, "sentinels": pinned(1), "approved_baseline": APPROVED})
    found = regress(
        spec, report(), items(missing(1)), CANDIDATE, (report("b"), SAME, BASELINE), deployed=deployed,
        known=Known(approved=(report(), SAME, APPROVED)),
    )  # fmt: skip
    assert (found.status, found.recommendation, found.keep) == ("CRITICAL", "rollback", BASELINE)
    assert found.is_critical
    assert [(one.role, one.status) for one in found.references] == [
        ("deployed", "INCOMPARABLE"),
        ("approved", "CRITICAL"),
    ]
    assert check(found, "sentinels").items == ("test-0001",)
    assert [flip.item for flip in found.critical_flips] == ["test-0001"]
    assert found.reason.startswith("CRITICAL: this model must not be used")
    assert "different test splits" in found.reason


def test_an_incomparable_run_still_tells_which_sentinels_it_misses() -> None:
    spec = project_spec(regression={"margins": LOOSE, "sentinels": pinned(1)})
    found = regress(spec, report(), items(missing(1)), CANDIDATE, (report("b"), SAME, BASELINE))
    assert (found.status, found.recommendation) == ("INCOMPARABLE", "iterate")
    assert (check(found, "sentinels").status, check(found, "sentinels").items) == ("FAIL", ("test-0001",))
