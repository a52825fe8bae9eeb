"""A short answer: token F1 after normalisation as SQuAD has it; right where all words are equal."""

from clinft.artifacts.data import Record
from clinft.artifacts.scoring.counts import of_claims, of_rouge, of_terms
from clinft.artifacts.scoring.reading import normalised, words
from clinft.artifacts.scoring.scored import Kind, Scored, multiset_f1, unreadable
from clinft.spec.project import TaskSpec

# More than this is no answer to a question, and costs more to compare than it is worth.
MOST_WORDS = 400


def score(answer: str, record: Record, task: TaskSpec) -> Scored:
    said, gold = words(answer), words(record.target)
    if not said or len(said) > MOST_WORDS:
        return unreadable(of_rouge("", record) | of_terms("", record.target))
    values = of_rouge(answer, record) | of_terms(answer, record.target) | of_claims(answer, record)
    return Scored(multiset_f1(said, gold), said == gold, True, said=normalised(answer), values=values)


def form(task: TaskSpec) -> str:
    return "Answer with the shortest words of the text that answer the question, and nothing else."


KIND = Kind("F1 of the words", score, form, 32)
