"""Training on one CUDA GPU that is stopped, or killed, and goes on in a new process, against one left alone.

On a processor both end with the same bits (tests/adapters/training). On a GPU kernels may add in another
order, and layers are compiled anew in each process: this says how far apart the weights end. Each training
runs as `clinft train` runs it, in processes of its own. `--smoke` runs the same on a processor, in seconds.
A GPU is often elsewhere: `--record` takes the lines that it printed, and writes them to docs/benchmarks.md.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))
sys.path.insert(0, str(REPOSITORY / "bench"))

FILE = "gpu_resume.jsonl"
TITLE = "Stopped and resumed on a GPU"
COMMAND = "bench/gpu_resume.py, there; bench/gpu_resume.py --record FILE --date DAY, here"
WAYS = ("alone", "stopped", "alone again", "killed")
AGAIN = 75


def main() -> None:
    options = _options()
    if options.record:
        _record(options)
        return
    if options.child:
        _child(options)
        return
    out = Path(os.environ.get("OUT") or tempfile.mkdtemp())
    started = time.monotonic()
    with (out / FILE).open("a") as log, tempfile.TemporaryDirectory() as folder:

        def both(**facts: Any) -> None:
            line = json.dumps(facts)
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()

        both(**_machine(options))
        for method in options.methods:
            base: Path | None = None
            for way in WAYS:
                place = Path(folder) / method / way.replace(" ", "-")
                if time.monotonic() - started > options.seconds:
                    both(method=method, way=way, skipped="no time left")
                    continue
                began = time.monotonic()
                try:
                    calls = _trained(place, method, way, options)
                except subprocess.CalledProcessError as error:
                    both(method=method, way=way, error=error.stderr[-1500:])
                    break
                facts = {"calls": calls, "seconds": round(time.monotonic() - began, 1)}
                base = base or place
                both(method=method, way=way, **facts, **_apart(base, place))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--methods", nargs="+", default=["lora"], choices=("lora", "dora", "qlora", "full"))
    parser.add_argument("--seconds", type=float, default=150, help="after which nothing more is begun")
    parser.add_argument("--smoke", action="store_true", help="a tiny model, on the processor if need be")
    parser.add_argument("--record", type=Path, metavar="FILE", help=f"{FILE} of a call")
    parser.add_argument("--date", help="day of the measurement, for --record")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--stop", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record and not options.date:
        parser.error("--record needs --date: the day on which the GPU ran")
    return options


def _machine(options: argparse.Namespace) -> dict[str, Any]:
    import torch
    import transformers

    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "none"
    return {"gpu": gpu, "torch": torch.__version__, "transformers": transformers.__version__}


def _trained(place: Path, method: str, way: str, options: argparse.Namespace) -> int:
    """In how many processes."""
    place.mkdir(parents=True)
    command = [sys.executable, __file__, "--child", str(place), "--methods", method]
    command += ["--smoke"] if options.smoke else []
    if way == "killed":
        process = subprocess.Popen([*command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # As soon as there is something to go on from.
        while process.poll() is None and not list((place / "out").glob("checkpoints/step-*")):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    calls = 1 if way == "killed" else 0
    while True:
        calls += 1
        # A call makes one step at least, whatever its time: the first is stopped early, the next is not.
        stop = ["--stop", "0.001"] if way == "stopped" and calls == 1 else []
        done = subprocess.run([*command, *stop], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return calls
        if done.returncode != AGAIN:
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)


def _child(options: argparse.Namespace) -> None:
    from dataclasses import replace

    from clinft.adapters.training.peft import PeftProvider
    from clinft.errors import CheckpointWritten
    from clinft.spec.training import TrainingSpec
    from clinft.stages import train
    from tests.fakes import lora_request
    from tests.fakes.progress import Quiet

    models = _store(options)
    request = lora_request.request(options.child, models)
    spec = {**lora_request.SPEC, "method": options.methods[0]}
    spec["hyperparameters"] = {
        **spec["hyperparameters"],
        "n_epochs": 10,
        "learning_rate": 2e-4,
        "checkpoint_every_steps": 5,
    }
    if options.methods[0] == "full":
        spec.pop("lora")
    request = replace(
        request, spec=TrainingSpec.model_validate(spec, strict=False), stop_after_seconds=options.stop
    )
    try:
        train.train(request, PeftProvider(models), Quiet(), lambda job: None)
    except CheckpointWritten:
        sys.exit(AGAIN)


def _store(options: argparse.Namespace) -> Any:
    """A Llama with random weights: of 4 layers and width 32, or of 8 and 1,024."""
    from tests.fakes import lora_request, tiny_llama

    root = options.child / "repository"
    root.mkdir(parents=True, exist_ok=True)
    if not (root / "tiny").exists():
        layers, width = (4, 32) if options.smoke else (8, 1024)
        tiny_llama.write(root / "tiny", layers, width=width)
    return lora_request.store(root) if options.smoke else _as_is(root)


def _as_is(root: Path) -> Any:
    from clinft.adapters.model.store import LocalModelStore
    from tests.fakes.progress import Quiet

    return LocalModelStore(root, root / "cache", Quiet())


def _apart(left: Path, right: Path) -> dict[str, Any]:
    """The largest relative difference of a tensor (Frobenius), and whether all bits are equal."""
    import torch
    from safetensors.torch import load_file

    def weights(place: Path) -> dict[str, Any]:
        result = json.loads((place / "out" / "peft-result.json").read_text())
        folder = place / "out" / result["fine_tuned_model"]
        found: dict[str, Any] = {}
        for path in sorted(folder.glob("*.safetensors")):
            found |= load_file(path)
        return {**found, "": torch.tensor([p["validation_loss"] or 0.0 for p in result["loss"]])}

    one, other = weights(left), weights(right)
    assert one.keys() == other.keys()
    off = {name: _off(one[name].double(), other[name].double()) for name in one}
    loss_off = off.pop("")
    return {
        "same_bits": all(torch.equal(one[name], other[name]) for name in one),
        "weights_off": max(off.values()),
        "validation_loss_off": loss_off,
        "steps": json.loads((right / "out" / "peft-result.json").read_text())["steps"],
    }


def _off(one: Any, other: Any) -> float:
    return float((one - other).norm() / one.norm().clamp_min(1e-12))


def _record(options: argparse.Namespace) -> None:
    import record as benchmarks

    lines = [json.loads(line) for line in options.record.read_text().splitlines()]
    benchmarks.append(TITLE, COMMAND, "\n".join(_entry(lines, options.date)))


def _entry(lines: list[dict[str, Any]], day: str) -> Iterator[str]:
    machine, *rest = lines
    yield f"### {day}"
    yield ""
    yield (
        f"One {machine['gpu']}, torch {machine['torch']}, transformers {machine['transformers']}. A Llama "
        "with random weights, 8 layers of width 1,024; 30 steps of 4 samples, a checkpoint at every fifth. "
        "Each training against the first one that was left alone. stopped: after one step, as a "
        "machine that is taken away; killed: SIGKILL after the first checkpoint. Off: relative difference "
        "(Frobenius), of the worst tensor and of all validation losses."
    )
    yield ""
    yield "| method | way | processes | weights off | validation loss off | bits |"
    yield "|---|---|---|---|---|---|"
    for line in rest:
        if "weights_off" not in line:
            why = "no time left" if "skipped" in line else line["error"].strip().splitlines()[-1][:120]
            yield f"| {line['method']} | {line['way']} | – | – | – | {why} |"
            continue
        same = "same" if line["same_bits"] else "other"
        yield (
            f"| {line['method']} | {line['way']} | {line['calls']} | {line['weights_off']:.1e} | "
            f"{line['validation_loss_off']:.1e} | {same} |"
        )
    yield ""


if __name__ == "__main__":
    main()
