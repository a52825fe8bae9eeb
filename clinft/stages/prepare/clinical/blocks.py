"""One block of records: the lines of its file, and what is counted of them. Any process can make any."""

from collections import Counter
from dataclasses import dataclass, field

from pydantic_core import to_json

from clinft.stages.prepare.clinical.generate import Generation
from clinft.stages.prepare.digests import digest


@dataclass
class Made:
    """One block: lines of the file, and what is counted of them; digests one after the other."""

    split: str
    lines: bytes = b""
    scenarios: bytes = b""
    texts: bytes = b""
    by_label: Counter[str] = field(default_factory=Counter)
    by_style: Counter[str] = field(default_factory=Counter)
    by_template: Counter[str] = field(default_factory=Counter)


def make_block(generation: Generation, split: str, block: int) -> Made:
    made, lines, scenarios, texts = Made(split), [], [], []
    balanced_by_label = generation.classes.classified is not None
    for record in generation.records(split, block):
        facts = record["facts"]
        lines.append(to_json(record))  # the bytes of Record's model_dump_json, without building the model
        scenarios.append(digest(record["scenario"]))
        texts.append(digest(record["text"]))
        # A target that is no label may be long, and tell of nothing that is balanced.
        made.by_label[record["target"] if balanced_by_label else facts["condition"]] += 1
        made.by_style[record["style"]] += 1
        made.by_template[facts["template"]] += 1
    made.lines = b"".join(line + b"\n" for line in lines)
    made.scenarios, made.texts = b"".join(scenarios), b"".join(texts)
    return made
