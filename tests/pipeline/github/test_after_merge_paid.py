"""What a provider was paid for is kept, whatever fails or changes between GitHub and it: nothing is paid twice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clinft.adapters.training.fake_hosted import FakeHostedProvider
from clinft.artifacts.model import Job
from clinft.errors import ClinftError, PolicyViolation, ServiceError, SpecError
from clinft.pipeline import gate_inputs
from clinft.stages.gate.inputs import Lifecycle
from tests.fakes.after_merge import AfterMerge
from tests.pipeline.github.test_after_merge_hosted import at_provider, becomes, hospital, submissions

__all__ = ["hospital"]  # a fixture


def begun(hospital: AfterMerge) -> str:
    one: str = hospital.pushed().ordered[0]["run"]
    hospital.follow()
    assert hospital.statuses() == ["queued", "running"]
    return one


def raising(error: ClinftError) -> Callable[..., Any]:
    def broken(self: FakeHostedProvider, *_: Any) -> Any:
        raise error

    return broken


def fetched(hospital: AfterMerge, one: str) -> None:
    """Once what was wrong is mended, the same attempt goes on and gives its model."""
    hospital.reconcile()
    hospital.follow()
    assert hospital.statuses()[-1] == "succeeded", hospital.statuses()
    assert submissions(hospital) == [one]


NO_KEY = SpecError("The service does not accept its key.", "It was renewed.", "Put the new one in.")
SHUT = PolicyViolation("The base model can no longer be trained since yesterday.", "", "Choose another.")
DOWN = ServiceError("The service failed at the result file with status 503.", "", "Call again.")


@pytest.mark.parametrize(("where", "error"), [("poll", NO_KEY), ("result", NO_KEY), ("result", DOWN)])
def test_an_attempt_whose_job_lives_is_not_given_up(
    hospital: AfterMerge, monkeypatch: pytest.MonkeyPatch, where: str, error: ClinftError
) -> None:
    one = begun(hospital)
    becomes(hospital, one, "succeeded")
    with monkeypatch.context() as broken:
        broken.setattr(FakeHostedProvider, where, raising(error))
        for _ in range(7):  # hours
            hospital.reconcile()
            hospital.follow()
            assert hospital.statuses()[-1] in ("running", "paused"), hospital.statuses()
        # A person who starts it by hand goes on with the same attempt.
        hospital.dispatched({"project": "demo"})
        hospital.follow()
    fetched(hospital, one)


def test_a_job_that_is_known_is_followed_and_not_looked_for(
    hospital: AfterMerge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that sees another account finds nothing, and nothing must not be bought anew."""
    one = begun(hospital)
    becomes(hospital, one, "succeeded")
    monkeypatch.setattr(FakeHostedProvider, "find", lambda self, request: None)
    fetched(hospital, one)


def test_what_is_checked_before_buying_is_not_asked_of_what_was_paid(
    hospital: AfterMerge, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begun(hospital)
    becomes(hospital, one, "succeeded")
    monkeypatch.setattr(FakeHostedProvider, "preflight", raising(SHUT))
    fetched(hospital, one)


def test_a_model_that_is_paid_outlives_a_failing_evaluation(
    hospital: AfterMerge, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begun(hospital)
    becomes(hospital, one, "succeeded")
    with monkeypatch.context() as broken:
        broken.setattr("clinft.pipeline.evaluating.evaluate.measure", raising(NO_KEY))
        hospital.reconcile()
        hospital.follow()
        assert hospital.statuses()[-1] == "paused"
    fetched(hospital, one)


def test_a_base_model_may_end_while_its_job_runs(
    hospital: AfterMerge, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begun(hospital)
    becomes(hospital, one, "succeeded")
    ended = Lifecycle(
        training_until=date(2020, 1, 6), serving_until=None, source="a page", as_of="2026-01-01"
    )
    monkeypatch.setattr(gate_inputs, "lifecycle_of", lambda *_: ended)
    fetched(hospital, one)


@pytest.mark.parametrize("name", ["be1c3675936f1a756a014707dbf840f3", "DD942FFF-E8E3-CD41-AB3E-94F28C60CE0C"])
def test_an_id_of_any_form_is_no_reason_to_refuse_what_was_made(
    hospital: AfterMerge, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = FakeHostedProvider._save

    def named(self: FakeHostedProvider, job: Job) -> Job:
        return real(self, job.model_copy(update={"id": name}))

    monkeypatch.setattr(FakeHostedProvider, "_save", named)
    one = begun(hospital)
    becomes(hospital, one, "succeeded")
    fetched(hospital, one)


def test_a_further_attempt_is_refused_while_an_earlier_one_has_a_job(hospital: AfterMerge) -> None:
    """Even where our own journal was lost: the provider is asked before anything is bought."""
    one = begun(hospital)
    becomes(hospital, one, "failed")
    hospital.reconcile()
    hospital.follow()
    assert hospital.statuses()[-1] == "failed"
    becomes(hospital, one, "running")  # what was told as failed runs after all
    hospital.dispatched({"project": "demo"})
    hospital.follow()
    assert submissions(hospital) == [one]
    assert at_provider(hospital, one) == "running"
