"""The tiny model with its adapter, made once for each module that tests."""

import pytest

from tests.fakes.adapted import Adapted, adapted


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Adapted:
    return adapted(tmp_path_factory.mktemp("tiny"))
