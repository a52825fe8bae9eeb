"""Tokens of a training file a second: clinft's count and a plain loop over tiktoken, on the same file.

Each runs in a process of its own (peak memory is a process's), in turn, several rounds; both read by line.
clinft also counts a file of a tenth of the size, which tells whether its memory grows with the file.
"""

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import mean
from typing import Any

TITLE, COMMAND = "Token counting", "bench/token_counting.py --record"
SEED = 20261126
MODEL, ENCODING = "gpt-4.1-mini-2025-04-14", "o200k_base"
MEGABYTE = 1_000_000
COUNTERS = ("clinft", "tiktoken", "tenth")
NAMES = {"clinft": "clinft", "tiktoken": "plain tiktoken", "tenth": "clinft, a tenth of it"}
SENTENCES = (
    "Seen for {problem} since {days} days, {other} before that.",
    "Blood pressure {high}/{low} mmHg, pulse {low}, temperature {warm} °C, SpO2 {percent} % on room air.",
    "{drug} {dose} mg was started {often} and is well tolerated.",
    "No {other}, no weight loss; {drug} continued unchanged.",
    "Labs: Hb {gram} g/dL, creatinine {small} mg/dL, HbA1c {warm} mmol/mol, CRP {percent} mg/L.",
    "PMH: {problem}, {other}. FH: non-contributory. SH: non-smoker, {days} units of alcohol a week.",
    "Assessment: {problem}, most likely with {other}; differential discussed with the patient.",
    "Plan: {drug} {dose} mg PO {often}, recheck in {days} days, return if {other} gets worse.",
)
WORDS = {
    "problem": ("cough", "knee pain", "headache", "atopic dermatitis", "dizziness", "heartburn", "dysuria"),
    "other": ("fever", "chills", "wheezing", "oedema of both legs", "fatigue", "vomiting", "palpitations"),
    "drug": ("Ibuprofen", "Metformin", "Lisinopril", "Amoxicillin", "Omeprazole", "Salbutamol"),
    "often": ("BID", "TID", "at night", "once a day", "as needed"),
}
SYSTEM = (
    "You are a clinical coder. Read the note of an encounter and answer with the chapter of ICD-10-CM that "
    "its main problem belongs to, as a Roman numeral, a colon and the chapter's name, and with nothing else. "
    "A symptom that is explained by a diagnosis takes the diagnosis's chapter. Where two problems weigh the "
    "same, take the one that is named first. Never repeat any of the note."
)
TARGETS = (
    "X: respiratory",
    "XIII: musculoskeletal",
    "VI: nervous",
    "XI: digestive",
    "XII: skin",
    "IX: circulatory",
)


def main() -> None:
    options = _options()
    if options.counter:
        print(json.dumps(_worker(options.counter, options.file)))
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in COUNTERS}
    with tempfile.TemporaryDirectory(prefix="clinft-tokens-") as folder:
        whole, tenth = Path(folder) / "train.jsonl", Path(folder) / "tenth.jsonl"
        examples = write_chat(whole, options.megabytes * MEGABYTE)
        write_chat(tenth, options.megabytes * MEGABYTE // 10)
        for turn in range(options.rounds):
            for name in COUNTERS:
                measured = _in_process(name, tenth if name == "tenth" else whole)
                found[name].append(measured)
                print(f"round {turn + 1}, {NAMES[name]}: {measured}", file=sys.stderr, flush=True)
    text = _section(found, options, examples)
    print(text)
    if len({result["tokens"] for name in ("clinft", "tiktoken") for result in found[name]}) != 1:
        raise SystemExit("the counts differ")
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=1000, metavar="N", help="of the file; default: 1000")
    parser.add_argument("--rounds", type=int, default=2, help="how often each counts, in turn; default: 2")
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    parser.add_argument("--counter", choices=COUNTERS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def write_chat(path: Path, size_bytes: int) -> int:
    """Examples written: as many as fill the size. The same size gives the same bytes."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, example in enumerate(_examples(random.Random(SEED))):
            if written >= size_bytes:
                return number
            line = json.dumps(example, ensure_ascii=False) + "\n"
            written += len(line.encode())
            file.write(line)
    raise AssertionError("examples never end")


def _examples(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Notes of 0.4 to 4 kB, all different, under one system prompt."""
    sentences = [_sentence(rng, turn) for turn in range(5000)]
    number = 0
    while True:
        number += 1
        note = f"Encounter {number}. " + " ".join(rng.choices(sentences, k=rng.randint(5, 50)))
        roles = {"system": SYSTEM, "user": note, "assistant": rng.choice(TARGETS)}
        yield {"messages": [{"role": role, "content": content} for role, content in roles.items()]}


def _sentence(rng: random.Random, turn: int) -> str:
    return SENTENCES[turn % len(SENTENCES)].format(
        **{key: rng.choice(words) for key, words in WORDS.items()},
        days=rng.randint(2, 30),
        high=rng.randint(100, 190),
        low=rng.randint(55, 99),
        warm=rng.randint(365, 395) / 10,
        gram=rng.randint(90, 170) / 10,
        small=rng.randint(5, 19) / 10,
        percent=rng.randint(88, 99),
        dose=rng.choice((5, 10, 20, 40, 250, 500)),
    )


def _in_process(name: str, file: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--counter", name, "--file", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{NAMES[name]} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _worker(name: str, file: Path) -> dict[str, float]:
    from clinft.adapters.model.hosted_tokens import HostedTokenizer

    HostedTokenizer(MODEL)  # its encoding is built once in a process; what is measured is the counting
    started, started_cpu = time.perf_counter(), time.process_time()
    tokens = _plain(file) if name == "tiktoken" else _clinft(file)
    seconds, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    megabytes = file.stat().st_size / MEGABYTE
    return {
        "tokens": tokens,
        "seconds": round(seconds, 2),
        "mb_per_second": round(megabytes / seconds, 2),
        "mb_per_cpu_second": round(megabytes / cpu, 2),
        "peak_mib": round(peak, 1),
    }


def _clinft(file: Path) -> int:
    from clinft.adapters.model.hosted_tokens import count_file

    return count_file(file, MODEL).tokens


def _plain(file: Path) -> int:
    """As OpenAI's guide counts: 3 a message and 3 a conversation, every value as it stands."""
    from clinft.adapters.model.rank_files import encoding

    encode, tokens = encoding(ENCODING).encode_ordinary, 0
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            tokens += 3
            for message in json.loads(line)["messages"]:
                tokens += 3 + sum(len(encode(value)) for value in message.values())
    return tokens


def _row(name: str, found: list[dict[str, float]]) -> str:
    speeds = [result["mb_per_second"] for result in found]
    cpu = mean(result["mb_per_cpu_second"] for result in found)
    peak = max(result["peak_mib"] for result in found)
    return (
        f"| {NAMES[name]} | {found[0]['tokens']:,.0f} | {mean(speeds):.1f} | "
        f"{min(speeds):.1f}–{max(speeds):.1f} | {cpu:.1f} | {peak:.0f} |"
    )


def _section(found: dict[str, list[dict[str, float]]], options: argparse.Namespace, examples: int) -> str:
    from record import processor

    setting = (
        f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, tiktoken "
        f"{metadata.version('tiktoken')}, {ENCODING}. {options.megabytes:,} MB, {examples:,} seeded "
        f"synthetic clinical examples: one system prompt of {len(SYSTEM)} characters, notes of 0.4 to "
        f"4 kB, a short answer; rounds in turn: {options.rounds}, one thread. clinft remembers what comes "
        f"again, here the system prompt and the answers. Load average at the end: {os.getloadavg()[0]:.1f}."
    )
    head = (
        "| counter | tokens | MB/s, mean | range | MB per CPU second | peak memory, MiB |\n"
        "|---|---|---|---|---|---|"
    )
    day = datetime.now(UTC).date().isoformat()
    rows = [_row(name, results) for name, results in found.items()]
    return "\n".join([f"### {day}", "", setting, "", head, *rows, ""])


if __name__ == "__main__":
    main()
