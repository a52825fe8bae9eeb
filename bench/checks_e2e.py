"""How long the checks of a pull request take: the real workflow files under act, against a local server.

Needs act (`make .venv/.dev`, linux x86_64). act starts at once where GitHub waits for a runner, and every
package is installed already, so "installing" is the time in which pip finds that out; GitHub's own times
will differ.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.e2e.act import Run

REPOSITORY = Path(__file__).resolve().parents[1]
TITLE, COMMAND = "Checks of a pull request", "bench/checks_e2e.py --record"
LIMIT_SECONDS = 15
SET_UP = "./.github/actions/setup"
# Jobs that wait for each other; of those that run side by side the slower one counts.
STAGES = (("detect",), ("spec",), ("prep",), ("hipaa-audit", "cost-estimate"), ("gate",), ("publish",))
HEAD = (
    "| records | runs | all, median | all, worst | installing, median | besides, median | besides, worst |\n"
    "|---|---|---|---|---|---|---|"
)
# The harness is that of the tests.
sys.path.insert(0, str(REPOSITORY))


class Timed(NamedTuple):
    """Seconds of one run; what was spent on set-up lies on the path of jobs that wait for each other."""

    all: float
    installing: float

    @property
    def besides(self) -> float:
        return self.all - self.installing


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--records", type=int, nargs="+", default=[240, 1000], help="one row for each")
    parser.add_argument("--record", action="store_true", help="append a dated table to docs/benchmarks.md")
    options = parser.parse_args()
    rows, worst, load = [], 0.0, []
    for records in options.records:
        times = []
        for number in range(options.runs):
            load.append(os.getloadavg()[0])
            times.append(_checked(records))
            print(f"{records} records, run {number + 1}: {times[-1]}", file=sys.stderr, flush=True)
        worst = max(worst, *(one.besides for one in times))
        rows.append(_row(records, times))
    text = "\n".join((*_heading(load), HEAD, *rows, "", _verdict(worst)))
    print(text)
    if options.record:
        from record import append

        append(TITLE, COMMAND, text)
    sys.exit(worst > LIMIT_SECONDS)


def _checked(records: int) -> Timed:
    """One pull request that adds a project, from its event to the comment."""
    import yaml

    from tests.e2e.act import assert_jobs, run_workflow
    from tests.e2e.repository import POLICY, Repository
    from tests.fakes.github.server import GitHubServer
    from tests.fakes.specs import PROMPT, SPEC, merged

    with tempfile.TemporaryDirectory() as folder, GitHubServer(Path(folder) / "server") as server:
        repository = Repository(server, Path(folder) / "repository")
        policy = yaml.safe_load((repository.clone / POLICY).read_text())
        policy["providers"]["fake"] = {}
        repository.commit("main", {POLICY: yaml.safe_dump(policy)})
        spec = yaml.safe_dump(merged(SPEC, {"data": {"records": records}}), sort_keys=False)
        files = {"projects/demo/project.yaml": spec, "projects/demo/prompt/prompt.md": PROMPT}
        repository.branch("feature", files)
        server.open_pull(7, "feature")
        place = Path(folder) / "act"
        place.mkdir()
        event = repository.pull_request_event(7)
        run = run_workflow(workflow="checks.yml", server=server, run_id=1, tmp=place, **event)
        assert_jobs(run, {job: "success" for stage in STAGES for job in stage})
        assert server.violations == []
        assert len(server.comments) == 1
        return Timed(run.seconds, _installing(run))


def _installing(run: "Run") -> float:
    took = {step.job: step.seconds for step in run.steps if step.name == SET_UP}
    return sum(max(took[job] for job in stage) for stage in STAGES)


def _row(records: int, times: list[Timed]) -> str:
    everything = [one.all for one in times]
    besides = [one.besides for one in times]
    numbers = (
        statistics.median(everything),
        max(everything),
        statistics.median(one.installing for one in times),
        statistics.median(besides),
        max(besides),
    )
    return f"| {records:,} | {len(times)} | " + " | ".join(f"{number:.1f} s" for number in numbers) + " |"


def _heading(load: list[float]) -> tuple[str, ...]:
    return (
        f"### {datetime.now(UTC).date().isoformat()}",
        "",
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}; the load "
        f"average before each run was {min(load):.1f} to {max(load):.1f} (0: nobody else at work, the run "
        "before this one counts too). The seven jobs of checks.yml for one new project under act, from the "
        "event to the comment. Every package lies there already: installing is the set-up action, of jobs "
        "side by side the slower one.",
        "",
    )


def _verdict(worst: float) -> str:
    return (
        f"Besides installing, {LIMIT_SECONDS} s are allowed; the worst run took {worst:.1f} s: "
        f"{'kept' if worst <= LIMIT_SECONDS else 'NOT KEPT'}."
    )


if __name__ == "__main__":
    main()
