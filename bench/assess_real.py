"""The verdict's rules on real systems: prompted and fine-tuned notes of ACI-Bench, answers in MIRAGE.

Both are public sets with the outputs of systems that others built; what the research note measured on them
is printed beside what clinft says. Nothing is trained and no model is asked.
"""

import argparse
import csv
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from clinft.artifacts.assessment import PairedDifference
from clinft.stages.assess.judging import Target
from clinft.stages.assess.outcomes import Outcome, Rung
from clinft.stages.assess.pairs import difference, pairs_needed
from clinft.stages.assess.verdict import decide

TITLE, COMMAND = "Assessment on real systems", "bench/assess_real.py --data ../shared/data/clinical --record"
ACI, MIRAGE = "aci_bench_test2_40_with_predictions.json", "mirage_predictions_5272x4.csv"
CONFIDENCE = 0.95
ROUGE = {  # the note's, section 5: mean ROUGE-1 F
    "gpt4_prompted": 0.5325,
    "bart_samsum_finetuned_division": 0.5362,
    "bart_large_finetuned_full": 0.432,
}
BY_SECTION, WHOLE_NOTE = "bart_samsum_finetuned_division", "bart_large_finetuned_full"


class Check(NamedTuple):
    """A question, clinft's answer, and what the research note measured."""

    what: str
    says: str
    noted: str
    agrees: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).resolve().parents[2] / "shared" / "data" / "clinical"
    parser.add_argument("--data", type=Path, default=default, metavar="FOLDER")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    options = parser.parse_args()
    from rouge_one import scorer

    metric, stemmed, score = scorer()
    notes = _notes(options.data / ACI, score)
    letters = _letters(options.data / MIRAGE)
    checks = [*aci_bench(notes, stemmed), *mirage(letters)]
    day = datetime.now(UTC).date().isoformat()
    text = f"### {day}\n\n{_setting(metric)}\n\n{_table(checks)}\n\n{_verdicts(notes, letters)}"
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    if not all(check.agrees for check in checks):
        raise SystemExit("clinft and the research note do not say the same")


def aci_bench(notes: dict[str, Rung], stemmed: bool) -> Iterator[Check]:
    prompted = notes["gpt4_prompted"]
    if stemmed:
        for system, noted in ROUGE.items():
            found = fmean(outcome.score for outcome in notes[system].outcomes)
            yield Check(
                f"ACI-Bench, mean of {system}", f"{found:.4f}", f"{noted}", abs(found - noted) < 0.0005
            )
    tie = difference(notes[BY_SECTION], prompted, "score", CONFIDENCE)
    yield Check(
        "ACI-Bench, fine-tuned by section against GPT-4 prompted",
        f"{_said(tie)}: {_reading(tie)}, {_enough(notes[BY_SECTION], prompted)}",
        "+0.004 [-0.016, +0.024]: tie",
        _reading(tie) == "tie",
    )
    worse = difference(notes[WHOLE_NOTE], prompted, "score", CONFIDENCE)
    yield Check(
        "ACI-Bench, fine-tuned on whole notes against GPT-4 prompted",
        f"{_said(worse)}: {_reading(worse)}",
        "-0.101 [-0.129, -0.073]: worse",
        _reading(worse) == "worse",
    )


def mirage(letters: dict[tuple[str, str], Rung]) -> Iterator[Check]:
    found = difference(letters["mmlu", "gpt4_rag"], letters["mmlu", "gpt4_cot"], "accuracy", CONFIDENCE)
    yield Check(
        "MIRAGE, MMLU: GPT-4 with retrieval against chain of thought",
        f"{_said(found)}, {found.only_of}/{found.only_against} discordant: {_reading(found)}",
        "-2.1 points, exact McNemar p = 0.038: worse",
        _reading(found) == "worse"
        and round(found.p_value, 3) == 0.038
        and round(found.difference.value, 3) == -0.021,
    )
    rag = letters["medmcqa", "gpt4_rag"].outcomes
    right, unread = (
        100 * fmean(values) for values in ([o.correct for o in rag], [not o.parsed for o in rag])
    )
    yield Check(
        "MIRAGE, MedMCQA: GPT-4 with retrieval, unreadable answers wrong",
        f"{right:.2f} % right, {unread:.1f} % unreadable",
        "62.28 % right, 12.6 % unreadable",
        (round(right, 2), round(unread, 1)) == (62.28, 12.6),
    )


def _verdicts(notes: dict[str, Rung], letters: dict[tuple[str, str], Rung]) -> str:
    """Prompted systems as the ladder; targets that others reached, or a spec could set."""
    prompted = [notes["gpt4_prompted"], notes["chatgpt_prompted"]]
    reached = {system: fmean(o.score for o in notes[system].outcomes) for system in (WHOLE_NOTE, BY_SECTION)}
    cases: list[tuple[str, Sequence[Rung], Target]] = [
        (f"ACI-Bench, prompted; the target is what {system} reached", prompted, Target("score", value))
        for system, value in reached.items()
    ]
    for dataset, systems, least in (
        ("mmlu", ("gpt4_cot", "gpt4_rag"), 0.85),
        ("mmlu", ("gpt4_cot", "gpt4_rag"), 0.88),
        ("mmlu", ("gpt35_cot", "gpt35_rag"), 0.85),
        ("medmcqa", ("gpt4_rag",), 0.7),
    ):
        what = f"MIRAGE, {dataset}: {' and '.join(systems)}"
        cases.append((what, [letters[dataset, system] for system in systems], Target("accuracy", least)))
    rows = []
    for what, rungs, target in cases:
        found = decide(rungs, [target], CONFIDENCE, baseline=rungs[0].name)
        needed = "–" if found.n_needed is None else f"{found.n_needed:,}"
        rows.append((what, f"{target.least:.3f}", found.verdict, needed, found.reason))
    head = ("ladder", "target", "verdict", "n needed", "reason")
    return "\n".join(_row(cells) for cells in (head, ("---",) * len(head), *rows))


def _reading(found: PairedDifference) -> str:
    """Of the interval and the test together: they must not contradict each other."""
    if found.p_value < 1 - CONFIDENCE and found.difference.low > 0.0:
        return "better"
    if found.p_value < 1 - CONFIDENCE and found.difference.high < 0.0:
        return "worse"
    return "tie"


def _said(found: PairedDifference) -> str:
    gap = found.difference
    p = "p < 0.001" if found.p_value < 0.001 else f"p = {found.p_value:.3f}"
    return f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}], {found.test} {p}, n = {gap.n:,}"


def _enough(of: Rung, against: Rung) -> str:
    needed = pairs_needed(of, against, "score", CONFIDENCE)
    return (
        "no number of notes would tell" if needed is None else f"{needed:,} notes would tell so small a gap"
    )


def _notes(path: Path, score: Callable[[str, str], float]) -> dict[str, Rung]:
    rows = json.loads(path.read_text())
    return {
        system: Rung(
            system,
            "generated_text",
            [
                # A note is neither right nor wrong, so there are no errors to put in categories.
                Outcome(
                    row["encounter_id"], score(row["reference_note"], row["predictions"][system]), False, True
                )
                for row in rows
            ],
        )
        for system in rows[0]["predictions"]
    }


def _letters(path: Path) -> dict[tuple[str, str], Rung]:
    """Of an error is known only whether a letter could be read; all others are `other`."""
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    outcomes: dict[tuple[str, str], list[Outcome]] = {}
    for row in rows:
        for system in ("gpt35_cot", "gpt4_cot", "gpt35_rag", "gpt4_rag"):
            right, parsed = row[system] == row["gold"], bool(row[system])
            kind = None if right else "other" if parsed else "format"
            outcome = Outcome(row["id"], float(right), right, parsed, category=kind)
            outcomes.setdefault((row["dataset"], system), []).append(outcome)
    return {key: Rung(key[1], "generated_text", found) for key, found in outcomes.items()}


def _setting(metric: str) -> str:
    return (
        f"ACI-Bench test 2, 40 notes, {metric}; MIRAGE, 4,183 MedMCQA and 1,089 MMLU questions. Outputs of "
        "others' systems (CC BY 4.0; US Government public domain), read from files; public sets, so probably "
        f"in the models' training data. Intervals: {100 * CONFIDENCE:g} %. Unreadable answers are wrong."
    )


def _table(checks: Sequence[Check]) -> str:
    head = ("what", "clinft says", "the research note measured", "agree")
    rows = [(one.what, one.says, one.noted, "yes" if one.agrees else "NO") for one in checks]
    return "\n".join(_row(cells) for cells in (head, ("---",) * len(head), *rows))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
