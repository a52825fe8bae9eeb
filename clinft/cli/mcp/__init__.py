"""`clinft mcp`: the verbs for an assistant, on stdin and stdout. It reads and drafts, nothing else."""

import typer

from clinft.cli.boundary import guarded


def register(app: typer.Typer) -> None:
    @app.command("mcp", help="Serve the verbs to an assistant over MCP (stdio): read and draft only.")
    @guarded
    def mcp() -> None:
        from clinft.cli.mcp.serving import serve

        serve()
