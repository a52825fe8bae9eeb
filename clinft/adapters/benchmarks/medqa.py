"""MedQA, US part: questions of USMLE style with four options (Jin et al. 2020, arXiv 2009.13081).

From MIRAGE's benchmark.json, or the test file of jind11/MedQA with four options: one object a line with
question, options and answer_idx.
"""

from collections.abc import Sequence
from pathlib import Path

from clinft.adapters.benchmarks import files, mirage
from clinft.adapters.benchmarks.benchmark import Benchmark, Item, checked

SLUG = "medqa"


def read(paths: Sequence[Path]) -> list[Item]:
    (path,) = paths
    if mirage.is_mirage(path):
        return mirage.read(path, "medqa", SLUG)
    rows = enumerate(files.read_json_lines(path))
    items = [mirage.question(f"{number:05}", row, path, "answer_idx") for number, row in rows]
    return checked(SLUG, items)


BENCHMARK = Benchmark(
    slug=SLUG,
    files=((mirage.FILE, "phrases_no_exclude_test.jsonl", "medqa_test.jsonl"),),
    read=read,
    instruction=mirage.INSTRUCTION,
)
