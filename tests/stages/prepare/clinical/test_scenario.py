"""Cores and splits: a core belongs to one split, whatever the shares, the seed and the number drawn."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.errors import SpecError
from clinft.spec.data import SPLITS, Splits
from clinft.stages.prepare.clinical import load
from clinft.stages.prepare.clinical.choices import choices
from clinft.stages.prepare.clinical.scenario import (
    EVERY,
    Part,
    draw_core,
    draw_scenario,
    parts,
    scenario_of,
)
from clinft.stages.prepare.draw import Draw
from tests.fakes.packs import PACK, pack, text

SMALL = load.parse(text(PACK), "small.yaml")
OF = choices(SMALL.pack.conditions[1], SMALL)
SEVERITIES = SMALL.pack.conditions[1].severity

# Of these bytes a scenario's name is made: the same on every Python and machine.
GOLDEN_CORE = {
    "code": "B01.2",
    "severity": "severe",
    "sex": "female",
    "age": 62,
    "gestation_weeks": None,
    "duration": "2 days",
    "course": "worsening",
    "findings": ["sign b", "sign c", "sign f"],
    "red_flags": ["a grave sign"],
    "negated_findings": ["fever", "cough", "back pain"],
}
GOLDEN_NAME = "makhaiabfhnjpcic"


@st.composite
def splits(draw: st.DrawFn) -> Splits:
    weights = [draw(st.integers(1, 40)) for _ in SPLITS]
    shares = [Decimal(weight) / sum(weights) for weight in weights]
    return Splits.model_validate(dict(zip(SPLITS, map(float, shares), strict=True)))


@given(splits())
def test_parts_are_the_whole_without_gap_or_overlap(shares: Splits) -> None:
    found = list(parts(shares).values())
    assert [part.split for part in found] == list(SPLITS)
    assert (found[0].start, found[-1].stop) == (0, EVERY)
    assert all(one.stop == other.start for one, other in pairwise(found))
    for part in found:
        assert abs((part.stop - part.start) / EVERY - getattr(shares, part.split)) < 1e-6


@settings(max_examples=30, deadline=None)
@given(splits(), st.integers(0, 2**31 - 1))
def test_no_scenario_is_in_two_splits(shares: Splits, seed: int) -> None:
    seen: dict[str, str] = {}
    for split, part in parts(shares).items():
        for number in range(15):
            core, name = draw_scenario(OF, SEVERITIES, part, Draw(seed, split, number))
            assert name == scenario_of(core)
            assert seen.setdefault(name, split) == split
            first = int(name[:8].translate(str.maketrans("abcdefghijklmnop", "0123456789abcdef")), 16)
            assert part.start <= first < part.stop


def test_a_drawn_core_is_fixed_for_ever() -> None:
    core = draw_core(OF, SEVERITIES, Draw(7, "train", 1))
    assert scenario_of(core) == scenario_of(dict(core))
    assert core == GOLDEN_CORE
    assert scenario_of(core) == GOLDEN_NAME


def test_severe_cases_have_red_flags_and_do_not_improve() -> None:
    drawn = [draw_core(OF, SEVERITIES, Draw(number)) for number in range(400)]
    assert {core["severity"] for core in drawn} == set(SEVERITIES)
    for core in drawn:
        assert bool(core["red_flags"]) == (core["severity"] == "severe")
        assert (core["severity"], core["course"]) != ("severe", "improving")


@pytest.mark.parametrize(("weeks", "units"), [((1, 2), {"days"}), ((5, 40), {"weeks"})])
def test_what_a_pregnancy_brings_did_not_begin_before_it(weeks: tuple[int, int], units: set[str]) -> None:
    changed = pack()
    changed["conditions"][0].update(sex="female", ages=[20, 45], gestation=list(weeks))
    joined = load.parse(text(changed), "small.yaml")
    of = choices(joined.pack.conditions[0], joined)
    for number in range(200):
        core = draw_core(of, SEVERITIES, Draw(number))
        count, unit = core["duration"].split()
        assert unit in units
        assert int(count) * (7 if unit == "weeks" else 1) < 7 * core["gestation_weeks"]


def test_a_share_without_cases_is_refused_and_does_not_run_for_ever() -> None:
    nothing = Part("dev", 0, 1)
    few = Part("dev", 0, EVERY // 2)
    assert few.tries < 1000 < nothing.tries
    with pytest.raises(SpecError, match=r"illness number 1 has too few .* share as small as that of dev"):
        draw_scenario(OF, SEVERITIES, _Hopeless("dev", 5, 5), Draw(1))


class _Hopeless(Part):
    @property
    def tries(self) -> int:
        return 50
