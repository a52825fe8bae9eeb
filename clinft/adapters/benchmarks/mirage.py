"""benchmark.json of the repository Teddy-XiongGZ/MIRAGE: several exams in one file, in one form.

{exam: {id: {"question": text, "options": {letter: text}, "answer": letter}}}; Xiong et al. 2024.
"""

from pathlib import Path

from clinft.adapters.benchmarks import files
from clinft.adapters.benchmarks.benchmark import Item, checked, lettered

FILE = "benchmark.json"
INSTRUCTION = "Answer the multiple-choice question with the letter of the right option and nothing else."


def is_mirage(path: Path) -> bool:
    return path.name == FILE


def read(path: Path, exam: str, slug: str) -> list[Item]:
    exams = files.mapping(files.read_json(path), path)
    return checked(slug, [question(name, row, path) for name, row in exams.get(exam, {}).items()])


def question(name: str, row: object, path: Path, answer: str = "answer") -> Item:
    """`answer`: the field that has the letter."""
    found = files.mapping(row, path)
    options = {
        letter: files.text(said, path) for letter, said in files.mapping(found.get("options"), path).items()
    }
    asked = files.text(found.get("question"), path)
    right = files.text(found.get(answer), path)
    return Item(files.plain_id(name), lettered(asked, options), right, tuple(options))
