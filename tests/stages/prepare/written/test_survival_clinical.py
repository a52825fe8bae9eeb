"""The same over the packs of `clinical-notes`: what is listed is enough to pass, and no change of it passes."""

import random
import re
from functools import cache

import pytest

from clinft.stages.prepare.clinical.generate import streams
from clinft.stages.prepare.clinical.load import domains, load_pack
from clinft.stages.prepare.written.request import first
from clinft.stages.prepare.written.survival import Brief, brief_of, faults
from clinft.stages.prepare.written.vocabulary import Vocabulary, of_clinical_pack
from tests.fakes.freezing import scribe
from tests.fakes.specs import project_spec

SEVERITIES = ["mild", "moderate", "severe"]


@cache
def vocabulary(domain: str) -> Vocabulary:
    return of_clinical_pack(load_pack(domain))


@cache
def written(domain: str) -> tuple[tuple[Brief, str], ...]:
    """Records as they are told, and what a faithful writer makes of them."""
    spec = project_spec(
        clinical_domain=domain,
        task={"kind": "classification", "labels": SEVERITIES, "classify": "severity"},
        data={"generator": "clinical-notes", "records": 40},
    )
    found = []
    for records in streams(spec.data, spec.task, domain).values():
        for record in records:
            brief = brief_of(record, vocabulary(domain))
            assert brief is not None
            asked = [{"role": turn.role, "content": turn.content} for turn in first(brief, 7)]
            found.append((brief, scribe(asked)))
    return tuple(found)


@pytest.mark.parametrize("domain", domains())
def test_what_is_listed_is_enough_for_a_text_that_passes(domain: str) -> None:
    assert [found for one, text in written(domain) if (found := faults(one, text, vocabulary(domain)))] == []


@pytest.mark.parametrize("domain", ["cardiology", "oncology"])
def test_no_changed_number_and_no_lost_line_passes(domain: str) -> None:
    chance = random.Random(5)
    for brief, text in written(domain):
        number = chance.choice(list(re.finditer(r"(?<![\w.])\d+(?:\.\d+)?", text)))
        changed = f"{text[: number.start()]}{float(number.group()) + 1003:g}{text[number.end() :]}"
        assert faults(brief, changed, vocabulary(domain)), changed
        lines = text.splitlines()
        lost = chance.randrange(len(lines))
        # What another line says as well is not lost with one.
        if lines[lost].rstrip(".").partition(": ")[2] not in "\n".join(lines[:lost] + lines[lost + 1 :]):
            shorter = "\n".join(lines[:lost] + lines[lost + 1 :])
            assert faults(brief, shorter, vocabulary(domain)), lines[lost]


@pytest.mark.parametrize("domain", ["cardiology"])
def test_doses_of_two_medications_are_not_exchanged_unseen(domain: str) -> None:
    tried = 0
    for brief, text in written(domain):
        doses = list(re.finditer(r"medications: (\S+) (\d+(?:\.\d+)? \w+),", text))
        if len(doses) >= 2 and doses[0][2] != doses[1][2] and doses[0][1] != doses[1][1]:
            one, other = doses[:2]
            swapped = (
                text[: one.start(2)]
                + other[2]
                + text[one.end(2) : other.start(2)]
                + one[2]
                + text[other.end(2) :]
            )
            assert faults(brief, swapped, vocabulary(domain)), swapped
            tried += 1
    assert tried >= 3
