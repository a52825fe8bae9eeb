"""Places that people read: one package each, one table."""

from collections.abc import Callable

from clinft.adapters.sinks.tools import SinkTools
from clinft.ports.sinks import Sink
from clinft.spec.sinks import Sink as Place


def _slack(place: Place, tools: SinkTools) -> Sink:
    from clinft.adapters.sinks.slack import Slack

    return Slack(place, tools)


def _google_sheets(place: Place, tools: SinkTools) -> Sink:
    from clinft.adapters.sinks.google_sheets import GoogleSheets

    return GoogleSheets(place, tools)


def _google_docs(place: Place, tools: SinkTools) -> Sink:
    from clinft.adapters.sinks.google_docs import GoogleDocs

    return GoogleDocs(place, tools)


def _langsmith(place: Place, tools: SinkTools) -> Sink:
    from clinft.adapters.sinks.langsmith import LangSmith

    return LangSmith(place, tools)


# The slug is the YAML value of sinks.<name>.kind; `place` is its entry in the policy.
TABLE: dict[str, Callable[[Place, SinkTools], Sink]] = {
    "slack": _slack,
    "google_sheets": _google_sheets,
    "google_docs": _google_docs,
    "langsmith": _langsmith,
}
