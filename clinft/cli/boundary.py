"""The one place that catches broadly: a user's mistake gets three sentences, a bug gets its place."""

import functools
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import typer

from clinft.cli import show
from clinft.errors import EXIT_BUG, EXIT_SERVICE, ClinftError, ServiceError

Parameters = ParamSpec("Parameters")
EXIT_INTERRUPTED = 130
EXIT_PIPE = 141


def guarded(verb: Callable[Parameters, None]) -> Callable[Parameters, None]:
    @functools.wraps(verb)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            verb(*args, **kwargs)
        except ClinftError as error:
            show.error(error)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            show.note("Stopped. Finished stages are kept; the same command goes on from there.")
            raise typer.Exit(EXIT_INTERRUPTED) from None
        except BrokenPipeError:
            raise typer.Exit(EXIT_PIPE) from None
        except typer.Exit:
            raise
        except OSError as refused:
            show.error(file_error(refused))
            raise typer.Exit(EXIT_SERVICE) from None
        except Exception as bug:
            # Only type and place: a foreign exception's text may quote data.
            if show.debugging():
                raise
            show.bug(type(bug).__name__, place_of(bug))
            raise typer.Exit(EXIT_BUG) from None

    return wrapper


def file_error(refused: OSError) -> ServiceError:
    """A path is no data; the rest of a foreign message is left out."""
    name = f" {refused.filename}" if refused.filename else ""
    return ServiceError(
        f"The operating system refused{name}: {refused.strerror or type(refused).__name__}.",
        "The disk is full, a folder may not be written, or a file stands where a folder belongs.",
        "Correct that and call again; finished stages are kept.",
    )


def place_of(bug: Exception) -> str:
    """The innermost frame inside clinft, without source text."""
    package = Path(__file__).parents[1]
    frames = traceback.extract_tb(bug.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(package)]
    frame = (ours or list(frames))[-1]
    name = Path(frame.filename)
    shown = name.relative_to(package.parent) if name.is_relative_to(package.parent) else Path(name.name)
    return f"{shown}:{frame.lineno} in {frame.name}"
