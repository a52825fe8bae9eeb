"""Do the tables say what the evidence says, and does more evidence only add rows?"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from clinft.errors import ClinftError
from clinft.pipeline.tracking.cells import Sheet, Texts, cell, from_csv, to_csv
from clinft.pipeline.tracking.differences import Compared, compared
from clinft.pipeline.tracking.read import read_run
from clinft.pipeline.tracking.runs import UNREADABLE
from clinft.pipeline.tracking.view import TABLES, columns, of_run, tables
from clinft.pipeline.verify import Link
from clinft.stages.gate.paths import TRACKING
from clinft.stages.report import numbers

REBUILD = "`clinft tracking rebuild` writes the tables anew"
SHOWN = 3


def table_links(projects: Path) -> list[Link]:
    """One for each table, and one for each file that would pass for a table."""
    made = tables(projects)
    known = {f"{name}.csv" for name in made}
    foreign = sorted(path.name for path in (projects / TRACKING).glob("*.csv") if path.name not in known)
    links = [_link(projects / TRACKING / f"{name}.csv", head, rows) for name, (head, rows) in made.items()]
    return [*links, *(_different(_shown(name), "is none of the tables") for name in foreign)]


def unsupported(projects: Path) -> tuple[str, ...]:
    """Tables with rows that no evidence gives, and the first of these; of another clinft: not asked.

    A row that was only changed is none of them: it is still there afterwards.
    """
    found = []
    for name, (head, rows) in tables(projects).items():
        path = projects / TRACKING / f"{name}.csv"
        read = from_csv(path.read_bytes()) if path.is_file() else None
        if read is None or read[0] != head:
            continue
        forged = compared(head, read[1], rows).forged
        if forged:
            found.append(f"{name}.csv {_names(forged)}")
    return tuple(found)


def run_link(run: Path) -> Link | None:
    """What the tables beside a run say of it. None: there are none, or the run cannot be read."""
    folder = run.resolve()
    projects = folder.parents[2]
    if not (projects / TRACKING).is_dir():
        return None
    try:
        wanted = of_run(folder, read_run(folder))
    except ClinftError:
        return None  # verify names what cannot be read
    found, wrong = 0, []
    for name, rows in wanted.items():
        there = _rows_of(projects / TRACKING / f"{name}.csv", name, folder)
        if there is None:
            return Link(TRACKING, "not_regenerable", f"{name}.csv is missing or of another clinft; {REBUILD}")
        found += len(there)
        if sorted(there) != sorted(rows):
            wrong.append(name)
    if not found:
        return Link(TRACKING, "not_regenerable", f"its rows are not in the tables yet; {REBUILD}")
    if wrong:
        return _different("", f"its rows in {', '.join(wrong)} are not what it says; {REBUILD}")
    return Link(TRACKING, "same", f"{numbers.count(found, 'row')}, as its evidence gives them")


def lost(before: Path, after: Path) -> tuple[str, ...]:
    """Rows that the evidence in one folder of projects gives and that of the other does not, by table.

    A run that could be read before and cannot now is named once. Left out are runs that could not be read
    before: they had no row that is worth keeping.
    """
    old, new = tables(before), tables(after)
    broken = {row[1:3] for row in new["runs"][1] if _is_unreadable(row)}
    known = {row[1:3] for row in old["runs"][1] if not _is_unreadable(row)}
    spoilt = (f"runs: {'/'.join(key)}, whose evidence can be read no more" for key in sorted(broken & known))
    return (*spoilt, *_vanished(old, new, broken))


def _vanished(old: dict[str, Sheet], new: dict[str, Sheet], broken: set[Texts]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {row[0]}"
        for name, (_, rows) in old.items()
        for row in sorted(set(rows) - set(new[name][1]))
        if not _is_unreadable(row) and row[1:3] not in broken
    )


def _is_unreadable(row: Texts) -> bool:
    return row[0] == "/".join((*row[1:3], UNREADABLE))


def _link(path: Path, head: Texts, rows: Sequence[Texts]) -> Link:
    if not path.is_file():
        return _different(path.name, f"missing; {REBUILD}")
    data = path.read_bytes()
    if data == to_csv((head, *rows)):
        return Link(f"{TRACKING}/{path.name}", "same", numbers.count(len(rows), "row"))
    read = from_csv(data)
    if read is None or read[0] != head:
        return _different(path.name, f"has other columns; {REBUILD}")
    return _different(path.name, f"{', '.join(_differences(compared(head, read[1], rows)))}; {REBUILD}")


def _differences(found: Compared) -> Iterator[str]:
    if found.changed:
        told = [f"{_shown(row_id)} ({', '.join(names)})" for row_id, names in found.changed]
        yield f"rows that say something else: {_first(told)}"
    if found.forged:
        yield f"rows that no evidence gives: {_names(found.forged)}"
    if found.missing:
        yield f"rows that are missing: {_names(found.missing)}"
    if not (found.changed or found.forged or found.missing):
        yield "other bytes, or another order"


def _names(rows: Iterable[Texts]) -> str:
    return _first(sorted(_shown(row[0]) if row else "an empty line" for row in rows))


def _first(told: Sequence[str]) -> str:
    return ", ".join(told[:SHOWN]) + (f" and {len(told) - SHOWN} more" if len(told) > SHOWN else "")


def _rows_of(path: Path, name: str, run: Path) -> list[Texts] | None:
    read = from_csv(path.read_bytes()) if path.is_file() else None
    if read is None or name not in TABLES or read[0] != columns(name):
        return None
    return [row for row in read[1] if row[1:3] == (run.parents[1].name, run.name)]


def _different(name: str, detail: str) -> Link:
    return Link(f"{TRACKING}/{name}".rstrip("/"), "different", detail)


def _shown(text: str) -> str:
    """Of a file that anybody may have written."""
    return cell(text)[:80]
