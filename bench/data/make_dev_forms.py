"""Write bench/data/dev_forms.jsonl, the second development set: one identifier a text, classes C to R."""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.data.forms_slots import SLOTS, SOURCE
from bench.data.one_class import CASES, SEED, written

OUTPUT = Path(__file__).resolve().parent / "dev_forms.jsonl"
LETTERS = "CDEFGHIJKLMNOPQR"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    text = "".join(written(SOURCE, letter, SLOTS, options.seed) for letter in LETTERS)
    unfinished = options.output.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, options.output)  # noqa: PTH105 - the reader never sees half a file
    print(f"{CASES} texts for each of {LETTERS} in {options.output}")


if __name__ == "__main__":
    main()
