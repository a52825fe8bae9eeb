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
    from clinft.pipeline.handover.pushing import Main
    from clinft.ports.handover import Pushed

Run = Annotated[str, typer.Argument(metavar="RUN", help="projects/<name>/runs/<run_id>, or the id alone.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="A folder that does not exist yet.")]
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
    from clinft.pipeline.found_run import found_run
    from clinft.pipeline.handover import pushing
    from clinft.pipeline.handover.packing import form_of, pack
    from clinft.pipeline.handover.permission import permitted
    from clinft.wiring import handover as wired

    screen = show.Screen(json=False)
    run = found_run(named, Path.cwd())
    repository = wiring.find_repository(run.parents[1])
    now = wiring.SystemClock().now()
    allowed = permitted(run, wired.store_of(repository), now.date())
    form = form_of(allowed, merge, gguf)
    # Whether it may be pushed shows before minutes are spent.
    place = None if push is None else pushing.place_for(_main(repository), run, push, now)
    with tempfile.TemporaryDirectory(prefix="clinft-export-") as scratch:
        folder = out or (Path(scratch) / "model" if push else Path(f"export-{run.name}-{form}"))
        made = pack(
            allowed, form, gguf, wired.weights(repository, wiring.progress_of(screen.console)), folder
        )
        if out is not None or push is None:
            screen.say(f"wrote {folder}: {_told(made)}")
            screen.say("README.md in it says how it is loaded; check it: sha256sum -c SHA256SUMS")
        if place is not None:
            _say_pushed(screen, pushing.push(wired.open_registry, place, run, form, folder))


def _main(repository: Path) -> Main:
    from clinft import wiring
    from clinft.pipeline.handover.pushing import Main
    from clinft.pipeline.sinks.on_laptop import committed
    from clinft.wiring import sinks as wired

    history = wiring.local_history(repository)
    remote = wired.has_remote(repository)
    branch = wired.default_branch(repository) if remote else "main"
    return Main(history, branch, committed(history, remote, branch), repository)


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
