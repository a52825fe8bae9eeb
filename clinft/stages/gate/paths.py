"""What a changed path means: which project it belongs to, and who must agree to it."""

import re

from clinft.artifacts.pull_request import ChangedPath, PathKind
from clinft.ports.history import Difference
from clinft.spec.data import OWN_PACK
from clinft.spec.quarantine import FILE as QUARANTINE

# A name may hold a newline; it is still inside its project.
PROJECT = re.compile(r"projects/([^/]+)/(.+)", re.DOTALL)
POLICY = (".github/clinft.yml",)
# Read by people only. Whatever is not named anywhere counts as engine: it may change what judges.
NEUTRAL_FILES = frozenset({"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"})
NEUTRAL_FOLDERS = ("docs/",)
PLAN_FILES = frozenset({"project.yaml", OWN_PACK})
PLAN_FOLDERS = ("prompt/", "synthetic/", "baseline/")
EVIDENCE_FOLDERS = ("runs/", "research/", "declared/")
EVIDENCE_FILES = frozenset({"assess.json", "MODEL_CARD.md", "DATA_DICTIONARY.md", "HIPAA_REPORT.md"})
SINGLE: dict[str, PathKind] = {QUARANTINE: "quarantine", "deployment.yaml": "deployment"}
TABLE = re.compile(r"[^/]+\.csv")
DATA = re.compile(r"data/.*|runs/[^/]+/data/.*", re.DOTALL)
TRACKING = "tracking"  # projects/tracking/*.csv: a view over the records, rebuilt
TABLES = tuple(
    f"{name}.csv" for name in ("datasets", "runs", "evaluations", "regressions", "costs", "decisions")
)
LINKS = frozenset({"120000", "160000"})


def changed_path(difference: Difference) -> ChangedPath:
    kind, project = classify(difference.path)
    return ChangedPath.model_validate(
        {
            "path": difference.path,
            "status": difference.status,
            "kind": kind,
            "project": project,
            "link": difference.mode in LINKS,
        }
    )


def classify(path: str) -> tuple[PathKind, str | None]:
    """Kind and project; the project is None outside of projects/."""
    if path in POLICY:
        return "policy", None
    found = PROJECT.fullmatch(path)
    if found is None and re.fullmatch(r"projects/[^/]+", path):
        return "document", None
    if found is None:
        neutral = path in NEUTRAL_FILES or path.startswith(NEUTRAL_FOLDERS)
        return ("neutral" if neutral else "engine"), None
    project, inside = found.groups()
    if project == TRACKING and TABLE.fullmatch(inside):
        return "evidence", None
    return _inside(inside), project


def plan_paths(project: str) -> tuple[str, ...]:
    """Files and folders of a project that its plan is made of."""
    names = (*sorted(PLAN_FILES), *(folder.rstrip("/") for folder in PLAN_FOLDERS))
    return tuple(f"projects/{project}/{name}" for name in names)


def _inside(path: str) -> PathKind:
    if DATA.fullmatch(path):
        return "data"
    if any(part.startswith(".") for part in path.split("/")):
        return "hidden"  # .gitattributes, .github and their like change how others read the project
    if path in PLAN_FILES or path.startswith(PLAN_FOLDERS):
        return "plan"
    if path in SINGLE:
        return SINGLE[path]
    if path in EVIDENCE_FILES or path.startswith(EVIDENCE_FOLDERS):
        return "evidence"
    return "document"
