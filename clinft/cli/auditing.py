"""`clinft audit`: a project's stage; or any files, without a project; or what a push would hand over."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import EXIT_NO, SpecError

if TYPE_CHECKING:
    from clinft.artifacts.audit import FileAudit
    from clinft.spec.audit_policy import AuditPolicy

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PROJECT | FILES]", help="A project's folder; or any files and folders."),
]
Fix = Annotated[
    bool, typer.Option("--fix", help="Also write a de-identified copy beside each file, for you to review.")
]
ShardOption = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="Scan the I-th of N parts only; needs --part.")
]
PartOption = Annotated[
    Path | None, typer.Option("--part", metavar="FILE", help="Where --shard leaves what it found.")
]
Merge = Annotated[
    list[Path] | None,
    typer.Option("--merge", metavar="PART", help="Join the parts of all shards: each, or their folder."),
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes; absent: chosen.")]
EngineOption = Annotated[
    str,
    typer.Option("--engine", help="local, or ray: RAY_ADDRESS's cluster, else this machine. Same findings."),
]
Resume = Annotated[
    Path | None,
    typer.Option("--resume", metavar="FOLDER", help="Keep finished work there, and go on from it."),
]
Push = Annotated[
    bool, typer.Option("--push", help="As git's pre-push hook: what the commits on standard input bring.")
]


def register(
    app: typer.Typer, about: str, stage: Callable[[Path, bool], None], changed: Callable[[bool], None]
) -> None:
    """`stage` runs the project's stage, `changed` the check of a pull request; both take `--json`."""

    @app.command("audit", help=about)
    @guarded
    def audit(
        paths: Files = None,
        changed_: Annotated[
            bool,
            typer.Option("--changed", help="In checks.yml: every project that the pull request changes."),
        ] = False,
        push: Push = False,
        fix: Fix = False,
        engine: EngineOption = "local",
        shard: ShardOption = None,
        part: PartOption = None,
        merge: Merge = None,
        workers: Workers = None,
        resume: Resume = None,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON object, nothing else.")] = False,
    ) -> None:
        if bool(paths) + changed_ + push != 1:
            raise SpecError(
                "Name a project's folder, or files; or pass --changed or --push; one of them.",
                "--changed is for clinft's workflows, --push for git's pre-push hook.",
                "E.g. clinft audit projects/icd10-chapter, or clinft audit notes.jsonl.",
            )
        how = How(engine, shard, part, tuple(merge or ()), workers, resume)
        how.refuse_mixtures(fix, anything=bool(paths))
        if push:
            audit_push(show.Screen(json=json))
        elif not paths:
            changed(json)
        elif is_project(paths):
            from clinft.cli import auditing_project

            auditing_project.refuse(fix, resume)
            if how == How():
                stage(paths[0], json)
            else:
                auditing_project.audit(show.Screen(json=json), paths[0], how)
        else:
            audit_files(show.Screen(json=json), paths, fix, how)


@dataclass(frozen=True)
class How:
    """Who does the work, and which share of it."""

    engine: str = "local"
    shard: str | None = None
    part: Path | None = None
    merge: tuple[Path, ...] = ()
    workers: int | None = None
    resume: Path | None = None

    def refuse_mixtures(self, fix: bool, anything: bool) -> None:
        """`anything`: a project or files are named."""
        if (self.shard is None) is not (self.part is None) or (self.shard and (self.merge or fix)):
            raise SpecError(
                "--shard and --part go together, and neither with --merge nor --fix.",
                "A shard leaves its part in a file; all parts together give the report.",
                "First: clinft audit FILES --shard 0/2 --part 0.json, and so 1/2; then --merge each part.",
            )
        if self.engine != "local" and (self.shard or self.merge or not anything):
            raise SpecError(
                "--engine goes with a project or files, and neither with --shard nor --merge.",
                "Ray shares the work out itself; hooks and checks of pull requests run on their own machine.",
                "Leave --engine out, or the other option.",
            )


def is_project(paths: Sequence[Path]) -> bool:
    from clinft.spec.load import SPEC_NAME

    return len(paths) == 1 and (paths[0].name == SPEC_NAME or (paths[0] / SPEC_NAME).exists())


def audit_files(screen: show.Screen, paths: Sequence[Path], fix: bool, how: How) -> None:
    """Exit 1 unless the verdict is PASS."""
    from clinft import wiring
    from clinft.stages.audit import file_audit, shards
    from clinft.stages.audit.batch import Shard
    from clinft.wiring.engines import workers_of

    if fix:
        _refuse_copies(paths)
    policy, progress, workers = policy_here(), wiring.progress_of(screen.console), how.workers
    if how.shard is not None and how.part is not None:
        shards.refuse_place(how.part)
        found = file_audit.audit_shard(
            paths, policy, progress, Shard.parse(how.shard), workers=workers, resume=how.resume
        )
        shards.write_part(how.part, found)
        screen.say(f"wrote {how.part}")
        return
    if how.merge:
        parts = shards.load_parts(how.merge)
        report = file_audit.merge_shards(parts, paths, policy, progress, workers=workers)
    else:
        elsewhere = workers_of(how.engine, workers)
        report = file_audit.audit_files(
            paths, policy, progress, workers=workers, resume=how.resume, elsewhere=elsewhere
        )
    _tell(screen, report)
    if fix and report.verdict == "DECLINED":
        screen.say("No copy is written: data that look real are not made usable by taking names out.")
    elif fix:
        _fix(screen, paths, policy)
    if report.verdict != "PASS":
        raise typer.Exit(EXIT_NO)


def audit_push(screen: show.Screen) -> None:
    """Refuses before anything leaves: what is at GitHub once cannot be taken back by a later commit."""
    from clinft import wiring
    from clinft.pipeline import pushing
    from clinft.stages.audit import file_audit

    history = wiring.local_history(_git_root(Path.cwd().resolve()))
    tips = wiring.pushed_commits() or pushing.pushed_tips(sys.stdin)
    with tempfile.TemporaryDirectory(prefix="clinft-push-") as scratch:
        folders = pushing.export(history, tips, Path(scratch))
        if not folders:
            screen.say("Nothing that could hold data is pushed.")
            return
        progress = wiring.progress_of(screen.console)
        report = file_audit.audit_files(folders, policy_here(), progress, root=Path(scratch))
    _tell(screen, report)
    if report.verdict != "PASS":
        screen.say("Nothing was pushed. The first part of each file's name is the commit that brings it.")
        raise typer.Exit(EXIT_NO)


def _git_root(here: Path) -> Path:
    """Of any repository: the hook is for others too."""
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            return folder
    raise SpecError(
        f"No git repository lies at or above {here}.",
        "`clinft audit --push` looks at the commits of a repository.",
        "Call it inside of one, or name files: clinft audit FILE.",
    )


def policy_here() -> "AuditPolicy":
    """Of the repository that this is called in; outside of one, what clinft asks for by itself."""
    from clinft import wiring
    from clinft.spec.audit_policy import AuditPolicy
    from clinft.spec.load import load_policy
    from clinft.stages.audit import kept

    kept.keep_in(wiring.surroundings().audit_cache)
    try:
        repository = wiring.find_repository(Path.cwd())
    except SpecError:
        return AuditPolicy()
    return load_policy(repository / wiring.POLICY).audit


def _tell(screen: show.Screen, report: "FileAudit") -> None:
    from clinft.pipeline.audit_summary import of_files

    if screen.json:
        typer.echo(report.model_dump_json())
    else:
        screen.markdown(of_files(report))


def _refuse_copies(paths: Sequence[Path]) -> None:
    """Before the audit, which may take hours."""
    from clinft.stages.audit import naming
    from clinft.stages.audit.engine import default
    from clinft.stages.audit.fix.copy import refuse_existing, refuse_format

    hides = naming.gives_away(default())
    for position, path in enumerate(paths, start=1):
        shown = naming.shown(path, position, hides)
        if path.is_dir():
            raise SpecError(
                f"{shown} is a folder.",
                "A copy is written file by file, so that you review each one.",
                "Name the files.",
            )
        refuse_format(path, shown)
        refuse_existing(_target(path))


def _target(path: Path) -> Path:
    return path.with_name(f"{path.stem}.deidentified{path.suffix}")


def _fix(screen: show.Screen, paths: Sequence[Path], policy: "AuditPolicy") -> None:
    """A copy of each file, named `notes.deidentified.jsonl`."""
    from clinft.stages.audit import engine, naming
    from clinft.stages.audit.fix import write_copy
    from clinft.stages.report.numbers import count

    rules = engine.of(policy)
    hides = naming.gives_away(rules)
    for position, path in enumerate(paths, start=1):
        target = _target(path)
        shown = naming.shown(path, position, hides)
        summary = write_copy(path, target, rules, name=shown)
        replaced = count(sum(summary.replaced.values()), "place")
        written = f"the copy of {shown}" if shown.startswith("#") else naming.readable(str(target))
        screen.say(f"wrote {written}: {replaced} in {summary.rows_changed:,} of {count(summary.rows, 'row')}")
    screen.say("Read the copies before you use them: rules replace what they find, and nothing else.")
