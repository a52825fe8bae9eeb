"""`clinft export`: a run's weights in the form that others load, and pushed where the policy says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clinft.cli import show
from clinft.cli.boundary import guarded
from clinft.errors import SpecError

if TYPE_CHECKING:
    from clinft.artifacts.handover import GgufType, HandOver
    from clinft.ports.handover import Pushed
    from clinft.spec.registries import Registry

Run = Annotated[str, typer.Argument(metavar="RUN", help="projects/<name>/runs/<run_id>, or the id alone.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="A new folder, or one that this very call has written before."),
]
Merge = Annotated[bool, typer.Option("--merge", help="Base and adapter as one model, in safetensors.")]
Gguf = Annotated[
    str | None, typer.Option("--gguf", metavar="TYPE", help="One GGUF file instead: f16, q8_0 or f32.")
]
Push = Annotated[
    str | None,
    typer.Option(
        "--push", metavar="NAME", help="Then to this registry of main's policy; deployed runs only."
    ),
]
KINDS = ("f16", "q8_0", "f32")


def register(app: typer.Typer) -> None:
    @app.command("export", help="Hand over the weights of a run that may be deployed: adapter, merged, GGUF.")
    @guarded
    def export(run: Run, out: Out = None, merge: Merge = False, gguf: Gguf = None, push: Push = None) -> None:
        if gguf is not None and gguf not in KINDS:
            raise SpecError(
                "--gguf names no type of weights.",
                "This version writes three; smaller ones are made from f16 by llama.cpp's llama-quantize.",
                f"Name one of: {', '.join(KINDS)}.",
            )
        _export(run, out, merge, gguf, push)  # type: ignore[arg-type]  # one of KINDS


def _export(named: str, out: Path | None, merge: bool, gguf: GgufType | None, push: str | None) -> None:
    import tempfile

    from clinft import wiring
    from clinft.artifacts.handover import called
    from clinft.pipeline.found_run import found_run
    from clinft.pipeline.handover.packing import again, form_of, pack
    from clinft.pipeline.handover.permission import permitted
    from clinft.pipeline.handover.target import earlier, refuse_place
    from clinft.run_folder import scratch
    from clinft.wiring import handover as wired

    screen = show.Screen(json=False)
    run = found_run(named, Path.cwd())
    repository = wiring.find_repository(run.parents[1])
    allowed = permitted(run, wired.store_of(repository), wiring.SystemClock().now().date())
    form = form_of(allowed, merge, gguf)
    with scratch(Path(tempfile.gettempdir()), "clinft-export-") as own:
        here = Path(f"export-{run.name}-{called(form, gguf)}")
        folder = out or (own / "model" if push else here)
        refuse_place(allowed, folder)
        # Whether it may and can be pushed shows before minutes are spent.
        if push is not None:
            wired.open_registry(_place(repository, run, push)).ready()
        there = earlier(allowed, form, gguf, folder)
        done = f"wrote {folder}" if there is None else f"{folder} is there already, and whole"
        weights = wired.weights(repository, wiring.progress_of(screen.console))
        made = (pack if there is None else again)(allowed, form, gguf, weights, folder)
        if out is not None or push is None:
            screen.say(f"{done}: {_told(made)}")
            screen.say("README.md in it says how it is loaded; check it: sha256sum -c SHA256SUMS")
        if push is not None:
            _push(screen, repository, run, push, made, folder)


def _push(screen: show.Screen, repository: Path, run: Path, named: str, made: HandOver, folder: Path) -> None:
    from clinft.pipeline.handover.pushing import repository_of
    from clinft.wiring import handover as wired

    # Asked again: a rollback may have been merged while the weights were written.
    place = _place(repository, run, named)
    there = repository_of(place, made)
    _say_pushed(screen, wired.open_registry(place).push(there, folder, run.name))


def _place(repository: Path, run: Path, named: str) -> Registry:
    """Of main's policy, where main as the remote has it now has the run deployed."""
    from clinft import wiring
    from clinft.pipeline.handover import pushing
    from clinft.wiring import handover as wired
    from clinft.wiring.sinks import has_remote

    remote = has_remote(repository)
    told = wired.tip_of(repository) if remote else None
    main = pushing.newest_main(wiring.local_history(repository), repository, remote, told)
    return pushing.place_for(main, run, named, wiring.SystemClock().now())


def _told(made: HandOver) -> str:
    size = sum(one.size_bytes for one in made.files.values())
    text = f"{made.form}, {len(made.files) + 2} files, {size / 1e6:,.1f} MB"
    if made.fidelity is None:
        return f"{text}; the very weights that were evaluated"
    found = made.fidelity
    gap = f"{found.relative_difference:.2g} (relative; {found.tolerance:g} allowed)"
    same = f"{found.same_first_choice:,} of {found.positions:,} positions"
    return f"{text}; logits differ by {gap}, the likeliest token is the same at {same}"


def _say_pushed(screen: show.Screen, pushed: Pushed) -> None:
    what = "pushed to" if pushed.changed else "nothing to push: the same files lie in"
    screen.say(f"{what} {pushed.place}, commit {pushed.revision}")
