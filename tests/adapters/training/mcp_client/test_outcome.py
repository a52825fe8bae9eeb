"""The model as the server told it: nothing made up, nothing taken that does not fit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.mcp_client.outcome import keep, kept, outcome_of
from clinft.adapters.training.mcp_client.reading import Unreadable
from clinft.adapters.training.mcp_client.session import Limits, Place
from clinft.artifacts.canonical import canonical_json
from clinft.artifacts.model import Job
from clinft.errors import DigestMismatch
from clinft.ports.training import TrainingRequest
from tests.fakes.mcp.requests import RUN, request_at
from tests.fakes.mcp.servers import NAME, TOKEN, on_stdio

JOB = Job(id="../tj-1", provider="mcp", run_id=RUN, status="succeeded")
TOLD: dict[str, Any] = {"model": "tuned-1", "steps": 24.0, "samples": 12, "answer_tokens": 24}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(NAME, on_stdio("v2", tmp_path).policy, TOKEN, Limits())


@pytest.fixture
def request_(tmp_path: Path) -> TrainingRequest:
    return request_at(on_stdio("v2", tmp_path / "state"), tmp_path)


def test_what_was_not_told_is_not_known(place: Place, request_: TrainingRequest) -> None:
    told = {"model": "tuned-1", "loss": [{"step": 3, "training_loss": 0.5}]}
    model = outcome_of(place, "tell", told, JOB, request_).model
    assert (model.steps, model.answer_tokens) == (None, None)
    [point] = model.loss
    assert (point.step, point.tokens, point.training_loss, point.validation_loss) == (3, None, 0.5, None)
    # How many records were sent is known without being told, as long as they lie here.
    assert model.samples == 12
    request_.training_file.unlink()
    with pytest.raises(Unreadable, match="no usable samples"):
        outcome_of(place, "tell", told, JOB, request_)


def test_what_was_told_is_taken(place: Place, request_: TrainingRequest) -> None:
    made = outcome_of(place, "tell", TOLD, JOB, request_)
    model = made.model
    assert (model.steps, model.samples) == (24, 12)
    assert (model.trained_tokens, model.trainable_parameters, model.loss, model.uploads) == (
        None,
        None,
        (),
        (),
    )
    assert made.cost_usd is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"steps": "24"}, "no usable steps"),
        ({"steps": 24.5}, "no usable steps"),
        ({"samples": [12]}, "no usable samples"),
        ({"loss": "low"}, "no usable loss"),
        ({"loss": [{"step": "a", "tokens": 1}]}, "no usable loss"),
        ({"loss": [3.2]}, "no usable loss"),
        ({"cost_usd": True}, "its cost_usd is no amount"),
        ({"cost_usd": "free"}, "its cost_usd is no amount"),
        ({"model": "../x"}, "its model is no name"),
        ({"training_file_id": "a b"}, "its training_file_id is no name"),
    ],
)
def test_what_does_not_fit_is_refused(
    change: dict[str, Any], why: str, place: Place, request_: TrainingRequest
) -> None:
    with pytest.raises(Unreadable, match=why):
        outcome_of(place, "tell", TOLD | change, JOB, request_)


@pytest.mark.parametrize("number", [-1, -(10**12), 2**53, 10**30, -0.5, 1e300])
def test_a_number_that_cannot_be_is_not_known_and_that_is_said(
    number: float, place: Place, request_: TrainingRequest
) -> None:
    names = ("steps", "samples", "answer_tokens", "trained_tokens", "trainable_parameters", "cost_usd")
    points = [
        {"step": 1, "tokens": number, "training_loss": number, "validation_loss": 0.5},
        {"step": number, "training_loss": 0.1},
    ]
    told = {"model": "tuned-1", "loss": points} | dict.fromkeys(names, number)
    made = outcome_of(place, "tell", told, JOB, request_)
    model = made.model
    assert (model.steps, model.answer_tokens, model.trained_tokens, made.cost_usd) == (None, None, None, None)
    assert (model.trainable_parameters, model.samples) == (None, 12)  # records are counted here
    (point,) = model.loss
    assert (point.step, point.tokens, point.training_loss, point.validation_loss) == (1, None, None, 0.5)
    assert [warning.split()[4] for warning in made.warnings] == sorted([*names, "loss"])
    canonical_json(model.model_dump(mode="json"))


@pytest.mark.parametrize("cost", ["-1", "NaN", "1e400000", "Infinity"])
def test_a_cost_that_cannot_be_is_not_known(cost: str, place: Place, request_: TrainingRequest) -> None:
    made = outcome_of(place, "tell", TOLD | {"cost_usd": cost}, JOB, request_)
    assert made.cost_usd is None
    assert made.warnings == ("The server tells a cost_usd that cannot be: it counts as not told.",)


def test_the_base_model_is_no_result(place: Place, request_: TrainingRequest) -> None:
    with pytest.raises(DigestMismatch, match="gives the base model itself"):
        outcome_of(place, "tell", TOLD | {"model": request_.base_model.ref.upper()}, JOB, request_)


def test_an_upload_is_described_only_by_the_bytes_that_were_sent(
    place: Place, request_: TrainingRequest
) -> None:
    told = TOLD | {"training_file_id": "f1", "validation_file_id": "f2"}
    request_.training_file.write_text("something else\n")
    request_.validation_file.unlink()
    assert outcome_of(place, "tell", told, JOB, request_).model.uploads == ()


def test_it_is_kept_inside_of_the_run_and_only_for_this_job_and_these_files(
    place: Place, request_: TrainingRequest
) -> None:
    assert kept(JOB, request_) is None
    made = outcome_of(place, "tell", TOLD | {"cost_usd": 1.5}, JOB, request_)
    keep(made, JOB, request_)
    assert [path.parent for path in request_.output_dir.rglob("mcp-*")] == [request_.output_dir]
    assert kept(JOB, request_) == made
    assert made.cost_usd == "1.5"
    assert kept(JOB.model_copy(update={"id": "tj-2"}), request_) is None
    assert kept(JOB, replace(request_, training_sha256="0" * 64)) is None
