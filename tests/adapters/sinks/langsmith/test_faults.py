"""Busy, lost, refused, two at once: nothing is there twice, nothing is missing, nothing is told on."""

import threading
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.sinks.langsmith import LangSmith
from clinft.errors import ClinftError, PolicyViolation, ServiceError
from clinft.ports.sinks import Dataset, Experiment
from tests.adapters.sinks.langsmith.conftest import CANARY, Desk, dataset, experiment, line, write
from tests.fakes.langsmith.server import LangSmithServer

WRITES = (
    "POST datasets",
    "POST examples multipart",
    "POST sessions",
    "POST runs/multipart",
    "PATCH sessions/id",
)
EVERY = ("GET info", "GET datasets", "GET sessions", *WRITES)


def send_both(desk: Desk, folder: Path) -> None:
    desk.send(dataset(folder))
    desk.send(experiment(folder))


def send_all(desk: Desk, parcels: Sequence[Dataset | Experiment]) -> None:
    for parcel in parcels:
        desk.send(parcel)


def is_whole(server: LangSmithServer) -> None:
    counts = (
        len(server.datasets),
        len(server.examples),
        len(server.sessions),
        len(server.runs),
        len(server.feedback),
    )
    assert counts == (1, 8, 1, 3, 6)
    assert all(session["end_time"] for session in server.sessions.values())


@pytest.mark.parametrize("operation", EVERY)
def test_busy_is_waited_for_as_long_as_asked(
    desk: Desk, server: LangSmithServer, tmp_path: Path, operation: str
) -> None:
    server.fail_next(operation, 429, headers={"Retry-After": "7"}, times=2)
    send_both(desk, tmp_path)

    assert desk.waited == [7.0, 7.0]
    is_whole(server)


@pytest.mark.parametrize("operation", EVERY)
@pytest.mark.parametrize(
    ("status", "after"), [(503, False), (500, True), (502, True), (504, True), (0, True), (0, False)]
)
def test_a_lost_answer_is_made_good_without_a_double(
    desk: Desk, server: LangSmithServer, tmp_path: Path, operation: str, status: int, after: bool
) -> None:
    server.fail_next(operation, status, after_accepting=after)
    send_both(desk, tmp_path)

    is_whole(server)
    assert sum(desk.waited) < 30


@pytest.mark.parametrize("operation", EVERY)
def test_what_stays_down_is_a_service_error_and_goes_through_later(
    desk: Desk, server: LangSmithServer, tmp_path: Path, operation: str
) -> None:
    server.fail_next(operation, 500, times=4)
    with pytest.raises(ServiceError, match="LangSmith answered 500"):
        send_both(desk, tmp_path)

    server.recover()
    later = Desk(server)
    later.memory = desk.memory
    send_both(later, tmp_path)
    is_whole(server)


def test_half_a_dataset_is_completed(desk: Desk, server: LangSmithServer, tmp_path: Path) -> None:
    parcel = dataset(tmp_path, train=150, test=3)
    desk.send(parcel)
    for known in list(server.examples)[100:]:
        del server.examples[known]

    receipt = Desk(server).send(parcel)
    assert receipt.what.endswith("53 of 153 examples added")
    assert len(server.examples) == 153


def test_a_pause_that_is_too_long_is_left_to_the_next_run(
    desk: Desk, server: LangSmithServer, tmp_path: Path
) -> None:
    server.fail_next("POST datasets", 429, headers={"Retry-After": "3600"})
    with pytest.raises(ServiceError, match="takes no more calls for now"):
        desk.send(dataset(tmp_path))
    assert desk.waited == []


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "Make a service key"),
        (402, "administrators"),
        (403, "workspace"),
        (413, "Shorten"),
        (422, "`url`"),
        (404, "`url`"),
    ],
)
@pytest.mark.parametrize("operation", ["GET datasets", "POST examples multipart"])
def test_what_a_person_must_mend_is_said(
    desk: Desk, server: LangSmithServer, tmp_path: Path, operation: str, status: int, advice: str
) -> None:
    server.fail_next(operation, status)
    with pytest.raises(PolicyViolation) as raised:
        desk.send(dataset(tmp_path))
    assert advice in raised.value.next_step
    assert desk.waited == []


def test_no_key_is_said(server: LangSmithServer, tmp_path: Path) -> None:
    desk = Desk(server)
    desk.tools = replace(desk.tools, key_of=lambda _: None)
    desk.sink = LangSmith(desk.place, desk.tools)
    with pytest.raises(PolicyViolation, match="no key for 127"):
        desk.send(dataset(tmp_path))


def test_an_answer_that_cannot_be_read_is_a_service_error(
    desk: Desk, server: LangSmithServer, tmp_path: Path
) -> None:
    server.fail_next("GET datasets", 200, body=b"<html>captive portal</html>")
    with pytest.raises(ServiceError, match="cannot be read"):
        desk.send(dataset(tmp_path))


def test_a_redirect_takes_nothing_elsewhere(desk: Desk, server: LangSmithServer, tmp_path: Path) -> None:
    with LangSmithServer() as other:
        server.fail_next("POST datasets", 307, headers={"Location": f"{other.url}/datasets"}, times=4)
        with pytest.raises((PolicyViolation, ServiceError)):
            desk.send(dataset(tmp_path))
        assert other.requests == []
    server.recover()


def test_a_dataset_that_somebody_else_made_is_left_alone(
    desk: Desk, server: LangSmithServer, tmp_path: Path
) -> None:
    parcel = dataset(tmp_path)
    server.add_dataset({"name": f"icd10-chapter {parcel.digest[:12]}", "data_type": "kv"})
    with pytest.raises(PolicyViolation, match="dataset of this name with another content"):
        desk.send(parcel)
    assert server.examples == {}


def test_an_experiment_that_somebody_else_made_is_left_alone(
    desk: Desk, server: LangSmithServer, tmp_path: Path
) -> None:
    send_both(desk, tmp_path)
    (session,) = server.sessions.values()
    session["extra"] = {}
    with pytest.raises(PolicyViolation, match="experiment of this name with another content"):
        Desk(server).send(experiment(tmp_path))


def test_two_publishers_at_once(server: LangSmithServer, tmp_path: Path) -> None:
    parcels = (dataset(tmp_path, train=250, test=30), experiment(tmp_path, items=30))
    desks, errors = [Desk(server) for _ in range(3)], []

    def publish(desk: Desk) -> None:
        try:
            for parcel in parcels:
                desk.send(parcel)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=publish, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    counts = (
        len(server.datasets),
        len(server.examples),
        len(server.sessions),
        len(server.runs),
        len(server.feedback),
    )
    assert counts == (1, 280, 1, 30, 60)


@pytest.mark.parametrize("operation", EVERY)
@pytest.mark.parametrize("status", [0, 401, 422, 429, 500])
def test_no_error_tells_a_text_or_the_key(
    desk: Desk, server: LangSmithServer, tmp_path: Path, operation: str, status: int, caplog: Any
) -> None:
    splits = {"test": write(tmp_path / "canary.jsonl", [line(0, CANARY)])}
    server.fail_next(operation, status, times=4, body={"detail": f"{CANARY} {server.key}"})
    parcels = (dataset(tmp_path, splits=splits), experiment(tmp_path, items=1))
    with pytest.raises(ClinftError) as raised:
        send_all(desk, parcels)
    server.recover()

    error: BaseException | None = raised.value
    seen = []
    while error is not None:
        seen += [str(error), repr(error.args)]
        error = error.__cause__ or error.__context__
    told = "\n".join(["".join(traceback.format_exception(raised.value)), *seen, caplog.text])
    assert CANARY not in told
    assert server.key not in told
    assert server.key[:5] not in told
