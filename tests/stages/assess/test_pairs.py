"""Differences between rungs on the same items."""

from dataclasses import replace

import pytest

from clinft.stages.assess.outcomes import Outcome, Rung
from clinft.stages.assess.pairs import difference, differences, pairs_needed
from clinft.statistics.paired import mcnemar_exact, newcombe_paired
from tests.fakes.rungs import binary, scored


def crossed(both: int, only_first: int, only_second: int, neither: int) -> tuple[Rung, Rung]:
    """Two rungs with these counts of items."""
    rows = [(True, True)] * both + [(True, False)] * only_first
    rows += [(False, True)] * only_second + [(False, False)] * neither
    return tuple(  # type: ignore[return-value]  # zip of two columns gives two rungs
        Rung(
            name,
            "generated_text",
            [Outcome(str(n), float(row[side]), row[side], True) for n, row in enumerate(rows)],
        )
        for side, name in enumerate(("first", "second"))
    )


def test_yes_or_no_gets_mcnemar_and_newcombe() -> None:
    first, second = crossed(60, 15, 5, 20)
    found = difference(first, second, "accuracy", 0.95)

    assert (found.only_of, found.only_against, found.test) == (15, 5, "exact McNemar")
    assert found.p_value == mcnemar_exact(15, 5)
    assert found.difference == newcombe_paired(60, 15, 5, 20, 0.95)


def test_mirage_retrieval_is_worse_where_the_research_note_says_so() -> None:
    # GPT-4 on the 1,089 medical questions of MMLU, counted from MIRAGE's published answers.
    thought, retrieved = crossed(903, 68, 45, 73)
    found = difference(retrieved, thought, "accuracy", 0.95)

    assert round(found.difference.value, 3) == -0.021
    assert round(found.p_value, 3) == 0.038
    assert found.difference.high < 0.0


def test_clusters_take_the_place_of_items() -> None:
    first, second = (binary(name, right, 100, per_cluster=10) for name, right in (("a", 80), ("b", 60)))
    alone = [
        Rung(rung.name, rung.read, [replace(outcome, cluster=None) for outcome in rung.outcomes])
        for rung in (first, second)
    ]
    clustered, single = difference(first, second, "accuracy", 0.95), difference(*alone, "accuracy", 0.95)

    # 20 items in only 2 of 10 clusters: chance alone does that.
    assert (clustered.only_of, clustered.only_against) == (20, 0)
    assert clustered.test == "paired randomization"
    assert "over 10 clusters" in clustered.difference.method
    assert clustered.p_value > 0.3
    assert single.p_value < 0.001


def test_same_scores_differ_by_nothing() -> None:
    rung = scored("a", [0.1, 0.5, 0.9] * 10)
    found = difference(rung, replace(rung, name="b"), "score", 0.95)

    assert (found.difference.value, found.difference.low, found.difference.high) == (0.0, 0.0, 0.0)
    assert found.p_value == 1.0
    assert found.only_of is None
    assert pairs_needed(rung, replace(rung, name="b"), "score", 0.95) is None


def test_p_is_adjusted_over_all_that_are_compared() -> None:
    base, other = crossed(60, 5, 15, 20)
    rungs = [replace(other, name="x"), replace(other, name="y"), replace(other, name="z")]
    found = differences(rungs, base, "accuracy", 0.95)

    assert [one.p_adjusted for one in found] == pytest.approx([3 * found[0].p_value] * 3)


def test_pairs_needed_are_those_of_the_formula() -> None:
    first, second = crossed(60, 15, 5, 20)
    # (1.960 + 0.8416)^2 * (0.2 - 0.1^2) / 0.1^2 = 149.1
    assert pairs_needed(first, second, "accuracy", 0.95) == 150
