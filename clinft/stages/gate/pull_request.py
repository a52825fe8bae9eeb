"""Reasons that stand against a pull request as a whole, whatever its projects say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from clinft.artifacts.decision import Reason
from clinft.artifacts.pull_request import ChangedPath, ChangeSet
from clinft.spec.policy import ENGINE, PRIVACY, Role
from clinft.stages.gate.inputs import no, note
from clinft.stages.gate.paths import TABLES, TRACKING
from clinft.stages.gate.reviews import Counted

# The jobs of checks.yml that the gate rests on; none of them may be missing or skipped.
NEEDS = ("detect", "spec", "prep", "hipaa-audit", "cost-estimate")
SHOWN = 5


def path_reasons(changes: ChangeSet) -> Iterable[Reason]:
    """What may not lie together, and what may not lie in the repository at all."""
    engine = changes.of("engine", "policy")
    team = changes.of("plan", "deployment", "evidence", "quarantine", "document", "data", "hidden")
    if engine and team:
        yield no(
            30,
            f"The pull request changes projects and, with {_named(engine)}, what judges them.",
            "Make two pull requests: first the one that needs the role engine, then the project.",
        )
    if links := [path for path in changes.paths if path.link and path.kind != "neutral"]:
        yield no(
            39,
            f"Symbolic links or submodules are not read: {_named(links)}.",
            "Put the files themselves there.",
        )
    if data := [path for path in changes.of("data") if path.status != "D"]:
        yield no(
            40,
            f"Generated data is not committed: {_named(data)}.",
            "Remove it; it is made again from the spec. Data of your own enters with `clinft freeze`.",
        )
    if hidden := [path for path in changes.of("hidden") if path.status != "D"]:
        yield no(
            57,
            f"Files and folders in a project whose names begin with a dot are not read: {_named(hidden)}.",
            "Remove them: git and other tools would read the project differently because of them.",
        )
    if rewritten := list(filter(_rewritten, changes.of("evidence"))):
        yield no(
            38,
            f"Evidence of finished runs is never rewritten: {_named(rewritten)}.",
            "Restore these files from the base branch.",
        )
    lifted = [path for path in changes.of("quarantine") if path.status != "A"]
    others = [
        path for path in changes.paths if path not in lifted and path.kind not in ("document", "neutral")
    ]
    if lifted and others:
        yield no(
            66,
            f"A quarantine is ended or changed beside other things: {_named(lifted)}.",
            "A pull request that ends a quarantine does nothing else; the incident's own documents may.",
        )
    if changes.from_fork:
        yield note(
            49,
            "The pull request comes from a fork: it is checked without secrets and without a GPU, and "
            "gets no comment.",
            "Read the job summary of the gate. A maintainer may push the branch here for a comment.",
        )


def _rewritten(path: ChangedPath) -> bool:
    """Files of runs are only added. Tables are made again, which may change lines, but never go away."""
    in_run = path.path.split("/")[2:3] == ["runs"]
    table = path.path.removeprefix(f"projects/{TRACKING}/") in TABLES
    return path.status != "A" if in_run else table and path.status == "D"


def table_reasons(stale: Sequence[str]) -> Iterable[Reason]:
    """`stale`: files in projects/tracking/ that are not the view of the runs that a merge would leave."""
    if stale:
        shown = ", ".join(stale[:SHOWN])
        yield no(
            59,
            f"Tables in projects/{TRACKING}/ are not what the runs in the repository say: {shown}.",
            "Run `clinft tracking rebuild` in a checkout that holds no other runs, and commit "
            f"projects/{TRACKING}/; other CSV files belong elsewhere.",
        )


def lost_reasons(lost: Sequence[str]) -> Iterable[Reason]:
    """`lost`: rows that the evidence on the base branch gives, and what a merge would leave does not."""
    if lost:
        shown = ", ".join(lost[:SHOWN]) + (f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else "")
        yield no(
            77,
            f"Rows of projects/{TRACKING}/ would vanish or change, and they are only ever added to: {shown}.",
            "Restore the evidence that they rest on from the base branch: the run's folder, or incident/.",
        )


def need_reasons(
    needs: Mapping[str, str], expected: Iterable[str], results: Mapping[str, set[str]]
) -> Iterable[Reason]:
    """A skipped or missing job is a no: on GitHub a skipped required check counts as passed.

    `expected`: projects of which every job must have left a result; `results`: those of which it did.
    A need is `explained` where a reason of its own stands elsewhere.
    """
    for name in NEEDS:
        result = needs.get(name, "missing")
        if result not in ("success", "explained"):
            yield no(
                36, f"The check {name} ended as {result}.", f"Open the log of {name}; it says what failed."
            )
    for name in NEEDS[1:]:
        absent = sorted(set(expected) - results.get(name, set()))
        if needs.get(name) == "success" and absent:
            yield no(
                37,
                f"The check {name} succeeded without a result for {', '.join(absent)}.",
                "Run the checks again; if it stays so, checks.yml was changed.",
            )


def invalid_reasons(projects: Iterable[tuple[str, int]]) -> Iterable[Reason]:
    """`projects`: name and how many problems its files have; 0: a check left nothing to judge."""
    for name, problems in projects:
        if problems:
            yield no(
                44,
                f"The files of {name} have {problems} problem{'s' if problems > 1 else ''}.",
                "Each stands in the log of the check spec, with file, line and column.",
            )
        else:
            yield no(
                37, f"Not every check left a result for {name}.", "Open the logs of the checks that failed."
            )


def engine_reasons(
    counted: Counted, roles: Mapping[str, Role], required: Mapping[str, int]
) -> Iterable[Reason]:
    """`roles` and `required`: who must agree to a change of what judges, as engine_required says."""
    if not roles[ENGINE].people:
        yield note(
            50,
            "Nobody holds the role engine yet, so this change is accepted without it.",
            "Name people in .github/clinft.yml before the first project is merged.",
        )
        return
    yield from counted.reasons
    given = Counter(approval.role for approval in counted.approvals)
    if given[ENGINE] < required[ENGINE]:
        so_far = f" ({given[ENGINE]} of {required[ENGINE]} so far)" if required[ENGINE] > 1 else ""
        yield no(
            31,
            f"What judges pull requests would change: the role engine must approve{so_far}.",
            "A person whom the present .github/clinft.yml names under roles.engine approves.",
            pending=True,
            role=ENGINE,
        )
    if given[PRIVACY] < required.get(PRIVACY, 0):
        yield no(
            52,
            f"A new waiver names its owner, who must approve it: {', '.join(roles[PRIVACY].people)}.",
            "Each owner of a new waiver approves this pull request, or the waiver is taken out.",
            pending=True,
            role=PRIVACY,
        )


def unreadable(what: str) -> Reason:
    """GitHub could not be asked, or gave less than all: never an open gate."""
    return no(
        12,
        f"GitHub could not be read: {what}.",
        "Run the job again when GitHub answers; status pages and rate limits are the usual cause.",
    )


def _named(paths: Sequence[ChangedPath]) -> str:
    shown = ", ".join(path.path for path in paths[:SHOWN])
    return shown + (f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else "")
