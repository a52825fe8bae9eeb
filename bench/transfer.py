"""Does training on clinft's synthetic notes help on text that nobody here wrote?

A small model is trained on synthetic dialogues and their notes, and then asked about MTS-Dialog's test set
(dialogue → note section, CC BY 4.0; given as a file, never part of clinft): how well it foresees references
(bits per byte, lower is better) and what it writes itself (ROUGE-1 F), before and after, paired by item.
Needs the extra `train`; the figures are reported whichever way they fall.
"""

import argparse
import csv
import math
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

TITLE, COMMAND = "Transfer to an external set", "bench/transfer.py MTS_TEST_CSV --record"
SYSTEM = (
    "Write what belongs in the clinical note from this conversation between a clinician and a patient. "
    "Write only what was said."
)
MODEL = "builtin:smollm2-135m"
ANSWER_TOKENS = 96
DRAWS = 2000


def main() -> None:
    options = _options()
    with options.test.open(newline="", encoding="utf-8") as stream:
        rows = [(row["dialogue"], row["section_text"]) for row in csv.DictReader(stream)][: options.items]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = [record for domain in options.domains for record in _records(options, domain, folder)]
        random.Random(options.seed).shuffle(records)
        store, identity, base, chat = _opened(options)
        before = _measured(base, chat, rows, options)
        tuned = _trained(store, identity, records, folder, options)
        after = _measured(tuned, chat, rows, options)
    text = _section(before, after, len(records), options)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("test", type=Path, help="MTS-Dialog's test set: columns dialogue and section_text")
    parser.add_argument("--domains", nargs="+", default=["cardiology", "pulmonology", "emergency-triage"])
    parser.add_argument("--records", type=int, default=300, help="synthetic records of each domain")
    parser.add_argument("--items", type=int, default=200, help="items of the test set")
    parser.add_argument("--answers", type=int, default=100, help="of them, how many are answered freely")
    parser.add_argument("--steps", type=int, default=75)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    return parser.parse_args()


def _records(options: argparse.Namespace, domain: str, folder: Path) -> list[tuple[str, str]]:
    """Text and target of the training split, as a user would make them."""
    import json

    out = folder / domain
    command = [sys.executable, "-m", "clinft", "prepare", "--domain", domain, "--task", "dialogue_to_note"]
    command += ["--records", str(options.records), "--seed", str(options.seed), "--out", str(out)]
    subprocess.run([*command, "--format", "records"], check=True, stdout=sys.stderr)
    with (out / "train.jsonl").open(encoding="utf-8") as stream:
        found = [json.loads(line) for line in stream]
    return [(record["text"], record["target"]) for record in found]


def _opened(options: argparse.Namespace) -> tuple[Any, Any, Any, Any]:
    from clinft.adapters.model.store import LocalModelStore
    from clinft.wiring import surroundings

    store = LocalModelStore(Path(), surroundings().cache / "models", _progress())
    identity = store.identify(MODEL, None)
    return store, identity, store.load(identity), store.chat(identity)


def _progress() -> Any:
    from clinft.adapters.progress import LineProgress

    return LineProgress(lambda text: print(text, file=sys.stderr, flush=True))


def _asked(dialogue: str) -> tuple[Any, ...]:
    from clinft.artifacts.data import Message

    return Message(role="system", content=SYSTEM), Message(role="user", content=dialogue)


def _trained(
    store: Any, identity: Any, records: Sequence[tuple[str, str]], folder: Path, options: argparse.Namespace
) -> Any:
    import json

    from clinft.adapters.model.prefix import Trunk
    from clinft.adapters.training import lora
    from clinft.adapters.training.checkpoints import Checkpoints
    from clinft.adapters.training.loop import Loop
    from clinft.adapters.training.samples import Data, read_samples
    from clinft.spec.training import Hyperparameters, LoraSpec

    path = folder / "train.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for text, target in records:
            turns = [turn.model_dump() for turn in _asked(text)]
            stream.write(json.dumps({"messages": [*turns, {"role": "assistant", "content": target}]}) + "\n")
    samples = read_samples(path, store.chat(identity), 2048)
    model = store.load(identity)
    adapted, trainable = lora.attach(
        model, LoraSpec(r=16, lora_alpha=32, lora_dropout=0.05, top_layers=15), 0
    )
    adapted.train()
    settings = Hyperparameters(
        batch_size=8, learning_rate=5e-4, max_steps=options.steps, checkpoint_every_steps=10**6
    )
    Loop(Trunk(model), trainable, Data(samples, []), settings, Checkpoints(folder / "c")).run(_progress())
    return adapted.eval()


def _measured(
    model: Any, chat: Any, rows: Sequence[tuple[str, str]], options: argparse.Namespace
) -> tuple[list[float], list[float]]:
    """Bits per byte of each reference; ROUGE-1 F of each free answer."""
    from clinft.adapters.model.causal_lm import CausalLanguageModel

    asked = CausalLanguageModel(model, chat)
    progress = _progress()
    bits = []
    with progress.task("references", len(rows)) as task:
        for dialogue, reference in rows:
            ((score,),) = asked.score_labels([_asked(dialogue)], [reference], task)
            bits.append(-score.logprob_nats / math.log(2) / len(reference.encode()))
    chosen = rows[: options.answers]
    with progress.task("answers", len(chosen)) as task:
        answers = asked.generate([_asked(dialogue) for dialogue, _ in chosen], ANSWER_TOKENS, task)
    return bits, [rouge_1(answer, reference) for answer, (_, reference) in zip(answers, chosen, strict=True)]


def rouge_1(answer: str, reference: str) -> float:
    """F of single words, letters and digits in lower case (Lin 2004, without stemming)."""
    said, wanted = (Counter(re.findall(r"[a-z0-9]+", text.lower())) for text in (answer, reference))
    shared = (said & wanted).total()
    return 0.0 if not shared else 2 * shared / (said.total() + wanted.total())


def _difference(before: Sequence[float], after: Sequence[float], seed: int) -> str:
    """Mean difference with a 95 % interval, items drawn again together (percentile bootstrap)."""
    differences = [new - old for old, new in zip(before, after, strict=True)]
    draw = random.Random(seed)
    means = sorted(mean(draw.choices(differences, k=len(differences))) for _ in range(DRAWS))
    low, high = means[int(0.025 * DRAWS)], means[int(0.975 * DRAWS) - 1]
    return f"{mean(differences):+.3f} ({low:+.3f} to {high:+.3f})"


def _section(
    before: tuple[list[float], list[float]], after: tuple[list[float], list[float]], count: int, options: Any
) -> str:
    from record import processor

    rows = []
    for name, old, new in (
        ("bits per byte of the reference (lower is better)", before[0], after[0]),
        ("ROUGE-1 F of the answer (higher is better)", before[1], after[1]),
    ):
        change = _difference(old, new, options.seed)
        rows.append(f"| {name} | {len(old)} | {mean(old):.3f} | {mean(new):.3f} | {change} |")
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{day}, {processor()}, {os.cpu_count()} cores. SmolLM2-135M, LoRA r = 16 on the upper 15 layers, "
        f"{options.steps} steps of 8"
        f" on {count} synthetic dialogues ({', '.join(options.domains)}), seed {options.seed}; asked about "
        "MTS-Dialog's test set 1 (public: the base model has probably seen it, as has the tuned one).\n\n"
        "| measure | n | before | after | difference, 95 % interval |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
    )


if __name__ == "__main__":
    main()
