"""From a finished run to its evidence folder: copied, listed, stated; whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import clinft
from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.decision import GateDecision
from clinft.artifacts.run_state import OVER
from clinft.errors import DigestMismatch, SpecError
from clinft.pipeline.evidence import layout
from clinft.pipeline.evidence.guide import guide
from clinft.pipeline.evidence.statement import statement, to_bytes, weights_of
from clinft.pipeline.tracking.read import TrackedRun, read_run
from clinft.pipeline.verify import verify
from clinft.ports.progress import Progress
from clinft.spec.data import OWN_PACK

# Never leaves the machine.
LOCAL = "data"


def pack(run: Path, policy: Path, out: Path, progress: Progress) -> list[str]:
    """Writes the folder `out`, which must not exist; what is left out on purpose, in sentences.

    DigestMismatch where a link of the run's chain does not hold: evidence of that would prove nothing.
    """
    if out.exists():
        raise SpecError(
            f"{out} exists already.",
            "Evidence is packed into a new folder, so that nothing else lies in it.",
            "Name another folder with --out, or remove that one.",
        )
    record = run_folder.load_record(run)
    if record is None or record.status not in OVER:
        raise SpecError(
            f"{run.name} is not over.",
            "Its record is rewritten until it is reported, so there is nothing to vouch for yet.",
            "Let it end first; `clinft logs` shows how far it is.",
        )
    _refuse_broken(run, progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".clinft-evidence-", dir=out.parent) as made:
        folder = Path(made) / "evidence"
        missing = list(_copied(run, policy, folder))
        for name, data in derived(folder).items():
            run_folder.write_atomically(folder / name, data)
        sums = layout.sums_text(layout.sums_of(folder))
        run_folder.write_atomically(folder / layout.SUMS, sums.encode())
        folder.rename(out)
    return missing


def derived(folder: Path, version: str = clinft.__version__) -> dict[str, bytes]:
    """What follows from the copied files, by name. ClinftError where they are no run's."""
    files = {name: sha256 for name, sha256 in layout.sums_of(folder).items() if name not in layout.DERIVED}
    project, run_id = layout.run_in(files)
    run = read_run(folder / project / "runs" / run_id)
    made = statement(run, files, version)
    weights = weights_of(run)
    found = {layout.STATEMENT: to_bytes(made), layout.GUIDE: guide(made)}
    return found | ({layout.WEIGHTS: layout.sums_text(weights).encode()} if weights else {})


def _refuse_broken(run: Path, progress: Progress) -> None:
    broken = [link.name for link in verify(run, progress) if link.status == "different"]
    if broken:
        raise DigestMismatch(
            f"The chain of {run.name} does not hold: {', '.join(broken[:5])}.",
            "A file was changed after the run was reported.",
            "`clinft verify` on the run says more; restore it from git first.",
        )


def _copied(run: Path, policy: Path, folder: Path) -> Iterator[str]:
    """Copies; yields what could not be."""
    project, target = run.parents[1], folder / run.parents[1].name
    for path in sorted(run.rglob("*")):
        name = path.relative_to(run)
        # Hidden files are what a killed write left behind.
        if name.parts[0] == LOCAL or path.is_dir() or path.name.startswith("."):
            continue
        _copy(path, target / "runs" / run.name / name)
    decided = run_folder.load(run, "gate", GateDecision)
    if decided is not None and policy.is_file() and digest_file(policy) == decided.payload.policy_sha256:
        _copy(policy, folder / layout.POLICY)
    elif decided is not None:
        yield "The policy that decided is not the repository's any more; its digest stands in gate.json."
    audited = run_folder.load(run, "audit", AuditReport)
    sha256 = None if audited is None else audited.payload.files_scanned.get(OWN_PACK)
    if sha256 is not None and (project / OWN_PACK).is_file() and digest_file(project / OWN_PACK) == sha256:
        _copy(project / OWN_PACK, target / OWN_PACK)
    elif sha256 is not None:
        yield f"The audited {OWN_PACK} is not the project's any more; its digest stands in audit.json."


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def run_of(folder: Path) -> tuple[Path, TrackedRun]:
    """The run inside an evidence folder. ClinftError where it is damaged."""
    project, run_id = layout.run_in(name for name, _ in layout.regular_files(folder))
    place = folder / project / "runs" / run_id
    return place, read_run(place)
