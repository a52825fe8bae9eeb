"""What crosses from the job that works, which may write nothing, to the job that commits: packed here.

`unpacking` judges its bytes, `acceptance` what it says. Pure file work, without the network.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.bundle import MANIFEST, BundleManifest, BundleStatus, Disposed
from clinft.artifacts.canonical import digest_bytes
from clinft.artifacts.model import Job
from clinft.artifacts.run_state import Purpose
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline.after_training import EVENTS
from clinft.pipeline.attempts import WRITTEN
from clinft.pipeline.context import BEFORE_TRAINING
from clinft.pipeline.deployment import ITEMS
from clinft.pipeline.gate_inputs import APPROVALS
from clinft.pipeline.known_job import JOB

# All that may cross. The verdict, the report, its plots and documents, record.json and status/ do not: the
# job that commits makes them itself. A verdict that came along, with fitting inputs, would not be made again.
CARRIED: Mapping[Purpose, frozenset[str]] = {
    "train": frozenset(
        {
            *(f"{stage}.json" for stage in (*BEFORE_TRAINING, "train", "evaluate")),
            *(ITEMS, APPROVALS, JOB, EVENTS),
            *WRITTEN,
        }
    ),
    # A run that is evaluated once more: what it was trained as, and what is measured anew.
    "evaluate": frozenset({"prepare.json", "train.json", "evaluate.json", ITEMS}),
}
MEGABYTE = 1_000_000
# What is accepted is published: a file as large as a commit of ours may have (adapters/github/bounds), and
# together so much less that the report, its plots and the tables of all runs have room beside it.
MOST_FILE_BYTES, MOST_BYTES = 10 * MEGABYTE, 15 * MEGABYTE


def pack(
    run: Path | None,
    target: Path,
    *,
    project: str,
    run_id: str,
    purpose: Purpose,
    plan_digest: str,
    main_sha: str,
    workflow_run: int,
    attempt: int,
    status: BundleStatus,
    message: str = "",
    job: Job | None = None,
    disposed: tuple[Disposed, ...] = (),
) -> BundleManifest:
    """Copies the run's evidence to `target`, the manifest last; an earlier bundle there is replaced.

    `run` is None where nothing was made, e.g. after a refusal.
    """
    evidence = {} if run is None else _evidence(run, CARRIED[purpose])
    manifest = BundleManifest(
        project=project,
        run_id=run_id,
        purpose=purpose,
        plan_digest=plan_digest,
        main_sha=main_sha,
        workflow_run=workflow_run,
        attempt=attempt,
        status=status,
        message=message,
        job=job,
        disposed=disposed,
        files={name: digest_bytes(data) for name, data in evidence.items()},
    )
    if (target / MANIFEST).is_file():
        shutil.rmtree(target)
    with placed_whole(target) as folder:
        for name, data in evidence.items():
            (folder / name).write_bytes(data)
        run_folder.write_atomically(folder / MANIFEST, run_folder.to_bytes(manifest))
    return manifest


def _evidence(run: Path, carried: frozenset[str]) -> dict[str, bytes]:
    """By name. Asked for name by name, so that no link, no hidden file and nothing of data/ is met."""
    found: dict[str, bytes] = {}
    for name in sorted(carried):
        path = run / name
        if path.is_symlink() or not path.is_file():
            continue
        found[name] = path.read_bytes()
        if len(found[name]) > MOST_FILE_BYTES or sum(map(len, found.values())) > MOST_BYTES:
            raise PolicyViolation(
                f"{name} of {run.name} makes the bundle too large.",
                f"A file may have {MOST_FILE_BYTES:,} bytes and all together {MOST_BYTES:,}.",
                "Lower `data.splits.test` in project.yaml: items.jsonl grows with the records of the split.",
            )
    return found


@contextmanager
def placed_whole(target: Path) -> Iterator[Path]:
    """A folder that takes the place of `target` when the block ends well, and is gone when it does not."""
    if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
        raise SpecError(
            f"{target} holds something already.",
            "A bundle is written to a folder of its own.",
            "Name one that is empty or does not exist.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield folder
        folder.chmod(0o755)  # mkdtemp lets nobody else read
        folder.replace(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
