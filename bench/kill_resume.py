"""SIGKILL the whole loop with the real model at random moments; its digests must equal an undisturbed run's.

Needs the extra `train` and the embedded model; `make bench` installs both.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
EXAMPLE = "icd10-chapter"
TITLE, COMMAND = "Kill and resume", "bench/kill_resume.py --record"
# The harness is that of the tests.
sys.path.insert(0, str(REPOSITORY))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=10, help="kills that must land while a run is at work")
    parser.add_argument("--records", type=int, default=120)
    parser.add_argument("--steps", type=int, default=6, help="optimizer steps; a checkpoint at every second")
    parser.add_argument("--seed", type=int, default=20261124, help="of the moments")
    parser.add_argument("--record", action="store_true", help="append a dated line to docs/benchmarks.md")
    options = parser.parse_args()
    from clinft.wiring import surroundings
    from tests.fakes.killing import complete, digests, kill_after

    cache = surroundings().cache.parent
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        whole = _shortened(Path(folder) / "whole", options)
        killed = _shortened(Path(folder) / "killed", options)
        seconds = complete(whole, cache)
        moments = random.Random(options.seed)
        landed = calls = 0
        while landed < options.kills:
            calls += 1
            moment = moments.uniform(0.5, seconds)
            if kill_after(killed, cache, moment):
                landed += 1
                print(f"kill {landed} after {moment:.1f} s", file=sys.stderr, flush=True)
            elif digests(killed) != digests(whole):
                sys.exit("a run that came to its end has other digests")
            else:
                shutil.rmtree(killed / "runs")
                shutil.rmtree(killed / "data")
        complete(killed, cache)
        same = digests(killed) == digests(whole)
    text = (
        f"- {datetime.now(UTC).date().isoformat()}: {options.kills} kills in {calls} calls of a run of "
        f"{seconds:.0f} s ({options.records} records, {options.steps} steps of SmolLM2-135M, seed "
        f"{options.seed}): {'all digests equal' if same else 'DIGESTS DIFFER'}; "
        f"{time.monotonic() - started:.0f} s in all"
    )
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    sys.exit(not same)


def _shortened(root: Path, options: argparse.Namespace) -> Path:
    import yaml

    (root / ".github").mkdir(parents=True)
    shutil.copy(REPOSITORY / ".github" / "clinft.yml", root / ".github")
    source, project = REPOSITORY / "projects" / EXAMPLE, root / "projects" / EXAMPLE
    (project / "prompt").mkdir(parents=True)
    shutil.copy(source / "prompt" / "prompt.md", project / "prompt")
    spec = yaml.safe_load((source / "project.yaml").read_text())
    spec["data"]["records"] = options.records
    spec["training"]["hyperparameters"] |= {"max_steps": options.steps, "checkpoint_every_steps": 2}
    (project / "project.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
    return project


if __name__ == "__main__":
    main()
