"""No pair of codes that ICD-10-CM excludes from each other (Excludes1) is ever gold of one note."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import pytest

from clinft.stages.prepare.clinical import load
from clinft.stages.prepare.clinical.choices import Choices, Other, choices
from clinft.stages.prepare.clinical.tables import Common

DOMAINS = load.domains()
CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
# `J45.-`, `J45.909`, `O10-O11`, `S06.-`, each perhaps one of several between brackets.
SPAN = re.compile(rf"(?<![\w.])({CODE})(?:\.?-)?(?:({CODE})(?:\.?-)?)?")


@cache
def terminology() -> Any:
    with warnings.catch_warnings():
        # The package reads its data by functions that importlib.resources has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm

    return simple_icd_10_cm


def spans(note: str) -> list[tuple[str, str]]:
    """First and last code of each range between brackets; of one code, itself twice."""
    inside = " ".join(re.findall(r"\(([^()]*)\)", note))
    return [(first, last or first) for first, last in SPAN.findall(inside)]


@cache
def excludes(code: str) -> tuple[tuple[str, str], ...]:
    """By its own notes and those of all headings above it."""
    icd = terminology()
    above = (code, *icd.get_ancestors(code))
    return tuple(span for one in above for note in icd.get_excludes1(one) for span in spans(note))


@cache
def exclusive(one: str, other: str) -> bool:
    return any(
        first <= of[: len(first)] and of[: len(last)] <= last
        for code, of in ((one, other), (other, one))
        for first, last in excludes(code)
    )


def history(of: Choices) -> tuple[Other, ...]:
    return (*of.anyone.often, *of.anyone.history)


def pairs(of: Choices) -> Iterator[tuple[str, str]]:
    """Every two codes that may stand in one answer."""
    others = history(of)
    yield from ((of.condition.code, other.code) for other in others)
    yield from ((one.code, other.code) for one, other in combinations(others, 2) if one.stands_beside(other))


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("asthma (J45.-)", [("J45", "J45")]),
        ("allergic rhinitis with asthma (bronchial) (J45.909)", [("J45.909", "J45.909")]),
        ("of pregnancy (O10-O11, O13-O16)", [("O10", "O11"), ("O13", "O16")]),
        ("gestational diabetes (O24.4-)", [("O24.4", "O24.4")]),
        ("others (O00-O9A, C91.0-C95.9)", [("O00", "O9A"), ("C91.0", "C95.9")]),
        ("with psychotic symptoms (F30.2, F31.2)", [("F30.2", "F30.2"), ("F31.2", "F31.2")]),
        ("old (Z86.-)", [("Z86", "Z86")]),
    ],
)
def test_ranges_of_a_note_are_read(note: str, found: list[tuple[str, str]]) -> None:
    assert spans(note) == found


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("J30.2", "J45.909", True),
        ("J45.909", "J30.2", True),
        ("I10", "I27.0", True),
        ("I69.359", "S06.0X0A", True),
        ("F20.0", "F31.2", True),
        ("I10", "O14.13", True),
        ("I10", "E78.5", False),
        ("J30.2", "J45.901", False),
    ],
)
def test_the_release_says_which_codes_exclude_each_other(one: str, other: str, are: bool) -> None:
    assert exclusive(one, other) == are


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_two_codes_that_exclude_each_other_are_drawn(domain: str) -> None:
    pack = load.load_pack(domain)
    drawn = {
        tuple(sorted(pair)) for condition in pack.pack.conditions for pair in pairs(choices(condition, pack))
    }
    assert len(drawn) > 100 or domain == "obstetrics"
    assert [pair for pair in sorted(drawn) if exclusive(*pair)] == []


def test_beside_a_pregnancy_or_in_the_puerperium_no_plain_code_is_given() -> None:
    """Chapter 15 takes them over: O99.21- for E66.9, O99.33- for F17.210."""
    seen = []
    for domain in DOMAINS:
        pack = load.load_pack(domain)
        for condition in pack.pack.conditions:
            of = choices(condition, pack)
            if condition.code.startswith(("O", "F53")) or condition.gestation:
                seen.append(condition.code)
                assert not history(of), condition.code
                assert not condition.comorbid, condition.code
                assert of.family or of.anyone.past
            else:
                assert history(of), condition.code
                assert not [one for one in history(of) if one.code.startswith(("O", "F53"))]
    assert len(seen) >= 20


def test_what_a_pack_says_of_its_own_conditions_is_kept_on_both_sides() -> None:
    """`not_with` of a condition keeps away commons and other conditions, whichever of two it stands on."""
    pack = load.load_pack("psychiatry")
    common = Common(code="E78.5", name="hyperlipidemia")

    def drawn(**not_with: tuple[str, ...]) -> set[str]:
        changed = tuple(
            one.model_copy(update={"not_with": not_with.get(one.code.partition(".")[0], ())})
            for one in pack.pack.conditions
        )
        joined = replace(
            pack, pack=pack.pack.model_copy(update={"conditions": changed}), background=(common,)
        )
        main = next(one for one in changed if one.code == "F41.0")
        return {one.code for one in history(choices(main, joined))}

    assert {"E78.5", "F31.2"} <= drawn()
    assert "F31.2" not in drawn(F41=("F31",))
    assert "F31.2" not in drawn(F31=("F41.0",))
    assert "E78.5" not in drawn(F41=("E78",))


def test_two_of_a_history_that_exclude_each_other_do_not_stand_together() -> None:
    pack = load.load_pack("psychiatry")
    condition = next(one for one in pack.pack.conditions if one.code == "F41.0")
    of = {one.code: one for one in history(choices(condition, pack))}
    schizophrenia = of["F20.0"]
    assert not schizophrenia.stands_beside(of["F31.2"])
    assert not of["F31.2"].stands_beside(schizophrenia)
