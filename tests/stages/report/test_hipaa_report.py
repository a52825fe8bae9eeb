"""HIPAA_REPORT.md against goldens, and what a privacy officer must find in it.

After a wanted change: CLINFT_UPDATE_GOLDEN=1 pytest <this file>, then read the diff.
"""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinft.artifacts.decision import Source
from clinft.spec.audit_policy import AuditPolicy
from clinft.stages.report import hipaa_report
from clinft.stages.report.facts import RunFacts
from clinft.stages.report.hipaa_report.findings import mask
from clinft.stages.report.hipaa_report.risk import missed
from tests.fakes import audit_reports, pull_request_parts
from tests.fakes import run_facts as fake
from tests.fakes.audits import audited_files

GOLDEN = Path(__file__).parent / "golden_hipaa"
UPDATE = os.environ.get("CLINFT_UPDATE_GOLDEN") == "1"
WAIVED = f"{30:016x}"


def facts(**changes: Any) -> RunFacts:
    """On GitHub, after two reviews."""
    given = (
        pull_request_parts.approval("ml", "kim", has_reason=True, commit="b" * 40),
        pull_request_parts.approval("privacy", "sam", commit="b" * 40),
    )
    source = Source(pull_request=7, head_sha="b" * 40, merge_sha="c" * 40)
    decision = pull_request_parts.decision(approvals=given, mode="train", source=source)
    return replace(fake.run_facts(), decision=decision, **changes)


def waived(**changes: Any) -> RunFacts:
    made = facts(waivers=(fake.waiver(WAIVED),), **changes)
    failed = audit_reports.failed_audit()
    high = tuple(one for one in failed.findings if one.severity != "CRITICAL" and one.row != 31)
    counts = {**failed.by_severity, "CRITICAL": 0, "HIGH": 1}
    because = ("There are findings that block: 1 HIGH.",)
    audit = failed.model_copy(update={"findings": high, "by_severity": counts, "because": because})
    return replace(made, audit=audit, decision=made.decision.model_copy(update={"waived": (WAIVED,)}))


def older() -> RunFacts:
    """Evidence of a version that measured nothing of itself and assessed no handling."""
    made = facts()
    audit = made.audit.model_copy(
        update={"sensitivity": (), "challenge_sha256": None, "policy": AuditPolicy(), "remedies": {}}
    )
    bare = audit.authenticity.model_copy(update={"signs": (), "duplicates": None, "uniqueness": None})
    return replace(
        made,
        audit=audit.model_copy(update={"authenticity": bare}),
        decision=made.decision.model_copy(update={"handling": None}),
    )


BUILDERS: dict[str, Callable[[], RunFacts]] = {
    "waived": waived,
    "older": older,
    "invalid": lambda: facts(audit=audit_reports.invalid_audit()),
    "declined": lambda: facts(audit=audit_reports.declined_audit()),
}


@pytest.mark.parametrize("name", BUILDERS)
def test_report_equals_its_golden(name: str) -> None:
    text = hipaa_report.render(BUILDERS[name]())
    golden = GOLDEN / f"{name}.md"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(BUILDERS)


@pytest.mark.parametrize("name", BUILDERS)
def test_no_report_claims_more_than_the_method(name: str) -> None:
    text = hipaa_report.render(BUILDERS[name]())

    assert re.search(r"complian(t|ce)|(?<!not )certified", text, re.IGNORECASE) is None
    assert "Finding none is no proof that there are none." in text


def section(text: str, heading: str) -> str:
    return text.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]


def test_claim_is_what_was_found_by_a_method_of_measured_sensitivity() -> None:
    audit = fake.audit().model_copy(update={"by_severity": {"INFO": 2}, "findings": ()})
    text = hipaa_report.render(facts(audit=audit))

    assert (
        "No PHI was found by the method described under Method, apart from 2 INFO findings, in "
        "300 rows and 54,321 characters of run"
    ) in text
    assert (
        "Planted identifiers found: lowest lower bound of both measurements 0.960 (D, telephone numbers), floor 0.95;"
        in text
    )


def test_all_eighteen_stand_with_citation_result_and_bound() -> None:
    rows = section(hipaa_report.render(facts()), "The 18 identifiers")

    for letter in "ABCDEFGHIJKLMNOPQR":
        assert rows.count(f"| 45 CFR 164.514(b)(2)(i)({letter}) |") == 1
    assert (
        "| Names | Needs human evidence: not found, but the search is not certified for it | 0 | 0.393 |"
        in rows
    )
    assert "| Telephone numbers | Not found by this method | 0 | 0.960 |" in rows
    assert "| Web addresses | Found, INFO only | 1 (INFO) | 0.982 |" in rows
    assert "164.514(b)(2)(ii)" in rows


def test_findings_that_are_not_listed_are_counted() -> None:
    found = fake.audit().findings[0]
    many = tuple(found.model_copy(update={"row": row}) for row in range(1, 301))
    audit = fake.audit().model_copy(update={"by_severity": {"LOW": 5000}, "findings": many})
    text = hipaa_report.render(facts(audit=audit))

    assert text.count("| LOW | `[MONTH_OR_WEEKDAY, 8 characters]`") == 200
    assert "4,800 more are counted above" in text


@given(st.text(min_size=1, max_size=40), st.integers(0, 10**6), st.integers(0, 500))
def test_mask_is_made_of_type_and_length_alone(kind: str, start: int, length: int) -> None:
    found = audit_reports.finding("HIGH", 1, kind, "A").model_copy(
        update={"start": start, "end": start + length}
    )

    characters = "1 character" if length == 1 else f"{length} characters"
    assert mask(found) == f"[{kind}, {characters}]"


def test_no_value_that_was_found_stands_in_the_report(tmp_path: Path) -> None:
    values = ("617-736-5001", "219-09-9998", "zoe.quill@hospital.org", "14 March 1961")
    file = tmp_path / "train.jsonl"
    file.write_text(f'{{"text": "Call 617-736-5001, SSN {values[1]}, {values[2]}, born {values[3]}."}}\n')
    audit = audited_files({"data/records/train.jsonl": file})
    text = hipaa_report.render(facts(audit=audit))

    assert sum(audit.by_severity.values()) >= len(values)
    assert text.count("`[") >= len(values)
    for value in values:
        assert value not in text


@pytest.mark.parametrize(
    ("bound", "share"), [(0.96, "4.0 %"), (0.9604, "4.0 %"), (0.9599, "4.1 %"), (0, "100.0 %")]
)
def test_missed_share_is_never_rounded_down(bound: float, share: str) -> None:
    assert missed(bound) == share


def test_waiver_shows_who_gave_it_until_when_and_why() -> None:
    text = section(hipaa_report.render(waived()), "Decisions")

    assert (
        f"| `{WAIVED}` | `[CITY, 12 characters]` | `data/records/train.jsonl` row 30, `text` | lee |" in text
    )
    assert "| 2026-11-20 | 2027-01-31 | The town in the fable" in text


def test_waiver_of_a_policy_that_changed_says_where_to_look() -> None:
    text = section(hipaa_report.render(replace(waived(), waivers=())), "Decisions")

    assert "| missing | missing | missing | missing |" in text
    assert "its version with the sha256 above, in git's history, has owner, days and reason" in text


def test_sign_off_repeats_approvals_and_leaves_lines_where_nobody_approved() -> None:
    made = facts()
    text = section(hipaa_report.render(made), "Sign-off")
    assert "| **privacy** | sam | review of the pull request | 2026-11-24T09:00:00+00:00 |" in text
    assert "|  |  |  |  |  |" not in text

    one = made.decision.approvals[0]
    other = made.decision.approvals[1].model_copy(update={"plan_digest": "0" * 64})
    decision = made.decision.model_copy(update={"approvals": (one, other)})
    text = section(hipaa_report.render(replace(made, decision=decision)), "Sign-off")
    assert "| **privacy** |  |  |  |  |  |" in text
    assert "sam" not in text
    assert "1 approval of another plan left out" in text


def test_no_actual_knowledge_is_for_a_person_to_sign() -> None:
    text = section(hipaa_report.render(facts()), "Sign-off")

    assert "identify a person who is its subject (45 CFR 164.514(b)(2)(ii)) |  |  |  |" in text


def test_residual_risk_follows_from_the_measured_bounds() -> None:
    text = section(hipaa_report.render(facts()), "Residual risk")

    assert "up to 4.0 %, at 95 % confidence; telephone numbers (D) are the worst." in text
    assert "names (A) up to 60.7 %, places (B) up to 66.9 %" in text
    assert "**Singling out**: k = 1 over age band, condition" in text

    text = section(hipaa_report.render(facts(audit=audit_reports.invalid_audit())), "Residual risk")
    assert (
        "classes below the floor**: telephone numbers (D) up to 12.8 %, fax numbers (E) up to 9.4 %" in text
    )


def test_older_evidence_says_what_was_not_measured() -> None:
    text = hipaa_report.render(older())

    assert "How many identifiers the search misses was not measured." in text
    assert "Not found by this method" not in text
    assert "missing: the gate of this run recorded no assessment" in section(text, "Safeguards")
