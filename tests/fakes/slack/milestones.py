"""The seven milestones, as they may come, and one that others tried to make into something else."""

from dataclasses import replace

from clinft.ports.sinks import Link, Milestone, Threshold

THREAD = "icd10-coding/3f2a1b9c8d7e"
PULL = Link("Pull request #12", "https://github.com/hospital/clinft/pull/12")
REPORT = Link(
    "Report",
    "https://github.com/hospital/clinft/blob/main/projects/icd10-coding/runs/3f2a1b9c8d7e-a1/report.md",
)
DASHBOARD = Link("Dashboard", "https://hospital.github.io/clinft/icd10-coding/")

DATA_PLAN = Milestone(
    "icd10-coding",
    THREAD,
    "data_plan",
    f"{THREAD}/data_plan",
    "good",
    "data plan ready",
    [
        "2,000 synthetic records, 1,600 for training, 200 for validation, 200 for testing",
        "Recipe: clinical notes, ICD-10-CM 2026",
    ],
    links=[PULL],
)
AUDIT = Milestone(
    "icd10-coding",
    THREAD,
    "audit",
    f"{THREAD}/audit",
    "warning",
    "audit passed with findings",
    [
        "0 critical, 0 high, 2 medium, 0 low findings in 2,000 records",
        "Measured sensitivity 0.98 [0.95, 0.99], n = 400",
    ],
    [Threshold("no critical finding", "met"), Threshold("no high finding without a waiver", "met")],
    [PULL],
)
COST = Milestone(
    "icd10-coding",
    THREAD,
    "cost",
    f"{THREAD}/cost",
    "neutral",
    "cost estimate",
    ["12.40 USD, at most 18.60 USD; prices as of 2026-11-01"],
    [Threshold("18.60 USD of a budget of 50.00 USD", "met")],
    [PULL],
)
JOB = Milestone(
    "icd10-coding",
    THREAD,
    "job",
    f"{THREAD}/a1/job",
    "neutral",
    "training started",
    ["Run 3f2a1b9c8d7e-a1 on openai, gpt-4.1-mini-2025-04-14"],
    links=[PULL],
)
EVALUATION = Milestone(
    "icd10-coding",
    THREAD,
    "evaluation",
    f"{THREAD}/a1/evaluation",
    "bad",
    "evaluation available",
    ["200 cases, test split", "Worst group: paediatrics"],
    [
        Threshold("accuracy 0.73 [0.66, 0.79], n = 200; at least 0.60", "met"),
        Threshold("macro_f1 0.51 [0.44, 0.58], n = 200; at least 0.60", "not met"),
        Threshold("hallucination_rate 0.02 [0.00, 0.06], n = 200; at most 0.03", "not certifiable"),
        Threshold("perplexity; at most 4", "missing"),
    ],
    [PULL, REPORT, DASHBOARD],
)
REGRESSION = Milestone(
    "icd10-coding",
    THREAD,
    "regression",
    f"{THREAD}/a1/regression",
    "good",
    "regression test: PASS, may be deployed",
    ["Against 9e8d7c6b5a4f-a2: no metric is worse beyond its tolerance"],
    [Threshold("accuracy +0.03 [+0.00, +0.06]; at least -0.02", "met")],
    [REPORT, DASHBOARD],
)
CONCERN = Milestone(
    "icd10-coding",
    THREAD,
    "concern",
    f"{THREAD}/concern",
    "bad",
    "compliance concern: critical finding",
    ["1 critical finding: ssn, in 1 record; the data was quarantined", "Who answers: the privacy officer"],
    links=[REPORT],
)
SEVEN = {one.kind: one for one in (DATA_PLAN, AUDIT, COST, JOB, EVALUATION, REGRESSION, CONCERN)}

EVIL = (
    "<!channel> <!here> <@U0123456> <#C0123456|general> @here @channel @everyone "
    "<https://evil.example|click> [click](https://evil.example) https://evil.example www.evil.example "
    "mailto:a@evil.example *bold* _it_ ~gone~ `code` ```block``` > quote :smile: #general "
    "macro_f1 a&b &lt;!channel&gt; \u202egnp.exe\u2066 \x1b[31m \x00 line\nbreak\r\ttab"
)
HOSTILE = replace(
    EVALUATION,
    title=EVIL,
    lines=[EVIL, "> quoted", "```", "", "\u200b\u202e"],
    thresholds=[Threshold(EVIL, "not met")],
    links=[
        Link(EVIL, "https://github.com/hospital"),
        Link("script", "javascript:alert(1)"),
        Link("no TLS", "http://evil.example"),
        Link("\u200b", "https://github.com/hospital"),
    ],
)
HUGE = replace(
    EVALUATION,
    title="&" * 400 + "\U0001f600" * 400,
    lines=[f"<{'line' * 300}> {number}" for number in range(300)],
    thresholds=[Threshold(f"& metric {number} " + "\U0001f600" * 300, "met") for number in range(300)],
    links=[Link(f"link {number} " + "&" * 200, f"https://github.com/{number}") for number in range(60)],
)
