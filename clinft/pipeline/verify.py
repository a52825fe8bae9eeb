"""`clinft verify`: is every link of a finished run still what the record says, and what rests on it?"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.envelope import digest_content
from clinft.artifacts.results import RunRecord
from clinft.artifacts.run_state import OVER, StatusEntry
from clinft.errors import DigestMismatch, SpecError
from clinft.pipeline import attempts, status_files
from clinft.pipeline.deployment import ITEMS
from clinft.pipeline.replay import replay
from clinft.pipeline.status_chain import check_chain, ending
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
# Inputs that are splits; `train` alone is a stage.
SPLIT_INPUTS = {"dev": "dev", "test": "test", "split.train": "train"}
# Stages that another evaluation of a finished run makes anew.
AGAIN = ("evaluate", "regress", "report")
STATUS_FILE = re.compile(rf"{status_files.FOLDER}/{status_files.NAME.pattern}\Z")
# Neither listed nor refused by the run's own record.
APART = re.compile(rf"data/|{status_files.AGAIN}/[0-9]{{2}}/|{STATUS_FILE.pattern}")


@dataclass(frozen=True)
class Link:
    name: str
    status: Status
    detail: str
    dependents: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Again:
    """One further evaluation; `record` is None where it cannot be read."""

    folder: Path
    prefix: str
    record: RunRecord | None
    links: list[Link]


def verify(run: Path, progress: Progress) -> list[Link]:
    if not run.is_dir() or not re.fullmatch(r"[0-9a-f]{12}-a[1-9][0-9]*", run.resolve().name):
        raise SpecError(
            f"{run} is not a run's folder.",
            "Runs lie under projects/<name>/runs/.",
            "Name one, e.g. clinft verify projects/x/runs/0123456789ab-a1",
        )
    record, first = _record(run, run.resolve().name)
    if record is None:
        return [first]
    links = [first, *_unlisted(record), *_bytes(run, record), *_status(run, record)]
    again = _again(run, record)
    links += [link for found in again for link in found.links]
    if any(link.status == "different" for link in links):
        # A replay from changed evidence would only repeat what is already known.
        why = "not checked, because bytes differ; restore them and call again"
        return [*links, Link("inputs, records, audit and weights", "not_regenerable", why)]
    try:
        links += _contents(run, record, again, progress)
    except (KeyError, TypeError, AttributeError):
        # Whoever writes an artifact by hand can leave out what is read here; all digests may fit then.
        links.append(Link("contents", "different", "an artifact lacks what clinft writes into it"))
    return links


def _contents(run: Path, record: RunRecord, again: Sequence[Again], progress: Progress) -> Iterator[Link]:
    artifacts = {stage.stage: _raw(run, stage.stage) for stage in record.stages}
    yield from _chain(record, artifacts)
    for found in again:
        yield from _chain_again(found, artifacts)
    for name, status, detail in replay(run, artifacts, progress):
        yield Link(name, status, detail, _dependents(name) if status == "different" else ())


def _unlisted(record: RunRecord) -> list[Link]:
    """What people wrote: without it nothing can be made again, so every record lists it."""
    missing = [name for name in attempts.WRITTEN if name not in record.files]
    return [Link(name, "different", "the record does not list it", _dependents(name)) for name in missing]


def changed_files(folder: Path, record: RunRecord) -> tuple[str, ...]:
    """Files of a run, or of an evaluation made again, that are not what its record lists."""
    apart = STATUS_FILE if folder.parent.name == status_files.AGAIN else APART
    links = _bytes(folder, record, apart=apart)
    return tuple(link.name for link in links if link.status == "different")


def _record(folder: Path, run_id: str, prefix: str = "") -> tuple[RunRecord | None, Link]:
    path, name = folder / run_folder.RECORD, f"{prefix}{run_folder.RECORD}"
    everything = tuple(sorted(item.name for item in folder.iterdir() if item.is_file() and item != path))
    if not path.exists():
        return None, Link(name, "different", "missing", everything)
    try:
        record = run_folder.load_record(folder)
    except DigestMismatch as error:
        return None, Link(name, "different", error.what, everything)
    if record is None or path.read_bytes() != run_folder.to_bytes(record):
        return None, Link(name, "different", "bytes were changed", everything)
    if record.run_id != run_id:
        return None, Link(name, "different", "belongs to another run folder", everything)
    return record, Link(name, "same", f"status {record.status}, attempt {record.attempt}")


def _bytes(folder: Path, record: RunRecord, prefix: str = "", apart: re.Pattern[str] = APART) -> list[Link]:
    """Every file that the record lists, and no other; files `apart` are looked at elsewhere."""
    expected = {f"{stage.stage}.json": stage.file_sha256 for stage in record.stages} | record.files
    links = []
    for name, sha256 in expected.items():
        path, link = folder / name, f"{prefix}{name}"
        if not path.is_file():
            links.append(Link(link, "different", "missing", _dependents(name, prefix)))
        elif digest_file(path) != sha256:
            links.append(Link(link, "different", _what_changed(path), _dependents(name, prefix)))
        else:
            links.append(Link(link, "same", f"sha256 {sha256[:12]}"))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        known = name in expected or name == run_folder.RECORD or apart.match(name)
        if path.is_file() and not known:
            links.append(Link(f"{prefix}{name}", "different", "is not in the record", ()))
    return links


def _status(folder: Path, record: RunRecord, prefix: str = "") -> list[Link]:
    """What was added after the record was sealed; nothing where a run has no status, as on a laptop."""
    entries, links = [], []
    for file in status_files.names(folder):
        name = f"{prefix}{status_files.FOLDER}/{file}"
        if not status_files.NAME.fullmatch(file):
            continue  # named among the files that are not in the record
        try:
            entry = status_files.read_one(folder / status_files.FOLDER / file)
        except DigestMismatch:
            links.append(Link(name, "different", "bytes were changed"))
        else:
            entries.append(entry)
            links.append(Link(name, "same", entry.status))
    if not links or len(entries) < len(links):
        return links
    wrong = check_chain(entries) or _against_record(entries, record)
    said = Link(
        f"{prefix}{status_files.FOLDER}", "different" if wrong else "same", wrong or "its chain holds"
    )
    return [*links, said]


def _against_record(entries: Sequence[StatusEntry], record: RunRecord) -> str | None:
    if any(entry.run_id != record.run_id for entry in entries):
        return "an entry belongs to another run"
    ended = ending(entries)
    if ended is None:
        return "no entry ends the attempt" if record.status in OVER else None
    if ended.status != record.status:
        return f"entry {ended.number} ends the attempt as {ended.status}, the record as {record.status}"
    if ended.record != record.digest:
        return f"entry {ended.number} ends the attempt with another record"
    return None


def _again(run: Path, record: RunRecord) -> list[Again]:
    """The run evaluated once more: each time with a record of its own, which is one of this run."""
    found = []
    for folder in filter(Path.is_dir, status_files.again(run)):
        prefix = f"{status_files.AGAIN}/{folder.name}/"
        own, first = _record(folder, record.run_id, prefix)
        if own is None:
            found.append(Again(folder, prefix, None, [first]))
            continue
        if (own.project, own.plan_digest) != (record.project, record.plan_digest):
            first = Link(first.name, "different", "is a record of another plan")
        links = [first, *_bytes(folder, own, prefix, STATUS_FILE), *_status(folder, own, prefix)]
        found.append(Again(folder, prefix, own, links))
    return found


def _chain_again(found: Again, artifacts: dict[str, dict[str, Any]]) -> list[Link]:
    """Links of another evaluation to the run's own artifacts, which it may repeat but not replace."""
    if found.record is None:
        return []
    own = {stage.stage: _raw(found.folder, stage.stage) for stage in found.record.stages}
    replaced = [
        Link(f"{found.prefix}{stage}", "different", "is not the run's own")
        for stage in own
        if stage not in AGAIN and own[stage]["digest"] != artifacts.get(stage, {}).get("digest")
    ]
    if replaced:
        return replaced
    links = _chain(found.record, {**artifacts, **own})
    return [
        replace(link, name=f"{found.prefix}{link.name}", dependents=_prefixed(link.dependents, found.prefix))
        for link in links
        if link.name in own
    ]


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
        (name, inputs[name] == splits[split]["sha256"])
        for name, split in SPLIT_INPUTS.items()
        if name in inputs
    ]
    if "plan" in inputs:
        claims.append(("plan", inputs["plan"] == record.plan_digest))
    if stage == "gate":
        claims += [
            (name, payload[f"{name}_digest"] == artifacts[name]["digest"])
            for name in ("prepare", "audit", "estimate")
        ]
        claims += [("permission", payload["allowed"] and payload["plan_digest"] == record.plan_digest)]
    # The record is sealed after a run's last stage, from whatever lies there then; each stage named its own.
    own = {name.removeprefix("run/"): sha256 for name, sha256 in artifact["files"].items()}
    claims += [(name, record.files[name] == sha256) for name, sha256 in own.items() if name in record.files]
    if stage == "evaluate":
        claims.append((ITEMS, own.get(ITEMS) == record.files.get(ITEMS)))
    if stage == "train":
        formatted = artifacts["audit"]["files"]
        claims += [(name, inputs[name] == formatted.get(name)) for name in inputs if name.startswith("data/")]
    return claims


def _raw(run: Path, stage: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((run / f"{stage}.json").read_bytes())
    return data


def _dependents(name: str, prefix: str = "") -> tuple[str, ...]:
    """All that rests on it, in the order of a run; on another evaluation rests nothing outside of it."""
    found: set[str] = set()
    waiting = [name.removesuffix(".json")]
    while waiting:
        for dependent in RESTS_ON_IT.get(waiting.pop(), ()):
            if dependent not in found:
                found.add(dependent)
                waiting.append(dependent)
    return _prefixed((stage for stage in ORDER if stage in found), prefix)


def _prefixed(names: Iterable[str], prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{name}" for name in names)
