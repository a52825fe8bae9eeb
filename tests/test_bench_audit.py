"""bench/audit.py: its arithmetic by tables worked out by hand, its command line, its silence about texts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bench.audit_labels import LETTERS, UNSTRUCTURED, labels
from bench.audit_scores import (
    ALL,
    NO_LABEL,
    STRUCTURED,
    Counts,
    Finding,
    Span,
    exact_f1,
    f1,
    outcome,
    overlap_f1,
    score,
)

MRN, NAME, AGE = Span(10, 20, "MRN"), Span(30, 40, "NAME"), Span(50, 52, "~AGE")


def found(start: int, end: int, *kinds: str, informs: bool = False, blocks: bool = False) -> Finding:
    return Finding(start, end, kinds, informs, blocks)


# One finding against MRN at 10–20, NAME at 30–40, ~AGE at 50–52: counts of ALL, STRUCTURED and by type.
@pytest.mark.parametrize(
    ("finding", "everything", "structured", "types"),
    [
        (found(10, 20, "MRN"), (2, 1, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1), {"MRN": (1, 1, 1, 1, 1, 1)}),
        (found(12, 20, "MRN"), (2, 1, 0, 1, 1, 0), (1, 1, 0, 1, 1, 0), {"MRN": (1, 1, 0, 1, 1, 0)}),
        (found(10, 20, "SSN"), (2, 1, 0, 1, 1, 0), (1, 1, 0, 1, 1, 0), {"SSN": (0, 0, 0, 1, 1, 0)}),
        (found(10, 20, "SSN", "MRN"), (2, 1, 1, 1, 1, 1), (1, 1, 1, 1, 1, 1), {"MRN": (1, 1, 1, 1, 1, 1)}),
        # A name reported on a number is a hit, but no report of a structured identifier.
        (found(10, 20, "NAME"), (2, 1, 0, 1, 1, 0), (1, 1, 0, 0, 0, 0), {"NAME": (1, 0, 0, 1, 1, 0)}),
        (found(10, 20), (2, 1, 0, 1, 1, 0), (1, 1, 0, 0, 0, 0), {NO_LABEL: (0, 0, 0, 1, 1, 0)}),
        # A number reported on a name is neither right nor wrong among structured identifiers.
        (found(30, 40, "MRN"), (2, 1, 0, 1, 1, 0), (1, 0, 0, 0, 0, 0), {"MRN": (1, 0, 0, 1, 1, 0)}),
        (found(15, 35, "MRN"), (2, 2, 0, 1, 1, 0), (1, 1, 0, 1, 1, 0), {"MRN": (1, 1, 0, 1, 1, 0)}),
        (found(50, 52, "MRN"), (2, 0, 0, 0, 0, 0), (1, 0, 0, 0, 0, 0), {"MRN": (1, 0, 0, 0, 0, 0)}),
        (found(38, 51, "NAME"), (2, 1, 0, 1, 1, 0), (1, 0, 0, 0, 0, 0), {"NAME": (1, 1, 0, 1, 1, 0)}),
        # Ends are exclusive: it touches nothing.
        (found(20, 30, "MRN"), (2, 0, 0, 1, 0, 0), (1, 0, 0, 1, 0, 0), {"MRN": (1, 0, 0, 1, 0, 0)}),
        (found(60, 70, "NAME"), (2, 0, 0, 1, 0, 0), (1, 0, 0, 0, 0, 0), {"NAME": (1, 0, 0, 1, 0, 0)}),
        (found(10, 20, "MRN", informs=True), (2, 1, 1, 0, 0, 0), (1, 1, 1, 0, 0, 0), {"MRN": (1, 1, 1, 0, 0, 0)}),
        (found(60, 70, "MRN", informs=True), (2, 0, 0, 0, 0, 0), (1, 0, 0, 0, 0, 0), {"MRN": (1, 0, 0, 0, 0, 0)}),
    ],
)  # fmt: skip
def test_one_finding_is_counted_by_hand(
    finding: Finding,
    everything: tuple[int, ...],
    structured: tuple[int, ...],
    types: dict[str, tuple[int, ...]],
) -> None:
    counts = outcome((MRN, NAME, AGE), (finding,), UNSTRUCTURED)
    assert counts[ALL] == Counts(*everything)
    assert counts[STRUCTURED] == Counts(*structured)
    assert {kind: counts[kind] for kind in types} == {kind: Counts(*n) for kind, n in types.items()}
    assert "~AGE" not in counts


def test_records_leak_and_clean_records_are_flagged() -> None:
    records = [
        ((MRN, NAME), (found(10, 20, "MRN"),)),
        ((MRN,), (found(10, 11, "SSN"),)),
        ((AGE,), (found(50, 52, "DATE", blocks=True),)),
        ((), (found(0, 4, "DATE", informs=True),)),
        ((), (found(0, 4, "DATE"),)),
        ((), (found(0, 4, "DATE", blocks=True), found(5, 9, "MRN"))),
    ]
    scores = score(records, UNSTRUCTURED)
    assert (scores.records, scores.holders, scores.leaking) == (6, 2, 1)
    assert (scores.clean, scores.flagged, scores.blocked) == (4, 2, 1)
    assert scores.of(ALL) == Counts(spans=3, found=2, exact=1, findings=5, right=2, right_exact=1)
    assert scores.of(STRUCTURED) == Counts(spans=2, found=2, exact=1, findings=5, right=2, right_exact=1)
    assert len(scores.items[ALL]) == len(scores.items[STRUCTURED]) == 6


def test_f1_is_the_harmonic_mean() -> None:
    assert f1(1, 2, 3, 3) == pytest.approx(2 / 3)
    assert f1(0, 2, 0, 3) == f1(0, 0, 0, 0) == 0.0
    items = {Counts(2, 1, 1, 1, 1, 1): 2, Counts(0, 0, 0, 2, 0, 0): 1}
    # Recall 2 of 4, precision 2 of 4, the same when exact.
    assert overlap_f1(items) == exact_f1(items) == pytest.approx(0.5)


def test_every_type_of_ours_has_a_label(repository: Path) -> None:
    table = yaml.safe_load((repository / "clinft/tables/audit/severities.yaml").read_text())
    for entity_type, row in table["entities"].items():
        assert labels("ours", entity_type, row["category"])
    assert labels("ours", "BIRTH_YEAR_OVER_89", "C")[0] == "AGE_OVER_89"
    assert labels("presidio", "PHONE_NUMBER", "") == ("PHONE", "FAX")
    assert labels("scrubadub", "skype", "") == ("OTHER_ID",)


def test_every_label_of_our_set_belongs_to_a_letter(repository: Path) -> None:
    known = {label for kinds in LETTERS.values() for label in kinds}
    with (repository / "bench/data/dev_clinical.jsonl").open() as stream:
        labelled = {span["type"] for line in stream for span in json.loads(line)["spans"]}
    assert {label for label in labelled if not label.startswith("~")} == known


def bench(repository: Path, *arguments: str, flags: tuple[str, ...] = ()) -> str:
    command = [sys.executable, *flags, str(repository / "bench" / "audit.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_needs_no_installed_package(repository: Path) -> None:
    assert "--record" in bench(repository, "--help", flags=("-S",))


def test_ours_is_measured_and_misses_hold_no_text(repository: Path, tmp_path: Path) -> None:
    rows = [
        {
            "id": "one",
            "text": "SSN 219-46-9998, aged 60, seen by Zbigniew.",
            "spans": [
                {"start": 4, "end": 15, "type": "SSN"},
                {"start": 22, "end": 24, "type": "~AGE"},
                {"start": 34, "end": 42, "type": "NAME"},
            ],
        },
        {"text": "A quiet note.", "spans": []},
        {"text": "On 03/14/2024 nothing is labelled.", "spans": []},
    ]
    (tmp_path / "three.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    # Without the prefilter, whose database takes seconds.
    shown = bench(repository, "--data", str(tmp_path), "--peers", "ours-re", "--misses", "5")
    assert "missed NAME one 34 42\n" in shown
    assert "false DATE 2 3 13\n" in shown
    assert "| SSN | 1 | 1 | 1.000 (0.207–1.000) | 1.000 (0.207–1.000) |" in shown
    assert "| ours-re | 1 of 1, 1.000 (0.207–1.000) | 1 of 2, 0.500 (0.095–0.905) |" in shown
    assert "MET: ours-re, structured recall 1.0000" in shown
    assert "MISSED: ours-re, structured precision 0.5000" in shown
    assert not any(value in shown for value in ("219-46", "Zbigniew", "03/14"))
