"""projects/tracking/*.csv: the record of every dataset, run, evaluation, comparison, cost and decision.

tables, rows, write, stale     the view itself, and whether the files are it (view.py)
tracked_runs, read_run         one run's evidence, typed (read.py)
spent, cumulative              what was spent, added up (spend.py)
table_links, run_link, lost    what differs, for `clinft verify` and the gate (checking.py)
"""

from clinft.pipeline.tracking.cells import Sheet
from clinft.pipeline.tracking.checking import lost, run_link, table_links, unsupported
from clinft.pipeline.tracking.read import RUN, SLUG, Evidence, TrackedRun, read_run, tracked_runs
from clinft.pipeline.tracking.spend import Cost, Spend, cumulative, spent
from clinft.pipeline.tracking.view import ROW_ID, TABLES, rows, stale, tables, write

__all__ = [
    "ROW_ID",
    "RUN",
    "SLUG",
    "TABLES",
    "Cost",
    "Evidence",
    "Sheet",
    "Spend",
    "TrackedRun",
    "cumulative",
    "lost",
    "read_run",
    "rows",
    "run_link",
    "spent",
    "stale",
    "table_links",
    "tables",
    "tracked_runs",
    "unsupported",
    "write",
]
