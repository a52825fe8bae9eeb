"""Texts that each hold one class of identifier: templates of one letter, filled in turn."""

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.data.templating import Draw, Pools, Slot, Span, Template, cased, read_pools, render

SEED = 164514
CASES = 225
SHORTEST, LONGEST = 40, 300


def read_lines(path: Path) -> Iterator[Template]:
    """One template a line; ⏎ breaks it; a line `@ any` or `@ -` sets how the case may change below it."""
    case = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            case = line[2:].strip("- ")
        elif line:
            yield Template(line, path.stem, case, line.replace("⏎", "\n"))


def case_of(
    template: Template, slots: Mapping[str, Slot], rng: random.Random, pools: Pools
) -> tuple[str, tuple[Span, ...]]:
    text, spans = render(template.text, slots, Draw(rng, pools))
    if len(text) < SHORTEST:
        text = f"{text}, {rng.choice(pools['tail'])}"
    return cased(text, template.case, rng), spans


def cases(source: Path, letter: str, slots: Mapping[str, Slot], seed: int) -> Iterator[dict[str, object]]:
    """All templates of one letter in turn, so that each gives its share of the cases."""
    rng, pools = random.Random(f"{seed}-{letter}"), read_pools(source / "pools.txt")
    found, seen, turn = tuple(read_lines(source / f"{letter}.txt")), set[str](), 0
    while len(seen) < CASES:
        text, spans = case_of(found[turn % len(found)], slots, rng, pools)
        turn += 1
        if text in seen or len(text) > LONGEST:
            continue
        if not spans or {span.kind for span in spans} != {letter}:
            raise SystemExit(f"A template of {letter} holds another identifier or none: {turn}.")
        seen.add(text)
        marks = [[span.start, span.end] for span in spans]
        yield {"id": f"{letter}-{len(seen):04d}", "text": text, "spans": marks}


def written(source: Path, letter: str, slots: Mapping[str, Slot], seed: int) -> str:
    lines = (json.dumps(case, ensure_ascii=False) for case in cases(source, letter, slots, seed))
    return "".join(f"{line}\n" for line in lines)
