"""MEDEC, error flag (its subtask A): does a clinical text hold a medical error? (Ben Abacha et al. 2024)

The MS part of the repository abachaa/MEDEC (CC BY 4.0); rows of the UW part, which need an agreement, have
no text in the open file and are left out. Finding and correcting the sentence (B, C) is not measured here.
"""

from collections.abc import Sequence
from pathlib import Path

from clinft.adapters.benchmarks import files
from clinft.adapters.benchmarks.benchmark import Benchmark, Item, checked

SLUG = "medec"
LABELS = ("yes", "no")
FLAGS = {"1": "yes", "0": "no"}


def read(paths: Sequence[Path]) -> list[Item]:
    (path,) = paths
    rows = files.read_csv(path, ("Text ID", "Sentences", "Error Flag"))
    return checked(
        SLUG,
        [
            Item(
                files.plain_id(row["Text ID"]),
                f"{row['Sentences'].strip()}\n\nDoes this text contain a medical error? Answer:",
                # An unknown flag is no choice, and is refused by `checked`.
                FLAGS.get(row["Error Flag"].strip(), "?"),
                LABELS,
            )
            for row in rows
            if row["Sentences"].strip()
        ],
    )


BENCHMARK = Benchmark(
    slug=SLUG,
    files=(
        (
            "MEDEC-MS-TestSet-with-GroundTruth-and-ErrorType.csv",
            "MEDEC-Full-TestSet-with-GroundTruth-and-ErrorType.csv",
            "medec_ms_test_597.csv",
        ),
    ),
    read=read,
    instruction=(
        "You check clinical texts. Each sentence has its number. A text is either correct or has one medical "
        "error. Say whether there is an error with one word: yes or no."
    ),
    labels=LABELS,
    caution="Only the error flag is measured; sentence and correction are not.",
)
