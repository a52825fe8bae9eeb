"""A Google on loopback, and the sinks that talk to it as they talk to the real one."""

from collections.abc import Iterator

import pytest

from tests.adapters.sinks.google.sending import Sending
from tests.fakes.google.server import GoogleServer


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer() as server:
        yield server
        assert server.violations == []
        assert server.faults_to_come == []


@pytest.fixture
def sending(google: GoogleServer) -> Sending:
    return Sending(google)
