"""From a results branch to the protected one: is it merged, does it still fit, are the tables current?"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.canonical import digest_bytes, digest_json
from clinft.artifacts.results import RunRecord
from clinft.artifacts.run_state import RunState
from clinft.errors import ClinftError, DigestMismatch
from clinft.pipeline import status_files, tracking
from clinft.pipeline.github.on_main import OnMain
from clinft.ports.publishing import OpenPull
from clinft.stages.report import stage as report

RESULTS, VIEW = "clinft/results/", "clinft/tracking/"
TRACKING = "projects/tracking"


def branch_of(run: RunState) -> str:
    """An evaluation that was made again has a branch of its own."""
    return f"{RESULTS}{run.run_id}" + ("-again" if run.purpose == "evaluate" else "")


def is_merged(main: OnMain, project: str, run: RunState) -> bool:
    """Whether the protected branch holds exactly the record that was sealed."""
    sealed = run.sealed
    if sealed is None:
        return False
    if run.purpose == "evaluate":
        return any(record.digest == sealed for record in _again(main, project, run.run_id))
    record = main.records(project).get(run.run_id)
    if record is not None and record.digest != sealed:
        raise DigestMismatch(
            f"The record of {run.run_id} on the protected branch is not the one that was sealed.",
            "Somebody changed the evidence on its branch, or brought another run under its name.",
            "Compare both: the sealed one is kept as an artifact of the workflow run in its journal. What is "
            f"merged counts and may be deployed. If it is right, delete refs/clinft/{project} while nothing "
            "is under way there.",
        )
    return record is not None


def bring_up_to_date(main: OnMain, project: str, run: RunState, opened: tuple[OpenPull, ...]) -> bool:
    """Rebuilds the branch on the newest commit where other results were merged in between.

    GitHub ignores merge=union: two pull requests that add rows to one table would block each other for ever.
    """
    pull = next(pull for pull in opened if pull.number == run.results)
    head = main.history.fetch(pull.head_sha)
    if head is None:
        return False
    parents = main.history.parents(head)
    if parents and _tables(main, parents[0]) == _tables(main, main.tip):
        return False
    with tempfile.TemporaryDirectory(prefix="clinft-results-") as place:
        root = Path(place)
        main.history.export(main.tip, "projects", root)
        ours = [f"projects/{project}/runs/{run.run_id}"]
        ours += [f"projects/{project}/{name}" for name in report.DOCUMENTS]
        files: dict[str, bytes] = {}
        for path in ours:
            main.history.export(head, path, root)
            files |= _bytes(root, path)
        for table in tracking.write(root / "projects"):
            files[table.relative_to(root).as_posix()] = table.read_bytes()
    base = {entry.path for entry in main.history.entries(main.tip, f"projects/{project}/runs/{run.run_id}")}
    additions = {path: data for path, data in files.items() if path not in base}
    main.publisher.rebuild(pull.head_ref, main.tip, additions, f"Results of {run.run_id}")
    return True


def tracking_view(main: OnMain, opened: tuple[OpenPull, ...]) -> Iterator[tuple[str, str]]:
    """The tables on the branch are rebuilt by a pull request of their own where they are not the view."""
    with tempfile.TemporaryDirectory(prefix="clinft-view-") as place:
        root = Path(place)
        main.history.export(main.tip, "projects", root)
        projects = root / "projects"
        # A repository without a run needs no tables yet.
        if not (*projects.glob(f"*/runs/*/{run_folder.RECORD}"), *projects.glob("tracking/*.csv")):
            return
        files = {path.relative_to(root).as_posix(): path.read_bytes() for path in tracking.write(projects)}
        if not files:
            return
    title = "clinft: rebuild the tables of all runs"
    # By content: one that people closed is not proposed again, another view is.
    branch = VIEW + digest_json({path: digest_bytes(data) for path, data in files.items()})[:12]
    before = main.publisher.proposed(branch)
    if before is not None and all(pull.number != before for pull in opened):
        yield "tracking", f"the tables are not the view of the records; pull request {before} was closed."
        return
    main.publisher.rebuild(branch, main.tip, files, title)
    body = (
        "The tables in `projects/tracking/` are a view over the records of all runs, and were not current. "
        "Nothing else changes. The check `gate` compares them with the records."
    )
    number = main.publisher.open_pull(branch, main.actions.default_branch, title, body)
    yield "tracking", f"the tables were not the view of the records; pull request {number} rebuilds them."


def _tables(main: OnMain, commit: str) -> list[tuple[str, str]]:
    return [(entry.path, entry.object) for entry in main.history.entries(commit, TRACKING)]


def _bytes(root: Path, path: str) -> dict[str, bytes]:
    place = root / path
    found = [place] if place.is_file() else sorted(place.rglob("*"))
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in found if one.is_file()}


def _again(main: OnMain, project: str, run_id: str) -> Iterator[RunRecord]:
    run = f"projects/{project}/runs/{run_id}"
    with tempfile.TemporaryDirectory(prefix="clinft-again-") as folder:
        main.history.export(main.tip, f"{run}/{status_files.AGAIN}", Path(folder))
        for path in status_files.again(Path(folder) / run):
            try:
                record = run_folder.load_record(path)
            except ClinftError:
                continue
            if record is not None:
                yield record
