"""What the dashboard's pages show, as plain values; `text` replaces whatever others could have written."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from clinft.artifacts.planning import Interval
from clinft.stages.report.dashboard.views import (
    STEPS,
    Bound,
    Cost,
    Event,
    Input,
    Life,
    Link,
    Measured,
    Money,
    Month,
    Project,
    Run,
    Site,
    Step,
    Verdict,
)
from tests.fakes.audit_reports import audit

SHA = "ab" * 32
GITHUB = "https://github.com/octo-org/clinft"
MONTHS = (Month("2026-11", "", Decimal(14), Decimal("12.5"), 1, Decimal("12.5")),)


def interval(value: float = 0.73) -> Interval:
    return Interval(
        value=value, low=value - 0.1, high=value + 0.1, n=60, confidence=0.95, method="Wilson score"
    )


def a_run(text: str = "a text", **changed: Any) -> Run:
    made = Run(
        project="demo",
        run_id="aaaaaaaaaaaa-a1",
        status="succeeded",
        started_at="2026-11-03T08:00:00+00:00",
        ended_at="2026-11-03T09:30:00+00:00",
        provider=text,
        base_model=text,
        method=text,
        main_metric="accuracy",
        n=60,
        test_sha256=SHA,
        scoring="generated_text",
        base_system="base_prompt",
        metrics=(
            Measured("accuracy", True, interval(), interval(0.4)),
            Measured(text, False, None, None, missing=text),
        ),
        bounds=(
            Bound("accuracy", text, "met", text),
            Bound(text, text, "not met", text),
            Bound(text, text, "not certifiable", text),
            Bound(text, text, "not measurable", text),
        ),
        verdicts=(
            Verdict("aaaaaaaaaaaa-a1", None, "2026-11-03T09:00:00+00:00", "PASS", False, text, "deploy", text, 0),
            Verdict("aaaaaaaaaaaa-a1", 1, "2026-11-09T09:00:00+00:00", "FAIL", True, text, "rollback", text, 2),
        ),
        audit=audit(),
        cost=Cost(
            Decimal("14.20"), Decimal("18.00"), Decimal("12.50"), Decimal("20.00"), Decimal("1.10"), Decimal("0.90")
        ),
        deployed=True,
        plan_digest=SHA,
        record_digest="cd" * 32,
        pull_request=41,
        chain=(
            Link("prepare", "2026-11-03T08:00:00+00:00", "11" * 32, "22" * 32, ()),
            Link("audit", "", "33" * 32, "44" * 32, (Input("prepare", "11" * 32, "prepare"), Input(text, SHA, None))),
        ),
        events=(Event("2026-11-03T08:00:00+00:00", "queued", text, 4711),),
        documents=("MODEL_CARD.md",),
    )  # fmt: skip
    return replace(made, **changed)


def a_project(text: str = "a text", *runs: Run) -> Project:
    return Project(
        name="demo",
        about={"Summary": (text,), "Intended use": (text,), "Out of scope": (text, text)},
        steps=tuple(Step(name, "done", text) for name in STEPS),
        runs=runs or (a_run(text),),
        deployed="aaaaaaaaaaaa-a1",
        money=Money(MONTHS, known=1, unknown=1),
        lives=(Life(text, text, text, "2027-01-06", "2027-01-13", text, "2026-11-23", text),),
        documents=("MODEL_CARD.md", "research/brief.md"),
        changed_since=True,
    )


def a_site(text: str = "a text", *projects: Project) -> Site:
    return Site(projects or (a_project(text),), Money(MONTHS, known=1, unknown=1), GITHUB, (text,))
