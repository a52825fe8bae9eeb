"""MTS-Dialog: a section of a note from a short conversation (Ben Abacha et al. 2023), judged by ROUGE.

Test set 1 of the repository abachaa/MTS-Dialog (CC BY 4.0), 200 conversations. lm-eval's own task mts_dialog
takes the training split for its test; that file's name is not accepted here.
"""

from collections.abc import Sequence
from pathlib import Path

from clinft.adapters.benchmarks import files
from clinft.adapters.benchmarks.benchmark import Benchmark, Item, checked

SLUG = "mts-dialog"


def read(paths: Sequence[Path]) -> list[Item]:
    (path,) = paths
    rows = files.read_csv(path, ("ID", "section_header", "section_text", "dialogue"))
    return checked(
        SLUG,
        [
            Item(
                files.plain_id(row["ID"]),
                f"Section: {row['section_header'].strip()}\n\n{row['dialogue'].strip()}\n\nNote:",
                row["section_text"].strip(),
            )
            for row in rows
        ],
    )


BENCHMARK = Benchmark(
    slug=SLUG,
    files=(("MTS-Dialog-TestSet-1-MEDIQA-Chat-2023.csv", "mts_dialog_test1.csv"),),
    read=read,
    instruction=(
        "Write the named section of a clinical note from the conversation between doctor and patient. Say "
        "only what was said there. Answer with the text of the section and nothing else."
    ),
    judged="rouge",
    longest=400,
    caution="ROUGE counts words that are shared; it does not tell what is wrong or left out.",
)
