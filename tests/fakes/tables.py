"""The tables of a folder of projects, as a program reads them that knows CSV and nothing else."""

import csv
import io
from pathlib import Path

from clinft.pipeline.tracking import rows


def table(projects: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rows(projects)[f"{name}.csv"].decode(), newline="")))


def only(projects: Path, name: str) -> dict[str, str]:
    (row,) = table(projects, name)
    return row
