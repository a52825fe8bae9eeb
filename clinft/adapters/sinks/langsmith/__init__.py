"""Audited datasets and evaluations in LangSmith. No target is called, nothing is traced, git is not asked."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clinft.adapters.sinks.langsmith import preview
from clinft.adapters.sinks.tools import SinkTools
from clinft.errors import ClinftError, MissingExtra
from clinft.ports.sinks import Dataset, Experiment, Parcel, Reached, Receipt
from clinft.spec.sinks import Sink as Place

if TYPE_CHECKING:
    from clinft.adapters.sinks.langsmith.client import Api

URL = "https://api.smith.langchain.com"


class LangSmith:
    def __init__(self, place: Place, tools: SinkTools) -> None:
        self._workspace, self._tools = place.workspace, tools
        self._url = (place.url or URL).rstrip("/")

    def accepts(self, parcel: Parcel) -> bool:
        return isinstance(parcel, Dataset | Experiment)

    def send(self, parcel: Parcel, memory: Mapping[str, str]) -> Receipt:
        if isinstance(parcel, Dataset):
            from clinft.adapters.sinks.langsmith.datasets import send_dataset

            return send_dataset(lambda: self._api, parcel, memory)
        from clinft.adapters.sinks.langsmith.experiments import send_experiment

        return send_experiment(lambda: self._api, _experiment(parcel), memory, self._tools.now)

    def preview(self, parcel: Parcel, memory: Mapping[str, str]) -> str:
        if isinstance(parcel, Dataset):
            return preview.of_dataset(parcel, memory)
        return preview.of_experiment(_experiment(parcel), memory)

    def check(self) -> Iterator[Reached]:
        from clinft.adapters.sinks.langsmith.checks import of_workspace

        try:
            yield from of_workspace(self._api)
        except ClinftError as error:
            yield Reached(False, error.what, f"{error.cause} {error.next_step}")

    @cached_property
    def _api(self) -> "Api":
        if find_spec("langsmith") is None:
            raise MissingExtra("langsmith", "Writing to LangSmith")
        from clinft.adapters.sinks.langsmith.client import Api

        host = urlsplit(self._url).netloc
        return Api(self._url, self._tools.key_of(host), self._workspace, self._tools.sleep)


def _experiment(parcel: Parcel) -> Experiment:
    if not isinstance(parcel, Experiment):
        raise ValueError("LangSmith gets datasets and experiments alone")  # accepts() was not asked: a bug
    return parcel
