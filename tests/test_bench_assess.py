"""bench/assess_real.py on a made-up set in the shape of the real ones: what it reads, and that it can say NO."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.rouge_one import unstemmed

REPOSITORY = Path(__file__).resolve().parents[1]
ACI = ("gpt4_prompted", "chatgpt_prompted", "bart_samsum_finetuned_division", "bart_large_finetuned_full")
MIRAGE = ("gpt35_cot", "gpt4_cot", "gpt35_rag", "gpt4_rag")


@pytest.mark.parametrize(
    ("reference", "note", "f"),
    [
        ("a b c d", "a b", 2 * 1.0 * 0.5 / 1.5),
        ("Chest pain, chest tightness.", "chest pain", 2 * 1.0 * 0.5 / 1.5),
        # Of three "chest" in the note the reference has two.
        ("chest chest pain", "chest chest chest", 2 * (2 / 3) * (2 / 3) / (4 / 3)),
        ("a", "b", 0.0),
        ("a", "", 0.0),
        ("", "", 0.0),
    ],
)
def test_rouge_one_is_the_f_of_shared_words(reference: str, note: str, f: float) -> None:
    assert unstemmed(reference, note) == pytest.approx(f)


def test_bench_reads_both_sets_and_says_where_it_disagrees(tmp_path: Path) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    rows = [
        {
            "encounter_id": f"E{number}",
            "reference_note": " ".join(words),
            "predictions": {
                name: " ".join(words[: 2 + (number + place) % 5]) for place, name in enumerate(ACI)
            },
        }
        for number in range(24)
    ]
    (tmp_path / "aci_bench_test2_40_with_predictions.json").write_text(json.dumps(rows))
    with (tmp_path / "mirage_predictions_5272x4.csv").open("w", newline="") as stream:
        table = csv.DictWriter(stream, ("dataset", "id", "subject", "gold", *MIRAGE))
        table.writeheader()
        for dataset in ("mmlu", "medmcqa"):
            for number in range(30):
                letters = dict.fromkeys(MIRAGE, "A" if number % 3 else "")
                table.writerow({"dataset": dataset, "id": f"{dataset}{number}", "gold": "A", **letters})
    done = subprocess.run(
        [sys.executable, "bench/assess_real.py", "--data", str(tmp_path)],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "do not say the same" in done.stderr
    assert "66.67 % right, 33.3 % unreadable | 62.28 % right, 12.6 % unreadable | NO |" in done.stdout
    assert "| MIRAGE, mmlu: gpt4_cot and gpt4_rag | 0.880 | " in done.stdout
