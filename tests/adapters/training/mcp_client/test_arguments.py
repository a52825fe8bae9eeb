"""Templates of arguments, filled: types are kept, and what the spec does not have is left out."""

from pathlib import Path
from typing import Any

import pytest

from clinft.adapters.training.mcp_client.arguments import holding, render
from clinft.errors import SpecError
from clinft.ports.training import TrainingRequest
from tests.fakes.mcp.requests import request_at
from tests.fakes.mcp.servers import on_stdio


@pytest.fixture
def request_(tmp_path: Path) -> TrainingRequest:
    return request_at(on_stdio("v2", tmp_path / "state"), tmp_path)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("${run_id}", "0123456789ab-a1"),
        ("${hyperparameters.n_epochs}", 2),
        ("${hyperparameters.learning_rate}", 0.001),
        ("${seed}", 7),
        (
            "${lora.target_modules}",
            ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        ),
        ("${base_model}", "llama-3.1-8b"),
        ("${plan_digest}", "a" * 64),
        ("${job_id}", "tj-4"),
        ("clinft-${run_id}-seed${seed}", "clinft-0123456789ab-a1-seed7"),
        (["${seed}", "${suffix}", None, "fixed"], [7, None, "fixed"]),
        ({"deep": {"er": "${hyperparameters.batch_size}"}}, {"deep": {"er": 8}}),
        (True, True),
        (None, None),
        ("no placeholder: $5 {run_id}", "no placeholder: $5 {run_id}"),
    ],
)
def test_a_placeholder_alone_keeps_its_type(template: Any, value: Any, request_: TrainingRequest) -> None:
    rendered = render({"argument": template}, request_, "tj-4")
    assert rendered.arguments == {"argument": value}
    assert rendered.missing == ()


def test_files_are_given_as_text_or_as_a_path_that_does_not_depend_on_the_folder(
    request_: TrainingRequest,
) -> None:
    names = ("training_file", "training_text", "validation_file", "validation_text", "training_sha256")
    given = render({name: f"${{{name}}}" for name in names}, request_).arguments
    assert given["training_text"] == request_.training_file.read_text()
    assert given["validation_text"] == request_.validation_file.read_text()
    assert Path(str(given["training_file"])).is_absolute()
    assert given["training_sha256"] == request_.training_sha256


def test_what_the_spec_does_not_have_is_left_out_and_never_part_of_a_text(request_: TrainingRequest) -> None:
    rendered = render({"alone": "${suffix}", "inside": "ft-${suffix}-${region}"}, request_)
    assert "alone" not in rendered.arguments
    assert rendered.missing == ("suffix", "region")


def test_a_text_that_holds_a_placeholder_s_own_sign_is_not_filled_again(request_: TrainingRequest) -> None:
    request_.training_file.write_text("${seed}\n")
    assert render({"text": "${training_text}"}, request_).arguments == {"text": "${seed}\n"}


def test_a_file_that_is_no_text_is_refused(request_: TrainingRequest) -> None:
    request_.training_file.write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError, match="is not UTF-8"):
        render({"text": "${training_text}"}, request_)


def test_arguments_that_hold_a_name_are_found_at_any_depth() -> None:
    template: dict[str, Any] = {"a": "${job_id}", "b": [{"c": "x-${job_id}"}], "d": "${run_id}", "e": 3}
    assert holding(template, {"job_id"}) == {"a", "b"}
