"""A new project that is valid as it is, with a comment beside every choice."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from clinft.errors import SpecError
from clinft.spec.base import Slug
from clinft.spec.checks import DOMAINS, domains
from clinft.spec.screening import screen
from clinft.spec.starting import CLASSIFICATION, acuities, words

TEMPLATES = Path(__file__).parent / "templates"
PLACEHOLDER = re.compile(r"\{\{([a-z]+)\}\}")


def new_project(root: Path, name: str, domain: str, kind: str = CLASSIFICATION) -> list[Path]:
    """Write projects/<name>/ whole or not at all; returns its files. SpecError if it cannot be.

    `kind`: of the task; other than classification for domains with clinical packs alone.
    """
    _must_be_slug(name)
    refuse_unknown(domain, kind)
    projects = root / "projects"
    target = projects / name
    if target.exists() or target.is_symlink():
        raise SpecError(
            f"projects/{name} exists already.",
            "A project is never overwritten.",
            "Choose another name, or edit the project that is there.",
        )
    values = _values(name, domain, kind)
    projects.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=projects))
    try:
        prefix = "clinical-" if "kind" in values else ""
        _fill(f"{prefix}project.yaml", temporary / "project.yaml", values)
        (temporary / "prompt").mkdir()
        _fill(f"{prefix}prompt.md", temporary / "prompt" / "prompt.md", values)
        temporary.chmod(0o755)  # mkdtemp's 0700 would lock colleagues out
        temporary.rename(target)
    except BaseException:  # Ctrl-C too: no half project stays
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return [target / "project.yaml", target / "prompt" / "prompt.md"]


def refuse_unknown(domain: str, kind: str) -> None:
    """SpecError where clinft knows no such domain or kind of task, or has no notes of it for the domain."""
    if domain not in domains():
        raise SpecError(
            "clinft has no table of this clinical domain.",
            "Usually the name is mistyped.",
            f"Known: {', '.join(domains())}.",
        )
    known = kinds()
    if kind not in known:
        raise SpecError(
            "There is no such kind of task.", f"There are: {', '.join(known)}.", "Name one of them."
        )
    if kind != CLASSIFICATION and not acuities(_pack(domain)):
        raise SpecError(
            f"The domain {domain} has notes for classification only.",
            "Its pack is of version 1.",
            "Choose another domain: `clinft prepare --list-domains`.",
        )


def kinds() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((TEMPLATES / "tasks.yaml").read_text(encoding="utf-8"))
    return found


def _pack(domain: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOMAINS / f"{domain}.yaml").read_text(encoding="utf-8"))
    return found


def _values(name: str, domain: str, kind: str) -> dict[str, str]:
    pack = _pack(domain)
    levels = acuities(pack)
    if levels:
        return {"name": name, "domain": domain, **words(kinds(), kind, levels)}
    labels = [chapter["label"] for chapter in pack["chapters"]]
    return {
        "name": name,
        "domain": domain,
        "labels": "\n".join(f"    - {label}" for label in labels),
        "words": ", ".join(labels),
        "first": labels[0],
        "second": labels[1],
    }


def _fill(template: str, path: Path, values: dict[str, str]) -> None:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    filled = PLACEHOLDER.sub(lambda match: values[match[1]], text)
    path.write_text(filled, encoding="utf-8", newline="\n")


def _must_be_slug(name: str) -> None:
    try:
        TypeAdapter(Slug).validate_python(name)
    except ValidationError:
        valid = False
    else:
        valid = not screen(name)
    if not valid:
        raise SpecError(
            "This name cannot be used.",
            "Names become folders, branches and labels, so their characters are limited.",
            "Use 2 to 60 lower-case letters, digits and hyphens, e.g. icd10-chapter.",
        )
