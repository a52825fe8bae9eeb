import re

import pytest

from clinft.errors import SpecError
from clinft.spec.data import Realism
from clinft.spec.project import TaskSpec
from clinft.stages.prepare.clinical.pack import ACUITIES
from clinft.stages.prepare.clinical.render import write
from clinft.stages.prepare.clinical.styles import templates
from clinft.stages.prepare.clinical.tasks import styles_for
from clinft.stages.prepare.clinical.tasks.classification import TASK, classified
from clinft.stages.prepare.draw import Draw
from clinft.stages.prepare.pack import SEVERITIES
from tests.fakes.clinical_cases import DOMAINS, PLAIN, facts, pack


def spec(*labels: str, **changes: object) -> TaskSpec:
    return TaskSpec(kind="classification", description="x", labels=labels, **changes)


@pytest.mark.parametrize(
    ("labels", "what"),
    [(ACUITIES, "acuity"), (("Emergent", "URGENT"), "acuity"), (SEVERITIES, "severity"),
     (("asthma", "angina"), "condition"), (("urgent", "severe"), "condition")],
)  # fmt: skip
def test_labels_say_what_is_classified(labels, what):
    assert classified(spec(*labels)) == what


def test_what_the_spec_says_goes_first():
    assert classified(spec("mild", "severe", classify="condition")) == "condition"


@pytest.mark.parametrize("labels", [ACUITIES, SEVERITIES])
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_levels_words_are_not_in_the_text(labels, domain):
    task = spec(*labels)
    said = re.compile(rf"\b(?:{'|'.join(labels)})(?:ly)?\b", re.IGNORECASE)
    for seed in range(150):
        styles = styles_for(task)
        template = templates()[styles[seed % len(styles)]][seed % 5]
        note = write(template, facts(seed, domain), pack(domain), Realism(), Draw(seed), TASK.avoid(task))
        assert not said.search(note.text), said.search(note.text)


def test_red_flags_and_vital_signs_are_in_the_text_to_decide_by():
    task = spec(*ACUITIES)
    for seed in range(200):
        of = facts(seed)
        template = templates()["triage-note"][seed % 5]
        note = write(template, of, pack(), PLAIN, Draw(seed), TASK.avoid(task))
        assert "vitals" in note.mentioned
        flags = [flag for flag in of["red_flags"] if not re.search(r"urgent|emergent|immediate", flag)]
        assert len([span for span in note.spans if span.fact == "red_flags"]) == len(flags)


def test_for_a_condition_nothing_is_hidden_and_its_name_is_as_facts_have_it():
    task = spec("angina", "asthma", classify="condition")
    assert TASK.avoid(task) == frozenset()
    of = facts(5)
    note = write(templates()["hpi"][0], of, pack(), PLAIN, Draw("name"))
    assert of["written_as"] in note.text


def test_a_label_is_in_the_specs_spelling():
    task = spec("IMMEDIATE", "Emergent", "Urgent", "Less-Urgent", "Non-Urgent")
    of = {**facts(1), "acuity": "less-urgent"}
    note = write(templates()["hpi"][0], of, pack(), PLAIN, Draw("label"))
    assert TASK.make(of, note, task, Draw("x"))[1] == "Less-Urgent"


def test_a_case_without_a_label_is_a_mistake_in_the_spec():
    of = {**facts(1), "acuity": "urgent"}
    note = write(templates()["hpi"][0], of, pack(), PLAIN, Draw("label"))
    with pytest.raises(SpecError, match="no label `urgent`"):
        TASK.make(of, note, spec("immediate", "emergent"), Draw("x"))


@pytest.mark.parametrize(
    ("labels", "target", "wrong"),
    [
        (ACUITIES, "immediate", "emergent"),  # under-triage
        (ACUITIES, "urgent", "less-urgent"),
        (ACUITIES, "non-urgent", "less-urgent"),  # nothing is lower
        (("Immediate", "Non-urgent"), "Immediate", "Non-urgent"),
        (SEVERITIES, "severe", "moderate"),
        (SEVERITIES, "mild", "moderate"),
    ],
)
def test_the_rejected_level_is_the_next_lower_one(labels, target, wrong):
    assert TASK.rejected(facts(1), None, target, spec(*labels), Draw("x")) == wrong


def test_the_rejected_condition_is_the_near_miss_if_it_is_a_label():
    of = {**facts(1), "ruled_out": [{"name": "pericarditis", "code": "I30.9", "because": "x"}]}
    labels = ("angina", "asthma", "Pericarditis")
    assert TASK.rejected(of, None, "angina", spec(*labels), Draw("x")) == "Pericarditis"
    assert TASK.rejected(of, None, "angina", spec("angina", "asthma"), Draw("x")) == "asthma"
