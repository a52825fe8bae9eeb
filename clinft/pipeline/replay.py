"""Making again, offline, what can be made again: records, formatted files, audit, regression verdict."""

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Literal

from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import iter_models, write_lines
from clinft.errors import ClinftError
from clinft.ports.progress import Progress
from clinft.spec.load import LoadedProject, load_project
from clinft.stages.audit import stage as audit
from clinft.stages.prepare import stage as prepare

Status = Literal["same", "different", "not_regenerable"]
Result = tuple[str, Status, str]


def replay(run: Path, artifacts: dict[str, dict[str, Any]], progress: Progress) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="clinft-verify-") as folder:
        project = Path(folder) / artifacts["prepare"]["project"]
        (project / "prompt").mkdir(parents=True)
        (project / "project.yaml").write_bytes((run / "project.yaml").read_bytes())
        (project / "prompt" / "prompt.md").write_bytes((run / "prompt.md").read_bytes())
        try:
            loaded = load_project(project)
        except ClinftError:
            yield "project.yaml", "not_regenerable", "this engine no longer accepts the run's spec"
            return
        records = yield from _records(loaded, project, artifacts["prepare"])
        if records:
            yield from _formatted(loaded, project, artifacts["audit"])
            yield from _audit(loaded, project, artifacts["audit"], progress)
    yield from _weights(run, artifacts)


def _records(
    loaded: LoadedProject, project: Path, artifact: dict[str, Any]
) -> Generator[Result, None, bool]:
    """Yields its result; returns whether the records lie there again."""
    same_engine = (
        artifact["stage_version"] == prepare.STAGE_VERSION
        and artifact["inputs"]["tables"] == prepare.tables_digest()
    )
    if not same_engine:
        yield "records", "not_regenerable", "made by another version of the generator"
        return False
    made = prepare.prepare(loaded.spec, project / "data" / "records")
    wrong = [
        split
        for split, summary in artifact["payload"]["splits"].items()
        if made.splits[split].sha256 != summary["sha256"]
    ]
    if wrong:
        yield "records", "different", f"made again from the spec, these splits differ: {', '.join(wrong)}"
        return False
    yield "records", "same", "made again from the spec, byte for byte"
    return True


def _formatted(loaded: LoadedProject, project: Path, artifact: dict[str, Any]) -> Iterator[Result]:
    for name, expected in artifact["files"].items():
        split = Path(name).stem
        records = iter_models(project / "data" / "records" / f"{split}.jsonl", Record)
        write_lines(project / name, training_lines(loaded.prompt, records))
        same = digest_file(project / name) == expected
        yield name, "same" if same else "different", "formatted again with the run's prompt"


def _audit(
    loaded: LoadedProject, project: Path, artifact: dict[str, Any], progress: Progress
) -> Iterator[Result]:
    if artifact["inputs"]["rules"] != audit.rules_digest():
        yield "audit", "not_regenerable", "its rules have changed since; audit again before training"
        return
    if artifact["inputs"]["spec"] != loaded.spec_sha256:
        yield "audit", "not_regenerable", "project.yaml changed outside the plan since"
        return
    payload = artifact["payload"]
    files = {name: project / name for name in payload["files_scanned"]}
    again = audit.audit(artifact["project"], files, payload["authenticity"], progress)
    ids = [finding["id"] for finding in payload["findings"]]
    same = again.verdict == payload["verdict"] and [finding.id for finding in again.findings] == ids
    yield "audit", "same" if same else "different", "audited again: verdict and findings"


def _weights(run: Path, artifacts: dict[str, dict[str, Any]]) -> Iterator[Result]:
    for name, expected in artifacts.get("train", {}).get("files", {}).items():
        path = run / name.removeprefix("run/")
        if not path.exists():
            yield name, "not_regenerable", "the weights stay on the machine that trained them"
        else:
            same = digest_file(path) == expected
            yield name, "same" if same else "different", f"sha256 {expected[:12]}"
