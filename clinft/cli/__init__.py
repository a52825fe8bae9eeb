"""The command line: parse, call, print, choose the exit code."""

from clinft.cli.app import main

__all__ = ["main"]
