"""A diff of two specs by field, with hand-made values and a property."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinft.pipeline.comparing.spec_changes import LONGEST, spec_changes

BEFORE: dict[str, Any] = {
    "summary": "Chapters",
    "data": {"records": 240, "seed": 7},
    "evaluation": {"metrics": ["accuracy", "macro_f1"], "thresholds": []},
    "regression": {
        "margins": [{"metric": "accuracy", "margin": 0.02}, {"metric": "macro_f1", "margin": 0.1}]
    },
}


def told(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {one.field: (one.before, one.after) for one in spec_changes(before, after)}


def test_only_what_differs_is_told_by_its_field() -> None:
    after = {**BEFORE, "data": {"records": 480, "seed": 7}, "revision": 2}
    assert told(BEFORE, after) == {"data.records": ("240", "480"), "revision": (None, "2")}
    assert told(after, BEFORE) == {"data.records": ("480", "240"), "revision": ("2", None)}


def test_a_list_tells_what_came_and_what_went() -> None:
    after = {**BEFORE, "evaluation": {"metrics": ["macro_f1", "brier", "auroc"], "thresholds": []}}
    assert told(BEFORE, after) == {"evaluation.metrics": ("no longer: accuracy", "new: brier, auroc")}
    more = {**BEFORE, "evaluation": {"metrics": ["accuracy", "macro_f1", "brier"], "thresholds": []}}
    assert told(BEFORE, more) == {"evaluation.metrics": ("(nothing)", "new: brier")}
    turned = {**BEFORE, "evaluation": {"metrics": ["macro_f1", "accuracy"], "thresholds": []}}
    assert told(BEFORE, turned) == {
        "evaluation.metrics": ('["accuracy", "macro_f1"]', '["macro_f1", "accuracy"]')
    }


def test_an_entry_is_known_by_its_metric_wherever_it_stands() -> None:
    margins = [{"metric": "brier", "margin": 0.01}, *BEFORE["regression"]["margins"]]
    assert told(BEFORE, {**BEFORE, "regression": {"margins": margins}}) == {
        "regression.margins[brier].margin": (None, "0.01")
    }
    unnamed = ({"x": [{"a": 1}, {"a": 2}]}, {"x": [{"a": 1}, {"a": 3}]})
    assert told(*unnamed) == {"x[2].a": ("2", "3")}


def test_what_looks_alike_and_is_not_is_told() -> None:
    assert told({"a": 1}, {"a": True}) == {"a": ("1", "true")}
    assert told({"a": None}, {"a": ""}) == {"a": ("null", "")}
    assert told({"a": {}}, {"a": {"b": 1}}) == {"a": ("{}", None), "a.b": (None, "1")}
    assert told({"a": "x" * 500 + "y"}, {"a": "z"})["a"] == ("x" * (LONGEST - 1) + "…", "z")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("xy", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
SPECS = st.dictionaries(st.text("xyz", min_size=1, max_size=2), VALUES, max_size=4)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SPECS, SPECS)
def test_equal_specs_have_no_change_and_a_change_turns_round(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert spec_changes(first, first) == ()
    there = {one.field for one in spec_changes(first, second)}
    assert there == {one.field for one in spec_changes(second, first)}
    # In text, 1 and true differ, and so they do in a file.
    assert bool(there) is (json.dumps(first, sort_keys=True) != json.dumps(second, sort_keys=True))
