"""Where the assistant's tools work: one repository, of which they see what people review, and no data."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clinft.errors import SpecError
from clinft.pipeline.context import Context
from clinft.ports.drafts import Drafts
from clinft.ports.history import History
from clinft.spec import quarantine
from clinft.spec.policy import Policy

PROJECTS, DOCS, DATA = "projects", "docs", "data"
# Of one file that is read whole; pages of it are handed out.
MAX_BYTES = 4_000_000
PAGE = 20_000
# Control, format (bidi, zero-width), surrogate and private-use characters hide text from a person.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})


@dataclass(frozen=True)
class Desk:
    """`scratch`: a folder outside of the repository, gone when the server ends."""

    root: Path
    scratch: Path
    history: History
    drafts: Drafts
    # The protected branch's policy where that branch is known here; else this checkout's. The word tells.
    policy: Callable[[], tuple[Policy, str]]
    # A project's folder, in a copy, and the repository around it -> what the stages work on.
    opened: Callable[[Path, Path], Context]
    today: Callable[[], date]

    @property
    def projects(self) -> Path:
        return self.root / PROJECTS

    def project(self, name: str) -> Path:
        """Its folder; `name` has the form of a name already."""
        folder = self.projects / name
        if self.projects.is_symlink() or folder.is_symlink() or not (folder / "project.yaml").is_file():
            raise SpecError(
                f"There is no project {name}.",
                "Its name is mistyped, or it lies on a branch that is not checked out.",
                "List them with list_projects; new_project begins one.",
            )
        return folder

    def names(self) -> list[str]:
        if self.projects.is_symlink() or not self.projects.is_dir():
            return []
        folders = [path.parent for path in self.projects.glob("*/project.yaml")]
        return sorted(folder.name for folder in folders if not folder.is_symlink())

    def file(self, place: str) -> Path:
        """`place`: below the root, with slashes. SpecError for links, for data, and where nothing lies.

        PolicyViolation for whatever lies in a project in quarantine.
        """
        first, _, rest = place.partition("/")
        if first == PROJECTS and rest:
            quarantine.refuse(self.projects / rest.partition("/")[0])
        path = self.root
        for depth, part in enumerate(place.split("/")):
            path = path / part
            # A project may be called data; what lies in a project's data is never read.
            if not part or part.startswith(".") or (part == DATA and depth > 1) or path.is_symlink():
                raise _barred(place)
        if not path.is_file():
            raise SpecError(
                f"There is no file {place} here.",
                "It was not made yet, or lies on a branch that is not checked out.",
                "Ask next_step where the project stands.",
            )
        return path

    def text(self, place: str) -> str:
        path = self.file(place)
        if path.stat().st_size > MAX_BYTES:
            raise SpecError(
                f"{place} is larger than {MAX_BYTES:,} bytes.",
                "It is not a text that somebody would read.",
                "Open it in an editor.",
            )
        return visible(path.read_bytes().decode("utf-8", "replace"))

    def words(self, text: str) -> str:
        """Our own messages name places as a reviewer knows them, not where a copy lies."""
        for place in (self.scratch.resolve(), self.scratch, self.root.resolve(), self.root):
            text = text.replace(f"{place}/check/", "").replace(f"{place}/", "")
        return visible(text)


def visible(text: str) -> str:
    """Foreign text as a reader sees it; lines stay."""
    kept = (c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in HIDDEN)
    return "".join(kept)


def _barred(place: str) -> SpecError:
    return SpecError(
        f"{visible(place)[:200]} is not read from here.",
        "Only what people review is: no links, no hidden files, and never data.",
        "Name a file as the resources list it.",
    )
