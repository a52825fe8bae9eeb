"""Power laws through a few runs: found where they are, flat where errors do not fall, missing below three."""

import random

import pytest

from clinft.statistics.learning_curve import Point, fit, gain, records_for, why_not


def law(scale: float, exponent: float, *sizes: int, n: int = 400) -> list[Point]:
    errors = [scale * size**-exponent for size in sizes]
    return [
        Point(size, error, (error * (1 - error) / n) ** 0.5, n)
        for size, error in zip(sizes, errors, strict=True)
    ]


def test_an_exact_power_law_is_found_again() -> None:
    found = fit(law(2.0, 0.4, 100, 400, 1600))
    assert found.scale == pytest.approx(2.0, rel=1e-6)
    assert found.exponent.value == pytest.approx(0.4, abs=1e-5)
    assert found.exponent.low < 0.4 < found.exponent.high
    # 2 * 1600 ** -0.4 = 0.1045...; four times the records: times 4 ** -0.4 = 0.574.
    expected = 2.0 * 1600**-0.4 - 2.0 * 6400**-0.4
    foretold = gain(found, 1600, 6400)
    assert foretold.value == pytest.approx(expected, abs=1e-5)
    assert 0.0 < foretold.low < foretold.value < foretold.high


def test_records_for_an_error() -> None:
    found = fit(law(2.0, 0.5, 100, 400, 1600))
    # 2 / sqrt(n) = 0.02 at n = 10,000.
    assert records_for(found, 0.02) == pytest.approx(10_000, rel=1e-3)


def test_errors_that_do_not_fall_foretell_nothing() -> None:
    points = [Point(100, 0.20, 0.02, 400), Point(400, 0.21, 0.02, 400), Point(1600, 0.22, 0.02, 400)]
    found = fit(points)
    assert found.exponent.value == 0.0
    assert gain(found, 1600, 6400).value == 0.0
    assert records_for(found, 0.1) is None


@pytest.mark.parametrize("sizes", [(), (100,), (100, 400), (100, 100, 400, 400)])
def test_fewer_than_three_sizes_are_no_curve(sizes: tuple[int, ...]) -> None:
    assert "runs on 3 different numbers of records are needed" in (why_not(law(1.0, 0.3, *sizes)) or "")


def test_a_run_without_a_mistake_has_a_logarithm() -> None:
    points = [*law(2.0, 0.5, 100, 400), Point(1600, 0.0, 0.0, 50)]
    found = fit(points)
    assert found.exponent.value > 0.0


def test_the_order_of_runs_and_the_call_change_nothing() -> None:
    points = law(1.0, 0.3, 100, 200, 400, 800)
    assert fit(points) == fit(list(reversed(points)))


def test_the_exponents_interval_covers_it() -> None:
    """200 projects of four runs each, 400 test records: the interval holds the true exponent in 90 to 99 %."""
    draw, held = random.Random(7), 0
    for _ in range(200):
        points = []
        for size in (100, 300, 900, 2700):
            error = 1.5 * size**-0.35
            wrong = sum(draw.random() < error for _ in range(400)) / 400
            points.append(Point(size, wrong, (wrong * (1 - wrong) / 400) ** 0.5, 400))
        found = fit(points).exponent
        held += found.low <= 0.35 <= found.high
    assert 0.90 <= held / 200 <= 0.99
