"""Verbs of assess.yml: measure the project that was named, and bring the answer as a pull request."""

from pathlib import Path

from clinft import wiring
from clinft.cli.merged import open_main
from clinft.cli.opening import open_context
from clinft.cli.show import Screen
from clinft.pipeline.github import assessing


def assess(screen: Screen) -> None:
    """Needs no token: whatever opens weights can give none away."""
    run, project = wiring.actions(), wiring.named()
    context = open_context(Path("projects") / project, False, screen)
    assessed = assessing.measure(context, run.results, screen.outcome)
    wiring.output("assessed", "true" if assessed else "false")
    screen.markdown(assessing.paid(context))


def publish(screen: Screen) -> None:
    for line in assessing.bring(open_main(screen), wiring.named()):
        screen.markdown(line)
