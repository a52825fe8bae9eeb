"""prices.yml on the server: one pull request with the tables and nothing else, always the newest reading."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner, Result

from clinft import wiring
from clinft.adapters.prices.azure import AzurePrices
from clinft.cli import pricing, show
from clinft.wiring import pricing as sources
from tests.conftest import REPOSITORY
from tests.e2e.permissions import permissions_check
from tests.fakes.after_merge import AfterMerge, Opened
from tests.fakes.azure_prices import Answer, AzurePriceServer, of_one_model
from tests.fakes.github.bare import run_git
from tests.fakes.price_tables import MACHINES, PRICES

BRANCH, TABLE = "clinft/prices", "clinft/tables/prices.yaml"


class Clock:
    time = datetime(2026, 11, 26, 4, 41, tzinfo=UTC)

    def now(self) -> datetime:
        return Clock.time


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzurePriceServer]:
    with AzurePriceServer(of_one_model()) as running:
        monkeypatch.setattr(sources, "meters", lambda: AzurePrices(running.url, lambda _: None))
        monkeypatch.setattr(wiring, "SystemClock", Clock)
        monkeypatch.setattr(Clock, "time", Clock.time)
        yield running


Refresh = Callable[..., Result]


@pytest.fixture
def hospital(opened: Opened) -> AfterMerge:
    return opened()


@pytest.fixture
def refresh(hospital: AfterMerge, azure: AzurePriceServer) -> Refresh:
    """The step of prices.yml in a fresh clone."""
    hospital.commit("main", {TABLE: PRICES.encode(), "clinft/tables/machines.yaml": MACHINES.encode()})

    def called(branch: str = "main") -> Result:
        at = hospital.server.repo.ref(f"refs/heads/{branch}")
        event = {**hospital.push_event(hospital.start), "sha": at}
        hospital.enter(hospital.clone_of_main(at), event, GITHUB_JOB="refresh")
        app = typer.Typer()
        app.callback()(lambda: None)
        pricing.register(app)
        show.forget_surroundings()
        return CliRunner().invoke(app, ["prices", "refresh", "--azure", "--publish"])

    return called


def pulls(hospital: AfterMerge) -> list[int]:
    server = hospital.server
    return [
        number
        for number, pull in server.pulls.items()
        if pull.head_ref == BRANCH and server.issues[number].state == "open"
    ]


def head(hospital: AfterMerge) -> str | None:
    return hospital.server.repo.ref(f"refs/heads/{BRANCH}")


def changed(hospital: AfterMerge) -> list[str]:
    return (
        run_git(hospital.server.bare, "diff", "--name-only", hospital.tip(), str(head(hospital)))
        .decode()
        .split()
    )


def shown(hospital: AfterMerge, revision: str) -> str:
    return run_git(hospital.server.bare, "show", f"{revision}:{TABLE}").decode()


def said(result: Result) -> str:
    return " ".join(result.output.split())


def test_one_pull_request_brings_the_tables_and_asks_for_the_role_engine(
    hospital: AfterMerge, refresh: Refresh
) -> None:
    before = len(hospital.server.log)
    done = refresh()
    assert done.exit_code == 0, done.output
    permissions_check(hospital.server.log[before:], REPOSITORY / ".github/workflows/prices.yml")
    (number,) = pulls(hospital)
    assert changed(hospital) == [TABLE]
    assert shown(hospital, BRANCH).count('"2026-11-26"') == 6
    issue = hospital.server.issues[number]
    assert issue.title == "clinft: prices read again"
    assert issue.body is not None
    assert (
        "| azure\\_openai gpt-4.1-2025-04-14 training data\\_zone | USD per million tokens | - | 27.50 | new |"
        in issue.body
    )
    assert "role **engine** has to approve" in issue.body


def test_the_same_answers_make_no_new_commit_and_no_second_pull_request(
    hospital: AfterMerge, refresh: Refresh
) -> None:
    refresh()
    first, numbers = head(hospital), pulls(hospital)
    again = refresh()
    assert "holds these prices already, and waits" in said(again)
    assert (head(hospital), pulls(hospital)) == (first, numbers)


def test_next_week_it_is_the_same_pull_request_with_the_newest_reading(
    hospital: AfterMerge, refresh: Refresh
) -> None:
    refresh()
    numbers = pulls(hospital)
    # Somebody added to the branch, and main moved on.
    hospital.commit(BRANCH, {TABLE: b"prices: []\n", "clinft/evil.py": b"import os\n"}, "mallory")
    hospital.commit("main", {"docs/x.md": b"x\n"})
    Clock.time += timedelta(days=7)
    assert refresh().exit_code == 0
    assert pulls(hospital) == numbers
    assert changed(hospital) == [TABLE]
    assert '"2026-12-03"' in shown(hospital, BRANCH)


def test_a_doubtful_row_is_told_in_the_pull_request_and_the_run_is_red(
    hospital: AfterMerge, refresh: Refresh, azure: AzurePriceServer
) -> None:
    azure.items = [one for one in azure.items if one["armRegionName"] != "swedencentral"]
    done = refresh()
    assert done.exit_code == 1
    (number,) = pulls(hospital)
    body = hospital.server.issues[number].body
    assert body is not None
    assert "**1 row is left unchanged**" in body
    assert "training standard swedencentral: no meter of Azure's list prices it any more" in body


def test_what_was_merged_by_hand_closes_it(hospital: AfterMerge, refresh: Refresh) -> None:
    refresh()
    hospital.commit("main", {TABLE: shown(hospital, BRANCH).encode()})
    assert "has these prices already: nothing is brought" in said(refresh())
    assert (pulls(hospital), head(hospital)) == ([], None)
    Clock.time += timedelta(days=7)
    refresh()
    assert len(pulls(hospital)) == 1


def test_code_that_only_a_branch_has_brings_nothing(hospital: AfterMerge, refresh: Refresh) -> None:
    hospital.branch("mine", {"clinft/x.py": b"x = 1\n"}, "mallory")
    done = refresh("mine")
    assert done.exit_code == 1
    assert "another branch than main" in said(done)
    assert pulls(hospital) == []


def test_a_service_that_fails_brings_nothing(
    hospital: AfterMerge, refresh: Refresh, azure: AzurePriceServer
) -> None:
    azure.instead = [Answer(404)]
    done = refresh()
    assert (done.exit_code, "answered 404" in said(done)) == (3, True)
    assert (pulls(hospital), head(hospital)) == ([], None)


def test_the_gate_wants_the_role_engine_for_it(hospital: AfterMerge, refresh: Refresh) -> None:
    refresh()
    (number,) = pulls(hospital)
    judged = hospital.gated(number)
    report = json.loads((judged.folder / "checks" / "report.json").read_bytes())
    assert report["required_roles"] == ["engine"], judged.output
