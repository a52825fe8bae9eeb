"""A pull request that is not merged: told of only by its own checks, run by the protected branch's own workflows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clinft.artifacts.forge import PullRequest
from clinft.artifacts.pull_request import PullRequestReport
from clinft.errors import ClinftError
from clinft.pipeline.github.on_main import OnMain
from clinft.pipeline.sinks.before_merge import of_report, report_of, told_of
from clinft.pipeline.sinks.consent import agreed_before_merge
from clinft.ports.history import Entry
from clinft.ports.runs import LeftArtifact, WorkflowRun
from clinft.ports.sinks import Milestone
from clinft.run_folder import to_bytes
from clinft.spec.policy import Policy
from clinft.stages.report.milestones import Places
from tests.fakes import pull_requests, reviews, specs
from tests.fakes.run_facts import HOSTILE
from tests.fakes.zips import DEFLATED, zipped
from tests.fakes.zips import Entry as ZipEntry
from tests.pipeline.sinks.conftest import NOW, sinks_of

HEAD, TIP, RUN = "b" * 40, "f" * 40, 4711
BASE = "a" * 40
OURS = {HEAD: "1" * 40, TIP: "1" * 40, BASE: "1" * 40}
OF_RUN = {"run_id": RUN, "engine_sha": BASE}


CHECKED = WorkflowRun(
    RUN, 1, ".github/workflows/checks.yml", "pull_request", HEAD, "more", "hosp/models", "completed",
    "success", "https://github.com/hosp/models/actions/runs/4711",
)  # fmt: skip


@dataclass
class Checks:
    """What GitHub says of the checks' workflow run, and what it left."""

    report: PullRequestReport
    run: WorkflowRun = CHECKED
    pull: PullRequest = field(default_factory=lambda: reviews.pull(head_sha=HEAD, merged=False))
    workflows: Mapping[str, str] = field(default_factory=lambda: dict(OURS))
    files: tuple[ZipEntry, ...] | None = None
    expired: bool = False
    quarantined: bool = False
    merged: tuple[str, ...] = ()
    under_way: tuple[str, ...] = ()

    def entries(self, commit: str, *places: str) -> list[Entry]:
        if places[0].startswith("projects/"):
            return [Entry(places[0], "100644", "2" * 40)] if self.quarantined else []
        return [Entry(".github/workflows/checks.yml", "100644", self.workflows[commit])]

    @property
    def state(self) -> Any:
        return SimpleNamespace(runs=[SimpleNamespace(plan_digest=plan) for plan in self.under_way])

    @property
    def main(self) -> OnMain:
        data = to_bytes(self.report)
        files = self.files or (ZipEntry(b"report.json", data, DEFLATED),)
        left = LeftArtifact(1, "report", 1, self.expired, None)
        stub: Any = SimpleNamespace(
            repository="Hosp/models",
            tip=TIP,
            actions=SimpleNamespace(default_branch="main"),
            runs=SimpleNamespace(
                run=lambda number: self.run if number == self.run.id else None,
                artifacts=lambda number: (left,),
                download=lambda artifact, most: zipped(files),
            ),
            history=SimpleNamespace(
                fetch=lambda revision: revision if revision in self.workflows else None,
                entries=self.entries,
                on_line=lambda tip, commit: commit in (tip, BASE),
            ),
            projects=("icd10-chapter",),
            records=lambda project: {plan: SimpleNamespace(plan_digest=plan) for plan in self.merged},
            store=SimpleNamespace(read=lambda project: SimpleNamespace(state=self.state)),
            reader=SimpleNamespace(pull_request=lambda number: self.pull),
        )
        return cast(OnMain, stub)


def checked(**changes: Any) -> Checks:
    report = pull_requests.ready().model_copy(update=OF_RUN)
    return Checks(**{"report": report, **changes})


def test_plan_audit_and_cost_are_told_with_the_pull_request() -> None:
    report = report_of(checked().main, RUN)
    assert report is not None
    told = [due.parcel for due in of_report(report, Places("https://github.com/hosp/models"))]
    assert all(isinstance(one, Milestone) for one in told)
    assert [getattr(one, "kind", "") for one in told] == ["data_plan", "audit", "cost"]
    assert {link.text for one in told for link in getattr(one, "links", ())} == {"Pull request 7"}


def test_a_critical_finding_is_told_as_a_concern() -> None:
    kinds = [getattr(due.parcel, "kind", "") for due in of_report(pull_requests.refused(), Places())]
    assert "concern" in kinds


def run_of(**changes: Any) -> WorkflowRun:
    return replace(CHECKED, **changes)


@pytest.mark.parametrize(
    "run",
    [
        run_of(path=".github/workflows/evil.yml"),
        run_of(path=".github/workflows/x/.github/workflows/checks.yml"),
        run_of(event="push"),
        run_of(id=1),
    ],
    ids=["another workflow", "another path", "another event", "another run"],
)
def test_another_workflow_run_is_nothing_to_tell_of(run: WorkflowRun) -> None:
    assert report_of(checked(run=run).main, RUN) is None


def test_what_github_keeps_no_more_or_is_merged_meanwhile_is_not_told() -> None:
    assert report_of(checked(expired=True).main, RUN) is None
    assert report_of(checked(pull=reviews.pull(head_sha=HEAD, merged=True)).main, RUN) is None


@pytest.mark.parametrize("conclusion", ["cancelled", "timed_out", None])
def test_checks_that_were_stopped_tell_nothing(conclusion: str | None) -> None:
    assert report_of(checked(run=run_of(conclusion=conclusion)).main, RUN) is None
    assert report_of(checked(run=run_of(conclusion="failure")).main, RUN) is not None


def named(*names: str) -> PullRequestReport:
    report = pull_requests.ready().model_copy(update=OF_RUN)
    projects = tuple(report.projects[0].model_copy(update={"name": name}) for name in names)
    changed = tuple(report.changes.paths[0].model_copy(update={"project": name}) for name in names[:40])
    changes = report.changes.model_copy(update={"paths": changed})
    return report.model_copy(update={"projects": projects, "changes": changes})


def test_only_real_projects_are_told_of_and_not_too_many() -> None:
    names = tuple(f"p{number}" for number in range(60))
    assert len(told_of(checked().main, named(*names)).projects) == 20
    unchanged = pull_requests.ready().projects[0].model_copy(update={"name": "elsewhere"})
    report = pull_requests.ready().model_copy(update={"projects": (unchanged,)})
    assert told_of(checked().main, report).projects == ()


def test_a_plan_that_the_branch_or_a_journal_knows_is_told_by_its_run_alone() -> None:
    report = pull_requests.ready()
    estimate = report.projects[0].estimate
    assert estimate is not None
    assert told_of(checked(merged=("0" * 64,)).main, report).projects == report.projects
    assert told_of(checked(merged=(estimate.plan_digest,)).main, report).projects == ()
    assert told_of(checked(under_way=(estimate.plan_digest,)).main, report).projects == ()


def test_nothing_is_told_of_a_project_in_quarantine() -> None:
    assert told_of(checked(quarantined=True).main, pull_requests.ready()).projects == ()


def based(base: str, engine_sha: str | None = None) -> PullRequestReport:
    report = pull_requests.ready()
    changes = report.changes.model_copy(update={"base_sha": base})
    return report.model_copy(update={**OF_RUN, "changes": changes, "engine_sha": engine_sha or base})


GOOD = to_bytes(pull_requests.ready().model_copy(update=OF_RUN))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"run": run_of(repository="mallory/models")}, "comes from a fork"),
        ({"workflows": {HEAD: "2" * 40, TIP: "1" * 40}}, "workflows are not those of the protected branch"),
        ({"workflows": {**OURS, BASE: "2" * 40}}, "has changed its workflows since"),
        ({"report": based("e" * 40)}, "never was"),
        ({"report": based(BASE, engine_sha="e" * 40)}, "never was"),
        ({"workflows": {TIP: "1" * 40}}, "workflows are not those of the protected branch"),
        ({"pull": reviews.pull(head_sha="9" * 40, merged=False)}, "shows another head"),
        ({"pull": reviews.pull(head_sha=HEAD, merged=False, from_fork=True)}, "shows another head"),
        ({"pull": reviews.pull(head_sha=HEAD, merged=False, base_ref="other")}, "shows another head"),
        ({"report": pull_requests.ready().model_copy(update={"run_id": 1})}, "about another commit or run"),
        ({"files": (ZipEntry(b"report.json", b"{}"),)}, "no report of clinft"),
        ({"files": (ZipEntry(b"report.json", GOOD.replace(b'"run_id"', b'"more": 1, "run_id"')),)}, "no report"),
        ({"files": (ZipEntry(b"../report.json", GOOD),)}, "a name that no run's evidence has"),
        ({"files": (ZipEntry(b"report.json", GOOD), ZipEntry(b"x.py", b"import os"))}, "a name that no run's"),
    ],
)  # fmt: skip
def test_what_does_not_count_tells_nobody_anything(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ClinftError) as refused:
        report_of(checked(**changes).main, RUN)
    assert says in str(refused.value)


def test_a_report_full_of_hostile_text_names_no_project_and_quotes_no_finding() -> None:
    assert list(of_report(pull_requests.hostile(), Places())) == []
    report = pull_requests.hostile()
    named = report.model_copy(
        update={"projects": tuple(one.model_copy(update={"name": "demo"}) for one in report.projects)}
    )
    told = [due.parcel for due in of_report(named, Places())]
    assert told
    texts = [text for one in told if isinstance(one, Milestone) for text in (one.title, *one.lines)]
    assert not [text for text in texts if HOSTILE in text]


def test_only_slack_sinks_that_the_policy_agreed_to_hear_of_it() -> None:
    def policy(*agreed: str, **review_by: str) -> Policy:
        given = {"sinks": sinks_of(**review_by), "consents": {"before_merge": list(agreed)}}
        return Policy.model_validate(specs.merged(specs.POLICY, given), strict=False)

    today = NOW.date()
    assert agreed_before_merge(policy(), today) == ()
    assert agreed_before_merge(policy("channel"), today) == ("channel",)
    assert agreed_before_merge(policy("channel", channel="2026-11-04"), today) == ()
