"""What can be read by address: what people wrote, reports of runs, docs, schemas. All of it is data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clinft.errors import SpecError
from clinft.pipeline.assistant.desk import DOCS, PROJECTS, Desk
from clinft.pipeline.assistant.results import DOCUMENTS, run_folders
from clinft.pipeline.schemas import ALL
from clinft.spec import quarantine
from clinft.spec.load import PROMPT_NAME, SPEC_NAME
from clinft.spec.schema import render, schemas

SCHEME = "clinft://"
SLUG, RUN = r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?", r"[0-9a-f]{12}-a[1-9][0-9]{0,8}"
NAMES = "|".join(map(re.escape, DOCUMENTS.values()))
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{DOCS}/[a-z0-9-]+\.md",
        rf"{PROJECTS}/{SLUG}/(?:{re.escape(SPEC_NAME)}|{re.escape(PROMPT_NAME)})",
        rf"{PROJECTS}/{SLUG}/runs/{RUN}/(?:{NAMES})",
    )
)
TEMPLATES = {
    f"{SCHEME}{DOCS}/{{page}}.md": "A page of the documentation",
    f"{SCHEME}schemas/{{name}}": "JSON Schema of project.yaml, of the policy, or of a domain pack",
    f"{SCHEME}{PROJECTS}/{{project}}/{SPEC_NAME}": "What a project is to be, as people wrote it",
    f"{SCHEME}{PROJECTS}/{{project}}/{PROMPT_NAME}": "Its system prompt and examples",
    f"{SCHEME}{PROJECTS}/{{project}}/runs/{{run}}/report.md": "What a run's report says",
}
MOST_LISTED = 300


@dataclass(frozen=True)
class Listed:
    address: str
    title: str
    kind: str


def listed(desk: Desk) -> list[Listed]:
    return list(_listed(desk))[:MOST_LISTED]


def _listed(desk: Desk) -> Iterator[Listed]:
    for name in schemas(ALL):
        yield Listed(f"{SCHEME}schemas/{name}", name, "application/schema+json")
    for project in desk.names():
        if quarantine.lies_in(desk.projects / project):
            continue
        for name in (SPEC_NAME, PROMPT_NAME):
            kind = "application/yaml" if name == SPEC_NAME else "text/markdown"
            yield from _file(desk, f"{PROJECTS}/{project}/{name}", kind)
        for run in run_folders(desk, project):
            for name in DOCUMENTS.values():
                yield from _file(desk, f"{PROJECTS}/{project}/runs/{run.name}/{name}", "text/markdown")
    docs = desk.root / DOCS
    for path in sorted(docs.glob("*.md")) if not docs.is_symlink() else ():
        yield from _file(desk, f"{DOCS}/{path.name}", "text/markdown")


def _file(desk: Desk, place: str, kind: str) -> Iterator[Listed]:
    path = desk.root / place
    if any(form.fullmatch(place) for form in FORMS) and path.is_file() and not path.is_symlink():
        yield Listed(f"{SCHEME}{place}", place, kind)


def text(desk: Desk, address: str) -> tuple[str, str]:
    """Its text and its kind. SpecError where there is nothing to read."""
    place = address.removeprefix(SCHEME)
    if address.startswith(SCHEME) and place in {f"schemas/{name}" for name in ALL}:
        return render(schemas(ALL)[place.removeprefix("schemas/")]), "application/schema+json"
    if address.startswith(SCHEME) and any(form.fullmatch(place) for form in FORMS):
        return desk.text(place), "application/yaml" if place.endswith(".yaml") else "text/markdown"
    raise SpecError(
        "There is no such resource.",
        "Only what people review can be read: specs, prompts, reports, docs and schemas.",
        "Take an address as the list of resources has it.",
    )
