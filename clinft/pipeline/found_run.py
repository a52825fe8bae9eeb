"""The run that a person names: by its folder, or by its id alone."""

import os
import re
from pathlib import Path

from clinft import run_folder
from clinft.errors import SpecError
from clinft.spec.evaluation import RunId

ID = re.compile(RunId.__metadata__[0].pattern)  # type: ignore[attr-defined]  # of Annotated


def found_run(named: str, here: Path) -> Path:
    """Its folder, resolved. An id is looked for below projects/ of `here` and of the folders around it."""
    path = Path(named)
    if path.is_dir():
        whole = Path(os.path.abspath(path))  # noqa: PTH100  # which does not follow links
        # runs/ may be a link to a disk that outlives this machine; the project is where the link is.
        return _a_run(whole if whole.parent.is_symlink() else path.resolve())
    if not ID.fullmatch(path.name):
        raise SpecError(
            f"{named} is neither a run's folder nor a run's id.",
            "Runs lie under projects/<name>/runs/; an id looks like 0123456789ab-a1.",
            "Name one of them.",
        )
    if path.name == named:
        for folder in (here.resolve(), *here.resolve().parents):
            found = sorted(folder.glob(f"projects/*/runs/{named}"))
            if len(found) > 1:
                raise SpecError(
                    f"{len(found)} projects have a run {named}.",
                    "A project was copied with its runs.",
                    f"Name the folder, e.g. {found[0].relative_to(folder)}.",
                )
            if found:
                return _a_run(found[0])
    raise SpecError(
        f"There is no run {named} here.",
        "Its results were not committed or not fetched, or this is another repository.",
        "Pull first, or name the run's folder.",
    )


def _a_run(folder: Path) -> Path:
    if not ID.fullmatch(folder.name) or not (folder / run_folder.RECORD).is_file():
        raise SpecError(
            f"{folder} is not a run's folder.",
            f"A run's folder has the run's id as its name and holds {run_folder.RECORD}.",
            "Name one, e.g. projects/x/runs/0123456789ab-a1",
        )
    return folder
