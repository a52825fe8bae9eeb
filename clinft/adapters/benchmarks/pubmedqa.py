"""PubMedQA, PQA-L: does an abstract, without its conclusion, answer a research question? Yes, no or maybe.

Jin et al. 2019, arXiv 1909.06146. The 500 test items of the repository pubmedqa/pubmedqa (MIT); 276 of them
are yes, so that always saying yes gets 0.552: macro-F1 stands beside accuracy.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clinft.adapters.benchmarks import files
from clinft.adapters.benchmarks.benchmark import Benchmark, Item, checked

SLUG = "pubmedqa"
LABELS = ("yes", "no", "maybe")


def read(paths: Sequence[Path]) -> list[Item]:
    """The items that the second file lists; never the other 500, which people train on."""
    every, listed = files.mapping(files.read_json(paths[0]), paths[0]), files.read_json(paths[1])
    gold = files.mapping(listed, paths[1])
    # One without its abstract comes out without a question, and is refused by `checked`.
    return checked(SLUG, [_item(name, gold[name], every.get(name, {}), paths) for name in gold])


def _item(name: str, gold: Any, row: Any, paths: Sequence[Path]) -> Item:
    found = files.mapping(row, paths[0])
    contexts = found.get("CONTEXTS", [])
    asked = files.text(found.get("QUESTION", ""), paths[0])
    if not isinstance(contexts, list):
        contexts = []
    abstract = "\n".join(files.text(one, paths[0]) for one in contexts)
    # The words of lm-eval's own task pubmedqa.
    question = f"Abstract: {abstract}\nQuestion: {asked}\nAnswer:" if asked else ""
    return Item(files.plain_id(name), question, files.text(gold, paths[1]), LABELS)


BENCHMARK = Benchmark(
    slug=SLUG,
    files=(
        ("ori_pqal.json", "pubmedqa_ori_pqal.json"),
        ("test_ground_truth.json", "pubmedqa_test_ground_truth.json"),
    ),
    read=read,
    instruction="Read the abstract and answer the question with one word: yes, no or maybe.",
    labels=LABELS,
    caution="Always saying yes gets an accuracy of 0.552; macro-F1 tells it from reading.",
)
