"""The table of tools as an MCP server on stdio: typed calls, resources and prompts."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

import clinft
from clinft.cli.mcp.answers import called, said
from clinft.cli.mcp.log import Log
from clinft.pipeline.assistant import resources
from clinft.pipeline.assistant.desk import Desk
from clinft.pipeline.assistant.form import Tool
from clinft.pipeline.assistant.prompts import INSTRUCTIONS, TALKS, Talk, filled
from clinft.pipeline.assistant.table import TOOLS

NAME = "clinft"
Context = ServerRequestContext[Any]
InTurn = Callable[..., Awaitable[Any]]
Paged = types.PaginatedRequestParams | None


async def speak(desk: Desk, log: Log, bar: Callable[[], None]) -> None:
    """`bar` is called once the loop has its own sockets: from then on this process opens none."""
    server = build(desk, log)
    async with stdio_server() as (read, write):
        bar()
        await server.run(read, write, server.create_initialization_options())


def build(desk: Desk, log: Log) -> Server[Any]:
    # One call at a time: tools share a folder, and some keep two cores busy.
    turn = anyio.Lock()

    async def in_turn(context: Context, work: Callable[..., Any], *arguments: Any) -> Any:
        def listener(number: int, line: str) -> None:
            anyio.from_thread.run(context.session.report_progress, float(number), None, line)

        async with turn:
            with log.heard_by(listener):
                return await anyio.to_thread.run_sync(work, *arguments)

    handlers = {**_tools(desk, in_turn), **_resources(desk, in_turn), **_prompts()}
    return Server(
        NAME,
        version=clinft.__version__,
        title="clinft: read and draft",
        instructions=INSTRUCTIONS,
        **handlers,
    )


def _tools(desk: Desk, in_turn: InTurn) -> dict[str, Any]:
    async def list_tools(context: Context, asked: Paged) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(name, tool) for name, tool in TOOLS.items()])

    async def call_tool(context: Context, asked: types.CallToolRequestParams) -> types.CallToolResult:
        answer, failed = await in_turn(context, called, desk, asked.name, asked.arguments or {})
        if failed is not None:
            return types.CallToolResult(content=[_text(failed)], is_error=True)
        told = json.dumps(answer, ensure_ascii=False, indent=1)
        return types.CallToolResult(content=[_text(told)], structured_content=answer)

    return {"on_list_tools": list_tools, "on_call_tool": call_tool}


def _resources(desk: Desk, in_turn: InTurn) -> dict[str, Any]:
    async def list_resources(context: Context, asked: Paged) -> types.ListResourcesResult:
        found = await in_turn(context, resources.listed, desk)
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri=one.address, name=one.title, title=one.title, mime_type=one.kind)
                for one in found
            ]
        )

    async def list_templates(context: Context, asked: Paged) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(uri_template=form, name=form, title=title)
                for form, title in resources.TEMPLATES.items()
            ]
        )

    async def read_resource(
        context: Context, asked: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        address = str(asked.uri)
        try:
            text, kind = await in_turn(context, resources.text, desk, address)
        except Exception as error:  # as for tools: three sentences, no traceback
            raise MCPError(types.INVALID_PARAMS, said(desk, error)) from None
        contents = types.TextResourceContents(uri=address, mime_type=kind, text=text)
        return types.ReadResourceResult(contents=[contents])

    return {
        "on_list_resources": list_resources,
        "on_list_resource_templates": list_templates,
        "on_read_resource": read_resource,
    }


def _prompts() -> dict[str, Any]:
    async def list_prompts(context: Context, asked: Paged) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[_prompt(name, talk) for name, talk in TALKS.items()])

    async def get_prompt(context: Context, asked: types.GetPromptRequestParams) -> types.GetPromptResult:
        talk = TALKS.get(asked.name)
        if talk is None:
            raise MCPError(types.INVALID_PARAMS, f"There are the prompts {', '.join(TALKS)}.")
        text = filled(talk, dict(asked.arguments or {}))
        return types.GetPromptResult(
            description=talk.about, messages=[types.PromptMessage(role="user", content=_text(text))]
        )

    return {"on_list_prompts": list_prompts, "on_get_prompt": get_prompt}


def _prompt(name: str, talk: Talk) -> types.Prompt:
    arguments = [
        types.PromptArgument(name=key, description=about, required=False)
        for key, about in talk.arguments.items()
    ]
    return types.Prompt(name=name, title=talk.title, description=talk.about, arguments=arguments)


def _tool(name: str, tool: Tool) -> types.Tool:
    return types.Tool(
        name=name,
        title=tool.title,
        description=tool.about,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.answer.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=not tool.drafts,
            destructive_hint=False,
            idempotent_hint=not tool.drafts,
            open_world_hint=False,
        ),
    )


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)
