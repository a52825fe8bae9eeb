"""The shipped templates, and what a table of styles must not hold."""

import re
from collections import Counter
from itertools import combinations

import pytest
import yaml

from clinft.errors import SpecError
from clinft.stages.prepare.clinical import words
from clinft.stages.prepare.clinical.pack import ACUITIES
from clinft.stages.prepare.clinical.realism import DISTRACTORS
from clinft.stages.prepare.clinical.render import LISTS
from clinft.stages.prepare.clinical.styles import MUST, StyleTable, Template, compiled, templates
from clinft.stages.prepare.pack import SEVERITIES

ALL = [template for of_style in templates().values() for template in of_style]
STYLES = {
    "dialogue", "discharge-summary", "hpi", "progress-note", "radiology-report", "referral", "triage-note",
}  # fmt: skip


def table(**changes: object) -> bytes:
    made = {
        "version": 1,
        "title": "A style",
        "templates": [
            {
                "separator": " ",
                "lines": [{"texts": [f"Number {n}, {end}."]} for end in ("one", "{dx}", "three")],
            }
            for n in range(3)
        ],
        **changes,
    }
    return yaml.safe_dump(made).encode()


def lines(*texts: str) -> bytes:
    made = yaml.safe_load(table())
    made["templates"][0]["lines"] = [{"texts": [text]} for text in texts]
    return yaml.safe_dump(made).encode()


def refused(text: bytes) -> str:
    with pytest.raises(SpecError) as caught:
        words.parsed(StyleTable, text, "style.yaml")
    return "\n".join(str(problem) for problem in caught.value.problems)


def words_of(template: Template) -> set[str]:
    return {
        word.casefold()
        for line in template.lines
        for wording in line.wordings
        for piece in wording.pieces
        for word in re.findall(r"[\w-]+", piece.literal)
    }


def told_by(template: Template) -> Counter[str]:
    """In how many lines a part can be told."""
    return Counter(
        part
        for line in template.lines
        for part in {part for wording in line.wordings for part in wording.parts}
    )


def test_there_are_seven_styles_of_at_least_five_templates():
    assert set(templates()) == STYLES
    assert all(len(of_style) >= 5 for of_style in templates().values())


def test_no_wording_is_in_two_templates_of_any_style():
    owner: dict[str, str] = {}
    for template in ALL:
        for text in {wording.text for line in template.lines for wording in line.wordings}:
            if len(text.split()) > 1:
                assert owner.setdefault(text, template.name) == template.name


@pytest.mark.parametrize("style", sorted(STYLES))
def test_templates_of_a_style_share_less_than_half_of_their_words(style):
    for one, other in combinations(templates()[style], 2):
        of_one, of_other = words_of(one), words_of(other)
        assert len(of_one & of_other) / len(of_one | of_other) < 0.5, (one.name, other.name)


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_no_template_says_a_label(template):
    assert not words_of(template) & {*ACUITIES, *SEVERITIES, "mildly", "severely", "emergency"}


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_what_a_label_rests_on_is_always_told_where_it_is_there(template):
    must = MUST if template.style != "radiology-report" else {"dx", "findings"}
    there = frozenset().union(*(wording.parts for line in template.lines for wording in line.wordings))
    sure = {
        part
        for line in template.lines
        if line.chance == 100
        for part in frozenset.intersection(*(wording.parts for wording in line.possible(there)))
    }
    # `chief` and what goes with it are the findings too.
    sure |= {"findings"} if {"chief", "associated"} <= sure else set()
    if template.name == "triage-note/5":
        sure |= {"findings"}  # either wording tells them all
    assert must <= sure


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_no_list_is_told_twice(template):
    twice = {part for part, count in told_by(template).items() if count > 1}
    assert not twice & (set(LISTS) - {"excluded"}), template.name


@pytest.mark.parametrize("template", ALL, ids=lambda template: template.name)
def test_a_pregnancy_is_told_and_distractors_can_be(template):
    assert told_by(template)["gestation"] == 1
    if template.style != "radiology-report":
        assert set(DISTRACTORS) <= template.parts
        assert "correction" in template.parts


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Seen with {nothing}.", "a slot does not exist"),
        ("Seen with {dx.name}.", "a slot does not exist"),
        ("Seen with {dx[0]}.", "a slot does not exist"),
        ("Seen with {0}.", "a slot does not exist"),
        ("Seen with {}.", "a slot does not exist"),
        ("Seen with {dx!r}.", "cannot be written in this form"),
        ("Seen with {dx:and}.", "cannot be written in this form"),
        ("Seen with {findings:>40}.", "cannot be written in this form"),
        ("Seen with {findings:{dx}}.", "cannot be written in this form"),
        ("Seen with {dx.", "a brace is not closed"),
    ],
)
def test_a_slot_is_a_name_and_a_way_to_join_and_nothing_else(text, why):
    assert why in refused(lines("First line.", text, "Third line."))


def test_a_problem_has_its_line():
    text = lines("First line.", "Seen with {nothing}.", "Third line.")
    at = text.decode().splitlines().index("    - Seen with {nothing}.") + 1
    assert f"style.yaml:{at}:" in refused(text)


def test_two_templates_with_the_same_line_are_refused():
    made = yaml.safe_load(table())
    made["templates"][1]["lines"][0] = made["templates"][0]["lines"][0]
    assert "another template has the line" in refused(yaml.safe_dump(made).encode())


def test_fewer_templates_than_groups_of_splits_are_refused():
    assert "templates" in refused(table(templates=yaml.safe_load(table())["templates"][:2]))


@pytest.mark.parametrize("chance", [0, 101])
def test_a_chance_is_a_percentage_above_none(chance):
    made = yaml.safe_load(table())
    made["templates"][0]["lines"][0]["chance"] = chance
    assert "chance" in refused(yaml.safe_dump(made).encode())


def test_templates_are_numbered_by_their_place():
    found = compiled("a-style", words.parsed(StyleTable, table(), "style.yaml"))
    assert [template.name for template in found] == ["a-style/1", "a-style/2", "a-style/3"]


def test_a_sentence_begins_at_a_line_after_a_stop_and_after_a_speaker():
    text = "{dx} is it. {dx} and {dx}.\nPatient: {dx}"
    found = compiled("a-style", words.parsed(StyleTable, lines(text, "Two {dx}.", "Three."), "style.yaml"))
    capitals = [piece.capital for piece in found[0].lines[0].wordings[0].pieces if piece.slot]
    assert capitals == [True, True, False, True]
