"""ACI-Bench: a whole visit note from a conversation (Yim et al. 2023, arXiv 2306.02022), judged by ROUGE.

Test set 2 (task C) of the repository wyim/aci-bench (CC BY 4.0), 40 visits; MEDCON, its other score, needs
UMLS, whose licence forbids shipping it.
"""

from collections.abc import Sequence
from pathlib import Path

from clinft.adapters.benchmarks import files
from clinft.adapters.benchmarks.benchmark import Benchmark, Item, checked

SLUG = "aci-bench"


def read(paths: Sequence[Path]) -> list[Item]:
    (path,) = paths
    rows = files.read_csv(path, ("encounter_id", "dialogue", "note"))
    return checked(
        SLUG,
        [
            Item(
                files.plain_id(row["encounter_id"]),
                f"{row['dialogue'].strip()}\n\nNote:",
                row["note"].strip(),
            )
            for row in rows
        ],
    )


BENCHMARK = Benchmark(
    slug=SLUG,
    files=(("clinicalnlp_taskC_test2.csv",),),
    read=read,
    instruction=(
        "Write the clinical note of the visit from the conversation between doctor and patient. Say only "
        "what was said there. Answer with the note and nothing else."
    ),
    judged="rouge",
    longest=1200,
    caution="ROUGE counts words that are shared; it does not tell what is wrong or left out.",
)
