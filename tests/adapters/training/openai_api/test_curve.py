"""The loss curve, however a service writes it down."""

import base64
import itertools

import pytest

from clinft.adapters.training.openai_api.answers import RemoteEvent
from clinft.adapters.training.openai_api.curve import MOST_POINTS, from_events, from_file

OPENAI = (
    "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,1.5,0.1,,\n2,0.5,0.2,0.75,0.4\n"
)
AZURE = (
    "step,train_loss,train_mean_token_accuracy,valid_loss,validation_mean_token_accuracy,full_valid_loss\n"
    "1.0,1.5,0.1,-1,,\n2.0,0.5,0.2,0.9,,0.75\n"
)
EXPECTED = [(1, 1.5, None), (2, 0.5, 0.75)]


@pytest.mark.parametrize(
    "data",
    [
        OPENAI.encode(),
        base64.b64encode(OPENAI.encode()),
        base64.encodebytes(OPENAI.encode()),
        OPENAI.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + OPENAI.encode(),
        AZURE.encode(),
    ],
)
def test_from_file(data: bytes) -> None:
    assert [(p.step, p.training_loss, p.validation_loss) for p in from_file(data)] == EXPECTED


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\xff\xfe", b"<html>", b"a,b\n1,2\n", b"step,train_loss\n", b"step,train_loss\nx,1\n-1,2\n"],
)
def test_what_is_no_table_gives_no_curve(data: bytes) -> None:
    assert from_file(data) == ()


def test_what_is_no_number_is_not_measured() -> None:
    data = b"step,train_loss,valid_loss\n1,nan,inf\n2,,\n3,0.5\n3,0.25,x,y,z\n"
    assert [(p.step, p.training_loss, p.validation_loss) for p in from_file(data)] == [
        (1, None, None),
        (2, None, None),
        (3, 0.25, None),
    ]


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    rows = "".join(f"{step},{step / 10}\n" for step in range(1, 10_001))
    points = from_file(f"step,train_loss\n{rows}".encode())
    assert len(points) == MOST_POINTS
    assert points[-1].step == 10_000
    assert {b.step - a.step for a, b in itertools.pairwise(points)} == {20}


def test_from_events() -> None:
    events = [
        RemoteEvent(id="a", type="message", data={"step": 9, "train_loss": 9}),
        RemoteEvent(id="b", type="metrics", data={"step": 2, "train_loss": 0.5, "valid_loss": "0.75"}),
        RemoteEvent(id="c", type="metrics", data={"step": 1, "train_loss": 1.5}),
        RemoteEvent(id="d", type="metrics", data={"train_loss": 7.0}),
        RemoteEvent(id="e", type="metrics"),
    ]
    assert [(p.step, p.training_loss, p.validation_loss) for p in from_events(events)] == EXPECTED
