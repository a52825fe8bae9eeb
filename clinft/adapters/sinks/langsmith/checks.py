"""For `clinft doctor`: whether the key opens the workspace. Reads only."""

from collections.abc import Iterator

from clinft.adapters.sinks.langsmith.client import Api
from clinft.ports.sinks import Reached


def of_workspace(api: Api) -> Iterator[Reached]:
    version = api.version()
    known = version if version.replace(".", "").isalnum() and len(version) <= 40 else ""
    yield Reached(True, f"LangSmith answers{f', version {known}' if known else ''}.")
    flags = api.client.info.instance_flags or {}
    if not flags.get("dataset_examples_multipart_enabled", False):
        yield Reached(True, "It is an older LangSmith: examples are sent by its former call.")
    api.get("to read datasets", "/datasets", {"limit": 1})
    yield Reached(True, "The key may read datasets; whether it may write them, only writing shows.")
    api.get("to read experiments", "/sessions", {"limit": 1, "include_stats": False})
    yield Reached(True, "The key may read experiments.")
