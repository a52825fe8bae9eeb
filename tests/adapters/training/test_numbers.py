"""Numbers of a provider are within bounds, or not known."""

import math
from typing import Any

import pytest

from clinft.adapters.training.numbers import amount, finite, whole
from clinft.artifacts.model import LossPoint
from clinft.spec.base import MOST


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (10, 10),
        (10.0, 10),
        ("10", 10),
        (0, 0),
        (MOST - 1, MOST - 1),
        (MOST, None),
        (-1, None),
        (10**400, None),
        ("1e300", None),
        (1.5, None),
        (True, None),
        (math.nan, None),
        (math.inf, None),
        ("many", None),
        ([], None),
        (None, None),
    ],
)
def test_whole(value: Any, known: int | None) -> None:
    assert whole(value) == known


@pytest.mark.parametrize(
    ("value", "known"),
    [(0.5, 0.5), ("0.5", 0.5), (0, 0.0), (-1, None), (2.0**53, None), (10**400, None), ("nan", None)],
)
def test_amount(value: Any, known: float | None) -> None:
    assert amount(value) == known


@pytest.mark.parametrize(("value", "known"), [(-2.5, -2.5), (1e300, 1e300), (math.inf, None), (False, None)])
def test_finite(value: Any, known: float | None) -> None:
    assert finite(value) == known


@pytest.mark.parametrize("loss", [-0.1, 2.0**53, math.nan, math.inf])
def test_evidence_takes_no_other_loss(loss: float) -> None:
    with pytest.raises(ValueError, match="training_loss"):
        LossPoint(step=1, tokens=None, training_loss=loss)
