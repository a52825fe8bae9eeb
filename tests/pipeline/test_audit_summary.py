"""What an audit says on the terminal: verdict first, one line on sensitivity, places, never a value."""

import io
import re
from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding

from clinft.artifacts.audit import AuditReport, FileAudit, FileFinding
from clinft.pipeline import summary
from clinft.pipeline.audit_summary import SHOWN_FINDINGS, of_audit, of_files
from tests.fakes import audit_reports as fake
from tests.fakes import run_facts
from tests.fakes.run_facts import HOSTILE

WIDTH = 80


def of_paths(report: AuditReport) -> FileAudit:
    """The same audit, as `clinft audit FILE` has it."""
    return FileAudit(
        verdict=report.verdict,
        because=report.because,
        digest="d" * 64,
        files=report.files_scanned,
        records=report.records_scanned,
        characters=report.characters_scanned,
        by_severity=report.by_severity,
        findings=tuple(
            FileFinding(
                record=found.row - 1,
                identifier="A",
                **found.model_dump(exclude={"row", "safe_harbor"}),
            )
            for found in report.findings
        ),
        sensitivity=report.sensitivity,
        sensitivity_floor=report.policy.sensitivity_floor,
        authenticity=report.authenticity,
        rules="f" * 64,
        limits=report.limits,
    )


def files_said(report: AuditReport) -> str:
    return of_files(of_paths(report))


BOTH = pytest.mark.parametrize("said", [of_audit, files_said])
Said = Callable[[AuditReport], str]


def on_terminal(text: str) -> list[str]:
    """As Screen shows it, without colours."""
    made = io.StringIO()
    console = Console(file=made, width=WIDTH, force_terminal=True, no_color=True, highlight=False)
    console.print(Padding(Markdown(text), (0, 0, 1, 2)))
    return [line.rstrip() for line in made.getvalue().splitlines()]


@BOTH
def test_sound_audit_is_a_few_lines(said: Said) -> None:
    text = said(fake.audit())

    assert text.startswith(
        "**PASS**: nothing was found that blocks (300 rows, 54,321 characters, 3 files)\n\n- findings: 1 LOW, 1 INFO\n"
    )
    assert (
        "- planted identifiers found: lowest lower bound of both measurements 0.960 (D, telephone numbers), floor 0.95; names (0.393), "
        "places (0.331) not certified\n"
    ) in text
    assert "|" not in text
    assert "What weighs" not in text


@BOTH
def test_only_an_audit_that_falls_short_shows_figures_and_only_of_those_classes(said: Said) -> None:
    text = said(fake.invalid_audit())

    assert "**below the floor of 0.95: D, E**" in text
    rows = [line for line in text.splitlines() if line.startswith("| (")]
    assert rows == [
        "| (D) telephone numbers | 451 of 500 [0.872, 0.927] | 210 of 210 [0.982, 1.000] |",
        "| (E) fax numbers | 466 of 500 [0.906, 0.953] | 210 of 210 [0.982, 1.000] |",
    ]


@BOTH
def test_why_stands_with_its_verdict(said: Said) -> None:
    assert "Why DECLINED:\n\n- The data looks real: hl7-v2" in said(fake.declined_audit())
    assert "Why" not in said(fake.audit())


@BOTH
def test_heaviest_findings_come_first_with_a_place_that_an_editor_opens(said: Said) -> None:
    text = said(fake.failed_audit()).split("What weighs, and where:\n\n", 1)[1]
    lines = text.split("\n\n", 1)[0].splitlines()

    assert [line.split("**")[1] for line in lines] == ["CRITICAL", "HIGH", "HIGH"]
    assert lines[0].endswith("`US_SSN`: `data/records/train.jsonl:4` `text` 10–22")


@BOTH
def test_findings_that_are_not_shown_are_counted(said: Said) -> None:
    many = tuple(fake.finding("HIGH", row, "CITY", "B") for row in range(1, 201))
    audit = fake.audit().model_copy(update={"findings": many, "by_severity": {"HIGH": 5000, "INFO": 7}})
    text = said(audit)

    assert text.count("**HIGH**") == SHOWN_FINDINGS
    assert f"- and {5000 - SHOWN_FINDINGS:,} more in the JSON" in text


def test_remedies_are_those_of_what_is_shown() -> None:
    text = of_audit(fake.failed_audit())

    assert "- `US_SSN`: Replace the whole number" in text
    assert "REFERENCE_URL" not in text


@BOTH
def test_older_evidence_says_what_was_not_measured(said: Said) -> None:
    text = said(fake.audit().model_copy(update={"sensitivity": ()}))

    assert "- how many identifiers the search misses was not measured\n" in text


@BOTH
@pytest.mark.parametrize("made", [fake.audit, fake.failed_audit, fake.invalid_audit, fake.declined_audit])
def test_terminal_of_eighty_columns_breaks_no_place_and_no_figure(
    said: Said, made: Callable[[], AuditReport]
) -> None:
    report = made()
    lines = on_terminal(said(report))
    plain = [line.replace("\x1b[1m", "").replace("\x1b[0m", "") for line in lines]

    assert all(len(line) <= WIDTH for line in plain)
    for found in report.findings:
        if found.severity in ("CRITICAL", "HIGH"):
            assert any(f"{found.file}:{found.row} {found.field}" in line for line in plain)
    if report.verdict == "INVALID":
        assert any("451 of 500 [0.872, 0.927]" in line for line in plain)


@BOTH
def test_texts_of_others_stay_texts(said: Said) -> None:
    """They stand in the job's summary on GitHub too."""
    text = said(fake.declined_audit(HOSTILE))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or []]
    prose = " ".join(child.content for child in inline if child.type == "text")

    assert "octocat" in prose
    assert {token.type for token in (*tokens, *inline)} & {
        "html_block",
        "html_inline",
        "link_open",
        "image",
    } == set()
    assert re.search(r"@\w|#\d|://", prose) is None
    assert "\u202e" not in text


@BOTH
def test_no_summary_claims_compliance(said: Said) -> None:
    for made in (fake.audit(), fake.invalid_audit()):
        text = said(made).lower()
        assert "complian" not in text
        assert text.count("certified") == text.count("not certified")


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "share 1 scenario and 1 note style; 1 text occurs twice."),
        (2, "share 2 scenarios and 2 note styles; 2 texts occur twice."),
    ],
)
def test_one_of_a_thing_is_said_as_one(count: int, says: str) -> None:
    counts = dict.fromkeys(("shared_scenarios", "shared_styles", "duplicate_texts"), count)
    prepared = run_facts.prepared().model_copy(update=counts)
    assert says in summary.of_files(prepared, [])
    report = fake.audit().model_copy(
        update={
            "authenticity": fake.audit().authenticity.model_copy(
                update={"signs": (fake.sign("x-y", False, count=count),)}
            )
        }
    )
    assert f"x-y, {count} time{'s' if count > 1 else ''}. " in of_audit(report)
