"""Actual over estimated, over the runs that can be compared."""

import pytest

from clinft.stages.estimate import Used, calibration


def test_the_ratio_is_the_median_and_the_spread_is_shown() -> None:
    found = calibration([Used("tokens", 100, actual) for actual in (110, 90, 105)])
    assert found is not None
    assert (found.of, found.ratio, found.low, found.high, found.n) == ("tokens", 1.05, 0.9, 1.1, 3)


def test_tokens_count_before_minutes() -> None:
    both = [Used("minutes", 10, 30), Used("tokens", 100, 100)]
    found = calibration(both)
    assert found is not None
    assert (found.of, found.ratio) == ("tokens", 1.0)
    alone = calibration(both[:1])
    assert alone is not None
    assert (alone.of, alone.ratio) == ("minutes", 3.0)


@pytest.mark.parametrize(
    "runs",
    [[], [Used("tokens", 0, 5)], [Used("tokens", 5, 0)], [Used("minutes", 1, float("inf"))]],
    ids=["none", "nothing estimated", "nothing used", "not a number"],
)
def test_what_cannot_be_compared_gives_no_ratio(runs: list[Used]) -> None:
    assert calibration(runs) is None
