"""projects/tracking/*.csv: a view over the committed evidence of all runs, rebuilt as a whole each time.

Within a project the runs stand in the order in which they began, so a new run only adds lines.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from clinft import run_folder
from clinft.errors import ClinftError
from clinft.pipeline.tracking_tables import RUN_COLUMNS, SLUG, TABLES, Cell, Row, TrackedRun, read_run
from clinft.stages.gate.paths import TRACKING
from clinft.stages.report.markdown import sanitise

RUN = re.compile(r"[0-9a-f]{12}-a[1-9][0-9]*")
# A formula, to a spreadsheet: at the start of a cell, or after what another program takes for a separator.
# Source: OWASP, CSV Injection, with the full-width signs that some programs fold.
FORMULA = re.compile(r"(^|[;,|\t])(\s*)(?=[=+\-@＝＋－＠])")
UNREADABLE = "unreadable"


def rows(projects: Path) -> dict[str, bytes]:
    """The bytes of every table, by file name. Depends on the files below `projects` and nothing else."""
    return {f"{name}.csv": _csv((columns, *lines)) for name, (columns, lines) in tables(projects).items()}


def tables(projects: Path) -> dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    """Columns and rows of every table, by name without suffix, as the files have them: no cell is a formula."""
    lines: dict[str, list[Row]] = {name: [] for name in TABLES}
    for folder, run in _runs(projects):
        if run is None:
            # Said, not left out: a run that nobody can read must not look like one that never was.
            said = {"project": folder.parents[1].name, "run_id": folder.name, "status": UNREADABLE}
            lines["runs"].append(tuple(said.get(column) for column in RUN_COLUMNS))
            continue
        for name, table in TABLES.items():
            lines[name] += table.rows(run)
    return {
        name: (table.columns, tuple(tuple(_cell(cell) for cell in row) for row in lines[name]))
        for name, table in TABLES.items()
    }


def write(projects: Path) -> list[Path]:
    """Brings the tables up to date; the files that were not."""
    folder, made = projects / TRACKING, rows(projects)
    changed = [folder / name for name, data in made.items() if not _is(folder / name, data)]
    for path in changed:
        run_folder.write_atomically(path, made[path.name])
    return changed


def stale(projects: Path) -> tuple[str, ...]:
    """Tables that are not the view of what lies here, and files that would pass for one."""
    folder, made = projects / TRACKING, rows(projects)
    foreign = {path.name for path in folder.glob("*.csv")} - made.keys()
    return (*(name for name, data in made.items() if not _is(folder / name, data)), *sorted(foreign))


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _runs(projects: Path) -> Iterator[tuple[Path, TrackedRun | None]]:
    """In the order of the tables; None for evidence that cannot be read."""
    found = []
    for record in projects.glob(f"*/runs/*/{run_folder.RECORD}"):
        folder = record.parent
        project = folder.parents[1].name
        if not (RUN.fullmatch(folder.name) and SLUG.fullmatch(project)):
            continue
        try:
            run = read_run(folder)
        except ClinftError:
            run = None
        began = _moment(run.started_at) if run is not None else ""
        found.append((project, began, folder.name, folder, run))
    yield from ((folder, run) for *_, folder, run in sorted(found, key=lambda one: one[:3]))


def _moment(text: str | None) -> str:
    """To sort by; whatever is no time is sorted as it is."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _csv(table: Iterable[Iterable[str]]) -> bytes:
    """RFC 4180, but with line feeds, as git and people expect."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(table)
    return stream.getvalue().encode()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return repr(value)
    return FORMULA.sub(r"\1\2'", sanitise(value))
