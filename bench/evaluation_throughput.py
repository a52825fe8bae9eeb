"""Scored and written answers per second: clinft, lm-eval's Hugging Face backend, transformers' generate.

    python bench/evaluation_throughput.py FOLDER [--items 40] [--batch-size 8] [--rounds 2] [--record]

FOLDER holds PubMedQA's files, *ori_pqal.json and *test_ground_truth.json. Same weights, same tokens, same
batch size; each system in a process of its own (peak memory is a process's), all of them in turn, several
rounds. Exits with 1 where predictions differ, or log-probabilities by more than 1e-3. Needs the extras
`train` and `benchmarks`.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import mean
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
TITLE, COMMAND = "Evaluation throughput", "bench/evaluation_throughput.py FOLDER --record"
LABELS = ("yes", "no", "maybe")
# Behind "Answer:", so with a space before them. Of one token each, and of five.
ONE_TOKEN = tuple(f" {label}" for label in LABELS)
SEVERAL_TOKENS = (" yes, it does so", " no, it does not", " maybe, it is unclear")
CASES = {"one": "labels of one token", "several": "labels of several tokens", "written": "written answers"}
PEERS = {"one": "lm-eval", "several": "lm-eval", "written": "transformers"}
NEW_TOKENS = 40
NATS = 1e-3


def main() -> int:
    options = _options()
    if options.worker:
        print(json.dumps(_worker(options)))
        return 0
    rows, wrong = [], False
    for case in options.cases:
        found: dict[str, list[dict[str, Any]]] = {"clinft": [], PEERS[case]: []}
        for turn in range(options.rounds):
            for system, results in found.items():
                results.append(_in_process(options, system, case))
                told = {name: value for name, value in results[-1].items() if name != "answers"}
                print(f"round {turn + 1}, {CASES[case]}, {system}: {told}", file=sys.stderr, flush=True)
        same, line = _compared(case, found["clinft"][0], found[PEERS[case]][0])
        wrong |= not same
        rows += [_row(case, system, results, found["clinft"]) for system, results in found.items()]
        rows.append(line)
    text = _section(rows, options)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    return int(wrong)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where PubMedQA's two files lie")
    parser.add_argument("--items", type=int, default=40, help="of PubMedQA's 500 test items, the first by id")
    parser.add_argument(
        "--written-items", type=int, default=16, help="of these, how many are answered freely"
    )
    parser.add_argument("--model", default="builtin:smollm2-135m")
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2, help="how often each system runs, in turn")
    parser.add_argument("--cases", choices=CASES, nargs="+", default=list(CASES))
    parser.add_argument("--threads", type=int, help="of each process; all cores if not given")
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    parser.add_argument("--worker", choices=("clinft", *PEERS.values()), help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_process(options: argparse.Namespace, system: str, case: str) -> dict[str, Any]:
    command = [sys.executable, __file__, str(options.folder), "--worker", system, "--cases", case]
    for name in ("items", "written_items", "model", "batch_size", "threads"):
        if getattr(options, name) is not None:
            command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(f"{system} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _worker(options: argparse.Namespace) -> dict[str, Any]:
    """Loading and the first answer are left out of the times."""
    import torch

    if options.threads:
        torch.set_num_threads(options.threads)
    (case,) = options.cases
    prompts, gold = _items(options)
    ask = {"clinft": _clinft, "lm-eval": _lm_eval, "transformers": _transformers}[options.worker]
    answer = ask(options, case)
    answer(prompts[:1])
    wall, processor = time.perf_counter(), time.process_time()
    answers = answer(prompts)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    result = {
        "items": len(prompts),
        "seconds": round(wall, 2),
        "processor_seconds": round(processor, 2),
        "peak_gib": round(peak, 2),
    }
    if case != "written":
        said = [LABELS[max(range(len(row)), key=row.__getitem__)] for row in answers]
        right = sum(one == label for one, label in zip(said, gold, strict=True))
        result["accuracy"] = right / len(gold)
    return {**result, "answers": answers}


def _items(options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Prompts as lm-eval's task `pubmedqa` writes them, and the right labels."""
    (texts,) = options.folder.glob("*ori_pqal.json")
    (truth,) = options.folder.glob("*test_ground_truth.json")
    items, gold = json.loads(texts.read_text()), json.loads(truth.read_text())
    count = options.written_items if options.cases == ["written"] else options.items
    chosen = sorted(gold)[:count]
    prompts = [
        "Abstract: {}\nQuestion: {}\nAnswer:".format(
            "\n".join(items[name]["CONTEXTS"]), items[name]["QUESTION"]
        )
        for name in chosen
    ]
    return prompts, [gold[name] for name in chosen]


class _Plain:
    """In place of clinft's chat template: the same tokens that lm-eval makes of a prompt and a label."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.end_of_turn: int = tokenizer.eos_token_id
        self.pad: int = tokenizer.pad_token_id

    def prompt_ids(self, conversation: Any) -> list[int]:
        ids: list[int] = self._tokenizer.encode(conversation[-1].content)
        return ids

    def answer_ids(self, answer: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(answer)
        return ids

    def text(self, ids: Sequence[int]) -> str:
        decoded: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return decoded


Ask = Callable[[Sequence[str]], list[Any]]


def _clinft(options: argparse.Namespace, case: str) -> Ask:
    from transformers import AutoTokenizer

    from clinft.adapters.model.causal_lm import CausalLanguageModel
    from clinft.artifacts.data import Message

    store, identity = _store(options)
    tokenizer = AutoTokenizer.from_pretrained(store.folder(identity))
    chat: Any = _Plain(tokenizer)  # no template, so that both score the same tokens
    model = CausalLanguageModel(store.load(identity), chat, rows=options.batch_size)
    labels = ONE_TOKEN if case == "one" else SEVERAL_TOKENS

    def ask(prompts: Sequence[str]) -> list[Any]:
        asked = [[Message(role="user", content=prompt)] for prompt in prompts]
        if case == "written":
            return list(model.generate(asked, NEW_TOKENS, _Silent()))
        rows = model.score_labels(asked, labels, _Silent())
        return [[score.logprob_nats for score in row] for row in rows]

    return ask


def _lm_eval(options: argparse.Namespace, case: str) -> Ask:
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    store, identity = _store(options)
    model = HFLM(
        pretrained=str(store.folder(identity)),
        device=store.load(identity).device.type,
        dtype="float32",
        batch_size=options.batch_size,
    )
    labels = ONE_TOKEN if case == "one" else SEVERAL_TOKENS

    def ask(prompts: Sequence[str]) -> list[Any]:
        requests = [
            Instance(request_type="loglikelihood", doc={}, arguments=(prompt, label), idx=number)
            for prompt in prompts
            for number, label in enumerate(labels)
        ]
        found = [logprob for logprob, _ in model.loglikelihood(requests, disable_tqdm=True)]
        return [found[start : start + len(labels)] for start in range(0, len(found), len(labels))]

    return ask


def _transformers(options: argparse.Namespace, case: str) -> Ask:
    """The usual loop: sorted by length, padded on the left, greedy."""
    import torch
    from transformers import AutoTokenizer

    store, identity = _store(options)
    model = store.load(identity)
    tokenizer = AutoTokenizer.from_pretrained(store.folder(identity), padding_side="left")

    @torch.no_grad()
    def ask(prompts: Sequence[str]) -> list[Any]:
        order = sorted(range(len(prompts)), key=lambda index: -len(prompts[index]))
        answers = [""] * len(prompts)
        for start in range(0, len(order), options.batch_size):
            indices = order[start : start + options.batch_size]
            batch = tokenizer([prompts[index] for index in indices], return_tensors="pt", padding=True)
            out = model.generate(
                **batch.to(model.device),
                max_new_tokens=NEW_TOKENS,
                do_sample=False,
                pad_token_id=tokenizer.pad_token_id,
                eos_token_id=tokenizer.eos_token_id,
            )
            written = tokenizer.batch_decode(out[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
            for index, text in zip(indices, written, strict=True):
                answers[index] = text
        return answers

    return ask


def _store(options: argparse.Namespace) -> tuple[Any, Any]:
    from clinft.adapters.model.store import LocalModelStore
    from clinft.adapters.progress import LineProgress
    from clinft.wiring import surroundings

    progress = LineProgress(lambda text: print(text, file=sys.stderr))
    store = LocalModelStore(REPOSITORY, surroundings().cache / "models", progress)
    return store, store.identify(options.model, None)


class _Silent:
    def advance(self, amount: int = 1, **fields: str | float) -> None:
        pass


def _compared(case: str, ours: dict[str, Any], theirs: dict[str, Any]) -> tuple[bool, str]:
    """Whether both said the same, and a line of the table that tells it."""
    pairs = list(zip(ours["answers"], theirs["answers"], strict=True))
    if case == "written":
        same = sum(one == other for one, other in pairs)
        # A tie within rounding may be broken the other way; then all that follows is another text.
        return same >= 0.9 * len(pairs), f"| {CASES[case]} | equal texts: {same} of {len(pairs)} ||||||"
    furthest = max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True))
    agree = sum(one.index(max(one)) == other.index(max(other)) for one, other in pairs)
    line = (
        f"| {CASES[case]} | equal predictions: {agree} of {len(pairs)}; accuracy {ours['accuracy']:.3f} and "
        f"{theirs['accuracy']:.3f}; log-probabilities differ by at most {furthest:.0e} nats ||||||"
    )
    return agree == len(pairs) and furthest <= NATS, line


def _row(case: str, system: str, results: list[dict[str, Any]], ours: list[dict[str, Any]]) -> str:
    speeds = [result["items"] / result["seconds"] for result in results]
    work = mean(result["processor_seconds"] / result["items"] for result in results)
    times = "–"
    if system != "clinft":
        seconds = [mean(result["seconds"] for result in some) for some in (results, ours)]
        worked = [mean(result["processor_seconds"] for result in some) for some in (results, ours)]
        times = f"{seconds[0] / seconds[1]:.2f} ({worked[0] / worked[1]:.2f})"
    cells = (
        CASES[case],
        system,
        f"{mean(speeds):.2f}",
        f"{min(speeds):.2f}–{max(speeds):.2f}",
        f"{work:.2f}",
        f"{max(result['peak_gib'] for result in results):.1f}",
        times,
    )
    return f"| {' | '.join(cells)} |"


def _section(rows: list[str], options: argparse.Namespace) -> str:
    from record import processor

    packages = ("torch", "transformers", "lm-eval")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages)
    load = f"load average {os.getloadavg()[1]:.1f} (our own included)"
    model = options.model.removeprefix("builtin:")
    setting = (
        f"{processor()}, {os.cpu_count()} cores, threads of a process: {options.threads or os.cpu_count()}, "
        f"{load}, Python {platform.python_version()}, {versions}. {model}, fp32, batch {options.batch_size}; "
        f"{options.items} items of PubMedQA ({options.written_items} for written answers of up to "
        f"{NEW_TOKENS} tokens), three labels each; rounds, in turn: {options.rounds}. Prompt and labels are "
        "lm-eval's own, without a system prompt: in a project, where all prompts begin alike, clinft reads "
        "that part once."
    )
    head = (
        "| answers | system | items/s, mean | range | processor seconds an item | peak memory, GiB | "
        "clinft is faster by: time (processor time) |\n|---|---|---|---|---|---|---|"
    )
    day = datetime.now(UTC).date().isoformat()
    return "\n".join([f"### {day}", "", setting, "", head, *rows, ""])


if __name__ == "__main__":
    raise SystemExit(main())
