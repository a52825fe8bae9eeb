"""An audit shared by several calls: what each leaves behind, without any text, and how all are joined."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from pydantic import Field, JsonValue, model_validator

from clinft.artifacts.canonical import digest_file
from clinft.errors import DigestMismatch, SpecError
from clinft.run_folder import write_atomically
from clinft.spec.audit_policy import AuditPolicy
from clinft.spec.base import Sha256, Slug, Strict
from clinft.stages.audit import engine
from clinft.stages.audit.batch import MOST_SHARDS, Scanned, Shard
from clinft.stages.audit.digests import rules_digest
from clinft.stages.audit.partial import Partial

FORMAT = 2


class Part(Strict):
    """What one shard counted and found. `files`: name → sha256 of all files, whatever the shard.

    `project`: whose files these are; None: files that somebody named, which are read by other rules.
    """

    format: int = FORMAT
    project: Slug | None
    rules: Sha256
    policy: AuditPolicy
    index: int = Field(ge=0)
    of: int = Field(ge=1, le=MOST_SHARDS)
    files: dict[str, Sha256]
    result: dict[str, JsonValue]

    @model_validator(mode="after")
    def is_one_of_them(self) -> Self:
        if self.index >= self.of:
            raise ValueError("there is no such shard")
        return self


def part_of(scanned: Scanned, project: str | None, policy: AuditPolicy, shard: Shard) -> Part:
    return Part(
        project=project,
        rules=rules_digest(),
        policy=policy,
        index=shard.index,
        of=shard.of,
        files=scanned.digests,
        result=scanned.result.to_json(),
    )


def refuse_place(path: Path) -> None:
    """SpecError where writing a part would cost somebody a file; an earlier part may go."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise SpecError(
            "A part cannot be written there: it is a folder, or its folder is not there.",
            "--part is a file that the call writes.",
            "Make the folder, or name a file in another one.",
        )
    if path.is_symlink() or path.exists():
        try:
            load_part(path)
        except (SpecError, DigestMismatch):
            raise SpecError(
                "There is a file in the place of the part that no audit wrote.",
                "--part is a file that the call writes, and not one that it reads.",
                "Name a new file, e.g. --part 0.json.",
            ) from None


def write_part(path: Path, part: Part) -> None:
    refuse_place(path)
    value = part.model_dump(mode="json")
    write_atomically(path, _bytes({"digest": _digest(value), "part": value}))


def load_part(path: Path) -> Part:
    """Raises SpecError for a file that is no part, and DigestMismatch for one that was changed."""
    try:
        written = json.loads(path.read_bytes())
        value, digest = written["part"], written["digest"]
        part = Part.model_validate_json(_bytes(value))
    except FileNotFoundError:
        raise SpecError(
            f"There is no {path}.",
            "The path is mistyped, or the shard that writes it has not ended yet.",
            "Give --merge the folder that the parts were gathered in, or each part.",
        ) from None
    except (OSError, KeyError, TypeError, ValueError, RecursionError):
        raise SpecError(
            f"{path} is no part of an audit.",
            "It is another file, or it was written by another version of clinft.",
            "Give the merge what `clinft audit --shard i/n` wrote, of one version of clinft.",
        ) from None
    if digest != _digest(value):
        raise DigestMismatch(
            f"{path} is not what `clinft audit --shard` wrote.",
            "The file was changed or damaged.",
            f"Run shard {part.index}/{part.of} again.",
        )
    return part


def load_parts(paths: Sequence[Path]) -> list[Part]:
    """Of files, and of all `.json` in folders. SpecError, and DigestMismatch, as `load_part`."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not inside:
            raise SpecError(
                f"There is no part in {path}.",
                "Each shard leaves one .json file; the folder that is merged holds those of all.",
                "Give --merge the folder that the parts were gathered in, or each part.",
            )
        found += inside
    return [load_part(path) for path in found]


def merged(
    parts: Sequence[Part], project: str | None, policy: AuditPolicy, names: Sequence[str], keep: int
) -> Scanned:
    """What one process would have found. `project`, `names`: whose files the caller means, and which.

    Raises SpecError unless the parts are all shards of one audit, each once, of this policy and these rules.
    """
    _refuse_strangers(parts, project, policy, names)
    weights = engine.of(policy).weights
    total = Partial(keep)
    for part in sorted(parts, key=lambda part: part.index):
        try:
            found = Partial.from_json(keep, part.result)
            found.refuse_unknown(part.files, {name: weight.letter for name, weight in weights.items()})
        except ValueError:
            raise SpecError(
                f"The part of shard {part.index}/{part.of} cannot be read.",
                "No shard of these files writes such a part: it was written by something else.",
                "Run that shard again.",
            ) from None
        total.merge(found)
    return Scanned(total, parts[0].files)


def same(scanned: Scanned, files: Mapping[str, Path]) -> Scanned:
    """The shards scanned what lies here now."""
    for name in sorted(files):
        if digest_file(files[name]) != scanned.digests[name]:
            raise DigestMismatch(
                f"{name} is not the file that the shards scanned.",
                "It was made or changed since, or there from another state of the project.",
                "Let nothing change it (prepare projects from one commit), and run all shards again.",
            )
    return scanned


def _refuse_strangers(
    parts: Sequence[Part], project: str | None, policy: AuditPolicy, names: Sequence[str]
) -> None:
    if not parts:
        raise _wrong("There is no part to merge.", "Run each shard, and give the merge what they wrote.")
    first = parts[0]
    again = "Run all shards again: with one version of clinft, one policy, and the same files."
    for part in parts:
        if (part.format, part.rules) != (FORMAT, rules_digest()):
            raise _wrong(f"Shard {part.index}/{part.of} was scanned by other rules than these.", again)
        if part.project != project:
            raise _wrong(
                f"Shard {part.index}/{part.of} is about {_subject(part.project)}, "
                f"and this is an audit of {_subject(project)}.",
                "Name what the shards named: the project's folder, or the same files.",
            )
        if part.policy != policy:
            raise _wrong(f"Shard {part.index}/{part.of} was scanned under another policy.", again)
        if part.of != first.of:
            raise _wrong(f"One part is of {first.of} shards, another of {part.of}.", again)
        if part.files != first.files or sorted(part.files) != sorted(names):
            raise _wrong(
                f"Shard {part.index}/{part.of} is about other files, or other versions of them.", again
            )
    counts = Counter(part.index for part in parts)
    twice = [index for index in sorted(counts) if counts[index] > 1]
    missing = [index for index in range(first.of) if index not in counts]
    if twice or missing:
        listed = [f"{index}/{first.of} is there twice" for index in twice]
        listed += [f"{index}/{first.of} is missing" for index in missing]
        raise _wrong(f"The parts are not all shards, each once: {', '.join(listed)}.", "Run what is missing.")


def _subject(project: str | None) -> str:
    return "files of no project" if project is None else f"the project {project}"


def _wrong(what: str, next_step: str) -> SpecError:
    return SpecError(what, "A merge needs every shard of one audit, each once.", next_step)


def _digest(value: JsonValue) -> str:
    return hashlib.sha256(_bytes(value)).hexdigest()


def _bytes(value: JsonValue) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
