"""The screens for omission and hallucination against human scores, and against errors that were planted.

    python bench/metric_validation.py FOLDER [--record]

FOLDER holds the first 200 automatic summaries of MTS-Dialog's correlation study and their human scores
(Ben Abacha et al. 2023, CC BY 4.0). Two summaries of one dialogue are no independent ones, so intervals and
halves go by dialogue. The baseline is the stemmer of the research note, computed on the same rows.
"""

import argparse
import csv
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

SUMMARIES, SCORES = (
    "mts_dialog_automatic_summaries_first200.csv",
    "mts_dialog_manual_scores_first200.csv",
)
RESAMPLES, SEED = 2000, 0
PLANTED = 300
FUNCTION_WORDS = frozenset(
    re.findall(
        r"[a-z]+",
        "a an and any are as at be been by for from had has have he her his if in into is it its no not of "
        "on or she that the their them there these they this to was were which who will with without",
    )
)


class Row(NamedTuple):
    dialogue: int
    text: str
    gold: str
    said: str
    omission: float
    hallucination: float


class Screens(NamedTuple):
    """Of one summary, by ours and by the baseline."""

    omitted: float
    invented: float
    flagged: bool
    stems_omitted: float
    stems_invented: float


def read(folder: Path) -> list[Row]:
    """Two rows of the same dialogue get the same number."""
    with (folder / SUMMARIES).open(encoding="utf-8-sig", newline="") as file:
        texts = list(csv.DictReader(file))
    with (folder / SCORES).open(encoding="utf-8-sig", newline="") as file:
        scores = list(csv.DictReader(file))
    numbers: dict[str, int] = {}
    rows = []
    for text, score in zip(texts, scores, strict=True):
        number = numbers.setdefault(" ".join(text["Dialogue"].split()), len(numbers))
        rows.append(
            Row(number, text["Dialogue"], text["Reference Summary"], text["Automatic Summary"],
                float(score["OmissionRate"]), float(score["HallucinationRate"]))
        )  # fmt: skip
    return rows


def screens(row: Row) -> Screens:
    """By the product's own scoring, as an evaluation would call it."""
    from clinft.artifacts.data import Record
    from clinft.artifacts.scoring.claims import claims
    from clinft.artifacts.scoring.facts import facts

    record = Record(id="1", scenario="s", style="dialogue", text=row.text, target=row.gold, facts={})
    told, made = facts(row.said, (), record), claims(row.said, record)
    gold, said, text = stems(row.gold), stems(row.said), stems(row.text)
    return Screens(
        1 - told.told / told.facts if told.facts else 0.0,
        made.unsupported / made.made if made.made else 0.0,
        made.unsupported > 0,
        1 - len(gold & said) / len(gold) if gold else 0.0,
        len(said - text) / len(said) if said else 0.0,
    )


def stems(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+(?:[.,][0-9]+)*", text.casefold())
    kept = (word for word in words if word not in FUNCTION_WORDS)
    return {word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word for word in kept}


def pearson(pairs: Sequence[tuple[float, float]]) -> float:
    n = len(pairs)
    mx, my = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    above = sum((x - mx) * (y - my) for x, y in pairs)
    below = (sum((x - mx) ** 2 for x, _ in pairs) * sum((y - my) ** 2 for _, y in pairs)) ** 0.5
    return above / below if below else 0.0


def auc(pairs: Sequence[tuple[float, bool]]) -> float:
    """0.5 where a resample has no hallucination at all."""
    yes, no = [x for x, found in pairs if found], [x for x, found in pairs if not found]
    if not yes or not no:
        return 0.5
    return sum((x > y) + 0.5 * (x == y) for x in yes for y in no) / (len(yes) * len(no))


def interval(
    rows: Sequence[int], dialogues: Sequence[int], statistic: Callable
) -> tuple[float, float, float]:
    """Value and 95 % percentile bounds; dialogues are drawn as wholes. `statistic` gets numbers of rows."""
    by_dialogue: dict[int, list[int]] = {}
    for row in rows:
        by_dialogue.setdefault(dialogues[row], []).append(row)
    pool, rng = list(by_dialogue.values()), random.Random(SEED)
    drawn = sorted(
        statistic([row for one in rng.choices(pool, k=len(pool)) for row in one]) for _ in range(RESAMPLES)
    )
    return statistic(list(rows)), drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES) - 1]


def against_people(folder: Path) -> list[str]:
    rows = read(folder)
    made = [screens(row) for row in rows]
    dialogues = [row.dialogue for row in rows]
    subsets = {
        f"all {len(rows)}": range(len(rows)),
        "dialogues of even number": [at for at in range(len(rows)) if dialogues[at] % 2 == 0],
        "dialogues of odd number": [at for at in range(len(rows)) if dialogues[at] % 2 == 1],
    }

    def correlation(name: str) -> Callable:
        return lambda some: pearson([(getattr(made[at], name), rows[at].omission) for at in some])

    def area(name: str) -> Callable:
        return lambda some: auc([(getattr(made[at], name), rows[at].hallucination > 0) for at in some])

    lines = ["| of what | rows | ours | stemmer | ours - stemmer |", "|---|---|---|---|---|"]
    for what, make, ours, theirs in (
        ("omission, Pearson r", correlation, "omitted", "stems_omitted"),
        ("hallucination, AUC", area, "invented", "stems_invented"),
    ):
        for label, some in subsets.items():
            one, other = make(ours), make(theirs)
            cells = [
                interval(some, dialogues, one),
                interval(some, dialogues, other),
                interval(some, dialogues, lambda drawn, one=one, other=other: one(drawn) - other(drawn)),
            ]
            lines.append(f"| {what} | {label} | " + " | ".join(_shown(*cell) for cell in cells) + " |")
    yes = [at for at in range(len(rows)) if rows[at].hallucination > 0]
    no = [at for at in range(len(rows)) if rows[at].hallucination == 0]
    seen, clean = sum(made[at].flagged for at in yes), sum(not made[at].flagged for at in no)
    lines += [
        "",
        f"As yes or no, at least one unsupported claim: sensitivity {_share(seen, len(yes))}, specificity "
        f"{_share(clean, len(no))}. {len(yes)} of {len(rows)} summaries have a hallucination.",
    ]
    return lines


def _shown(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def _share(successes: int, n: int) -> str:
    from clinft.statistics.proportions import wilson

    found = wilson(successes, n)
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def against_planted() -> list[str]:
    """Gold answers of synthetic records, and the same with one error of a known kind."""
    lines = ["| planted in synthetic gold answers | screen | of how many | found |", "|---|---|---|---|"]
    for kind in ("summarization", "dialogue_to_note"):
        found: dict[tuple[str, str], list[bool]] = {}
        for record in synthetic(kind):
            for what, screen, caught in plant(kind, record):
                found.setdefault((what, screen), []).append(caught)
        lines += [
            f"| {kind}: {what} | {screen} | {len(caught)} | {_share(sum(caught), len(caught))} |"
            for (what, screen), caught in sorted(found.items())
        ]
    return lines


def synthetic(kind: str):
    from clinft.artifacts.data import Record
    from clinft.spec.data import DataSpec
    from clinft.spec.project import TaskSpec
    from clinft.stages.prepare.clinical.generate import Generation, Job
    from clinft.stages.prepare.clinical.load import load_pack

    task = TaskSpec(kind=kind, description="Say what the text says.")
    for domain in ("emergency-triage", "cardiology", "oncology"):
        data = DataSpec(source="synthetic", generator="clinical-notes", records=PLANTED // 3 * 5, seed=11)
        generation = Generation(Job(data, task, load_pack(domain)))
        for raw in generation.records("test", 0):
            yield Record.model_validate(raw)


def plant(kind: str, record):
    """(what was planted, by which screen it should be found, was it found)."""
    from clinft.artifacts.scoring import TABLE
    from clinft.spec.project import TaskSpec

    task = TaskSpec(kind=kind, description="Say what the text says.")
    rng = random.Random(record.id + record.scenario)

    def values(answer: str):
        return TABLE[kind].score(answer, record, task).values

    gold = record.target
    whole = values(gold)
    yield "nothing (false alarms)", "hallucination", whole["claims_unsupported"] > 0
    yield "nothing (false alarms)", "omission", whole["facts_told"] < whole["facts"]
    for what, changed in errors(gold, record.facts, rng):
        now = values(changed)
        screen = "omission" if what.startswith("left out") else "hallucination"
        if screen == "omission":
            yield what, screen, now["facts_told"] < whole["facts_told"]
        else:
            yield what, screen, now["claims_unsupported"] > whole["claims_unsupported"]


def errors(gold: str, facts: dict, rng: random.Random):
    """(what, the answer with it), where the answer has room for it."""
    numbers = list(re.finditer(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?", gold))
    if numbers:
        match = rng.choice(numbers)
        other = f"{float(match.group()) * 10:g}"
        yield "number ten times as large", gold[: match.start()] + other + gold[match.end() :]
    given = [one["name"] for name in ("started_medications", "regular_medications") for one in facts[name]]
    present = [name for name in given if name in gold]
    if present:
        name = rng.choice(present)
        other = rng.choice([one for one in ("warfarin", "metformin", "lisinopril") if one not in given])
        yield "another medication", gold.replace(name, other)
    findings = [text for text in facts["findings"] + facts["red_flags"] if text in gold]
    if findings:
        text = rng.choice(findings)
        yield "finding denied at the end", f"{gold} The patient denies {text}."
        yield "left out: a finding", gold.replace(text, "")
    denied = [text for text in facts["negated_findings"] if text in gold]
    if denied:
        yield "absent finding said to be there", f"{gold} There was {rng.choice(denied)}."
    for side, other in (("left", "right"), ("right", "left")):
        if re.search(rf"\b{side}\b", gold) and not re.search(rf"\b{other}\b", gold):
            yield "other side", re.sub(rf"\b{side}\b", other, gold)
    yield (
        "a condition that nobody named",
        f"{gold} History of {rng.choice(['psoriasis', 'gout', 'epilepsy'])}.",
    )
    yield "another age", re.sub(r"\b([0-9]{2})-year-old", lambda found: f"{int(found[1]) + 7}-year-old", gold)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="of the two files of MTS-Dialog")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    args = parser.parse_args()
    lines = [*against_people(args.folder), "", *against_planted()]
    print("\n".join(lines))
    if args.record:
        import record

        record.append(
            "Screens for omission and hallucination",
            "python bench/metric_validation.py ../shared/data/clinical --record",
            f"Brackets: 95 %, {RESAMPLES:,} resamples of dialogues; shares have Wilson's interval.\n\n"
            + "\n".join(lines),
        )


if __name__ == "__main__":
    main()
