"""SIGKILL each verb at random moments of its work, call it again, compare with a call that nobody disturbed.

prepare, audit, train and evaluate work with the embedded model; publish sends the finished run to servers of
the tests on this machine, noted in the ref of a remote; tracking writes the tables. Moments are spread over
the time that an undisturbed call takes; no kill falls into the start of the interpreter. After each kill
every artifact that lies there is checked, and at most two kills later the call is left to end. Needs the
extras `dev` and `train` and the embedded model; `make bench` installs them.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
EXAMPLE = "icd10-chapter"
VERBS = ("prepare", "audit", "train", "evaluate", "publish", "tracking", "run")
TITLE, COMMAND = "Kill and resume", "bench/kill_resume.py --record"
# The harness is that of the tests.
sys.path.insert(0, str(REPOSITORY))


def main() -> None:
    options = _options()
    from clinft.wiring import surroundings
    from tests.fakes.kill_scenes import Stages
    from tests.fakes.killing import Forge, kill_often

    started, tallies = time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project = _shortened(root / "repository", options)
        # In the usual cache lies the model, converted once.
        with Forge(root, {"CLINFT_CACHE": str(surroundings().cache.parent)}) as forge:
            stages = Stages(forge, project, root / "kept", ("prepare", *options.verb))
            for verb in options.verb:
                tally = kill_often(_scene(verb, stages), options.kills, options.seed)
                print(f"{tally.name}: {tally}", file=sys.stderr, flush=True)
                tallies.append(tally)
    text = _section(tallies, options, time.monotonic() - started)
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    sys.exit(any(tally.differ for tally in tallies))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--verb", choices=VERBS, nargs="+", default=list(VERBS))
    parser.add_argument("--kills", type=int, default=20, help="of each verb, that land while it is at work")
    parser.add_argument("--records", type=int, default=120)
    parser.add_argument("--steps", type=int, default=6, help="optimizer steps; a checkpoint at every second")
    parser.add_argument("--seed", type=int, default=20261127, help="of the moments")
    parser.add_argument("--record", action="store_true", help="append a dated section to docs/benchmarks.md")
    return parser.parse_args()


def _scene(verb: str, stages: Any) -> Any:
    from tests.fakes.kill_scenes import PublishScene, RunScene, StageScene, TrackingScene

    if verb == "publish":
        return PublishScene(stages, shared=True)
    others = {"tracking": TrackingScene, "run": RunScene}
    return others[verb](stages) if verb in others else StageScene(stages, verb)


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


def _section(tallies: list[Any], options: argparse.Namespace, seconds: float) -> str:
    from record import processor

    setting = (
        f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}. {options.records} "
        f"records, {options.steps} steps of SmolLM2-135M, seed {options.seed}; {seconds:,.0f} s in all. A "
        "kill counts where it ended a call that was at work; up to two in a row, then a call to the end. "
        "Equal: digests of all artifacts and bytes of all files they name; of publish the messages, rows, "
        "documents, datasets and experiments that the servers hold, each once; of tracking the bytes of all "
        "tables."
    )
    head = "| verb | one call, s | kills | at shares of it | calls | afterwards |\n|---|---|---|---|---|---|"
    rows = [_row(tally) for tally in tallies]
    day = datetime.now(UTC).date().isoformat()
    return "\n".join([f"### {day}", "", setting, "", head, *rows, ""])


def _row(one: Any) -> str:
    shares = f"{min(one.moments):.2f} to {max(one.moments):.2f}"
    same = f"DIFFERENT {len(one.differ)} times" if one.differ else "equal each time"
    return f"| {one.name} | {one.seconds:.1f} | {len(one.moments)} | {shares} | {one.calls} | {same} |"


if __name__ == "__main__":
    main()
