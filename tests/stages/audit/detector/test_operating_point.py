"""Odds and chances, and the limits that are shipped."""

import pytest

from clinft.stages.audit.detector.network import LABELS
from clinft.stages.audit.detector.operating_point import Limits, OperatingPoint, chosen

POINT = OperatingPoint(2.0, -1.0, {"NAME": Limits(0.8, 0.3), "PLACE": Limits(0.9, 0.2)})


def test_chance_is_the_logistic_function_of_slope_and_offset() -> None:
    assert POINT.chance(0.5) == 0.5
    assert POINT.chance(1.0) == pytest.approx(0.7310586)  # 1 / (1 + e**-1)
    assert POINT.chance(-300.0) < 1e-9
    assert POINT.chance(1e6) == 1


@pytest.mark.parametrize("chance", [0.01, 0.3, 0.5, 0.99])
def test_odds_are_the_way_back(chance: float) -> None:
    assert POINT.chance(POINT.odds(chance)) == pytest.approx(chance)


def test_least_odds_are_those_of_the_lowest_limit() -> None:
    assert POINT.chance(POINT.least_odds) == pytest.approx(0.2)


def test_chosen_limits_lie_in_order_for_every_label() -> None:
    point = chosen()
    assert set(point.limits) == set(LABELS[1:])
    assert point.slope > 0
    for limits in point.limits.values():
        assert 0 < limits.possible <= limits.certain < 1
