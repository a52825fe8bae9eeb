"""The verdict out of counts and measurements: the gravest wins, every reason is said, each with a next step."""

from typing import Any

import pytest

from clinft.artifacts.audit import Authenticity, Measured, Place, Provenance, Sensitivity, Sign
from clinft.spec.statement import Statement
from clinft.stages.audit.verdict import HIPAA_RISK, decide

SHA = "a" * 64
CLEAN = {"CRITICAL": 0, "HIGH": 0, "MEDIUM": 3, "LOW": 2, "INFO": 9}
GENERATED = Provenance(origin="generated", regenerated="same")
FROZEN = Provenance(origin="frozen", regenerated="not_possible")


def class_of(letter: str, status: Any, found: int = 480) -> Sensitivity:
    measured = Measured(n=500, found=found, low=0.93, high=0.97)
    return Sensitivity(identifier=letter, canaries=measured, challenge=measured, status=status)


def sign(declines: bool) -> Sign:
    places = (Place(file="data/records/train.jsonl", row=7),)
    return Sign(kind="hl7-v2", declines=declines, count=4, places=places, meaning="A message of a hospital.")


def vouched(author: str, reviewer: str, sha256: str = SHA) -> Provenance:
    # Read from a file such a statement would be refused; here it must not count all the same.
    statement = Statement.model_construct(
        file_sha256=sha256, how_made="by hand", author=author, reviewer=reviewer, date="2026-11-24"
    )
    return FROZEN.model_copy(update={"statements": (statement,)})


CERTIFIED = (class_of("G", "certified"), class_of("A", "not_certified"))
BELOW = (class_of("D", "below_floor"),)
UNKNOWN = tuple(row.model_copy(update={"challenge": None}) for row in CERTIFIED)


@pytest.mark.parametrize(
    ("counts", "sensitivity", "authenticity", "brought", "verdict", "words"),
    [
        (CLEAN, CERTIFIED, Authenticity(provenance=GENERATED), {}, "PASS", ()),
        (CLEAN, (), Authenticity(provenance=Provenance(origin="file")), {}, "PASS", ()),
        (CLEAN, CERTIFIED, Authenticity(provenance=GENERATED, signs=(sign(False),)), {}, "PASS", ()),
        (CLEAN, CERTIFIED, Authenticity(provenance=vouched("ann", "bo")), {"f": SHA}, "PASS", ()),
        ({**CLEAN, "HIGH": 2}, CERTIFIED, Authenticity(provenance=GENERATED), {}, "FAIL", ("2 HIGH",)),
        ({**CLEAN, "CRITICAL": 1}, (), Authenticity(provenance=GENERATED), {}, "FAIL", ("1 CRITICAL",)),
        (CLEAN, BELOW, Authenticity(provenance=GENERATED), {}, "INVALID", ("of D (Telephone numbers): a lower bound",)),
        (CLEAN, UNKNOWN, Authenticity(provenance=GENERATED), {}, "INVALID", ("no case of G, A",)),
        (
            {**CLEAN, "HIGH": 1},
            BELOW,
            Authenticity(provenance=GENERATED),
            {},
            "INVALID",
            ("of D (", "1 HIGH"),
        ),
        (
            {**CLEAN, "HIGH": 1},
            BELOW,
            Authenticity(provenance=GENERATED, signs=(sign(True), sign(False))),
            {},
            "DECLINED",
            ("hl7-v2, 4 times, first in data/records/train.jsonl, row 7", HIPAA_RISK, "of D (", "1 HIGH"),
        ),
        (
            CLEAN,
            CERTIFIED,
            Authenticity(provenance=GENERATED.model_copy(update={"regenerated": "different"})),
            {},
            "DECLINED",
            ("not the ones that the generator makes", HIPAA_RISK),
        ),
        (
            CLEAN,
            CERTIFIED,
            Authenticity(provenance=FROZEN),
            {"b": SHA, "a": "b" * 64},
            "DECLINED",
            ("vouched for a:", "vouched for b:"),
        ),
        (
            CLEAN,
            CERTIFIED,
            Authenticity(provenance=vouched("ann", "Ann")),
            {"f": SHA},
            "DECLINED",
            ("vouched for f",),
        ),
        (
            CLEAN,
            CERTIFIED,
            Authenticity(provenance=vouched("ann", "bo", "b" * 64)),
            {"f": SHA},
            "DECLINED",
            ("vouched for f",),
        ),
        (CLEAN, CERTIFIED, Authenticity(provenance=GENERATED), {"f": SHA}, "PASS", ()),
    ],
    ids=(
        "clean", "a file", "a sign that is not enough", "vouched for", "high", "critical", "below the floor",
        "no challenge set", "below the floor and high", "a real source and all else", "regenerated differently",
        "nobody vouches", "the author reviewed", "another file was vouched for", "generated needs no word",
    ),
)  # fmt: skip
def test_the_gravest_verdict_and_every_reason(
    counts: dict[str, int],
    sensitivity: tuple[Sensitivity, ...],
    authenticity: Authenticity,
    brought: dict[str, str],
    verdict: str,
    words: tuple[str, ...],
) -> None:
    found, because = decide(counts, sensitivity, 0.95, authenticity, brought)
    assert found == verdict
    assert len(because) == len(words)
    for reason, word in zip(because, words, strict=True):
        assert word in reason
        # What is wrong, and what to do about it.
        assert reason.count(". ") >= 1
        assert reason.endswith(".")


def test_the_hipaa_risk_says_what_to_do() -> None:
    for step in ("do not commit, push or send", "privacy officer", "clinft incident", "164.502"):
        assert step in HIPAA_RISK


def test_one_time_is_said_as_one() -> None:
    once = sign(True).model_copy(update={"count": 1})
    _, because = decide(CLEAN, CERTIFIED, 0.95, Authenticity(provenance=GENERATED, signs=(once,)), {})
    assert "hl7-v2, 1 time, first in" in because[0]
