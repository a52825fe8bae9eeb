"""Which domains there are: clinft's own packs, and those of a team: a folder of them, or a project's one.

The pack's version decides the generator: 1 is read by `diagnosis-notes`, 2 by `clinical-notes`.
"""

import re
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from clinft.errors import SpecError
from clinft.spec.yaml import MAX_BYTES

# Version of a pack -> what makes records of it.
GENERATORS = {1: "diagnosis-notes", 2: "clinical-notes"}
SUFFIX = ".yaml"
SHOWN = "clinft/tables/domains"
VERSION = re.compile(rb"^version:[ \t]*([0-9]{1,4})[ \t]*(?:#.*)?\r?$", re.MULTILINE)
NAMED = re.compile(rb"^name:[ \t]*([a-z0-9-]{2,60})[ \t]*(?:#.*)?\r?$", re.MULTILINE)
NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True)
class DomainFile:
    """`path`: as people know it."""

    name: str
    path: str
    text: bytes
    of_a_team: bool = False

    @property
    def generator(self) -> str:
        """Of a pack without a version: whichever is newest, whose parser says what is missing."""
        return GENERATORS.get(self.version or 0, GENERATORS[2])

    @property
    def version(self) -> int | None:
        """None where the file has none: whoever parses it says so with the line."""
        found = VERSION.search(self.text)
        return int(found.group(1)) if found else None


def names(team: Path | None = None, version: int | None = None) -> tuple[str, ...]:
    """Sorted; `team`: a folder of packs, or one pack, and either may be missing; `version`: only such."""
    found = (*_built_in(), *_of_team(team)) if version is None else _of_version(version, team)
    return tuple(sorted(set(found)))


def find(domain: str, team: Path | None = None) -> DomainFile:
    """SpecError for an unknown domain, and for a team's pack that bears the name of one of clinft's."""
    built_in, of_team = _built_in(), _of_team(team)
    if domain in built_in and domain in of_team:
        raise SpecError(
            f"{of_team[domain]} bears the name of a domain pack of clinft.",
            "A spec that names it could mean either of them.",
            "Give it another `name`.",
        )
    if domain in built_in:
        return DomainFile(domain, f"{SHOWN}/{domain}{SUFFIX}", built_in[domain].read_bytes())
    if domain in of_team:
        return DomainFile(domain, str(of_team[domain]), _read(of_team[domain]), of_a_team=True)
    raise SpecError(
        "`clinical_domain` names no domain pack.",
        f"There are: {', '.join(names(team))}.",
        "Choose one of them, or write a pack of your own.",
    )


def own(pack: Path) -> DomainFile:
    """A team's single pack, by the name that it gives itself. SpecError as `find` has."""
    (name,) = _of_team(pack)
    return find(name, pack)


def _of_version(version: int, team: Path | None) -> list[str]:
    return [name for name in names(team) if find(name, team).version == version]


def _built_in() -> dict[str, Traversable]:
    folder = resources.files("clinft") / "tables" / "domains"
    return {entry.name.removesuffix(SUFFIX): entry for entry in folder.iterdir() if _is_pack(entry.name)}


def _of_team(team: Path | None) -> dict[str, Path]:
    """The packs of a folder are called as their files, a single pack as it says itself."""
    if team is None or not team.exists():
        return {}
    if team.is_dir():
        return {path.stem: path for path in sorted(team.iterdir()) if _is_pack(path.name)}
    named = NAMED.search(_read(team))
    return {named.group(1).decode() if named else team.stem: team}


def _is_pack(file: str) -> bool:
    return file.endswith(SUFFIX) and NAME.fullmatch(file.removesuffix(SUFFIX)) is not None


def _read(path: Path) -> bytes:
    """A link could show a file from outside the repository in an error's words."""
    if path.is_symlink() or not path.is_file():
        raise SpecError(
            f"{path} is no plain file.",
            "A domain pack is a file of the repository, never a link.",
            "Put the pack itself there.",
        )
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)  # one more: the parser refuses it, with its limit
