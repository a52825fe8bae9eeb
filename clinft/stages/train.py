"""Train: check once more that what was approved is what lies here, then let the provider work."""

from collections.abc import Callable, Mapping

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.model import TERMINAL, Job, TrainedModel
from clinft.errors import CheckpointWritten, DigestMismatch, PolicyViolation, ServiceError
from clinft.ports.progress import Progress
from clinft.ports.training import TrainingProvider, TrainingRequest

STAGE_VERSION = 1


def check_permission(request: TrainingRequest, decision: GateDecision, audit: AuditReport) -> None:
    """Refuses unless the gate allowed exactly this plan and these bytes passed the audit."""
    check_decision(request.plan_digest, decision, audit)
    for path, expected in (
        (request.training_file, request.training_sha256),
        (request.validation_file, request.validation_sha256),
    ):
        if digest_file(path) != expected or expected not in audit.files_scanned.values():
            raise DigestMismatch(
                f"{path.name} is not the file that was audited.",
                "It changed after the audit.",
                "Run `clinft audit` again.",
            )


def check_decision(plan_digest: str, decision: GateDecision, audit: AuditReport) -> None:
    """What of it can be told without the data: the gate allowed exactly this plan and the audit passed."""
    if not decision.allowed:
        codes = ", ".join(reason.code for reason in decision.reasons if reason.blocks)
        raise PolicyViolation(
            f"The gate did not allow training ({codes}).",
            "Each code above came with its reason and way out.",
            "Settle them, then run `clinft gate` again.",
        )
    if decision.plan_digest != plan_digest:
        raise DigestMismatch(
            "The gate's decision belongs to another plan.",
            "The spec, the data or the prompt changed after the decision.",
            "Run `clinft gate` again.",
        )
    listed = {finding.id for finding in audit.findings if finding.severity == "HIGH"}
    waived = len(listed & set(decision.waived))
    high = audit.by_severity.get("HIGH", 0)
    only_waived = not audit.by_severity.get("CRITICAL", 0) and 0 < high <= waived
    if audit.verdict != "PASS" and not (audit.verdict == "FAIL" and only_waived):
        raise PolicyViolation(
            "The audit did not pass.", "It found identifiers in the data.", "Read HIPAA findings first."
        )


def check_evidence(decision: GateDecision, present: Mapping[str, str]) -> None:
    """Refuses where what the gate read is no longer what lies here.

    `present`: sha256 by name, of `prepare`, `audit`, `estimate` and `policy` as they are now.
    """
    read = {
        "prepare": decision.prepare_digest,
        "audit": decision.audit_digest,
        "estimate": decision.estimate_digest,
        "policy": decision.policy_sha256,
    }
    changed = [name for name, digest in read.items() if present[name] != digest]
    if changed:
        raise DigestMismatch(
            f"The gate decided on other evidence: {', '.join(changed)} changed since.",
            "A stage ran again, or .github/clinft.yml was edited, after the decision.",
            "Run `clinft gate` again.",
        )


def train(
    request: TrainingRequest,
    provider: TrainingProvider,
    progress: Progress,
    save_job: Callable[[Job], None],
    waits: bool = True,
    known: Job | None = None,
) -> TrainedModel:
    """Never submits twice: a job that is known, or carries this run_id, is followed instead.

    `waits`: False asks a hosted provider once and raises CheckpointWritten while the job is not over.
    """
    job = known or provider.find(request) or provider.submit(request)
    save_job(job)
    while job.status not in TERMINAL:
        job = provider.poll(job, request, progress)
        save_job(job)
        if provider.hosted and not waits and job.status not in TERMINAL:
            raise CheckpointWritten(
                f"The job {job.id} is {job.status} at {job.provider}.",
                "Hosted training takes hours, and nobody waits for it in a job of GitHub Actions.",
                "The workflow reconcile asks again; nothing is paid twice.",
            )
    if job.status != "succeeded":
        raise ServiceError(
            f"The training job {job.id} ended as {job.status}.",
            # Its provider's own words: never in the first sentence, which records and comments repeat.
            job.message or "Its provider does not say why.",
            "Correct the cause; the next `clinft train` takes a new attempt.",
        )
    return provider.result(job, request)
