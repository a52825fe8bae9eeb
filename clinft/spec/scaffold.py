"""A new project that is valid as it is, with a comment beside every choice."""

import re
import shutil
import tempfile
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from clinft.errors import SpecError
from clinft.spec.base import Slug
from clinft.spec.screening import screen

TEMPLATES = Path(__file__).parent / "templates"
PLACEHOLDER = re.compile(r"\{\{(name|domain)\}\}")


def new_project(root: Path, name: str, domain: str) -> list[Path]:
    """Write projects/<name>/ whole or not at all; returns its files. SpecError if it cannot be."""
    for what, value in (("name", name), ("domain", domain)):
        _must_be_slug(what, value)
    projects = root / "projects"
    target = projects / name
    if target.exists() or target.is_symlink():
        raise SpecError(
            f"projects/{name} exists already.",
            "A project is never overwritten.",
            "Choose another name, or edit the project that is there.",
        )
    projects.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=projects))
    try:
        temporary.chmod(0o755)  # mkdtemp's 0700 would lock colleagues out
        for source, destination in (
            ("project.yaml", temporary / "project.yaml"),
            ("prompt.md", temporary / "prompt" / "prompt.md"),
        ):
            destination.parent.mkdir(exist_ok=True)
            text = (TEMPLATES / source).read_text(encoding="utf-8")
            filled = PLACEHOLDER.sub(lambda match: {"name": name, "domain": domain}[match[1]], text)
            destination.write_text(filled, encoding="utf-8", newline="\n")
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return [target / "project.yaml", target / "prompt" / "prompt.md"]


def _must_be_slug(what: str, value: str) -> None:
    try:
        TypeAdapter(Slug).validate_python(value)
    except ValidationError:
        valid = False
    else:
        valid = not screen(value)
    if not valid:
        raise SpecError(
            f"This {what} cannot be used.",
            "Names become folders, branches and labels, so their characters are limited.",
            "Use 2 to 60 lower-case letters, digits and hyphens, e.g. icd10-chapter.",
        )
