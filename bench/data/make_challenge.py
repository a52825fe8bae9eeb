"""Write the frozen challenge set, clinft/tables/audit/challenge/A.jsonl to R.jsonl: one identifier each."""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.data.challenge_slots import SLOTS, SOURCE
from bench.data.one_class import CASES, written

OUTPUT = Path(__file__).resolve().parents[2] / "clinft" / "tables" / "audit" / "challenge"
LETTERS = "ABCDEFGHIJKLMNOPQR"
SEED = 45164


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for letter in LETTERS:
        unfinished = options.output / f"{letter}.part"
        unfinished.write_text(written(SOURCE, letter, SLOTS, options.seed), encoding="utf-8")
        os.replace(unfinished, options.output / f"{letter}.jsonl")  # noqa: PTH105 - never half a file
    print(f"{CASES} cases for each of {LETTERS} in {options.output}")


if __name__ == "__main__":
    main()
