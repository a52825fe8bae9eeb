"""Lines of project.yaml that change, and every other byte that stays."""

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.proposal import Change, Gain
from clinft.stages.propose.applying import applied, expected
from clinft.stages.propose.edit import set_value, written

BLOCK = """\
version: 1
# Who answers for it.
name: demo

data:   # where records come from
  source: synthetic
  # How many.
  records: 1000   # over all splits
  seed: 1
  splits: {train: 0.6, validation: 0.1, dev: 0.1, test: 0.2}
  terminology_focus:
    - sepsis   # the team's word
    - "Crohn's disease"

evaluation:
  compare: [base_prompt, tuned]  # side by side
"""
FLOW = "data: {source: synthetic, records: 1000, seed: 1}\nname: demo # its name\n"


def changed(text: str, after: str | None) -> list[tuple[str, str]]:
    """Lines that went and lines that came."""
    assert after is not None
    before = text.splitlines()
    return [
        *(("-", line) for line in before if line not in after.splitlines()),
        *(("+", line) for line in after.splitlines() if line not in before),
    ]


@pytest.mark.parametrize(
    ("loc", "value", "lines"),
    [
        (
            ("data", "records"),
            2000,
            [("-", "  records: 1000   # over all splits"), ("+", "  records: 2000   # over all splits")],
        ),
        (
            ("data", "splits"),
            {"train": 0.8, "validation": 0.05, "dev": 0.05, "test": 0.1},
            [
                ("-", "  splits: {train: 0.6, validation: 0.1, dev: 0.1, test: 0.2}"),
                ("+", "  splits: {train: 0.8, validation: 0.05, dev: 0.05, test: 0.1}"),
            ],
        ),
        (("data", "terminology_focus"), ["gout"], [("+", "    - gout")]),
        (
            ("evaluation", "compare"),
            ["deployed"],
            [
                ("-", "  compare: [base_prompt, tuned]  # side by side"),
                ("+", "  compare: [base_prompt, tuned, deployed]  # side by side"),
            ],
        ),
        (("data", "realism"), {"typos": 0.3}, [("+", "  realism: {typos: 0.3}")]),
        (("data", "label_counts"), {"no": 4, "a b": 5}, [("+", '  label_counts: {"no": 4, "a b": 5}')]),
    ],
    ids=[
        "a number",
        "a mapping in braces",
        "a list of lines",
        "a list in brackets",
        "a new mapping",
        "quotes",
    ],
)
def test_a_line_changes_and_the_rest_stays(
    loc: tuple[str, ...], value: object, lines: list[tuple[str, str]]
) -> None:
    assert changed(BLOCK, set_value(BLOCK, loc, value)) == lines  # type: ignore[arg-type]


def test_a_new_key_in_braces_and_a_new_section() -> None:
    assert set_value(FLOW, ("data", "realism"), {"typos": 0.3}) == FLOW.replace(
        "{source", "{realism: {typos: 0.3}, source"
    )
    assert set_value(FLOW, ("evaluation", "compare"), ["deployed"]) == (
        f"{FLOW}\nevaluation:\n  compare: [deployed]\n"
    )


def test_an_empty_list_is_filled() -> None:
    text = "data:\n  terminology_focus: []   # none yet\n  records: 1\n"
    assert set_value(text, ("data", "terminology_focus"), ["gout"]) == text.replace("[]", "[gout]")


def change(setting: str, value: object) -> Change:
    return Change.model_construct(setting=setting, value=value, reason="", gain=Gain(missing="none"))


@pytest.mark.parametrize(
    "setting", ["evaluation.thresholds", "regression.margins", "budget.max_usd", "audit"]
)
def test_no_other_setting_is_ever_written(setting: str) -> None:
    assert applied(BLOCK, [change(setting, 0)]) is None


def test_a_layout_that_is_not_understood_is_left_to_people() -> None:
    """An alias: what stands at its place is shared with another place."""
    text = "name: demo\ndata:\n  seed: &n 160\n  records: *n\n"
    assert applied(text, [change("data.records", 200)]) is None
    folded = "name: demo\ndata:\n  records: 1\n  terminology_focus:\n    - >-\n      gout\n"
    assert applied(folded, [change("data.terminology_focus", ["sepsis"])]) is None


LINES = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20)


@given(
    counts=st.dictionaries(LINES.map(str.strip).filter(bool), st.integers(1, 10**6), min_size=1, max_size=6),
    terms=st.lists(LINES.map(str.strip).filter(bool), min_size=1, max_size=4),
    records=st.integers(40, 5_000_000),
    base=st.sampled_from([BLOCK, FLOW]),
)
def test_whatever_is_written_reads_back_as_it_was_meant(
    counts: dict[str, int], terms: list[str], records: int, base: str
) -> None:
    changes = [
        change("data.records", records),
        change("data.label_counts", counts),
        change("data.terminology_focus", terms),
    ]
    after = applied(base, changes)
    # Either nothing at all, or exactly what the changes say.
    if after is not None:
        assert pyyaml.safe_load(after) == expected(pyyaml.safe_load(base), changes)
    for comment in ("# Who answers for it.", "# over all splits", "# its name"):
        assert after is None or (comment in base) <= (comment in after)


@given(st.floats(0.0, 1.0))
def test_shares_are_written_with_the_digits_they_have(share: float) -> None:
    share = round(share, 6)
    assert float(written(share)) == share
