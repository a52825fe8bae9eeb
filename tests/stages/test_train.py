from dataclasses import replace
from pathlib import Path

import pytest

from clinft.adapters.training.fake import FakeProvider
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import Job
from clinft.errors import DigestMismatch, PolicyViolation, ServiceError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingRequest
from clinft.stages.gate import decide
from clinft.stages.train import check_evidence, check_permission, train
from tests.adapters.training.contract import write_chat_files
from tests.fakes.gate_inputs import AUDIT, INPUTS, PLAN
from tests.fakes.progress import Quiet
from tests.fakes.specs import project_spec


@pytest.fixture
def request_(tmp_path: Path) -> TrainingRequest:
    training, validation = write_chat_files(tmp_path / "formatted")
    return TrainingRequest(
        run_id="0123456789ab-a1",
        plan_digest=PLAN.digest,
        base_model=PLAN.base_model,
        spec=project_spec().training,
        training_file=training,
        validation_file=validation,
        training_sha256=digest_file(training),
        validation_sha256=digest_file(validation),
        output_dir=tmp_path / "out",
    )


def scanned(request: TrainingRequest) -> dict[str, str]:
    return {"train": request.training_sha256, "validation": request.validation_sha256}


ALLOWED: GateDecision = decide(INPUTS)


def test_what_was_audited_and_allowed_may_be_trained(request_: TrainingRequest) -> None:
    check_permission(request_, ALLOWED, AUDIT.model_copy(update={"files_scanned": scanned(request_)}))


def test_a_gate_that_said_no_is_final(request_: TrainingRequest) -> None:
    refused = decide(replace(INPUTS, approvals=()))
    with pytest.raises(PolicyViolation, match="CLINFT-G011"):
        check_permission(request_, refused, AUDIT)


def test_permission_for_another_plan_is_none(request_: TrainingRequest) -> None:
    with pytest.raises(DigestMismatch, match="another plan"):
        check_permission(replace(request_, plan_digest="9" * 64), ALLOWED, AUDIT)


def test_an_audit_that_failed_stops_training_whatever_the_gate_said(request_: TrainingRequest) -> None:
    failed = AUDIT.model_copy(update={"verdict": "FAIL", "files_scanned": scanned(request_)})
    with pytest.raises(PolicyViolation, match="audit did not pass"):
        check_permission(request_, ALLOWED, failed)


PRESENT = {
    "prepare": ALLOWED.prepare_digest,
    "audit": ALLOWED.audit_digest,
    "estimate": ALLOWED.estimate_digest,
    "policy": ALLOWED.policy_sha256,
}


@pytest.mark.parametrize("name", PRESENT)
def test_evidence_that_changed_after_the_decision_stops_training(name: str) -> None:
    check_evidence(ALLOWED, PRESENT)
    with pytest.raises(DigestMismatch, match=f"other evidence: {name} changed"):
        check_evidence(ALLOWED, {**PRESENT, name: "9" * 64})


@pytest.mark.parametrize("which", ["training_file", "validation_file"])
def test_one_byte_changed_after_the_audit_stops_training(request_: TrainingRequest, which: str) -> None:
    audited = AUDIT.model_copy(update={"files_scanned": scanned(request_)})
    path: Path = getattr(request_, which)
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    with pytest.raises(DigestMismatch, match="not the file that was audited"):
        check_permission(request_, ALLOWED, audited)


def test_files_that_the_audit_never_saw_stop_training(request_: TrainingRequest) -> None:
    with pytest.raises(DigestMismatch, match="not the file that was audited"):
        check_permission(request_, ALLOWED, AUDIT)


class Counting(FakeProvider):
    submitted = 0

    def submit(self, request: TrainingRequest) -> Job:
        self.submitted += 1
        return super().submit(request)


def test_a_second_call_follows_the_first_job(request_: TrainingRequest) -> None:
    provider, seen = Counting(), list[Job]()
    first = train(request_, provider, Quiet(), seen.append)
    assert [job.status for job in seen] == ["queued", "running", "succeeded"]
    assert train(request_, provider, Quiet(), seen.append) == first
    assert provider.submitted == 1


class Failing(FakeProvider):
    def poll(self, job: Job, request: TrainingRequest, progress: Progress) -> Job:
        return job.model_copy(update={"status": "failed", "message": "loss is not a number"})


def test_a_failed_job_is_a_service_error_with_the_providers_reason(request_: TrainingRequest) -> None:
    with pytest.raises(ServiceError, match=r"failed.*loss is not a number"):
        train(request_, Failing(), Quiet(), lambda job: None)
