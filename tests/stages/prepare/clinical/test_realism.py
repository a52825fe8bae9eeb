"""Each switch of data.realism: how often, what it does, and that noise keeps the truth."""

import re
from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.spec.data import Realism
from clinft.stages.prepare.clinical.lexicon import lexicon, written
from clinft.stages.prepare.clinical.realism import FACT_OF, MISSABLE, misspelt, switches
from clinft.stages.prepare.clinical.render import Note, write
from clinft.stages.prepare.clinical.slots import dose, fahrenheit
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tables import Frequency, Route
from clinft.stages.prepare.clinical.words import abbreviations, wording
from clinft.stages.prepare.draw import Draw
from tests.fakes.clinical_cases import PLAIN, facts, pack

ALL = [template for of_style in templates().values() for template in of_style]


def notes(style: str | None = None, count: int = 150, **shares: float) -> list[tuple[dict, Note]]:
    chosen = templates()[style] if style else ALL
    realism = PLAIN.model_copy(update=shares)
    made = []
    for seed in range(count):
        of = facts(seed)
        made.append((of, write(chosen[seed % len(chosen)], of, pack(), realism, Draw("realism", seed))))
    return made


def of_kind(note: Note, kind: str) -> list[dict]:
    return [one for one in note.noise if one["kind"] == kind]


def test_without_switches_there_is_no_noise():
    assert all(not note.noise for _, note in notes())


@pytest.mark.parametrize("name", Realism.model_fields)
def test_a_share_is_met(name):
    realism = PLAIN.model_copy(update={name: 0.3})
    drawn = Counter(getattr(switches(realism, Draw("share", n)), name) for n in range(4000))
    assert 1080 < drawn[True] < 1320  # 1200 expected, more than four standard deviations off


def test_a_share_of_all_or_none_is_exact():
    drawn = [switches(Realism(typos=1, units=0), Draw("exact", n)) for n in range(500)]
    assert all(one.typos and not one.units for one in drawn)


def test_abbreviations_stand_for_what_the_facts_say():
    seen = Counter()
    for of, note in notes("hpi", abbreviations=1.0):
        for one in of_kind(note, "abbreviation"):
            assert one["written"] != one["stands_for"]
            if one["fact"] == "findings":
                assert of["findings"][one["item"]] == one["stands_for"]
                seen["findings"] += one["written"].casefold() in note.text.casefold()
            seen["all"] += 1
    assert seen["findings"] > 20
    assert seen["all"] > 300


def test_abbreviations_leave_headings_in_capitals_alone():
    assert lexicon(pack()).shorten("HISTORY OF PRESENT ILLNESS with history of") == (
        "HISTORY OF PRESENT ILLNESS w/ h/o"
    )


def test_a_typing_error_is_in_the_templates_words_only():
    found = [(of, note, typo) for of, note in notes(typos=1.0) for typo in of_kind(note, "typo")]
    assert 130 < len(found) <= 150  # few notes have no word of the template that could be mistyped
    for of, note, typo in found:
        plain = write_again(of, note)
        assert typo["written"] in note.text
        assert typo["stands_for"] not in wording().kept
        for span, without in zip(note.spans, plain.spans, strict=True):
            assert note.text[span.start : span.end] == plain.text[without.start : without.end]


def write_again(of: dict, note: Note) -> Note:
    """The note as it would be without the typing error: it is drawn last."""
    seed = next(seed for seed in range(150) if facts(seed) == of)
    return write(ALL[seed % len(ALL)], of, pack(), PLAIN, Draw("realism", seed))


@given(st.from_regex(r"[a-z]{6,14}", fullmatch=True), st.integers(0, 10_000))
def test_a_misspelt_word_is_another_word_with_the_same_ends(word, seed):
    wrong = misspelt(word, Draw("typo", seed))
    assert abs(len(wrong) - len(word)) <= 1
    assert wrong != word
    assert (wrong[0], wrong[-1]) == (word[0], word[-1])


def test_a_missing_part_is_not_in_the_text_and_not_mentioned():
    seen = Counter()
    for _, note in notes("progress-note", missing=1.0):
        for one in of_kind(note, "missing"):
            seen[one["fact"]] += 1
            assert one["fact"] not in note.mentioned
    known = {FACT_OF.get(part, part) for part in MISSABLE}
    assert set(seen) == known


def test_other_units_keep_the_canonical_value():
    seen = Counter()
    for of, note in notes("discharge-summary", units=1.0):
        for one in of_kind(note, "unit"):
            assert one["written"] in note.text
            if one["fact"] == "labs.value":
                lab = of["labs"][one["item"]]
                assert one["stands_for"].startswith(lab["value"])
                value, _, unit = one["written"].partition(" ")
                assert (value, unit) in lexicon(pack()).other_units(lab["name"], lab["value"])
            else:
                assert one["stands_for"] == f"{of['vitals']['temperature_c']} C"
                assert one["written"] == fahrenheit(one["stands_for"])
            seen[one["fact"]] += 1
    assert seen["labs.value"] > 50
    assert seen["vitals.temperature_c"] > 100


@pytest.mark.parametrize(
    ("celsius", "shown"),
    [
        ("38.9 C", "102.0 F"),
        ("37.0 C", "98.6 F"),
        ("36.6 C", "97.9 F"),
        ("40.2 C", "104.4 F"),
        ("35.4 C", "95.7 F"),
    ],
)
def test_fahrenheit_is_rounded_in_whole_tenths(celsius, shown):
    assert fahrenheit(celsius) == shown


def test_creatinine_in_the_other_unit_is_as_worked_by_hand():
    # 1.8 mg/dL x 88.4 = 159.12 µmol/L, reported without digits.
    assert ("159", "µmol/L") in lexicon(pack()).other_units("creatinine", "1.8")


def test_a_half_is_rounded_up():
    # 100 mg/dL x 0.0555 = 5.55 mmol/L, reported with one digit.
    assert ("5.6", "mmol/L") in lexicon(pack()).other_units("glucose", "100")


def test_distractors_are_told_only_where_they_are_drawn():
    for _, note in notes(distractors=0.0):
        assert not {"family_history", "past_resolved"} & set(note.mentioned)
    told = 0
    for of, note in notes("referral", distractors=1.0):
        for one in of_kind(note, "distractor"):
            assert of[one["fact"]][one["item"]]["name"] == one["stands_for"]
            told += 1
        assert ("family_history" in note.mentioned) == bool(of["family_history"])
    assert told > 100


def test_a_contradiction_names_what_is_true_and_the_text_decides():
    kinds = Counter()
    for of, note in notes("hpi", count=300, contradictions=1.0):
        (one,) = of_kind(note, "contradiction")
        kinds[one["fact"]] += 1
        if one["fact"] == "vitals.temperature_c":
            right = f"{of['vitals']['temperature_c']} C"
            assert one["stands_for"] == right
            assert one["written"] in note.text
            assert [note.text[s.start : s.end] for s in note.spans if s.fact == one["fact"]] == [right, right]
            # On the other side of fever: which one is believed matters.
            wrong = float(one["written"].removesuffix(" C"))
            assert (wrong >= 38.0) != (of["vitals"]["temperature_c"] >= 38.0)
        elif one["fact"] == "regular_medications.dose":
            item = of["regular_medications"][one["item"]]
            assert one["stands_for"] == dose(item)
            assert one["written"] != dose(item)
            assert re.search(rf"(?<!\d){re.escape(one['written'])}", note.text)
        else:
            assert (one["written"], one["stands_for"]) in {("absent", "present"), ("present", "absent")}
            spans = [s for s in note.spans if (s.fact, s.item) == (one["fact"], one["item"])]
            assert len(spans) == 2
    assert set(kinds) == {"findings", "negated_findings", "vitals.temperature_c", "regular_medications.dose"}


@pytest.mark.parametrize(
    ("given", "shown"), [("5.0", "5"), ("0.50", "0.5"), ("10", "10"), ("0.125", "0.125"), (2.5, "2.5")]
)
def test_a_dose_has_no_trailing_zero(given, shown):
    assert written(given) == shown


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [("1", "drop", "1 drop"), ("2", "drop", "2 drops"), ("1", "puffs", "1 puff"), ("2", "puffs", "2 puffs"),
     ("18", "units/kg/hour", "18 units/kg/hour"), ("4", "units", "4 units"), ("500", "mg", "500 mg")],
)  # fmt: skip
def test_a_dose_agrees_with_its_number(amount, unit, shown):
    assert dose({"dose": amount, "unit": unit}) == shown


def test_two_rows_of_one_name_have_a_short_name_only_if_they_agree():
    short = lexicon(pack())
    assert short.short_name("hypertension") == "HTN"
    for name in ("acetaminophen", "aspirin"):
        rows = [row for row in pack().medications.values() if row.name == name]
        assert rows
        agree = len({min(row.also, key=len, default="") for row in rows}) == 1
        assert (short.short_name(name) != name) == agree


def test_every_route_and_frequency_of_the_tables_can_be_written_in_full_and_short():
    assert set(wording().routes) == set(get_args(Route))
    assert set(wording().frequencies) == set(get_args(Frequency))


def test_no_abbreviation_is_one_that_safety_lists_name():
    forms = [*wording().routes.values(), *wording().frequencies.values()]
    short = {form.short for form in forms} | set(abbreviations().values())
    # ISMP's list of error-prone abbreviations and the Joint Commission's do-not-use list.
    assert not short & {
        "QD",
        "qd",
        "QOD",
        "U",
        "IU",
        "MS",
        "MSO4",
        "MgSO4",
        "SC",
        "SQ",
        "HS",
        "cc",
        "AU",
        "OD",
    }
