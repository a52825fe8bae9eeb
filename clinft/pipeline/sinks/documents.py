"""Documents of a project as the protected branch has them, and the links to where they were delivered.

A prompt may hold whatever people wrote into it: it goes out only as a committed run's audit passed it.
"""

import re
from collections.abc import Iterator, Mapping

from clinft import run_folder
from clinft.artifacts.audit import AuditReport
from clinft.artifacts.canonical import digest_bytes
from clinft.errors import ClinftError
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
# Whoever pushes the ref writes into the memory: no link leads out of Google Docs, or to an id not noted.
PLACE = re.compile(r"https://docs\.google\.com/document/d/([A-Za-z0-9_-]{10,120})(/[a-z]*)?")


def of_project(seen: Seen, project: SeenProject) -> Iterator[Due]:
    if project.spec is None or project.quarantined:
        return
    names = [(str(name), COMMITTED[name]) for name in project.spec.documents if name in COMMITTED]
    for name, file in (*names, (PROMPT, PROMPT_NAME)):
        path = project.folder / file
        if not path.is_file() or path.is_symlink():
            continue  # no run has made it yet
        data = path.read_bytes()
        if name == PROMPT and not _was_audited(project, digest_bytes(data)):
            continue
        title = f"{project.name}: {TITLES[name]}"
        markdown = data.decode("utf-8", "replace")
        yield Due(Document(project.name, name, title, markdown, digest_bytes(data)))


def _was_audited(project: SeenProject, sha256: str) -> bool:
    for path in project.folder.glob("runs/*/audit.json"):
        try:
            found = run_folder.load(path.parent, "audit", AuditReport)
        except ClinftError:
            continue
        audited = None if found is None else found.payload
        if audited and audited.verdict == "PASS" and audited.files_scanned.get(PROMPT_NAME) == sha256:
            return True
    return False


def links_of(project: str, notes: Mapping[str, str]) -> tuple[Link, ...]:
    """`notes`: of the sinks that documents were delivered to. In the order of TITLES."""
    found = []
    for name, title in TITLES.items():
        place = PLACE.fullmatch(notes.get(URL + document_key(project, name), ""))
        known, _, _ = notes.get(f"document:{project}/{name}", "").partition(" ")
        if place is not None and place[1] == known:
            found.append(Link(title, place[0]))
    return tuple(found)
