"""What is known when parcels are worked out: the protected branch's tree, the journals, sealed evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from clinft.artifacts.run_state import ProjectState
from clinft.errors import ClinftError
from clinft.spec.load import load_project
from clinft.spec.policy import Policy
from clinft.spec.project import ProjectSpec
from clinft.spec.quarantine import lies_in
from clinft.stages.report.milestones import Places


@dataclass(frozen=True)
class SeenProject:
    """`folder`: as the protected branch has it. `spec`: None where it cannot be read: nobody is told then.

    `sealed`: run id to folder of evidence that waits for its merge, as the journal says it was sealed.
    """

    name: str
    folder: Path
    spec: ProjectSpec | None
    state: ProjectState | None = None
    sealed: Mapping[str, Path] = field(default_factory=dict)

    @property
    def quarantined(self) -> bool:
        return lies_in(self.folder)


@dataclass(frozen=True)
class Seen:
    """`projects_folder`: of a tree that holds what is committed on the protected branch, nothing else."""

    projects_folder: Path
    policy: Policy
    now: datetime
    places: Places
    projects: tuple[SeenProject, ...]

    @property
    def today(self) -> date:
        return self.now.date()


def project_at(
    folder: Path, state: ProjectState | None = None, sealed: Mapping[str, Path] | None = None
) -> SeenProject:
    try:
        spec = load_project(folder, quarantined=True, alone=True).spec
    except ClinftError:
        spec = None  # validate names what is wrong; without a spec there is no consent
    return SeenProject(folder.name, folder, spec, state, sealed or {})


def names_in(projects: Path) -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in projects.glob("*/project.yaml")))
