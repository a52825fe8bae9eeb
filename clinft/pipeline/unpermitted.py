"""Whether a project may be carried out under the policy above it: what the gate would refuse, before it does.

On GitHub the base branch's policy counts; here it is the file that lies there. That it does not list the
provider is no fault of a spec: the provider is one that clinft knows, and whether data may go there is its
owners' word. So it is told apart.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from clinft.errors import ClinftError, Problem
from clinft.pipeline.lifecycles import lifecycle_of
from clinft.spec import yaml
from clinft.spec.load import SPEC_NAME, folders_of_projects, load_policy, load_project, validate_files
from clinft.spec.text import read_text, shown_path
from clinft.stages.gate.places import of_spec

POLICY = Path(".github/clinft.yml")
CAUSE = "The gate would refuse the project."
NOT_LISTED = "CLINFT-G009"


def unpermitted(files: Iterable[Path], here: Path, today: date) -> Iterator[Problem]:
    """Of policies above the projects named every problem; of the projects what a policy does not permit."""
    above = _policies(files, here)
    wrong = {policy: validate_files([policy]) for policy in {*above.values()}}
    for problems in wrong.values():
        yield from problems
    for folder, policy in above.items():
        if not wrong[policy]:
            yield from (found for code, found in _refused(folder, policy, today) if code != NOT_LISTED)


def awaited(files: Iterable[Path], here: Path, today: date) -> Iterator[Problem]:
    """Of projects: what only the owners of the policy above can give, and have not given yet."""
    for folder, policy in _policies(files, here).items():
        yield from (found for code, found in _refused(folder, policy, today) if code == NOT_LISTED)


def _policies(files: Iterable[Path], here: Path) -> dict[Path, Path]:
    """Folder of a project → the policy above it; none where there is none."""
    folders = dict.fromkeys(folder for file in files for folder in folders_of_projects(file))
    above = {folder: _above(folder, here) for folder in folders}
    return {folder: policy for folder, policy in above.items() if policy is not None}


def _above(folder: Path, here: Path) -> Path | None:
    """As people would name it from `here`."""
    for root in folder.resolve().parents:
        path = root / POLICY
        if path.is_file():
            return path.relative_to(here) if path.is_relative_to(here) else path
    return None


def _refused(folder: Path, policy: Path, today: date) -> Iterator[tuple[str, Problem]]:
    """With the code of the reason."""
    try:
        spec, listed = load_project(folder).spec, load_policy(policy)
        document, _ = yaml.compose(read_text(folder / SPEC_NAME, yaml.MAX_BYTES), SPEC_NAME)
    except ClinftError:
        return  # told elsewhere
    life = lifecycle_of(spec.training.provider, spec.training.base_model)
    for loc, reason in of_spec(spec, listed, today, life):
        if reason.blocks and document is not None:
            place, said = document.where(loc), f"{reason.message} ({reason.code})"
            yield reason.code, Problem(shown_path(folder / SPEC_NAME), *place, said, CAUSE, reason.way_out)
