"""Notes of real cases: exact spans, grammar, and what is left out."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.spec.data import Realism
from clinft.stages.prepare.clinical.lexicon import lexicon
from clinft.stages.prepare.clinical.render import Note, capitalized, write
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.words import wording
from clinft.stages.prepare.draw import Draw
from tests.fakes.clinical_cases import DOMAINS, EVERYTHING, PLAIN, facts, pack

ALL = [template for of_style in templates().values() for template in of_style]
cases = st.tuples(st.integers(0, 2000), st.sampled_from(DOMAINS), st.sampled_from(ALL))


def note_of(case, realism: Realism, avoid: frozenset[str] = frozenset()) -> tuple[dict, Note]:
    seed, domain, template = case
    of = facts(seed, domain)
    return of, write(template, of, pack(domain), realism, Draw("note", seed), avoid)


def fact(of: dict, name: str, item: int):
    """What a span's name leads to in the facts."""
    first, _, second = name.partition(".")
    found = of["written_as"] if name == "condition" else of[first]
    if first in ("vitals", "imaging"):
        found = found[second]
        return found[item] if isinstance(found, list) else found
    if isinstance(found, list):
        found = found[item]
        return (
            found[second or ("study" if first == "studies" else "name")] if isinstance(found, dict) else found
        )
    return found


def spoken(of: dict, name: str, item: int) -> set[str]:  # noqa: PLR0911 - one form per kind of fact
    """Every form in full words that a fact may have."""
    value = fact(of, name, item)
    said = wording()
    if name == "sex":
        words = {"female": "woman female F she her", "male": "man male M he his him"}
        return set(words[value].split())
    if name == "vitals.temperature_c":
        return {f"{value} C"}
    if name == "labs.value":
        unit = of["labs"][item]["unit"]
        unit = said.units.get(unit, unit)
        return {f"{value}%" if unit == "%" else f"{value} {unit}".strip()}
    if name.endswith(".dose"):
        return {f"{value} {of[name.partition('.')[0]][item]['unit']}".rstrip("s") + end for end in ("", "s")}
    if name.endswith(".route"):
        return {said.routes[value].full}
    if name.endswith(".frequency"):
        return {said.frequencies[value].full}
    if name == "labs.flag":
        letters = {"high": "H", "low": "L", "critical high": "HH", "critical low": "LL"}
        return {value.replace("critical", "critically"), letters.get(value, "")}
    if name == "past_resolved.ago":
        return {f"{value} ago"}
    return {str(value), said.lay.get(value, str(value)) if name == "history" else str(value)}


@settings(max_examples=150, deadline=None)
@given(cases)
def test_a_span_is_what_was_written_for_its_fact(case):
    of, note = note_of(case, PLAIN)
    assert note.spans
    for start, end, name, item in note.spans:
        written = note.text[start:end]
        assert written.casefold() in {form.casefold() for form in spoken(of, name, item)}, (name, written)


@settings(max_examples=150, deadline=None)
@given(cases)
def test_a_span_that_is_written_otherwise_is_explained_by_noise(case):
    of, note = note_of(case, EVERYTHING)
    written_so = {(one["fact"], one["item"], one["written"].casefold()) for one in note.noise}
    said = wording()
    for start, end, name, item in note.spans:
        written = note.text[start:end]
        forms = spoken(of, name, item)
        if name.endswith(".route"):
            forms = {*forms, said.routes[fact(of, name, item)].short}
        if name.endswith(".frequency"):
            forms = {*forms, said.frequencies[fact(of, name, item)].short}
        in_full = written.casefold() in {form.casefold() for form in forms}
        assert in_full or (name, item, written.casefold()) in written_so, (name, written)


@settings(max_examples=150, deadline=None)
@given(cases)
def test_spans_are_in_order_and_do_not_overlap(case):
    _, note = note_of(case, EVERYTHING)
    for one, following in zip(note.spans, note.spans[1:], strict=False):
        assert 0 <= one.start < one.end <= following.start
    assert note.spans[-1].end <= len(note.text)


@settings(max_examples=100, deadline=None)
@given(cases)
def test_mentioned_are_the_facts_of_the_spans_and_facts_that_are_there(case):
    of, note = note_of(case, EVERYTHING)
    assert list(note.mentioned) == sorted({span.fact.partition(".")[0] for span in note.spans})
    assert set(note.mentioned) <= of.keys()
    assert all(of[name] for name in note.mentioned)


@settings(max_examples=150, deadline=None)
@given(cases)
def test_text_is_clean(case):
    _, note = note_of(case, EVERYTHING)
    assert "{" not in note.text
    assert "}" not in note.text
    assert "  " not in note.text.replace("\n   ", "\n")
    assert not re.search(r" [.,;]|,,|\.\.|: ?[.;]|\n\n\n|^\s|\s$", note.text), note.text
    assert not re.search(r"\b[Aa] (?:8|11|18)\b|\b[Aa]n (?!8|11|18)\d", note.text)


@settings(max_examples=100, deadline=None)
@given(cases)
def test_every_line_of_prose_begins_with_a_capital(case):
    _, note = note_of(case, PLAIN)
    if "\n" not in note.text:
        first = note.text.split()[0]
        assert not first[0].islower() or first[1:2].isupper(), note.text


@settings(max_examples=100, deadline=None)
@given(cases)
def test_the_same_draw_writes_the_same_note(case):
    assert note_of(case, EVERYTHING) == note_of(case, EVERYTHING)


@settings(max_examples=100, deadline=None)
@given(cases)
def test_words_to_avoid_are_nowhere_in_the_note(case):
    avoid = frozenset({"severe", "mild", "moderate", "urgent", "immediate", "emergent"})
    _, note = note_of(case, EVERYTHING, avoid)
    assert not re.search(r"(?i)\b(?:severe|mild|moderate|urgent|immediate|emergent)(?:ly)?\b", note.text)


def test_a_phrase_with_a_word_to_avoid_is_not_mentioned_and_the_rest_is():
    template = templates()["triage-note"][0]
    of = {**facts(1), "findings": ["severe headache", "fever"], "written_as": "severe malaria"}
    note = write(template, of, pack(), PLAIN, Draw("avoid"), frozenset({"severe"}))
    assert "headache" not in note.text
    assert "malaria" not in note.text
    assert [span.item for span in note.spans if span.fact == "findings"] == [1]
    assert "condition" not in note.mentioned


def test_nobody_says_an_abbreviation_in_a_dialogue():
    realism = PLAIN.model_copy(update={"abbreviations": 1.0})
    for seed in range(40):
        for template in templates()["dialogue"]:
            note = write(template, facts(seed), pack(), realism, Draw("spoken", seed))
            assert not [one for one in note.noise if one["kind"] == "abbreviation"]
            assert "w/" not in note.text


@pytest.mark.parametrize(
    ("age", "article"), [(18, "an"), (80, "an"), (85, "an"), (21, "a"), (79, "a"), (70, "a")]
)
def test_the_article_fits_the_age(age, article):
    template = next(t for t in templates()["hpi"] if t.number == 2)
    for seed in range(20):
        note = write(template, {**facts(seed), "age": age}, pack(), PLAIN, Draw("article", seed))
        assert f" {article} {age}-year-old" in note.text


def test_a_list_is_joined_as_its_length_needs():
    template = templates()["triage-note"][3]
    for findings, joined in (
        (["rash"], "rash."),
        (["rash", "fever"], "rash and fever."),
        (["rash", "fever", "cough"], "rash, fever, and cough."),
    ):
        note = write(template, {**facts(2), "findings": findings}, pack(), PLAIN, Draw("joined"))
        assert joined in note.text


@pytest.mark.parametrize(("text", "shown"), [("rash", "Rash"), ("pH 7.2", "pH 7.2"), ("ECG", "ECG")])
def test_only_a_word_in_lower_case_gets_a_capital(text, shown):
    assert capitalized(text) == shown


def test_a_lexicon_is_made_once_per_pack():
    assert lexicon(pack()) is lexicon(pack())
    assert lexicon(pack()) is not lexicon(pack("obstetrics"))
