"""What a push would hand over: each version of each file that could hold data, of commits no remote has yet.

A file that a later commit removes is in the history all the same, so every commit is looked at.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from clinft.errors import SpecError
from clinft.ports.history import History
from clinft.stages.gate.paths import TRACKING, classify

NO_COMMIT = "0" * 40
# `local ref, local sha, remote ref, remote sha`, as git hands them to a pre-push hook.
LINE = re.compile(r"\S+ ([0-9a-f]{40}) \S+ [0-9a-f]{40}")
# Of a project: what people bring. Evidence and documents are clinft's own, and generated data never leave.
BROUGHT = frozenset({"plan", "data", "hidden", "document"})
SUFFIX = re.compile(
    r"\.(?:jsonl|ndjson|csv|tsv|psv|parquet|json|txt|xml|hl7|dcm|dicom|xlsx?|docx?|rtf|pdf|log|dat|tab|"
    r"sas7bdat|sav|dta|feather|sqlite3?|db|bak|old|orig)(?:\.(?:bak|old|orig|\d{1,3}))?(?:\.gz)?~?$",
    re.IGNORECASE,
)
# Notes are written in these, but most often what describes a repository and sets it up.
TEXT = re.compile(r"\.(?:md|markdown|ya?ml)(?:\.gz)?$", re.IGNORECASE)
DOCUMENTS = re.compile(
    r"[A-Z0-9_.-]+|(?:Make|Docker|Proc|Gem|Rake|Jenkins|Vagrant|Pip|Brew|Just)file|justfile"
)
DOCUMENT_FOLDERS = frozenset({"docs", "doc", "examples"})
# Only a repository made from the template holds this file.
OURS = "clinft/pipeline/pushing.py"
# The template's own: code, tests and their data, which the role engine answers for.
ENGINE_FOLDERS = (
    *("clinft/", "detector/", "tests/", "bench/", "schemas/", "docs/", ".github/", "constraints/"),
    "docker/",
)


def pushed_tips(lines: Iterable[str]) -> list[str]:
    """Commits that git is about to push; a deleted branch pushes nothing. SpecError."""
    tips = []
    for line in filter(str.strip, lines):
        found = LINE.fullmatch(line.strip())
        if found is None:
            raise SpecError(
                "What came in on standard input is not what git gives a pre-push hook.",
                "`clinft audit --push` is called by the hook, which hands over the refs.",
                "Install it with `pre-commit install -t pre-push`, or name files: clinft audit FILE.",
            )
        if found.group(1) != NO_COMMIT:
            tips.append(found.group(1))
    return tips


def export(history: History, tips: Iterable[str], root: Path) -> list[Path]:
    """Writes the files to `root/<commit>/<path>`; each content once. The folders that hold something."""
    seen: set[tuple[str, str]] = set()
    folders = []
    for commit in sorted({commit for tip in tips for commit in history.unpushed(tip)}):
        folder = root / commit[:12]
        template = any(entry.path == OURS for entry in history.entries(commit))
        for path, blob in sorted(_changed(history, commit)):
            if could_hold_data(path, template) and (path, blob) not in seen:
                seen.add((path, blob))
                history.export(commit, path, folder)
        if folder.exists():
            folders.append(folder)
    return folders


def could_hold_data(path: str, template: bool = True) -> bool:
    """`template`: the repository was made from clinft's, so that its folders are what they are there."""
    if template and path.startswith("projects/"):
        kind, project = classify(path)
        return kind in BROUGHT and project != TRACKING
    if template and path.startswith(ENGINE_FOLDERS):
        return False
    return SUFFIX.search(path) is not None or _is_note(path)


def _is_note(path: str) -> bool:
    """A text, or a file without a suffix, that neither describes nor sets up the repository."""
    *folders, name = path.split("/")
    stem, dot, _ = name.partition(".")
    if any(folder.startswith(".") or folder.lower() in DOCUMENT_FOLDERS for folder in folders):
        return False
    if not stem or DOCUMENTS.fullmatch(stem) or (dot and TEXT.search(name) is None):
        return False
    # Settings of tools lie at the root.
    return bool(folders) or not name.lower().endswith((".yml", ".yaml"))


def _changed(history: History, commit: str) -> set[tuple[str, str]]:
    """Files that differ from every parent: what a merge only takes over came by other commits."""
    files = {(entry.path, entry.object) for entry in history.entries(commit)}
    for parent in history.parents(commit):
        files -= {(entry.path, entry.object) for entry in history.entries(parent)}
    return files
