"""No document holds a number that facts.json does not: the documents themselves, and that the check can fail."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinft.artifacts.fact_sheet import FACTS
from clinft.stages.report import stage
from clinft.stages.report.cards.facts import gather
from clinft.stages.report.cards.stray_numbers import stray_numbers
from tests.fakes import run_facts as fake
from tests.stages.report.cards.runs import FROM_FACTS, RUNS, cards


@pytest.fixture(scope="module", params=RUNS)
def rendered(request: pytest.FixtureRequest) -> Mapping[str, str]:
    return cards(request.param)


@pytest.mark.parametrize("name", FROM_FACTS)
def test_no_document_holds_a_number_that_facts_json_does_not(name: str, rendered: Mapping[str, str]) -> None:
    assert stray_numbers(name, rendered[name], rendered[FACTS]) == ()


@pytest.mark.parametrize("name", FROM_FACTS)
def test_any_other_number_in_the_prose_of_a_document_is_found(name: str) -> None:
    """Every number of the document in turn becomes one that nobody measured."""
    rendered = cards("full")
    text, facts = rendered[name], rendered[FACTS]
    places = [
        match.span() for match in re.finditer(r"(?<![\w.,:/@#+-])[+-]?\d+\.\d{3}(?![\w.,:-])", text)
    ]  # 0.733, as results are written
    if not name.endswith(("DICTIONARY.md", "croissant.json")):
        assert len(places) > 10
    for start, end in places:
        changed = f"{text[:start]}0.1234567{text[end:]}"
        assert stray_numbers(name, changed, facts) == ("0.1234567",)


@pytest.mark.parametrize(
    "text",
    [
        "0.733 [0.610, 0.829] (n = 60)",
        "+0.350 [+0.200, +0.500]",
        "1,200 records",
        "F1 and ICD-10-CM and v0.2",
        "sha256 `777777777777`",
        "45 CFR 164.514(b)(2)(i)",
        "7\\.5 or 7&#46;5",
        "1. A list\n2. goes on",
    ],
)
def test_what_facts_hold_is_no_stray(text: str) -> None:
    facts = {
        "figures": ["0.733 [0.610, 0.829]", "+0.350 [+0.200, +0.500]", "45 CFR 164.514(b)(2)(i)", "7.5"],
        "n": 60,
        "records": 1200,
        "digest": "7" * 64,
    }

    assert stray_numbers("a.md", text, json.dumps(facts)) == ()


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("0.7331", "0.7331"),
        ("-0.350", "-0.350"),
        ("n=61", "61"),
        ("| 61 of 180 |", "61"),
        ("12,000", "12,000"),
        ("[0.610,0.830]", "0.830"),
        ("2026-11-25", "2026-11-25"),
        ("`888888888888`", "888888888888"),
    ],
)
def test_what_they_do_not_hold_is(text: str, stray: str) -> None:
    facts = {"figures": ["0.733 [0.610, 0.829]", "+0.350", "180"], "n": 60, "digest": "7" * 64}

    assert stray in stray_numbers("a.md", text, json.dumps(facts))


def test_names_of_a_form_are_not_read_but_its_values_are() -> None:
    text = json.dumps({"sha256_7": "n = 5", "value": 0.25})

    assert stray_numbers("a.json", text, "{}") == ("5", "0.25")
    assert stray_numbers("a.xml", '<?xml version="1.0"?><a>8</a>', "{}") == ("8",)


@given(st.floats(min_value=0.001, max_value=0.999), st.integers(min_value=10, max_value=10**7))
def test_a_number_passes_exactly_where_it_is_known(share: float, count: int) -> None:
    text = f"value {share:.3f}, n = {count:,}"
    known = {"shown": f"{share:.3f}", "n": count}

    assert stray_numbers("a.md", text, json.dumps(known)) == ()
    assert f"{count:,}" in stray_numbers("a.md", text, json.dumps({"shown": f"{share:.3f}"}))


TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("0123456789.,+-:_[]()|`*\\&#;<>@ \n\u200b\u202e½٣é"), st.characters(codec="utf-8")
    ),
    min_size=1,
    max_size=60,
).filter(str.strip)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS)
def test_whatever_people_write_is_no_stray_and_breaks_no_form(said: str, label: str) -> None:
    """Only texts that a spec may hold: its own patterns are looser than what is drawn here."""
    made = RUNS["full"]()
    spec = made.spec.model_copy(
        update={"intended_use": said, "summary": said, "out_of_scope": (said,), "owners": (said,)}
    )
    facts = replace(made, spec=spec, prepared=fake.prepared((label, "b", "c"), said))
    sheet = gather(facts, FROM_FACTS)
    text = stage.as_text(sheet)

    for name, render in stage.CARDS.values():
        rendered = render(sheet)
        assert stray_numbers(name, rendered, text) == (), (name, said, label)
        if name.endswith(".xml"):
            ElementTree.fromstring(rendered)
