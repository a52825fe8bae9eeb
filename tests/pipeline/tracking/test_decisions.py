"""decisions.csv: who decided what, in which role, when and why; where nobody said why, that is said."""

from pathlib import Path
from typing import Any

import pytest

from clinft.artifacts.decision import Approval, GateDecision, Reason
from clinft.pipeline.tracking import tables
from clinft.pipeline.tracking.cells import LONGEST
from clinft.spec.statement import Statement
from tests.fakes import audit_reports, run_inputs, run_results
from tests.fakes.committed_runs import commit_run
from tests.fakes.tables import table

TEXT = '=HYPERLINK("x")\n@all <b>|\u202e why, because; -1'


def decided(**changed: Any) -> GateDecision:
    return run_inputs.decision().model_copy(update=changed)


def reviewed(role: str, person: str, **changed: Any) -> Approval:
    plan = run_inputs.estimate().plan_digest
    return Approval(
        role=role, person=person, at="2026-11-20T08:00:00+00:00", plan_digest=plan, kind="review", **changed
    )


def of(projects: Path, decision: str) -> list[dict[str, str]]:
    return [row for row in table(projects, "decisions") if row["decision"] == decision]


def test_an_approval_says_where_its_reason_stands_or_that_there_is_none(tmp_path: Path) -> None:
    given = (
        reviewed("ml", "mila", review_id=77, has_reason=True),
        reviewed("privacy", "petra", review_id=78),
    )
    commit_run(tmp_path, gate=decided(mode="train", approvals=given))
    ml, privacy = of(tmp_path, "approval")
    assert (ml["person"], ml["role"], ml["at"]) == ("mila", "ml", "2026-11-20T08:00:00+00:00")
    assert ml["why"] == "the reason stands in review 77"
    assert privacy["why"] == "no reason is recorded"


def test_training_against_the_advice_is_an_override_by_whoever_wrote_why(tmp_path: Path) -> None:
    advice = run_results.assessment().model_copy(update={"verdict": "PROMPT_SUFFICIENT"})
    given = (reviewed("ml", "mila", review_id=77, has_reason=True), reviewed("privacy", "petra"))
    commit_run(tmp_path, gate=decided(mode="train", approvals=given), assess=advice)
    (row,) = of(tmp_path, "override")
    assert (row["person"], row["role"], row["why"]) == ("mila", "ml", "the reason stands in review 77")
    assert row["about"] == "trained although a prompt is sufficient"


def test_with_the_advice_there_is_no_override(tmp_path: Path) -> None:
    commit_run(tmp_path, assess=run_results.assessment())
    assert of(tmp_path, "override") == []


def test_a_refusal_has_its_codes_and_what_stood_against_it(tmp_path: Path) -> None:
    reason = Reason(code="CLINFT-G001", blocks=True, message="The audit found something.", way_out="Look.")
    commit_run(tmp_path, gate=decided(allowed=False, reasons=(reason,)))
    (row,) = of(tmp_path, "refusal")
    assert (row["about"], row["why"]) == ("CLINFT-G001", "The audit found something.")


def test_peoples_word_on_brought_files_and_declared_values_is_a_row(tmp_path: Path) -> None:
    report = audit_reports.audit()
    statement = Statement(
        file_sha256="1" * 64, how_made="Written by hand from a textbook.", author="ann", reviewer="petra",
        date="2026-11-01",
    )  # fmt: skip
    provenance = report.authenticity.provenance.model_copy(update={"statements": (statement,)})
    authenticity = report.authenticity.model_copy(update={"provenance": provenance})
    model = run_results.model().model_copy(update={"declared_by": "Bo"})
    commit_run(tmp_path, audit=report.model_copy(update={"authenticity": authenticity}), train=model)
    (override,) = of(tmp_path, "override")
    assert override["person"] == "Bo"
    first = of(tmp_path, "statement")[0]
    assert (first["person"], first["role"], first["at"]) == ("petra", "privacy", "2026-11-01")
    assert first["why"] == "Written by hand from a textbook."
    assert first["about"] == "file 111111111111, brought by ann, is synthetic"


def test_what_people_write_is_one_short_harmless_line(tmp_path: Path) -> None:
    commit_run(tmp_path, gate=decided(approvals=(reviewed("ml", TEXT + "x" * 5000), reviewed("ml", TEXT))))
    long, short = of(tmp_path, "approval")
    assert short["person"] == "'=HYPERLINK(\"x\") @all <b>| why, because; '-1"
    assert len(long["person"]) <= LONGEST + 5
    assert not {"\n", "\u202e"} & set("".join(long.values()))
    assert long["row_id"] != short["row_id"]


def test_two_things_of_one_name_are_two_rows(tmp_path: Path) -> None:
    commit_run(
        tmp_path, gate=decided(approvals=(reviewed("ml", "a"), reviewed("ml", "a "), reviewed("ml", "a")))
    )
    ids = [row["row_id"].rpartition("/")[2] for row in of(tmp_path, "approval")]
    assert ids == ["a", "a~2", "a~3"]


@pytest.mark.parametrize(
    "page",
    [
        "# Incident\n\nNoticed on yesterday, in quarantine since today.\n",
        "Noticed on 2026-11-20, in quarantine since",
        "  Noticed on 2026-11-20, in quarantine since 2026-11-21.",
        "\udcff".encode(errors="surrogateescape").decode(errors="replace"),
    ],
)
def test_a_page_that_no_clinft_wrote_is_no_incident(tmp_path: Path, page: str) -> None:
    (tmp_path / "demo" / "incident").mkdir(parents=True)
    (tmp_path / "demo" / "incident" / "notes.md").write_text(page)
    assert table(tmp_path, "decisions") == []


def test_an_incident_has_one_row_under_whatever_name_its_record_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "demo" / "incident"
    folder.mkdir(parents=True)
    text = "# I\n\nNoticed on 2026-11-20, in quarantine since 2026-11-21. Every verb refuses.\n"
    (folder / "RECORD.md").write_text(text)
    before = tables(tmp_path)["decisions"]
    (folder / "RECORD.md").rename(folder / "RECORD-2026-11.md")
    (folder / "copy.md").write_text(f"{text}\nNumber of people affected: 3\n")
    assert tables(tmp_path)["decisions"] == before
    (row,) = table(tmp_path, "decisions")
    assert (row["run_id"], row["decision"], row["at"]) == ("", "incident", "2026-11-21")
