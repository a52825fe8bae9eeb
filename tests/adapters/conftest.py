"""One thread for tiny models: two test processes with two threads each would wait for one another."""

import pytest


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> None:
    if "torch" in request.module.__dict__:
        import torch

        torch.set_num_threads(1)
