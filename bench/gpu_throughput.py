"""LoRA training on one CUDA GPU: clinft's own loop beside transformers' Trainer and TRL's SFTTrainer.

Random weights in the shapes of Llama 3 serve for throughput. Each part runs in a process of its own, the most
important first, and prints JSON lines; what does not fit into --seconds is skipped and said. `--smoke` runs
the same code on a processor with a tiny model: its figures mean nothing. A GPU is often elsewhere: `--record`
takes the lines that it printed, and writes them to docs/benchmarks.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

import gpu_exact  # noqa: E402  # clinft is not installed where the GPU is
import gpu_ours  # noqa: E402  # as above
import gpu_peers  # noqa: E402  # as above
from gpu_setup import WARM, tell  # noqa: E402  # as above

FILE = "gpu_throughput.jsonl"
# Part → seconds after which it is ended.
PARTS = {
    "machine": 45,
    "ours-8b": 150,
    "exact": 75,
    "trainer-8b": 80,
    "trl-8b": 80,
    "short-1b": 90,
    "ours-1b": 80,
    "trainer-1b": 50,
    "trl-1b": 50,
    "eager-8b": 60,
    "memory-8b": 70,
    "qlora-8b": 85,
    "trl-qlora-8b": 60,
}
PACKAGES = ("torch", "transformers", "peft", "accelerate", "triton", "trl", "bitsandbytes", "liger-kernel")


def main() -> None:
    options = _options()
    if options.record:
        import gpu_tables

        gpu_tables.record(options.record, options.date)
        return
    if options.worker:
        _worker(options)
        return
    out = Path(os.environ.get("OUT") or tempfile.mkdtemp())
    started = time.monotonic()
    with (out / FILE).open("a") as log:

        def both(line: str) -> None:
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()

        for part in options.parts or PARTS:
            left = options.seconds - (time.monotonic() - started)
            if left < 25:
                both(json.dumps({"part": part, "skipped": "no time left"}))
                continue
            began = time.monotonic()
            longest = min(left, PARTS[part] * (5 if options.smoke else 1))
            error = _in_process(part, options, longest, out, both)
            both(json.dumps({"part": part, "wall_s": round(time.monotonic() - began, 1), "error": error}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="these alone, in this order")
    parser.add_argument("--seconds", type=float, default=420, help="time for all parts")
    parser.add_argument(
        "--steps", type=int, default=10, help=f"optimizer steps of a run, {WARM} of them warm-up"
    )
    parser.add_argument("--smoke", action="store_true", help="a tiny model on the processor")
    parser.add_argument("--record", nargs="+", type=Path, metavar="FILE", help=f"{FILE} of one or more calls")
    parser.add_argument("--date", help="day of the measurement, for --record")
    parser.add_argument("--worker", choices=PARTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record and not options.date:
        parser.error("--record needs --date: the day on which the GPU ran")
    return options


def _in_process(
    part: str, options: argparse.Namespace, seconds: float, out: Path, both: Callable[[str], None]
) -> str | None:
    command = [sys.executable, __file__, "--worker", part, "--steps", str(options.steps)]
    command += ["--smoke"] if options.smoke else []
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "0",
    }
    with (out / f"{part}.err").open("w") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, start_new_session=True
        )
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith('{"'):
                both(line.rstrip())
        code = process.wait()
        timer.cancel()
    if code == 0:
        return None
    tail = (out / f"{part}.err").read_text(errors="replace")[-1500:]
    return f"exit {code} (killed after {seconds:.0f} s)" if code == -9 else f"exit {code}: {tail}"


def _worker(options: argparse.Namespace) -> None:
    import torch

    kind, shape = (*options.worker.rsplit("-", 1), "")[:2]
    torch.manual_seed(0)
    work: dict[str, Callable[[argparse.Namespace, str], None]] = {
        "machine": _machine,
        "exact": gpu_exact.exact,
        "ours": gpu_ours.ours,
        "eager": gpu_ours.eager,
        "memory": gpu_ours.memory,
        "short": gpu_ours.short,
        "qlora": gpu_ours.qlora,
        "trainer": gpu_peers.trainer,
        "trl": gpu_peers.trl,
        "trl-qlora": gpu_peers.trl_qlora,
    }
    work[kind](options, "tiny" if options.smoke else shape)


def _machine(options: argparse.Namespace, shape: str) -> None:
    import torch

    versions: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    facts: dict[str, Any] = {
        "python": sys.version.split()[0],
        "versions": versions,
        "cuda": torch.version.cuda,
    }
    if not options.smoke:
        properties = torch.cuda.get_device_properties(0)
        facts |= {"gpu": properties.name, "memory_gb": round(properties.total_memory / 1e9, 1)}
        side = 8192
        left, right = (torch.randn(side, side, device="cuda", dtype=torch.bfloat16) for _ in range(2))
        for _ in range(5):
            left @ right
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        for _ in range(50):
            left @ right
        end.record()
        torch.cuda.synchronize()
        facts["matmul_tflops"] = round(50 * 2 * side**3 / (begin.elapsed_time(end) / 1e3) / 1e12, 1)
    tell(options, **facts)


if __name__ == "__main__":
    main()
