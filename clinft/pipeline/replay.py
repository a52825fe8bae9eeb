"""Making again, offline, what can be made again: records, formatted files, audit, regression verdict."""

import json
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Literal

from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.data import Record
from clinft.artifacts.formatting import training_lines
from clinft.artifacts.jsonl import iter_models, write_lines
from clinft.errors import ClinftError, SpecError
from clinft.ports.progress import Progress
from clinft.spec import yaml
from clinft.spec.data import OWN_PACK
from clinft.spec.messages import validated
from clinft.spec.project import ProjectSpec
from clinft.spec.prompt import Prompt, parse_prompt
from clinft.stages.audit import stage as audit
from clinft.stages.prepare import frozen
from clinft.stages.prepare import stage as prepare

Status = Literal["same", "different", "not_regenerable"]
Result = tuple[str, Status, str]
NOT_ACCEPTED = "this engine no longer accepts the run's spec or prompt"


def replay(run: Path, artifacts: dict[str, dict[str, Any]], progress: Progress) -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="clinft-verify-") as folder:
        project = Path(folder)
        (project / "prompt").mkdir()
        for name in ("project.yaml", "prompt.md"):
            target = project / "prompt" / name if name.endswith(".md") else project / name
            target.write_bytes((run / name).read_bytes())
        read = written(run)
        if read is None:
            yield "project.yaml", "not_regenerable", NOT_ACCEPTED
        else:
            spec, prompt = read
            made = yield from records(spec, project, artifacts["prepare"], run.resolve().parents[1])
            if made:
                yield from _formatted(prompt, project, artifacts["audit"])
                yield from _audit(project, artifacts["audit"], run.resolve().parents[1] / OWN_PACK, progress)
    yield from _weights(run, artifacts)


def written(run: Path) -> tuple[ProjectSpec, Prompt] | None:
    """The run's own copies, without the checks that need the project's surroundings."""
    try:
        document = yaml.parse((run / "project.yaml").read_bytes(), "project.yaml")
        spec, _ = validated(ProjectSpec, document.value)
        prompt = parse_prompt((run / "prompt.md").read_bytes(), "prompt.md").prompt
    except ClinftError:
        return None
    return None if spec is None else (spec, prompt)


def records(
    spec: ProjectSpec, project: Path, artifact: dict[str, Any], home: Path
) -> Generator[Result, None, bool]:
    """Yields its result; returns whether the records lie there again. `home`: the project as it is now."""
    brought = spec.data.origin == "frozen"
    if artifact["stage_version"] != prepare.STAGE_VERSION:
        yield "records", "not_regenerable", "made by another version of the generator"
        return False
    try:
        now = prepare.depends_on(spec, home / frozen.FOLDER, home / OWN_PACK)
    except SpecError:
        now = {}
    if not now or any(artifact["inputs"][name] != sha256 for name, sha256 in now.items()):
        why = (
            "the files in synthetic/ were changed since"
            if brought
            else "made by another version of the generator, or the domain's pack was changed since"
        )
        yield "records", "not_regenerable", why
        return False
    made = prepare.prepare(spec, project / "data" / "records", home / frozen.FOLDER, home / OWN_PACK)
    wrong = [
        split
        for split, summary in artifact["payload"]["splits"].items()
        if made.splits[split].sha256 != summary["sha256"]
    ]
    if wrong:
        yield "records", "different", f"made again from the spec, these splits differ: {', '.join(wrong)}"
        return False
    how = "read again from synthetic/" if brought else "made again from the spec"
    yield "records", "same", f"{how}, byte for byte"
    return True


def _formatted(prompt: Prompt, project: Path, artifact: dict[str, Any]) -> Iterator[Result]:
    for name, expected in artifact["files"].items():
        split = Path(name).stem
        records = iter_models(project / "data" / "records" / f"{split}.jsonl", Record)
        write_lines(project / name, training_lines(prompt, records))
        same = digest_file(project / name) == expected
        yield name, "same" if same else "different", "formatted again with the run's prompt"


def _audit(project: Path, artifact: dict[str, Any], pack: Path, progress: Progress) -> Iterator[Result]:
    """`pack`: the team's domain pack as it is now; a run keeps its digest alone."""
    if artifact["inputs"]["rules"] != audit.rules_digest():
        yield "audit", "not_regenerable", "its rules have changed since; audit again before training"
        return
    payload = artifact["payload"]
    if payload["files_scanned"]["project.yaml"] != digest_file(project / "project.yaml"):
        yield "audit", "not_regenerable", "project.yaml changed outside the plan since"
        return
    audited = payload["files_scanned"].get(OWN_PACK)
    if audited is not None and not (pack.is_file() and digest_file(pack) == audited):
        yield "audit", "not_regenerable", f"{OWN_PACK} was changed since"
        return
    files = {name: pack if name == OWN_PACK else project / name for name in payload["files_scanned"]}
    given = AuditReport.model_validate_json(json.dumps(payload))
    provenance = given.authenticity.provenance
    again = audit.audit(artifact["project"], files, provenance, given.policy, progress)
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
