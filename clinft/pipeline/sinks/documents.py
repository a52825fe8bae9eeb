"""Documents of a project as the protected branch has them, and the links to where they were delivered."""

from collections.abc import Iterator, Mapping

from clinft.artifacts.canonical import digest_bytes
from clinft.pipeline.sinks.parcels import Due, document_key
from clinft.pipeline.sinks.seen import Seen, SeenProject
from clinft.ports.sinks import Document, Link
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
URL = "url:"  # of what was delivered, in a sink's memory


def of_project(seen: Seen, project: SeenProject) -> Iterator[Due]:
    if project.spec is None or project.quarantined:
        return
    names = [(str(name), COMMITTED[name]) for name in project.spec.documents if name in COMMITTED]
    for name, file in (*names, (PROMPT, PROMPT_NAME)):
        path = project.folder / file
        if not path.is_file() or path.is_symlink():
            continue  # no run has made it yet
        data = path.read_bytes()
        title = f"{project.name}: {TITLES[name]}"
        markdown = data.decode("utf-8", "replace")
        yield Due(Document(project.name, name, title, markdown, digest_bytes(data)))


def links_of(project: str, notes: Mapping[str, str]) -> tuple[Link, ...]:
    """`notes`: of the sinks that documents were delivered to. In the order of TITLES."""
    urls = ((TITLES[name], notes.get(URL + document_key(project, name))) for name in TITLES)
    return tuple(Link(title, url) for title, url in urls if url and url.startswith("https://"))
