"""Documents of a project as the protected branch has them, and the links to where they were delivered.

A person may have written whatever lies there: only what committed evidence answers for goes out. Links are
those that the service itself has given in this round; what was noted before leads nowhere.
"""

from collections.abc import Iterable, Iterator, Mapping

from clinft.artifacts.canonical import digest_bytes
from clinft.errors import PolicyViolation
from clinft.pipeline.sinks.parcels import Due, Left, not_made
from clinft.pipeline.sinks.seen import Seen, SeenProject
from clinft.pipeline.sinks.vouched import refuse_unaudited, refuse_unrecorded
from clinft.ports.sinks import Document, Link, Parcel
from clinft.spec.load import PROMPT_NAME

# Beside the spec; the other documents lie in the run's folder alone.
COMMITTED = {
    "model_card": "MODEL_CARD.md",
    "data_dictionary": "DATA_DICTIONARY.md",
    "hipaa_report": "HIPAA_REPORT.md",
}
PROMPT = "prompt"
TITLES = {
    "model_card": "Model card",
    "data_dictionary": "Data dictionary",
    "hipaa_report": "HIPAA report",
    PROMPT: "Recommended prompt",
}


def of_project(seen: Seen, project: SeenProject, left: Left) -> Iterator[Due]:
    """A document that must not go out keeps no other from going."""
    if project.spec is None or project.quarantined:
        return
    names = [(str(name), COMMITTED[name]) for name in project.spec.documents if name in COMMITTED]
    for name, file in (*names, *_prompt(project)):
        path = project.folder / file
        if not path.is_file() or path.is_symlink():
            continue  # no run has made it yet
        try:
            found = _document(project, name, file, path.read_bytes())
        except Exception as error:
            left(project.name, not_made(error))
            continue
        yield Due(found)


def _prompt(project: SeenProject) -> tuple[tuple[str, str], ...]:
    """Before the first audit there is nothing to say of it."""
    audited = any(project.folder.glob("runs/*/audit.json"))
    return ((PROMPT, PROMPT_NAME),) if audited else ()


def _document(project: SeenProject, name: str, file: str, data: bytes) -> Document:
    try:
        markdown = data.decode("utf-8")
    except UnicodeDecodeError:
        raise PolicyViolation(
            f"projects/{project.name}/{file} stays here: it is not valid UTF-8.",
            "Another program wrote it, or it was cut short.",
            "Save it as UTF-8, or restore it from git; a changed prompt needs a run of its own.",
        ) from None
    sha256 = digest_bytes(data)
    if name == PROMPT:
        refuse_unaudited(project, sha256)
    else:
        refuse_unrecorded(project, file, sha256)
    return Document(project.name, name, f"{project.name}: {TITLES[name]}", markdown, sha256)


class Shelf:
    """Where the documents of each project are, as their service has said in this round."""

    def __init__(self) -> None:
        self._awaited: set[tuple[str, str]] = set()
        self._urls: dict[tuple[str, str], str] = {}

    def awaiting(self, dues: Iterable[Due]) -> Iterator[Due]:
        for due in dues:
            if isinstance(due.parcel, Document):
                self._awaited.add((due.parcel.project, due.parcel.name))
            yield due

    def put(self, parcel: Parcel, url: str) -> None:
        """Where a project has two sinks of documents, the first one's counts."""
        if isinstance(parcel, Document):
            self._urls.setdefault((parcel.project, parcel.name), url)

    def links(self) -> Mapping[str, tuple[Link, ...]]:
        """By project, in the order of TITLES."""
        projects = sorted({project for project, _ in self._urls})
        return {project: tuple(self._of(project)) for project in projects}

    def is_complete(self, project: str) -> bool:
        """Whether every document of it that is due was found or delivered."""
        return all(key in self._urls for key in self._awaited if key[0] == project)

    def _of(self, project: str) -> Iterator[Link]:
        for name, title in TITLES.items():
            if (url := self._urls.get((project, name))) is not None:
                yield Link(title, url)
