"""MMLU, six medical subjects in MIRAGE's selection: 1,089 test questions (Hendrycks et al. 2021)."""

from collections.abc import Sequence
from pathlib import Path

from clinft.adapters.benchmarks import mirage
from clinft.adapters.benchmarks.benchmark import Benchmark, Item

SLUG = "mmlu-medical"


def read(paths: Sequence[Path]) -> list[Item]:
    return mirage.read(paths[0], "mmlu", SLUG)


BENCHMARK = Benchmark(slug=SLUG, files=((mirage.FILE,),), read=read, instruction=mirage.INSTRUCTION)
