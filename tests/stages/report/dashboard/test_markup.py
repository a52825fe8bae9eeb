"""Text of others stays text, whatever it tries; addresses are ours."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parsed

from clinft.stages.report.dashboard.charts import embedded
from clinft.stages.report.dashboard.markup import Html, joined, link, tag, text
from tests.fakes.run_facts import HOSTILE


def test_children_are_escaped_and_markup_is_kept() -> None:
    assert tag("p", "a < b & c", Html("<em>d</em>")) == "<p>a &lt; b &amp; c<em>d</em></p>"


def test_attributes_are_escaped_named_and_left_out() -> None:
    made = tag("input", aria_label='a "b" <c>', hidden=True, disabled=False, for_=None)
    assert made == '<input aria-label="a &quot;b&quot; &lt;c&gt;" hidden>'


def test_spaces_between_neighbours_are_kept_and_hidden_characters_are_not() -> None:
    assert joined("a ", tag("b", "c"), " d\u202e\u200b ") == "a <b>c</b> d "


@given(st.text())
def test_any_text_comes_back_as_one_text(foreign: str) -> None:
    element = parsed.fragment_fromstring(tag("p", foreign, title=foreign))
    assert len(element) == 0
    assert list(element.attrib) == ["title"]


def test_hostile_text_makes_no_element() -> None:
    assert not re.search(r"<(img|script|a)\b", text(HOSTILE))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/etc",
        "http://evil.example",
        "https://a b",
        "x:y",
        "",
    ],
)
def test_what_is_no_address_of_ours_is_refused(address: str) -> None:
    if address == "":
        assert link(address, "here") == '<a href="">here</a>'
        return
    with pytest.raises(ValueError, match="not an address"):
        link(address, "here")


def test_a_link_that_leaves_tells_nobody_where_from() -> None:
    made = link("https://github.com/octo-org/clinft/pull/1", "one")
    assert 'rel="noreferrer noopener"' in made


def test_embedded_data_never_end_their_element() -> None:
    hostile = {"a": "</script><script>alert(1)</script>", "b": "<!--", "c": "\u2028&amp;"}
    made = embedded(hostile, "chart")
    inside = re.fullmatch(r'<script type="application/json" data-kind="chart">(.*)</script>', made)
    assert inside is not None
    assert not re.search(r"[<>&]", inside[1])
    assert json.loads(inside[1]) == hostile


def test_a_value_that_is_no_number_is_refused_before_it_is_drawn() -> None:
    with pytest.raises(ValueError, match="JSON"):
        embedded({"value": float("nan")}, "chart")
