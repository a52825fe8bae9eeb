"""Public benchmarks that clinft can run: one module per benchmark, and TABLE lists them.

A spec names slugs of this table and nothing else: a task definition of lm-eval may hold code, so each one is
ours. Nothing is downloaded: the files are the user's, in a folder that they name.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from clinft.adapters.benchmarks import aci_bench, medec, medqa, mmlu_medical, mts_dialog, pubmedqa
from clinft.adapters.benchmarks.benchmark import Benchmark, Item
from clinft.errors import SpecError

# One slug names module, YAML value and the row of clinft/tables/benchmarks.yaml that tells the access terms.
TABLE: Mapping[str, Benchmark] = MappingProxyType(
    {
        "pubmedqa": pubmedqa.BENCHMARK,
        "medqa": medqa.BENCHMARK,
        "mmlu-medical": mmlu_medical.BENCHMARK,
        "medec": medec.BENCHMARK,
        "mts-dialog": mts_dialog.BENCHMARK,
        "aci-bench": aci_bench.BENCHMARK,
    }
)


def named(slugs: Sequence[str]) -> dict[str, Benchmark]:
    """In the order of TABLE. SpecError where one is not in it."""
    unknown = sorted(set(slugs) - set(TABLE))
    if unknown:
        raise SpecError(
            f"evaluation.benchmarks names {unknown[0]}, which clinft has no task for.",
            "Only benchmarks whose task ships with clinft are run, since a task definition can hold code.",
            f"Choose from: {', '.join(TABLE)}.",
        )
    return {slug: benchmark for slug, benchmark in TABLE.items() if slug in slugs}


__all__ = ["TABLE", "Benchmark", "Item", "named"]
