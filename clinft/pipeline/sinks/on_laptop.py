"""`clinft publish --run DIR` on a laptop: only what the protected branch holds, exactly as it lies here."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_bytes
from clinft.errors import PolicyViolation, SpecError
from clinft.pipeline.sinks import data
from clinft.pipeline.sinks.due import Wanted
from clinft.pipeline.sinks.parcels import Due
from clinft.pipeline.sinks.seen import Seen, SeenProject, project_at
from clinft.ports.history import History
from clinft.spec.load import load_policy
from clinft.spec.text import shown_path
from clinft.stages.report import numbers
from clinft.stages.report.milestones import Places

POLICY = ".github/clinft.yml"


def committed(history: History, remote: bool, default: str) -> str:
    """The newest commit of the protected branch that this clone knows."""
    branch = f"refs/remotes/origin/{default}" if remote else f"refs/heads/{default}"
    found = history.resolve(branch)
    if found is None:
        raise SpecError(
            f"This clone knows no branch {default}.",
            "It was never fetched, or the protected branch has another name.",
            "Call `git fetch origin`, then call again.",
        )
    return found


def seen_in(
    history: History, commit: str, repository: Path, run: Path, root: Path, now: datetime, places: Places
) -> Seen:
    """The commit's projects laid out in `root`. PolicyViolation unless it holds `run` as it lies here."""
    place = run.resolve().relative_to(repository.resolve()).as_posix()
    history.export(commit, "projects", root)
    history.export(commit, POLICY, root)
    _refuse_uncommitted(place, run, root / place, places.branch)
    project = project_at((root / place).parents[1])
    return Seen(root / "projects", load_policy(root / POLICY, POLICY), now, places, (project,))


def _refuse_uncommitted(place: str, here: Path, there: Path, branch: str) -> None:
    """Its git-ignored data/ is no evidence."""
    shown = shown_path(Path(place))
    if not (there / run_folder.RECORD).is_file():
        raise PolicyViolation(
            f"{shown} is not on {branch}, as far as this clone knows.",
            "Its results are not merged yet, lie on another branch, or were not fetched.",
            "Merge the pull request of its results, `git fetch origin`, then call again: only what is merged "
            "is sent to anybody.",
        )
    mine, merged = _bytes(here), _bytes(there)
    if mine != merged:
        changed = sum(name in merged and merged[name] != mine[name] for name in mine)
        added, missing = len(mine.keys() - merged.keys()), len(merged.keys() - mine.keys())
        raise PolicyViolation(
            f"{shown} is on {branch}, but lies here otherwise: {numbers.count(changed, 'file')} changed, "
            f"{added} added, {missing} missing.",
            "It was changed by hand, or what is checked out here is older or newer.",
            f"`git status {shown}` names them; `git pull` on {branch}, or restore them, then call again.",
        )


def _bytes(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("data/") and "/data/" not in name:
            found[name] = digest_bytes(path.read_bytes())
    return found


def wanted(run: Path, scratch: Path) -> Wanted:
    """The run's own rows, messages and data; the documents are those of its project."""

    def files(project: SeenProject, sink: str) -> Iterator[Due]:
        yield from data.of_run(run, run.parents[1], scratch)

    return Wanted(run_id=run.name, data=files)
