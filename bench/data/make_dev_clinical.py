"""Write bench/data/dev_clinical.jsonl: invented clinical texts with labelled identifiers, and clean ones."""

import argparse
import json
import os
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.data.dev_slots import SLOTS, SOURCE
from bench.data.templating import Draw, Span, Template, cased, read_pools, read_templates, render

HERE = Path(__file__).resolve().parent
OUTPUT = HERE / "dev_clinical.jsonl"
SEED = 20261126
CLEAN_TEXTS, LABELLED_TEXTS = 700, 1400
TYPO_RATE = 0.12
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
UNIT = r"(?!\s?(?:mg|ml|mcg|g\b|kcal|units?|iu\b|cc\b|steps|k\b|meters|m\b|cells|copies|%)|[.,/]\d)"
# Allowed to stay by Safe Harbor or nobody's identifier, yet no reader would blame a find there.
AGE = re.compile(
    r"(?<![\d.,/-])\d{1,2}"
    r"(?=[ -]?(?:years?[ -]old|yrs?[ -]old|y/?o[mf]?\b|y\.o\.|yrs?\b)|[mf]\b(?!/))"
    r"|(?:\bages?:? |\baged )\d{1,2}\b(?!\s?(?:mg|%))",
    re.I,
)
YEAR = re.compile(r"(?<![\d.,/-])(?:19\d\d|20[0-3]\d)\b" + UNIT, re.I)
PUBLISHED = re.compile(rf"\b{MONTH} (?=20[0-2]\d\b)", re.I)
DAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
TIME = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|this (?:morning|afternoon|evening)"
    rf"|(?:last|next|this|on|every|since|by) {DAY}|{DAY}s?(?: (?:morning|afternoon|night))?"
    r"|(?:last|next|past|this) (?:week|month|year|night|spring|summer|fall|winter|christmas|thanksgiving)"
    r"|(?:\d+|two|three|four|five|six|several) (?:days?|weeks?|months?|years?|hours?) ago"
    r"|(?:[01]?\d|2[0-3]):[0-5]\d(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]m|\d{4} ?h(?:rs|ours)?)\b",
    re.I,
)
ROOM = re.compile(r"\b(?:room|rm|bed|bay|unit|suite|ste|floor|ward) ?#?[a-z]?\d{1,4}[a-z]?(?:-\d)?\b", re.I)
SOFT = (
    ("~AGE", AGE),
    ("~YEAR", YEAR),
    ("~PUBLICATION_DATE", PUBLISHED),
    ("~TIME_OR_RELATIVE", TIME),
    ("~ROOM", ROOM),
)


def soft_spans(text: str, hard: Sequence[Span]) -> list[Span]:
    taken, found = list(hard), []
    for kind, pattern in SOFT:
        for match in pattern.finditer(text):
            span = Span(match.start(), match.end(), kind)
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
                found.append(span)
    return found


def with_typo(text: str, spans: Sequence[Span], rng: random.Random) -> str:
    """Two letters of one plain word swapped: the length and all spans stay."""
    held = {at for span in spans for at in range(span.start - 1, span.end + 1)}
    words = [
        match
        for match in re.finditer(r"(?<!\S)[a-z]{5,}(?=[\s,;]|$)", text)
        if not held & set(range(*match.span()))
    ]
    if not words:
        return text
    at = rng.randrange((word := rng.choice(words)).start() + 1, word.end() - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def texts(
    templates: Sequence[Template], count: int, rng: random.Random
) -> Iterator[tuple[str, str, list[Span]]]:
    """Every template in turn until there are enough texts; no text twice."""
    pools, seen, turn = read_pools(SOURCE / "pools.txt"), set[str](), 0
    while len(seen) < count:
        template = templates[turn % len(templates)]
        turn += 1
        text, spans = render(template.text, SLOTS, Draw(rng, pools))
        text = cased(text, template.case, rng)
        if rng.random() < TYPO_RATE:
            text = with_typo(text, spans, rng)
        if text not in seen:
            seen.add(text)
            yield (
                template.style,
                text,
                sorted([*spans, *soft_spans(text, spans)], key=lambda span: span.start),
            )
        elif turn > 50 * count:
            raise SystemExit(f"Only {len(seen)} different texts. Templates are too few. Write more of them.")


def templates(clean: bool) -> tuple[Template, ...]:
    files = sorted(SOURCE.glob("clean*.txt" if clean else "phi*.txt"))
    return tuple(template for path in files for template in read_templates(path))


def records(seed: int) -> Iterator[dict[str, object]]:
    rng = random.Random(seed)
    made = [*texts(templates(False), LABELLED_TEXTS, rng), *texts(templates(True), CLEAN_TEXTS, rng)]
    rng.shuffle(made)
    for number, (style, text, spans) in enumerate(made, 1):
        labels = [{"start": span.start, "end": span.end, "type": span.kind} for span in spans]
        yield {"id": f"dev-{number:04d}", "style": style, "text": text, "spans": labels}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    lines = [json.dumps(record, ensure_ascii=False) for record in records(options.seed)]
    unfinished = options.output.with_suffix(".part")
    unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(unfinished, options.output)  # noqa: PTH105 - the reader never sees half a file
    print(f"{len(lines)} texts in {options.output}")


if __name__ == "__main__":
    main()
