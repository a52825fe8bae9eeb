"""`clinft evidence --verify`: is the folder, or the zip, what clinft packed of a run whose chain holds?"""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import clinft
from clinft import run_folder
from clinft.artifacts.canonical import digest_file
from clinft.artifacts.decision import GateDecision
from clinft.errors import ClinftError, SpecError
from clinft.pipeline.evidence import layout
from clinft.pipeline.evidence.archive import read_zip
from clinft.pipeline.evidence.packing import derived, run_of
from clinft.pipeline.verify import Link, verify
from clinft.ports.progress import Progress

# Raises ClinftError where the signature (second) is not one of the file (first).
Signed = Callable[[Path, Path], None]
UNSIGNED = "none: digests show that files belong together, not who packed them"
UNREAD = "there is one; not checked: pass --public-key, or --identity and --issuer"


@dataclass(frozen=True)
class Checked:
    """`run`: its id; None where the files of no run can be read."""

    run: str | None
    links: tuple[Link, ...]

    @property
    def holds(self) -> bool:
        return all(link.status != "different" for link in self.links)


def check(path: Path, signed: Signed | None, progress: Progress) -> Checked:
    """PolicyViolation for a folder or zip of another form; nothing of its content is quoted then."""
    if path.is_symlink() or not path.exists():
        raise SpecError(
            f"{path} is no evidence folder and no zip.",
            "It does not exist, or it is a link.",
            "Name the folder or the zip that `clinft evidence` wrote.",
        )
    if path.is_dir():
        return _checked(path, signed, progress)
    with tempfile.TemporaryDirectory(prefix="clinft-evidence-") as made:
        return _checked(read_zip(path, Path(made)), signed, progress)


def _checked(folder: Path, signed: Signed | None, progress: Progress) -> Checked:
    folder = folder.resolve()
    links = [*_bytes(folder), _signature(folder, signed)]
    if any(link.status == "different" for link in links):
        # What is made again from changed files would only repeat that.
        return Checked(None, tuple(links))
    try:
        run, _ = run_of(folder)
        links += _made_again(folder)
        links += _policy(folder, run)
        prefix = f"{run.relative_to(folder).as_posix()}/"
        links += [replace(link, name=f"{prefix}{link.name}") for link in verify(run, progress)]
    except ClinftError as error:
        return Checked(None, (*links, Link("the run's files", "different", error.what)))
    except RecursionError:
        return Checked(None, (*links, Link("the run's files", "different", "are nested too deeply")))
    return Checked(run.name, tuple(links))


def _bytes(folder: Path) -> Iterator[Link]:
    """Every file is listed with its digest, and every listed file is there."""
    there = layout.sums_of(folder)
    sums = folder / layout.SUMS
    try:
        listed = layout.read_sums(sums.read_text(encoding="ascii")) if sums.is_file() else None
    except ValueError:
        listed = None
    if listed is None:
        yield Link(layout.SUMS, "different", "missing, or not what clinft writes")
        return
    yield Link(layout.SUMS, "same", f"lists {len(listed):,} files")
    for name in sorted(there.keys() | listed.keys()):
        if name not in listed:
            yield Link(name, "different", f"is not in {layout.SUMS}")
        elif name not in there:
            # It comes from the list, which may hold anything.
            shown = name if all(layout.PART.fullmatch(part) for part in name.split("/")) else "a listed file"
            yield Link(shown, "different", "missing")
        elif there[name] != listed[name]:
            yield Link(name, "different", "bytes were changed")
        else:
            yield Link(name, "same", f"sha256 {listed[name][:12]}")


def _made_again(folder: Path) -> Iterator[Link]:
    """What follows from the run's files. Another clinft words it in another way."""
    path = folder / layout.STATEMENT
    packed_by = _packed_by(path)
    if packed_by is None:
        yield Link(layout.STATEMENT, "different", "missing, or not what clinft writes")
        return
    made = derived(folder, packed_by)
    for name in layout.DERIVED:
        there = (folder / name).read_bytes() if (folder / name).is_file() else None
        if there == made.get(name):
            if there is not None:
                yield Link(name, "same", "made again from the run's files")
        elif packed_by != clinft.__version__:
            yield Link(name, "not_regenerable", f"written by clinft {packed_by}, which may word it otherwise")
        else:
            yield Link(name, "different", "is not what follows from the run's files")


def _packed_by(path: Path) -> str | None:
    try:
        version = json.loads(path.read_bytes())["predicate"]["packedBy"]["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return version if isinstance(version, str) and layout.PART.fullmatch(version) else None


def _policy(folder: Path, run: Path) -> Iterator[Link]:
    path = folder / layout.POLICY
    if not path.is_file():
        return
    decided = run_folder.load(run, "gate", GateDecision)
    same = decided is not None and digest_file(path) == decided.payload.policy_sha256
    detail = "the one that decided" if same else "is not the policy that decided"
    yield Link(layout.POLICY, "same" if same else "different", detail)


def _signature(folder: Path, signed: Signed | None) -> Link:
    path, name = folder / layout.SIGNATURE, layout.SIGNATURE
    if not path.is_file():
        if signed is None:
            return Link(name, "not_regenerable", UNSIGNED)
        return Link(name, "different", "missing, and a signature was asked for")
    if signed is None:
        return Link(name, "not_regenerable", UNREAD)
    try:
        signed(folder / layout.SUMS, path)
    except ClinftError as error:
        return Link(name, "different", error.what)
    return Link(name, "same", f"a valid signature of {layout.SUMS}")
