"""Slack hears of a plan from its approval to its results, by jobs that see nothing but the branch and the journal."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.after_merge import AfterMerge, Job, Opened
from tests.fakes.hospital import project
from tests.fakes.langsmith.server import LangSmithServer
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.state import CHANNEL, TOKEN

PEOPLE = ("mila", "petra")


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as found:
        yield found
    assert found.violations == []


def channel(slack: SlackServer) -> dict[str, Any]:
    return {
        "kind": "slack",
        "description": "the channel of the team",
        "url": slack.url,
        "channel": CHANNEL,
        "eligibility": {"owner": "Research IT", "review_by": "2099-01-01"},
    }


def told(hospital: AfterMerge, slack: SlackServer, key: str = TOKEN) -> Job:
    """The job `sinks` of reconcile.yml."""
    job = hospital.notified(f"{slack.host} {key}")
    assert key not in job.output.replace(f"::add-mask::{key}", "") + job.summary
    return job


@pytest.fixture
def smith() -> Iterator[LangSmithServer]:
    with LangSmithServer() as found:
        yield found
    assert found.violations == []


def test_the_job_makes_the_audited_data_again_and_langsmith_gets_them_once(
    opened: Opened, slack: SlackServer, smith: LangSmithServer
) -> None:
    place = {
        "kind": "langsmith",
        "description": "the workspace of the team",
        "url": smith.url,
        "eligibility": {"owner": "Research IT", "review_by": "2099-01-01"},
    }
    hospital = opened(sinks={"smith": place})
    hospital.lands(7, project(notify=["smith"]), *PEOPLE)
    run_id = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    key = f"{smith.host} {smith.key}"
    # Nothing that is not merged leaves.
    assert "Nothing was due" in hospital.notified(key).said
    (results,) = hospital.opened("clinft/results/")
    hospital.merges(results)
    hospital.reconcile()
    said = hospital.notified(key)
    assert f"dataset of {run_id} of demo" in said.said
    assert "experiment tuned-generated" in said.said
    assert "Nothing was due" in hospital.notified(key).said


def keys(slack: SlackServer) -> list[str]:
    """Of the messages below the one headline, in their order."""
    [top] = slack.top()
    return [str(one.payload["key"]).partition("/")[2].partition("/")[2] for one in slack.thread(top.ts)]


def test_a_plan_is_told_of_from_its_approval_to_its_results_and_never_twice(
    opened: Opened, slack: SlackServer
) -> None:
    hospital = opened(sinks={"team": channel(slack)})
    hospital.lands(7, project(notify=["team"]), *PEOPLE)
    ran = hospital.pushed()
    run_id = ran.ordered[0]["run"]
    told(hospital, slack)
    # Nothing of the run is in any commit of the branch yet.
    assert keys(slack) == ["data_plan", "audit", "cost", f"job/{run_id}"]

    hospital.follow()
    said = told(hospital, slack)
    assert keys(slack)[4:] == [f"evaluation/{run_id}", f"regression/{run_id}"]
    assert "message evaluation of demo" in said.said
    before = len(slack.requests)
    assert "Nothing was due" in told(hospital, slack).said
    assert len(slack.requests) == before

    # Merged: the same messages, changed in place, lead to the branch.
    (results,) = hospital.opened("clinft/results/")
    hospital.merges(results)
    hospital.reconcile()
    told(hospital, slack)
    assert len(keys(slack)) == 6
    assert len(slack.top()) == 1
    assert "Nothing was due" in told(hospital, slack).said


def test_a_sink_that_fails_stops_nobody_and_is_told_later(opened: Opened, slack: SlackServer) -> None:
    hospital = opened(sinks={"team": channel(slack)})
    hospital.lands(7, project(notify=["team"]), *PEOPLE)
    hospital.pushed()
    refused = told(hospital, slack, key="xoxb-another-secret-of-nobody")
    assert "warning: not sent" in refused.summary
    assert slack.top() == []
    told(hospital, slack)
    assert len(keys(slack)) == 4


def test_nobody_is_told_whom_the_merged_spec_does_not_name(opened: Opened, slack: SlackServer) -> None:
    hospital = opened(sinks={"team": channel(slack)})
    hospital.lands(7, project(), *PEOPLE)
    hospital.pushed()
    assert "Nothing was due" in told(hospital, slack).said
    assert slack.requests == []


def test_reconcile_says_whether_there_is_anybody_to_tell(opened: Opened, slack: SlackServer) -> None:
    hospital = opened(sinks={"team": channel(slack)})
    assert hospital.reconcile().jobs["reconcile"].outputs["sinks"] == "true"
