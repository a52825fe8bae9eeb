"""How the detector is measured: what it misses, what it finds wrongly, how that is told."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from clinft.stages.audit.origin import Match, Origin
from clinft.stages.audit.severity import weights

LIMITS = (0.7, 0.2)


@pytest.fixture(scope="module")
def measure() -> Iterator[ModuleType]:
    """It takes what counts as found from bench/, whose modules are scripts and no package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[2] / "bench")
        yield importlib.import_module("detector.measure")


def record(measure: ModuleType) -> object:
    spans = (measure.Span(0, 9, "NAME"), measure.Span(13, 22, "LOCATION"), measure.Span(24, 27, "~ROLE"))
    return measure.Record("1", "Ada Quill of Tarnville, MRN 4471920", spans)


def find(measure: ModuleType, start: int, end: int, kind: str = "PERSON", *, informs: bool = False) -> object:
    labels = {"PERSON": ("NAME",), "PLACE": ("LOCATION",)}.get(kind, ())
    return measure.Finding(start, end, labels, informs, not informs, kind)


def test_mistakes_are_misses_and_false_finds(measure: ModuleType) -> None:
    found = [find(measure, 0, 9), find(measure, 28, 35, "UNIQUE_IDENTIFIER")]
    wrong = measure.mistakes([record(measure)], [found])
    assert [(one.kind, one.text) for one in wrong] == [
        ("LOCATION", "Ada Quill of [[Tarnville]], MRN 4471920"),
        ("+UNIQUE_IDENTIFIER", "Ada Quill of Tarnville, MRN [[4471920]]"),
    ]


def test_what_is_free_to_be_found_is_no_mistake_either_way(measure: ModuleType) -> None:
    found = [find(measure, 0, 9), find(measure, 13, 22, "PLACE")]
    assert measure.mistakes([record(measure)], [found]) == []
    assert measure.mistakes([record(measure)], [[*found, find(measure, 24, 27)]]) == []


def test_lines_tell_recall_by_label(measure: ModuleType) -> None:
    scores = measure.scored([record(measure)], [[find(measure, 0, 9)]])
    assert measure.lines("detector", scores) == [
        "detector: recall 0.5000 (1/2), precision 1.0000 (1/1), leaking 1/1, clean flagged 0/0,"
        " with a HIGH finding 0",
        "    NAME 1.0000 (1/1), LOCATION 0.0000 (0/1)",
    ]


def test_a_set_without_labels_has_one_line(measure: ModuleType) -> None:
    clean = measure.Record("1", "no fever", ())
    scores = measure.scored([clean], [[find(measure, 3, 8)]])
    assert measure.lines("rules", scores) == [
        "rules: recall - (0), precision 0.0000 (0/1), leaking 0/0, clean flagged 1/1, with a HIGH finding 1"
    ]


class Detector:
    """Finds one word that no rule knows."""

    def __init__(self, network: object, point: object) -> None:
        pass

    def finds(self, text: str, taken: object, first: int) -> list[Match]:
        at = text.index("quibbly")
        return [
            Match(
                at,
                at + len("quibbly"),
                Origin("detector/name", "PERSON", 0.9, weights()["PERSON"]),
                "plausible",
            )
        ]


@pytest.mark.parametrize(
    ("system", "expected"),
    [("rules", ["219-09-9998"]), ("detector", ["quibbly"]), ("both", ["quibbly", "219-09-9998"])],
)
def test_each_system_finds_its_own(
    measure: ModuleType, system: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "Detector", Detector)
    text = "came quibbly with SSN 219-09-9998."
    searching = measure.engine(system, None, measure.chosen())
    (found,) = measure.found_by(searching, [measure.Record("1", text, ())])
    assert [text[one.start : one.end] for one in found] == expected
    assert all(one.blocks and not one.informs for one in found)
    assert [one.labels for one in found] == [
        ("NAME",) if word == "quibbly" else ("SSN",) for word in expected
    ]


def test_points_have_the_same_limits_for_every_label(measure: ModuleType) -> None:
    point = measure.point_of(*LIMITS)
    assert {(each.certain, each.possible) for each in point.limits.values()} == {LIMITS}
    assert set(point.limits) == set(measure.chosen().limits)
    assert point.slope == measure.chosen().slope
