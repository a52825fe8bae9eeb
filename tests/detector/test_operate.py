"""How the operating point is chosen: chances that hold, and the lowest limits that keep to the rule."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from clinft.stages.audit.detector.features import tokens
from clinft.stages.audit.detector.network import LABELS, Word
from clinft.stages.audit.detector.operating_point import OperatingPoint

POINT = OperatingPoint(1.0, 0.0, {})


@pytest.fixture(scope="module")
def operate() -> Iterator[ModuleType]:
    """It reads sets with a module of bench/, whose modules are scripts and no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[2] / "bench")
        yield importlib.import_module("detector.operate")


class Network:
    """Says of the words n00 to n99 that they are names by so many hundredths."""

    def words(self, text: str, least: float) -> list[Word]:
        every = (
            Word(start - 1, end, "NAME", POINT.odds(int(word) / 100))
            for start, end, word in tokens(text)
            if word.isdecimal()
        )
        return [word for word in every if word.odds >= least]


def test_calibration_finds_the_function_that_made_the_hits(operate: ModuleType) -> None:
    random = np.random.default_rng(1)
    odds = random.normal(-1, 3, 50_000)
    hits = (random.random(50_000) < 1 / (1 + np.exp(-(0.6 * odds - 1.2)))).astype(float)
    assert operate.calibrated(odds, hits) == pytest.approx((0.6, -1.2), abs=0.05)


def texts(operate: ModuleType, chances: list[int]) -> list[object]:
    made = []
    for chance in chances:
        text = f"came n{chance:02} today"
        made.append(operate.Read(operate.Record("1", text, ()), text, (), True))
    return made


def test_limits_are_the_lowest_that_keep_to_the_shares(
    operate: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operate, "WRONG", 0.1)
    monkeypatch.setattr(operate, "LISTED", 0.5)
    # Of ten texts one may be wrong, so the word at 0.80 must not count; five may be listed.
    chances = [2, 2, 2, 20, 30, 40, 50, 60, 80, 90]
    limits = operate.limits_of(Network(), POINT, texts(operate, chances))
    assert 0.80 < limits["NAME"].certain <= 0.81
    assert 0.30 < limits["NAME"].possible <= 0.31
    # What is never wrong may be as unlikely as the grid allows, and as even odds where it blocks.
    for label in LABELS[2:]:
        assert (limits[label].certain, limits[label].possible) == (operate.EVEN, operate.GRID[0])


def test_words_that_a_rule_explains_do_not_count(operate: ModuleType) -> None:
    (one,) = texts(operate, [90])
    explained = one._replace(taken=((5, 8),))
    for read, expected in ((one, 1), (explained, 0)):
        flagged = operate._flagged(Network(), POINT, [read], 0.5)
        assert flagged == dict.fromkeys(LABELS[1:], 0) | {"NAME": expected}


def test_words_are_hits_where_a_set_has_a_span(operate: ModuleType) -> None:
    text = "n90 met n80 and n70 and n60"
    span = importlib.import_module("audit_scores").Span
    record = operate.Record("1", text, (span(0, 3, "NAME"), span(8, 11, "~ROLE")))
    read = operate.Read(record, text, ((16, 19),), False)
    odds, hits = operate.seen_words(Network(), [read])
    assert odds.tolist() == pytest.approx([POINT.odds(0.9), POINT.odds(0.6)])
    assert hits.tolist() == [1.0, 0.0]


def test_records_are_read_as_the_detector_gets_them(operate: ModuleType) -> None:
    text = "\u200bSSN: 219-09-9998 left"
    (read,) = operate.read([operate.Record("1", text, ())])
    assert read.text == "SSN: 219-09-9998 left"
    assert [read.text[start:end] for start, end in read.taken] == ["219-09-9998"]
    assert read.clean


def test_reliability_is_by_tenths_with_both_ends(operate: ModuleType) -> None:
    chances, hits = np.array([0.0, 0.05, 0.55, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    assert operate.reliability(chances, hits) == [
        (pytest.approx(0.05), pytest.approx(0.025), 0.5, 2),
        (pytest.approx(0.55), pytest.approx(0.55), 1.0, 1),
        (pytest.approx(0.95), 1.0, 1.0, 1),
    ]
