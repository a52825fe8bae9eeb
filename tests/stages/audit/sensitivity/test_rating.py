"""From counts to a status, at the floor's very edge."""

import pytest

from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.sensitivity import Counts, sensitivities

LETTERS = "".join(category.letter for category in CATEGORIES)


def counts(found: int, n: int, letters: str = LETTERS) -> Counts:
    every = dict.fromkeys(letters, found)
    return Counts(planted=dict.fromkeys(letters, n), found=every, blocked=every)


# With no miss the bound is 0.025 ** (1 / n); the others are from Clopper and Pearson's beta quantiles.
@pytest.mark.parametrize(
    ("found", "n", "low", "status"),
    [
        (200, 200, 0.98172, "certified"),
        (197, 200, 0.95678, "certified"),
        (196, 200, 0.94959, "below_floor"),
        (73, 73, 0.95072, "certified"),
        (72, 72, 0.95006, "certified"),
        (71, 71, 0.94937, "below_floor"),
        (485, 500, 0.95100, "certified"),
        (484, 500, 0.94855, "below_floor"),
        (0, 500, 0.0, "below_floor"),
    ],
)
def test_the_lower_bound_decides(found: int, n: int, low: float, status: str) -> None:
    row = sensitivities(counts(found, n), None, 0.95)[7]
    assert row.canaries is not None
    assert (row.identifier, row.canaries.n, row.canaries.found) == ("H", n, found)
    assert row.canaries.low == pytest.approx(low, abs=2e-5)
    assert row.status == status


@pytest.mark.parametrize(
    ("canaries", "challenge", "status"),
    [
        (counts(200, 200), counts(200, 200), "certified"),
        (counts(200, 200), counts(150, 200), "below_floor"),
        (counts(150, 200), counts(200, 200), "below_floor"),
        (None, counts(200, 200), "certified"),
        (None, counts(150, 200), "below_floor"),
        (counts(200, 200), None, "certified"),
        (None, None, "not_certified"),
        (Counts(), Counts(), "not_certified"),
    ],
)
def test_either_measurement_can_fail_a_class(
    canaries: Counts | None, challenge: Counts | None, status: str
) -> None:
    rows = sensitivities(canaries, challenge, 0.95)
    assert "".join(row.identifier for row in rows) == LETTERS
    assert {row.status for row in rows} == {status}


def test_what_was_found_without_blocking_is_said() -> None:
    planted = Counts(planted={"A": 500, "D": 500}, found={"A": 498, "D": 500}, blocked={"A": 470, "D": 500})
    cases = Counts(planted={"A": 200}, found={"A": 199}, blocked={"A": 199})
    rows = sensitivities(planted, cases, 0.95)
    assert "Found by a finding that blocks: 470 of 500 planted; the others are listed only." in rows[0].note
    assert "blocks" not in rows[3].note
    both = sensitivities(planted, cases.model_copy(update={"blocked": {"A": 150}}), 0.95)[0].note
    assert "470 of 500 planted, 150 of 200 challenge cases;" in both


def test_the_policys_floor_is_the_one_that_counts() -> None:
    assert sensitivities(counts(196, 200), None, 0.94)[7].status == "certified"
    measured = sensitivities(counts(196, 200), None, 0.94)[7].canaries
    assert measured is not None
    assert sensitivities(counts(196, 200), None, measured.low)[7].status == "certified"
    assert sensitivities(counts(200, 200), None, 0.99)[7].status == "below_floor"


def test_what_is_missing_is_said() -> None:
    nothing, half = sensitivities(None, None, 0.95)[7], sensitivities(counts(9, 9, "H"), None, 0.95)
    assert nothing.canaries is nothing.challenge is None
    assert "no text that could carry a canary" in nothing.note
    assert "challenge set has no case" in nothing.note
    assert "canary" not in half[7].note
    assert "canary" in half[8].note
    rated = {row.identifier: row.note for row in sensitivities(counts(9, 9), counts(9, 9), 0.95)}
    assert {letter for letter, note in rated.items() if "flatters" in note} == set("GHJLMPQ")
    assert "Before that, 197 of 229 [0.808, 0.903] were found." in rated["L"]
    assert rated["D"] == ""
