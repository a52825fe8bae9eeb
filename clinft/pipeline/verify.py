"""`clinft verify`: is every link of a finished run still what the record says, and what rests on it?"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.envelope import digest_content
from clinft.artifacts.results import RunRecord
from clinft.errors import DigestMismatch, SpecError
from clinft.pipeline.replay import replay
from clinft.ports.progress import Progress

Status = Literal["same", "different", "not_regenerable"]
ORDER = ("prepare", "assess", "audit", "estimate", "gate", "train", "evaluate", "regress", "report")
# What directly rests on what; everything further down follows.
RESTS_ON_IT: dict[str, tuple[str, ...]] = {
    "project.yaml": ("prepare", "assess", "audit", "estimate", "gate", "evaluate", "regress", "report"),
    "prompt.md": ("assess", "audit", "estimate", "evaluate"),
    "prepare": ("assess", "audit", "estimate", "gate", "evaluate"),
    "assess": ("report",),
    "audit": ("gate", "train"),
    "estimate": ("gate",),
    "gate": ("train",),
    "train": ("evaluate",),
    "items.jsonl": ("evaluate", "regress"),
    "evaluate": ("regress",),
    "regress": ("report",),
    "report": (),
}


@dataclass(frozen=True)
class Link:
    name: str
    status: Status
    detail: str
    dependents: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def verify(run: Path, progress: Progress) -> list[Link]:
    if not run.is_dir() or not re.fullmatch(r"[0-9a-f]{12}-a[1-9][0-9]*", run.resolve().name):
        raise SpecError(
            f"{run} is not a run's folder.",
            "Runs lie under projects/<name>/runs/.",
            "Name one, e.g. clinft verify projects/x/runs/0123456789ab-a1",
        )
    record, first = _record(run)
    if record is None:
        return [first]
    links = [first, *_bytes(run, record)]
    if any(link.status == "different" for link in links):
        # A replay from changed evidence would only repeat what is already known.
        why = "not checked, because bytes differ; restore them and call again"
        return [*links, Link("inputs, records, audit and weights", "not_regenerable", why)]
    artifacts = {stage.stage: _raw(run, stage.stage) for stage in record.stages}
    links += _chain(record, artifacts)
    links += [
        Link(name, status, detail, _dependents(name) if status == "different" else ())
        for name, status, detail in replay(run, artifacts, progress)
    ]
    return links


def _record(run: Path) -> tuple[RunRecord | None, Link]:
    path = run / run_folder.RECORD
    everything = tuple(sorted(item.name for item in run.iterdir() if item.is_file() and item != path))
    if not path.exists():
        return None, Link(run_folder.RECORD, "different", "missing", everything)
    try:
        record = run_folder.load_record(run)
    except DigestMismatch as error:
        return None, Link(run_folder.RECORD, "different", error.what, everything)
    if record is None or path.read_bytes() != run_folder.to_bytes(record):
        return None, Link(run_folder.RECORD, "different", "bytes were changed", everything)
    if record.run_id != run.name:
        return None, Link(run_folder.RECORD, "different", "belongs to another run folder", everything)
    return record, Link(run_folder.RECORD, "same", f"status {record.status}, attempt {record.attempt}")


def _bytes(run: Path, record: RunRecord) -> list[Link]:
    """Every file that the record lists, and no other."""
    expected = {f"{stage.stage}.json": stage.file_sha256 for stage in record.stages} | record.files
    links = []
    for name, sha256 in expected.items():
        path = run / name
        if not path.is_file():
            links.append(Link(name, "different", "missing", _dependents(name)))
        elif digest_file(path) != sha256:
            links.append(Link(name, "different", _what_changed(path), _dependents(name)))
        else:
            links.append(Link(name, "same", f"sha256 {sha256[:12]}"))
    for path in sorted(run.rglob("*")):
        name = path.relative_to(run).as_posix()
        known = name in expected or name == run_folder.RECORD or name.startswith("data/")
        if path.is_file() and not known:
            links.append(Link(name, "different", "is not in the record", ()))
    return links


def _what_changed(path: Path) -> str:
    if path.suffix != ".json":
        return "bytes were changed"
    try:
        data = json.loads(path.read_bytes())
        same = digest_content(data) == data["digest"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "bytes were changed; it is no longer readable"
    return "bytes were changed, outside what its digest covers" if same else "content was changed"


def _chain(record: RunRecord, artifacts: dict[str, dict[str, Any]]) -> list[Link]:
    """Each artifact names its inputs by digest: do the named inputs lie here?"""
    links = []
    for stage in ORDER:
        if stage not in artifacts:
            continue
        wrong = [name for name, ok in _claims(stage, record, artifacts) if not ok]
        if wrong:
            detail = f"names inputs that do not lie here: {', '.join(wrong)}"
            links.append(Link(stage, "different", detail, _dependents(stage)))
        else:
            links.append(Link(stage, "same", "its inputs are the ones that lie here"))
    return links


def _claims(stage: str, record: RunRecord, artifacts: dict[str, dict[str, Any]]) -> list[tuple[str, bool]]:
    artifact = artifacts[stage]
    inputs, payload = artifact["inputs"], artifact["payload"]
    claims = [
        (name, artifacts[name]["digest"] == digest) for name, digest in inputs.items() if name in artifacts
    ]
    splits = artifacts["prepare"]["payload"]["splits"] if "prepare" in artifacts else {}
    claims += [
        (split, inputs[split] == splits[split]["sha256"]) for split in ("dev", "test") if split in inputs
    ]
    if "plan" in inputs:
        claims.append(("plan", inputs["plan"] == record.plan_digest))
    if stage == "gate":
        claims += [
            (name, payload[f"{name}_digest"] == artifacts[name]["digest"])
            for name in ("prepare", "audit", "estimate")
        ]
        claims += [("permission", payload["allowed"] and payload["plan_digest"] == record.plan_digest)]
    if stage == "train":
        formatted = artifacts["audit"]["files"]
        claims += [(name, inputs[name] == formatted.get(name)) for name in inputs if name.startswith("data/")]
    return claims


def _raw(run: Path, stage: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((run / f"{stage}.json").read_bytes())
    return data


def _dependents(name: str) -> tuple[str, ...]:
    """All that rests on it, in the order of a run."""
    found: set[str] = set()
    waiting = [name.removesuffix(".json")]
    while waiting:
        for dependent in RESTS_ON_IT.get(waiting.pop(), ()):
            if dependent not in found:
                found.add(dependent)
                waiting.append(dependent)
    return tuple(stage for stage in ORDER if stage in found)
