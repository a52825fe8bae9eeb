"""What answered, in a report: nothing where it was transformers, and no text that a runner could make up."""

import pytest
from pydantic import ValidationError

from clinft.artifacts.canonical import digest_json
from clinft.artifacts.results import AnsweringEngine, EvaluationReport
from tests.fakes import run_results
from tests.fakes.evaluated import report


def test_a_report_by_transformers_has_the_digest_that_it_had_before_the_field_came() -> None:
    written = report().model_dump(mode="json")
    assert "engine" not in written
    # As clinft computed it before.
    before = "a7602ba6ca01de95f630135f91781bea8a19b1e4f354d7248ac29464fbd6a2f0"
    assert digest_json(run_results.evaluation().model_dump(mode="json")) == before


def test_a_report_by_vllm_says_so_and_is_read_again() -> None:
    made = report().model_copy(update={"engine": AnsweringEngine(name="vllm", version="0.33.0+cu130")})
    assert made.model_dump(mode="json")["engine"] == {"name": "vllm", "version": "0.33.0+cu130"}
    assert EvaluationReport.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("version", ["", "0", "0.33.0 @team", "0.33.0|x", "0.33.0\n", "1.2" + "3" * 80])
def test_a_version_is_a_version(version: str) -> None:
    with pytest.raises(ValidationError):
        AnsweringEngine(name="vllm", version=version)
