"""Real patient data may lie in a project: stop it, say where copies may be and until when to tell whom.

What is listed is what clinft puts anywhere; whatever else people did with the data, they must add.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from pydantic import ValidationError

from clinft.artifacts.incident import Deadline, Held, Incident
from clinft.artifacts.model import Job
from clinft.errors import SpecError
from clinft.run_folder import write_atomically
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.spec.quarantine import FILE, Quarantine, lies_in
from clinft.stages.handling import assess
from clinft.stages.report.incident import incident_page

RECORD = "incident/RECORD.md"
LONGEST = timedelta(days=60)


def opened(
    folder: Path, spec: ProjectSpec | None, policy: Policy, discovered: date, today: date, cache: Path
) -> Incident:
    """`spec`: None where it cannot be read, which must not keep anybody from stopping the project."""
    return Incident(
        project=folder.name,
        quarantine=Quarantine(since=today.isoformat(), discovered=discovered.isoformat()),
        held=tuple(_held(folder, policy, cache)),
        told=() if spec is None else assess(spec, policy, today).egress,
        clock=tuple(clock(discovered)),
    )


def write(folder: Path, incident: Incident) -> tuple[Path, Path]:
    """The quarantine first: should the rest fail, the project stands still. SpecError if it lies there."""
    if lies_in(folder):
        raise SpecError(
            f"{folder} is in quarantine already.",
            "An incident was opened before; its record is never written over.",
            f"Read {folder / RECORD}, and add to it by hand.",
        )
    record = folder / RECORD
    if record.exists():
        raise SpecError(
            f"{record} lies there from an earlier incident.",
            "A record is kept for six years and never written over.",
            "Rename it, e.g. by its year and month, then call again.",
        )
    held = incident.quarantine
    text = f'since: "{held.since}"\ndiscovered: "{held.discovered}"\n'
    write_atomically(folder / FILE, text.encode())
    write_atomically(record, incident_page(incident).encode())
    return folder / FILE, record


def clock(discovered: date) -> Iterator[Deadline]:
    """Days of 45 CFR 164.404 to 164.410, counted from the day of discovery; State law may be shorter."""
    latest = (discovered + LONGEST).isoformat()
    yearly = (date(discovered.year, 12, 31) + LONGEST).isoformat()
    yield Deadline(
        what="Risk assessment of four factors: which data, who received them, whether they were seen, "
        "what was done about it. Without it a breach is presumed.",
        citation="45 CFR 164.402(2)",
        by="now; it decides the rows below",
    )
    yield Deadline(
        what="Individuals, without unreasonable delay",
        citation="45 CFR 164.404(b)",
        by=f"at the latest {latest}",
    )
    yield Deadline(
        what="Media, where more than 500 residents of a State are affected",
        citation="45 CFR 164.406(b)",
        by=f"at the latest {latest}",
    )
    yield Deadline(
        what="HHS, where 500 people or more are affected: together with the individuals",
        citation="45 CFR 164.408(b)",
        by=f"at the latest {latest}",
    )
    yield Deadline(
        what="HHS, where fewer than 500 people are affected: once a year",
        citation="45 CFR 164.408(c)",
        by=f"at the latest {yearly}",
    )
    yield Deadline(
        what="A business associate tells the covered entity",
        citation="45 CFR 164.410(b)",
        by=f"at the latest {latest}",
    )
    yield Deadline(
        what="Keep this record, and the proof that notices were sent or not needed",
        citation="45 CFR 164.414(b), 164.530(j)",
        by="6 years",
    )


def _held(folder: Path, policy: Policy, cache: Path) -> Iterator[Held]:
    name = folder.name
    yield Held(
        place="This branch and every other: the git history",
        how=f"git filter-repo --invert-paths with each file below projects/{name}/ that held them, then a "
        "forced push of all branches and tags; every clone and fork is deleted and made anew",
    )
    yield Held(
        place="Refs of pull requests at GitHub (refs/pull/*), cached views, forks",
        how="GitHub Support removes them after the forced push: give the first changed commits and the "
        "numbers of the pull requests; nobody else can",
    )
    yield Held(
        place="Artifacts, caches and logs of workflow runs",
        how="gh run delete for each run that read the project, gh cache delete --all; mails and Slack "
        "messages about these runs too",
    )
    yield Held(
        place=f"The state of runs, refs/clinft/{name}, and what sinks were sent, refs/clinft-sinks/",
        how="hold ids, digests and figures, no data: they are kept as evidence",
    )
    yield Held(
        place=f"projects/{name}/data/ and synthetic/ on every machine that has a checkout",
        how="delete the folders; on disks without encryption overwrite the free space",
        known="there is something here" if (folder / "data").exists() else "",
    )
    yield Held(
        place="Weights and checkpoints: a model may repeat what it was trained on",
        how="delete the adapters, take the model out of service with `clinft rollback`",
        known=", ".join(_runs(folder)),
    )
    yield Held(
        place=f"clinft's folder on machines that trained: {cache.name}",
        how="delete what lies there for this project's runs",
    )
    for job in _jobs(folder):
        yield Held(
            place=f"{job.provider}: job and uploaded files of {job.run_id}",
            how="delete files, job and fine-tuned model there; ask for written confirmation of the deletion",
            known=f"job {job.id}",
        )
    for sink in sorted(policy.sinks):
        yield Held(
            place=f"Messages and documents in {sink}", how="look through them; delete what quotes data"
        )


def _runs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("runs/*") if path.is_dir())


def _jobs(folder: Path) -> Iterator[Job]:
    for path in sorted(folder.glob("runs/*/job.json")):
        try:
            yield Job.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue  # a damaged file must not stop the list; the run itself is on it
