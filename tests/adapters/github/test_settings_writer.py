"""Only what is missing is added, once, whatever happens to the answers; and nothing that is there is changed."""

import pytest

from clinft.adapters.github.client import Address
from clinft.adapters.github.settings_writer import GitHubSettingsWriter
from clinft.artifacts.labels import LABELS
from clinft.errors import ServiceError
from tests.fakes.github.server import GitHubServer
from tests.fakes.github.settings_state import EnvironmentState
from tests.fakes.meanwhile import Meanwhile
from tests.fakes.second_page import SecondPage

PUT, POST = "repos/create-or-update-environment", "repos/create-deployment-branch-policy"
LABEL = "issues/create-label"
MAIN = [("main", "branch")]


@pytest.fixture
def server(server: SecondPage) -> SecondPage:
    server.add_user("root", permission="admin")
    server.token_login = "root"
    return server


def writer(server: GitHubServer) -> GitHubSettingsWriter:
    return GitHubSettingsWriter(Address(server.api, "hosp/clinft", server.token, "doctor"), pause_seconds=0)


def writes(server: GitHubServer) -> list[str]:
    return [one.operation_id for one in server.log if one.method != "GET"]


def test_labels_are_created_once(server: SecondPage) -> None:
    assert [writer(server).label(label) for label in LABELS] == ["created"] * len(LABELS)
    assert [writer(server).label(label) for label in LABELS] == ["there already"] * len(LABELS)
    assert server.labels == {label.name: label.color for label in LABELS}


def test_a_label_in_another_case_is_the_same_label(server: SecondPage) -> None:
    server.labels = {"Data-Prep": "000000"}
    assert writer(server).label(LABELS[1]) == "there already"
    assert server.labels == {"Data-Prep": "000000"}


def test_an_environment_is_made_for_one_branch(server: SecondPage) -> None:
    assert writer(server).environment("train", "main") == "created"
    assert server.settings.environments == {"train": EnvironmentState("train", MAIN)}
    assert writer(server).environment("train", "main") == "there already"
    assert writes(server) == [PUT, POST]


@pytest.mark.parametrize("operation", [PUT, POST, LABEL])
def test_a_lost_answer_is_found_and_not_sent_again(server: SecondPage, operation: str) -> None:
    server.fail_next(operation, 502, after_accepting=True)
    assert writer(server).environment("train", "main") == "created"
    assert writer(server).label(LABELS[0]) == "created"
    assert writes(server) == [PUT, POST, LABEL]
    assert server.settings.environments["train"].policy == MAIN


@pytest.mark.parametrize("operation", [PUT, POST, LABEL])
def test_what_did_not_arrive_is_sent_again(server: SecondPage, operation: str) -> None:
    server.fail_next(operation, 502)
    assert writer(server).environment("train", "main") == "created"
    assert writer(server).label(LABELS[0]) == "created"
    assert writes(server).count(operation) == 2


def test_one_that_was_cut_off_half_way_serves_nobody_and_is_finished_later(server: SecondPage) -> None:
    server.fail_next(POST, 502, times=99)
    with pytest.raises(ServiceError):
        writer(server).environment("train", "main")
    assert server.settings.environments["train"].policy == []
    server._faults.clear()
    assert writer(server).environment("train", "main") == "created"
    assert server.settings.environments["train"].policy == MAIN
    assert writes(server).count(PUT) == 1


@pytest.mark.parametrize("policy", [None, "protected", [("dev", "branch")]])
def test_one_that_people_made_stays_as_it_is(
    server: SecondPage, policy: str | list[tuple[str, str]] | None
) -> None:
    """Writing it whole would also take its reviewers away."""
    made = EnvironmentState("train", policy, ["A"], reviewed=True)
    server.settings.environments["train"] = made
    assert writer(server).environment("train", "main") == "there already"
    assert (made.policy, made.reviewed, writes(server)) == (policy, True, [])


def test_a_token_that_may_not_is_told_so_and_that_is_no_trouble(server: SecondPage) -> None:
    server.token_login = "github-actions[bot]"
    assert writer(server).environment("train", "main") == "not permitted"
    server.token_login = "alice"
    assert writer(server).environment("train", "main") == "not permitted"
    server.readonly = True
    assert writer(server).label(LABELS[0]) == "not permitted"
    assert (server.settings.environments, server.labels) == ({}, {})


def test_what_the_plan_does_not_have_is_told_apart(server: SecondPage) -> None:
    server.settings.environments_are_paid = True
    assert writer(server).environment("train", "main") == "not offered"


def test_somebody_who_was_faster_is_no_trouble(meanwhile: Meanwhile) -> None:
    meanwhile.add_user("root", permission="admin")
    meanwhile.token_login = "root"

    def label() -> None:
        meanwhile.labels[LABELS[0].name] = "000000"

    def branch() -> None:
        meanwhile.settings.environments["train"].policy = MAIN

    meanwhile.before = {LABEL: [label], POST: [branch]}
    assert writer(meanwhile).label(LABELS[0]) == "there already"
    assert writer(meanwhile).environment("train", "main") == "created"
    assert meanwhile.labels == {LABELS[0].name: "000000"}
    assert meanwhile.settings.environments["train"].policy == MAIN
    assert meanwhile.writes == [LABEL, PUT, POST]


def test_a_used_up_limit_is_trouble(server: SecondPage) -> None:
    server.rate_limited = True
    with pytest.raises(ServiceError, match="rate limit"):
        writer(server).label(LABELS[0])
